import type { KernelMemory } from './memory.ts';
import { shareByPositions, shareEqually } from './partition.ts';
import type { Book, Positions, Rows } from './shapes.ts';
import type { KernelExports } from './wasm.ts';

/** The kernels that work on a range of items and may be shared out. */
export type JobName =
  | 'repriceOptions'
  | 'mirrorRows'
  | 'assessPlain'
  | 'assessScreened'
  | 'assessSingle'
  | 'moveRows'
  | 'screenAccounts'
  | 'rollTail'
  | 'drawCopula';

/** One call of a kernel: its arguments before the range, and how the range may be cut. */
export type Job = {
  readonly name: JobName;
  readonly args: readonly number[];
  /** Bounds of `parts` shares, see partition.ts. */
  readonly shares: (parts: number) => readonly number[];
};

/** Calls the kernel of a job for one share. Gives its count (accounts flagged, accounts done plainly), or 0. */
export function runShare(
  exports: KernelExports,
  job: Pick<Job, 'name' | 'args'>,
  range: { lo: number; hi: number; scratch: number },
): number {
  const call = exports[job.name] as (...args: number[]) => number | undefined;
  return call(...job.args, range.lo, range.hi, range.scratch) ?? 0;
}

/** Prices the first `count` records into rows of P&L. `vectors` as in `OptionRecord`, rows of `rows.stride`. */
export function repriceJob(
  memory: KernelMemory,
  parts: { records: Float64Array; count: number; vectors: Float64Array; rows: Rows },
): Job {
  const { records, count, vectors, rows } = parts;
  return {
    name: 'repriceOptions',
    args: [memory.at(records), memory.at(vectors), memory.at(rows.exact), rows.stride, rows.scenarios],
    shares: (n) => shareEqually(count, n, 1),
  };
}

/** Brings the mirrors of all rows up to date with `exact`. */
export function mirrorJob(memory: KernelMemory, rows: Rows): Job {
  const { exact, single, columns, norms, stride, column, scenarios } = rows;
  return {
    name: 'mirrorRows',
    args: [
      memory.at(exact),
      memory.at(single),
      memory.at(columns),
      memory.at(norms),
      stride,
      column,
      scenarios,
    ],
    shares: (n) => shareEqually(rows.count, n, 8),
  };
}

function bookShares(book: Book): Job['shares'] {
  return (n) => shareByPositions(book.positions.starts, n);
}

/** VaR and ES of every account, of record, all scenarios in f64. */
export function assessPlainJob(book: Book): Job {
  return { name: 'assessPlain', args: [book.record], shares: bookShares(book) };
}

/** The same results by way of f32 sums that only rule scenarios out; needs the mirrors. Counts accounts that went the plain way. */
export function assessScreenedJob(book: Book): Job {
  return { name: 'assessScreened', args: [book.record], shares: bookShares(book) };
}

/** VaR and ES of the f32 sums; `errors` receives for each account how far either may be from the exact one, USD. */
export function assessSingleJob(memory: KernelMemory, book: Book, errors: Float64Array): Job {
  return { name: 'assessSingle', args: [book.record, memory.at(errors)], shares: bookShares(book) };
}

/** The move of the market as the screen reads it. */
export type Moves = {
  /** (mid, half) a row. */
  readonly pairs: Float64Array;
  /** VaR and ES of one unit's Δ, then of −Δ, a row. */
  readonly results: Float64Array;
  readonly warms: Float64Array;
  /** Change in value of one unit of each row since `before`, USD; the caller's. */
  readonly marks: Float64Array;
};

export function createMoves(memory: KernelMemory, rowCount: number): Moves {
  const warms = memory.f64(rowCount * 2);
  warms.fill(NaN);
  return {
    pairs: memory.f64(rowCount * 2),
    results: memory.f64(rowCount * 4),
    warms,
    marks: memory.f64(rowCount),
  };
}

/** Tail figures of what each row moved by since `before` (a copy of `exact` of the last assessment). */
export function movesJob(
  memory: KernelMemory,
  parts: { rows: Rows; before: Float64Array; moves: Moves; tail: Float64Array },
): Job {
  const { rows, before, moves, tail } = parts;
  const { pairs, results, warms, marks } = moves;
  return {
    name: 'moveRows',
    args: [
      memory.at(rows.exact),
      memory.at(before),
      memory.at(marks),
      memory.at(pairs),
      memory.at(results),
      memory.at(warms),
      memory.at(tail),
      rows.stride,
      rows.scenarios,
    ],
    shares: (n) => shareEqually(rows.count, n, 8),
  };
}

/**
 * Flags the accounts whose `reserves` (equity − requirement when last assessed) the moves may have used up; share t writes their
 * indices at `flagged[lo_t…]`. The others are proven safe.
 */
export function screenJob(
  memory: KernelMemory,
  parts: { positions: Positions; moves: Moves; reserves: Float64Array; flagged: Int32Array },
): Job {
  const { positions, moves, reserves, flagged } = parts;
  return {
    name: 'screenAccounts',
    args: [
      memory.at(positions.starts),
      memory.at(positions.rows),
      memory.at(positions.quantities),
      memory.at(moves.pairs),
      memory.at(reserves),
      memory.at(flagged),
    ],
    shares: (n) => shareByPositions(positions.starts, n),
  };
}

/**
 * Rolling tail: day d holds account d of `positions` and is assessed over the columns d … d + window − 1 of `history` (rows of `stride`
 * numbers, `stride` ≥ days + window + 16). `breaches`: 0 none, 1 realised beyond VaR, 2 beyond ES too.
 */
export function rollJob(
  memory: KernelMemory,
  parts: {
    positions: Positions;
    history: Float64Array;
    stride: number;
    window: number;
    realised: Float64Array;
    tail: Float64Array;
    results: Float64Array;
    warms: Float64Array;
    breaches: Int32Array;
  },
): Job {
  const { positions, history, stride, window, realised, tail, results, warms, breaches } = parts;
  return {
    name: 'rollTail',
    args: [
      memory.at(positions.starts),
      memory.at(positions.rows),
      memory.at(positions.quantities),
      memory.at(history),
      memory.at(realised),
      memory.at(tail),
      memory.at(results),
      memory.at(warms),
      memory.at(breaches),
      stride,
      window,
    ],
    shares: (n) => shareByPositions(positions.starts, n),
  };
}

/**
 * Draws `scenarios` (a multiple of four) of a t copula into rows of `out`. `cholesky`: lower triangle, n × n by rows. `tables`:
 * `cells` + 1 numbers a factor, the margin's quantile at t = √freedom·a/√(1 − a²), a = −1 … 1 in equal steps. `key`, `stream`: 32 bits each.
 */
export function copulaJob(
  memory: KernelMemory,
  parts: {
    cholesky: Float64Array;
    tables: Float64Array;
    out: Float64Array;
    factors: number;
    freedom: number;
    cells: number;
    scenarios: number;
    stride: number;
    key: readonly [number, number];
    stream: number;
  },
): Job {
  const { cholesky, tables, out, factors, freedom, cells, scenarios, stride, key, stream } = parts;
  const arrays = [memory.at(cholesky), memory.at(tables), memory.at(out)];
  return {
    name: 'drawCopula',
    args: [...arrays, factors, freedom, cells, stride, key[0], key[1], stream],
    shares: (n) => shareEqually(scenarios, n, 4),
  };
}
