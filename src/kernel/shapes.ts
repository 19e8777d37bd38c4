import { assert } from '../base/assert.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { countTail, type Level } from '../base/level.ts';
import type { KernelMemory } from './memory.ts';
import type { Pointer } from './wasm.ts';

/** Rows are padded to whole steps of this many scenarios. */
const STEP = 16;

/** Scenarios of a padded row. */
export function paddedOf(scenarios: number): number {
  return Math.ceil(scenarios / STEP) * STEP;
}

/** Bytes of scratch that one thread needs for rows of `stride` scenarios; as laid out in assembly/tail.ts, and room for 240 factors. */
export function scratchBytes(stride: number): number {
  return stride * 34 + 8192;
}

/**
 * P&L of one unit of each instrument in each scenario, USD. `exact` is of record; `single`, `columns` and `norms` mirror it
 * (`mirrorRows`) and may be left out where only plain kernels run.
 */
export type Rows = {
  readonly count: number;
  readonly scenarios: number;
  /** Scenarios of a padded row. */
  readonly stride: number;
  /** Rows of a padded column. */
  readonly column: number;
  readonly exact: Float64Array;
  readonly single: Float32Array;
  readonly columns: Float64Array;
  /** Largest absolute P&L of each row. */
  readonly norms: Float64Array;
};

/** Room for `count` rows. 20 bytes a cell with its mirrors. */
export function createRows(memory: KernelMemory, shape: { count: number; scenarios: number }): Rows {
  const { count, scenarios } = shape;
  assert(count >= 1 && scenarios >= 1, 'a matrix has cells');
  const stride = paddedOf(scenarios);
  const column = Math.ceil(count / 8) * 8;
  return {
    count,
    scenarios,
    stride,
    column,
    exact: memory.f64(count * stride),
    single: memory.f32(count * stride),
    columns: memory.f64(scenarios * column),
    norms: memory.f64(count),
  };
}

/**
 * Which losses are asked for: VaR is the `varRank`-th worst (from 1), ES the mean of the `whole` worst and `part` of the next over
 * `size` = whole + part scenarios.
 */
export type TailShape = {
  readonly varRank: number;
  readonly whole: number;
  readonly part: number;
  readonly size: number;
};

/** The ⌈n·(1 − level)⌉-th worst as VaR and the mean of the worst n·(1 − level) as ES, as `src/margin` defines them. */
export function tailShape(scenarios: number, levels: { valueAtRisk: Level; shortfall: Level }): TailShape {
  const cut = countTail(levels.valueAtRisk, scenarios);
  return { varRank: cut.whole + (cut.part > 0 ? 1 : 0), ...countTail(levels.shortfall, scenarios) };
}

/** The tail as the kernels read it. */
export function createTail(memory: KernelMemory, shape: TailShape): Float64Array {
  const { varRank, whole, part, size } = shape;
  assert(varRank >= 1 && size > 0 && part >= 0 && part < 1, 'a tail holds something');
  return memory.keep([varRank, whole, part, size]);
}

/** Positions of many accounts: account a holds `rows[p]` × `quantities[p]` for starts[a] ≤ p < starts[a + 1], summed in that order. */
export type Positions = {
  readonly count: number;
  readonly starts: Int32Array;
  readonly rows: Uint32Array;
  readonly quantities: Float64Array;
};

/** Room for `count` accounts with `positions` positions in all. 12 bytes a position. */
export function createPositions(
  memory: KernelMemory,
  shape: { count: number; positions: number },
): Positions {
  return {
    count: shape.count,
    starts: memory.i32(shape.count + 1),
    rows: memory.u32(shape.positions),
    quantities: memory.f64(shape.positions),
  };
}

/** Refuses quantities and rows that the kernels cannot take: `NUMBER_NOT_FINITE`, `NUMBER_OUT_OF_RANGE`. */
export function refusePositions(positions: Positions, rowCount: number): Failure | null {
  const { starts, rows, quantities, count } = positions;
  for (let p = starts[0]!; p < starts[count]!; p++) {
    if (!Number.isFinite(quantities[p])) {
      return refuse('NUMBER_NOT_FINITE', {
        field: `quantities[${p}]`,
        value: quantities[p],
        expected: 'a finite quantity',
      });
    }
    if (rows[p]! >= rowCount) {
      return refuse('NUMBER_OUT_OF_RANGE', {
        field: `rows[${p}]`,
        value: rows[p],
        expected: `below ${rowCount}`,
      });
    }
  }
  return null;
}

/** Everything that the account kernels read and write. `results`: VaR and ES an account, USD, positive for a loss. */
export type Book = {
  readonly positions: Positions;
  readonly rows: Rows;
  readonly results: Float64Array;
  /** Thresholds of the last assessment; they save time and change no result. */
  readonly warms: Float64Array;
  readonly record: Pointer;
};

/** Binds accounts, rows and tail together. Results start empty, thresholds cold. */
export function createBook(
  memory: KernelMemory,
  parts: { positions: Positions; rows: Rows; tail: Float64Array },
): Book {
  const { positions, rows, tail } = parts;
  const results = memory.f64(positions.count * 2);
  const warms = memory.f64(positions.count);
  warms.fill(NaN);
  const record = memory.u32(13);
  record.set([
    memory.at(positions.starts),
    memory.at(positions.rows),
    memory.at(positions.quantities),
    memory.at(rows.exact),
    memory.at(rows.single),
    memory.at(rows.norms),
    memory.at(tail),
    memory.at(results),
    rows.stride,
    rows.scenarios,
    memory.at(rows.columns),
    rows.column,
    memory.at(warms),
  ]);
  return { positions, rows, results, warms, record: memory.at(record) };
}
