import type { Failure } from '../../base/failure.ts';
import { isFailure } from '../../base/failure.ts';
import { checkCount, checkProbability, firstRefusal } from './check.ts';
import { countHits, markExceedances } from './exceedance.ts';

/** The numbers of fields 6.4 and 6.5 of the CPMI-IOSCO public quantitative disclosure (2015). */
export type Disclosure = {
  /** 6.4: coverage that the model aims at, and the days of history that it looks back on. */
  readonly confidence: number;
  readonly lookBackDays: number;
  /** 6.5.1: how often margin was less than the loss. */
  readonly shortfalls: number;
  /** 6.5.2: accounts times days. */
  readonly observations: number;
  /** 6.5.3: 1 − shortfalls/observations. */
  readonly achievedCoverage: number;
  /** 6.5.4: largest and mean loss beyond margin over the shortfalls, in the unit of the P&L; 0 without a shortfall. */
  readonly uncoveredPeak: number;
  readonly uncoveredMean: number;
};

/**
 * Sums the margin coverage of any number of accounts and days up for disclosure (BACKTEST-015): `pnl[i]` is what an account made over the liquidation period
 * (a loss negative) and `margin[i]` what it had posted at its start, both in the same unit.
 */
export function assessDisclosure(input: {
  readonly pnl: ArrayLike<number>;
  readonly margin: ArrayLike<number>;
  readonly confidence: number;
  readonly lookBackDays: number;
}): Disclosure | Failure {
  const { pnl, margin, confidence, lookBackDays } = input;
  const refusal = firstRefusal([
    checkProbability(confidence, 'confidence'),
    checkCount(lookBackDays, 'lookBackDays', { min: 1, max: 1e6 }),
  ]);
  const hits = refusal ?? markExceedances(pnl, margin);
  if (isFailure(hits)) return hits;
  let uncoveredPeak = 0;
  let sum = 0;
  for (let i = 0; i < hits.length; i += 1) {
    if (hits[i] === 0) continue;
    const uncovered = -pnl[i]! - margin[i]!;
    uncoveredPeak = Math.max(uncoveredPeak, uncovered);
    sum += uncovered;
  }
  const shortfalls = countHits(hits);
  return {
    confidence,
    lookBackDays,
    shortfalls,
    observations: hits.length,
    achievedCoverage: 1 - shortfalls / hits.length,
    uncoveredPeak,
    uncoveredMean: shortfalls === 0 ? 0 : sum / shortfalls,
  };
}
