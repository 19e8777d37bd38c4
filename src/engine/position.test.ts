import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Product } from '../product/product.ts';
import { divideDown, divideUp, payoffOf, worthOf } from './cost.ts';
import type { PositionDoc } from './documents.ts';
import { applyTrade, withPosition } from './position.ts';

const common = { underlying: 'BTC', settle: 'USDC', lotAtoms: 1n, contractSize: 1 } as const;
const LINEAR: Product = { ...common, id: 'L', kind: 'perpetual', form: 'linear' };
const INVERSE: Product = {
  ...common,
  id: 'I',
  kind: 'perpetual',
  form: 'inverse',
  settle: 'BTC',
  contractSize: 10,
};
const CALL = {
  ...common,
  id: 'C',
  kind: 'option',
  form: 'linear',
  expiryMs: 1,
  strike: 100,
  right: 'call',
} as const;

describe('what a quantity is worth', () => {
  it('is exact where the decimals say so: 0.1 at 0.3 is 0.03, not a rounding away', () => {
    expect(worthOf(LINEAR, { price: 0.3, quantityAtoms: 10_000_000n, places: 6 })).toEqual({
      down: 30_000n,
      up: 30_000n,
    });
    expect(worthOf(LINEAR, { price: 1e-7, quantityAtoms: 10n ** 16n, places: 6 })).toEqual({
      down: 10_000_000n,
      up: 10_000_000n,
    });
    expect(worthOf(LINEAR, { price: 2.5e21, quantityAtoms: 1n, places: 0 }).down).toBe(25_000_000_000_000n);
  });

  it('lies between two neighbouring atoms where they do not, on the right side for either party', () => {
    expect(worthOf(LINEAR, { price: 1 / 3, quantityAtoms: 100_000_000n, places: 2 })).toEqual({
      down: 33n,
      up: 34n,
    });
    expect(worthOf(INVERSE, { price: 3, quantityAtoms: 100_000_000n, places: 2 })).toEqual({
      down: -334n,
      up: -333n,
    });
  });

  it('of an option at expiry is its payoff, in coin a share of it', () => {
    const at = { quantityAtoms: 200_000_000n, places: 6 };
    expect(payoffOf(CALL, { ...at, price: 150.25 })).toEqual({ down: 100_500_000n, up: 100_500_000n });
    expect(payoffOf(CALL, { ...at, price: 99 })).toEqual({ down: 0n, up: 0n });
    expect(payoffOf({ ...CALL, right: 'put' }, { ...at, price: 99.5 })).toEqual({
      down: 1_000_000n,
      up: 1_000_000n,
    });
    const coin = payoffOf({ ...CALL, form: 'inverse', settle: 'BTC' }, { ...at, price: 300 });
    expect(coin).toEqual({ down: 1_333_333n, up: 1_333_334n });
  });
});

describe('division', () => {
  it('goes down or up whatever the sign', () => {
    expect([divideDown(-7n, 2n), divideUp(-7n, 2n), divideDown(7n, 2n), divideUp(7n, 2n)]).toEqual([
      -4n,
      -3n,
      3n,
      4n,
    ]);
    expect([divideDown(-8n, 2n), divideUp(8n, 2n)]).toEqual([-4n, 4n]);
  });
});

describe('a position', () => {
  it('keeps its cost while it grows, and realises its share when it shrinks', () => {
    const long: PositionDoc = { instrument: 'L', quantityAtoms: 300n, costAtoms: 1_000n };
    expect(applyTrade(long, { instrument: 'L', quantityAtoms: 100n, costAtoms: 500n })).toEqual({
      position: { instrument: 'L', quantityAtoms: 400n, costAtoms: 1_500n },
      realisedAtoms: 0n,
    });
    expect(applyTrade(long, { instrument: 'L', quantityAtoms: -100n, costAtoms: -400n })).toEqual({
      position: { instrument: 'L', quantityAtoms: 200n, costAtoms: 666n },
      realisedAtoms: 66n,
    });
  });

  it('turns through zero: what closes realises, what opens costs', () => {
    const short: PositionDoc = { instrument: 'L', quantityAtoms: -100n, costAtoms: -1_000n };
    expect(applyTrade(short, { instrument: 'L', quantityAtoms: 150n, costAtoms: 1_200n })).toEqual({
      position: { instrument: 'L', quantityAtoms: 50n, costAtoms: 400n },
      realisedAtoms: 200n,
    });
  });

  it('loses no atom over any sequence of trades: realised = cost held − all that was paid', () => {
    const trade = fc.tuple(
      fc.bigInt(-1_000n, 1_000n).filter((q) => q !== 0n),
      fc.bigInt(-9_999n, 9_999n),
    );
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 60 }), (trades) => {
        let held: PositionDoc | undefined;
        let realised = 0n;
        let paid = 0n;
        let quantity = 0n;
        for (const [quantityAtoms, costAtoms] of trades) {
          const result = applyTrade(held, { instrument: 'L', quantityAtoms, costAtoms });
          held = result.position ?? undefined;
          realised += result.realisedAtoms;
          paid += costAtoms;
          quantity += quantityAtoms;
        }
        expect(held?.quantityAtoms ?? 0n).toBe(quantity);
        expect(realised).toBe((held?.costAtoms ?? 0n) - paid);
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  it('stands in the order of its instrument', () => {
    const at = (instrument: string): PositionDoc => ({ instrument, quantityAtoms: 1n, costAtoms: 0n });
    const list = withPosition(withPosition(withPosition([], 'b', at('b')), 'c', at('c')), 'a', at('a'));
    expect(list.map((p) => p.instrument)).toEqual(['a', 'b', 'c']);
    expect(withPosition(list, 'b', null).map((p) => p.instrument)).toEqual(['a', 'c']);
  });
});
