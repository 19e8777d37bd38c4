import { QUANTITY_PLACES, roundDownAtoms, toNumber } from '../base/amount.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { settlementAccount } from '../ledger/ledger.ts';
import type { Posting } from '../ledger/transaction.ts';
import { fundingFlow } from '../pricer/futures.ts';
import type { Command } from './command.ts';
import { judgePosting, post } from './posting.ts';
import { accountAt, ascending, type Turn } from './state.ts';
import { find, put } from './table.ts';
import { placesOf } from './trade.ts';

/**
 * Settles the funding of a perpetual since it was last settled, at the rate and mark of the moment. Every flow is rounded against the
 * account; the settlement account takes the difference. Refuses UNKNOWN_INSTRUMENT (not a perpetual), PRICE_MISSING, PRICE_DEGRADED.
 */
export function settleFunding(
  turn: Turn,
  { instrument }: Command & { kind: 'SettleFunding' },
): Failure | null {
  const { state, timeMs } = turn;
  const doc = find(state.tables.instruments, instrument);
  if (doc === undefined || doc.product.kind !== 'perpetual') {
    return refuse('UNKNOWN_INSTRUMENT', {
      field: 'instrument',
      value: instrument,
      expected: 'a listed perpetual',
    });
  }
  const { product, price, fundingRate, fundedMs } = doc;
  if (price.good === null || fundingRate === null) {
    const expected = 'a mark and a funding rate';
    return refuse('PRICE_MISSING', { field: 'instrument', value: instrument, expected });
  }
  if (price.degraded) {
    const expected = 'a mark that is not kept alive';
    return refuse('PRICE_DEGRADED', { field: 'instrument', value: instrument, expected });
  }
  const mark = price.good.value;
  const places = placesOf(state, product.settle);
  const postings: Posting[] = [];
  let rest = 0n;
  for (const index of ascending(state.holders.get(instrument) ?? [])) {
    const { id, positions } = accountAt(state, index);
    const { quantityAtoms } = positions.find((p) => p.instrument === instrument)!;
    const flow = fundingFlow({
      form: product.form,
      quantity: toNumber(quantityAtoms, QUANTITY_PLACES),
      contractSize: product.contractSize,
      price: mark,
      rate: fundingRate,
      elapsedMs: Math.max(0, timeMs - fundedMs),
    });
    const atoms = roundDownAtoms(flow, places);
    postings.push({ account: id, asset: product.settle, atoms });
    rest -= atoms;
    turn.touched.add(index);
  }
  postings.push({ account: settlementAccount(instrument), asset: product.settle, atoms: rest });
  const booking = { id: `funding ${instrument} ${timeMs}`, why: 'funding' as const, postings };
  const unbooked = judgePosting(state, booking);
  if (unbooked !== null) return unbooked;
  put(state.tables.instruments, instrument, { ...doc, fundedMs: timeMs });
  turn.events.push({ kind: 'FundingSettled', instrument, rate: fundingRate, mark, sinceMs: fundedMs });
  post(turn, booking);
  return null;
}
