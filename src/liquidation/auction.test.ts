import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import {
  applyBid,
  type AuctionAccount,
  auctionDiscount,
  auctionFee,
  type BidOutcome,
  bufferMargin,
  DERIVE_AUCTION as RULES,
  insolventPrice,
  maxShare,
  splitPayout,
} from './auction.ts';

const SHORT: AuctionAccount & { readonly cash: number } = {
  markToMarket: 100,
  maintenance: -240,
  reserved: 0,
  cash: -1900,
};

function bidFor(account: typeof SHORT, wanted: number, discount: number): BidOutcome {
  const outcome = applyBid(account, { wanted, discount }, RULES);
  if (isFailure(outcome)) throw new Error(JSON.stringify(outcome));
  return outcome;
}

describe('the auction price', () => {
  it.each([
    [0, 0.98],
    [50, 0.89],
    [100, 0.8],
    [100 + 7200, 0.4],
    [14_500, 0],
    [20_000, 0],
  ])('after %d seconds is %d of value', (seconds, expected) => {
    expect(auctionDiscount(seconds, RULES)).toBeCloseTo(expected, 12);
  });
});

describe('the share for sale', () => {
  it('follows from the buffer margin', () => {
    expect(bufferMargin(SHORT, RULES)).toBeCloseTo(-240 + 0.2 * -340, 12);
    expect(maxShare(SHORT, 0.98, RULES)).toBeCloseTo(308 / (308 + 98), 12);
    expect(auctionFee(SHORT, RULES)).toBeCloseTo((308 / 408) * 100 * 0.02, 12);
  });

  it('is nothing where the account is safe and everything where it is worth nothing', () => {
    expect(maxShare({ ...SHORT, maintenance: 50 }, 0.98, RULES)).toBe(0);
    expect(maxShare({ ...SHORT, markToMarket: -1 }, 0.98, RULES)).toBe(1);
    expect(maxShare({ ...SHORT, markToMarket: 5 }, 0.98, { ...RULES, dustUsd: 10 })).toBe(1);
  });
});

describe('a bid', () => {
  it('is cut to what is for sale and pays its share at the discount', () => {
    const outcome = bidFor(SHORT, 1, 0.9);
    expect(outcome.share).toBeCloseTo(308 / 398, 12);
    expect(outcome.price).toBeCloseTo(100 * 0.9 * (308 / 398), 12);
    expect(bidFor(SHORT, 0.1, 0.9).share).toBe(0.1);
    expect(applyBid(SHORT, { wanted: 0, discount: 0.9 }, RULES)).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
    expect(applyBid(SHORT, { wanted: NaN, discount: 0.9 }, RULES)).toMatchObject({ field: 'wanted' });
  });

  it('for the largest share brings the buffer margin to 0, also after earlier bids', () => {
    const part = fc.double({ min: 0.01, max: 0.5, noNaN: true });
    const discount = fc.double({ min: 0.05, max: 0.98, noNaN: true });
    fc.assert(
      fc.property(part, discount, discount, (first, early, late) => {
        // Margins are linear in the positions; cash counts in full.
        const after = (account: typeof SHORT, bid: BidOutcome): typeof SHORT => ({
          markToMarket: (account.markToMarket - account.reserved) * (1 - bid.share) + bid.reserved,
          maintenance: (account.maintenance - account.reserved) * (1 - bid.share) + bid.reserved,
          reserved: bid.reserved,
          cash: bid.cash,
        });
        const once = after(SHORT, bidFor(SHORT, first, early));
        const twice = after(once, bidFor(once, 1, late));
        expect(bufferMargin(twice, RULES)).toBeCloseTo(0, 9);
        expect(maxShare(twice, late, RULES)).toBeLessThan(1e-10);
      }),
      { seed: 98 },
    );
  });
});

describe('an insolvent account', () => {
  it('is paid for, from nothing to its whole shortfall', () => {
    const broken = { markToMarket: -50, maintenance: -250, reserved: 0 };
    expect(insolventPrice(broken, 0, RULES)).toBe(-50);
    expect(insolventPrice(broken, 300, RULES)).toBe(-150);
    expect(insolventPrice(broken, 1000, RULES)).toBe(-250);
    expect(insolventPrice({ ...broken, markToMarket: 10 }, 0, RULES)).toBe(0);
  });

  it('is paid by the security module first and by the cash holders after', () => {
    expect(splitPayout(150, 100)).toEqual({ fromModule: 100, socialised: 50 });
    expect(splitPayout(150, 500)).toEqual({ fromModule: 150, socialised: 0 });
    expect(splitPayout(150, -5)).toEqual({ fromModule: 0, socialised: 150 });
  });
});
