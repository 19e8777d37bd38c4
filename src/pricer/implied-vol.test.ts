import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp } from '../base/elementary.ts';
import { isFailure } from '../base/failure.ts';
import { greeksBlack76, priceBlack76 } from './black76.ts';
import { type QuotedOption, impliedVol } from './implied-vol.ts';

const ROUNDING = 2.220446049250313e-16;
const base: QuotedOption = { right: 'call', forward: 100, strike: 90, tauYears: 0.5, rate: 0.05, price: 12 };

function codeOf(quoted: QuotedOption): string | number {
  const vol = impliedVol(quoted);
  return isFailure(vol) ? vol.failure : vol;
}

describe('implied volatility', () => {
  it('returns the vol that made the price, as closely as the price determines it (PRICE-006)', () => {
    const moneyness = fc.double({ min: -8, max: 8, noNaN: true });
    const deviation = fc.double({ min: -4, max: 1.2, noNaN: true }).map((e) => 10 ** e);
    fc.assert(
      fc.property(moneyness, deviation, fc.constantFrom('call', 'put'), (k, s, right) => {
        const o = { right, forward: 1000, strike: 1000 * exp(k), tauYears: 0.25, rate: 0.03 } as const;
        const vol = s / 0.5;
        const price = priceBlack76({ ...o, vol });
        const { vega } = greeksBlack76({ ...o, vol });
        const perRounding = (ROUNDING * Math.max(price, 1e-290)) / vega / vol;
        fc.pre(perRounding < 1e-7 && price > 1e-290);
        const found = impliedVol({ ...o, price });
        expect(typeof found).toBe('number');
        expect(Math.abs((found as number) / vol - 1)).toBeLessThan(4e-15 + 20 * perRounding);
      }),
      { seed: 2015, numRuns: 5000 },
    );
  });

  it('inverts prices far beyond what can be traded (PRICE-006)', () => {
    const wing = { right: 'call', forward: 100, strike: 1000 / 3, tauYears: 1 / 365, rate: 0 } as const;
    const price = priceBlack76({ ...wing, vol: 0.8 });
    expect(price).toBeLessThan(1e-180);
    expect(impliedVol({ ...wing, price })).toBeCloseTo(0.8, 12);
    const full = priceBlack76({ ...base, vol: 8 });
    expect(impliedVol({ ...base, price: full })).toBeCloseTo(8, 8);
  });

  it('is zero at the money for a price of zero (PRICE-007)', () => {
    expect(impliedVol({ ...base, strike: 100, price: 0 })).toBe(0);
  });

  it('refuses prices outside what any vol can give (PRICE-007)', () => {
    const intrinsic = 10 * exp(-0.025);
    expect(codeOf({ ...base, price: intrinsic - 1e-6 })).toBe('IMPLIED_VOL_BELOW_INTRINSIC');
    expect(codeOf({ ...base, price: -0.01, strike: 110 })).toBe('IMPLIED_VOL_BELOW_INTRINSIC');
    expect(codeOf({ ...base, price: 101 })).toBe('IMPLIED_VOL_ABOVE_MAXIMUM');
    expect(codeOf({ ...base, price: 100 * exp(-0.025) })).toBe('IMPLIED_VOL_ABOVE_MAXIMUM');
    expect(codeOf({ ...base, right: 'put', price: 90 })).toBe('IMPLIED_VOL_ABOVE_MAXIMUM');
  });

  it('refuses prices that carry no vol, and input that is no option', () => {
    expect(codeOf({ ...base, price: 10 * exp(-0.025) })).toBe('IMPLIED_VOL_UNDETERMINED');
    expect(codeOf({ ...base, strike: 110, price: 0 })).toBe('IMPLIED_VOL_UNDETERMINED');
    expect(codeOf({ ...base, tauYears: 0 })).toBe('INSTRUMENT_EXPIRED');
    expect(codeOf({ ...base, price: NaN })).toBe('NUMBER_NOT_FINITE');
    expect(codeOf({ ...base, strike: Infinity })).toBe('NUMBER_NOT_FINITE');
    expect(codeOf({ ...base, forward: 0 })).toBe('NUMBER_OUT_OF_RANGE');
    expect(codeOf({ ...base, strike: -5 })).toBe('NUMBER_OUT_OF_RANGE');
  });

  it('never gives a number that is not a finite vol', () => {
    const wild = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(wild, wild, wild, fc.constantFrom('call', 'put'), (forward, strike, price, right) => {
        const vol = impliedVol({ right, forward, strike, tauYears: 1, rate: 0, price });
        if (!isFailure(vol)) expect(vol >= 0 && vol < Infinity).toBe(true);
      }),
      { seed: 300, numRuns: 3000 },
    );
  });
});
