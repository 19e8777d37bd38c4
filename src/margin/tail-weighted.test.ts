import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { parseLevel } from '../base/level.ts';
import type { Level } from '../base/level.ts';
import { ageWeights, weightedShortfall, weightedValueAtRisk } from './tail-weighted.ts';
import { expectedShortfall, valueAtRisk } from './tail.ts';

function level(text: number | string): Level {
  const read = parseLevel(text, 'level');
  if (isFailure(read)) throw new Error(read.failure);
  return read;
}

function weightsOf(count: number, decay: number): Float64Array {
  const weights = ageWeights(count, decay);
  if (isFailure(weights)) throw new Error(weights.failure);
  return weights;
}

describe('age weights (TAIL-006)', () => {
  it('are those that Boudoukh, Richardson and Whitelaw print for lambda 0.98 and 100 days', () => {
    const weights = weightsOf(100, 0.98);
    const at = (age: number): number => weights[100 - age]!;
    expect(at(3)).toBeCloseTo(0.0221, 4);
    expect(at(2)).toBeCloseTo(0.0226, 4);
    expect(at(65)).toBeCloseTo(0.0063, 4);
    expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 13);
  });

  it('are refused for a decay that is none', () => {
    for (const decay of [0, -1, 1.01, Number.NaN])
      expect(ageWeights(10, decay)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
  });
});

describe('weighted value at risk (TAIL-006)', () => {
  const pnl = Float64Array.of(5, -10, -4, 1);
  const weights = Float64Array.of(0.4, 0.1, 0.2, 0.3);

  it('reads the cumulative weight as a step, a line, or a line through the middles', () => {
    const at = level(0.8);
    expect(weightedValueAtRisk({ pnl, weights }, at, 'step')).toBe(4);
    // Between (0.1, 10) and (0.3, 4) at 0.2; middles at 0.05 and 0.2.
    expect(weightedValueAtRisk({ pnl, weights }, at, 'linear')).toBeCloseTo(7, 12);
    expect(weightedValueAtRisk({ pnl, weights }, at, 'midpoint')).toBeCloseTo(4, 12);
    expect(weightedValueAtRisk({ pnl, weights }, level(0.95), 'linear')).toBe(10);
    expect(weightedValueAtRisk({ pnl, weights }, level('0.0001'), 'midpoint')).toBe(-5);
  });

  it('averages the tail with what is left for the last scenario', () => {
    expect(weightedShortfall({ pnl, weights }, level(0.8))).toBeCloseTo((0.1 * 10 + 0.1 * 4) / 0.2, 12);
    expect(weightedShortfall({ pnl, weights }, level(0.95))).toBeCloseTo(10, 12);
  });

  it('with equal weights is the unweighted one', () => {
    const vectors = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(vectors, fc.constantFrom('0.9', '0.95', '0.975', '0.99'), (values, text) => {
        const sample = { pnl: Float64Array.from(values), weights: weightsOf(values.length, 1) };
        expect(weightedValueAtRisk(sample, level(text), 'step')).toBe(valueAtRisk(sample.pnl, level(text)));
        const plain = expectedShortfall(sample.pnl, level(text)) as number;
        expect(weightedShortfall(sample, level(text))).toBeCloseTo(plain, 8);
      }),
      { seed: 31 },
    );
  });

  it('refuses weights that are not a distribution over the scenarios', () => {
    const bad = [
      Float64Array.of(0.5, 0.5),
      Float64Array.of(0.5, 0.5, 0.5, 0.5),
      Float64Array.of(1.2, -0.2, 0, 0),
    ];
    for (const w of bad) {
      expect(weightedValueAtRisk({ pnl, weights: w }, level(0.9), 'step')).toMatchObject({
        failure: 'NUMBER_OUT_OF_RANGE',
      });
      expect(weightedShortfall({ pnl, weights: w }, level(0.9))).toMatchObject({
        failure: 'NUMBER_OUT_OF_RANGE',
      });
    }
  });
});
