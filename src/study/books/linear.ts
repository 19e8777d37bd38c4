import type { AssetId } from '../../product/product.ts';
import type { HypotheticalBook } from '../books.ts';
import { bookOf, GROSS_USD, inverse, MAJORS, perpetual } from './words.ts';

/** Every major alone, long and short. */
export function outrightBooks(): HypotheticalBook[] {
  return MAJORS.flatMap((asset) => [
    bookOf(
      'outright-long',
      { name: asset, about: `long ${asset} perpetual` },
      { legs: [perpetual(asset, GROSS_USD)] },
    ),
    bookOf(
      'outright-short',
      { name: asset, about: `short ${asset} perpetual` },
      { legs: [perpetual(asset, -GROSS_USD)] },
    ),
  ]);
}

/** Every asset that is no major alone, long; and long against a half short of BTC. */
export function concentratedBooks(assets: ReadonlySet<AssetId>): HypotheticalBook[] {
  const alts = [...assets].filter((asset) => !MAJORS.includes(asset) && asset !== 'USD').sort();
  return alts.flatMap((asset) => [
    bookOf(
      'concentrated-alt',
      { name: asset, about: `long ${asset} perpetual, nothing else` },
      { legs: [perpetual(asset, GROSS_USD)] },
    ),
    bookOf(
      'concentrated-alt',
      { name: `${asset}-hedged`, about: `long ${asset}, half of it hedged with BTC` },
      { legs: [perpetual(asset, (2 / 3) * GROSS_USD), perpetual('BTC', -GROSS_USD / 3)] },
    ),
  ]);
}

// prettier-ignore
const PAIRS: readonly (readonly [AssetId, AssetId])[] = [
  ['ETH', 'BTC'], ['BNB', 'BTC'], ['XRP', 'BTC'], ['LTC', 'BTC'], ['BCH', 'BTC'], ['DOGE', 'BTC'], ['SOL', 'ETH'], ['ADA', 'ETH'],
  ['LINK', 'ETH'], ['DOT', 'ETH'], ['AVAX', 'SOL'], ['NEAR', 'SOL'], ['ATOM', 'DOT'], ['TRX', 'XRP'],
];

/** Equal notional, one long and one short, both ways round. */
export function hedgedBooks(): HypotheticalBook[] {
  const half = GROSS_USD / 2;
  return PAIRS.flatMap(([a, b]) => [
    bookOf(
      'hedged-pair',
      { name: `${a}-${b}`, about: `long ${a}, short ${b}` },
      { legs: [perpetual(a, half), perpetual(b, -half)] },
    ),
    bookOf(
      'hedged-pair',
      { name: `${b}-${a}`, about: `long ${b}, short ${a}` },
      { legs: [perpetual(b, half), perpetual(a, -half)] },
    ),
  ]);
}

const COIN_MARGINED: readonly AssetId[] = ['BTC', 'ETH', 'SOL', 'XRP', 'BNB'];

/** Inverse perpetuals backed by their own coin: long on top of it, short by half of it, and short by twice of it. */
export function coinBackedBooks(): HypotheticalBook[] {
  return COIN_MARGINED.flatMap((asset) =>
    [1, -0.5, -2].map((ratio) => {
      const coins = GROSS_USD / (1 + Math.abs(ratio));
      const side = ratio > 0 ? 'long' : 'short';
      return bookOf(
        'inverse',
        {
          name: `${asset}-${side}-${Math.abs(ratio)}`,
          about: `${side} inverse ${asset}, ${Math.abs(ratio)} × its ${asset} collateral`,
        },
        { legs: [inverse(asset, ratio * coins)], holdings: [{ asset, valueUsd: coins }] },
      );
    }),
  );
}

/** Long a coin's linear perpetual with that coin, or with the one that falls with it, as the only collateral. */
export function wrongWayBooks(): HypotheticalBook[] {
  const half = GROSS_USD / 2;
  const made = (long: AssetId, held: AssetId): HypotheticalBook =>
    bookOf(
      'wrong-way',
      { name: `${long}-on-${held}`, about: `long ${long}, backed by ${held} alone` },
      { legs: [perpetual(long, half)], holdings: [{ asset: held, valueUsd: half }] },
    );
  return [
    ...COIN_MARGINED.map((asset) => made(asset, asset)),
    ...COIN_MARGINED.filter((asset) => asset !== 'ETH').map((asset) => made(asset, 'ETH')),
    ...['ADA', 'DOGE', 'AVAX', 'LINK'].map((asset) => made(asset, 'SOL')),
  ];
}
