import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Account } from '../portfolio/account.ts';
import { assess } from './assess.ts';
import { findLiquidationPrice } from './liquidation-price.ts';
import type { LiquidationPrice } from './report.ts';
import { inputOf, makeAccount, MARKET } from './universe.fixture.ts';

function priceOf(account: Account, method: 'unified' | 'isolated'): LiquidationPrice {
  const found = findLiquidationPrice('BTC', MARKET, (market) => {
    const report = assess(method, inputOf(account, { market }));
    return isFailure(report) ? report : report.maintenanceHeadroomUsd;
  });
  if (isFailure(found)) throw new Error(JSON.stringify(found));
  return found;
}

describe('the liquidation price of an account (HEALTH-010)', () => {
  it('is where equity meets maintenance, solved by hand for one long perpetual in dollars', () => {
    const account = makeAccount([['BTC-P', 1]], { USD: 30_000 });
    const { belowUsd, aboveUsd } = priceOf(account, 'isolated');
    // Isolated maintenance is half of 10 % of the notional; the mark moves with the index and is counted after a 10 % haircut.
    const equity = (x: number): number => {
      const unrealised = 0.9998 * (100_050 * x - 100_050);
      return 30_000 + (unrealised < 0 ? unrealised : 0.9 * unrealised);
    };
    expect(aboveUsd).toBeNull();
    const x = belowUsd! / 100_000;
    expect(Math.abs(equity(x) - 0.05 * 100_000 * x)).toBeLessThan(2);
  });

  it('lies above for a short, on both sides for a short strangle, and nowhere without risk', () => {
    const short = priceOf(makeAccount([['BTC-P', -3]]), 'unified');
    expect(short.belowUsd).toBeNull();
    expect(short.aboveUsd).toBeGreaterThan(100_000);
    const strangle = priceOf(
      makeAccount(
        [
          ['BTC-C', -20],
          ['BTC-PUT', -20],
        ],
        { USD: 900_000 },
      ),
      'unified',
    );
    expect(strangle.belowUsd).toBeLessThan(90_000);
    expect(strangle.aboveUsd).toBeGreaterThan(110_000);
    const none = { belowUsd: null, aboveUsd: null };
    expect(priceOf(makeAccount([['ETH-P', 1]]), 'unified')).toMatchObject(none);
  });

  it('is absent where headroom is gone already', () => {
    expect(priceOf(makeAccount([['BTC-P', 3]], { USD: 1_000 }), 'unified')).toMatchObject({
      belowUsd: null,
      aboveUsd: null,
    });
  });
});
