import { QUANTITY_PLACES, toDecimal } from '../base/amount.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { Account, OrderHold } from '../portfolio/account.ts';
import { type ContractMark, markContract } from '../pricer/mark.ts';
import { worstSides } from './order-sides.ts';
import { tradeIn } from './what-if.ts';

/** The account as it would be after a set of its open orders filled, each at the worse of its price and the mark. */
export type FilledAccount = { readonly filled: readonly OrderHold[]; readonly account: Account };

/**
 * Every outcome of the open orders that the rule of worst sides looks at, but for the one where nothing fills (MARGIN-020). Orders of
 * sleeved positions count like all others. Refuses what cannot be priced.
 */
export function fillOutcomes(account: Account, market: Market): FilledAccount[] | Failure {
  if (account.orders.length === 0) return [];
  const marks = new Map<string, ContractMark>();
  for (const { instrument } of account.orders) {
    const product = market.products.get(instrument)!;
    const mark = markContract(product, market);
    if (isFailure(mark)) return mark;
    marks.set(instrument, mark);
  }
  const held = (instrument: string): bigint =>
    account.positions.find((p) => p.instrument === instrument)?.quantityAtoms ?? 0n;
  const buysDelta = (order: OrderHold): boolean =>
    marks.get(order.instrument)!.deltaUsd > 0 === order.quantityAtoms > 0n;
  const out: FilledAccount[] = [];
  for (const filled of worstSides(account.orders, held, buysDelta)) {
    if (filled.length === 0) continue;
    const after = fillAll(account, market, { filled, marks });
    if (isFailure(after)) return after;
    out.push({ filled, account: after });
  }
  return out;
}

function fillAll(
  account: Account,
  market: Market,
  by: { readonly filled: readonly OrderHold[]; readonly marks: ReadonlyMap<string, ContractMark> },
): Account | Failure {
  let at: Account = { ...account, orders: [] };
  for (const { instrument, quantityAtoms, price } of by.filled) {
    const { mark } = by.marks.get(instrument)!;
    const worse = quantityAtoms > 0n ? Math.max(price, mark) : Math.min(price, mark);
    const quantity = toDecimal(quantityAtoms, QUANTITY_PLACES);
    const next = tradeIn(at, market, { instrument, quantity, price: worse, field: `orders.${instrument}` });
    if (isFailure(next)) return next;
    at = next;
  }
  return at;
}
