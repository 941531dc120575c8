import { cleanUp } from './set-up/run.js';

export default async function tearDown() {
  await cleanUp(globalThis.pushbuttonTestRun);
}
