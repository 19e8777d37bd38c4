import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../cli/capture.ts';
import { ROOT } from '../tidy/sources.ts';

/** A book of `examples/` with the file that holds its expected report. */
export type Example = { readonly name: string; readonly book: string; readonly expected: string };

/** Every example, in order of name. */
export function listExamples(): Example[] {
  const folder = join(ROOT, 'examples');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => ({
      name,
      book: join(folder, name, 'book.json'),
      expected: join(folder, name, 'expected.txt'),
    }));
}

/** What `plimsoll margin BOOK` prints, without colours. */
export async function printReport({ name, book }: Example): Promise<string> {
  const { stdout, stderr, exitCode } = await capture(['margin', book]);
  if (exitCode !== 0 || stderr !== '') throw new Error(`${name} ended with ${exitCode}: ${stderr}`);
  return stdout;
}
