import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { InstrumentId } from '../product/product.ts';
import { applyBid, type AuctionAccount, auctionDiscount, type AuctionRules, maxShare } from './auction.ts';
import { floorDiv, magnitude } from './whole.ts';

/** One position of an account in auction: signed quantity, and notional in USD. */
export type AuctionPosition = {
  readonly instrument: InstrumentId;
  readonly quantityAtoms: bigint;
  readonly lotAtoms: bigint;
  readonly notionalUsd: number;
};

/** What a bid takes over: each position at the mark, and the discount as a bonus from the account's cash. */
export type BidPlan = {
  /** Signed quantities that move to the bidder, whole lots, none turned. */
  readonly moves: readonly { readonly instrument: InstrumentId; readonly quantityAtoms: bigint }[];
  /** Share of the account that really moved: notional moved / notional held, at most what was bid for and what is for sale. */
  readonly shareFrac: number;
  readonly discount: number;
  /** Paid by the account to the bidder: share · (value − reserved) · (1 − discount). */
  readonly bonusUsd: number;
  /** Cash that this and earlier bidders have paid in; not for sale again. */
  readonly reservedUsd: number;
};

/**
 * Settles a bid for a share of an account as it stands (LIQUIDATION-012). Taking over a share of everything for `discount` of its value is
 * the same as trading that share of each position at the mark and being paid the rest as a bonus, so no collateral changes hands in kind.
 * Refuses NUMBER_OUT_OF_RANGE for a share outside (0, 1], and where no lot or no value is for sale.
 */
export function planBid(
  bid: { readonly shareFrac: number; readonly elapsedSeconds: number },
  account: AuctionAccount & { readonly positions: readonly AuctionPosition[] },
  rules: AuctionRules,
): BidPlan | Failure {
  const { markToMarket, reserved, positions } = account;
  const expected = 'a share of at least one lot of what is for sale, at most 1';
  const refused = refuse('NUMBER_OUT_OF_RANGE', { field: 'shareFrac', value: bid.shareFrac, expected });
  if (!(bid.shareFrac > 0 && bid.shareFrac <= 1) || markToMarket <= reserved) return refused;
  const discount = auctionDiscount(bid.elapsedSeconds, rules);
  const wanted = Math.min(bid.shareFrac, maxShare(account, discount, rules));
  const moves = positions.map((position) => moveOf(position, wanted));
  const heldUsd = positions.reduce((sum, p) => sum + p.notionalUsd, 0);
  const movedUsd = positions.reduce((sum, p, i) => sum + p.notionalUsd * partOf(p, moves[i]!), 0);
  const shareFrac = heldUsd > 0 ? Math.min(wanted, movedUsd / heldUsd) : 0;
  if (!(shareFrac > 0)) return refused;
  const outcome = applyBid({ ...account, cash: 0 }, { wanted: shareFrac, discount }, rules);
  if (isFailure(outcome)) return outcome;
  return {
    moves: positions.flatMap(({ instrument }, i) =>
      moves[i]! === 0n ? [] : [{ instrument, quantityAtoms: moves[i]! }],
    ),
    shareFrac: outcome.share,
    discount,
    bonusUsd: (markToMarket - reserved) * (1 - discount) * outcome.share,
    reservedUsd: outcome.reserved,
  };
}

const SCALE = 1_000_000_000_000n;

/** Share of a position in whole lots, towards zero; the share to twelve places, rounded down. */
function moveOf({ quantityAtoms, lotAtoms }: AuctionPosition, share: number): bigint {
  if (!(share > 0)) return 0n;
  const scaled = BigInt(Math.floor(Math.min(1, share) * Number(SCALE)));
  const lots = floorDiv(magnitude(quantityAtoms) * scaled, SCALE * lotAtoms);
  return quantityAtoms < 0n ? -lots * lotAtoms : lots * lotAtoms;
}

function partOf({ quantityAtoms }: AuctionPosition, moved: bigint): number {
  return quantityAtoms === 0n ? 0 : Number(moved) / Number(quantityAtoms);
}
