import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { creditUsd, type Levels, levelsOf, placeOf } from './levels.ts';
import type { Command } from './command.ts';
import { headroomOf } from './judge-order.ts';
import { emptyAccount } from './open.ts';
import { ownAccount, refuseLiquidating, unknownAccount } from './orders.ts';
import { atomsOf, openRow, post } from './posting.ts';
import { withPosition } from './position.ts';
import { earliest } from './refusal.ts';
import { accountAt, accountIndex, type EngineState, setAccount, type Turn } from './state.ts';
import { find } from './table.ts';
import { type Unit, unitOf, sleeveId, withBalance } from './unit.ts';

/**
 * Sets collateral aside for one open position (`atoms` above zero), which from then on is margined alone, or gives some of it back to the
 * pool. Both sides must hold their initial margin afterwards. Refuses UNKNOWN_ACCOUNT, UNKNOWN_INSTRUMENT (no position in it),
 * ACCOUNT_IN_LIQUIDATION, BALANCE_INSUFFICIENT, INITIAL_MARGIN_SHORTFALL.
 */
export function isolatePosition(turn: Turn, command: Command & { kind: 'IsolatePosition' }): Failure | null {
  const { state } = turn;
  const { account, instrument, atoms } = command;
  const index = ownAccount(state, account);
  if (index === null) return unknownAccount(account);
  const listed = find(state.tables.instruments, instrument);
  const id = sleeveId(account, instrument);
  const doc = accountAt(state, index);
  const isOpen = doc.sleeves.includes(id);
  const position = isOpen ? undefined : doc.positions.find((p) => p.instrument === instrument);
  const expected = 'an instrument that the account has a position in';
  const refused = earliest([
    atoms === 0n
      ? refuse('NUMBER_OUT_OF_RANGE', { field: 'atoms', value: atoms, expected: 'an amount other than zero' })
      : null,
    listed === undefined || (!isOpen && (position === undefined || atoms < 0n))
      ? refuse('UNKNOWN_INSTRUMENT', { field: 'instrument', value: instrument, expected })
      : null,
    doc.liquidation === null ? null : refuseLiquidating(account),
    isOpen && accountAt(state, accountIndex(state, id)!).liquidation !== null ? refuseLiquidating(id) : null,
  ]);
  if (refused !== null) return refused;
  const { settle } = listed!.product;
  const short = judgeAmount(state, { account, id, settle, atoms, isOpen });
  if (short !== null) return short;
  const unmargined = judgeBoth(state, index, { id, instrument, settle, atoms, isOpen });
  if (unmargined !== null) return unmargined;
  if (!isOpen) openSleeve(turn, index, { id, instrument });
  const postings = [
    { account, asset: settle, atoms: -atoms },
    { account: id, asset: settle, atoms },
  ];
  post(turn, { id, why: 'isolation', postings });
  turn.touched.add(index);
  turn.touched.add(accountIndex(state, id)!);
  return null;
}

type Amount = { account: string; id: string; settle: string; atoms: bigint; isOpen: boolean };

function judgeAmount(state: EngineState, { account, id, settle, atoms, isOpen }: Amount): Failure | null {
  const from = atoms > 0n ? account : id;
  const held = atoms < 0n && !isOpen ? 0n : atomsOf(state, from, settle);
  const needed = atoms < 0n ? -atoms : atoms;
  if (needed <= held) return null;
  return refuse('BALANCE_INSUFFICIENT', {
    field: 'atoms',
    value: atoms,
    expected: `at most ${held} of ${from}`,
  });
}

type Split = { id: string; instrument: string; settle: string; atoms: bigint; isOpen: boolean };

/** Initial margin of pool and sleeve afterwards. */
function judgeBoth(state: EngineState, index: number, split: Split): Failure | null {
  const place = placeOf(state);
  if (isFailure(place)) return place;
  const { id, instrument, settle, atoms } = split;
  const pool = unitOf(state, index);
  const moved = pool.positions.filter((p) => p.instrument === instrument);
  const sleeve: Unit = split.isOpen
    ? unitOf(state, accountIndex(state, id)!)
    : { ...pool, id, isSleeve: true, balances: [], positions: moved };
  const left = split.isOpen ? pool.positions : withPosition(pool.positions, instrument, null);
  const poolAfter = levelsOf(state, withBalance({ ...pool, positions: left }, settle, -atoms), place);
  if (isFailure(poolAfter)) return poolAfter;
  const sleeveAfter = levelsOf(state, withBalance(sleeve, settle, atoms), place);
  if (isFailure(sleeveAfter)) return sleeveAfter;
  const credit = creditUsd(state, index, place.market.timeMs);
  return short(state, poolAfter, credit) ?? short(state, sleeveAfter, 0);
}

function short(state: EngineState, levels: Levels, credit: number): Failure | null {
  const headroom = headroomOf(state, levels) + credit;
  if (headroom >= 0) return null;
  return refuse('INITIAL_MARGIN_SHORTFALL', {
    field: 'atoms',
    value: headroom,
    expected: 'initial headroom of 0 USD or more in pool and sleeve',
  });
}

/** Opens the sleeve of a position, or the one it had before, and moves the position into it. */
function openSleeve(
  turn: Turn,
  index: number,
  { id, instrument }: { readonly id: string; readonly instrument: string },
): void {
  const { state } = turn;
  const doc = accountAt(state, index);
  const position = doc.positions.find((p) => p.instrument === instrument)!;
  const known = accountIndex(state, id);
  if (known === null) openRow(state, id, 'client');
  const { client, owner } = doc;
  const empty = emptyAccount({ id, client, owner, mode: 'isolated', parent: doc.id });
  setAccount(state, { ...empty, positions: [position] });
  const positions = withPosition(doc.positions, instrument, null);
  setAccount(state, { ...doc, positions, sleeves: [...doc.sleeves, id] });
}
