import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the package, whether this file runs from src/ or from dist/. */
export function packageRoot(): string {
  let at = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(at, 'package.json'))) {
    const above = path.dirname(at);
    if (above === at) throw new Error('The folder of Pushbutton, with its package.json, was not found');
    at = above;
  }
  return at;
}
