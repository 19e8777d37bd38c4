import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp } from '../base/elementary.ts';
import { type Black76, greeksBlack76, priceBlack76 } from './black76.ts';

const option = fc
  .record({
    right: fc.constantFrom<'call' | 'put'>('call', 'put'),
    forward: fc.double({ min: 1, max: 1e5, noNaN: true }),
    moneyness: fc.double({ min: 0.25, max: 4, noNaN: true }),
    tauYears: fc.double({ min: 0.002, max: 5, noNaN: true }),
    vol: fc.double({ min: 0.05, max: 3, noNaN: true }),
    rate: fc.double({ min: -0.1, max: 0.3, noNaN: true }),
  })
  .map(({ moneyness, ...rest }) => ({ ...rest, strike: rest.forward * moneyness }));
const runs = { seed: 76, numRuns: 500, endOnFailure: true };

describe('Black-76', () => {
  it('prices the example of Hull (Options, Futures and Other Derivatives, futures option of chapter 18)', () => {
    const put: Black76 = { right: 'put', forward: 20, strike: 20, tauYears: 4 / 12, vol: 0.25, rate: 0.09 };
    expect(priceBlack76(put)).toBeCloseTo(1.12, 2);
  });

  it('keeps put–call parity (PRICE-001)', () => {
    fc.assert(
      fc.property(option, (o) => {
        const gap = priceBlack76({ ...o, right: 'call' }) - priceBlack76({ ...o, right: 'put' });
        const discount = exp(-o.rate * o.tauYears);
        const size = discount * Math.max(o.forward, o.strike);
        expect(Math.abs(gap - discount * (o.forward - o.strike))).toBeLessThan(1e-15 * size * 4);
      }),
      runs,
    );
  });

  it('lies between discounted intrinsic value and the discounted forward or strike', () => {
    fc.assert(
      fc.property(option, (o) => {
        const price = priceBlack76(o);
        const discount = exp(-o.rate * o.tauYears);
        const inside = Math.max(0, o.right === 'call' ? o.forward - o.strike : o.strike - o.forward);
        expect(price).toBeGreaterThanOrEqual(discount * inside);
        expect(price).toBeLessThanOrEqual(
          discount * (o.right === 'call' ? o.forward : o.strike) * (1 + 1e-15),
        );
      }),
      runs,
    );
  });

  it('has the Greeks that finite differences find (PRICE-003)', () => {
    fc.assert(
      fc.property(option, (o) => {
        const g = greeksBlack76(o);
        const size = Math.max(o.forward, o.strike);
        const deviation = o.vol * Math.sqrt(o.tauYears);
        const step = 1e-5 * Math.min(1, deviation) * o.forward;
        const along = (key: 'forward' | 'vol' | 'tauYears' | 'rate', h: number): number =>
          (priceBlack76({ ...o, [key]: o[key] + h }) - priceBlack76({ ...o, [key]: o[key] - h })) / (2 * h);
        const slope = (h: number): number =>
          (greeksBlack76({ ...o, forward: o.forward + h }).deltaForward -
            greeksBlack76({ ...o, forward: o.forward - h }).deltaForward) /
          (2 * h);
        const near = (actual: number, expected: number, scale: number): void =>
          expect(Math.abs(actual - expected)).toBeLessThan(2e-6 * (Math.abs(expected) + scale));
        near(g.deltaForward, along('forward', step), 1);
        near(g.gammaForward, slope(step), 1 / o.forward / deviation);
        near(g.vega, along('vol', 1e-5), size);
        near(g.theta, -along('tauYears', 1e-5 * o.tauYears), size / o.tauYears);
        near(g.rho, along('rate', 1e-5), size);
        const h = 1e-5;
        const up = greeksBlack76({ ...o, vol: o.vol + h });
        const down = greeksBlack76({ ...o, vol: o.vol - h });
        near(g.vanna, (up.deltaForward - down.deltaForward) / (2 * h), 1 / o.vol);
        near(g.volga, (up.vega - down.vega) / (2 * h), size / o.vol);
      }),
      runs,
    );
  });

  it('is the discounted intrinsic value without time or vol, with finite Greeks (PRICE-002)', () => {
    for (const [tauYears, vol] of [
      [0, 0.5],
      [0.5, 0],
      [0, 0],
    ] as const) {
      for (const strike of [80, 100, 120]) {
        for (const right of ['call', 'put'] as const) {
          const o: Black76 = { right, forward: 100, strike, tauYears, vol, rate: 0.04 };
          const inside = Math.max(0, right === 'call' ? 100 - strike : strike - 100);
          const { d1, d2, ...greeks } = greeksBlack76(o);
          expect(greeks.price).toBe(exp(-0.04 * tauYears) * inside);
          expect(d1).toBe(d2);
          for (const value of Object.values(greeks)) expect(Number.isFinite(value)).toBe(true);
        }
      }
    }
  });

  it('survives forwards and strikes at, below and far from zero', () => {
    const base: Black76 = { right: 'put', forward: -37.63, strike: 20, tauYears: 0.1, vol: 1, rate: 0 };
    expect(priceBlack76(base)).toBe(57.63);
    expect(greeksBlack76(base).deltaForward).toBe(-1);
    expect(priceBlack76({ ...base, right: 'call', strike: 0, forward: 5 })).toBe(5);
    for (const forward of [1e-300, 1, 1e300]) {
      for (const vol of [1e-6, 1, 40]) {
        const { d1: _, d2: __, ...greeks } = greeksBlack76({ ...base, forward, vol });
        for (const value of Object.values(greeks)) expect(Number.isNaN(value)).toBe(false);
      }
    }
  });
});
