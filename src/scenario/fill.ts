import { log } from '../base/elementary.ts';
import { type History, type HistorySeries, isRatio } from './history.ts';

/** Rows of a history at which the root had a price; a change runs from one of them to the next, whatever lies between. */
export type Steps = {
  /** Row in the history at which change t ends is `rows[t + 1]`. */
  readonly rows: Int32Array;
  /** Number of changes: one less than rows. */
  readonly count: number;
};

/** Inner gap: the sum of the changes `from`…`to` (inclusive) is known although the single ones are not. */
export type Span = { readonly from: number; readonly to: number; readonly total: number };

/** One-step changes (log ratios, or differences for skew and basis). `observed[t]` is 0 where `values[t]` was not seen. */
export type Changes = {
  readonly values: Float64Array;
  readonly observed: Uint8Array;
  readonly spans: readonly Span[];
};

/** The rows at which the root has a price (SCENARIO-012): rows without one are passed over, so that no change is lost in an outage. */
export function stepsOf(root: HistorySeries): Steps {
  const rows: number[] = [];
  for (let i = 0; i < root.present.length; i += 1) if (root.present[i] === 1) rows.push(i);
  return { rows: Int32Array.from(rows), count: Math.max(0, rows.length - 1) };
}

/** What was seen of a series at the steps; nothing at all where the history does not have it. */
export function observedChanges(series: HistorySeries | undefined, steps: Steps): Changes {
  const values = new Float64Array(steps.count);
  const observed = new Uint8Array(steps.count);
  const spans: Span[] = [];
  if (series === undefined) return { values, observed, spans };
  const ratio = isRatio(series.factor.kind);
  let last = -1;
  for (let i = 0; i < steps.rows.length; i += 1) {
    const row = steps.rows[i]!;
    if (series.present[row] !== 1) continue;
    if (last >= 0) {
      const before = series.values[steps.rows[last]!]!;
      const after = series.values[row]!;
      const total = ratio ? log(after / before) : after - before;
      if (last === i - 1) {
        values[i - 1] = total;
        observed[i - 1] = 1;
      } else spans.push({ from: last, to: i - 1, total });
    }
    last = i;
  }
  return { values, observed, spans };
}

/**
 * Every change: seen ones as they are, the others as `candidate` says; inside an inner gap the candidates are moved by one amount
 * each, so that they sum to what the prices on both sides say.
 */
export function completeChanges(seen: Changes, candidate: (step: number) => number): Float64Array {
  const values = Float64Array.from(seen.values);
  for (let t = 0; t < values.length; t += 1) if (seen.observed[t] === 0) values[t] = candidate(t);
  for (const { from, to, total } of seen.spans) {
    let sum = 0;
    for (let t = from; t <= to; t += 1) sum += values[t]!;
    const share = (total - sum) / (to - from + 1);
    for (let t = from; t <= to; t += 1) values[t] = values[t]! + share;
  }
  return values;
}

/** How a series hangs on its leader: change = `beta` · leader's + residual. Fitted by least squares where both were seen. */
export type Loading = {
  readonly beta: number;
  readonly residualSd: number;
  readonly observations: number;
};

/** Fewest common observations for a beta of one's own. */
export const OBSERVATIONS_MIN = 60;

/** Least squares with a constant; null with fewer than {@link OBSERVATIONS_MIN} common observations or a leader that stood still. */
export function fitLoading(own: Changes, leader: Changes): Loading | null {
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  for (let t = 0; t < own.values.length; t += 1) {
    if (own.observed[t] === 0 || leader.observed[t] === 0) continue;
    n += 1;
    sumX += leader.values[t]!;
    sumY += own.values[t]!;
  }
  if (n < OBSERVATIONS_MIN) return null;
  const meanX = sumX / n;
  const meanY = sumY / n;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let t = 0; t < own.values.length; t += 1) {
    if (own.observed[t] === 0 || leader.observed[t] === 0) continue;
    const x = leader.values[t]! - meanX;
    const y = own.values[t]! - meanY;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  if (xx === 0) return null;
  const beta = xy / xx;
  return { beta, residualSd: Math.sqrt(Math.max(0, yy - beta * xy) / n), observations: n };
}

/** The series of a factor, where the history has it. */
export function findSeries(
  history: History,
  id: string,
  kind: HistorySeries['factor']['kind'],
): HistorySeries | undefined {
  return history.series.find((series) => series.factor.asset === id && series.factor.kind === kind);
}
