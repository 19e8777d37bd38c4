import { dirname, extname, resolve } from 'node:path';
import { refuse } from '../base/failure.ts';
import { type BookFile, parseAccounts, parseBookFile, POSITIONS_MAX } from '../contract/book-file.ts';
import { parseMarketFile } from '../contract/market-file.ts';
import { parseMethodologyFile } from '../contract/methodology-file.ts';
import { parsePositionsTable } from '../contract/positions-table.ts';
import { parseJson } from '../contract/json-text.ts';
import { parseCsv } from '../io/csv.ts';
import { readText } from '../io/files.ts';
import { readHistory } from '../io/read-history.ts';
import { DEFAULT_METHODOLOGY } from '../margin/default-methodology.ts';
import type { Methodology } from '../margin/methodology.ts';
import type { Market } from '../market/market.ts';
import type { Account } from '../portfolio/account.ts';
import type { History } from '../scenario/history.ts';
import { historyForMarket } from '../margin/default-history.ts';
import { loadChain } from './load-chain.ts';
import { orRefuse, Refused } from './failure-exit.ts';

/** Options that say where the inputs of a report come from; paths relative to the working directory. */
export type InputOptions = {
  readonly market?: string;
  readonly at?: string;
  readonly methodology?: string;
  readonly history?: string;
  readonly balance?: readonly string[];
  readonly account?: string;
};

export type Inputs = {
  readonly accounts: readonly Account[];
  readonly market: Market;
  readonly methodology: Methodology;
  readonly history: History;
  /** The file of the history, or {@link GENERATED}. */
  readonly historySource: string;
};

export const GENERATED = 'generated';

/** Of a book, a market or parameters as JSON. */
const JSON_BYTES_MAX = 64 * 1024 * 1024;

/** Reads a book (JSON, or positions as CSV) and everything it refers to. Ends the command with a refusal where that fails. */
export async function loadInputs(bookPath: string, options: InputOptions): Promise<Inputs> {
  const book = readBook(bookPath, options);
  const beside = (path: string): string => resolve(dirname(bookPath), path);
  const marketPath = options.market ?? (book.market === undefined ? null : beside(book.market));
  if (marketPath === null) {
    const expected = 'a market in the book or with --market';
    throw new Refused(refuse('PRICE_MISSING', { field: 'book.market', value: 'missing', expected }));
  }
  const market = loadMarket(marketPath, options.at);
  const methodologyPath =
    options.methodology ?? (book.methodology === undefined ? null : beside(book.methodology));
  const historyPath = options.history ?? (book.history === undefined ? null : beside(book.history));
  return {
    accounts: orRefuse(parseAccounts(book, market)),
    market,
    methodology: methodologyPath === null ? DEFAULT_METHODOLOGY : loadMethodology(methodologyPath),
    history:
      historyPath === null ? orRefuse(historyForMarket(market)) : orRefuse(await readHistory(historyPath)),
    historySource: historyPath ?? GENERATED,
  };
}

function readBook(path: string, options: InputOptions): BookFile {
  if (!isTable(path)) {
    if (options.balance !== undefined) {
      const expected = 'balances in the book itself; the option is for CSV books';
      throw new Refused(refuse('SHAPE_INVALID', { field: '--balance', value: options.balance[0], expected }));
    }
    return orRefuse(parseBookFile(readJson(path, 'book')));
  }
  const text = orRefuse(readText(path, JSON_BYTES_MAX));
  refuseLong(text);
  const table = orRefuse(parseCsv(text, 'positions'));
  return orRefuse(
    parsePositionsTable(table, { account: options.account ?? 'book', balances: options.balance ?? [] }),
  );
}

/** Whether a book is a table of positions of one account, and not JSON. */
export function isTable(bookPath: string): boolean {
  return extname(bookPath) === '.csv';
}

/** Ends the command before a table is taken apart that holds more positions than a book may. */
function refuseLong(text: string): void {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines += 1;
    if (lines <= POSITIONS_MAX + 1) continue;
    const expected = `at most ${POSITIONS_MAX} lines`;
    throw new Refused(refuse('INPUT_TOO_LARGE', { field: 'positions', value: 'more lines', expected }));
  }
}

function readJson(path: string, field: string): unknown {
  return orRefuse(parseJson(orRefuse(readText(path, JSON_BYTES_MAX)), field)).value;
}

export function loadMarket(path: string, at: string | undefined): Market {
  if (/\.csv(\.gz)?$/.test(path)) return loadChain(path, at).market;
  return orRefuse(parseMarketFile(readJson(path, 'market')));
}

export function loadMethodology(path: string): Methodology {
  return orRefuse(parseMethodologyFile(readJson(path, 'methodology')));
}

/** The other accounts of an account's owner, which are charged for concentration with it. */
export function linkedTo(account: Account, accounts: readonly Account[]): Account[] {
  return accounts.filter((other) => other.owner === account.owner && other.id !== account.id);
}

/** Accounts that a refusal names at most. */
const ACCOUNTS_NAMED = 10;

/** The account that a command is about: the only one of the book, or the one named. */
export function pickAccount(accounts: readonly Account[], name: string | undefined): Account {
  if (name === undefined) return accounts[0]!;
  const found = accounts.find((account) => account.id === name);
  if (found !== undefined) return found;
  const ids = accounts.slice(0, ACCOUNTS_NAMED).map((account) => account.id);
  const expected = `one of ${ids.join(', ')}${accounts.length > ids.length ? ', …' : ''}`;
  throw new Refused(refuse('UNKNOWN_ACCOUNT', { field: '--account', value: name, expected }));
}
