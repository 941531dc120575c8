import { cleanUp } from './global-setup.js';

export default async function tearDown() {
  await cleanUp(globalThis.pushbuttonTestRun);
}
