import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { WalkRequest } from '../study/walk/plan.ts';
import { emptyTable, type WalkTable } from '../study/walk/table.ts';
import { readBytes } from './files.ts';

const BYTES_MAX = 2_000_000_000;
const ALIGNMENT = 8;

/** A name for everything that a table depends on: SHA-256 of the request, history included. */
export function fingerprintOf(request: WalkRequest): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify(request, (_, value: unknown) => (ArrayBuffer.isView(value) ? undefined : value)),
  );
  for (const { values, present } of request.history.series) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    hash.update(present);
  }
  return hash.digest('hex');
}

type Head = {
  readonly plimsoll: 'walk/1';
  readonly fingerprint: string;
  readonly days: number;
  readonly books: number;
  readonly methodIds: readonly string[];
};

function columnsOf(table: WalkTable): Float64Array[] {
  return [table.pnl, table.rank, table.tailRatio, ...table.margins];
}

/** Writes a table beside the file and then in its place: an interrupted write leaves the last one whole. */
export function saveWalk(path: string, fingerprint: string, table: WalkTable): void {
  const { days, books, methodIds } = table;
  const head: Head = { plimsoll: 'walk/1', fingerprint, days, books, methodIds };
  const text = Buffer.from(JSON.stringify(head));
  const padded = Buffer.alloc(Math.ceil((text.length + 1) / ALIGNMENT) * ALIGNMENT, ' ');
  text.copy(padded);
  padded[padded.length - 1] = 10;
  const done = Buffer.alloc(Math.ceil(days / ALIGNMENT) * ALIGNMENT);
  done.set(table.done);
  const columns = columnsOf(table).map((c) => new Uint8Array(c.buffer, c.byteOffset, c.byteLength));
  writeFileSync(`${path}.part`, Buffer.concat([padded, done, ...columns]));
  renameSync(`${path}.part`, path);
}

/**
 * The table of a request so far: what the file holds, or an empty one where there is no file yet. Refuses FILE_UNREADABLE for a file
 * that is no table, and SHAPE_INVALID for one of another request: other prices, books, methods or dates.
 */
export function resumeWalk(
  path: string,
  fingerprint: string,
  shape: { readonly days: number; readonly books: number; readonly methodIds: readonly string[] },
): WalkTable | Failure {
  const table = emptyTable(shape);
  if (!existsSync(path)) return table;
  const bytes = readBytes(path, BYTES_MAX);
  if (isFailure(bytes)) return bytes;
  const end = bytes.indexOf(10) + 1;
  const head = parseHead(bytes.subarray(0, end));
  const columns = columnsOf(table);
  const doneBytes = Math.ceil(shape.days / ALIGNMENT) * ALIGNMENT;
  const length = end + doneBytes + columns.reduce((sum, c) => sum + c.byteLength, 0);
  if (head === null || (head.fingerprint === fingerprint && bytes.length !== length)) {
    return refuse('FILE_UNREADABLE', { field: path, value: 'other bytes', expected: 'a backtest to resume' });
  }
  if (head.fingerprint !== fingerprint) {
    const expected = 'a backtest of the same history, books, methods and dates';
    return refuse('SHAPE_INVALID', { field: path, value: 'another backtest', expected });
  }
  table.done.set(bytes.subarray(end, end + shape.days));
  let at = end + doneBytes;
  for (const column of columns) {
    new Uint8Array(column.buffer).set(bytes.subarray(at, at + column.byteLength));
    at += column.byteLength;
  }
  return table;
}

function parseHead(bytes: Uint8Array): Head | null {
  try {
    const head: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const known = typeof head === 'object' && head !== null && 'plimsoll' in head;
    return known && head.plimsoll === 'walk/1' ? (head as Head) : null;
  } catch {
    return null;
  }
}
