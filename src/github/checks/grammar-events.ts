import { OF_CALLER, OF_WORKFLOW } from './allowed.js';
import { either, mapOf, type Rule, some, someOrMore, text } from './rule.js';

// docs.github.com, events that trigger workflows; workflow-v1.0.json of @actions/workflow-parser 0.3.61.
const NAMES = [
  ...['branch_protection_rule', 'check_run', 'check_suite', 'create', 'delete', 'deployment', 'deployment_status'],
  ...['discussion', 'discussion_comment', 'fork', 'gollum', 'image_version', 'issue_comment', 'issues', 'label'],
  ...['merge_group', 'milestone', 'page_build', 'project', 'project_card', 'project_column', 'public', 'pull_request'],
  ...['pull_request_comment', 'pull_request_review', 'pull_request_review_comment', 'pull_request_target', 'push'],
  ...['registry_package', 'release', 'repository_dispatch', 'schedule', 'status', 'watch'],
  ...['workflow_call', 'workflow_dispatch', 'workflow_run'],
];

const filters = (...names: string[]): Record<string, Rule> =>
  Object.fromEntries(names.flatMap((name) => [name, `${name}-ignore`]).map((name) => [name, someOrMore(some())]));
const event = (keys: Readonly<Record<string, Rule>>): Rule => ({ nothing: true, map: { keys } });
const types = (...words: string[]): Record<string, Rule> => ({ types: someOrMore(either(...words)) });

const PULL_REQUEST = [
  ...['assigned', 'unassigned', 'labeled', 'unlabeled', 'opened', 'edited', 'closed', 'reopened', 'synchronize'],
  ...['converted_to_draft', 'locked', 'unlocked', 'enqueued', 'dequeued', 'milestoned', 'demilestoned'],
  ...['ready_for_review', 'review_requested', 'review_request_removed', 'auto_merge_enabled', 'auto_merge_disabled'],
];
const pullRequest = event({ ...types(...PULL_REQUEST, 'stacked'), ...filters('branches', 'paths') });

const NUMBER = '(?:\\d+|[a-z]{3})';
const PART = `(?:\\*|${NUMBER}(?:-${NUMBER})?)(?:/\\d+)?`;
const CRON = new RegExp(`^\\s*${PART}(?:,${PART})*(?:\\s+${PART}(?:,${PART})*){4}\\s*$`, 'i');

const EACH: Readonly<Record<string, Rule>> = {
  push: event(filters('branches', 'tags', 'paths')),
  pull_request: pullRequest,
  pull_request_target: pullRequest,
  merge_group: event({ ...types('checks_requested'), ...filters('branches') }),
  release: event(types('published', 'unpublished', 'created', 'edited', 'deleted', 'prereleased', 'released')),
  workflow_run: event({
    ...types('requested', 'completed', 'in_progress'),
    ...filters('branches'),
    workflows: someOrMore(some()),
  }),
  schedule: {
    list: {
      map: {
        keys: { cron: { text: CRON, says: 'five fields, such as "0 4 * * 1-5"' }, timezone: some() },
        needs: ['cron'],
      },
    },
  },
  // The values of the inputs have checks of their own.
  workflow_dispatch: event({
    inputs: {
      nothing: true,
      map: {
        others: {
          nothing: true,
          map: {
            keys: {
              description: text(),
              type: { anything: true },
              required: { flag: true },
              default: { anything: true },
              options: { anything: true },
            },
          },
        },
      },
    },
  }),
  workflow_call: event({
    inputs: {
      nothing: true,
      map: {
        others: {
          map: {
            keys: {
              description: text(),
              type: either('string', 'boolean', 'number'),
              required: { flag: true },
              default: { text: 'any', flag: true, count: true, reads: OF_WORKFLOW },
              deprecationMessage: text(),
            },
            needs: ['type'],
          },
        },
      },
    },
    secrets: {
      nothing: true,
      ...mapOf({ nothing: true, map: { keys: { description: text(), required: { flag: true } } } }),
    },
    outputs: {
      nothing: true,
      ...mapOf({ map: { keys: { description: text(), value: text(OF_CALLER) }, needs: ['value'] } }),
    },
  }),
};
const ANY_EVENT: Rule = { nothing: true, map: { others: { anything: true } } };

/** What may stand under `on`. */
export const EVENTS: Rule = {
  ...someOrMore(either(...NAMES)),
  map: { keys: Object.fromEntries(NAMES.map((name) => [name, EACH[name] ?? ANY_EVENT])) },
};
