import { refuse } from '../base/failure.ts';
import { type ChainReport, importChain } from '../contract/deribit-chain.ts';
import { parseIsoTime } from '../contract/scalars.ts';
import { parseCsv } from '../io/csv.ts';
import { readText } from '../io/files.ts';
import type { Market } from '../market/market.ts';
import { orRefuse, Refused } from './failure-exit.ts';

export type LoadedChain = { readonly market: Market; readonly report: ChainReport };

/** Reads an option-chain CSV (`.gz` too) into a market: the snapshot at or before `at`, or the only one of the file. */
export function loadChain(path: string, at: string | undefined): LoadedChain {
  const atMs = at === undefined ? null : orRefuse(parseIsoTime(at, '--at'));
  const table = orRefuse(parseCsv(orRefuse(readText(path)), 'chain'));
  if (table.rows.length === 0) {
    throw new Refused(refuse('MALFORMED_CSV', { field: 'chain', value: path, expected: 'at least one row' }));
  }
  return orRefuse(importChain(table, atMs));
}
