import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { type Cosigned, parseState, toStateText, type WitnessState } from '../proof/witness.ts';

/**
 * Lets `judge` look at what the witness signed last, and stores what it gives **before** handing out the signature line: on the disk,
 * at once or not at all, one process at a time. Without a file, the witness has signed nothing yet. Refuses what `judge` and
 * {@link parseState} refuse, and FILE_UNREADABLE where the file cannot be read or written, or another process holds it.
 */
export function signOnce(path: string, judge: (state: WitnessState) => Cosigned | Failure): string | Failure {
  const lock = `${path}.lock`;
  let descriptor: number;
  try {
    descriptor = openSync(lock, 'wx');
  } catch (error) {
    return unusable(lock, 'no other process at work on it, in a folder that can be written', error);
  }
  try {
    const state = existsSync(path) ? parseState(readFileSync(path, 'utf8')) : new Map();
    if (isFailure(state)) return state;
    const cosigned = judge(state);
    if (isFailure(cosigned)) return cosigned;
    replaceFile(path, toStateText(cosigned.state));
    return cosigned.line;
  } catch (error) {
    return unusable(path, 'a file that can be read and written', error);
  } finally {
    closeSync(descriptor);
    rmSync(lock, { force: true });
  }
}

function replaceFile(path: string, text: string): void {
  const fresh = `${path}.new`;
  const descriptor = openSync(fresh, 'w');
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function unusable(path: string, expected: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return refuse('FILE_UNREADABLE', { field: 'witness', value: path, expected: expected + code });
}
