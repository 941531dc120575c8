import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, seen from src/ and from wherever the compiler put this file. */
export function packageRoot(): string {
  let at = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(at, 'package.json'))) {
    const above = path.dirname(at);
    if (above === at) throw new Error('The folder of pushbutton, with its package.json, is missing');
    at = above;
  }
  return at;
}
