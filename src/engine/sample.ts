import { exp } from '../base/elementary.ts';
import { DAY_MS } from '../base/instant.ts';
import { drawNormal, makeUniform } from '../base/random.ts';
import { DEFAULT_METHODOLOGY } from '../margin/default-methodology.ts';
import type { Methodology } from '../margin/methodology.ts';
import type { Smile } from '../market/surface.ts';
import type { Asset, Product } from '../product/product.ts';
import type { Command, MarketFrame, OpenVenue } from './command.ts';
import { DEFAULT_RULES, type VenueRules } from './rules.ts';

/** A Monday, 08:00 UTC. */
export const SAMPLE_START_MS: number = Date.UTC(2026, 0, 12, 8);
/** Expiry of the dated instruments of the sample. */
export const SAMPLE_EXPIRY_MS: number = Date.UTC(2026, 2, 27, 8);

const coin = (id: string): Asset => ({ id, places: 8, kind: 'coin', issuer: null, pegTo: null });
const ASSETS: readonly Asset[] = [
  coin('BTC'),
  coin('ETH'),
  { id: 'USD', places: 2, kind: 'fiat', issuer: null, pegTo: null },
  { id: 'USDC', places: 6, kind: 'stable', issuer: 'circle', pegTo: 'USD' },
  { id: 'USDE', places: 6, kind: 'stable', issuer: 'ethena', pegTo: 'USD' },
];

const MILLI = 100_000n;
const btc = { underlying: 'BTC', lotAtoms: MILLI, contractSize: 1 } as const;
const dated = { expiryMs: SAMPLE_EXPIRY_MS } as const;
const option = { ...btc, ...dated, kind: 'option', form: 'linear', settle: 'USDC' } as const;
const PRODUCTS: readonly Product[] = [
  { ...btc, id: 'BTC-PERP', kind: 'perpetual', form: 'linear', settle: 'USDC' },
  { ...btc, id: 'ETH-PERP', kind: 'perpetual', form: 'linear', settle: 'USDC', underlying: 'ETH' },
  {
    ...btc,
    id: 'BTC-INVERSE',
    kind: 'perpetual',
    form: 'inverse',
    settle: 'BTC',
    contractSize: 10,
    lotAtoms: 100_000_000n,
  },
  { ...btc, ...dated, id: 'BTC-27MAR26', kind: 'future', form: 'linear', settle: 'USDC' },
  { ...option, id: 'BTC-27MAR26-80000-P', strike: 80_000, right: 'put' },
  { ...option, id: 'BTC-27MAR26-100000-C', strike: 100_000, right: 'call' },
  {
    ...option,
    id: 'BTC-27MAR26-120000-C-COIN',
    strike: 120_000,
    right: 'call',
    form: 'inverse',
    settle: 'BTC',
  },
  { id: 'BTC-USDC', kind: 'spot', underlying: 'BTC', settle: 'USDC', lotAtoms: MILLI },
];

/** The default methodology with sets small enough for tests, and a rule for the synthetic dollar. */
export const SAMPLE_METHODOLOGY: Methodology = {
  ...DEFAULT_METHODOLOGY,
  id: 'sample',
  effectiveMs: SAMPLE_START_MS,
  filtered: { lookbackDays: 365, decay: 0.97, longRunFrac: 0, floorFrac: 0.75, scaleMax: 4 },
  historical: { lookbackDays: 365 },
  monteCarlo: { ...DEFAULT_METHODOLOGY.monteCarlo, count: 256, correlationDecay: 0.97, shrinkFrac: 0.2 },
  antiProcyclicality: { tool: 'stress-weight', stressFrac: 0.25 },
};

export const SAMPLE_RULES: VenueRules = {
  ...DEFAULT_RULES,
  liquidation: { ...DEFAULT_RULES.liquidation, backstops: ['backstop'] },
};

export type SamplePrices = { readonly btc: number; readonly eth: number; readonly usde?: number };

/**
 * One frame of the sample: every price from two sources that agree, forwards 1 % above the index, one smile, depth. `quiet` leaves out the
 * ticks of these assets and of the marks on them, as a feed that went dark does.
 */
