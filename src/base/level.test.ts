import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from './failure.ts';
import { complement, countTail, parseLevel } from './level.ts';
import type { Level } from './level.ts';

function level(text: number | string): Level {
  const read = parseLevel(text, 'level');
  if (isFailure(read)) throw new Error(read.failure);
  return read;
}

describe('a confidence level (AMOUNT-005)', () => {
  it('counts the tail of decimals exactly where binary arithmetic does not', () => {
    expect(100 * (1 - 0.99)).toBeGreaterThan(1);
    expect(countTail(level(0.99), 100)).toEqual({ whole: 1, part: 0, size: 1 });
    expect(countTail(level(0.975), 1000)).toEqual({ whole: 25, part: 0, size: 25 });
    expect(countTail(level(0.999), 1000)).toEqual({ whole: 1, part: 0, size: 1 });
    expect(countTail(level(0.975), 250)).toEqual({ whole: 6, part: 0.25, size: 6.25 });
  });

  it('reads the number, its text and the exponent form alike', () => {
    expect(level('0.990000')).toMatchObject({ confidence: 0.99, tail: 0.01 });
    expect(level(9.9e-1).tail).toBe(0.01);
    expect(level('1e-3').tail).toBe(0.999);
    expect(level(1 - 1e-15).tail).toBeCloseTo(1e-15, 20);
  });

  it('refuses what is no level', () => {
    for (const bad of [0, 1, 1.5, '1e5', '1e-400'])
      expect(parseLevel(bad, 'x')).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE', field: 'x' });
    for (const bad of ['', 'high', '-0.5', Number.NaN, Number.POSITIVE_INFINITY])
      expect(parseLevel(bad, 'x')).toMatchObject({ failure: 'SHAPE_INVALID' });
  });

  it('has a complement that leaves the rest of every sample', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 5000 }), (parts, n) => {
        const own = level(`0.${String(parts).padStart(4, '0')}`);
        const { size } = countTail(own, n);
        expect(size).toBe((n * (10_000 - parts)) / 10_000);
        expect(countTail(complement(own), n).size).toBe((n * parts) / 10_000);
        expect(complement(complement(own))).toEqual(own);
      }),
      { seed: 11 },
    );
  });
});
