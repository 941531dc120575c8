import { reportText } from '../../src/doctor/report.js';
import { type Installation, install } from '../support/installation.js';

let shop: Installation;
beforeAll(async () => {
  shop = await install();
});
afterAll(() => shop.stop());

test('in an installation that is right nothing is wrong', async () => {
  const checks = await shop.examined();
  console.log(reportText(checks, { width: 80, colour: false }));
  expect(checks.filter(({ verdict }) => verdict.is === 'wrong')).toEqual([]);
});
