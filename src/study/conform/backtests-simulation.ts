import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { shareAtMost } from '../backtest/law.ts';
import { simulateShortfallNull } from '../backtest/shortfall.ts';
import type { ShortfallNull } from '../backtest/shortfall.ts';
import { compare, refused } from './backtests-compare.ts';
import type { Check } from './backtests-compare.ts';
import { parseLaw, tabulateTail } from './backtests-law.ts';
import { skip } from './compare.ts';
import { numberOf } from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase } from './suite.ts';

/** Draws behind a number of the reference; as many as ours where it does not say. */
export function drawsOf(value: unknown): number {
  return numberOf(value) >= 1 ? numberOf(value) : PATHS;
}

/** Our own draws; the reference states its number, and the two errors add in squares. */
const PATHS = 200_000;
const SEED = 20_240_611;
/** Some hundreds of comparisons are made: at 4.5 standard errors one in 150,000 fails by chance. */
const STANDARD_ERRORS = 4.5;

/** Combined standard error of two frequencies of the same event, from `ours` and `theirs` draws. */
export function frequencyError(frequency: number, ours: number, theirs: number): number {
  const spread = Math.max(frequency * (1 - frequency), 1 / ours / 4);
  return Math.sqrt(spread * (1 / ours + 1 / theirs));
}

/** A simulated number against another, `error` being their combined standard error. */
export function simulated(numbers: {
  field: string;
  expected: unknown;
  actual: number;
  error: number;
}): Check {
  const { field, expected, actual, error } = numbers;
  return { field, expected, actual, measure: 'absolute', tolerance: STANDARD_ERRORS * error };
}

/** Laws of the shortfall statistics by model, sample and probability: each is simulated once a run. */
export type ShortfallLaws = (
  model: string,
  observations: number,
  probability: number,
) => ShortfallNull | Failure | null;

/** Laws that remember what they have simulated; null for a model that the suite does not know. */
export function rememberLaws(): ShortfallLaws {
  const known = new Map<string, ShortfallNull | Failure>();
  return (model, observations, probability) => {
    const law = parseLaw(model);
    if (law === null || !(probability > 0 && probability < 0.5)) return null;
    const key = `${model}|${observations}|${probability}`;
    const found =
      known.get(key) ??
      simulateShortfallNull({
        observations,
        probability,
        tail: tabulateTail(law, probability),
        paths: PATHS,
        seed: SEED,
      });
    known.set(key, found);
    return found;
  };
}

function quantileOf(sample: Float64Array, share: number): number {
  return sample[Math.min(sample.length - 1, Math.floor(share * sample.length))]!;
}

/**
 * Critical values of Z1 and Z2. Where the file states a standard error the values are compared; everywhere the share of our samples below
 * the reference's value is compared with the share that it stands for, which needs none.
 */
export function* compareCriticalValues(row: Json, name: string, laws: ShortfallLaws): Iterable<ConformCase> {
  const law = laws(String(row['distribution']), numberOf(row['T']), numberOf(row['alpha']));
  if (law === null) return yield skip(name, 'distribution', 'a law that the suite does not simulate');
  if (isFailure(law)) return yield refused(name, law);
  const theirs = drawsOf(row['nsim']);
  for (const [field, expected] of Object.entries(row)) {
    const match = /^(z1|z2|z_mb)_(0?\.\d+)$/.exec(field);
    if (match === null || typeof expected !== 'number') continue;
    const sample = sampleOf(law, match[1]!);
    const share = Number(match[2]);
    const ours = shareAtMost(sample, expected);
    yield* compare(name, [
      simulated({
        field: `share below ${field}`,
        expected: share,
        actual: ours,
        error: frequencyError(share, sample.length, theirs),
      }),
    ]);
    const stated = row[`${field}_se`];
    if (typeof stated !== 'number') continue;
    const error = stated * Math.sqrt(1 + theirs / sample.length);
    yield* compare(name, [simulated({ field, expected, actual: quantileOf(sample, share), error })]);
  }
}

function sampleOf(law: ShortfallNull, statistic: string): Float64Array {
  if (statistic === 'z1') return law.conditional;
  return statistic === 'z2' ? law.unconditional : law.minimallyBiased;
}

/** The reference's own check by brute force belongs to the row with the same critical value; it is compared with our simulation. */
export function* compareBruteForce(
  row: Json,
  name: string,
  context: { laws: ShortfallLaws; rows: readonly Json[] },
): Iterable<ConformCase> {
  const owner = context.rows.find((candidate) => candidate['z2_0.05'] === row['tail_only_z2_5pct']);
  if (owner === undefined) return yield skip(name, 'z2_5pct', 'no row of critical values has this one');
  const law = context.laws(String(owner['distribution']), numberOf(owner['T']), numberOf(owner['alpha']));
  if (law === null || isFailure(law))
    return yield skip(name, 'z2_5pct', 'a law that the suite does not simulate');
  const sample = law.unconditional;
  const ours = shareAtMost(sample, numberOf(row['z2_5pct']));
  const error = frequencyError(0.05, sample.length, drawsOf(row['nsim']));
  yield* compare(name, [simulated({ field: 'share below z2_5pct', expected: 0.05, actual: ours, error })]);
}
