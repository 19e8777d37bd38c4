import type { AccountId } from '../portfolio/account.ts';
import { apportion, magnitude, smaller } from './whole.ts';

/** What the insurance fund pays of a deficit. All in atoms of one asset, ≥ 0. */
export type FundDraw = {
  readonly paidAtoms: bigint;
  readonly fundAtoms: bigint;
  /** Of the deficit: what the fund could not pay. */
  readonly missingAtoms: bigint;
};

/** Draws a deficit ≥ 0 on the insurance fund: exactly, as far as it goes, never below zero (LIQUIDATION-015). No errors. */
export function drawFund(fundAtoms: bigint, deficitAtoms: bigint): FundDraw {
  const available = fundAtoms > 0n ? fundAtoms : 0n;
  const paidAtoms = smaller(available, deficitAtoms);
  return { paidAtoms, fundAtoms: fundAtoms - paidAtoms, missingAtoms: deficitAtoms - paidAtoms };
}

/** An account that a loss may be shared with; equity in atoms of the asset of the loss, of any sign. */
export type LossHolder = { readonly account: AccountId; readonly equityAtoms: bigint };

export type LossShares = {
  /** Ascending by account; only those who pay. */
  readonly shares: readonly { readonly account: AccountId; readonly paysAtoms: bigint }[];
  /** What exceeds all equity there is. */
  readonly missingAtoms: bigint;
};

/**
 * Shares a loss ≥ 0 pro rata over positive equity (LIQUIDATION-021): the shares sum to the loss to the atom, each is its exact part
 * rounded down or up, and nobody pays more than the equity he has. The order of the holders does not matter. No errors.
 */
export function shareLoss(lossAtoms: bigint, holders: readonly LossHolder[]): LossShares {
  const able = holders
    .filter((holder) => holder.equityAtoms > 0n)
    .sort((a, b) => (a.account < b.account ? -1 : 1));
  const equities = able.map((holder) => holder.equityAtoms);
  const total = equities.reduce((sum, equity) => sum + equity, 0n);
  const shared = smaller(magnitude(lossAtoms), total);
  const parts = apportion(shared, equities);
  const shares = able.flatMap(({ account }, i) =>
    parts[i]! > 0n ? [{ account, paysAtoms: parts[i]! }] : [],
  );
  return { shares, missingAtoms: lossAtoms - shared };
}