export function sampleFrame(
  timeMs: number,
  { btc: spot, eth, usde = 1 }: SamplePrices,
  quiet: readonly string[] = [],
): MarketFrame {
  const ticks = (value: number): { source: string; value: number; timeMs: number }[] =>
    ['alpha', 'beta'].map((source) => ({ source, value, timeMs }));
  const assets = [
    ['BTC', spot],
    ['ETH', eth],
    ['USD', 1],
    ['USDC', 1],
    ['USDE', usde],
  ] as const;
  const marks = [
    ['BTC-PERP', 'BTC', spot * 1.0002],
    ['ETH-PERP', 'ETH', eth * 1.0002],
    ['BTC-INVERSE', 'BTC', spot * 1.0001],
    ['BTC-27MAR26', 'BTC', spot * 1.01],
  ] as const;
  const isQuoted = (id: string): boolean => !quiet.includes(id);
  const smile = (expiryMs: number): Smile => {
    return { kind: 'grid', expiryMs, logMoneyness: [-0.4, 0, 0.4], vols: [0.62, 0.55, 0.57] };
  };
  const depth = (dailyVolume: number): MarketFrame['underlyings'][number]['depth'] => ({
    dailyVolume,
    halfSpreadFrac: 0.0001,
    bands: [
      { bandFrac: 0.001, quantity: dailyVolume / 3_000 },
      { bandFrac: 0.02, quantity: dailyVolume / 100 },
    ],
  });
  return {
    kind: 'MarketFrame',
    assets: assets.filter(([id]) => isQuoted(id)).map(([asset, value]) => ({ asset, ticks: ticks(value) })),
    marks: marks
      .filter(([, underlying]) => isQuoted(underlying))
      .map(([instrument, , value]) => {
        const fundingRate = instrument.includes('27MAR26') ? null : 0.0001;
        return { instrument, ticks: ticks(value), fundingRate };
      }),
    underlyings: [
      {
        id: 'BTC',
        forwards: [{ expiryMs: SAMPLE_EXPIRY_MS, forward: spot * 1.01, rate: 0.03, confidence: 1 }],
        smiles: [smile(SAMPLE_EXPIRY_MS)],
        depth: depth(300_000),
      },
      { id: 'ETH', forwards: [], smiles: [], depth: depth(4_000_000) },
    ].filter(({ id }) => isQuoted(id)),
  };
}

/** Daily closes that end at the prices of the first frame: correlated, fat-tailed, seeded. */
function sampleHistory(days: number, seed: number): OpenVenue['history'] {
  const draw = makeUniform(seed);
  const paths: number[][] = [[], []];
  for (let day = 0; day < days; day++) {
    const shock = drawNormal(draw) * (draw() < 0.05 ? 0.08 : 0.022);
    paths[0]!.push(shock);
    paths[1]!.push(1.1 * shock + 0.02 * drawNormal(draw));
  }
  const levels = (moves: readonly number[], last: number): number[] => {
    let level = last;
    const out: number[] = [];
    for (let day = moves.length - 1; day >= 0; day--) {
      out.unshift(level);
      level *= exp(-moves[day]!);
    }
    return out;
  };
  const flat = Array.from({ length: days }, () => 1);
  return {
    startMs: Math.floor(SAMPLE_START_MS / DAY_MS) * DAY_MS - days * DAY_MS,
    closes: [
      { asset: 'BTC', values: levels(paths[0]!, 95_000) },
      { asset: 'ETH', values: levels(paths[1]!, 3_300) },
      { asset: 'USDC', values: flat },
      { asset: 'USDE', values: flat },
    ],
  };
}

export type SampleOptions = {
  readonly accounts?: number;
  readonly methodology?: Methodology;
  readonly rules?: VenueRules;
  readonly days?: number;
};

/** The id of a trader of the sample: the third one margins by rules, the fourth position by position, the others by scenarios. */
export function sampleAccount(n: number): string {
  return `trader-${n}`;
}

/**
 * The commands that open the sample venue: parameters and history, a backstop and `accounts` traders with 100,000 USDC and 1 BTC each, a
 * funded insurance fund, and the first frame at BTC 95,000 and ETH 3,300. All are given at {@link SAMPLE_START_MS}.
 */
export function sampleVenue(options: SampleOptions = {}): Command[] {
  const { accounts = 4, methodology = SAMPLE_METHODOLOGY, rules = SAMPLE_RULES, days = 500 } = options;
  const commands: Command[] = [
    {
      kind: 'OpenVenue',
      venue: 'sample',
      assets: ASSETS,
      products: PRODUCTS,
      methodology,
      rules,
      history: sampleHistory(days, 7),
    },
    { kind: 'OpenAccount', account: 'backstop', client: 'backstop', owner: 'backstop', mode: 'portfolio' },
    { kind: 'Deposit', id: 'd-backstop', account: 'backstop', asset: 'USDC', atoms: 20_000_000_000_000n },
    { kind: 'Deposit', id: 'd-fund', account: '$insurance', asset: 'USDC', atoms: 1_000_000_000_000n },
  ];
  for (let n = 0; n < accounts; n++) {
    const account = sampleAccount(n);
    const mode = n % 8 === 2 ? 'cross' : n % 8 === 3 ? 'isolated' : 'portfolio';
    commands.push(
      { kind: 'OpenAccount', account, client: account, owner: account, mode },
      { kind: 'Deposit', id: `d-${n}-usdc`, account, asset: 'USDC', atoms: 100_000_000_000n },
      { kind: 'Deposit', id: `d-${n}-btc`, account, asset: 'BTC', atoms: 100_000_000n },
    );
  }
  commands.push(sampleFrame(SAMPLE_START_MS, { btc: 95_000, eth: 3_300 }));
  return commands;
}
