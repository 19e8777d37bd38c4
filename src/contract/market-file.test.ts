import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import { markContract } from '../pricer/mark.ts';
import { parseMarketFile } from './market-file.ts';

const assets = [
  {
    id: 'USDC',
    places: 6,
    kind: 'stable',
    index: 0.999,
    average: 1,
    redemption: 1,
    confidence: 0.9,
    ageMs: 50,
  },
  { id: 'BTC', places: 8, kind: 'coin', index: 100_000 },
];
const expiry = '2026-02-01T08:00:00Z';
const smile = { kind: 'grid', expiry, logMoneyness: [0], vols: [0.5] };
const underlying = { id: 'BTC', forwards: [{ expiry, forward: 100_500, rate: 0.03 }], surface: [smile] };
const listed = { underlying: 'BTC', settle: 'USDC', form: 'linear', contractSize: 1 };
const option = { ...listed, kind: 'option', id: 'C', expiry, strike: 100_500, right: 'call' };
const perpetual = { ...listed, kind: 'perpetual', id: 'P', mark: 100_010, fundingRate: -0.0002, lot: '0.5' };
const document = {
  plimsoll: 'market/1',
  time: '2026-01-01T08:00:00Z',
  assets,
  underlyings: [underlying],
  instruments: [perpetual, option],
};

const parse = (change: object): unknown => parseMarketFile({ ...document, ...change });
function market(change: object = {}): Market {
  const parsed = parseMarketFile({ ...document, ...change });
  if (isFailure(parsed)) throw new Error(JSON.stringify(parsed));
  return parsed;
}

describe('a market file', () => {
  it('says what it says, and trusts what it says nothing of', () => {
    const at = market();
    expect([at.revision, at.timeMs]).toEqual([0, Date.UTC(2026, 0, 1, 8)]);
    expect([...at.assets.keys()]).toEqual(['BTC', 'USDC']);
    expect(at.assets.get('USDC')).toEqual({
      asset: { id: 'USDC', places: 6, kind: 'stable', issuer: null, pegTo: null },
      index: { value: 0.999, ageMs: 50, confidence: 0.9, degraded: false },
      averageValue: 1,
      redemptionValue: 1,
    });
    expect(at.assets.get('BTC')!.averageValue).toBe(100_000);
    expect(at.products.get('P')!.lotAtoms).toBe(50_000_000n);
    expect(at.quotes.get('P')!.fundingRate).toBe(-0.0002);
    expect(at.quotes.has('C')).toBe(false);
  });

  it('values at the money near 0.4 · vol · √time of the forward where nothing is quoted', () => {
    const at = market({ assets: [{ ...assets[0], index: 1 }, assets[1]] });
    const value = markContract(at.products.get('C')!, at);
    if (isFailure(value)) throw new Error(value.expected);
    // Brenner and Subrahmanyam (1988): F·σ·√(τ/2π), discounted at 3 %; exact to σ²τ/24.
    const years = 31 / 365;
    const expected = 100_500 * 0.5 * Math.sqrt(years / (2 * Math.PI)) * Math.exp(-0.03 * years);
    expect(Math.abs(value.mark / expected - 1)).toBeLessThan(0.001);
  });

  const CASES: readonly (readonly [string, object, string])[] = [
    ['a kind of its own', { plimsoll: 'market/2' }, 'SHAPE_INVALID'],
    ['no assets', { assets: [] }, 'SHAPE_INVALID'],
    ['a moment that is none', { time: '2026-01-32' }, 'DATE_INVALID'],
    [
      'a forward at a moment that is none',
      { underlyings: [{ id: 'BTC', forwards: [{ expiry: 'soon', forward: 1 }] }] },
      'DATE_INVALID',
    ],
    [
      'forwards that do not ascend',
      { underlyings: [{ id: 'BTC', forwards: [underlying.forwards[0], underlying.forwards[0]] }] },
      'SHAPE_INVALID',
    ],
    [
      'a grid with more moneyness than vols',
      { underlyings: [{ ...underlying, surface: [{ ...smile, logMoneyness: [0, 1] }] }] },
      'SHAPE_INVALID',
    ],
    [
      'a vol below zero',
      { underlyings: [{ ...underlying, surface: [{ ...smile, vols: [-0.1] }] }] },
      'VOLATILITY_INVALID',
    ],
    ['an option that is over', { instruments: [{ ...option, expiry: '2025-12-31' }] }, 'INSTRUMENT_EXPIRED'],
    [
      'an inverse contract paid in dollars',
      { instruments: [{ ...perpetual, form: 'inverse' }] },
      'SHAPE_INVALID',
    ],
    ['a perpetual with a strike', { instruments: [{ ...perpetual, strike: 5 }] }, 'SHAPE_INVALID'],
    ['a lot finer than an atom', { instruments: [{ ...perpetual, lot: '0.000000001' }] }, 'DECIMAL_INVALID'],
    ['an instrument on nothing', { instruments: [{ ...perpetual, underlying: 'DOGE' }] }, 'UNKNOWN_ASSET'],
    ['a mark of zero for a perpetual', { instruments: [{ ...perpetual, mark: 0 }] }, 'NUMBER_OUT_OF_RANGE'],
    ['a confidence above one', { assets: [{ ...assets[0], confidence: 1.1 }] }, 'NUMBER_OUT_OF_RANGE'],
  ];
  it.each(CASES)('is refused that has %s', (_, change, failure) => {
    expect(parse(change)).toMatchObject({ failure });
  });
});
