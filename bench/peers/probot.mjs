/**
 * A GitHub App of Probot that saves a workflow_run: `node probot.mjs`, with DATABASE_URL and SECRET. Probot waits for its
 * handlers before it answers. The key is made up, because nothing is asked of GitHub.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createNodeMiddleware, createProbot } from 'probot';
import { insert, listen } from './insert.mjs';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const probot = createProbot({
  overrides: { appId: 1, privateKey, secret: process.env.SECRET, logLevel: 'silent' },
});

function app(robot) {
  robot.on('workflow_run', async ({ id, payload }) => {
    const { id: run, run_attempt, status, conclusion, head_sha, head_branch, html_url } = payload.workflow_run;
    await insert(id, { run, run_attempt, status, conclusion, head_sha, head_branch, html_url });
  });
}

const middleware = await createNodeMiddleware(app, { probot, webhooksPath: '/github/webhooks' });
listen(createServer((request, response) => middleware(request, response, () => response.writeHead(404).end())));
