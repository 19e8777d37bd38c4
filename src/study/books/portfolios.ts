import { makeUniform } from '../../base/random.ts';
import type { AssetId } from '../../product/product.ts';
import type { HypotheticalBook, Leg } from '../books.ts';
import { bookOf, future, GROSS_USD, MAJORS, perpetual } from './words.ts';

const FUTURES: readonly AssetId[] = ['BTC', 'ETH', 'SOL', 'XRP'];

/** One tenor against another of the same underlying, both ways round. */
export function calendarBooks(): HypotheticalBook[] {
  const half = GROSS_USD / 2;
  return FUTURES.flatMap((asset) =>
    [1, -1].flatMap((sign) => [
      bookOf(
        'calendar',
        {
          name: `${asset}-perp-90d-${sign > 0 ? 'long' : 'short'}`,
          about: `${asset} perpetual against its 90-day future`,
        },
        { legs: [perpetual(asset, sign * half), future(asset, 90, -sign * half)] },
      ),
      bookOf(
        'calendar',
        {
          name: `${asset}-30d-90d-${sign > 0 ? 'long' : 'short'}`,
          about: `${asset} 30-day against its 90-day future`,
        },
        { legs: [future(asset, 30, sign * half), future(asset, 90, -sign * half)] },
      ),
    ]),
  );
}

type Basket = { readonly name: string; readonly members: readonly AssetId[] };

// prettier-ignore
const BASKETS: readonly Basket[] = [
  { name: 'top-2', members: ['BTC', 'ETH'] },
  { name: 'top-5', members: ['BTC', 'ETH', 'BNB', 'XRP', 'ADA'] },
  { name: 'old-8', members: ['BTC', 'ETH', 'BNB', 'LTC', 'XRP', 'ADA', 'TRX', 'LINK'] },
  { name: 'payments', members: ['LTC', 'XRP', 'TRX', 'BCH', 'DOGE'] },
  { name: 'platforms', members: ['ETH', 'SOL', 'ADA', 'AVAX', 'DOT', 'NEAR', 'ATOM'] },
  { name: 'majors-15', members: MAJORS },
];

function weighted(members: readonly AssetId[], usd: number): Leg[] {
  return members.map((asset) => perpetual(asset, usd / members.length));
}

/** Baskets of equal weights: long, short, and long against BTC. */
export function basketBooks(): HypotheticalBook[] {
  return BASKETS.flatMap(({ name, members }) => [
    bookOf('basket', { name, about: `long ${members.join(' ')}` }, { legs: weighted(members, GROSS_USD) }),
    bookOf(
      'basket',
      { name: `${name}-short`, about: `short ${members.join(' ')}` },
      { legs: weighted(members, -GROSS_USD) },
    ),
    bookOf(
      'basket',
      { name: `${name}-against-BTC`, about: `long ${members.join(' ')}, half as much BTC short` },
      { legs: [...weighted(members, (2 / 3) * GROSS_USD), future('BTC', 30, -GROSS_USD / 3)] },
    ),
  ]);
}

const MAKERS = 12;
const MAKER_ASSETS = 8;

/** Market makers in perpetuals: eight majors each, signs and sizes drawn from a fixed seed, then made neutral in USD. */
export function linearMakers(): HypotheticalBook[] {
  return Array.from({ length: MAKERS }, (_, i) => {
    const draw = makeUniform(1_000 + i);
    const pool = i < MAKERS / 2 ? MAJORS.filter((asset) => OLD.includes(asset)) : MAJORS;
    const picked = pool
      .map((asset) => ({ asset, key: draw() }))
      .sort((a, b) => a.key - b.key)
      .slice(0, MAKER_ASSETS)
      .map(({ asset }) => asset)
      .sort();
    const sizes = picked.map(() => (draw() < 0.5 ? -1 : 1) * (0.25 + draw()));
    const centre = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    const neutral = sizes.map((size) => size - centre);
    const gross = neutral.reduce((sum, size) => sum + Math.abs(size), 0);
    const legs = picked.map((asset, k) => perpetual(asset, (neutral[k]! / gross) * GROSS_USD));
    return bookOf(
      'market-maker',
      { name: `linear-${String(i + 1).padStart(2, '0')}`, about: `neutral in ${picked.join(' ')}` },
      { legs },
    );
  });
}

/** Majors that were listed before 2020. */
const OLD: readonly AssetId[] = ['BTC', 'ETH', 'BNB', 'XRP', 'ADA', 'LTC', 'TRX', 'LINK', 'DOGE', 'ATOM'];
