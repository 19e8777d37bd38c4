import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { parseMarketFile } from './market-file.ts';

function marketWith(asset: object): ReturnType<typeof parseMarketFile> {
  const base = { id: 'USDE', places: 6, kind: 'stable' };
  return parseMarketFile({
    plimsoll: 'market/1',
    time: '2025-10-10T21:20:00Z',
    assets: [{ ...base, ...asset }],
    underlyings: [],
    instruments: [],
  });
}

describe('several price sources in a market file', () => {
  it('give the median of those that agree, with the share of them as confidence', () => {
    const market = marketWith({
      sources: [
        { source: 'a', value: 1.001 },
        { source: 'b', value: 0.999 },
        { source: 'c', value: 0.65 },
      ],
    });
    if (isFailure(market)) throw new Error(JSON.stringify(market));
    const { index } = market.assets.get('USDE')!;
    expect(index.value).toBeCloseTo(1, 12);
    expect(index.confidence).toBeCloseTo(2 / 3, 12);
  });

  it('leave no price where they do not agree, or are all stale', () => {
    const split = [
      { source: 'a', value: 1 },
      { source: 'b', value: 0.65 },
    ];
    const stale = [{ source: 'a', value: 1, ageMs: 3_600_000 }];
    for (const sources of [split, stale]) {
      const market = marketWith({ sources });
      expect(isFailure(market) && market.failure).toBe('PRICE_MISSING');
      expect(isFailure(market) && market.field).toBe('market.assets[0].sources');
    }
  });

  it('are refused beside an index, and an asset without either is refused', () => {
    for (const asset of [{}, { index: 1, sources: [{ source: 'a', value: 1 }] }]) {
      const market = marketWith(asset);
      expect(isFailure(market) && market.failure).toBe('SHAPE_INVALID');
    }
  });
});
