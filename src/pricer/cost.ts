import { QUANTITY_PLACES, roundUpAtoms, toNumber } from '../base/amount.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { Derivative, Product } from '../product/product.ts';
import { markContract } from './mark.ts';
import { settleValueAt } from './value.ts';

/**
 * What one contract cost in its settlement asset when it was entered at `entry` (the product's own unit; null: at today's mark, no
 * P&L yet). Refuses NUMBER_OUT_OF_RANGE for a price that the product cannot have: ≤ 0, or < 0 for an option.
 */
export function contractCost(
  product: Product,
  entry: number | null,
  where: { readonly market: Market; readonly field: string },
): number | Failure {
  if (entry === null) {
    const mark = markContract(product, where.market);
    return isFailure(mark) ? mark : mark.valueSettle;
  }
  const lowest = product.kind === 'option' ? entry >= 0 : entry > 0;
  const cost = settleValueAt(product, entry);
  if (lowest && Number.isFinite(cost)) return cost;
  const expected = product.kind === 'option' ? 'a finite price ≥ 0' : 'a finite price > 0';
  return refuse('NUMBER_OUT_OF_RANGE', { field: where.field, value: entry, expected });
}

/** A quantity of contracts entered at a price; null: at today's mark. */
export type Entry = { readonly quantityAtoms: bigint; readonly price: number | null };

/**
 * What a whole position cost, in atoms of its settlement asset, rounded up (AMOUNT-004): against the account. Refuses as {@link contractCost}, and
 * NUMBER_NOT_FINITE where price times quantity overflows.
 */
export function entryCostAtoms(
  product: Derivative,
  entry: Entry,
  where: { readonly market: Market; readonly field: string },
): bigint | Failure {
  const each = contractCost(product, entry.price, where);
  if (isFailure(each)) return each;
  const cost = each * toNumber(entry.quantityAtoms, QUANTITY_PLACES);
  if (!Number.isFinite(cost)) {
    const expected = 'price times quantity within the range of numbers';
    return refuse('NUMBER_NOT_FINITE', { field: where.field, value: cost, expected });
  }
  return roundUpAtoms(cost, where.market.assets.get(product.settle)!.asset.places);
}
