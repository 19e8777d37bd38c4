import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { HOUSE } from '../ledger/ledger.ts';
import type { AssetId } from '../product/product.ts';
import { refuseAct } from './breakers.ts';
import type { Command } from './command.ts';
import { headroomOf, ordersOn, worstLevels } from './judge-order.ts';
import { answerCall } from './health-watch.ts';
import { levelsAt, levelsOf, placeOf, stressOf } from './levels.ts';
import { ownAccount, refuseLiquidating, unknownAccount } from './orders.ts';
import { atomsOf, type Booking, judgePosting, post } from './posting.ts';
import { earliest, refuseText, refuseUnlessPositive } from './refusal.ts';
import { accountAt, type EngineState, type Turn } from './state.ts';
import { put } from './table.ts';
import { unitOf, withBalance } from './unit.ts';

type MovementOf<K extends Command['kind']> = Command & { readonly kind: K };

/** Books what came in from outside. The insurance fund takes deposits too: they are the venue's own. */
export function deposit(turn: Turn, command: MovementOf<'Deposit'>): Failure | null {
  const { state } = turn;
  const { id, account, asset, atoms } = command;
  const isFund = account === HOUSE.insurance;
  const index = isFund ? null : ownAccount(state, account);
  const refused = earliest([
    refuseMovement(state, { id, asset, atoms }),
    isFund || index !== null ? null : unknownAccount(account),
  ]);
  if (refused !== null) return refused;
  const postings = [
    { account: HOUSE.custody, asset, atoms: -atoms },
    { account, asset, atoms },
  ];
  const unbooked = judgePosting(state, { id, why: 'deposit', postings });
  if (unbooked !== null) return unbooked;
  put(state.tables.seen, `move ${id}`, null);
  if (index === null) post(turn, { id, why: 'deposit', postings });
  else bring(turn, index, { id, why: 'deposit', postings });
  return null;
}

/**
 * Books what leaves the venue. Refuses BREAKER_ACTIVE, ACCOUNT_IN_LIQUIDATION, BALANCE_INSUFFICIENT (more than the positive balance of the
 * asset), PRICE_DEGRADED and WITHDRAWAL_EXCEEDS_MARGIN: after it, equity must cover the larger of initial margin and the full stress
 * block, credit not counted.
 */
export function withdraw(turn: Turn, command: MovementOf<'Withdraw'>): Failure | null {
  const { state } = turn;
  const { id, account, asset, atoms } = command;
  const refused = judgeLeaving(turn, command);
  if (refused !== null) return refused;
  put(state.tables.seen, `move ${id}`, null);
  post(turn, {
    id,
    why: 'withdrawal',
    postings: [
      { account, asset, atoms: -atoms },
      { account: HOUSE.custody, asset, atoms },
    ],
  });
  turn.touched.add(ownAccount(state, account)!);
  return null;
}

/** Books a transfer between two accounts of the venue, under the rules of a withdrawal for the one that gives. */
export function transfer(turn: Turn, command: MovementOf<'Transfer'>): Failure | null {
  const { state } = turn;
  const { id, from, to, asset, atoms } = command;
  const target = ownAccount(state, to);
  const refused = earliest([
    from === to ? refuse('SHAPE_INVALID', { field: 'to', value: to, expected: 'another account' }) : null,
    target === null ? unknownAccount(to, 'to') : null,
    judgeLeaving(turn, { id, account: from, asset, atoms }),
  ]);
  if (refused !== null) return refused;
  put(state.tables.seen, `move ${id}`, null);
  bring(turn, target!, {
    id,
    why: 'transfer',
    postings: [
      { account: from, asset, atoms: -atoms },
      { account: to, asset, atoms },
    ],
  });
  turn.touched.add(ownAccount(state, from)!);
  return null;
}

type Leaving = {
  readonly id: string;
  readonly account: string;
  readonly asset: AssetId;
  readonly atoms: bigint;
};

function judgeLeaving(turn: Turn, movement: Leaving): Failure | null {
  const { state } = turn;
  const { account, asset, atoms } = movement;
  const index = ownAccount(state, account);
  const malformed = earliest([
    refuseMovement(state, movement),
    index === null ? unknownAccount(account) : null,
  ]);
  if (malformed !== null) return malformed;
  const balance = atomsOf(state, account, asset);
  const standing = earliest([
    refuseAct(state, null, 'withdraw'),
    accountAt(state, index!).liquidation === null ? null : refuseLiquidating(account),
    atoms <= balance
      ? null
      : refuse('BALANCE_INSUFFICIENT', { field: 'atoms', value: atoms, expected: `at most ${balance}` }),
  ]);
  return standing ?? judgeRemaining(state, index!, { asset, atoms });
}

/** Whether what stays behind is enough; see {@link withdraw}. An account that can owe nothing may always leave. */
function judgeRemaining(
  state: EngineState,
  index: number,
  { asset, atoms }: { readonly asset: AssetId; readonly atoms: bigint },
): Failure | null {
  const unit = unitOf(state, index);
  if (
    unit.positions.length === 0 &&
    unit.balances.every(([, held]) => held >= 0n) &&
    !hasOrders(state, index)
  ) {
    return null;
  }
  const place = placeOf(state);
  if (isFailure(place)) return place;
  const after = withBalance(unit, asset, -atoms);
  const asIs = levelsOf(state, after, place);
  if (isFailure(asIs)) return asIs;
  if (asIs.isDegraded && unit.positions.length > 0) {
    return refuse('PRICE_DEGRADED', {
      field: 'account',
      value: unit.id,
      expected: 'prices that are not kept alive',
    });
  }
  const worst = worstLevels(state, after, { orders: ordersOn(state, index, index), place, asIs });
  if (isFailure(worst)) return worst;
  const stressUsd = stressOf(after, place);
  if (isFailure(stressUsd)) return stressUsd;
  const stressed = headroomOf(state, { ...asIs, initialUsd: Math.max(asIs.initialUsd, stressUsd) });
  const left = Math.min(headroomOf(state, worst), stressed);
  if (left >= 0) return null;
  return refuse('WITHDRAWAL_EXCEEDS_MARGIN', {
    field: 'atoms',
    value: atoms,
    expected: `equity of at least initial and stressed margin afterwards; ${-left} USD short`,
  });
}

function hasOrders(state: EngineState, index: number): boolean {
  return accountAt(state, index).orders.length > 0;
}

function refuseMovement(
  state: EngineState,
  { id, asset, atoms }: { readonly id: string; readonly asset: AssetId; readonly atoms: bigint },
): Failure | null {
  const seen = state.tables.seen.indexOf.has(`move ${id}`);
  return earliest([
    refuseText(id, 'id'),
    refuseUnlessPositive(atoms, 'atoms'),
    seen
      ? refuse('DUPLICATE_ID', { field: 'id', value: id, expected: 'an id that was not used before' })
      : null,
    state.tables.assets.indexOf.has(asset)
      ? null
      : refuse('UNKNOWN_ASSET', { field: 'asset', value: asset, expected: 'an asset that was listed' }),
  ]);
}

/** Books what an account is brought, and counts it against its margin call by what it adds to equity. */
function bring(turn: Turn, index: number, booking: Booking): void {
  const { state } = turn;
  const isCalled = accountAt(state, index).call !== null;
  const before = isCalled ? levelsAt(state, index) : null;
  post(turn, booking);
  turn.touched.add(index);
  if (before === null || isFailure(before)) return;
  const after = levelsAt(state, index);
  if (!isFailure(after)) answerCall(turn, index, after.equityUsd - before.equityUsd);
}
