import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fundingFlow, futurePnl, futureValue, inverseDeltaCoin } from './futures.ts';

const price = fc.double({ min: 100, max: 1e6, noNaN: true });

describe('futures and perpetuals', () => {
  it('win q·m·(exit − entry) in the settlement asset when linear (PRODUCT-002)', () => {
    const trade = { form: 'linear', quantity: 3159, contractSize: 0.001, entry: 14558, exit: 25692 } as const;
    expect(futurePnl(trade)).toBeCloseTo(35172.306, 9);
  });

  it('win coins on the way up and lose more of them on the way down when inverse (PRODUCT-002)', () => {
    const long = { form: 'inverse', quantity: 250, contractSize: 10, entry: 36580.9, exit: 26000.8 } as const;
    expect(futurePnl(long)).toBeCloseTo(-0.027809212091129878, 16);
    expect(futurePnl(long) * long.exit).toBeCloseTo(250 * 10 * (26000.8 / 36580.9 - 1), 9);
    expect(inverseDeltaCoin(250, 10, 26000.8)).toBeCloseTo(0.09615088766499492, 15);
  });

  it('are worth a difference of values (PRODUCT-003)', () => {
    fc.assert(
      fc.property(price, price, fc.constantFrom('linear', 'inverse'), (entry, exit, form) => {
        const pnl = futurePnl({ form, quantity: 7, contractSize: 10, entry, exit });
        const difference = 7 * (futureValue(form, 10, exit) - futureValue(form, 10, entry));
        const size = 70 * (form === 'linear' ? entry + exit : 1 / entry + 1 / exit);
        expect(Math.abs(pnl - difference)).toBeLessThan(1e-15 * size);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('make longs pay a positive funding rate, in proportion to time (PRODUCT-005)', () => {
    const held = { form: 'linear', quantity: 2, contractSize: 1, price: 50_000, rate: 0.0001 } as const;
    expect(fundingFlow({ ...held, elapsedMs: 8 * 3_600_000 })).toBeCloseTo(-10, 12);
    expect(fundingFlow({ ...held, elapsedMs: 3_600_000 })).toBeCloseTo(-1.25, 12);
    expect(fundingFlow({ ...held, quantity: -2, elapsedMs: 8 * 3_600_000 })).toBeCloseTo(10, 12);
    const coin = { ...held, form: 'inverse', contractSize: 10, elapsedMs: 8 * 3_600_000 } as const;
    expect(fundingFlow(coin)).toBeCloseTo((-2 * 10 * 0.0001) / 50_000, 16);
  });
});
