import type { Failure } from '../../base/failure.ts';
import { checkCount, checkProbability, firstRefusal } from './check.ts';
import { checkHits, countHits } from './exceedance.ts';
import type { Hits } from './exceedance.ts';
import { bernoulliRatio } from './likelihood.ts';
import { reportChiSquare } from './report.ts';
import type { TestReport } from './report.ts';

/** Pairs of consecutive days: `calmHit` is a calm day followed by a hit. */
export type Transitions = {
  readonly calmCalm: number;
  readonly calmHit: number;
  readonly hitCalm: number;
  readonly hitHit: number;
};

/** Counts the T − 1 pairs of consecutive days by whether each is a hit. */
export function countTransitions(hits: Hits): Transitions {
  const counts = [0, 0, 0, 0];
  for (let i = 1; i < hits.length; i += 1) {
    const pair = 2 * hits[i - 1]! + hits[i]!;
    counts[pair] = counts[pair]! + 1;
  }
  return { calmCalm: counts[0]!, calmHit: counts[1]!, hitCalm: counts[2]!, hitHit: counts[3]! };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

export type Independence = TestReport & {
  /** Estimated probability of a hit after a calm day, after a hit, and after any day; 0 where there is no such day. */
  readonly hitAfterCalm: number;
  readonly hitAfterHit: number;
  readonly hitAfterAny: number;
};

/**
 * Christoffersen's independence test (1998) (BACKTEST-004): does a hit make a hit on the next day more likely? First-order Markov chain
 * against independence, χ² with 1 degree of freedom. Without hits the ratio is 0.
 */
export function assessIndependence(transitions: Transitions, level: number): Independence | Failure {
  const { calmCalm, calmHit, hitCalm, hitHit } = transitions;
  const bounds = { min: 0, max: 1e9 };
  const refusal = firstRefusal([
    checkCount(calmCalm, 'calmCalm', bounds),
    checkCount(calmHit, 'calmHit', bounds),
    checkCount(hitCalm, 'hitCalm', bounds),
    checkCount(hitHit, 'hitHit', bounds),
    checkProbability(level, 'level'),
  ]);
  if (refusal !== null) return refusal;
  const calm = calmCalm + calmHit;
  const hit = hitCalm + hitHit;
  const hitAfterAny = share(calmHit + hitHit, calm + hit);
  const ratio = bernoulliRatio(calmHit, calm, hitAfterAny) + bernoulliRatio(hitHit, hit, hitAfterAny);
  return {
    ...reportChiSquare(ratio, 1, level),
    hitAfterCalm: share(calmHit, calm),
    hitAfterHit: share(hitHit, hit),
    hitAfterAny,
  };
}

export type ConditionalCoverage = {
  readonly transitions: Transitions;
  readonly independence: Independence;
  /** Proportion of failures over T days plus independence over T − 1 pairs. */
  readonly sum: TestReport;
  /** Both over the T − 1 pairs, conditional on the first day, as in the paper. */
  readonly conditionalOnFirst: TestReport;
};

/** Christoffersen's conditional coverage (1998), χ² with 2 degrees of freedom, in the two forms in use. */
export function assessConditionalCoverage(input: {
  readonly hits: Hits;
  readonly probability: number;
  readonly level: number;
}): ConditionalCoverage | Failure {
  const { hits, probability, level } = input;
  const refusal = firstRefusal([
    checkHits(hits),
    checkProbability(probability, 'probability'),
    checkProbability(level, 'level'),
  ]);
  if (refusal !== null) return refusal;
  const transitions = countTransitions(hits);
  const independence = assessIndependence(transitions, level) as Independence;
  const { calmCalm, calmHit, hitCalm, hitHit } = transitions;
  const coverage = bernoulliRatio(countHits(hits), hits.length, probability);
  const conditional =
    bernoulliRatio(calmHit, calmCalm + calmHit, probability) +
    bernoulliRatio(hitHit, hitCalm + hitHit, probability);
  return {
    transitions,
    independence,
    sum: reportChiSquare(coverage + (independence.statistic ?? 0), 2, level),
    conditionalOnFirst: reportChiSquare(conditional, 2, level),
  };
}
