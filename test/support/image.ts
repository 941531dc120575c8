import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

interface Step {
  instruction: string;
  rest: string;
}

/** The steps of each stage of the Dockerfile, in order; the last stage is the image. */
export async function stagesOfDockerfile(): Promise<Step[][]> {
  const text = (await fs.readFile('Dockerfile', 'utf8')).replace(/^#.*\n/gm, '').replace(/\\\n/g, '');
  const steps = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): Step => {
      const [, instruction = '', rest = ''] = /^(\S+) +(.*)$/.exec(line) ?? [];
      return { instruction, rest };
    });
  const stages: Step[][] = [];
  for (const step of steps) {
    if (step.instruction === 'FROM') stages.push([]);
    stages.at(-1)?.push(step);
  }
  return stages;
}

/** What the stage copies from the repository, as pairs of paths. */
export function copiesOf(stage: Step[]): { from: string; to: string }[] {
  return stage
    .filter(({ instruction, rest }) => instruction === 'COPY' && !rest.startsWith('--from='))
    .flatMap(({ rest }) => {
      const words = rest.split(/ +/);
      const to = words.pop() ?? '';
      return words.map((from) => ({ from, to: to.endsWith('/') ? path.join(to, from) : to }));
    });
}

/** A command of the Dockerfile that is written as a list of words. */
export function wordsOf(stage: Step[], instruction: string): string[] {
  const rest = stage.find((step) => step.instruction === instruction)?.rest ?? '';
  return JSON.parse(rest.slice(rest.indexOf('[')));
}

/** An empty folder outside the repository, so that nothing from it is found by chance. */
export const emptyFolder = () => fs.mkdtemp(path.join(os.tmpdir(), 'pushbutton-installation-'));

/** Copies what the stage copies from the repository into a folder. */
export async function copyStage(stage: Step[], folder: string): Promise<void> {
  for (const { from, to } of copiesOf(stage)) await fs.cp(from, path.join(folder, to), { recursive: true });
}

/**
 * A folder with the contents of the image: its files, this run's build as `dist`, and only the packages that
 * `npm ci --omit=dev --omit=optional` installs. Node must run in it with `--preserve-symlinks`, or packages would find
 * each other at their real paths.
 */
export async function installImage(): Promise<string> {
  // In its own folder, for commands that look beside it.
  const folder = path.join(await emptyFolder(), 'pushbutton');
  const image = (await stagesOfDockerfile()).at(-1) ?? [];
  await copyStage(image, folder);
  await fs.cp(process.env.PUSHBUTTON_TEST_BUILD ?? '', path.join(folder, 'dist'), { recursive: true });
  const lock = JSON.parse(await fs.readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>;
  };
  for (const [place, { dev, optional, devOptional }] of Object.entries(lock.packages)) {
    // Packages inside a package's own folder come with it.
    if (place === '' || dev || optional || devOptional || place.lastIndexOf('node_modules/') > 0) continue;
    await fs.mkdir(path.dirname(path.join(folder, place)), { recursive: true });
    await fs.symlink(path.resolve(place), path.join(folder, place));
  }
  return folder;
}

/** Removes what `installImage` made, and what was put beside it. */
export const removeImage = (folder: string) => fs.rm(path.dirname(folder), { recursive: true, force: true });
