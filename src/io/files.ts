import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Failure, isFailure, refuse } from '../base/failure.ts';

/** Largest file, and largest text inside a gzip file, that is read where the caller sets no limit. */
const FILE_BYTES_MAX: number = 256 * 1024 * 1024;

/**
 * Reads a whole file; what ends in `.gz` is unpacked.
 * Refuses FILE_UNREADABLE (absent, a folder, not allowed, broken gzip) and INPUT_TOO_LARGE (more than `bytesMax`, before and
 * after unpacking: a small file that unpacks to a huge one is refused while it unpacks).
 */
export function readBytes(path: string, bytesMax: number = FILE_BYTES_MAX): Uint8Array | Failure {
  try {
    const status = statSync(path);
    if (!status.isFile()) return unreadable(path, 'a file');
    if (status.size > bytesMax) return tooLarge(path, bytesMax);
    const bytes = readFileSync(path);
    return path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: bytesMax }) : bytes;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(path, bytesMax);
    return unreadable(path, `a readable file (${code})`);
  }
}

/** {@link readBytes} as UTF-8 without a byte order mark; bytes that are not UTF-8 are refused as FILE_UNREADABLE. */
export function readText(path: string, bytesMax: number = FILE_BYTES_MAX): string | Failure {
  const bytes = readBytes(path, bytesMax);
  if (isFailure(bytes)) return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return unreadable(path, 'UTF-8 text');
  }
}

function unreadable(path: string, expected: string): Failure {
  return refuse('FILE_UNREADABLE', { field: 'path', value: path, expected });
}

function tooLarge(path: string, bytesMax: number): Failure {
  return refuse('INPUT_TOO_LARGE', { field: 'path', value: path, expected: `at most ${bytesMax} bytes` });
}
