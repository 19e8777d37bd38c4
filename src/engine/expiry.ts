import { type Failure, refuse } from '../base/failure.ts';
import { settlementAccount } from '../ledger/ledger.ts';
import type { Posting } from '../ledger/transaction.ts';
import type { Product } from '../product/product.ts';
import type { Command } from './command.ts';
import { payoffOf, worthOf } from './cost.ts';
import type { PositionDoc } from './documents.ts';
import { reviseMarket } from './frames.ts';
import { closeOrders } from './orders.ts';
import { judgePosting, post } from './posting.ts';
import { earliest, refusePrice } from './refusal.ts';
import { accountAt, ascending, type EngineState, type Turn } from './state.ts';
import { find, put } from './table.ts';
import { placesOf, setPosition } from './trade.ts';

/**
 * Settles an expired future or option at a price and ends it: futures realise against their cost, options are exercised to cash, orders
 * are closed, positions are gone. Every payment is rounded against the account. The price is USD for inverse products and the settlement
 * asset for linear ones. Refuses UNKNOWN_INSTRUMENT, INSTRUMENT_EXPIRED (settled before), INSTRUMENT_NOT_EXPIRED, and prices ≤ 0.
 */
export function settleExpiry(turn: Turn, command: Command & { kind: 'SettleExpiry' }): Failure | null {
  const { state, timeMs } = turn;
  const { instrument, settlementPrice } = command;
  const doc = find(state.tables.instruments, instrument);
  const product = doc?.product;
  const refused = earliest([
    refusePrice(settlementPrice, 'settlementPrice', false),
    product === undefined || !('expiryMs' in product)
      ? refuse('UNKNOWN_INSTRUMENT', {
          field: 'instrument',
          value: instrument,
          expected: 'a listed future or option',
        })
      : product.expiryMs > timeMs
        ? refuse('INSTRUMENT_NOT_EXPIRED', {
            field: 'instrument',
            value: timeMs,
            expected: `at or after ${product.expiryMs}`,
          })
        : null,
    doc === undefined || doc.settlementPrice === null
      ? null
      : refuse('INSTRUMENT_EXPIRED', {
          field: 'instrument',
          value: instrument,
          expected: 'not settled before',
        }),
  ]);
  if (refused !== null) return refused;
  const holders = ascending(state.holders.get(instrument) ?? []);
  const booking = planSettlement(state, { product: product!, holders, settlementPrice });
  const unbooked = judgePosting(state, booking);
  if (unbooked !== null) return unbooked;
  put(state.tables.instruments, instrument, { ...doc!, settlementPrice });
  turn.events.push({ kind: 'InstrumentSettled', instrument, settlementPrice });
  post(turn, booking);
  for (const index of holders) setPosition(turn, index, { instrument, position: null });
  for (let index = 0; index < state.tables.accounts.items.length; index++) {
    closeOrders(turn, index, { why: 'expired', which: (order) => order.instrument === instrument });
  }
  if (state.market !== null) reviseMarket(turn, []);
  return null;
}

function planSettlement(
  state: EngineState,
  of: { readonly product: Product; readonly holders: readonly number[]; readonly settlementPrice: number },
): { readonly id: string; readonly why: 'settlement'; readonly postings: Posting[] } {
  const { product, settlementPrice } = of;
  const places = placesOf(state, product.settle);
  const postings: Posting[] = [];
  let rest = 0n;
  for (const index of of.holders) {
    const { id, positions } = accountAt(state, index);
    const position = positions.find((p) => p.instrument === product.id)!;
    const atoms = settledAtoms(product, position, { price: settlementPrice, places });
    postings.push({ account: id, asset: product.settle, atoms });
    rest -= atoms;
  }
  postings.push({ account: settlementAccount(product.id), asset: product.settle, atoms: rest });
  return { id: `settlement ${product.id}`, why: 'settlement', postings };
}

/** What a position is paid at settlement, rounded down: worth less cost, or the option's payoff. */
function settledAtoms(
  product: Product,
  { quantityAtoms, costAtoms }: PositionDoc,
  at: { readonly price: number; readonly places: number },
): bigint {
  const size = quantityAtoms < 0n ? -quantityAtoms : quantityAtoms;
  const worth =
    product.kind === 'option'
      ? payoffOf(product, { ...at, quantityAtoms: size })
      : worthOf(product, { ...at, quantityAtoms: size });
  const value = quantityAtoms < 0n ? -worth.up : worth.down;
  return value - costAtoms;
}
