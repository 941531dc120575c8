import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs the doctor in its own process, as `npm run doctor` does, in a folder with this config. */
export async function runDoctor(env: NodeJS.ProcessEnv, config: string, ...options: string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-doctor-'));
  writeFileSync(path.join(folder, 'pushbutton.yml'), config);
  try {
    const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js');
    const child = spawn(process.execPath, [program, 'doctor', ...options], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text;
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...printed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
