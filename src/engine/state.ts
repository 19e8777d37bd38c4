import { assert } from '../base/assert.ts';
import { createLedger, type Ledger } from '../ledger/ledger.ts';
import type { Market } from '../market/market.ts';
import type { AccountId } from '../portfolio/account.ts';
import type { InstrumentId } from '../product/product.ts';
import type {
  AccountDoc,
  AssetDoc,
  BreakerDoc,
  ClockDoc,
  CloseDoc,
  FitDoc,
  InstrumentDoc,
  OverrideDoc,
  PaceDoc,
  ParametersDoc,
  ProposalDoc,
  UnderlyingDoc,
  VenueDoc,
} from './documents.ts';
import type { Event } from './event.ts';
import type { Levels } from './levels.ts';
import type { Scenarios } from './scenarios.ts';
import { createTable, put, type Table } from './table.ts';

/** The parts of the state, each a table of plain documents. With the ledger they are everything that a replay reproduces. */
export type Tables = {
  readonly venue: Table<VenueDoc>;
  readonly parameters: Table<ParametersDoc>;
  readonly clock: Table<ClockDoc>;
  readonly fit: Table<FitDoc>;
  readonly assets: Table<AssetDoc>;
  readonly instruments: Table<InstrumentDoc>;
  readonly underlyings: Table<UnderlyingDoc>;
  readonly closes: Table<CloseDoc>;
  readonly accounts: Table<AccountDoc>;
  readonly proposals: Table<ProposalDoc>;
  readonly overrides: Table<OverrideDoc>;
  readonly breakers: Table<BreakerDoc>;
  readonly pace: Table<PaceDoc>;
  /** Ids that may not come twice: `fill …` and `move …`. */
  readonly seen: Table<null>;
};

/**
 * The venue. `ledger` and `tables` are the state; everything else is derived from them and may be rebuilt at any time.
 */
export type EngineState = {
  readonly ledger: Ledger;
  /** Rows of the ledger that changed since they were last taken; `ledgerAssets` where its list of assets did. */
  readonly ledgerRows: Set<number>;
  ledgerAssets: boolean;
  readonly tables: Tables;
  /** Last sequence number that was applied, −1 before the first. */
  seq: number;
  market: Market | null;
  scenarios: Scenarios | null;
  /** Counts every change of market, parameters and scenarios: what is computed under one epoch holds until the next. */
  epoch: number;
  /** Counts, per account, every change of what it holds. */
  readonly versions: number[];
  readonly rows: number[];
  readonly levels: (CachedLevels | undefined)[];
  /** Accounts with a position, per instrument. */
  readonly holders: Map<InstrumentId, Set<number>>;
  /** Accounts without a parent, per beneficial owner, in order of opening. */
  readonly owners: Map<string, number[]>;
  readonly called: Set<number>;
  readonly liquidating: Set<number>;
};

export type CachedLevels = { readonly version: number; readonly epoch: number; readonly levels: Levels };

/** What one command is applied with. */
export type Turn = {
  readonly state: EngineState;
  readonly seq: number;
  readonly timeMs: number;
  readonly events: Event[];
  /** Accounts to be judged again at the end; all of them where `watchAll`. */
  readonly touched: Set<number>;
  watchAll: boolean;
  /** Set where the command made a new revision of the market: what of it was not taken. */
  revised: { readonly rejected: readonly string[] } | null;
  /** Whether breakers move on. */
  stirred: boolean;
  /** Delay of journal or feed as the driver measured it; null where it did not. */
  readonly lagMs: number | null;
};

