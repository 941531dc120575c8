import { createTask, validateDetailed } from 'node-cron';

const NAMES = ['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'];
const FIVE = 'a cron expression of five fields, such as "0 9 * * 1-5"';
const FIELDS: Readonly<Record<string, string>> = {
  minute: 'minute',
  hour: 'hour',
  dayOfMonth: 'day of that month',
  month: 'month',
  dayOfWeek: 'day of the week',
};
const TEN_YEARS_MS = 10 * 366 * 86_400_000;

/**
 * What is expected instead of an expression for the digest; null if it is one. node-cron also accepts a field of
 * seconds, with which an expression of Quartz or one with a field too many means something else.
 */
export function expectedCron(expression: string): string | null {
  const fields = expression.trim().split(/\s+/);
  if (fields.length === 1) return NAMES.includes(fields[0]?.toLowerCase() ?? '') ? null : FIVE;
  if (fields.length !== 5)
    return `${FIVE}: minute, hour, day of the month, month and day of the week, not ${fields.length} fields`;
  const [error] = validateDetailed(expression).errors;
  if (error) {
    const field = FIELDS[error.field];
    return field === undefined ? FIVE : `${FIVE}; ${JSON.stringify(error.value)} is no ${field}`;
  }
  const [, , ofMonth = '*', , ofWeek = '*'] = fields;
  // Of two fields, crontab(5) and most programs mean either day, node-cron both.
  if (!anyDay(ofMonth) && !anyDay(ofWeek))
    return `${FIVE}, with * as the day of the month or as the day of the week: programs differ on what both together mean`;
  return comes(expression) ? null : `${FIVE}, that names a time in the next ten years`;
}

const anyDay = (field: string): boolean => field === '*' || field === '?';

/** In UTC, since each wall time has its digest in every time zone. node-cron throws when it finds none in a century. */
function comes(expression: string): boolean {
  const task = createTask(expression, () => {}, { timezone: 'UTC' });
  try {
    const [next] = task.getNextRuns(1);
    return next !== undefined && next.getTime() - Date.now() < TEN_YEARS_MS;
  } catch {
    return false;
  } finally {
    void task.destroy();
  }
}
