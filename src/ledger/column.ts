import { assert } from '../base/assert.ts';

/** Largest magnitude of a balance or a posting, in atoms: every amount fits a signed 128-bit integer. */
export const ATOMS_MAX: bigint = 2n ** 127n - 1n;

const CHUNK_ROWS = 4096;
const INT64_MAX = 2n ** 63n - 1n;
/** The one 64-bit pattern that is no amount: it says that the amount is too wide for its cell and stands in `wide`. */
const IS_WIDE = -(2n ** 63n);

/**
 * The balances of one asset by account row. A cell has 64 bits; the few amounts that need up to 128 (18-place assets
 * in bulk, the custody side) stand in `wide`. A chunk of rows takes memory once a row of it is first not zero.
 */
export type Column = {
  readonly chunks: (BigInt64Array | undefined)[];
  readonly wide: Map<number, bigint>;
};

export function createColumn(): Column {
  return { chunks: [], wide: new Map() };
}

/** Atoms at `row`; zero where nothing was ever written. */
export function readCell(column: Column, row: number): bigint {
  const chunk = column.chunks[Math.floor(row / CHUNK_ROWS)];
  if (chunk === undefined) return 0n;
  const cell = chunk[row % CHUNK_ROWS]!;
  return cell === IS_WIDE ? column.wide.get(row)! : cell;
}

/** Sets the atoms at `row`. The caller has checked that they are within {@link ATOMS_MAX}. */
export function writeCell(column: Column, row: number, atoms: bigint): void {
  assert(isAmount(atoms), 'a balance is within 128 bits');
  const index = Math.floor(row / CHUNK_ROWS);
  while (column.chunks.length <= index) column.chunks.push(undefined);
  column.chunks[index] ??= new BigInt64Array(CHUNK_ROWS);
  const isWide = atoms > INT64_MAX || atoms < -INT64_MAX;
  column.chunks[index]![row % CHUNK_ROWS] = isWide ? IS_WIDE : atoms;
  if (isWide) column.wide.set(row, atoms);
  else if (column.wide.size > 0) column.wide.delete(row);
}

export function isAmount(atoms: bigint): boolean {
  return atoms <= ATOMS_MAX && atoms >= -ATOMS_MAX;
}
