import { binomialCdf, binomialPmf } from '../../base/distribution.ts';
import type { Failure } from '../../base/failure.ts';
import { normalQuantile } from '../../base/normal.ts';
import { checkCount, checkProbability, firstRefusal } from './check.ts';

export type Zone = 'green' | 'yellow' | 'red';

const YELLOW_FROM = 0.95;
const RED_FROM = 0.9999;

/** Plus factors of the Basel Committee (1996), table 2, for 0 to 10 exceptions in 250 days at 99 %. */
const PLUS_FACTORS_1996 = [0, 0, 0, 0, 0, 0.4, 0.5, 0.65, 0.75, 0.85, 1];
/** Multipliers of the Basel framework MAR99, table 1, for the same counts. */
const MULTIPLIERS_MAR99 = [1.5, 1.5, 1.5, 1.5, 1.5, 1.7, 1.76, 1.83, 1.88, 1.92, 2];
const MULTIPLIER_1996 = 3;
const MODEL_MULTIPLIER_MAX = 4 / 3;

export type TrafficLight = {
  readonly zone: Zone;
  /** Probability of exactly, of at most and of at least this many exceptions under a correct model. */
  readonly probabilityExact: number;
  readonly probabilityAtMost: number;
  readonly probabilityAtLeast: number;
  /** The published capital factors; null for any other sample than 250 days at 99 %. */
  readonly plusFactor1996: number | null;
  readonly multiplier1996: number | null;
  readonly multiplierMar99: number | null;
  /** Multiplier of the model's own requirement, 1 in the green zone to 4/3 in the red one. */
  readonly modelMultiplier: number;
};

function judgeZone(probabilityAtMost: number): Zone {
  if (probabilityAtMost < YELLOW_FROM) return 'green';
  return probabilityAtMost < RED_FROM ? 'yellow' : 'red';
}

/**
 * For samples without a published table, the reasoning behind the table: by how much must the forecast grow so that the observed
 * coverage would have been the promised one, were losses normal. Capped where the table stops.
 */
function scaleToCoverage(zone: Zone, coverage: number, confidence: number): number {
  if (zone === 'green') return 1;
  if (zone === 'red' || coverage <= 0.5) return MODEL_MULTIPLIER_MAX;
  return Math.min(MODEL_MULTIPLIER_MAX, Math.max(1, normalQuantile(confidence) / normalQuantile(coverage)));
}

type TrafficLightInput = {
  readonly observations: number;
  /** Coverage that the model promises, 0.99 say. */
  readonly confidence: number;
};

function checkInput(input: TrafficLightInput): Failure | null {
  return firstRefusal([
    checkCount(input.observations, 'observations', { min: 1, max: 1e6 }),
    checkProbability(input.confidence, 'confidence'),
  ]);
}

/**
 * The supervisory traffic light for any sample and level (BACKTEST-007): yellow from the first count whose cumulative probability under a correct
 * model is at least 95 %, red from 99.99 % (Basel Committee 1996, annex on backtesting; MAR99 for the later multipliers).
 */
export function assessTrafficLight(
  input: TrafficLightInput & { readonly exceptions: number },
): TrafficLight | Failure {
  const { observations, confidence, exceptions } = input;
  const refusal = checkInput(input) ?? checkCount(exceptions, 'exceptions', { min: 0, max: observations });
  if (refusal !== null) return refusal;
  const probability = 1 - confidence;
  const probabilityAtMost = binomialCdf(exceptions, observations, probability);
  const zone = judgeZone(probabilityAtMost);
  const published = observations === 250 && confidence === 0.99;
  const row = Math.min(exceptions, PLUS_FACTORS_1996.length - 1);
  const plus = PLUS_FACTORS_1996[row]!;
  return {
    zone,
    probabilityExact: binomialPmf(exceptions, observations, probability),
    probabilityAtMost,
    probabilityAtLeast: probabilityOfAtLeast(exceptions, observations, probability),
    plusFactor1996: published ? plus : null,
    multiplier1996: published ? MULTIPLIER_1996 + plus : null,
    multiplierMar99: published ? MULTIPLIERS_MAR99[row]! : null,
    modelMultiplier: published
      ? (MULTIPLIER_1996 + plus) / MULTIPLIER_1996
      : scaleToCoverage(zone, 1 - exceptions / observations, confidence),
  };
}

/** At least x hits are at most n − x misses: the small tail is computed as such and not as 1 minus a number near 1. */
function probabilityOfAtLeast(exceptions: number, observations: number, probability: number): number {
  return binomialCdf(observations - exceptions, observations, 1 - probability);
}

export type ZoneBounds = {
  /** First counts of exceptions in the yellow and in the red zone. */
  readonly yellowFrom: number;
  readonly redFrom: number;
};

/** Where the zones of {@link assessTrafficLight} begin; a bound of `observations` + 1 is never reached. */
export function findZoneBounds(input: TrafficLightInput): ZoneBounds | Failure {
  const refusal = checkInput(input);
  if (refusal !== null) return refusal;
  const { observations, confidence } = input;
  const first = (from: number, target: number): number => {
    let count = from;
    while (count <= observations && binomialCdf(count, observations, 1 - confidence) < target) count += 1;
    return count;
  };
  const yellowFrom = first(0, YELLOW_FROM);
  return { yellowFrom, redFrom: first(yellowFrom, RED_FROM) };
}
