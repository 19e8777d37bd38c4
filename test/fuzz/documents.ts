import { DEFAULT_METHODOLOGY } from '../../src/margin/default-methodology.ts';

/** Good documents of every kind for a small venue, whose factors are those of the scenario sets of the small universe. */
export const MARKET_DOCUMENT: unknown = {
  plimsoll: 'market/1',
  time: '2026-01-01T08:00:00Z',
  revision: 3,
  assets: [
    { id: 'BTC', places: 8, kind: 'coin', index: 100_000, average: 99_900, confidence: 1, ageMs: 20 },
    { id: 'ETH', places: 8, kind: 'coin', index: 4_000 },
    { id: 'LUNA', places: 6, kind: 'coin', index: 50, issuer: 'terra' },
    { id: 'USD', places: 2, kind: 'fiat', index: 1 },
    { id: 'USDC', places: 6, kind: 'stable', index: 0.97, redemption: 0.99, issuer: 'circle', pegTo: 'USD' },
    { id: 'UST', places: 6, kind: 'stable', index: 0.99, issuer: 'terra', pegTo: 'USD' },
  ],
  underlyings: [
    {
      id: 'BTC',
      forwards: [
        { expiry: '2026-01-31T08:00:00Z', forward: 100_400, rate: 0.04, confidence: 0.9 },
        { expiry: '2026-05-01T08:00:00Z', forward: 101_500 },
      ],
      surface: [
        { kind: 'svi', expiry: '2026-01-31T08:00:00Z', a: 0.018, b: 0.005, rho: -0.2, m: 0.01, sigma: 0.1 },
        {
          kind: 'grid',
          expiry: '2026-05-01T08:00:00Z',
          logMoneyness: [-0.5, 0, 0.5],
          vols: [0.56, 0.52, 0.55],
        },
      ],
      depth: { dailyVolume: 20_000, halfSpreadFrac: 0.0001, bands: [{ bandFrac: 0.01, quantity: 300 }] },
    },
    {
      id: 'ETH',
      forwards: [],
      surface: [{ kind: 'grid', expiry: '2026-01-31T08:00:00Z', logMoneyness: [0], vols: [0.65] }],
    },
    { id: 'LUNA', forwards: [] },
  ],
  instruments: [
    {
      kind: 'perpetual',
      id: 'BTC-P',
      underlying: 'BTC',
      settle: 'USDC',
      form: 'linear',
      contractSize: 1,
      mark: 103_000,
      fundingRate: 0.0001,
    },
    {
      kind: 'perpetual',
      id: 'BTC-INV',
      underlying: 'BTC',
      settle: 'BTC',
      form: 'inverse',
      contractSize: 10,
      mark: 100_050,
    },
    { kind: 'perpetual', id: 'LUNA-P', underlying: 'LUNA', settle: 'UST', form: 'linear', contractSize: 1 },
    {
      kind: 'future',
      id: 'BTC-F',
      underlying: 'BTC',
      settle: 'BTC',
      form: 'inverse',
      contractSize: 10,
      expiry: '2026-05-01T08:00:00Z',
    },
    {
      kind: 'option',
      id: 'BTC-C',
      underlying: 'BTC',
      settle: 'USDC',
      form: 'linear',
      contractSize: 1,
      expiry: '2026-01-31T08:00:00Z',
      strike: 110_000,
      right: 'call',
      mark: 2_000,
    },
    {
      kind: 'option',
      id: 'BTC-PUT',
      underlying: 'BTC',
      settle: 'BTC',
      form: 'inverse',
      contractSize: 1,
      expiry: '2026-03-01T08:00:00Z',
      strike: 90_000,
      right: 'put',
    },
    {
      kind: 'option',
      id: 'ETH-C',
      underlying: 'ETH',
      settle: 'USDC',
      form: 'linear',
      contractSize: 0.1,
      expiry: '2026-01-31T08:00:00Z',
      strike: 4_400,
      right: 'call',
      lot: '0.1',
    },
    { kind: 'spot', id: 'BTC_USDC', underlying: 'BTC', settle: 'USDC' },
  ],
};

export const BOOK_DOCUMENT: unknown = {
  plimsoll: 'book/1',
  about: 'one of everything',
  accounts: [
    {
      account: 'a',
      client: 'c',
      owner: 'o',
      mode: 'portfolio',
      balances: { USDC: '900000.5', BTC: 2.5, USD: '-1000', UST: '50000' },
      positions: [
        { instrument: 'BTC-P', quantity: '3', entryPrice: '99000' },
        { instrument: 'BTC-INV', quantity: -20_000, entryPrice: 98_000 },
        { instrument: 'BTC-F', quantity: '5000' },
        { instrument: 'BTC-C', quantity: '-4', entryPrice: '1800.5' },
        { instrument: 'BTC-PUT', quantity: '-2', entryPrice: '0.02' },
        { instrument: 'ETH-C', quantity: '10', isolated: '5000' },
        { instrument: 'LUNA-P', quantity: '100' },
      ],
      orders: [
        { id: 'one', instrument: 'BTC-P', quantity: '2', price: '100000' },
        { id: 'two', instrument: 'BTC-C', quantity: '-1', price: 2_500 },
      ],
      creditLines: [{ id: 'l', limitUsd: 100_000, grantor: 'g', approver: 'h', expires: '2026-06-01' }],
    },
    {
      account: 'b',
      owner: 'o',
      balances: { USDC: '100000' },
      positions: [{ instrument: 'BTC-P', quantity: '1' }],
    },
  ],
};

const { grid: _, effectiveMs: __, ...sections } = DEFAULT_METHODOLOGY;

export const METHODOLOGY_DOCUMENT: unknown = {
  ...sections,
  plimsoll: 'methodology/1',
  effective: '2026-01-01T00:00:00Z',
  grid: { preset: 'deribit', offsetGroups: [['BTC', 'ETH']] },
};
