#!/usr/bin/env bash
# What @actions/workflow-parser, GitHub's own reader of workflow files, says of the files in test/doctor/*-texts.ts. The doctor
# reads workflow files by itself, since the parser cannot be imported (see actions-workflow-parser-import.sh); these tests hold
# the two together. Where the parser refuses more than GitHub documents (an input without a type whose default is a number),
# the doctor does not call the file wrong.
# Prints each file of which the parser says something else than the table. Exits with 1 when there is one.
set -euo pipefail
tests="$(cd "$(dirname "$0")/../test/doctor" && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-save @actions/workflow-parser@0.3.61 esbuild@0.28.1 >/dev/null 2>&1
cat >compare.ts <<COMPARE
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { CHECKOUTS } from '$tests/checkout-texts.ts';
import { DECLARED } from '$tests/declared-texts.ts';
import { FORMS } from '$tests/form-texts.ts';
import { OUTCOMES } from '$tests/outcome-texts.ts';
import { STAGINGS } from '$tests/staging-texts.ts';
import { STRUCTURES } from '$tests/structure-texts.ts';
import { EXPRESSIONS, VALUES } from '$tests/value-texts.ts';

const texts = [...DECLARED, ...CHECKOUTS, ...FORMS, ...OUTCOMES, ...STAGINGS, ...STRUCTURES, ...VALUES, ...EXPRESSIONS];
const saidOf = async (content: string) => {
  const { context, value } = parseWorkflow({ name: 'deploy.yml', content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value, undefined, { errorPolicy: 1 });
  const [error] = context.errors.getErrors();
  return error?.message.replace(/^.*?\(Line: \d+, Col: \d+\): /, '') ?? null;
};
const compare = async () => {
  for (const { what, text, parser } of texts) {
    const said = await saidOf(text);
    if (parser === null ? said === null : said?.startsWith(parser)) continue;
    console.log(\`\${what}: \${said ?? 'taken'}, in the table: \${parser ?? 'taken'}\`);
    process.exitCode = 1;
  }
  console.log(\`\${texts.length} workflow files compared\`);
};
compare();
COMPARE
node_modules/.bin/esbuild compare.ts --bundle --platform=node --format=cjs --outfile=compare.cjs --log-level=error
node compare.cjs
