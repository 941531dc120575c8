import type { Config, ConfigProblems } from '../config/config.js';
import { waysOf } from '../config/proxy.js';
import { type Check, ok, skipped, type Verdict, wrong } from '../core/check.js';
import { digestsInWords, freezeInWords } from '../core/time/upcoming.js';
import { upcomingOf } from '../jobs/upcoming.js';
import { authoritiesVerdict } from './authorities.js';

const check = (id: string, name: string, verdict: Verdict): Check => ({
  id: `settings.${id}`,
  group: 'Settings',
  name,
  verdict,
});

/**
 * The settings of an installation whose environment and config file are valid; `file` is the path of the config. What
 * comes next is said as after `now`.
 */
export function settingChecks(config: Config, file: string, now: Date): Check[] {
  const { slack, github, database, services } = config;
  const upcoming = upcomingOf(config)(now);
  const environment = [
    slack.appToken ? 'Slack in Socket Mode' : 'Slack over HTTP',
    github.auth.kind === 'app' ? 'GitHub as an App' : 'GitHub with a token',
    database.kind === 'url' ? 'a PostgreSQL server' : 'an embedded PostgreSQL',
  ];
  const ways = waysOf(config);
  const names = services.map(({ name }) => name).join(', ');
  return [
    check('environment', 'environment', ok(environment.join(', '))),
    check(
      'config',
      'config',
      ok(`${file}, ${services.length} ${services.length === 1 ? 'service' : 'services'}: ${names}`),
    ),
    ...(ways
      ? [check('proxy', 'forward proxy', ok(`Slack ${ways.slack}, GitHub ${ways.github}, the database directly`))]
      : []),
    ...(config.extraAuthorities === undefined
      ? []
      : [check('authorities', 'authorities', authoritiesVerdict(config.extraAuthorities))]),
    check('digest', 'digest', ok(digestsInWords(upcoming))),
    check('freezes', 'freezes', ok(freezeInWords(upcoming))),
  ];
}

/** One check for each problem in the environment and the config file. */
export function problemChecks({ problems }: ConfigProblems): Check[] {
  return problems.map(({ setting, found, expected }) => check(setting, setting, wrong(found, `Use ${expected}`)));
}

const LATER = [
  ['Database', 'database'],
  ['Slack', 'slack'],
  ['GitHub', 'github'],
  ['Services', 'services'],
  ['Clock', 'clock'],
] as const;

/** The checks that are skipped because settings are wrong. */
export const withoutSettings = (): Check[] =>
  LATER.map(([group, id]) => ({
    id,
    group,
    name: 'everything',
    verdict: skipped('fix the settings above first'),
  }));
