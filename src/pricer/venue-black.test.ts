import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greeksBlack76, priceBlack76 } from './black76.ts';
import { priceVenueOption, venueDelta, type VenueOption } from './venue-black.ts';

const WEEK: VenueOption = { tauYears: 7 / 365, discount: 1, vol: 1, forward: 1500, strike: 1500 };

describe('the venue kernel (PRICE-013)', () => {
  it('agrees with the published vectors of the on-chain library', () => {
    const week = priceVenueOption(WEEK);
    expect(week.call).toBeCloseTo(82.80508066863456, 10);
    expect(week.put).toBeCloseTo(82.80508066863456, 10);
    expect(venueDelta(WEEK).call).toBeCloseTo(0.5276016935562116, 13);
    const month: VenueOption = {
      tauYears: 30 / 365,
      discount: 0.9991784198737006,
      vol: 0.25,
      forward: 1000,
      strike: 1200,
    };
    expect(priceVenueOption(month).call).toBeCloseTo(0.1370821284265793, 11);
    expect(priceVenueOption(month).put).toBeCloseTo(199.9727661031667, 10);
    // The published figure is N(d1), before discounting.
    expect(venueDelta(month).call / month.discount).toBeCloseTo(0.006071372605597036, 13);
  });

  it('knows its edges', () => {
    const at = { ...WEEK, discount: 0.9 };
    expect(priceVenueOption({ ...at, strike: 0 })).toEqual({ call: 1350, put: 0 });
    expect(priceVenueOption({ ...at, forward: 0 })).toEqual({ call: 0, put: 1350 });
    expect(priceVenueOption({ ...at, vol: 1e6 })).toEqual({ call: 1350, put: 1350 });
    expect(priceVenueOption({ ...at, tauYears: 0, strike: 1400 }).call).toBeCloseTo(90, 10);
    expect(priceVenueOption({ ...at, vol: 0, strike: 1600 }).put).toBeCloseTo(90, 10);
    expect(venueDelta({ ...at, strike: 0 })).toEqual({ call: 0.9, put: 0 });
    expect(venueDelta({ ...at, forward: 0 })).toEqual({ call: 0, put: -0.9 });
    expect(venueDelta({ ...at, vol: 1e6 })).toEqual({ call: 0.9, put: 0 });
  });

  it('agrees with the general pricer where no edge rule applies', () => {
    const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        number(0.01, 3),
        number(0.05, 3),
        number(10, 1e5),
        number(0.2, 5),
        number(0, 0.5),
        (...x) => {
          const [tauYears, vol, forward, moneyness, rate] = x;
          const strike = forward * moneyness;
          const discount = Math.E ** (-rate * tauYears);
          const venue = priceVenueOption({ tauYears, discount, vol, forward, strike });
          for (const right of ['call', 'put'] as const) {
            const general = { right, forward, strike, tauYears, vol, rate };
            expect(Math.abs(venue[right] - priceBlack76(general))).toBeLessThan(1e-13 * (forward + strike));
            const delta = venueDelta({ tauYears, discount, vol, forward, strike })[right];
            expect(delta).toBeCloseTo(greeksBlack76(general).deltaForward, 12);
          }
        },
      ),
      { seed: 20260201, numRuns: 300 },
    );
  });
});