/** A venue before its first command. */
export function createState(): EngineState {
  return {
    ledger: createLedger(),
    ledgerRows: new Set(),
    ledgerAssets: false,
    tables: {
      venue: createTable('venue', 1),
      parameters: createTable('parameters', 1),
      clock: createTable('clock', 1),
      fit: createTable('fit', 1),
      assets: createTable('assets', 1),
      instruments: createTable('instruments', 1),
      underlyings: createTable('underlyings', 1),
      closes: createTable('closes', 16),
      accounts: createTable('accounts', 1),
      proposals: createTable('proposals', 1),
      overrides: createTable('overrides', 4),
      breakers: createTable('breakers', 4),
      pace: createTable('pace', 16),
      seen: createTable('seen', 64),
    },
    seq: -1,
    market: null,
    scenarios: null,
    epoch: 0,
    versions: [],
    rows: [],
    levels: [],
    holders: new Map(),
    owners: new Map(),
    called: new Set(),
    liquidating: new Set(),
  };
}

/** Key of the tables that hold one document. */
export const ONLY = 'only';

export function parametersOf(state: EngineState): ParametersDoc {
  const found = state.tables.parameters.items[0];
  assert(found !== undefined, 'the venue is open');
  return found;
}

export function clockOf(state: EngineState): ClockDoc {
  return state.tables.clock.items[0] ?? { revision: 0, marketMs: 0, dayMs: 0 };
}

/** Index of an account or sleeve, or null. */
export function accountIndex(state: EngineState, id: AccountId): number | null {
  return state.tables.accounts.indexOf.get(id) ?? null;
}

export function accountAt(state: EngineState, index: number): AccountDoc {
  return state.tables.accounts.items[index]!;
}

/** Writes an account and keeps what is derived from it in step. The account's ledger row must exist. */
export function setAccount(state: EngineState, doc: AccountDoc): number {
  const before = accountIndex(state, doc.id);
  const previous = before === null ? null : accountAt(state, before);
  const index = put(state.tables.accounts, doc.id, doc);
  if (previous === doc) return index;
  if (previous === null) openDerived(state, index, doc);
  if (previous === null || previous.positions !== doc.positions) {
    indexPositions(state, index, previous);
    for (const other of state.owners.get(doc.owner) ?? []) touchVersion(state, other);
  }
  touchVersion(state, index);
  keep(state.called, index, doc.call !== null);
  keep(state.liquidating, index, doc.liquidation !== null);
  return index;
}

/** Makes everything that hangs on the accounts again, from accounts that were put back as they were. */
export function deriveAccounts(state: EngineState): void {
  for (const [index, doc] of state.tables.accounts.items.entries()) {
    openDerived(state, index, doc);
    for (const { instrument } of doc.positions) addHolder(state, instrument, index);
    keep(state.called, index, doc.call !== null);
    keep(state.liquidating, index, doc.liquidation !== null);
  }
}

function openDerived(state: EngineState, index: number, doc: AccountDoc): void {
  state.rows[index] = state.ledger.rowOf.get(doc.id)!;
  state.versions[index] = 0;
  if (doc.parent !== null) return;
  const owned = state.owners.get(doc.owner);
  if (owned === undefined) state.owners.set(doc.owner, [index]);
  else owned.push(index);
}

/** Says that what the account holds is no longer what it was. */
export function touchVersion(state: EngineState, index: number): void {
  state.versions[index] = state.versions[index]! + 1;
}

function keep(set: Set<number>, index: number, isIn: boolean): void {
  if (isIn) set.add(index);
  else set.delete(index);
}

function indexPositions(state: EngineState, index: number, previous: AccountDoc | null): void {
  const { positions } = accountAt(state, index);
  for (const { instrument } of previous?.positions ?? []) {
    if (!positions.some((p) => p.instrument === instrument)) state.holders.get(instrument)!.delete(index);
  }
  for (const { instrument } of positions) addHolder(state, instrument, index);
}

function addHolder(state: EngineState, instrument: InstrumentId, index: number): void {
  const holders = state.holders.get(instrument);
  if (holders === undefined) state.holders.set(instrument, new Set([index]));
  else holders.add(index);
}

/** Account indices of a set in ascending order: sets remember arrival, results must not. */
export function ascending(indices: Iterable<number>): number[] {
  return [...indices].sort((a, b) => a - b);
}
