import { deviance } from '../../base/gamma.ts';

/**
 * Twice the log-likelihood ratio of `hits` in `trials` independent trials: the observed share against `probability`, ≥ 0. It is the
 * building block of every coverage test. Written as a sum of two deviances, each ≥ 0, so that nothing cancels where the share is near
 * `probability`; 0·ln 0 = 0, and no trials give 0.
 */
export function bernoulliRatio(hits: number, trials: number, probability: number): number {
  return (
    2 * (devianceFrom(hits, trials * probability) + devianceFrom(trials - hits, trials * (1 - probability)))
  );
}

function devianceFrom(observed: number, expected: number): number {
  return observed === 0 ? expected : deviance(observed, expected);
}
