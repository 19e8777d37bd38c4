import { settlementAccount } from '../ledger/ledger.ts';
import type { Posting } from '../ledger/transaction.ts';
import type { Product } from '../product/product.ts';
import type { PositionDoc } from './documents.ts';
import { applyTrade } from './position.ts';
import { post, type PostingReason } from './posting.ts';
import { accountAt, type Turn } from './state.ts';
import { setPosition } from './trade.ts';

/** A change of one holder's position at an agreed value: contracts, and what they cost him, signed from him. */
export type HolderExchange = {
  readonly index: number;
  readonly quantityAtoms: bigint;
  readonly valueAtoms: bigint;
};

/**
 * Books a change of hands at values that were agreed without a market: a takeover, deleveraging, a cross. Quantities sum to zero. The
 * settlement account of the instrument stands in the middle, so that every asset sums to zero whatever the values are.
 */
export function bookExchanges(
  turn: Turn,
  product: Product,
  of: { readonly id: string; readonly why: PostingReason; readonly exchanges: readonly HolderExchange[] },
): void {
  const postings: Posting[] = [];
  const ends: { index: number; position: PositionDoc | null }[] = [];
  let rest = 0n;
  for (const { index, quantityAtoms, valueAtoms } of of.exchanges) {
    const { id, positions } = accountAt(turn.state, index);
    const isCash = product.kind === 'option';
    const traded = applyTrade(
      positions.find((p) => p.instrument === product.id),
      { instrument: product.id, quantityAtoms, costAtoms: isCash ? 0n : valueAtoms },
    );
    const paid = isCash ? -valueAtoms : traded.realisedAtoms;
    postings.push({ account: id, asset: product.settle, atoms: paid });
    rest -= paid;
    ends.push({ index, position: traded.position });
  }
  postings.push({ account: settlementAccount(product.id), asset: product.settle, atoms: rest });
  post(turn, { id: of.id, why: of.why, postings });
  for (const { index, position } of ends) setPosition(turn, index, { instrument: product.id, position });
}
