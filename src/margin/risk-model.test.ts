import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { moveSpot } from '../pricer/move.ts';
import { buildRiskModel, heldProducts, moveRiskModel } from './risk-model.ts';
import type { RiskModel } from './risk-view.ts';
import { makeAccount, MARKET, PRODUCTS, SETS } from './universe.fixture.ts';

function accept<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.expected);
  return value;
}

const rowsOf = (model: RiskModel): unknown => [...model].map(([id, { matrix }]) => [id, [...matrix.rows]]);

describe('the contracts of some accounts', () => {
  it('are what they hold and have on order, once each, in order of id', () => {
    const order = { id: 'o', instrument: 'BTC-C', quantityAtoms: 1n, price: 1 };
    const accounts = [
      makeAccount([['ETH-P', 1]], {}, { orders: [order] }),
      makeAccount([
        ['BTC-P', 1],
        ['ETH-P', -1],
      ]),
    ];
    expect(heldProducts(accounts, MARKET).map((p) => p.id)).toEqual(['BTC-C', 'BTC-P', 'ETH-P']);
  });
});

describe('the rows of a moved market', () => {
  const before = accept(buildRiskModel(SETS, MARKET, PRODUCTS));

  it('are to the bit those of a model built anew, whatever moved alone', () => {
    const moves = fc.tuple(fc.constantFrom('BTC', 'ETH', 'USDC'), fc.integer({ min: -80, max: 300 }));
    fc.assert(
      fc.property(moves, ([asset, percent]) => {
        const market = accept(moveSpot(MARKET, asset, percent / 100));
        const moved = accept(moveRiskModel(before, market, { moved: asset, products: PRODUCTS }));
        expect(rowsOf(moved)).toEqual(rowsOf(accept(buildRiskModel(SETS, market, PRODUCTS))));
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('leave the model that they start from as it was', () => {
    const copy = structuredClone(rowsOf(before));
    accept(moveRiskModel(before, accept(moveSpot(MARKET, 'BTC', 0.5)), { moved: 'BTC', products: PRODUCTS }));
    expect(rowsOf(before)).toEqual(copy);
  });
});
