import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';

/** A folder of report files beside an `index.tsv` that has a line for each; a name that ends in `/` is one zip of files. */
export function folderOf(name: string) {
  const folder = path.resolve('test/test-reports', name);
  const [head = '', ...lines] = readFileSync(path.join(folder, 'index.tsv'), 'utf8').trim().split('\n');
  const columns = head.split('\t');
  const rows = lines.map((line): Record<string, string | undefined> => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]]));
  });
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((one) => one.isDirectory() || one.name.endsWith('.xml'))
    .map((one) => (one.isDirectory() ? `${one.name}/` : one.name))
    .sort();
  const zipped = (file: string): Uint8Array => {
    const whole = path.join(folder, file);
    const parts = statSync(whole).isDirectory() ? readdirSync(whole).map((one) => path.join(whole, one)) : [whole];
    return zipSync(Object.fromEntries(parts.map((one) => [path.basename(one), readFileSync(one)])));
  };
  return { rows, files, zipped };
}
