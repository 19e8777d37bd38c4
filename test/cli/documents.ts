import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../tidy/sources.ts';

/** A JSON object that a test may spoil. */
// oxlint-disable-next-line no-explicit-any
export type Loose = any;

export const EXAMPLES: string = join(ROOT, 'examples');
export const PLIMSOLL: string = join(ROOT, 'bin', 'plimsoll.js');

function readJson(path: string): Loose {
  return JSON.parse(readFileSync(path, 'utf8')) as Loose;
}

export const goodMarket = (): Loose => readJson(join(EXAMPLES, 'market.json'));
export const goodBook = (): Loose => ({
  ...readJson(join(EXAMPLES, 'short-strangle', 'book.json')),
  market: 'market.json',
});
export const goodMethodology = (): Loose => ({
  plimsoll: 'methodology/1',
  id: 'venue',
  version: '1',
  effective: '2026-01-01T00:00:00Z',
  approvers: ['ada', 'grace'],
});

/** A folder of one test file, with a good market in it. */
export type Folder = {
  readonly path: (name: string) => string;
  readonly write: (name: string, content: unknown) => string;
  readonly remove: () => void;
};

export function makeFolder(): Folder {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
  const path = (name: string): string => join(folder, name);
  const write = (name: string, content: unknown): string => {
    const raw = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(path(name), raw ? content : JSON.stringify(content));
    return path(name);
  };
  write('market.json', goodMarket());
  return { path, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function change<T>(value: T, by: (value: T) => void): T {
  by(value);
  return value;
}
