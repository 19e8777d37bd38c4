import { describe, expect, it } from 'vitest';
import {
  blackComplement,
  blackOverSlope,
  blackTimeValue,
  logBlackSlope,
  logRatio,
} from './black-function.ts';
import { exp, log } from './elementary.ts';

/** forward, strike, deviation, time value: Black's formula in 60-digit arithmetic (mpmath 1.3). */
const EXACT: readonly (readonly [number, number, number, number])[] = [
  [100, 101, 0.0005, 5.044832471104967e-91],
  [100, 100, 0.3, 11.923538474048502],
  [100, 100.0000001, 1e-6, 3.9844248010167104e-5],
  [1, 4, 0.05, 6.121281832175338e-172],
  [60000, 150000, 0.08, 7.355171417048338e-28],
  [100, 50, 0.2, 0.0009431090880750194],
  [100, 300, 6, 99.53899097380024],
  [1e-3, 1e3, 3, 4.3739185391896746e-7],
  [100, 101, 2, 68.11089587948543],
  [7, 7.5, 0.01, 2.6396034291615103e-14],
];

describe('the time value of an option', () => {
  it('agrees relatively with 60-digit values, however small it is', () => {
    for (const [forward, strike, deviation, expected] of EXACT) {
      const actual = blackTimeValue(forward, strike, deviation);
      const reach = Math.max(1, log(strike / forward) ** 2 / deviation ** 2);
      expect(Math.abs(actual / expected - 1), `${forward} ${strike} ${deviation}`).toBeLessThan(
        4e-16 * (2 + reach),
      );
    }
  });

  it('is the same from both sides of the strike', () => {
    for (const [forward, strike, deviation] of EXACT) {
      expect(blackTimeValue(strike, forward, deviation)).toBe(blackTimeValue(forward, strike, deviation));
    }
  });

  it('is zero without deviation, forward or strike', () => {
    expect(blackTimeValue(100, 90, 0)).toBe(0);
    expect(blackTimeValue(0, 90, 0.5)).toBe(0);
    expect(blackTimeValue(-37.63, 20, 0.5)).toBe(0);
    expect(blackTimeValue(100, 0, 0.5)).toBe(0);
  });

  it('is continuous where the method changes', () => {
    for (let i = -300; i <= 300; i++) {
      const deviation = 0.25 + i * 1e-6;
      const step = blackTimeValue(100, 100.5, deviation + 1e-9) - blackTimeValue(100, 100.5, deviation);
      expect(step).toBeGreaterThan(0);
      expect(step).toBeLessThan(1e-7);
    }
  });

  it('never decreases in deviation, through every region', () => {
    for (const strike of [100, 101, 130, 400, 5000]) {
      let before = 0;
      for (let i = 1; i <= 400; i++) {
        const value = blackTimeValue(100, strike, 0.0005 * 1.03 ** i);
        expect(value).toBeGreaterThanOrEqual(before);
        before = value;
      }
    }
  });
});

describe('the parts of the normalised function', () => {
  it('add up to its largest value', () => {
    for (const x of [0, -1e-9, -0.3, -2, -20]) {
      for (const s of [0.4, 1, 3, 9]) {
        const value = blackOverSlope(x, s) * exp(logBlackSlope(x, s));
        expect(Math.abs((value + blackComplement(x, s)) / exp(x / 2) - 1)).toBeLessThan(1e-14);
      }
    }
  });

  it('takes the logarithm of nearly equal numbers without losing their difference', () => {
    expect(logRatio(1, 1 + 2 ** -40)).toBe(-(2 ** -40) + 2 ** -81);
    expect(Math.abs(logRatio(1e-200, 1e200) / -921.0340371976183 - 1)).toBeLessThan(1e-15);
  });
});
