#!/usr/bin/env bash
# A cron expression that names days of the month and days of the week: croner and cron-parser run it on a day that is one OR the
# other, as crontab(5) says; node-cron only on a day that is both. Whoever moves `0 9 1,15 * 1-5` from one to the other gets some
# 20 runs a year instead of 265, or the reverse; each accepts it without a word. Expressions that name only one kind of day
# mean the same to all three.
# Counts the runs of next year that each library announces for four expressions, beside the days that are both or either. Exits
# with 1 when that changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-save node-cron@4.6.0 croner@11.0.1 cron-parser@5.10.6 >/dev/null 2>&1
cat >try.js <<'TRY'
import { readFileSync } from 'node:fs';
import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
import cron from 'node-cron';
const year = new Date().getUTCFullYear() + 1;
const before = new Date(Date.UTC(year, 0, 1) - 1_000);
// node-cron counts from now on: enough runs to be through next year.
const many = 2 * 366;
const within = (dates) => dates.filter((date) => date.getUTCFullYear() === year).length;
const ofNodeCron = (expression) => within(cron.createTask(expression, () => {}, { timezone: 'UTC' }).getNextRuns(many));
const ofCroner = (expression) => within(new Cron(expression, { timezone: 'UTC' }).nextRuns(366, before));
const ofCronParser = (expression) => {
  const dates = CronExpressionParser.parse(expression, { tz: 'UTC', currentDate: before });
  return within(Array.from({ length: 366 }, () => dates.next().toDate()));
};
const versions = ['node-cron', 'croner', 'cron-parser'].map(
  (name) => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version}`,
);
const days = [];
for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000) days.push(new Date(at));
const isWeekday = (day) => day.getUTCDay() >= 1 && day.getUTCDay() <= 5;
let asSaid = true;
for (const [expression, ofMonth, ofWeek] of [
  ['0 9 1,15 * 1-5', (day) => [1, 15].includes(day.getUTCDate()), isWeekday],
  ['0 9 13 * 5', (day) => day.getUTCDate() === 13, (day) => day.getUTCDay() === 5],
  ['0 9 * * 1-5', isWeekday, isWeekday],
  ['0 9 1 * *', (day) => day.getUTCDate() === 1, (day) => day.getUTCDate() === 1],
]) {
  const both = days.filter((day) => ofMonth(day) && ofWeek(day)).length;
  const either = days.filter((day) => ofMonth(day) || ofWeek(day)).length;
  const counts = [ofNodeCron, ofCroner, ofCronParser].map((of) => of(expression));
  console.log(`${expression} in ${year}: ${versions.map((name, n) => `${name} ${counts[n]}`).join(', ')}; both ${both}, either ${either}`);
  asSaid &&= counts.join() === [both, either, either].join();
}
process.exit(asSaid ? 0 : 1);
TRY
node try.js
