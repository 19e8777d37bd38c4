import { AssertionFailed } from '../../base/assert.ts';
import { describeFailure, isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { makeUniform } from '../../base/random.ts';
import type { Hits } from './exceedance.ts';

/** The value of a computation that a test knows not to be refused. */
export function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new AssertionFailed(describeFailure(value));
  return value;
}

/** Independent uniform ranks: the probability transforms of a correct model. */
export function drawRanks(count: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: count }, draw);
}

/** The hits of a model at exceedance probability `probability`. */
export function hitsOfRanks(ranks: Float64Array, probability: number): Hits {
  return Uint8Array.from(ranks, (rank) => (rank < probability ? 1 : 0));
}

/** Share of `runs` samples that `rejects`, drawn one after another from the stream of `seed`. */
export function rejectionRate(
  experiment: { readonly runs: number; readonly seed: number },
  rejects: (draw: () => number) => boolean,
): number {
  const draw = makeUniform(experiment.seed);
  let rejected = 0;
  for (let run = 0; run < experiment.runs; run += 1) if (rejects(draw)) rejected += 1;
  return rejected / experiment.runs;
}

/** Standard error of a rejection rate over `runs` samples. */
export function rateError(rate: number, runs: number): number {
  return Math.sqrt((rate * (1 - rate)) / runs);
}
