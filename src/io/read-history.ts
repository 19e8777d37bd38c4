import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { type History, type HistoryTable, parseHistory } from '../scenario/history.ts';
import type { Factor } from '../scenario/set.ts';
import { parseCsv } from './csv.ts';
import { readBytes, readText } from './files.ts';

/** Most cells (rows × columns) of one file: ten years of hourly rows for 500 columns. */
const CELLS_MAX = 50_000_000;

const TIME_NAMES: readonly string[] = ['date', 'time', 'timestamp', 'datetime', 'day'];
const ASSET_NAMES: readonly string[] = ['asset', 'symbol', 'factor', 'currency'];
const VALUE_NAMES: readonly string[] = ['close', 'price', 'value'];
const KINDS: readonly Factor['kind'][] = ['spot', 'volShort', 'volLong', 'skew', 'basis'];
const GAP = new Set(['', 'null', 'NULL', 'NaN', 'nan', 'NA', 'N/A', '-']);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;

type Cell = string | number | null;
type Sheet = { readonly header: readonly string[]; readonly rows: readonly (readonly Cell[])[] };

/**
 * Reads a history of prices from CSV (`.csv`, `.csv.gz`, any other name) or Parquet (`.parquet`).
 * Wide: a column `date` or `time` (the first column where none is named so), every other column an asset. Long: columns
 * `date`, `asset` and `close` (or `price`, `value`), further columns are passed over. A name `BTC` is a price in USD;
 * `BTC:volShort`, `BTC:volLong`, `BTC:skew`, `BTC:basis` are the other factors, in the units of {@link History}.
 * Refuses what {@link parseHistory}, {@link readText} and {@link parseCsv} refuse, MALFORMED_PARQUET, and INPUT_TOO_LARGE.
 */
export async function readHistory(path: string): Promise<History | Failure> {
  const table = await readHistoryTable(path);
  return isFailure(table) ? table : parseHistory(table);
}

/** The unchecked rows of a file. */
async function readHistoryTable(path: string): Promise<HistoryTable | Failure> {
  const sheet = path.endsWith('.parquet') ? await readParquetSheet(path) : readCsvSheet(path);
  if (isFailure(sheet)) return sheet;
  if (sheet.rows.length * sheet.header.length > CELLS_MAX) return tooManyCells(path);
  const names = sheet.header.map((name) => name.trim().toLowerCase());
  const time = Math.max(
    0,
    names.findIndex((name) => TIME_NAMES.includes(name)),
  );
  const asset = names.findIndex((name) => ASSET_NAMES.includes(name));
  const value = names.findIndex((name) => VALUE_NAMES.includes(name));
  return asset >= 0 && value >= 0 ? fromLong(sheet, { time, asset, value }) : fromWide(sheet, time);
}

function readCsvSheet(path: string): Sheet | Failure {
  const text = readText(path);
  return isFailure(text) ? text : parseCsv(text, path);
}

async function readParquetSheet(path: string): Promise<Sheet | Failure> {
  const bytes = readBytes(path);
  if (isFailure(bytes)) return bytes;
  const file = new Uint8Array(bytes).buffer;
  try {
    const metadata = await parquetMetadataAsync(file);
    const header = metadata.schema.slice(1).map((column) => column.name);
    if (Number(metadata.num_rows) * header.length > CELLS_MAX) return tooManyCells(path);
    const rows: Record<string, unknown>[] = await parquetReadObjects({ file, metadata });
    return { header, rows: withBareDates(rows.map((row) => header.map((name) => toCell(row[name])))) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    return refuse('MALFORMED_PARQUET', { field: path, value: reason, expected: 'a Parquet file' });
  }
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Date && !Number.isNaN(value.getTime())
    ? value.toISOString()
    : JSON.stringify(value);
}

/** Parquet has no bare dates in JavaScript: where every moment of a column is a midnight, the column holds dates. */
function withBareDates(rows: Cell[][]): Cell[][] {
  const midnight = 'T00:00:00.000Z';
  const width = rows[0]?.length ?? 0;
  for (let c = 0; c < width; c += 1) {
    if (!rows.every((row) => typeof row[c] === 'string' && String(row[c]).endsWith(midnight))) continue;
    for (const row of rows) row[c] = String(row[c]).slice(0, 10);
  }
  return rows;
}

function fromWide(sheet: Sheet, time: number): HistoryTable | Failure {
  const columns: { factor: Factor; values: (number | null)[] }[] = [];
  for (const [c, name] of sheet.header.entries()) {
    if (c === time) continue;
    const factor = parseFactor(name);
    if (isFailure(factor)) return factor;
    const values: (number | null)[] = [];
    for (const [r, row] of sheet.rows.entries()) {
      const value = parseNumber(row[c]!, `${name} row ${r + 1}`);
      if (isFailure(value)) return value;
      values.push(value);
    }
    columns.push({ factor, values });
  }
  return { times: sheet.rows.map((row) => String(row[time])), columns };
}

type LongColumns = { readonly time: number; readonly asset: number; readonly value: number };

function fromLong(sheet: Sheet, at: LongColumns): HistoryTable | Failure {
  const rowOf = new Map<string, number>();
  for (const row of sheet.rows) {
    const time = String(row[at.time]);
    if (!rowOf.has(time)) rowOf.set(time, rowOf.size);
  }
  const columns = new Map<string, { factor: Factor; values: (number | null)[] }>();
  for (const [r, row] of sheet.rows.entries()) {
    const name = String(row[at.asset]);
    let column = columns.get(name);
    if (column === undefined) {
      if ((columns.size + 1) * rowOf.size > CELLS_MAX) return tooManyCells('columns');
      const factor = parseFactor(name);
      if (isFailure(factor)) return factor;
      column = { factor, values: Array.from({ length: rowOf.size }, () => null) };
      columns.set(name, column);
    }
    const value = parseNumber(row[at.value]!, `${name} row ${r + 1}`);
    if (isFailure(value)) return value;
    const index = rowOf.get(String(row[at.time]))!;
    if (column.values[index] !== null) {
      const expected = 'one value per asset and moment';
      return refuse('DUPLICATE_ID', { field: `${name} row ${r + 1}`, value: row[at.time], expected });
    }
    column.values[index] = value;
  }
  return { times: [...rowOf.keys()], columns: [...columns.values()] };
}

function parseFactor(name: string): Factor | Failure {
  const [asset = '', kindText = 'spot', ...rest] = name.trim().split(':');
  const kind = KINDS.find((candidate) => candidate === kindText);
  if (asset !== '' && kind !== undefined && rest.length === 0) return { asset, kind };
  const expected = `an asset, or asset:kind with kind one of ${KINDS.join(', ')}`;
  return refuse('SHAPE_INVALID', { field: 'column', value: name, expected });
}

function parseNumber(cell: Cell, field: string): number | null | Failure {
  if (cell === null) return null;
  if (typeof cell === 'number') return Number.isNaN(cell) ? null : cell;
  const text = cell.trim();
  if (GAP.has(text)) return null;
  return NUMBER.test(text)
    ? Number(text)
    : refuse('NUMBER_NOT_FINITE', { field, value: cell, expected: 'a number, or nothing for a gap' });
}

function tooManyCells(field: string): Failure {
  const expected = `at most ${CELLS_MAX} cells (rows × columns)`;
  return refuse('INPUT_TOO_LARGE', { field, value: 'more', expected });
}
