#!/usr/bin/env bash
# @actions/workflow-parser is GitHub's own reader of workflow files. Its package asks for Node 20 or later and offers an ES module,
# which no Node can import: it imports a JSON file without the attribute that Node requires. A bundler supplies the JSON: a
# CommonJS bundle by esbuild works; an ES module by it does not, since the yaml package in it requires `process`.
# Imports it plainly, and then as either bundle, to read a valid workflow. Prints what each does, and exits with 1 when that
# changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-save @actions/workflow-parser@0.3.61 esbuild@0.28.1 >/dev/null 2>&1
cat >use.js <<'TRY'
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
const content = `
name: Deploy
on: { workflow_dispatch: { inputs: { sha: { required: true } } } }
jobs: { deploy: { runs-on: ubuntu-latest, steps: [{ run: echo }] } }
`;
const { context } = parseWorkflow({ name: 'deploy.yml', content }, new NoOperationTraceWriter());
console.log(`read, ${context.errors.getErrors().length} errors`);
TRY
bundle() { node_modules/.bin/esbuild use.js --bundle --platform=node "--format=$1" "--outfile=$2" --log-level=error; }
bundle cjs bundle.cjs
bundle esm bundle.mjs
cat >try.js <<'TRY'
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
const run = (file) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  const why = /needs an import attribute of|Dynamic require of "process" is not supported/.exec(stderr)?.[0];
  return status === 0 ? stdout.trim() : `refused (${why ?? stderr.trim().split('\n').at(-1)})`;
};
const { version, engines } = JSON.parse(readFileSync('node_modules/@actions/workflow-parser/package.json', 'utf8'));
const seen = ['use.js', 'bundle.cjs', 'bundle.mjs'].map(run);
console.log(`@actions/workflow-parser ${version} (asks for Node ${engines.node}) on Node ${process.version}`);
console.log(`as it is: ${seen[0]}\nCommonJS bundle: ${seen[1]}\nES module bundle: ${seen[2]}`);
const expected = [
  'refused (needs an import attribute of)',
  'read, 0 errors',
  'refused (Dynamic require of "process" is not supported)',
];
process.exitCode = seen.join() === expected.join() ? 0 : 1;
TRY
node try.js
