import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { DAY_MS, parseInstant } from '../base/instant.ts';
import type { Factor } from './set.ts';

/**
 * What one factor was worth over time, in levels: USD price (`spot`), volatility as a fraction (`volShort`, `volLong`), vol per
 * unit of k / √τ (`skew`), annualised fraction (`basis`). Where `present[i]` is 0 there is no value and `values[i]` is 0.
 */
export type HistorySeries = {
  readonly factor: Factor;
  readonly values: Float64Array;
  readonly present: Uint8Array;
};

/**
 * Levels of many factors at common moments. `timesMs` ascends strictly and is the moment at which the row was **known**: a row
 * that carries a bare date is the close of that day and is known at its end. `labels` are the moments as they were written.
 */
export type History = {
  readonly timesMs: Float64Array;
  readonly labels: readonly string[];
  /** The commonest distance between rows. */
  readonly stepMs: number;
  readonly series: readonly HistorySeries[];
};

/** Unchecked rows, as a file reader yields them. Each column is as long as `times`; null is a gap. */
export type HistoryTable = {
  readonly times: readonly string[];
  readonly columns: readonly { readonly factor: Factor; readonly values: readonly (number | null)[] }[];
};

/** `BTC` for a price, `BTC:volShort` for another kind: names of columns and the order of factors. */
export function factorId(factor: Factor): string {
  return factor.kind === 'spot' ? factor.asset : `${factor.asset}:${factor.kind}`;
}

/** True for the kinds that move by ratios (price, volatility); skew and basis move by differences. */
export function isRatio(kind: Factor['kind']): boolean {
  return kind === 'spot' || kind === 'volShort' || kind === 'volLong';
}

/**
 * Checks a table and puts its rows in order of time (SCENARIO-011). Refuses: a date that does not exist (DATE_INVALID), a moment or column that
 * comes twice (DUPLICATE_ID), a price or volatility that is not positive (NUMBER_OUT_OF_RANGE) or not finite
 * (NUMBER_NOT_FINITE), columns of the wrong length (SHAPE_INVALID), fewer than two rows (HISTORY_TOO_SHORT).
 */
export function parseHistory(table: HistoryTable): History | Failure {
  const moments = parseMoments(table.times);
  if (isFailure(moments)) return moments;
  if (moments.order.length < 2) {
    return refuse('HISTORY_TOO_SHORT', {
      field: 'times',
      value: table.times.length,
      expected: 'at least two rows',
    });
  }
  const seen = new Set<string>();
  const series: HistorySeries[] = [];
  for (const column of table.columns) {
    const id = factorId(column.factor);
    if (seen.has(id))
      return refuse('DUPLICATE_ID', { field: 'columns', value: id, expected: 'each column once' });
    seen.add(id);
    const parsed = parseColumn(column, moments.order, table.times);
    if (isFailure(parsed)) return parsed;
    series.push(parsed);
  }
  series.sort((a, b) => (factorId(a.factor) < factorId(b.factor) ? -1 : 1));
  const labels = moments.order.map((row) => table.times[row]!);
  return { timesMs: moments.timesMs, labels, stepMs: commonestStep(moments.timesMs), series };
}

/** The rows that were known at `asOfMs` (SCENARIO-010): what every estimate must start from, so that none can look ahead. */
export function cutHistory(history: History, asOfMs: number): History {
  let count = history.timesMs.length;
  while (count > 0 && history.timesMs[count - 1]! > asOfMs) count -= 1;
  const timesMs = history.timesMs.subarray(0, count);
  return {
    timesMs,
    labels: history.labels.slice(0, count),
    stepMs: commonestStep(timesMs),
    series: history.series.map((s) => ({
      factor: s.factor,
      values: s.values.subarray(0, count),
      present: s.present.subarray(0, count),
    })),
  };
}

type Moments = { readonly order: readonly number[]; readonly timesMs: Float64Array };

function parseMoments(times: readonly string[]): Moments | Failure {
  const knownMs = new Float64Array(times.length);
  for (const [row, text] of times.entries()) {
    const instant = parseInstant(text);
    if (instant === null) {
      return refuse('DATE_INVALID', {
        field: `times[${row}]`,
        value: text,
        expected: 'an ISO 8601 date or time',
      });
    }
    knownMs[row] = instant.timeMs + (instant.bareDate ? DAY_MS : 0);
  }
  const order = times.map((_, row) => row).sort((a, b) => knownMs[a]! - knownMs[b]! || a - b);
  for (let i = 1; i < order.length; i += 1) {
    if (knownMs[order[i]!] === knownMs[order[i - 1]!]) {
      const row = order[i]!;
      return refuse('DUPLICATE_ID', {
        field: `times[${row}]`,
        value: times[row],
        expected: 'each moment once',
      });
    }
  }
  return { order, timesMs: Float64Array.from(order, (row) => knownMs[row]!) };
}

function parseColumn(
  column: HistoryTable['columns'][number],
  order: readonly number[],
  times: readonly string[],
): HistorySeries | Failure {
  const id = factorId(column.factor);
  if (column.values.length !== times.length) {
    const expected = `${times.length} values, one per row`;
    return refuse('SHAPE_INVALID', { field: id, value: column.values.length, expected });
  }
  const positive = isRatio(column.factor.kind);
  const values = new Float64Array(order.length);
  const present = new Uint8Array(order.length);
  for (const [i, row] of order.entries()) {
    const value = column.values[row]!;
    if (value === null) continue;
    const field = `${id} at ${times[row]!}`;
    if (!Number.isFinite(value))
      return refuse('NUMBER_NOT_FINITE', { field, value, expected: 'a finite number' });
    if (positive && value <= 0)
      return refuse('NUMBER_OUT_OF_RANGE', { field, value, expected: 'a positive number' });
    values[i] = value;
    present[i] = 1;
  }
  return { factor: column.factor, values, present };
}

function commonestStep(timesMs: Float64Array): number {
  const counts = new Map<number, number>();
  for (let i = 1; i < timesMs.length; i += 1) {
    const step = timesMs[i]! - timesMs[i - 1]!;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let best = 0;
  let bestCount = 0;
  for (const [step, count] of counts) {
    if (count > bestCount || (count === bestCount && step < best)) {
      best = step;
      bestCount = count;
    }
  }
  return best;
}
