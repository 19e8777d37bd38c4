import { assert } from '../base/assert.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { readCell } from '../ledger/column.ts';
import { type AccountKind, openAccount } from '../ledger/ledger.ts';
import { applyTransaction, judgeTransaction, type Posting } from '../ledger/transaction.ts';
import type { AssetId } from '../product/product.ts';
import type { Event } from './event.ts';
import { accountIndex, type EngineState, touchVersion, type Turn } from './state.ts';

export type PostingReason = Extract<Event, { kind: 'Posted' }>['why'];
export type Booking = {
  readonly id: string;
  readonly why: PostingReason;
  readonly postings: readonly Posting[];
};

/** Whether the books would take these postings; the refusal if not. Nothing is written. */
export function judgePosting(state: EngineState, booking: Booking): Failure | null {
  const judged = judgeTransaction(state.ledger, booking);
  return isFailure(judged) ? judged : null;
}

/** Writes postings that were judged before. Empty ones and those of nothing are left out, and no event tells of no postings. */
export function post(turn: Turn, booking: Booking): void {
  const postings = booking.postings.filter(({ atoms }) => atoms !== 0n);
  if (postings.length === 0) return;
  const { state } = turn;
  const applied = applyTransaction(state.ledger, { id: booking.id, postings });
  assert(!isFailure(applied), 'postings were judged before they are written');
  for (const { account } of postings) {
    state.ledgerRows.add(state.ledger.rowOf.get(account)!);
    const index = accountIndex(state, account);
    if (index !== null) touchVersion(state, index);
  }
  turn.events.push({ kind: 'Posted', id: booking.id, why: booking.why, postings });
}

/** Opens a row of the books. The caller has checked that the id is free and well formed. */
export function openRow(state: EngineState, id: string, kind: AccountKind): void {
  const opened = openAccount(state.ledger, { id, kind });
  assert(!isFailure(opened), 'the id of an account was checked before');
  state.ledgerRows.add(state.ledger.rowOf.get(id)!);
}

/** Atoms that an account of the books holds; it and the asset exist. */
export function atomsOf(state: EngineState, account: string, asset: AssetId): bigint {
  const { ledger } = state;
  return readCell(ledger.columns[ledger.columnOf.get(asset)!]!, ledger.rowOf.get(account)!);
}
