/** What tools write when they fail, as the end of a failed step's log: shortened, the rest as it was. */

interface Log {
  readonly tool: string;
  readonly wrote: string;
  /** The error with which the runner ends the step; by default that of a script. */
  readonly error?: string;
  /** What a reader must find; the first of these begins what is shown. */
  readonly says: readonly string[];
  readonly silentOf?: readonly string[];
}

const noise = (line: (n: number) => string, count: number): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n');

export const LOGS: readonly Log[] = [
  {
    tool: 'Jest 30 with a table of coverage',
    wrote: `PASS src/till.test.js
FAIL src/basket.test.js
  ● Basket › adds a price

    expect(received).toBe(expected) // Object.is equality

    Expected: 3
    Received: 4

      at Object.toBe (src/basket.test.js:12:26)

${noise((n) => ` file${n}.js | 91.1 | 80 | 100 | 91.1 | 4-9`, 60)}
Test Suites: 1 failed, 1 passed, 2 total
Tests:       1 failed, 411 passed, 412 total
npm error Lifecycle script \`test\` failed with error:
npm error code 1
npm error path /home/runner/work/shop/shop
npm error workspace shop@1.0.0
npm error location /home/runner/work/shop/shop
npm error command failed
npm error command sh -c jest --coverage`,
    says: ['FAIL src/basket.test.js', 'Expected: 3', 'lines left out', 'Tests:       1 failed'],
    silentOf: ['PASS', 'npm error'],
  },
  {
    tool: 'Vitest 4',
    wrote: ` ✓ src/till.test.ts (3 tests) 4ms
 ❯ src/basket.test.ts (2 tests | 1 failed) 9ms
   × adds a price 6ms
     → expected 4 to be 3 // Object.is equality

⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  src/basket.test.ts > adds a price
AssertionError: expected 4 to be 3 // Object.is equality

 Test Files  1 failed | 1 passed (2)`,
    says: ['   × adds a price 6ms', 'expected 4 to be 3', 'Test Files  1 failed'],
    silentOf: ['✓'],
  },
  {
    tool: 'pytest 8',
    wrote: `============================= test session starts ==============================
platform linux -- Python 3.12.3, pytest-8.3.3, pluggy-1.5.0
collected 120 items

${noise((n) => `tests/test_${n}.py ..........                                              [${n}%]`, 40)}
=================================== FAILURES ===================================
________________________________ test_adds_price _______________________________

    def test_adds_price():
>       assert total([1, 2]) == 4
E       assert 3 == 4

tests/test_basket.py:12: AssertionError
=========================== short test summary info ============================
FAILED tests/test_basket.py::test_adds_price - assert 3 == 4
======================== 1 failed, 119 passed in 4.21s =========================`,
    says: ['=================================== FAILURES', 'E       assert 3 == 4', '1 failed, 119 passed'],
    silentOf: ['collected', 'tests/test_3.py'],
  },
  {
    tool: 'go test',
    wrote: `ok  	acme.test/shop/till	0.012s
--- FAIL: TestAddsPrice (0.00s)
    basket_test.go:12: got 4, want 3
FAIL
FAIL	acme.test/shop/basket	0.004s
FAIL`,
    says: ['--- FAIL: TestAddsPrice (0.00s)', 'got 4, want 3'],
    silentOf: ['ok  '],
  },
  {
    tool: 'rustc',
    wrote: `   Compiling serde v1.0.210
   Compiling shop v0.1.0 (/home/runner/work/shop/shop)
error[E0308]: mismatched types
  --> src/basket.rs:12:5
   |
12 |     "3"
   |     ^^^ expected \`u32\`, found \`&str\`

For more information about this error, try \`rustc --explain E0308\`.
error: could not compile \`shop\` (lib) due to 1 previous error`,
    error: 'Process completed with exit code 101.',
    says: ['error[E0308]: mismatched types', 'src/basket.rs:12:5', 'could not compile'],
    silentOf: ['serde'],
  },
  {
    tool: 'tsc, whose errors GitHub marks',
    wrote: `> shop@1.0.0 typecheck
> tsc --noEmit

##[error]src/basket.ts(12,3): error TS2322: Type 'string' is not assignable to type 'number'.
##[error]src/till.ts(4,1): error TS2304: Cannot find name 'till'.`,
    error: 'Process completed with exit code 2.',
    says: ['src/basket.ts(12,3): error TS2322', "Cannot find name 'till'"],
    silentOf: ['##['],
  },
  {
    tool: 'npm ci that cannot agree',
    wrote: `npm warn deprecated inflight@1.0.6: This module is not supported
npm error code ERESOLVE
npm error ERESOLVE could not resolve
npm error
npm error While resolving: react-dom@19.0.0
npm error Found: react@18.3.1
npm error
npm error A complete log of this run can be found in: /home/runner/.npm/_logs/2026-11-30T09_00_00_000Z-debug-0.log`,
    says: ['npm error ERESOLVE could not resolve', 'Found: react@18.3.1'],
    silentOf: ['A complete log'],
  },
  {
    tool: 'Maven',
    wrote: `[INFO] Running acme.BasketTest
[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! -- in acme.BasketTest
[ERROR] acme.BasketTest.addsPrice -- Time elapsed: 0.01 s <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <3> but was: <4>
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.5.0:test (default-test) on project shop
[ERROR] -> [Help 1]
[ERROR]
[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.`,
    says: ['[ERROR] Tests run: 2, Failures: 1', 'expected: <3> but was: <4>'],
    silentOf: ['[Help 1]', 'full stack trace'],
  },
  {
    tool: 'Gradle',
    wrote: `> Task :compileJava
> Task :test FAILED

BasketTest > addsPrice() FAILED
    org.opentest4j.AssertionFailedError at BasketTest.java:12

FAILURE: Build failed with an exception.

* What went wrong:
Execution failed for task ':test'.`,
    says: ['> Task :test FAILED', 'BasketTest > addsPrice() FAILED', 'What went wrong'],
  },
  {
    tool: 'docker build',
    wrote: `#9 [5/6] RUN npm run build
#9 1.204 sh: 1: vite: not found
#9 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 127
------
Dockerfile:9
ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully: exit code: 127`,
    says: ['vite: not found', 'ERROR: failed to solve'],
  },
  {
    tool: 'kubectl rollout',
    wrote: `deployment.apps/shop configured
Waiting for deployment "shop" rollout to finish: 1 out of 3 new replicas have been updated...
error: deployment "shop" exceeded its progress deadline`,
    says: ['error: deployment "shop" exceeded its progress deadline'],
  },
  {
    tool: 'terraform apply',
    wrote: `aws_s3_bucket.logs: Creating...
╷
│ Error: creating S3 Bucket (shop-logs): operation error S3: CreateBucket, https response error StatusCode: 403
│
│   with aws_s3_bucket.logs,
│   on main.tf line 12, in resource "aws_s3_bucket" "logs":
╵`,
    says: ['StatusCode: 403', 'on main.tf line 12'],
  },
  {
    tool: 'an action that is no script',
    wrote: `Syncing repository: acme/shop
Determining the default branch
Retrieving the default branch name
Not Found - https://docs.github.com/rest/repos/repos#get-a-repository`,
    error: 'Not Found - https://docs.github.com/rest/repos/repos#get-a-repository',
    says: ['Not Found - https://docs.github.com/rest'],
  },
  {
    tool: 'a step that took too long',
    wrote: noise((n) => `waiting for http://127.0.0.1:8080/healthz (${n})`, 90),
    error: "The action 'Run smoke test' has timed out after 10 minutes.",
    says: ['waiting for http://127.0.0.1:8080/healthz (88)', "The action 'Run smoke test' has timed out"],
  },
  {
    tool: 'a script that says nothing',
    wrote: '',
    says: [],
  },
  {
    tool: 'a shell that does not find a program',
    wrote: `Releasing 1.2.3
/home/runner/work/_temp/9a2c.sh: line 1: helm: command not found`,
    error: 'Process completed with exit code 127.',
    says: ['Releasing 1.2.3', 'helm: command not found'],
  },
  {
    tool: 'a group of its own that is called like a step of GitHub’s',
    wrote: `##[group]Run unit tests
not ok 1 - adds a price
##[endgroup]
# failed 1 of 9 tests`,
    says: ['not ok 1 - adds a price', '# failed 1 of 9 tests'],
  },
];
