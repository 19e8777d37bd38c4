import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { parseLevel } from '../base/level.ts';
import type { Level } from '../base/level.ts';
import { expectedShortfall, rankScenarios, selectTail, valueAtRisk, worstScenarios } from './tail.ts';

function level(text: number | string): Level {
  const read = parseLevel(text, 'level');
  if (isFailure(read)) throw new Error(read.failure);
  return read;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new Error(JSON.stringify(value));
  return value;
}

const es = (pnl: Float64Array, at: Level): number => number(expectedShortfall(pnl, at));
const risk = (pnl: Float64Array, at: Level): number => number(valueAtRisk(pnl, at));

const money = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100);
const levels = fc.constantFrom('0.9', '0.95', '0.975', '0.99', '0.999').map(level);
/** Two P&L vectors of one length. */
const pairs = fc
  .integer({ min: 1, max: 60 })
  .chain((n) =>
    fc.tuple(
      fc.array(money, { minLength: n, maxLength: n }),
      fc.array(money, { minLength: n, maxLength: n }),
    ),
  )
  .map(([a, b]) => [Float64Array.from(a), Float64Array.from(b)] as const);

describe('the tail of a P&L vector', () => {
  const pnl = Float64Array.of(-120, 35, -8.5, 60.25, -310.75, 12, -47.5, 88, -5, 21);

  it('has the k-th worst loss as value at risk, k = ⌈n·(1 − level)⌉ (TAIL-001)', () => {
    expect(risk(pnl, level(0.9))).toBe(310.75);
    expect(risk(pnl, level(0.89))).toBe(120);
    expect(risk(pnl, level(0.8))).toBe(120);
    expect(risk(pnl, level(0.999))).toBe(310.75);
  });

  it('weighs its last scenario fractionally in expected shortfall (TAIL-002)', () => {
    expect(es(pnl, level(0.9))).toBe(310.75);
    // Worst 2.5 of 10: (310.75 + 120 + 0.5·47.5) / 2.5.
    expect(es(pnl, level(0.75))).toBeCloseTo(181.8, 12);
    expect(es(pnl, level(0.999))).toBeCloseTo(310.75, 12);
  });

  it('breaks ties by scenario index (TAIL-003)', () => {
    const tied = Float64Array.of(3, -1, -2, -1, -2, 0);
    expect([...rankScenarios(tied)]).toEqual([2, 4, 1, 3, 5, 0]);
    const tail = selectTail(tied, level(0.75));
    if (isFailure(tail)) throw new Error(tail.failure);
    expect([...tail.scenarios]).toEqual([2, 4]);
    expect([...tail.weights]).toEqual([1, 0.5]);
    expect(tail.size).toBe(1.5);
  });

  it('says plus zero, never minus zero (TAIL-001)', () => {
    expect(Object.is(risk(Float64Array.of(-0, 0), level(0.5)), 0)).toBe(true);
    expect(Object.is(es(Float64Array.of(0), level(0.5)), 0)).toBe(true);
  });

  it('refuses nothing and what is not finite', () => {
    expect(valueAtRisk(new Float64Array(0), level(0.99))).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(expectedShortfall(Float64Array.of(1, Number.NaN), level(0.99))).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
      field: 'pnl[1]',
    });
  });
});

describe('expected shortfall is coherent (TAIL-002)', () => {
  const check = (
    name: string,
    seed: number,
    holds: (a: Float64Array, b: Float64Array, at: Level) => void,
  ): void =>
    it(name, () =>
      fc.assert(
        fc.property(pairs, levels, ([a, b], at) => holds(a, b, at)),
        { seed, numRuns: 300 },
      ),
    );

  check('sub-additive: together no more than apart', 1, (a, b, at) => {
    const sum = a.map((x, s) => x + b[s]!);
    expect(es(sum, at)).toBeLessThanOrEqual(es(a, at) + es(b, at) + 1e-7);
  });

  check('positively homogeneous: twice the book, twice the risk', 2, (a, _, at) => {
    expect(
      es(
        a.map((x) => 2 * x),
        at,
      ),
    ).toBe(2 * es(a, at));
    expect(
      risk(
        a.map((x) => 2 * x),
        at,
      ),
    ).toBe(2 * risk(a, at));
    expect(
      es(
        a.map((x) => 3.7 * x),
        at,
      ),
    ).toBeCloseTo(3.7 * es(a, at), 6);
  });

  check('monotone: never worse in any scenario, never more risk', 3, (a, b, at) => {
    const better = a.map((x, s) => x + Math.abs(b[s]!));
    expect(es(better, at)).toBeLessThanOrEqual(es(a, at) + 1e-9);
    expect(risk(better, at)).toBeLessThanOrEqual(risk(a, at));
  });

  check('translation invariant: cash takes off exactly itself', 4, (a, b, at) => {
    const cash = b[0]!;
    expect(
      es(
        a.map((x) => x + cash),
        at,
      ),
    ).toBeCloseTo(es(a, at) - cash, 7);
    expect(
      risk(
        a.map((x) => x + cash),
        at,
      ),
    ).toBeCloseTo(risk(a, at) - cash, 7);
  });

  check('law invariant: the order of the scenarios does not matter', 5, (a, b, at) => {
    const shuffled = Float64Array.from(
      [...a.keys()].sort((i, j) => b[i]! - b[j]! || i - j),
      (i) => a[i]!,
    );
    expect(es(shuffled, at)).toBe(es(a, at));
    expect(risk(shuffled, at)).toBe(risk(a, at));
  });

  check('at least the value at risk, and no more than the worst loss', 6, (a, _, at) => {
    expect(es(a, at)).toBeGreaterThanOrEqual(risk(a, at) - 1e-9);
    expect(es(a, at)).toBeLessThanOrEqual(-Math.min(...a) + 1e-9);
  });
});

describe('the worst scenarios', () => {
  it('are the head of the full ranking, ties and signed zeros included', () => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(0, -0),
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.nat(70), (values, count) => {
        const pnl = Float64Array.from(values);
        const head = rankScenarios(pnl).slice(0, Math.min(count, pnl.length));
        expect([...worstScenarios(pnl, Math.min(count, pnl.length))]).toEqual([...head]);
      }),
      { seed: 20_260_124, numRuns: 2_000 },
    );
  });
});
