import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { parseLevel } from '../base/level.ts';
import type { Level } from '../base/level.ts';
import {
  allocateShortfall,
  allocateValueAtRisk,
  incrementalShortfalls,
  standaloneShortfalls,
  sumPnl,
} from './allocation.ts';
import { expectedShortfall, valueAtRisk } from './tail.ts';

function level(text: number | string): Level {
  return some(parseLevel(text, 'level'));
}

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

const sum = (values: Float64Array): number => values.reduce((total, x) => total + x, 0);

/** Books of up to five positions with heavy ties: whole numbers in a narrow range. */
const books = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 50 }))
  .chain(([positions, scenarios]) =>
    fc.array(fc.array(fc.integer({ min: -6, max: 6 }), { minLength: scenarios, maxLength: scenarios }), {
      minLength: positions,
      maxLength: positions,
    }),
  )
  .map((rows) => rows.map((row) => Float64Array.from(row)));
const levels = fc.constantFrom('0.8', '0.95', '0.975', '0.99').map(level);

describe('Euler contributions to expected shortfall (TAIL-009)', () => {
  it('sum to the total to 1e-9, however ties are broken', () => {
    fc.assert(
      fc.property(books, levels, (positions, at) => {
        const total = some(expectedShortfall(some(sumPnl(positions)), at));
        for (const ties of ['scenario-index', 'averaged'] as const) {
          const allocation = some(allocateShortfall(positions, at, ties));
          expect(allocation.total).toBeCloseTo(total, 9);
          expect(Math.abs(sum(allocation.components) - total)).toBeLessThanOrEqual(1e-9 * Math.max(1, total));
        }
      }),
      { seed: 41, numRuns: 300 },
    );
  });

  it('average ties to what no order of the scenarios changes', () => {
    fc.assert(
      fc.property(books, levels, fc.integer({ min: 1, max: 1000 }), (positions, at, shift) => {
        const n = positions[0]!.length;
        const turned = positions.map((row) => row.map((_, s) => row[(s + shift) % n]!));
        const a = some(allocateShortfall(positions, at, 'averaged'));
        const b = some(allocateShortfall(turned, at, 'averaged'));
        a.components.forEach((x, p) => expect(b.components[p]).toBeCloseTo(x, 9));
      }),
      { seed: 42 },
    );
  });

  it('are no more than the position needs alone', () => {
    fc.assert(
      fc.property(books, levels, (positions, at) => {
        const { components } = some(allocateShortfall(positions, at, 'scenario-index'));
        const alone = some(standaloneShortfalls(positions, at));
        components.forEach((x, p) => expect(x).toBeLessThanOrEqual(alone[p]! + 1e-9));
      }),
      { seed: 43 },
    );
  });

  it('are the derivative of the total in the size of a position where the cut is unique', () => {
    const wave = (k: number): Float64Array =>
      Float64Array.from({ length: 200 }, (_, s) => ((s * k * 7919) % 1009) - 500);
    const positions = [wave(3), wave(5), wave(11)];
    const at = level(0.97);
    const { components } = some(allocateShortfall(positions, at, 'scenario-index'));
    positions.forEach((_, p) => {
      const bumped = (h: number): number =>
        some(
          expectedShortfall(
            some(sumPnl(positions.map((row, q) => row.map((x) => (p === q ? (1 + h) * x : x))))),
            at,
          ),
        );
      expect((bumped(1e-5) - bumped(-1e-5)) / 2e-5).toBeCloseTo(components[p]!, 5);
    });
  });

  it('split the hand-worked book: two scenarios tie for the second half of the tail', () => {
    // Sums: −9, 1, −13, 7, −13, −3, … ; the worst of all −14.
    const a = Float64Array.of(-10, 5, -20, 8, 3, -2, 12, -15, 1, 6);
    const b = Float64Array.of(4, -6, 15, 1, -9, -2, -7, -5, 3, 2);
    const c = Float64Array.of(-3, 2, -8, -2, -7, 1, 4, 6, 2, -11);
    const averaged = some(allocateShortfall([a, b, c], level(0.8), 'averaged'));
    expect(averaged.total).toBe(13.5);
    expect([...averaged.components]).toEqual([11.75, 1, 0.75]);
    const ordered = some(allocateShortfall([a, b, c], level(0.8), 'scenario-index'));
    expect([...ordered.components]).toEqual([17.5, -5, 1]);
    expect([...ordered.tail.scenarios]).toEqual([7, 2]);
  });
});

describe('other splits', () => {
  it('of value at risk are the losses in its scenario (TAIL-010)', () => {
    fc.assert(
      fc.property(books, levels, (positions, at) => {
        const allocation = some(allocateValueAtRisk(positions, at, 'worst-ceil'));
        expect(allocation.total).toBe(some(valueAtRisk(some(sumPnl(positions)), at)));
        expect(sum(allocation.components)).toBeCloseTo(allocation.total, 9);
      }),
      { seed: 44 },
    );
  });

  it('by increment say what closing a position would release (TAIL-011)', () => {
    const long = Float64Array.of(-4, 2, 1, 3);
    const hedge = Float64Array.of(4, -2, -1, -3);
    const increments = some(incrementalShortfalls([long, hedge], level(0.75)));
    expect([...increments]).toEqual([-3, -4]);
  });

  it('refuse positions of unequal length and books without scenarios', () => {
    const uneven = [Float64Array.of(1, 2), Float64Array.of(1)];
    expect(allocateShortfall(uneven, level(0.9), 'averaged')).toMatchObject({ failure: 'SHAPE_INVALID' });
    expect(allocateValueAtRisk(uneven, level(0.9), 'nearest-rank')).toMatchObject({
      failure: 'SHAPE_INVALID',
    });
    expect(incrementalShortfalls(uneven, level(0.9))).toMatchObject({ failure: 'SHAPE_INVALID' });
    expect(allocateShortfall([], level(0.9), 'averaged')).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(standaloneShortfalls([new Float64Array(0)], level(0.9))).toMatchObject({
      failure: 'HISTORY_TOO_SHORT',
    });
  });
});
