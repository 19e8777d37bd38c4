import { type Failure, refuse } from '../base/failure.ts';
import { type Column, createColumn, readCell } from './column.ts';

/** What a balance is counted in: `places` decimals to one unit, so that an atom is 10^-places of it. */
export type LedgerAsset = { readonly id: string; readonly places: number };

/**
 * Whose account it is, which decides the side of zero it may be on ({@link SIDES}):
 * `client` a customer, who may owe; `fee` what the venue earned; `insurance` the fund; `custody` the outside world,
 * minus what the venue holds for everybody; `settlement` the counter side of one instrument's settlements.
 */
export type AccountKind = 'client' | 'fee' | 'insurance' | 'custody' | 'settlement';

export type Account = { readonly id: string; readonly kind: AccountKind };

/** A holder that cannot owe stays at or above zero (LEDGER-003); custody stays at or below, or more left than ever came in. */
export const SIDES: Readonly<Record<AccountKind, 'either' | 'notNegative' | 'notPositive'>> = {
  client: 'either',
  fee: 'notNegative',
  insurance: 'notNegative',
  custody: 'notPositive',
  settlement: 'either',
};

/** House accounts begin with `$`, client accounts never do, so no client can take the name of a house account. */
export const HOUSE = { fee: '$fee', insurance: '$insurance', custody: '$custody' } as const;

/** The settlement account of an instrument. */
export function settlementAccount(instrument: string): string {
  return `$settlement/${instrument}`;
}

/**
 * The books: accounts by row (order of opening), assets by column (order of listing), balances in atoms.
 * Only the functions of this folder write to it. Invariant: every column sums to zero.
 */
export type Ledger = {
  readonly assets: LedgerAsset[];
  readonly columns: Column[];
  readonly columnOf: Map<string, number>;
  readonly accountIds: string[];
  readonly accountKinds: AccountKind[];
  readonly rowOf: Map<string, number>;
};

const ID_LENGTH_MAX = 128;
const PLACES_MAX = 30;

/** Empty books without accounts or assets. */
export function createLedger(): Ledger {
  return {
    assets: [],
    columns: [],
    columnOf: new Map(),
    accountIds: [],
    accountKinds: [],
    rowOf: new Map(),
  };
}

/** Adds an asset as the last column. Refuses SHAPE_INVALID (id), NUMBER_OUT_OF_RANGE (places), DUPLICATE_ID. */
export function listAsset(ledger: Ledger, asset: LedgerAsset): Ledger | Failure {
  if (!isId(asset.id)) return badId('asset.id', asset.id, `1 to ${ID_LENGTH_MAX} characters`);
  if (!Number.isInteger(asset.places) || asset.places < 0 || asset.places > PLACES_MAX) {
    const expected = `a whole number of decimals from 0 to ${PLACES_MAX}`;
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'asset.places', value: asset.places, expected });
  }
  if (ledger.columnOf.has(asset.id)) return duplicate('asset.id', asset.id);
  ledger.columnOf.set(asset.id, ledger.assets.length);
  ledger.assets.push({ id: asset.id, places: asset.places });
  ledger.columns.push(createColumn());
  return ledger;
}

/** Opens an account as the last row, with nothing in it. Refuses SHAPE_INVALID (id) and DUPLICATE_ID. */
export function openAccount(ledger: Ledger, account: Account): Ledger | Failure {
  const isHouse = account.kind !== 'client';
  if (!isId(account.id) || account.id.startsWith('$') !== isHouse) {
    const start = isHouse ? 'beginning with $' : 'not beginning with $';
    return badId('account.id', account.id, `1 to ${ID_LENGTH_MAX} characters, ${start}`);
  }
  if (ledger.rowOf.has(account.id)) return duplicate('account.id', account.id);
  ledger.rowOf.set(account.id, ledger.accountIds.length);
  ledger.accountIds.push(account.id);
  ledger.accountKinds.push(account.kind);
  return ledger;
}

/** Atoms that `account` holds of `asset`; negative is owed. Refuses UNKNOWN_ACCOUNT and UNKNOWN_ASSET. */
export function balanceOf(ledger: Ledger, account: string, asset: string): bigint | Failure {
  const row = ledger.rowOf.get(account);
  if (row === undefined) return unknownAccount('account', account);
  const column = ledger.columnOf.get(asset);
  if (column === undefined) return unknownAsset('asset', asset);
  return readCell(ledger.columns[column]!, row);
}

export type Balance = { readonly asset: LedgerAsset; readonly atoms: bigint };

/** What the account in `row` holds and owes: its non-zero balances in order of listing. */
export function rowBalances(ledger: Ledger, row: number): Balance[] {
  const balances: Balance[] = [];
  for (const [index, column] of ledger.columns.entries()) {
    const atoms = readCell(column, row);
    if (atoms !== 0n) balances.push({ asset: ledger.assets[index]!, atoms });
  }
  return balances;
}

/** Sum over all accounts of every asset, in atoms: zero, always. Reads every cell; for audits. */
export function assetTotals(ledger: Ledger): Balance[] {
  return ledger.columns.map((column, index) => {
    let atoms = 0n;
    for (let row = 0; row < ledger.accountIds.length; row += 1) atoms += readCell(column, row);
    return { asset: ledger.assets[index]!, atoms };
  });
}

export function unknownAccount(field: string, value: string): Failure {
  return refuse('UNKNOWN_ACCOUNT', { field, value, expected: 'an account that was opened' });
}

export function unknownAsset(field: string, value: string): Failure {
  return refuse('UNKNOWN_ASSET', { field, value, expected: 'an asset that was listed' });
}

function isId(id: string): boolean {
  return id.length > 0 && id.length <= ID_LENGTH_MAX && id.isWellFormed();
}

function badId(field: string, value: string, expected: string): Failure {
  return refuse('SHAPE_INVALID', { field, value, expected });
}

function duplicate(field: string, value: string): Failure {
  return refuse('DUPLICATE_ID', { field, value, expected: 'an id that is not in the books yet' });
}
