import { shortSha } from '../../core/change/change.js';
import type { Refusal } from '../../core/refusal.js';
import type { Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { everyone, who } from './people.js';
import { code, type Phrase, sha, theirs } from './rich.js';

type OfAnswers = Extract<Refusal, { rule: 'not answered' | 'may not answer' }>;

/** Refusals of answers: what is missing, and who may give another. */
export function refusedAnswers(refusal: OfAnswers, names: Names): Phrase[] {
  switch (refusal.rule) {
    case 'not answered': {
      const { service, missing, checks, wrong, change } = refusal;
      const lacks = [
        ...(missing.length > 0 ? [`not answered: ${missing.join(', ')}`] : []),
        ...(checks.length > 0 ? [`not ticked: ${checks.join(', ')}`] : []),
        ...(wrong.length > 0 ? [`not asked, or not offered: ${wrong.join(', ')}`] : []),
      ].join('; ');
      const typed = [
        `/release deploy ${service} ${shortSha(refusal.sha)}`,
        ...missing.map((input) => `${input}=…`),
        ...(checks.length > 0 ? ['--checked'] : []),
      ].join(' ');
      return [
        [
          theirs(service, shown.name),
          ' asks questions before it is deployed, so ',
          sha(refusal.sha),
          ' was not requested: ',
          theirs(lacks, 2 * shown.reason),
          '.',
        ],
        change === null
          ? ['A deployer can type ', code(typed), '.']
          : ['A deployer can press Deploy, which asks, or type ', code(typed), '.'],
      ];
    }
    case 'may not answer': {
      const { service, label, answer, standard, answerers } = refusal;
      const people = everyone(
        answerers.map((id) => who(id, names)),
        10,
      );
      return [
        [
          'You may not answer ',
          theirs(label, shown.title, 'bold'),
          ' of ',
          theirs(service, shown.name),
          ' with ',
          theirs(answer, shown.title, 'bold', 'nothing'),
          ', so nothing was started.',
        ],
        [
          'These people may: ',
          theirs(people, 800),
          ...(standard === ''
            ? ['. You can deploy it without that answer.']
            : ['. You can deploy it with the default, ', theirs(standard, shown.title, 'bold'), '.']),
        ],
      ];
    }
  }
}
