import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { type Option, type Perpetual, YEAR_MS } from '../product/product.ts';
import { type MarketParts, buildMarket } from './build.ts';
import type { AssetQuote, InstrumentQuote, Price } from './market.ts';

const price = (value: number): Price => ({ value, ageMs: 0, confidence: 1, degraded: false });
const asset = (id: string, value: number): AssetQuote => ({
  asset: { id, places: 8, kind: 'coin', issuer: null, pegTo: null },
  index: price(value),
  averageValue: value,
  redemptionValue: null,
});
const quote = (value: number): InstrumentQuote => ({ mark: price(value), fundingRate: null });
const perpetual: Perpetual = {
  kind: 'perpetual',
  id: 'BTC-PERPETUAL',
  underlying: 'BTC',
  settle: 'BTC',
  form: 'inverse',
  lotAtoms: 1n,
  contractSize: 10,
};
const option: Option = {
  ...perpetual,
  kind: 'option',
  id: 'BTC-X-C',
  contractSize: 1,
  expiryMs: YEAR_MS,
  strike: 5e4,
  right: 'call',
};
const parts: MarketParts = {
  revision: 7,
  timeMs: 0,
  assets: [asset('USDC', 1), asset('BTC', 5e4)],
  underlyings: [
    {
      id: 'BTC',
      forwards: [{ expiryMs: YEAR_MS, forward: 51_000, rate: 0, confidence: 1 }],
      surface: { smiles: [{ kind: 'svi', expiryMs: YEAR_MS, a: 0.2, b: 0.1, rho: -0.2, m: 0, sigma: 0.3 }] },
      depth: { dailyVolume: 100, halfSpreadFrac: 0.001, bands: [{ bandFrac: 0.01, quantity: 5 }] },
    },
  ],
  products: [option, perpetual],
  quotes: [
    ['BTC-X-C', quote(0)],
    ['BTC-PERPETUAL', quote(5e4)],
  ],
};

function codeOf(change: Partial<MarketParts>): string | null {
  const built = buildMarket({ ...parts, ...change });
  return isFailure(built) ? `${built.failure} ${built.field}` : null;
}
const underlying = (change: object) => ({ underlyings: [{ ...parts.underlyings[0]!, ...change }] });

describe('a market', () => {
  it('puts everything in ascending order of id and stamps the time of fit (MARKET-001, BITS-004)', () => {
    const built = buildMarket(parts);
    if (isFailure(built)) throw new Error(built.field);
    expect([...built.assets.keys()]).toEqual(['BTC', 'USDC']);
    expect([...built.products.keys()]).toEqual(['BTC-PERPETUAL', 'BTC-X-C']);
    expect([...built.quotes.keys()]).toEqual(['BTC-PERPETUAL', 'BTC-X-C']);
    expect(built.underlyings.get('BTC')!.surface!.smiles[0]).toMatchObject({ fittedMs: 0 });
  });

  it('refuses two of one id (MARKET-001)', () => {
    expect(codeOf({ assets: [...parts.assets, asset('BTC', 1)] })).toBe('DUPLICATE_ID assets.BTC');
    expect(codeOf({ products: [option, option] })).toBe('DUPLICATE_ID products.BTC-X-C');
    expect(codeOf({ quotes: [...parts.quotes, ['BTC-X-C', quote(1)]] })).toBe('DUPLICATE_ID quotes.BTC-X-C');
  });

  it('refuses prices that are no prices (MARKET-002)', () => {
    expect(codeOf({ assets: [asset('BTC', 0), asset('USDC', 1)] })).toBe(
      'NUMBER_OUT_OF_RANGE assets.BTC.index',
    );
    expect(codeOf({ assets: [asset('BTC', NaN), asset('USDC', 1)] })).toBe(
      'NUMBER_NOT_FINITE assets.BTC.index',
    );
    expect(codeOf({ quotes: [['BTC-PERPETUAL', quote(0)]] })).toBe(
      'NUMBER_OUT_OF_RANGE quotes.BTC-PERPETUAL.mark',
    );
    expect(codeOf({ quotes: [['BTC-X-C', quote(-0.1)]] })).toBe('NUMBER_OUT_OF_RANGE quotes.BTC-X-C.mark');
    const funded = { mark: price(1), fundingRate: 2 };
    expect(codeOf({ quotes: [['BTC-PERPETUAL', funded]] })).toBe(
      'NUMBER_OUT_OF_RANGE quotes.BTC-PERPETUAL.fundingRate',
    );
    const doubtful = { mark: { ...price(1), confidence: 1.5 }, fundingRate: null };
    expect(codeOf({ quotes: [['BTC-PERPETUAL', doubtful]] })).toBe(
      'NUMBER_OUT_OF_RANGE quotes.BTC-PERPETUAL.mark.confidence',
    );
  });

  it('refuses references to what is not there (MARKET-003)', () => {
    expect(codeOf({ products: [{ ...option, underlying: 'DOGE', settle: 'DOGE' }], quotes: [] })).toMatch(
      /^UNKNOWN_ASSET/,
    );
    expect(codeOf({ quotes: [['ETH-PERPETUAL', quote(1)]] })).toMatch(/^UNKNOWN_INSTRUMENT/);
    expect(codeOf(underlying({ id: 'DOGE' }))).toMatch(/^UNKNOWN_ASSET/);
  });

  it('refuses products that expired, or that cannot be (PRODUCT-001, PRODUCT-009, MARKET-003)', () => {
    expect(codeOf({ timeMs: YEAR_MS + 1 })).toMatch(/^INSTRUMENT_EXPIRED products\.BTC-X-C/);
    expect(codeOf({ timeMs: YEAR_MS })).toBeNull();
    expect(codeOf({ products: [{ ...option, strike: 0 }], quotes: [] })).toMatch(
      /^NUMBER_OUT_OF_RANGE .*strike/,
    );
    expect(codeOf({ products: [{ ...option, settle: 'USDC' }], quotes: [] })).toMatch(
      /^SHAPE_INVALID .*settle/,
    );
    expect(codeOf({ products: [{ ...perpetual, contractSize: -1 }], quotes: [] })).toMatch(/contractSize/);
    expect(codeOf({ products: [{ ...perpetual, lotAtoms: 0n }], quotes: [] })).toMatch(/lotAtoms/);
  });

  it('refuses forwards out of order, depth that is none, and surfaces with arbitrage', () => {
    const [forward] = parts.underlyings[0]!.forwards;
    expect(codeOf(underlying({ forwards: [forward, forward] }))).toMatch(/^SHAPE_INVALID/);
    expect(codeOf(underlying({ forwards: [{ ...forward, forward: -1 }] }))).toMatch(/^NUMBER_OUT_OF_RANGE/);
    expect(
      codeOf(
        underlying({ depth: { dailyVolume: 1, halfSpreadFrac: 0, bands: [{ bandFrac: 0, quantity: 1 }] } }),
      ),
    ).toMatch(/bands/);
    const steep = { kind: 'svi', expiryMs: YEAR_MS, a: 0.2, b: 2.5, rho: 0, m: 0, sigma: 0.3 };
    expect(codeOf(underlying({ surface: { smiles: [steep] } }))).toMatch(
      /^SURFACE_ARBITRAGE underlyings\.BTC\.surface\[1971/,
    );
  });

  it('refuses a moment that is none', () => {
    expect(codeOf({ timeMs: NaN })).toMatch(/timeMs/);
    expect(codeOf({ revision: -1 })).toMatch(/revision/);
  });
});
