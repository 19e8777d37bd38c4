import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import type { SourceTick } from '../../market/quality.ts';
import type { AssetId } from '../../product/product.ts';
import { parseCsv } from '../csv.ts';

type Bar = {
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
};

/** Bars of one length, by asset and then by source, each list ascending in time. `endMs`: end of the last one. */
export type PriceBars = {
  readonly barMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly series: ReadonlyMap<AssetId, ReadonlyMap<string, readonly Bar[]>>;
};

const COLUMNS = ['time', 'asset', 'open', 'high', 'low', 'close'] as const;
/** A file without a column `venue` is one source. */
const ONLY_SOURCE = 'file';

/**
 * Reads bars from CSV with the columns time (ISO 8601, start of the bar), asset, open, high, low, close, and where it has them venue (the
 * source) and event; further columns are passed over. With `event` only the rows of that event. The length of a bar is the least distance
 * between two times. Refuses MALFORMED_CSV, SHAPE_INVALID (a missing column, no rows), DATE_INVALID, NUMBER_OUT_OF_RANGE (not 0 < low ≤
 * open, close ≤ high).
 */
export function parseBars(
  text: string,
  of: { readonly field: string; readonly event?: string },
): PriceBars | Failure {
  const csv = parseCsv(text, of.field);
  if (isFailure(csv)) return csv;
  const places = COLUMNS.map((name) => csv.header.indexOf(name));
  const missing = COLUMNS.find((_, i) => places[i]! < 0);
  if (missing !== undefined) {
    return refuse('SHAPE_INVALID', {
      field: of.field,
      value: csv.header.join(),
      expected: `a column ${missing}`,
    });
  }
  const venue = csv.header.indexOf('venue');
  const event = csv.header.indexOf('event');
  const series = new Map<AssetId, Map<string, Bar[]>>();
  for (const [i, row] of csv.rows.entries()) {
    if (of.event !== undefined && row[event] !== of.event) continue;
    const bar = parseBar(row, places, `${of.field} row ${i + 1}`);
    if (isFailure(bar)) return bar;
    const sources = series.get(row[places[1]!]!) ?? new Map<string, Bar[]>();
    series.set(row[places[1]!]!, sources);
    const source = venue < 0 ? ONLY_SOURCE : row[venue]!;
    const bars = sources.get(source);
    if (bars === undefined) sources.set(source, [bar]);
    else bars.push(bar);
  }
  return arrange(series, of.field);
}

function parseBar(row: readonly string[], places: readonly number[], field: string): Bar | Failure {
  const timeMs = Date.parse(row[places[0]!]!);
  if (Number.isNaN(timeMs)) {
    return refuse('DATE_INVALID', { field, value: row[places[0]!]!, expected: 'a time in ISO 8601' });
  }
  const [open, high, low, close] = places.slice(2).map((place) => Number(row[place])) as [
    number,
    number,
    number,
    number,
  ];
  const isSound = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && high < 1e15;
  if (isSound) return { timeMs, open, high, low, close };
  const expected = '0 < low ≤ open, close ≤ high';
  return refuse('NUMBER_OUT_OF_RANGE', { field, value: [open, high, low, close].join(), expected });
}

function arrange(series: Map<AssetId, Map<string, Bar[]>>, field: string): PriceBars | Failure {
  const times = new Set<number>();
  for (const sources of series.values()) {
    for (const bars of sources.values()) {
      bars.sort((a, b) => a.timeMs - b.timeMs);
      for (const { timeMs } of bars) times.add(timeMs);
    }
  }
  const ascending = [...times].sort((a, b) => a - b);
  const gaps = ascending.slice(1).map((timeMs, i) => timeMs - ascending[i]!);
  if (gaps.length === 0) {
    return refuse('SHAPE_INVALID', { field, value: ascending.length, expected: 'bars of two times or more' });
  }
  const barMs = gaps.reduce((least, gap) => Math.min(least, gap));
  return { barMs, startMs: ascending[0]!, endMs: ascending.at(-1)! + barMs, series };
}

/**
 * What every source says at a moment of the bars, stamped `stampMs`: on the way from open over the extremes (the high first in a bar that
 * falls, the low first in one that rises) to the close. A source without a bar then says nothing; every asset has a list.
 */
export function ticksAt(
  bars: PriceBars,
  at: { readonly timeMs: number; readonly stampMs: number },
): Map<AssetId, SourceTick[]> {
  const ticks = new Map<AssetId, SourceTick[]>();
  for (const [asset, sources] of bars.series) {
    const own: SourceTick[] = [];
    for (const [source, list] of sources) {
      const bar = barAt(list, at.timeMs, bars.barMs);
      if (bar === undefined) continue;
      own.push({ source, value: valueIn(bar, (at.timeMs - bar.timeMs) / bars.barMs), timeMs: at.stampMs });
    }
    ticks.set(asset, own);
  }
  return ticks;
}

function barAt(list: readonly Bar[], timeMs: number, barMs: number): Bar | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.timeMs <= timeMs) low = middle + 1;
    else high = middle;
  }
  const bar = list[low - 1];
  return bar !== undefined && timeMs < bar.timeMs + barMs ? bar : undefined;
}

function valueIn(bar: Bar, share: number): number {
  const isFall = bar.close < bar.open;
  const points = [bar.open, isFall ? bar.high : bar.low, isFall ? bar.low : bar.high, bar.close];
  const leg = Math.min(2, Math.floor(3 * share));
  return points[leg]! + (3 * share - leg) * (points[leg + 1]! - points[leg]!);
}
