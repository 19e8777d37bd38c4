import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { refuseAct } from './breakers.ts';
import type { Command, OrderRequest } from './command.ts';
import type { AccountDoc, OrderDoc } from './documents.ts';
import type { Event } from './event.ts';
import { judgeOrder } from './judge-order.ts';
import { placeOf } from './levels.ts';
import { markOf } from './scenarios.ts';
import { earliest, refusePrice, refuseText } from './refusal.ts';
import { accountAt, accountIndex, type EngineState, setAccount, type Turn } from './state.ts';
import { find } from './table.ts';
import { holderOf } from './trade.ts';
import { SLEEVE_MARK } from './unit.ts';

/** Ids of the orders that liquidation places; nobody else's begin so. */
export const LIQUIDATION_ORDER = '$liq/';

/**
 * Holds an order against the account if the pre-trade judgement accepts it. Refuses, by precedence: what is malformed, unknown ids,
 * INSTRUMENT_EXPIRED, PRICE_MISSING, BREAKER_ACTIVE, ACCOUNT_IN_LIQUIDATION, PRICE_DEGRADED, ORDER_NOT_REDUCING, INITIAL_MARGIN_SHORTFALL.
 */
export function submitOrder(
  turn: Turn,
  { account, order }: Command & { kind: 'SubmitOrder' },
): Failure | null {
  const { state } = turn;
  const index = ownAccount(state, account);
  const refused = earliest([
    refuseRequest(state, order),
    index === null ? unknownAccount(account) : refuseDuplicate(accountAt(state, index), order),
    order.id.startsWith(LIQUIDATION_ORDER)
      ? refuse('SHAPE_INVALID', {
          field: 'order.id',
          value: order.id,
          expected: `not beginning with ${LIQUIDATION_ORDER}`,
        })
      : null,
  ]);
  if (refused !== null) return refused;
  const held: OrderDoc = { ...order };
  const standing = refuseStanding(turn, index!, held);
  if (standing !== null) return standing;
  const place = placeOf(state);
  if (isFailure(place)) return place;
  const verdict = judgeOrder(state, index!, { order: held, place });
  if (isFailure(verdict)) return verdict;
  holdOrder(turn, index!, held);
  return null;
}

/** Index of an account that owners can address: not a sleeve. */
export function ownAccount(state: EngineState, id: string): number | null {
  return id.includes(SLEEVE_MARK) ? null : accountIndex(state, id);
}

export function unknownAccount(id: string, field = 'account'): Failure {
  return refuse('UNKNOWN_ACCOUNT', { field, value: id, expected: 'an account that was opened' });
}

function refuseDuplicate(doc: AccountDoc, order: OrderRequest): Failure | null {
  if (!doc.orders.some(({ id }) => id === order.id)) return null;
  return refuse('DUPLICATE_ID', { field: 'order.id', value: order.id, expected: 'no open order of this id' });
}

/** What can be said of an order without its account. */
function refuseRequest(state: EngineState, order: OrderRequest): Failure | null {
  const doc = find(state.tables.instruments, order.instrument);
  const expected = 'a listed instrument';
  return earliest([
    refuseText(order.id, 'order.id'),
    refusePrice(order.price, 'order.price', doc?.product.kind === 'option'),
    doc === undefined
      ? refuse('UNKNOWN_INSTRUMENT', { field: 'order.instrument', value: order.instrument, expected })
      : refuseLots(order.quantityAtoms, doc.product.lotAtoms),
  ]);
}

function refuseLots(quantityAtoms: bigint, lotAtoms: bigint): Failure | null {
  const isSound = quantityAtoms !== 0n && quantityAtoms % lotAtoms === 0n && within(quantityAtoms);
  if (isSound) return null;
  const expected = `a multiple of ${lotAtoms} atoms, not zero`;
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'quantityAtoms', value: quantityAtoms, expected });
}

const QUANTITY_MAX = 10n ** 24n;

function within(atoms: bigint): boolean {
  return atoms <= QUANTITY_MAX && atoms >= -QUANTITY_MAX;
}

