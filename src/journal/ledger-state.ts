import { assert } from '../base/assert.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { isAmount, writeCell } from '../ledger/column.ts';
import {
  type AccountKind,
  assetTotals,
  createLedger,
  type Ledger,
  listAsset,
  openAccount,
  rowBalances,
  SIDES,
} from '../ledger/ledger.ts';
import { isOnItsSide } from '../ledger/transaction.ts';
import { corrupt } from './record.ts';
import { decode, encode, type Value } from '../base/value.ts';

/** Rows in one page of the state tree: few, so that a changed balance costs little to hash again. */
const LEDGER_PAGE_ROWS = 16;

/** Rows in one chunk of a snapshot. */
const LEDGER_CHUNK_ROWS = 4096;

/** The page of the state tree that holds a row. Page 0 is the list of assets. */
export function ledgerPageOf(row: number): number {
  return 1 + Math.floor(row / LEDGER_PAGE_ROWS);
}

/** Canonical bytes of page `page`: the assets (0), or rows of accounts with what they hold. */
export function encodeLedgerPage(ledger: Ledger, page: number): Uint8Array {
  if (page === 0) return encodeAssets(ledger);
  const first = (page - 1) * LEDGER_PAGE_ROWS;
  return encodeRows(ledger, first, first + LEDGER_PAGE_ROWS);
}

/** The ledger as chunks of a snapshot: the assets, then all rows. {@link decodeLedger} is the way back. */
export function* encodeLedger(ledger: Ledger): Generator<Uint8Array, void> {
  yield encodeAssets(ledger);
  for (let first = 0; first < ledger.accountIds.length; first += LEDGER_CHUNK_ROWS) {
    yield encodeRows(ledger, first, first + LEDGER_CHUNK_ROWS);
  }
}

/**
 * The ledger that {@link encodeLedger} wrote. Refuses JOURNAL_CORRUPT for anything else, including books that do not
 * sum to zero or have an account on the wrong side of it.
 */
export function decodeLedger(chunks: Iterable<Uint8Array>): Ledger | Failure {
  const ledger = createLedger();
  let hasAssets = false;
  for (const chunk of chunks) {
    const decoded = decode(chunk);
    if (isFailure(decoded)) return decoded;
    if (!isList(decoded.value)) return corrupt('a list', 'a chunk of the ledger');
    for (const item of decoded.value) {
      const bad = hasAssets ? readRow(ledger, item) : readAsset(ledger, item);
      if (bad !== null) return bad;
    }
    hasAssets = true;
  }
  const open = assetTotals(ledger).find(({ atoms }) => atoms !== 0n);
  return open === undefined ? ledger : corrupt('a sum of zero', `${open.atoms} atoms of ${open.asset.id}`);
}

function encodeAssets(ledger: Ledger): Uint8Array {
  return toBytes(ledger.assets.map(({ id, places }) => [id, BigInt(places)]));
}

/** A row is [id, kind, column, atoms, column, atoms, …]: columns increasing, zero balances left out. */
function encodeRows(ledger: Ledger, first: number, end: number): Uint8Array {
  const rows: Value[] = [];
  for (let row = first; row < Math.min(end, ledger.accountIds.length); row += 1) {
    const cells = rowBalances(ledger, row).flatMap(({ asset, atoms }) => [
      BigInt(ledger.columnOf.get(asset.id)!),
      atoms,
    ]);
    rows.push([ledger.accountIds[row]!, ledger.accountKinds[row]!, ...cells]);
  }
  return toBytes(rows);
}

function toBytes(value: Value): Uint8Array {
  const bytes = encode(value);
  assert(!isFailure(bytes), 'ids are well formed and amounts are within 128 bits');
  return bytes;
}

function readAsset(ledger: Ledger, item: Value): Failure | null {
  const [id, places, ...rest] = isList(item) ? item : [];
  if (typeof id !== 'string' || typeof places !== 'bigint' || rest.length > 0) {
    return corrupt('an asset', 'the assets of the ledger');
  }
  const listed = listAsset(ledger, { id, places: Number(places) });
  return isFailure(listed) ? corrupt(listed.expected, `asset ${id}`) : null;
}

function readRow(ledger: Ledger, item: Value): Failure | null {
  const [id, kind, ...cells] = isList(item) ? item : [];
  if (typeof id !== 'string' || !isKind(kind)) return corrupt('an account', 'a row of the ledger');
  const row = ledger.accountIds.length;
  const opened = openAccount(ledger, { id, kind });
  if (isFailure(opened)) return corrupt(opened.expected, `account ${id}`);
  let last = -1;
  for (let index = 0; index < cells.length; index += 2) {
    const column = Number(typeof cells[index] === 'bigint' ? cells[index] : -1n);
    const atoms = cells[index + 1];
    const isCell = column > last && column < ledger.columns.length;
    if (
      !isCell ||
      typeof atoms !== 'bigint' ||
      atoms === 0n ||
      !isAmount(atoms) ||
      !isOnItsSide(kind, atoms)
    ) {
      return corrupt('a balance that the account may have', `account ${id}`);
    }
    writeCell(ledger.columns[column]!, row, atoms);
    last = column;
  }
  return null;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isKind(value: Value | undefined): value is AccountKind {
  return typeof value === 'string' && Object.hasOwn(SIDES, value);
}
