import { makeUniform } from '../../base/random.ts';
import type { AssetId } from '../../product/product.ts';
import type { HypotheticalBook, Leg } from '../books.ts';
import { bookOf, GROSS_USD, OPTION_ASSETS, option, perpetual } from './words.ts';

const HALF = GROSS_USD / 2;
const TENORS: readonly number[] = [7, 30, 90];

function strangle(asset: AssetId, at: { days: number; width: number }, usd: number): Leg[] {
  const { days, width } = at;
  return [
    option(asset, { days, right: 'put', deviations: -width }, usd),
    option(asset, { days, right: 'call', deviations: width }, usd),
  ];
}

/** Short straddles and strangles: three tenors, at the money and about 0.6 and 1.2 standard deviations away at a vol of 0.65. */
export function shortVolBooks(): HypotheticalBook[] {
  return OPTION_ASSETS.flatMap((asset) =>
    TENORS.flatMap((days) =>
      [0, 0.4, 0.8].map((width) =>
        bookOf(
          'short-strangle',
          {
            name: `${asset}-${days}d-${width}`,
            about: `short ${asset} ${days}-day strangle, strikes ±${width} · √τ`,
          },
          { legs: strangle(asset, { days, width }, -HALF) },
        ),
      ),
    ),
  );
}

/** Long straddles and strangles: what they can lose in a day is a fall of volatility. */
export function longVolBooks(): HypotheticalBook[] {
  return OPTION_ASSETS.flatMap((asset) =>
    [30, 90].map((days) =>
      bookOf(
        'long-vol',
        { name: `${asset}-${days}d`, about: `long ${asset} ${days}-day straddle` },
        { legs: strangle(asset, { days, width: 0 }, HALF) },
      ),
    ),
  );
}

/** Covered calls, and collars. */
export function incomeBooks(): HypotheticalBook[] {
  return OPTION_ASSETS.flatMap((asset) => [
    ...[7, 30].map((days) =>
      bookOf(
        'covered-call',
        { name: `${asset}-${days}d`, about: `long ${asset}, short ${days}-day call at +0.3 · √τ` },
        {
          legs: [
            perpetual(asset, GROSS_USD),
            option(asset, { days, right: 'call', deviations: 0.3 }, -GROSS_USD),
          ],
        },
      ),
    ),
    bookOf(
      'covered-call',
      {
        name: `${asset}-collar`,
        about: `long ${asset}, long 30-day put at −0.4 · √τ, short call at +0.4 · √τ`,
      },
      {
        legs: [
          perpetual(asset, GROSS_USD),
          option(asset, { days: 30, right: 'put', deviations: -0.4 }, GROSS_USD),
          option(asset, { days: 30, right: 'call', deviations: 0.4 }, -GROSS_USD),
        ],
      },
    ),
  ]);
}

/** Put spreads, butterflies, ratio spreads, risk reversals and calendars in options. */
export function spreadBooks(): HypotheticalBook[] {
  return OPTION_ASSETS.flatMap((asset) => {
    const put = (deviations: number, usd: number): Leg =>
      option(asset, { days: 30, right: 'put', deviations }, usd);
    const call = (deviations: number, usd: number): Leg =>
      option(asset, { days: 30, right: 'call', deviations }, usd);
    const far = option(asset, { days: 90, right: 'call', deviations: 0 }, GROSS_USD);
    const made = (name: string, about: string, legs: readonly Leg[]): HypotheticalBook =>
      bookOf('option-spread', { name: `${asset}-${name}`, about: `${asset}: ${about}` }, { legs });
    return [
      made('bull-put', 'short put spread', [put(-0.2, -GROSS_USD), put(-0.6, GROSS_USD)]),
      made('condor', 'short iron condor', [
        put(-0.4, -HALF),
        put(-0.8, HALF),
        call(0.4, -HALF),
        call(0.8, HALF),
      ]),
      made('ratio', 'one put long, two further ones short', [put(-0.2, HALF), put(-0.6, -GROSS_USD)]),
      made('reversal', 'short put, long call', [put(-0.4, -GROSS_USD), call(0.4, GROSS_USD)]),
      made('calendar', '90-day call long, 30-day call short', [call(0, -GROSS_USD), far]),
    ];
  });
}

/** Short straddles on BTC against long ones on an alt, the same notional; and the other way round. */
export function dispersionBooks(): HypotheticalBook[] {
  return OPTION_ASSETS.filter((asset) => asset !== 'BTC').flatMap((asset) =>
    [1, -1].flatMap((sign) =>
      [30, 90].map((days) =>
        bookOf(
          'dispersion',
          {
            name: `${sign > 0 ? 'short-BTC-long' : 'long-BTC-short'}-${asset}-${days}d`,
            about: `${days}-day straddles: ${sign > 0 ? 'short BTC, long' : 'long BTC, short'} ${asset}`,
          },
          {
            legs: [
              ...strangle('BTC', { days, width: 0 }, -sign * (HALF / 2)),
              ...strangle(asset, { days, width: 0 }, sign * (HALF / 2)),
            ],
          },
        ),
      ),
    ),
  );
}

const MAKERS = 12;
const MAKER_LEGS = 10;

/** Option market makers: ten strikes each over one or all underlyings, signs and sizes from a fixed seed, roughly hedged with perpetuals. */
export function optionMakers(): HypotheticalBook[] {
  return Array.from({ length: MAKERS }, (_, i) => {
    const draw = makeUniform(2_000 + i);
    const assets = i % 3 === 0 ? OPTION_ASSETS : [OPTION_ASSETS[i % 2]!];
    const pick = <T>(items: readonly T[]): T => items[Math.floor(draw() * items.length)]!;
    const seen = new Set<string>();
    const legs: Leg[] = [];
    const deltas = new Map<AssetId, number>();
    while (legs.length < MAKER_LEGS) {
      const asset = pick(assets);
      const days = pick(TENORS);
      const deviations = pick([0, 0.2, 0.4, 0.6]);
      const right = pick(['call', 'put'] as const);
      const usd = (draw() < 0.55 ? -1 : 1) * (0.5 + draw()) * (GROSS_USD / MAKER_LEGS);
      const key = `${asset} ${days} ${deviations} ${right}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const place = right === 'call' ? deviations : -deviations;
      legs.push(option(asset, { days, right, deviations: place }, usd));
      const delta = (right === 'call' ? 1 : -1) * Math.max(0.1, 0.5 - 0.6 * deviations) * usd;
      deltas.set(asset, (deltas.get(asset) ?? 0) + delta);
    }
    const hedges = [...deltas.keys()].sort().map((asset) => perpetual(asset, -deltas.get(asset)!));
    return bookOf(
      'market-maker',
      {
        name: `options-${String(i + 1).padStart(2, '0')}`,
        about: `ten strikes of ${assets.join(' ')}, hedged`,
      },
      { legs: [...legs, ...hedges] },
    );
  });
}