/** What stands in the way of any order of this account in this instrument before margin is asked. */
function refuseStanding(turn: Turn, index: number, order: OrderDoc): Failure | null {
  const { state, timeMs } = turn;
  const { product, settlementPrice } = find(state.tables.instruments, order.instrument)!;
  if (settlementPrice !== null || ('expiryMs' in product && product.expiryMs <= timeMs)) {
    return refuse('INSTRUMENT_EXPIRED', {
      field: 'order.instrument',
      value: order.instrument,
      expected: 'an instrument that trades',
    });
  }
  const place = placeOf(state);
  if (isFailure(place)) return place;
  if (!place.market.products.has(order.instrument)) {
    const expected = 'prices of its assets';
    return refuse('PRICE_MISSING', { field: 'order.instrument', value: order.instrument, expected });
  }
  const reduces = isReducing(state, index, order);
  const holder = holderOf(state, index, order.instrument);
  const { liquidation } = accountAt(state, holder);
  const contract = product.kind === 'spot' ? null : markOf(place.scenarios, place.market, product);
  if (isFailure(contract)) return contract;
  return earliest([
    refuseAct(state, product, reduces ? 'reduce-risk' : 'increase-risk'),
    liquidation === null ? null : refuseLiquidating(accountAt(state, holder).id),
    contract !== null && contract.degraded && !reduces
      ? refuse('PRICE_DEGRADED', {
          field: order.instrument,
          value: contract.mark,
          expected: 'a reducing order',
        })
      : null,
    order.reduceOnly && !reduces
      ? refuse('ORDER_NOT_REDUCING', {
          field: 'order.quantityAtoms',
          value: order.quantityAtoms,
          expected: 'at most the position that other orders do not close already',
        })
      : null,
  ]);
}

export function refuseLiquidating(account: string): Failure {
  return refuse('ACCOUNT_IN_LIQUIDATION', {
    field: 'account',
    value: account,
    expected: 'an account that its owner runs',
  });
}

/** Whether an order, after every open order of its side in the instrument, still only closes. */
function isReducing(state: EngineState, account: number, order: OrderDoc): boolean {
  const holder = accountAt(state, holderOf(state, account, order.instrument));
  const held = holder.positions.find((p) => p.instrument === order.instrument)?.quantityAtoms ?? 0n;
  if (held === 0n || held > 0n === order.quantityAtoms > 0n) return false;
  let after = held + order.quantityAtoms;
  for (const other of accountAt(state, account).orders) {
    const isAlike =
      other.instrument === order.instrument && other.quantityAtoms > 0n === order.quantityAtoms > 0n;
    if (isAlike) after += other.quantityAtoms;
  }
  return after === 0n || after > 0n === held > 0n;
}

/** Puts a hold on an account and tells of it. */
export function holdOrder(turn: Turn, index: number, order: OrderDoc): void {
  const doc = accountAt(turn.state, index);
  setAccount(turn.state, { ...doc, orders: [...doc.orders, order] });
  turn.events.push({ kind: 'OrderAccepted', account: doc.id, orderId: order.id, order });
}

/** Takes the hold of an order off. Refuses UNKNOWN_ACCOUNT, UNKNOWN_ORDER. */
export function cancelOrder(
  turn: Turn,
  { account, orderId }: Command & { kind: 'CancelOrder' },
): Failure | null {
  const { state } = turn;
  const index = accountIndex(state, account);
  if (index === null) return unknownAccount(account);
  if (!accountAt(state, index).orders.some(({ id }) => id === orderId)) {
    return refuse('UNKNOWN_ORDER', {
      field: 'orderId',
      value: orderId,
      expected: 'an open order of the account',
    });
  }
  closeOrders(turn, index, { why: 'cancelled', which: ({ id }) => id === orderId });
  return null;
}

type CloseReason = Extract<Event, { kind: 'OrderClosed' }>['why'];

/** Takes the holds of some orders off, in their order, and tells of each. Gives how many there were. */
export function closeOrders(
  turn: Turn,
  index: number,
  of: { readonly why: CloseReason; readonly which: (order: OrderDoc) => boolean },
): number {
  const doc = accountAt(turn.state, index);
  const closed = doc.orders.filter(of.which);
  if (closed.length === 0) return 0;
  setAccount(turn.state, { ...doc, orders: doc.orders.filter((order) => !closed.includes(order)) });
  for (const { id } of closed) {
    turn.events.push({ kind: 'OrderClosed', account: doc.id, orderId: id, why: of.why });
  }
  return closed.length;
}
