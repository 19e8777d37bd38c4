import { log } from '../../base/elementary.ts';
import { objectOf, siblingObject, vectorOf } from './json.ts';
import type { Json } from './json.ts';
import type { ConformInput } from './suite.ts';

/** Raw public series that several vector files share, oldest first. */
export type SeriesBook = Json;

/** The book beside the file named; empty where there is none, so that what needs it is skipped. */
export function openSeries(input: ConformInput): SeriesBook {
  return objectOf(siblingObject(input, 'series.json')?.['series']);
}

/**
 * Returns of a series: as stored where the book holds the name itself, else ln(close[i+1]/close[i]) × `scale` of its closes; null where
 * it holds neither.
 */
export function returnsOf(book: SeriesBook, name: string, scale: number = 1): Float64Array | null {
  if (name in book) return vectorOf(book[name]);
  if (!(`${name}_close` in book)) return null;
  const closes = vectorOf(book[`${name}_close`]);
  return Float64Array.from({ length: closes.length - 1 }, (_, i) => scale * log(closes[i + 1]! / closes[i]!));
}

/** Losses of a data set: `<name>_losses` is minus the returns of name, any other name is stored as losses. */
export function lossesOf(book: SeriesBook, data: string): Float64Array | null {
  if (!data.endsWith('_losses') || data in book) return returnsOf(book, data);
  const returns = returnsOf(book, data.slice(0, -'_losses'.length));
  return returns === null ? null : returns.map((r) => -r);
}

/** Why a case is skipped. */
export function absent(name: string): string {
  return `series.json beside the file has no ${name}`;
}
