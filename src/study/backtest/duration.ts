import { exp, log } from '../../base/elementary.ts';
import type { Failure } from '../../base/failure.ts';
import { checkProbability, firstRefusal } from './check.ts';
import { checkHits, toDays } from './exceedance.ts';
import type { Hits } from './exceedance.ts';
import { reportChiSquare, reportNotApplicable } from './report.ts';
import type { TestReport } from './report.ts';

/** Where the Weibull shape is searched; evenly spaced hits run to the upper end. */
export const SHAPE_MIN: number = 0.001;
export const SHAPE_MAX: number = 10;

export type DurationSample = {
  /** Days between hits; the first and last are cut off by the sample where it does not begin or end with a hit. */
  readonly durations: readonly number[];
  readonly censored: readonly boolean[];
};

/** Splits a hit series into its no-hit durations. Without a hit there are none. */
export function toDurations(hits: Hits): DurationSample {
  const days = toDays(hits);
  const durations: number[] = [];
  const censored: boolean[] = [];
  for (const [i, day] of days.entries()) {
    if (i === 0 && day === 1) continue;
    durations.push(i === 0 ? day : day - days[i - 1]!);
    censored.push(i === 0);
  }
  const last = days.at(-1);
  if (last !== undefined && last < hits.length) {
    durations.push(hits.length - last);
    censored.push(true);
  }
  return { durations, censored };
}

/** What the likelihood needs: logs of all durations, and count and log-sum of the complete ones. */
type Sample = {
  readonly logs: readonly number[];
  readonly complete: number;
  readonly completeLogSum: number;
};

function toSample(sample: DurationSample): Sample {
  const logs = sample.durations.map((duration) => log(duration));
  let complete = 0;
  let completeLogSum = 0;
  for (let i = 0; i < logs.length; i += 1) {
    if (sample.censored[i]!) continue;
    complete += 1;
    completeLogSum += logs[i]!;
  }
  return { logs, complete, completeLogSum };
}

/** Log-likelihood at `shape` with the scale at its best, where n = (a^b)·Σd^b for n complete durations. */
function profile(sample: Sample, shape: number): number {
  const { logs, complete, completeLogSum } = sample;
  let sum = 0;
  for (const l of logs) sum += exp(shape * l);
  return complete * (log(shape) + log(complete / sum) - 1) + (shape - 1) * completeLogSum;
}

/** Derivative of {@link profile} in the shape; it falls throughout, because the profile is concave. */
function slope(sample: Sample, shape: number): number {
  const { logs, complete, completeLogSum } = sample;
  let sum = 0;
  let weighted = 0;
  for (const l of logs) {
    const power = exp(shape * l);
    sum += power;
    weighted += power * l;
  }
  return complete / shape + completeLogSum - (complete * weighted) / sum;
}

function bestShape(sample: Sample): number {
  if (slope(sample, SHAPE_MAX) >= 0) return SHAPE_MAX;
  if (slope(sample, SHAPE_MIN) <= 0) return SHAPE_MIN;
  let low = SHAPE_MIN;
  let high = SHAPE_MAX;
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (slope(sample, middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export type Durations = TestReport &
  DurationSample & {
    /** Weibull shape, searched from 0.001 to 10: 1 is no memory, below 1 hits cluster. Null without a complete duration. */
    readonly shape: number | null;
    readonly logLikelihood: number | null;
    readonly logLikelihoodExponential: number | null;
  };

/**
 * Christoffersen and Pelletier's duration test (2004) (BACKTEST-005): Weibull durations with censored ends against the memoryless
 * exponential (shape 1), χ² with 1 degree of freedom. It needs one complete duration, that is two hits; with a handful
 * the χ² law is only a rough guide.
 */
export function assessDurations(hits: Hits, level: number): Durations | Failure {
  const refusal = firstRefusal([checkHits(hits), checkProbability(level, 'level')]);
  if (refusal !== null) return refusal;
  const durations = toDurations(hits);
  const sample = toSample(durations);
  if (sample.complete === 0) {
    const none = { shape: null, logLikelihood: null, logLikelihoodExponential: null };
    return { ...reportNotApplicable(level), ...durations, ...none };
  }
  const shape = bestShape(sample);
  const logLikelihood = profile(sample, shape);
  const logLikelihoodExponential = profile(sample, 1);
  const ratio = Math.max(0, 2 * (logLikelihood - logLikelihoodExponential));
  return {
    ...reportChiSquare(ratio, 1, level),
    ...durations,
    shape,
    logLikelihood,
    logLikelihoodExponential,
  };
}
