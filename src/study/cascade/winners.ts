import { roundDownAtoms } from '../../base/amount.ts';
import { type Failure, isFailure } from '../../base/failure.ts';
import { compareDeleveraging, type DeleveragingComparison } from '../../liquidation/compare.ts';
import type { AssetId } from '../../product/product.ts';
import type { Venue } from '../venue.ts';
import type { CascadeOutcome } from './cascade.ts';

const PLACES = 6;
const QUANTITY_PLACES = 8;
const QUANTITY_SCALE = 1e8;
const MONEY_SCALE = 1e6;
const LOT_ATOMS = 100_000n;

/** Who would pay if nobody took the positions of the bankrupt in one asset's perpetual. */
export type WinnersComparison = {
  readonly asset: AssetId;
  readonly side: 'long' | 'short';
  readonly bankrupt: number;
  readonly policies: readonly DeleveragingComparison[];
};

type Holder = { readonly id: string; readonly quantity: number };

/**
 * The deleveraging policies on what the cascade's bankrupt accounts held of an asset's linear perpetual at the start, at its deepest price:
 * each is closed at the price at which its deficit is gone. Null where no bankrupt account held it, or nobody is on the other side.
 */
export function compareWinners(
  venue: Venue,
  outcome: CascadeOutcome,
  asset: AssetId,
): WinnersComparison | null | Failure {
  const deficits = new Map(outcome.bankrupt.map(({ id, deficitUsd }) => [id, deficitUsd]));
  const index = venue.market.assets.get(asset)!.index.value;
  const mark = index * (1 + (outcome.trough.get(asset) ?? 0));
  const holders = venue.accounts.flatMap(({ id, parts }): Holder[] => {
    const quantity = parts
      .filter(({ row }) => row === `${asset}-PERP`)
      .reduce((sum, part) => sum + part.quantity, 0);
    return quantity === 0 ? [] : [{ id, quantity }];
  });
  const side = mark < index ? 'long' : 'short';
  const sign = side === 'long' ? 1 : -1;
  const closing = holders.filter(({ id, quantity }) => deficits.has(id) && quantity * sign > 0);
  const facing = holders.filter(({ id, quantity }) => !deficits.has(id) && quantity * sign < 0);
  if (closing.length === 0 || facing.length === 0) return null;
  const byId = new Map(venue.accounts.map((account) => [account.id, account]));
  const policies = compareDeleveraging({
    instrument: `${asset}-PERP`,
    side,
    lotAtoms: LOT_ATOMS,
    closing: closing.map(({ id, quantity }) => ({
      account: id,
      quantityAtoms: lots(quantity),
      valueAtoms: roundDownAtoms(quantity * mark + deficits.get(id)!, PLACES),
    })),
    candidates: facing.map(({ id, quantity }) => {
      const entryUsd = Math.abs(quantity) * index;
      return {
        account: id,
        quantityAtoms: lots(quantity),
        unrealisedUsd: quantity * (mark - index),
        entryUsd,
        leverage: (Math.abs(quantity) * mark) / Math.max(1, byId.get(id)!.resourcesUsd),
        marginChange: null,
      };
    }),
    markLotAtoms: (Number(LOT_ATOMS) / QUANTITY_SCALE) * mark * MONEY_SCALE,
    atomUsd: 1 / MONEY_SCALE,
  });
  return isFailure(policies) ? policies : { asset, side, bankrupt: closing.length, policies };
}

/** Size in whole lots, as atoms. */
function lots(quantity: number): bigint {
  return (roundDownAtoms(Math.abs(quantity), QUANTITY_PLACES) / LOT_ATOMS) * LOT_ATOMS;
}
