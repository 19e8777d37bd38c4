import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAtoms, roundDownAtoms, roundUpAtoms, toDecimal, toNumber } from './amount.ts';
import { isFailure } from './failure.ts';

const code = (value: unknown): string => (isFailure(value) ? value.failure : 'accepted');

describe('an exact amount (AMOUNT-001)', () => {
  it('reads plain decimals, trailing zeros being no digits', () => {
    expect(parseAtoms('-12.5', 6, 'x')).toBe(-12_500_000n);
    expect(parseAtoms('0.010', 2, 'x')).toBe(1n);
    expect(parseAtoms('0007', 0, 'x')).toBe(7n);
  });

  it('refuses what would need rounding, and what is no plain decimal', () => {
    for (const text of ['0.001', '+1', ' 1', '1e3', '.5', '5.', '', '--1', '1,5', 'NaN', '9'.repeat(40)])
      expect(code(parseAtoms(text, 2, 'x')), text).toBe('DECIMAL_INVALID');
  });

  it('prints as the shortest text that reads back, and values as the nearest f64 (AMOUNT-002)', () => {
    expect(toDecimal(1_250_000n, 6)).toBe('1.25');
    expect(toDecimal(-1n, 18)).toBe('-0.000000000000000001');
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(18), (atoms, places) => {
        const text = toDecimal(atoms, places);
        expect(parseAtoms(text, places, 'x')).toBe(atoms);
        expect(toNumber(atoms, places)).toBe(Number(text));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('an f64 as atoms (AMOUNT-003)', () => {
  it('is rounded in the direction that the name says, from its exact binary value', () => {
    expect([roundDownAtoms(0.1, 1), roundUpAtoms(0.1, 1)]).toEqual([1n, 2n]);
    expect([roundDownAtoms(0.3, 1), roundUpAtoms(0.3, 1)]).toEqual([2n, 3n]);
    expect([roundDownAtoms(-0.25, 1), roundUpAtoms(-0.25, 1)]).toEqual([-3n, -2n]);
    expect([roundDownAtoms(2, 3), roundUpAtoms(2, 3)]).toEqual([2_000n, 2_000n]);
  });

  it('never differs by more than an atom, and the two are negatives of each other', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), (value) => {
        const [down, up] = [roundDownAtoms(value, 8), roundUpAtoms(value, 8)];
        expect(up - down === 0n || up - down === 1n).toBe(true);
        expect(roundUpAtoms(-value, 8)).toBe(-down);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});
