import type { AssetId } from '../../product/product.ts';
import type { BookGroup, Holding, HypotheticalBook, Leg } from '../books.ts';

/** Assets that have futures and spot long enough to be anybody's core position. */
// prettier-ignore
export const MAJORS: readonly AssetId[] = [
  'BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'ADA', 'DOGE', 'AVAX', 'LINK', 'LTC', 'DOT', 'ATOM', 'NEAR', 'TRX', 'BCH',
];

/** Underlyings with options. */
export const OPTION_ASSETS: readonly AssetId[] = ['BTC', 'ETH', 'SOL', 'XRP'];

/** USD of gross notional of a book. */
export const GROSS_USD = 1_000_000;

export function perpetual(underlying: AssetId, notionalUsd: number): Leg {
  return { instrument: { kind: 'perpetual', underlying, form: 'linear' }, notionalUsd };
}

export function inverse(underlying: AssetId, notionalUsd: number): Leg {
  return { instrument: { kind: 'perpetual', underlying, form: 'inverse' }, notionalUsd };
}

export function future(underlying: AssetId, days: number, notionalUsd: number): Leg {
  return { instrument: { kind: 'future', underlying, days }, notionalUsd };
}

/** Where an option is: tenor, right, and distance of the strike in units of √(days / 365). */
export type Strike = { readonly days: number; readonly right: 'call' | 'put'; readonly deviations: number };

export function option(underlying: AssetId, strike: Strike, notionalUsd: number): Leg {
  return { instrument: { kind: 'option', underlying, ...strike }, notionalUsd };
}

/** One book; the id is the group and what is in it. */
export function bookOf(
  group: BookGroup,
  what: { readonly name: string; readonly about: string },
  held: { readonly legs: readonly Leg[]; readonly holdings?: readonly Holding[] },
): HypotheticalBook {
  return {
    id: `${group}/${what.name}`,
    group,
    about: what.about,
    legs: held.legs,
    holdings: held.holdings ?? [],
  };
}
