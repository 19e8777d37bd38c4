import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { parseInstant } from '../base/instant.ts';
import { type InstrumentName, parseInstrumentName } from './instrument-name.ts';

/** A table of text, such as a CSV file split into records. */
export type ChainTable = { readonly header: readonly string[]; readonly rows: Iterable<readonly string[]> };

/** One option of the chosen snapshot. Prices in coin, `vol` a fraction, `openInterest` and `volume` in coin; null where empty. */
export type ChainRow = {
  readonly id: string;
  readonly name: InstrumentName & { readonly kind: 'option' };
  readonly bid: number | null;
  readonly ask: number | null;
  readonly mark: number;
  readonly vol: number | null;
  readonly openInterest: number;
  readonly volume: number;
  readonly forward: number;
  readonly index: number;
};

/** Why a row was left out. */
export type SkipReason =
  'name' | 'not an inverse option' | 'expired' | 'duplicate' | 'mark' | 'forward' | 'index';

export type ChainSnapshot = {
  readonly timeMs: number;
  readonly rows: readonly ChainRow[];
  /** Rows of the snapshot that were left out, by reason, in the order in which the reasons appeared. */
  readonly skipped: ReadonlyMap<SkipReason, number>;
};

const COLUMNS = [
  'time',
  'instrument',
  'bid',
  'ask',
  'mark',
  'mark_iv',
  'open_interest',
  'volume_24h',
  'futures',
  'index',
] as const;
type Column = (typeof COLUMNS)[number];
type Cells = (column: Column) => string;

/**
 * Reads the last snapshot at or before `atMs` (null: the last one) of an option-chain table with the columns time, instrument, bid,
 * ask, mark, mark_iv, open_interest, volume_24h, futures, index. Unusable rows are counted, not fatal. Refuses MALFORMED_CSV where a
 * column is missing, a time cannot be read, or no snapshot is early enough.
 */
export function readChain(table: ChainTable, atMs: number | null): ChainSnapshot | Failure {
  const places = new Map<Column, number>();
  for (const column of COLUMNS) {
    const place = table.header.indexOf(column);
    if (place < 0) {
      return refuse('MALFORMED_CSV', {
        field: 'chain.header',
        value: table.header.join(),
        expected: `a column ${column}`,
      });
    }
    places.set(column, place);
  }
  const chosen = chooseSnapshot(table.rows, places.get('time')!, atMs ?? Infinity);
  if (isFailure(chosen)) return chosen;
  const skipped = new Map<SkipReason, number>();
  const seen = new Set<string>();
  const rows: ChainRow[] = [];
  for (const record of chosen.records) {
    const row = readRow((column) => record[places.get(column)!] ?? '', chosen.timeMs);
    const reason = typeof row === 'string' ? row : seen.has(row.id) ? 'duplicate' : null;
    if (reason !== null) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    else if (typeof row !== 'string') {
      seen.add(row.id);
      rows.push(row);
    }
  }
  return { timeMs: chosen.timeMs, rows, skipped };
}

/** The records of the latest time at or before `atMs`. */
function chooseSnapshot(
  rows: Iterable<readonly string[]>,
  place: number,
  atMs: number,
): { timeMs: number; records: (readonly string[])[] } | Failure {
  let records: (readonly string[])[] = [];
  let timeMs = -Infinity;
  const times = new Map<string, number>();
  for (const record of rows) {
    const text = record[place] ?? '';
    let time = times.get(text);
    if (time === undefined) {
      const instant = parseInstant(text);
      if (instant === null)
        return refuse('MALFORMED_CSV', { field: 'chain.time', value: text, expected: 'an ISO time' });
      time = instant.timeMs;
      times.set(text, time);
    }
    if (time > atMs || time < timeMs) continue;
    if (time > timeMs) {
      timeMs = time;
      records = [];
    }
    records.push(record);
  }
  if (records.length > 0) return { timeMs, records };
  return refuse('MALFORMED_CSV', {
    field: 'chain',
    value: `${times.size} snapshots`,
    expected: `a row at or before ${atMs}`,
  });
}

function readRow(cell: Cells, timeMs: number): ChainRow | SkipReason {
  const id = cell('instrument');
  const name = parseInstrumentName(id);
  if (isFailure(name)) return 'name';
  if (name.kind !== 'option' || name.form !== 'inverse') return 'not an inverse option';
  if (name.expiryMs <= timeMs) return 'expired';
  const mark = numberOf(cell('mark'));
  if (mark === null || mark < 0) return 'mark';
  const forward = numberOf(cell('futures'));
  if (forward === null || forward <= 0) return 'forward';
  const index = numberOf(cell('index'));
  if (index === null || index <= 0) return 'index';
  return {
    id,
    name,
    bid: numberOf(cell('bid')),
    ask: numberOf(cell('ask')),
    mark,
    vol: numberOf(cell('mark_iv')),
    openInterest: Math.max(0, numberOf(cell('open_interest')) ?? 0),
    volume: Math.max(0, numberOf(cell('volume_24h')) ?? 0),
    forward,
    index,
  };
}

/** A finite number, or null for an empty or unreadable cell. */
function numberOf(text: string): number | null {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
