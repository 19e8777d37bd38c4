import { type Failure, refuse } from '../base/failure.ts';

/** Rules of a Dutch auction of an account. Shares and discounts are fractions of 1. */
export type AuctionRules = {
  /** The price starts at `discountStart` of value, falls to `discountFast` in `fastSeconds` and to 0 in `slowSeconds` more. */
  readonly discountStart: number;
  readonly discountFast: number;
  readonly fastSeconds: number;
  readonly slowSeconds: number;
  /** Time in which the insolvent auction goes from nothing to the whole maintenance shortfall. */
  readonly insolventSeconds: number;
  /** Of the value that may be sold at the start, taken from the account. */
  readonly feeRate: number;
  /** The auction restores maintenance margin plus this share of the distance from value to it. */
  readonly bufferFrac: number;
  /** At or below this value the whole account may be taken. */
  readonly dustUsd: number;
};

export const DERIVE_AUCTION: AuctionRules = {
  discountStart: 0.98,
  discountFast: 0.8,
  fastSeconds: 100,
  slowSeconds: 14_400,
  insolventSeconds: 600,
  feeRate: 0.02,
  bufferFrac: 0.2,
  dustUsd: 0,
};

/** An account as the auction sees it, in USD. Maintenance and buffer are margin balances: below 0 = short. */
export type AuctionAccount = {
  /** Value of everything, cash included. */
  readonly markToMarket: number;
  readonly maintenance: number;
  /** Cash that earlier bidders paid in: part of the value, not for sale again. */
  readonly reserved: number;
};

/** What a bid does: positions keep `1 − share`, cash becomes `cash − (cash − reserved) · share + price`. */
export type BidOutcome = {
  readonly share: number;
  readonly price: number;
  readonly cash: number;
  readonly reserved: number;
};

/** Share of value that a bidder pays `elapsedSeconds` (≥ 0) after the start; no errors. */
export function auctionDiscount(elapsedSeconds: number, rules: AuctionRules): number {
  const { discountStart, discountFast, fastSeconds, slowSeconds } = rules;
  if (elapsedSeconds < fastSeconds) {
    return discountStart - ((discountStart - discountFast) * elapsedSeconds) / fastSeconds;
  }
  return Math.max(0, discountFast * (1 - (elapsedSeconds - fastSeconds) / slowSeconds));
}

/** The margin balance that an auction restores to 0: maintenance + buffer · (maintenance − value). No errors. */
export function bufferMargin(account: AuctionAccount, rules: AuctionRules): number {
  return account.maintenance + rules.bufferFrac * (account.maintenance - account.markToMarket);
}

/**
 * Largest share of the account as it stands that may be bought at `discount`: the share f for which the buffer margin
 * comes to 0, BM = (1 − f)(BM − R) + R + f(V − R)d. 0 where the account is safe, 1 where no share cures it. No errors.
 */
export function maxShare(account: AuctionAccount, discount: number, rules: AuctionRules): number {
  const { markToMarket, reserved } = account;
  if (markToMarket <= rules.dustUsd) return 1;
  const short = Math.min(0, bufferMargin(account, rules));
  if (short === 0) return 0;
  const denominator = short - markToMarket * discount - reserved * (1 - discount);
  const share = short / denominator;
  return denominator < 0 && share < 1 ? share : 1;
}

/** Fee for starting the auction, out of the account's cash: rate · |value| · the share for sale at full price. No errors. */
export function auctionFee(account: AuctionAccount, rules: AuctionRules): number {
  const whole = { ...account, reserved: 0 };
  return maxShare(whole, 1, rules) * Math.abs(account.markToMarket) * rules.feeRate;
}

/**
 * Settles a bid for `wanted` (0 to 1) of the account as it stands, cut to what is for sale. Refuses NUMBER_OUT_OF_RANGE
 * for another share. Source: Derive's Dutch auction.
 */
export function applyBid(
  account: AuctionAccount & { readonly cash: number },
  bid: { readonly wanted: number; readonly discount: number },
  rules: AuctionRules,
): BidOutcome | Failure {
  if (!(bid.wanted > 0 && bid.wanted <= 1)) {
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: 'wanted',
      value: bid.wanted,
      expected: 'above 0 and at most 1',
    });
  }
  const { cash, reserved, markToMarket } = account;
  const share = Math.min(bid.wanted, maxShare(account, bid.discount, rules));
  const price = (markToMarket - reserved) * bid.discount * share;
  return { share, price, cash: cash - (cash - reserved) * share + price, reserved: reserved + price };
}

/**
 * Value at which an insolvent account changes hands, ≤ 0 and falling linearly from min(value, 0) to the maintenance
 * balance: what the backstop pays a bidder for taking it whole, with the sign turned. No errors.
 */
export function insolventPrice(account: AuctionAccount, elapsedSeconds: number, rules: AuctionRules): number {
  const start = Math.min(account.markToMarket, 0);
  const end = Math.min(account.maintenance, start);
  return start + (end - start) * Math.min(1, elapsedSeconds / rules.insolventSeconds);
}

/** Who pays `payout` (≥ 0) to the bidder: the security module as far as it can, the cash holders the rest. No errors. */
export function splitPayout(
  payout: number,
  securityModule: number,
): { readonly fromModule: number; readonly socialised: number } {
  const fromModule = Math.min(payout, Math.max(0, securityModule));
  return { fromModule, socialised: payout - fromModule };
}
