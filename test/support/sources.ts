import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The TypeScript files of a folder, by their path in the repository. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .sort();
export const source = (file: string) => readFileSync(file, 'utf8');
/** Every file of the product. */
export const SRC = filesIn('src');
