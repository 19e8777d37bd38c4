import { spawnSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLES, goodBook, makeFolder, PLIMSOLL } from './documents.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const HEAP_MB = 256;

/** Runs the program as a person does, in a process of its own with a small heap. */
function run(...argv: readonly string[]): {
  stdout: string;
  stderr: string;
  status: number | null;
  seconds: number;
} {
  const began = performance.now();
  const { FORCE_COLOR: _, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, PLIMSOLL, ...argv],
    { encoding: 'utf8', env: { ...env, NO_COLOR: '1' } },
  );
  return { stdout, stderr, status, seconds: (performance.now() - began) / 1000 };
}

describe('the program', () => {
  it('prints a report that fits 100 columns and ends with 0', () => {
    const { stdout, stderr, status } = run('margin', join(EXAMPLES, 'short-strangle', 'book.json'));
    expect([stderr, status]).toEqual(['', 0]);
    expect(stdout).toContain('Account strangle');
    expect(Math.max(...stdout.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100);
  });

  it('refuses on standard error alone and ends with 2', () => {
    const { stdout, stderr, status } = run('margin', folder.write('bad.json', '{"plimsoll"'));
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toMatch(/^MALFORMED_JSON: book = .*, expected JSON\n$/);
  });

  it('answers arguments that it does not know in JSON where JSON was asked for', () => {
    const { stdout, status } = run('margin', 'x.json', '--json', '--leverage');
    expect(JSON.parse(stdout).error).toMatchObject({ failure: 'SHAPE_INVALID', field: 'arguments' });
    expect(status).toBe(2);
    expect(run('margn').status).toBe(2);
  });
});

describe('input that is too large is refused at once, in little memory', () => {
  const refused = (path: string, ...more: readonly string[]): void => {
    const { stdout, stderr, status, seconds } = run('margin', path, ...more);
    expect(stderr).toMatch(/^INPUT_TOO_LARGE: /);
    expect([stdout, status]).toEqual(['', 2]);
    expect(seconds).toBeLessThan(20);
  };

  it('ten million positions as JSON: half a gigabyte is not even read', () => {
    const path = folder.write('ten-million.json', JSON.stringify(goodBook()));
    truncateSync(path, 510_000_000);
    refused(path);
  });

  it('one million positions as JSON: the list is too long', () => {
    const rows = '{"instrument":"BTC-PERPETUAL","quantity":"1"},'.repeat(999_999);
    const head =
      '{"plimsoll":"book/1","market":"market.json","accounts":[{"account":"a","balances":{},"positions":[';
    refused(
      folder.write('one-million.json', `${head}${rows}{"instrument":"BTC-PERPETUAL","quantity":"1"}]}]}`),
    );
  });

  it('ten million positions as a table', () => {
    const path = folder.write('ten-million.csv', `instrument,quantity\n${'A,1\n'.repeat(10_000_000)}`);
    refused(path, '--market', folder.path('market.json'));
  });

  it('a small file that unpacks to a huge one', () => {
    refused(folder.write('bomb.json.gz', gzipSync(Buffer.alloc(300_000_000))));
  });
});
