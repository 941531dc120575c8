import { readFile, writeFile } from 'node:fs/promises';

const BEGIN = '<!-- Written by npm run bench; what stands here is replaced. -->';
const END = '<!-- End of what npm run bench wrote. -->';

/** Puts the text between the two marks of a document. Throws unless the document has each of them once, in order. */
export async function writeInto(file: string, text: string): Promise<void> {
  const document = await readFile(file, 'utf8');
  const [before, rest, ...more] = document.split(BEGIN);
  const [, after, ...others] = rest?.split(END) ?? [];
  if (rest === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`${file} has to hold the line "${BEGIN}" and, below it, "${END}", once each`);
  }
  await writeFile(file, `${before}${BEGIN}\n\n${text.trim()}\n\n${END}${after}`);
}
