import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Cosigned, WitnessState } from '../proof/witness.ts';
import { signOnce } from './witness-store.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'witness-'));
  path = join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const next =
  (size: number) =>
  (state: WitnessState): Cosigned => ({
    state: new Map([...state, ['log.example', { size, root: new Uint8Array(32) }]]),
    line: `signed ${size}`,
  });
const code = (value: unknown): string => (isFailure(value) ? value.failure : 'signed');

describe('the memory of a witness', () => {
  it('is on the disk before the line is handed out, and is what the next signature is judged by', () => {
    let seen = -1;
    expect(signOnce(path, next(5))).toBe('signed 5');
    signOnce(path, (state) => {
      seen = state.get('log.example')!.size;
      return next(9)(state);
    });
    expect(seen).toBe(5);
    expect(readFileSync(path, 'utf8')).toContain('"size":"9"');
  });

  it('stays as it was when a head is refused, and is free again afterwards', () => {
    signOnce(path, next(5));
    const before = readFileSync(path, 'utf8');
    const refused: Failure = refuse('LOG_INCONSISTENT', { field: 'x', value: 1, expected: 'y' });
    expect(signOnce(path, () => refused)).toBe(refused);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('is used by one process at a time, and by none once it is damaged', () => {
    writeFileSync(`${path}.lock`, '');
    expect(code(signOnce(path, next(5)))).toBe('FILE_UNREADABLE');
    rmSync(`${path}.lock`);
    writeFileSync(path, '{}');
    expect(code(signOnce(path, next(5)))).toBe('SHAPE_INVALID');
    expect(code(signOnce(join(folder, 'absent', 'state.json'), next(5)))).toBe('FILE_UNREADABLE');
  });
});
