import { MOST_ANSWER } from '../core/deployment/asks.js';
import { MOST_CHECKS } from './ask.js';
import { type Problem, shown } from './problems.js';
import { at, rawServices } from './raw.js';

/** GitHub takes 25 inputs, three of which Pushbutton sends, and so many characters of all of them together. */
const MOST_OWN = 22;
const MOST_PAYLOAD = 65_535;
/** For the names and values of the inputs that Pushbutton sets, and what JSON writes around each. */
const OF_OURS = 300;
const AROUND = 6;

/** Reports what the questions of a service contradict: each other, `production.inputs`, its mode, or what Slack and GitHub take. */
export function problemsInAsk(file: unknown): Problem[] {
  return rawServices(file).flatMap((service, index) => {
    const questions = at(service, 'production', 'ask');
    if (!Array.isArray(questions)) return [];
    const path = `services[${index}].production.ask`;
    return [
      ...twice(service, questions, path),
      ...defaults(questions, path),
      ...unanswered(service, questions, path),
      ...tooMany(service, questions, path),
    ];
  });
}

const ownInputs = (service: unknown): Record<string, unknown> => {
  const own = at(service, 'production', 'inputs');
  return typeof own === 'object' && own !== null ? (own as Record<string, unknown>) : {};
};

/** The inputs that stages add, each stage a start of its own. */
function ofStages(service: unknown): Record<string, unknown>[] {
  const stages = at(service, 'production', 'stages');
  return (Array.isArray(stages) ? stages : []).map((stage) => {
    const inputs = at(stage, 'inputs');
    return typeof inputs === 'object' && inputs !== null ? (inputs as Record<string, unknown>) : {};
  });
}

/** GitHub ignores case in the names of inputs. */
function twice(service: unknown, questions: readonly unknown[], path: string): Problem[] {
  const lower = (inputs: object) => Object.keys(inputs).map((name) => name.toLowerCase());
  const own = new Set(lower(ownInputs(service)));
  const staged = new Set(ofStages(service).flatMap(lower));
  const first = new Map<string, number>();
  return questions.flatMap((question, index): Problem[] => {
    const [input, check] = [at(question, 'input'), at(question, 'check')];
    const named = typeof input === 'string' ? input.toLowerCase() : null;
    if (named !== null && (own.has(named) || staged.has(named)))
      return [
        {
          setting: `${path}[${index}].input`,
          found: `${shown(input)}, which ${own.has(named) ? 'production.inputs' : 'a stage'} sets`,
          expected: 'an input that is asked or set, not both',
        },
      ];
    const key = named ?? (typeof check === 'string' ? `check: ${check.trim()}` : null);
    if (key === null) return [];
    const earlier = first.get(key);
    first.set(key, earlier ?? index);
    if (earlier === undefined) return [];
    return [
      {
        setting: `${path}[${index}].${named === null ? 'check' : 'input'}`,
        found: `${shown(named === null ? check : input)}, as in ask[${earlier}]`,
        expected: 'each question once',
      },
    ];
  });
}

function defaults(questions: readonly unknown[], path: string): Problem[] {
  return questions.flatMap((question, index): Problem[] => {
    const [choices, standard, by] = [at(question, 'choice'), at(question, 'default'), at(question, 'by')];
    const setting = `${path}[${index}].default`;
    if (Array.isArray(choices)) {
      const names = choices.map((one) => String(one).trim());
      const again = names.find((name, place) => names.indexOf(name) !== place);
      if (again !== undefined)
        return [{ setting: `${path}[${index}].choice`, found: `${shown(again)} twice`, expected: 'each choice once' }];
      if (standard !== undefined && !names.includes(String(standard).trim()))
        return [{ setting, found: shown(standard), expected: `one of its choices: ${names.join(', ')}` }];
    }
    if (typeof standard === 'string' && at(question, 'text') !== undefined && standard.length > MOST_ANSWER)
      return [{ setting, found: `${standard.length} characters`, expected: `at most ${MOST_ANSWER} characters` }];
    const mayBeLeftOut = standard !== undefined || at(question, 'required') === false;
    if (by !== undefined && !mayBeLeftOut)
      return [
        { setting, found: 'missing', expected: 'a default, since only those in by may give another answer than that' },
      ];
    return [];
  });
}

/** Nobody is there to answer what deploys by itself. */
function unanswered(service: unknown, questions: readonly unknown[], path: string): Problem[] {
  if (at(service, 'mode') !== 'continuous') return [];
  return questions.flatMap((question, index): Problem[] => {
    if (at(question, 'check') !== undefined)
      return [
        {
          setting: `${path}[${index}].check`,
          found: 'a checklist with mode: continuous',
          expected: 'no checklist: nobody is there to tick it',
        },
      ];
    if (at(question, 'default') !== undefined || at(question, 'required') === false) return [];
    return [
      {
        setting: `${path}[${index}].default`,
        found: 'missing with mode: continuous',
        expected: 'a default: nobody is there to answer',
      },
    ];
  });
}

function tooMany(service: unknown, questions: readonly unknown[], path: string): Problem[] {
  const asked = questions.filter((one) => at(one, 'input') !== undefined);
  const checks = questions.filter((one) => at(one, 'check') !== undefined).length;
  const each = [{}, ...ofStages(service)].map((more) => Object.entries({ ...ownInputs(service), ...more }));
  const own = each.reduce((most, one) => (weigh(one) > weigh(most) ? one : most), []);
  const count = Math.max(...each.map((one) => one.length));
  const problems: Problem[] = [];
  if (checks > MOST_CHECKS)
    problems.push({
      setting: path,
      found: `a checklist of ${checks}`,
      expected: `at most ${MOST_CHECKS} checks: Slack shows no more together`,
    });
  if (count + asked.length > MOST_OWN)
    problems.push({
      setting: path,
      found: `${asked.length} inputs beside ${count} in production.inputs${each.length > 1 ? ' and a stage' : ''}`,
      expected: `at most ${MOST_OWN} together: GitHub accepts 25, and Pushbutton sends three`,
    });
  const longest =
    OF_OURS +
    weigh(own) +
    asked.reduce<number>((sum, one) => sum + String(at(one, 'input')).length + longestAnswer(one) + AROUND, 0);
  if (longest > MOST_PAYLOAD)
    problems.push({
      setting: path,
      found: `inputs of up to ${longest} characters in all`,
      expected: `at most ${MOST_PAYLOAD}, which is what GitHub takes`,
    });
  return problems;
}

/** In characters. */
const weigh = (inputs: readonly (readonly [string, unknown])[]): number =>
  inputs.reduce((sum, [name, value]) => sum + name.length + String(value).length + AROUND, 0);

function longestAnswer(question: unknown): number {
  const choices = at(question, 'choice');
  if (Array.isArray(choices)) return Math.max(...choices.map((one) => String(one).length));
  return at(question, 'text') === undefined ? 'false'.length : MOST_ANSWER;
}
