import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { ATOMS_MAX, isAmount, readCell, writeCell } from './column.ts';
import { type AccountKind, type Ledger, SIDES, unknownAccount, unknownAsset } from './ledger.ts';

/** `atoms` more (or, negative, fewer) of `asset` on `account`. */
export type Posting = { readonly account: string; readonly asset: string; readonly atoms: bigint };

/** Postings that happen together or not at all; `id` is for people and audits. */
export type Transaction = { readonly id: string; readonly postings: readonly Posting[] };

type Cell = { readonly row: number; readonly column: number };

/** One cell that a transaction changes, and the `atoms` it will hold afterwards. */
export type BalanceChange = Cell & { readonly atoms: bigint };

type NetChange = Cell & { readonly postingIndex: number; net: bigint };

/** Rows stay below this, so that one number names a cell. */
const ROWS_MAX = 2 ** 32;

/**
 * What a transaction would do to the books, without doing it (LEDGER-001, LEDGER-002): the changed cells, in order of first posting. The order
 * of postings decides nothing else: an account is judged by where it ends, not by where it passes.
 * Refuses, in this order: NUMBER_OUT_OF_RANGE (a posting or a resulting balance beyond 127 bits), UNKNOWN_ACCOUNT,
 * UNKNOWN_ASSET, POSTINGS_UNBALANCED, BALANCE_INSUFFICIENT (an account on the side of zero closed to its kind).
 */
export function judgeTransaction(ledger: Ledger, transaction: Transaction): BalanceChange[] | Failure {
  const cells = resolveCells(ledger, transaction);
  if (isFailure(cells)) return cells;
  const nets = netChanges(cells, transaction);
  const changes = nets.map(({ row, column, net }) => ({
    row,
    column,
    atoms: readCell(ledger.columns[column]!, row) + net,
  }));
  for (const [index, change] of changes.entries()) {
    if (!isAmount(change.atoms)) return outOfRange(nets[index]!.postingIndex, change.atoms);
  }
  const open = judgeSums(ledger, nets);
  if (open !== null) return open;
  for (const [index, change] of changes.entries()) {
    const kind = ledger.accountKinds[change.row]!;
    if (!isOnItsSide(kind, change.atoms)) return insufficient(ledger, change, nets[index]!);
  }
  return changes;
}

/**
 * Applies a transaction: the same `ledger` with every changed cell written, or the refusal of {@link judgeTransaction}
 * with nothing written.
 */
export function applyTransaction(ledger: Ledger, transaction: Transaction): Ledger | Failure {
  const changes = judgeTransaction(ledger, transaction);
  if (isFailure(changes)) return changes;
  for (const { row, column, atoms } of changes) writeCell(ledger.columns[column]!, row, atoms);
  return ledger;
}

/** Whether an account of `kind` may end with `atoms`. */
export function isOnItsSide(kind: AccountKind, atoms: bigint): boolean {
  const side = SIDES[kind];
  return side === 'either' || (side === 'notNegative' ? atoms >= 0n : atoms <= 0n);
}

function resolveCells(ledger: Ledger, { postings }: Transaction): Cell[] | Failure {
  for (const [index, { atoms }] of postings.entries()) {
    if (!isAmount(atoms)) return outOfRange(index, atoms);
  }
  const rows: number[] = [];
  for (const [index, { account }] of postings.entries()) {
    const row = ledger.rowOf.get(account);
    if (row === undefined) return unknownAccount(`postings[${index}].account`, account);
    rows.push(row);
  }
  const cells: Cell[] = [];
  for (const [index, { asset }] of postings.entries()) {
    const column = ledger.columnOf.get(asset);
    if (column === undefined) return unknownAsset(`postings[${index}].asset`, asset);
    cells.push({ row: rows[index]!, column });
  }
  return cells;
}

function netChanges(cells: readonly Cell[], { postings }: Transaction): NetChange[] {
  const byCell = new Map<number, NetChange>();
  for (const [postingIndex, { row, column }] of cells.entries()) {
    const { atoms } = postings[postingIndex]!;
    const cell = column * ROWS_MAX + row;
    const known = byCell.get(cell);
    if (known === undefined) byCell.set(cell, { row, column, postingIndex, net: atoms });
    else known.net += atoms;
  }
  return [...byCell.values()];
}

function judgeSums(ledger: Ledger, nets: readonly NetChange[]): Failure | null {
  const sums = new Map<number, bigint>();
  for (const { column, net } of nets) sums.set(column, (sums.get(column) ?? 0n) + net);
  for (const [column, sum] of sums) {
    if (sum === 0n) continue;
    const value = `${sum} atoms of ${ledger.assets[column]!.id}`;
    return refuse('POSTINGS_UNBALANCED', {
      field: 'postings',
      value,
      expected: 'a sum of zero in every asset',
    });
  }
  return null;
}

function outOfRange(index: number, value: bigint): Failure {
  const expected = `at most ${ATOMS_MAX} atoms either way`;
  return refuse('NUMBER_OUT_OF_RANGE', { field: `postings[${index}].atoms`, value, expected });
}

function insufficient(ledger: Ledger, change: BalanceChange, net: NetChange): Failure {
  const kind = ledger.accountKinds[change.row]!;
  const value = `${change.atoms} atoms of ${ledger.assets[change.column]!.id} on ${ledger.accountIds[change.row]!}`;
  const expected = SIDES[kind] === 'notNegative' ? 'a balance of zero or more' : 'a balance of zero or less';
  return refuse('BALANCE_INSUFFICIENT', { field: `postings[${net.postingIndex}]`, value, expected });
}
