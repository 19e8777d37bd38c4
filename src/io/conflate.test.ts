import { describe, expect, it } from 'vitest';
import type { MarketFrame } from '../engine/command.ts';
import { FrameBuffer } from './conflate.ts';

const frame = (parts: Partial<MarketFrame>): MarketFrame => {
  return { kind: 'MarketFrame', assets: [], marks: [], underlyings: [], ...parts };
};
const tick = (source: string, value: number) => ({ source, value, timeMs: value });

describe('frames that wait', () => {
  it('are one frame with the last of everything', () => {
    const buffer = new FrameBuffer();
    expect(buffer.take()).toBeNull();
    buffer.add(
      frame({
        assets: [{ asset: 'BTC', ticks: [tick('a', 1), tick('b', 2)], redemption: { value: 1, timeMs: 0 } }],
        marks: [{ instrument: 'P', ticks: [tick('a', 1)], fundingRate: 0.1 }],
      }),
    );
    const smile = (vol: number) => ({ kind: 'grid', expiryMs: 9, logMoneyness: [0], vols: [vol] }) as const;
    const depth = { dailyVolume: 1, halfSpreadFrac: 0, bands: [] };
    buffer.add(frame({ underlyings: [{ id: 'BTC', forwards: [], smiles: [smile(0.5)], depth }] }));
    buffer.add(
      frame({
        assets: [
          { asset: 'ETH', ticks: [tick('a', 5)] },
          { asset: 'BTC', ticks: [tick('a', 3)] },
        ],
        marks: [{ instrument: 'P', ticks: [], fundingRate: null }],
        underlyings: [{ id: 'BTC', forwards: [], smiles: [smile(0.6)], depth: null }],
      }),
    );
    expect(buffer.take()).toEqual(
      frame({
        assets: [
          { asset: 'BTC', ticks: [tick('a', 3), tick('b', 2)], redemption: { value: 1, timeMs: 0 } },
          { asset: 'ETH', ticks: [tick('a', 5)] },
        ],
        marks: [{ instrument: 'P', ticks: [tick('a', 1)], fundingRate: 0.1 }],
        underlyings: [{ id: 'BTC', forwards: [], smiles: [smile(0.6)], depth }],
      }),
    );
    expect(buffer.isEmpty).toBe(true);
  });

  it('remember that a redemption was taken back', () => {
    const buffer = new FrameBuffer();
    buffer.add(frame({ assets: [{ asset: 'U', ticks: [], redemption: null }] }));
    buffer.add(frame({ assets: [{ asset: 'U', ticks: [tick('a', 1)] }] }));
    expect(buffer.take()!.assets).toEqual([{ asset: 'U', ticks: [tick('a', 1)], redemption: null }]);
  });
});
