import { assert } from '../base/assert.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Value } from '../base/value.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { rebuildMarket } from './frames.ts';
import { partsOf } from './pages.ts';
import { fitAs } from './refit.ts';
import { clockOf, createState, deriveAccounts, type EngineState } from './state.ts';
import { type Page, put } from './table.ts';

/**
 * The state that these books and pages are: what `allPages` gave, in its order, with everything derived made again. Refuses JOURNAL_CORRUPT
 * for pages that no state has; that the documents in them are sound is vouched for by the hash over them.
 */
export function restoreState(ledger: Ledger, pages: Iterable<Page>): EngineState | Failure {
  const state: EngineState = { ...createState(), ledger };
  const tables = new Map(partsOf(state).map((table) => [table.name, table]));
  for (const { part, value } of pages) {
    const table = tables.get(part);
    if (table === undefined || !Array.isArray(value)) return broken(part);
    const list = value as readonly Value[];
    for (let i = 0; i < list.length; i += 2) {
      const key = list[i];
      const item = list[i + 1];
      if (typeof key !== 'string' || item === undefined || table.indexOf.has(key)) return broken(part);
      put(table, key, item as unknown);
    }
  }
  for (const table of tables.values()) table.dirty.clear();
  const lost = state.tables.accounts.items.find(({ id }) => !ledger.rowOf.has(id));
  if (lost !== undefined) return broken(`account ${lost.id}`);
  deriveAccounts(state);
  return deriveMarket(state);
}

function deriveMarket(state: EngineState): EngineState | Failure {
  if (clockOf(state).revision === 0) return state;
  rebuildMarket(state);
  const doc = state.tables.fit.items[0];
  if (doc === undefined) return state;
  assert(state.market !== null, 'a revision has a market');
  const scenarios = fitAs(state, doc, state.market);
  if (isFailure(scenarios)) return scenarios;
  state.scenarios = scenarios;
  rebuildMarket(state);
  return state;
}

function broken(where: string): Failure {
  return refuse('JOURNAL_CORRUPT', { field: 'state', value: where, expected: 'the pages of a state' });
}
