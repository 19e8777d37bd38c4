import type { AssetId } from '../product/product.ts';
import {
  concentratedBooks,
  coinBackedBooks,
  hedgedBooks,
  outrightBooks,
  wrongWayBooks,
} from './books/linear.ts';
import { basketBooks, calendarBooks, linearMakers } from './books/portfolios.ts';
import {
  dispersionBooks,
  incomeBooks,
  longVolBooks,
  optionMakers,
  shortVolBooks,
  spreadBooks,
} from './books/options.ts';
import type { RolledInstrument } from './instruments.ts';

/** `notionalUsd`: signed USD of the underlying at the day's price, long positive; held constant by rebalancing every day. */
export type Leg = { readonly instrument: RolledInstrument; readonly notionalUsd: number };

/** A coin that backs the positions, worth `valueUsd` on every day. */
export type Holding = { readonly asset: AssetId; readonly valueUsd: number };

export const BOOK_GROUPS = [
  'outright-long',
  'outright-short',
  'concentrated-alt',
  'hedged-pair',
  'calendar',
  'dispersion',
  'short-strangle',
  'long-vol',
  'covered-call',
  'option-spread',
  'market-maker',
  'basket',
  'inverse',
  'wrong-way',
] as const;
export type BookGroup = (typeof BOOK_GROUPS)[number];

/** A hypothetical account, the same every day. It exists on days on which everything in it is listed. */
export type HypotheticalBook = {
  readonly id: string;
  readonly group: BookGroup;
  readonly about: string;
  readonly legs: readonly Leg[];
  readonly holdings: readonly Holding[];
};

/** USD of gross notional that every book of the library is built from. */
export const BOOK_USD = 1_000_000;

/**
 * The library: books by rule over the assets of a history, named `group/what`. Assets that the history does not have yield no book, so a
 * history of the fifteen majors and the usual alts gives more than 200.
 */
export function listBooks(assets: ReadonlySet<AssetId>): HypotheticalBook[] {
  const books = [
    ...outrightBooks(),
    ...concentratedBooks(assets),
    ...hedgedBooks(),
    ...calendarBooks(),
    ...dispersionBooks(),
    ...shortVolBooks(),
    ...longVolBooks(),
    ...incomeBooks(),
    ...spreadBooks(),
    ...linearMakers(),
    ...optionMakers(),
    ...basketBooks(),
    ...coinBackedBooks(),
    ...wrongWayBooks(),
  ];
  return books.filter((book) => assetsOf(book).every((asset) => assets.has(asset)));
}

/** Every asset whose price a book needs, ascending. */
export function assetsOf(book: HypotheticalBook): AssetId[] {
  const assets = new Set<AssetId>();
  for (const { instrument } of book.legs) assets.add(instrument.underlying);
  for (const { asset } of book.holdings) assets.add(asset);
  return [...assets].sort();
}
