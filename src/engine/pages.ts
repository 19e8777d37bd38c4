import type { EngineState } from './state.ts';
import { type Page, pageCount, pageOf, type Table, takeDirty } from './table.ts';

/** Changed pages of the tables, and changed rows of the ledger, since they were last taken. */
export type Changes = {
  readonly pages: readonly Page[];
  /** Ascending. */
  readonly ledgerRows: readonly number[];
  readonly ledgerAssets: boolean;
};

/** The tables by name, in the one order in which they are hashed and stored. */
export function partsOf(state: EngineState): Table<unknown>[] {
  const { tables } = state;
  return [
    tables.venue,
    tables.parameters,
    tables.clock,
    tables.fit,
    tables.assets,
    tables.instruments,
    tables.underlyings,
    tables.closes,
    tables.accounts,
    tables.proposals,
    tables.overrides,
    tables.breakers,
    tables.pace,
    tables.seen,
  ];
}

/** Takes what changed since the last call: whoever hashes the state calls this once after every command. */
export function dirtyPages(state: EngineState): Changes {
  const pages = partsOf(state).flatMap(takeDirty);
  const ledgerRows = [...state.ledgerRows].sort((a, b) => a - b);
  const { ledgerAssets } = state;
  state.ledgerRows.clear();
  state.ledgerAssets = false;
  return { pages, ledgerRows, ledgerAssets };
}

/** Every page of every table: for snapshots, and for hashing a state from nothing. */
export function* allPages(state: EngineState): Generator<Page, void> {
  for (const table of partsOf(state)) {
    for (let index = 0; index < pageCount(table); index++) yield pageOf(table, index);
  }
}
