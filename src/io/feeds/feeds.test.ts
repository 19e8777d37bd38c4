import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import type { MarketFrame } from '../../engine/command.ts';
import { readText } from '../files.ts';
import { type PriceBars, parseBars, ticksAt } from './bars.ts';
import { generatedFeed } from './generated.ts';
import { replayFeed } from './replay.ts';

const START_MS = Date.UTC(2026, 0, 12, 8);
const ASSETS = [
  { id: 'BTC', places: 8, kind: 'coin', issuer: null, pegTo: null },
  { id: 'USDC', places: 6, kind: 'stable', issuer: 'circle', pegTo: 'USD' },
] as const;
const SPEC = {
  assets: ASSETS,
  products: [],
  startMs: START_MS,
  seed: 1,
  prices: new Map([['BTC', 100]]),
  sources: 3,
};
const clock = { nowMs: () => Date.now() };

const CSV = `time,venue,asset,open,high,low,close
2020-03-12T10:00:00Z,one,BTC,100,104,98,102
2020-03-12T10:00:00Z,two,BTC,100,101,80,90
2020-03-12T10:01:00Z,one,BTC,102,102,96,96
`;

function bars(text: string = CSV): PriceBars {
  const parsed = parseBars(text, { field: 'bars' });
  if (isFailure(parsed)) throw new Error(parsed.field);
  return parsed;
}

const priceOf = (frame: MarketFrame): number[] =>
  frame.assets.find(({ asset }) => asset === 'BTC')!.ticks.map((tick) => tick.value);

describe('bars', () => {
  it('go over their extremes, the nearer first, and say nothing where a source has none', () => {
    const parsed = bars();
    const startMs = Date.UTC(2020, 2, 12, 10);
    expect([parsed.barMs, parsed.startMs, parsed.endMs]).toEqual([60_000, startMs, startMs + 120_000]);
    const values = (offsetMs: number): number[] =>
      ticksAt(parsed, { timeMs: startMs + offsetMs, stampMs: 7 })
        .get('BTC')!
        .map((tick) => tick.value);
    expect([0, 10_000, 20_000, 40_000].map((ms) => values(ms)[0])).toEqual([100, 99, 98, 104]);
    expect([0, 20_000, 40_000].map((ms) => values(ms)[1])).toEqual([100, 101, 80]);
    expect(values(60_000)).toEqual([102]);
    expect(values(120_000)).toEqual([]);
    expect(ticksAt(parsed, { timeMs: startMs, stampMs: 7 }).get('BTC')![1]).toEqual({
      source: 'two',
      value: 100,
      timeMs: 7,
    });
  });

  it('are refused where they contradict themselves, with the row', () => {
    const refusal = (text: string): string => {
      const parsed = parseBars(text, { field: 'bars' });
      return isFailure(parsed) ? `${parsed.failure} ${parsed.field}` : 'taken';
    };
    expect(refusal('time,asset,open,high,low\n')).toBe('SHAPE_INVALID bars');
    expect(refusal(CSV.replace('80,90', '91,90'))).toBe('NUMBER_OUT_OF_RANGE bars row 2');
    expect(refusal(CSV.replace('80,90', ',90'))).toBe('NUMBER_OUT_OF_RANGE bars row 2');
    expect(refusal(CSV.replace('2020-03-12T10:01:00Z', 'noon'))).toBe('DATE_INVALID bars row 3');
    expect(refusal(CSV.split('\n').slice(0, 3).join('\n'))).toBe('SHAPE_INVALID bars');
    expect(refusal(CSV.replace(',96,96', ',96'))).toBe('MALFORMED_CSV bars record 4');
  });

  const folder = process.env['PLIMSOLL_SHARED'] ?? join('..', 'shared');
  const file = (name: string): string => join(folder, 'data', name);
  const crash = file('minute-bars-2025-10-10.csv.gz');
  it.skipIf(!existsSync(crash))(
    'read the minutes of 2025-10-10 and single events (skipped without them)',
    () => {
      const text = readText(crash);
      if (isFailure(text)) throw new Error(text.field);
      const minutes = bars(text);
      expect([minutes.barMs, minutes.series.size]).toEqual([60_000, 26]);
      expect(minutes.startMs).toBe(Date.UTC(2025, 9, 10));
      const hourly = readText(file('ohlcv-hourly-crashes.csv.gz'));
      if (isFailure(hourly)) throw new Error(hourly.field);
      const event = parseBars(hourly, { field: 'hours', event: 'covid-2020-03' });
      if (isFailure(event)) throw new Error(event.field);
      expect(event.barMs).toBe(3_600_000);
      expect(event.series.has('BTC')).toBe(true);
      expect(event.series.has('SOL')).toBe(false);
    },
  );
});

describe('feeds of our own making', () => {
  beforeEach(() => void vi.useFakeTimers({ now: START_MS }));
  afterEach(() => void vi.useRealTimers());

  it('generate a frame a step, can be shocked, and stop', () => {
    const feed = generatedFeed({ spec: SPEC, clock, stepMs: 1_000 });
    if (isFailure(feed)) throw new Error(feed.field);
    const frames: MarketFrame[] = [];
    feed.start((frame) => frames.push(frame));
    vi.advanceTimersByTime(5_000);
    expect(frames.length).toBe(6);
    const before = priceOf(frames[5]!)[0]!;
    feed.shock!([
      { asset: 'BTC', frac: -0.15 },
      { asset: 'NONE', frac: -0.5 },
    ]);
    vi.advanceTimersByTime(1_000);
    expect(priceOf(frames[6]!)[0]! / before).toBeCloseTo(0.85, 2);
    feed.stop();
    vi.advanceTimersByTime(5_000);
    expect(frames.length).toBe(7);
  });

  it('replay bars at a speed, stamped now, until they end', () => {
    const feed = replayFeed({ bars: bars(), spec: SPEC, clock, stepMs: 1_000, speed: 10 });
    if (isFailure(feed)) throw new Error(feed.field);
    const frames: MarketFrame[] = [];
    feed.start((frame) => frames.push(frame));
    vi.advanceTimersByTime(60_000);
    expect(frames.length).toBe(12);
    expect(frames.map((frame) => priceOf(frame)[0])).toEqual([
      100, 99, 98, 101, 104, 103, 102, 102, 102, 99, 96, 96,
    ]);
    expect(frames[3]!.assets[0]!.ticks[0]!.timeMs).toBe(START_MS + 3_000);
    feed.stop();
  });
});
