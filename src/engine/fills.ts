import { type Failure, refuse } from '../base/failure.ts';
import type { Fill } from './command.ts';
import type { OrderDoc } from './documents.ts';
import { closeOrders, unknownAccount } from './orders.ts';
import { judgePosting } from './posting.ts';
import { earliest, refusePrice, refuseText } from './refusal.ts';
import { accountAt, accountIndex, type EngineState, setAccount, type Turn } from './state.ts';
import { find, put } from './table.ts';
import { bookTrade, holderOf, planTrade, type TradeBetween } from './trade.ts';

/** Largest fee of one side, atoms either way. */
const FEE_MAX = 10n ** 30n;

/**
 * Books a trade of the matching engine, both sides at once, once per execution id. A trade has happened: it is not asked whether margin
 * holds, and an order that is no longer open does not stop it. Refuses what is malformed or unknown, INSTRUMENT_EXPIRED after settlement,
 * and BALANCE_INSUFFICIENT where a rebate is more than the fees earned.
 */
export function applyFill(turn: Turn, fill: Fill): Failure | null {
  const { state } = turn;
  if (state.tables.seen.indexOf.has(`fill ${fill.executionId}`)) {
    turn.events.push({ kind: 'FillRepeated', executionId: fill.executionId });
    return null;
  }
  const refused = refuseFill(state, fill);
  if (refused !== null) return refused;
  const { product } = find(state.tables.instruments, fill.instrument)!;
  const buyer = accountIndex(state, fill.buyer.account)!;
  const seller = accountIndex(state, fill.seller.account)!;
  const trade: TradeBetween = {
    id: fill.executionId,
    product,
    quantityAtoms: fill.quantityAtoms,
    price: fill.price,
    buyer: holderOf(state, buyer, product.id),
    seller: holderOf(state, seller, product.id),
    buyerFeeAtoms: fill.buyer.feeAtoms,
    sellerFeeAtoms: fill.seller.feeAtoms,
  };
  const plan = planTrade(state, trade);
  const postings = [...plan.cash, ...plan.fees];
  const unbooked = judgePosting(state, { id: fill.executionId, why: plan.cashWhy, postings });
  if (unbooked !== null) return unbooked;
  put(state.tables.seen, `fill ${fill.executionId}`, null);
  bookTrade(turn, fill.executionId, plan);
  turn.touched.add(buyer);
  turn.touched.add(seller);
  turn.events.push({ kind: 'FillApplied', executionId: fill.executionId });
  for (const [index, side, sign] of [
    [buyer, fill.buyer, 1n],
    [seller, fill.seller, -1n],
  ] as const) {
    if (side.orderId !== null)
      takeFromOrder(turn, index, { id: side.orderId, filled: sign * fill.quantityAtoms });
    dropNotReducing(turn, index, product.id);
  }
  return null;
}

function refuseFill(state: EngineState, fill: Fill): Failure | null {
  const doc = find(state.tables.instruments, fill.instrument);
  const { buyer, seller } = fill;
  const lot = doc?.product.lotAtoms ?? 1n;
  const isWhole =
    fill.quantityAtoms > 0n && fill.quantityAtoms % lot === 0n && fill.quantityAtoms <= 10n ** 24n;
  const expected = 'a listed instrument';
  const fees = [buyer.feeAtoms, seller.feeAtoms];
  return earliest([
    refuseText(fill.executionId, 'executionId'),
    refusePrice(fill.price, 'price', doc?.product.kind === 'option'),
    isWhole
      ? null
      : refuse('NUMBER_OUT_OF_RANGE', {
          field: 'quantityAtoms',
          value: fill.quantityAtoms,
          expected: `a multiple of ${lot} above zero`,
        }),
    fees.every((fee) => fee <= FEE_MAX && fee >= -FEE_MAX)
      ? null
      : refuse('NUMBER_OUT_OF_RANGE', {
          field: 'feeAtoms',
          value: fees.join(' '),
          expected: `at most ${FEE_MAX}`,
        }),
    buyer.account === seller.account
      ? refuse('SHAPE_INVALID', { field: 'seller.account', value: seller.account, expected: 'two accounts' })
      : null,
    accountIndex(state, buyer.account) === null ? unknownAccount(buyer.account, 'buyer.account') : null,
    accountIndex(state, seller.account) === null ? unknownAccount(seller.account, 'seller.account') : null,
    doc === undefined
      ? refuse('UNKNOWN_INSTRUMENT', { field: 'instrument', value: fill.instrument, expected })
      : null,
    doc === undefined || doc.settlementPrice === null
      ? null
      : refuse('INSTRUMENT_EXPIRED', {
          field: 'instrument',
          value: fill.instrument,
          expected: 'not settled yet',
        }),
  ]);
}

/** Lowers the hold of an order by what filled; an order that has nothing left is closed. */
function takeFromOrder(
  turn: Turn,
  index: number,
  of: { readonly id: string; readonly filled: bigint },
): void {
  const doc = accountAt(turn.state, index);
  const order = doc.orders.find(({ id }) => id === of.id);
  if (order === undefined) return;
  const left = order.quantityAtoms - of.filled;
  if (left === 0n || left > 0n !== order.quantityAtoms > 0n) {
    closeOrders(turn, index, { why: 'filled', which: (one) => one === order });
    return;
  }
  const orders = doc.orders.map((one): OrderDoc => (one === order ? { ...order, quantityAtoms: left } : one));
  setAccount(turn.state, { ...doc, orders });
}

/** Closes reduce-only orders in an instrument that no longer have a position to reduce. */
function dropNotReducing(turn: Turn, index: number, instrument: string): void {
  const { state } = turn;
  const holder = accountAt(state, holderOf(state, index, instrument));
  const held = holder.positions.find((p) => p.instrument === instrument)?.quantityAtoms ?? 0n;
  closeOrders(turn, index, {
    why: 'reduce-only',
    which: (order) =>
      order.reduceOnly &&
      order.instrument === instrument &&
      (held === 0n || held > 0n === order.quantityAtoms > 0n),
  });
}
