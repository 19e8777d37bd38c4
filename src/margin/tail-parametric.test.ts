import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { integrate } from '../base/integrate.ts';
import { parseLevel } from '../base/level.ts';
import type { Level } from '../base/level.ts';
import { cornishFisher, parametricTail, tailMultipliers } from './tail-parametric.ts';
import type { TailRisk } from './tail-parametric.ts';

function level(text: number | string): Level {
  const read = parseLevel(text, 'level');
  if (isFailure(read)) throw new Error(read.failure);
  return read;
}

function risk(value: unknown): TailRisk {
  if (isFailure(value)) throw new Error(value.failure);
  return value as TailRisk;
}

describe('parametric tails (TAIL-007)', () => {
  it('are those of the standard normal tables', () => {
    const { valueAtRisk, expectedShortfall } = risk(tailMultipliers({ kind: 'normal' }, level(0.99)));
    expect(valueAtRisk).toBeCloseTo(2.3263478740408408, 13);
    // φ(2.3263)/0.01, as in McNeil, Frey and Embrechts, example 2.14.
    expect(expectedShortfall).toBeCloseTo(2.665214220345808, 12);
  });

  it('are, for t with 4 degrees of freedom, those of McNeil, Frey and Embrechts in units of the t', () => {
    const law = { kind: 'student-t', degreesOfFreedom: 4 } as const;
    const { valueAtRisk, expectedShortfall } = risk(tailMultipliers(law, level(0.99)));
    expect(valueAtRisk / Math.sqrt(0.5)).toBeCloseTo(3.746947387979197, 11);
    expect(expectedShortfall / Math.sqrt(0.5)).toBeCloseTo(5.22062, 4);
  });

  it('have as shortfall the mean of the value at risk over the levels beyond', () => {
    for (const law of [{ kind: 'normal' }, { kind: 'student-t', degreesOfFreedom: 5 }] as const) {
      const at = (tail: number): number => risk(tailMultipliers(law, level(1 - tail))).valueAtRisk;
      const average = integrate(at, { from: 1e-9, to: 0.05 }, 1e-9) / 0.05;
      expect(risk(tailMultipliers(law, level(0.95))).expectedShortfall).toBeCloseTo(average, 4);
    }
  });

  it('shift by the mean and grow with the deviation', () => {
    const one = risk(tailMultipliers({ kind: 'normal' }, level(0.975)));
    const own = risk(parametricTail({ mean: 3, sd: 2 }, { kind: 'normal' }, level(0.975)));
    expect(own.valueAtRisk).toBeCloseTo(2 * one.valueAtRisk - 3, 12);
    expect(own.expectedShortfall).toBeCloseTo(2 * one.expectedShortfall - 3, 12);
  });

  it('refuse a law without a variance and a deviation that is none', () => {
    const out = { failure: 'NUMBER_OUT_OF_RANGE' };
    for (const degreesOfFreedom of [2, 0, Number.NaN, Number.POSITIVE_INFINITY])
      expect(tailMultipliers({ kind: 'student-t', degreesOfFreedom }, level(0.99))).toMatchObject(out);
    expect(parametricTail({ mean: 0, sd: -1 }, { kind: 'normal' }, level(0.99))).toMatchObject(out);
    expect(parametricTail({ mean: 0, sd: Number.NaN }, { kind: 'normal' }, level(0.99))).toMatchObject(out);
  });
});

describe('the Cornish–Fisher expansion (TAIL-008)', () => {
  it('is the normal quantile where there is neither skewness nor excess kurtosis', () => {
    // ±√3 with weight 1/6 each and 0 with 2/3 has kurtosis 3.
    const pnl = Float64Array.of(-Math.sqrt(3), 0, 0, 0, 0, Math.sqrt(3));
    const expansion = cornishFisher(pnl, level(0.95));
    if (isFailure(expansion)) throw new Error(expansion.failure);
    expect(expansion.zExpanded).toBeCloseTo(expansion.z, 12);
    expect(expansion.valueAtRisk).toBeCloseTo(1.6448536269514722, 12);
  });

  it('asks more of a sample whose losses are the longer side', () => {
    const losses = Float64Array.of(-9, -1, 0, 1, 1, 2, 2, 2, 1, 1);
    const gains = losses.map((x) => -x);
    const [a, b] = [losses, gains].map((pnl) => {
      const expansion = cornishFisher(pnl, level(0.95));
      return isFailure(expansion) ? Number.NaN : expansion.valueAtRisk;
    });
    expect(a).toBeGreaterThan(b!);
    expect(cornishFisher(new Float64Array(0), level(0.95))).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
  });
});
