import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InverseOption, greeksInverse, priceInverse } from './inverse.ts';

const option = fc.record({
  right: fc.constantFrom<'call' | 'put'>('call', 'put'),
  forward: fc.double({ min: 1e4, max: 2e5, noNaN: true }),
  strike: fc.double({ min: 1e4, max: 2e5, noNaN: true }),
  tauYears: fc.double({ min: 0.005, max: 2, noNaN: true }),
  vol: fc.double({ min: 0.2, max: 2, noNaN: true }),
});

describe('coin-settled options (PRICE-005)', () => {
  it('keep put–call parity in coin: C − P = 1 − K/F', () => {
    fc.assert(
      fc.property(option, (o) => {
        const gap = priceInverse({ ...o, right: 'call' }) - priceInverse({ ...o, right: 'put' });
        expect(gap).toBeCloseTo(1 - o.strike / o.forward, 12);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('have a premium-adjusted delta of delta − price, and the derivatives that differences find', () => {
    fc.assert(
      fc.property(option, (o) => {
        const g = greeksInverse(o);
        const size = 1 + o.strike / o.forward;
        const near = (actual: number, expected: number, scale: number): void =>
          expect(Math.abs(actual - expected)).toBeLessThan(3e-6 * scale);
        near(g.premiumAdjustedDelta, g.blackDelta - g.priceCoin, size);
        const at = (change: Partial<InverseOption>): number => priceInverse({ ...o, ...change });
        const h = 1e-4 * o.forward;
        const up = at({ forward: o.forward + h });
        const down = at({ forward: o.forward - h });
        near(g.coinByForward * o.forward, ((up - down) / (2 * h)) * o.forward, size);
        const curve = ((up - 2 * g.priceCoin + down) / h / h) * o.forward * o.forward;
        near(g.coinByForwardTwice * o.forward * o.forward, curve, 100 * size);
        const e = 1e-4;
        near(g.vegaCoin, (at({ vol: o.vol + e }) - at({ vol: o.vol - e })) / (2 * e), 10 * size);
        const d = 1e-4 * o.tauYears;
        const decay = (at({ tauYears: o.tauYears - d }) - at({ tauYears: o.tauYears + d })) / (2 * d);
        near(g.thetaCoin * o.tauYears, decay * o.tauYears, size);
        const pad = (vol: number): number => greeksInverse({ ...o, vol }).premiumAdjustedDelta;
        near(g.vannaCoin, (pad(o.vol + e) - pad(o.vol - e)) / (2 * e), 10 * size);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('cost at most one coin as calls, and without bound as puts', () => {
    expect(priceInverse({ right: 'call', forward: 1e9, strike: 1, tauYears: 1, vol: 1 })).toBeLessThanOrEqual(
      1,
    );
    expect(priceInverse({ right: 'put', forward: 1, strike: 100, tauYears: 1, vol: 0 })).toBe(99);
  });
});
