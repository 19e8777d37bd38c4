import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../src/base/failure.ts';
import { assess } from '../../src/margin/assess.ts';
import { findLiquidationPrice, type HeadroomIn } from '../../src/margin/liquidation-price.ts';
import { moveRiskModel } from '../../src/margin/risk-model.ts';
import { inputOf, makeAccount, MARKET, PRODUCTS } from '../../src/margin/universe.fixture.ts';
import { moveSpot } from '../../src/pricer/move.ts';
import { accept, holdings, SEED } from './books.ts';

const ids = ['BTC-P', 'BTC-INV', 'BTC-C', 'BTC-PUT', 'ETH-P'];
const cash = fc.integer({ min: 50_000, max: 600_000 });
const books = fc.tuple(holdings(ids), cash).map(([book, USDC]) => makeAccount(book, { USDC }));

/** Within this fraction of the price found, headroom is on the other side of zero. */
const BRACKET_FRAC = 1.2e-5;

describe('the liquidation price of a random account', () => {
  it('HEALTH-010 is where maintenance headroom changes sign, the found price on the breached side', () => {
    let found = 0;
    fc.assert(
      fc.property(books, (account) => {
        const input = inputOf(account);
        const headroomIn: HeadroomIn = (market) => {
          const risk = moveRiskModel(input.risk, market, { moved: 'BTC', products: PRODUCTS });
          if (isFailure(risk)) return risk;
          const report = assess('filtered', { ...input, market, risk });
          return isFailure(report) ? report : report.maintenanceHeadroomUsd;
        };
        const price = accept(findLiquidationPrice('BTC', MARKET, headroomIn));
        const at = (usd: number): number => {
          return accept(headroomIn(accept(moveSpot(MARKET, 'BTC', usd / price.indexUsd - 1))));
        };
        if (price.belowUsd !== null) {
          found += 1;
          expect(price.belowUsd).toBeLessThan(price.indexUsd);
          expect(at(price.belowUsd)).toBeLessThan(0);
          expect(at(price.belowUsd * (1 + BRACKET_FRAC))).toBeGreaterThanOrEqual(0);
        }
        if (price.aboveUsd !== null) {
          found += 1;
          expect(price.aboveUsd).toBeGreaterThan(price.indexUsd);
          expect(at(price.aboveUsd)).toBeLessThan(0);
          expect(at(price.aboveUsd * (1 - BRACKET_FRAC))).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: SEED, numRuns: 60 },
    );
    expect(found).toBeGreaterThan(30);
  });
});
