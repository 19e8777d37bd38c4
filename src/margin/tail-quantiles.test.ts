import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { parseLevel } from '../base/level.ts';
import type { Level } from '../base/level.ts';
import { expectedShortfallBy, sampleQuantile, valueAtRiskBy } from './tail-quantiles.ts';
import type { QuantileType } from './tail-quantiles.ts';
import { expectedShortfall, valueAtRisk } from './tail.ts';

function level(text: number | string): Level {
  const read = parseLevel(text, 'level');
  if (isFailure(read)) throw new Error(read.failure);
  return read;
}

const TYPES: readonly QuantileType[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const vectors = fc
  .array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 80 })
  .map((values) => Float64Array.from(values));
const levels = fc.integer({ min: 1, max: 999 }).map((parts) => level(`0.${String(parts).padStart(3, '0')}`));

describe('sample quantiles (TAIL-004)', () => {
  it('are those that R gives for 1 to 10 at 0.25', () => {
    const ten = Float64Array.from({ length: 10 }, (_, i) => i + 1);
    const expected = [3, 3, 2, 2.5, 3, 2.75, 3.25, 2.9166666666666665, 2.9375];
    TYPES.forEach((type, k) => expect(sampleQuantile(ten, level(0.25), type)).toBeCloseTo(expected[k]!, 12));
  });

  it('stay within the sample at both ends', () => {
    const pair = Float64Array.of(1, 2);
    for (const type of TYPES) {
      expect(sampleQuantile(pair, level(0.001), type)).toBeGreaterThanOrEqual(1);
      expect(sampleQuantile(pair, level(0.999), type)).toBeLessThanOrEqual(2);
      expect(sampleQuantile(Float64Array.of(5), level(0.3), type)).toBe(5);
    }
  });

  it('of losses and of P&L agree for the continuous types and type 2', () => {
    fc.assert(
      fc.property(vectors, levels, (pnl, at) => {
        for (const type of [2, 5, 6, 7, 8, 9] as const) {
          const ofLoss = valueAtRiskBy(pnl, at, `loss-type-${type}`);
          expect(valueAtRiskBy(pnl, at, `pnl-type-${type}`)).toBeCloseTo(ofLoss as number, 9);
        }
      }),
      { seed: 21 },
    );
  });

  it('rise with the level, whatever the convention', () => {
    fc.assert(
      fc.property(vectors, levels, levels, (pnl, a, b) => {
        const [low, high] = a.confidence <= b.confidence ? [a, b] : [b, a];
        for (const rule of ['loss-type-3', 'pnl-type-6', 'nearest', 'midpoint', 'worst-ceil'] as const)
          expect(valueAtRiskBy(pnl, low, rule)).toBeLessThanOrEqual(valueAtRiskBy(pnl, high, rule) as number);
      }),
      { seed: 22 },
    );
  });

  it('name the product convention, and its neighbour one order statistic away where n·level is whole', () => {
    fc.assert(
      fc.property(vectors, levels, (pnl, at) => {
        expect(valueAtRiskBy(pnl, at, 'worst-ceil')).toBe(valueAtRisk(pnl, at));
        expect(valueAtRiskBy(pnl, at, 'worst-floor-plus-1')).toBe(valueAtRiskBy(pnl, at, 'nearest-rank'));
      }),
      { seed: 23 },
    );
    const ladder = Float64Array.from({ length: 100 }, (_, i) => -i);
    expect(valueAtRiskBy(ladder, level(0.99), 'worst-ceil')).toBe(99);
    expect(valueAtRiskBy(ladder, level(0.99), 'worst-floor-plus-1')).toBe(98);
  });

  it('take the nearer neighbour, at half way the even one', () => {
    const three = Float64Array.of(-1, -2, -4);
    expect(valueAtRiskBy(three, level(0.25), 'nearest')).toBe(1);
    expect(valueAtRiskBy(three, level(0.75), 'nearest')).toBe(4);
    expect(valueAtRiskBy(three, level(0.3), 'nearest')).toBe(2);
    expect(valueAtRiskBy(three, level(0.75), 'midpoint')).toBe(3);
    expect(valueAtRiskBy(three, level(0.75), 'lower')).toBe(2);
    expect(valueAtRiskBy(three, level(0.75), 'higher')).toBe(4);
  });
});

describe('shortfall conventions (TAIL-005)', () => {
  it('have one value in two forms: Acerbi and Rockafellar–Uryasev', () => {
    fc.assert(
      fc.property(vectors, levels, (pnl, at) => {
        const acerbi = expectedShortfall(pnl, at) as number;
        expect(expectedShortfallBy(pnl, at, 'rockafellar-uryasev')).toBeCloseTo(acerbi, 8);
        expect(expectedShortfallBy(pnl, at, 'acerbi')).toBe(acerbi);
      }),
      { seed: 24 },
    );
  });

  it('average whole scenarios, or those at or beyond the quantile', () => {
    const pnl = Float64Array.of(-10, -8, -8, -6, 0, 1, 2, 3, 4, 5);
    expect(expectedShortfallBy(pnl, level(0.85), 'worst-ceil')).toBe(9);
    expect(expectedShortfallBy(pnl, level(0.85), 'worst-floor')).toBe(10);
    expect(expectedShortfallBy(pnl, level(0.85), 'at-or-beyond')).toBeCloseTo(26 / 3, 12);
    expect(expectedShortfallBy(pnl, level(0.85), 'beyond')).toBe(10);
    expect(expectedShortfallBy(pnl, level(0.95), 'beyond')).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(expectedShortfallBy(pnl, level(0.95), 'worst-floor')).toMatchObject({
      failure: 'HISTORY_TOO_SHORT',
    });
  });

  it('refuse an empty vector', () => {
    const none = new Float64Array(0);
    expect(valueAtRiskBy(none, level(0.9), 'loss-type-7')).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(expectedShortfallBy(none, level(0.9), 'beyond')).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
  });
});
