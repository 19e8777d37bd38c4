import { log } from '../base/elementary.ts';
import { refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';

/** A day's prices, all positive, high the largest and low the smallest. */
export type PriceBar = {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
};

/**
 * Estimators of volatility from daily bars. `close`, `close-mean0`: from closes alone, about the mean or about zero; the rest use the
 * day's range and are 5 to 14 times as efficient where prices move continuously: `parkinson` (1980), `garman-klass` (1980),
 * `rogers-satchell` (1991, free of drift), `garman-klass-overnight` (with the jump from close to open), `yang-zhang` (2000, both).
 */
export type RangeEstimator =
  | 'close'
  | 'close-mean0'
  | 'parkinson'
  | 'garman-klass'
  | 'rogers-satchell'
  | 'garman-klass-overnight'
  | 'yang-zhang';

const LN_2 = 0.6931471805599453;

/** One bar's part of the variance; `before` is the close of the day before. */
function barVariance(bar: PriceBar, before: number, estimator: RangeEstimator): number {
  const range = log(bar.high / bar.low);
  const body = log(bar.close / bar.open);
  const gap = log(bar.open / before);
  switch (estimator) {
    case 'close':
    case 'close-mean0':
      return log(bar.close / before);
    case 'parkinson':
      return (range * range) / (4 * LN_2);
    case 'garman-klass':
      return 0.5 * range * range - (2 * LN_2 - 1) * body * body;
    case 'garman-klass-overnight':
      return gap * gap + 0.5 * range * range - (2 * LN_2 - 1) * body * body;
    case 'rogers-satchell':
    case 'yang-zhang':
      return (
        log(bar.high / bar.close) * log(bar.high / bar.open) +
        log(bar.low / bar.close) * log(bar.low / bar.open)
      );
  }
}

/** Sum of squares about the mean (or about zero) over n − 1. */
function sampleVariance(values: readonly number[], centre: 'mean' | 'zero'): number {
  let sum = 0;
  for (const x of values) sum += x;
  const middle = centre === 'mean' ? sum / values.length : 0;
  let squares = 0;
  for (const x of values) squares += (x - middle) * (x - middle);
  return squares / (values.length - 1);
}

function refuseBars(bars: readonly PriceBar[], needed: number): Failure | null {
  if (bars.length < needed)
    return refuse('HISTORY_TOO_SHORT', { field: 'bars', value: bars.length, expected: `${needed} bars` });
  const bad = bars.findIndex(
    ({ open, high, low, close }) =>
      !(low > 0 && low <= Math.min(open, close) && Math.max(open, close) <= high && Number.isFinite(high)),
  );
  if (bad < 0) return null;
  return refuse('NUMBER_OUT_OF_RANGE', {
    field: `bars[${bad}]`,
    value: bars[bad]?.low,
    expected: '0 < low ≤ open, close ≤ high',
  });
}

/**
 * Daily variance from all the bars given, oldest first. The first bar only lends its close to `close`, `close-mean0`,
 * `garman-klass-overnight` and `yang-zhang`. Annualise by the number of days in a year. Refuses fewer bars than the estimator needs and
 * bars that contradict themselves.
 */
export function rangeVariance(bars: readonly PriceBar[], estimator: RangeEstimator): number | Failure {
  const withGap =
    estimator !== 'parkinson' && estimator !== 'garman-klass' && estimator !== 'rogers-satchell';
  const refused = refuseBars(bars, withGap ? 3 : 1);
  if (refused !== null) return refused;
  const first = withGap ? 1 : 0;
  const parts: number[] = [];
  for (let i = first; i < bars.length; i++)
    parts.push(barVariance(bars[i]!, bars[Math.max(i - 1, 0)]!.close, estimator));
  if (estimator === 'close') return sampleVariance(parts, 'mean');
  if (estimator === 'close-mean0') return sampleVariance(parts, 'zero');
  let sum = 0;
  for (const x of parts) sum += x;
  const average = sum / parts.length;
  return estimator === 'yang-zhang' ? withOvernight(bars, average) : average;
}

/** Yang and Zhang's blend of the overnight variance, the open-to-close variance and the Rogers–Satchell average. */
function withOvernight(bars: readonly PriceBar[], rogersSatchell: number): number {
  const days = bars.slice(1);
  const n = days.length;
  const k = 0.34 / (1.34 + (n + 1) / (n - 1));
  const gaps = days.map((bar, i) => log(bar.open / bars[i]!.close));
  const bodies = days.map((bar) => log(bar.close / bar.open));
  return sampleVariance(gaps, 'mean') + k * sampleVariance(bodies, 'mean') + (1 - k) * rogersSatchell;
}
