import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { type BookFile, parseBookFile } from './book-file.ts';

/** A CSV split into records. */
export type PositionsTable = {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** What a CSV cannot say: whose positions these are and what backs them, as `ASSET=AMOUNT`. */
export type TableAccount = { readonly account: string; readonly balances: readonly string[] };

const BALANCE = /^([^=]+)=(.+)$/;

/**
 * Turns a table of positions (`instrument,quantity[,entry_price][,isolated]`, any order, other columns ignored) into a book of one account.
 * Refuses MALFORMED_CSV and SHAPE_INVALID with the record and the column.
 */
export function parsePositionsTable(
  table: PositionsTable,
  { account, balances }: TableAccount,
): BookFile | Failure {
  const column = (name: string): number =>
    table.header.findIndex((title) => title.trim().toLowerCase().replace(/[ _-]/g, '') === name);
  const at = {
    instrument: column('instrument'),
    quantity: column('quantity'),
    entry: column('entryprice'),
    isolated: column('isolated'),
  };
  for (const name of ['instrument', 'quantity'] as const) {
    if (at[name] >= 0) continue;
    const value = table.header.join(',');
    return refuse('MALFORMED_CSV', { field: 'positions header', value, expected: `a column ${name}` });
  }
  const amounts = parseBalances(balances);
  if (isFailure(amounts)) return amounts;
  const cell = (row: readonly string[], i: number): string => (i < 0 ? '' : (row[i]?.trim() ?? ''));
  const positions = table.rows.map((row) => ({
    instrument: cell(row, at.instrument),
    quantity: cell(row, at.quantity),
    ...(cell(row, at.entry) === '' ? {} : { entryPrice: cell(row, at.entry) }),
    ...(cell(row, at.isolated) === '' ? {} : { isolated: cell(row, at.isolated) }),
  }));
  return parseBookFile({
    plimsoll: 'book/1',
    accounts: [{ account, balances: Object.fromEntries(amounts), positions }],
  });
}

function parseBalances(balances: readonly string[]): ReadonlyMap<string, string> | Failure {
  const amounts = new Map<string, string>();
  for (const text of balances) {
    const match = BALANCE.exec(text);
    if (match === null) {
      return refuse('SHAPE_INVALID', { field: '--balance', value: text, expected: 'ASSET=AMOUNT' });
    }
    const [, asset, amount] = match;
    if (amounts.has(asset!)) {
      return refuse('DUPLICATE_ID', { field: '--balance', value: asset, expected: 'every asset once' });
    }
    amounts.set(asset!, amount!);
  }
  return amounts;
}
