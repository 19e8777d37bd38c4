/** Range of a price over its window: the running interval and the one before. Plain data, prices above 0. */
export type PriceRange = {
  readonly startMs: number;
  readonly low: number;
  readonly high: number;
  readonly previousLow: number;
  readonly previousHigh: number;
  readonly last: number;
};

/**
 * Adds a price to its range; `range` null before the first. Intervals of `windowMs` follow each other, so the range covers at least one window
 * and at most two. A price that is not above 0, or older than the interval, changes nothing. No errors.
 */
export function observePrice(
  range: PriceRange | null,
  point: { readonly timeMs: number; readonly price: number },
  windowMs: number,
): PriceRange | null {
  const { timeMs, price } = point;
  if (!(price > 0 && price < Infinity)) return range;
  const startMs = Math.floor(timeMs / windowMs) * windowMs;
  if (range === null || startMs > range.startMs + windowMs) {
    return { startMs, low: price, high: price, previousLow: price, previousHigh: price, last: price };
  }
  if (startMs < range.startMs) return range;
  if (startMs > range.startMs) {
    const { low, high } = range;
    return { startMs, low: price, high: price, previousLow: low, previousHigh: high, last: price };
  }
  const low = Math.min(range.low, price);
  return { ...range, low, high: Math.max(range.high, price), last: price };
}

/** Largest relative distance of the last price from any in its range; null before the first. No errors. */
export function velocityFrac(range: PriceRange | null): number | null {
  if (range === null) return null;
  const low = Math.min(range.low, range.previousLow);
  const high = Math.max(range.high, range.previousHigh);
  return Math.max(range.last / low - 1, 1 - range.last / high);
}

/** Distance of a mark from the index as a fraction of the index; null where one of them is not above 0. */
export function deviationFrac(mark: number, index: number): number | null {
  return mark > 0 && index > 0 ? Math.abs(mark / index - 1) : null;
}

/** Spread between the prices of several sources as a fraction of the lowest; null where there are none, or one is not above 0. */
export function divergenceFrac(prices: readonly number[]): number | null {
  const low = prices.reduce((least, price) => Math.min(least, price), Infinity);
  const high = prices.reduce((most, price) => Math.max(most, price), 0);
  return low > 0 && low < Infinity ? high / low - 1 : null;
}

/** Liquidation volume against depth; null where the depth is not known. Nothing liquidated is 0. */
export function liquidationFrac(volumeUsd: number, depthUsd: number | null): number | null {
  if (volumeUsd === 0) return 0;
  return depthUsd !== null && depthUsd > 0 ? volumeUsd / depthUsd : null;
}

/** Fall of the insurance fund from its peak, in atoms; 1 and more once it is empty. A fund that never held anything has not fallen. */
export function fundDrawdownFrac(peakAtoms: bigint, nowAtoms: bigint): number {
  return peakAtoms > 0n ? Math.max(0, Number(peakAtoms - nowAtoms) / Number(peakAtoms)) : 0;
}

/** Accounts in call among accounts with positions, of which at least `countMin` are assumed, so that few accounts do not stop a venue. */
export function calledFrac(called: number, count: number, countMin: number): number {
  return called / Math.max(1, count, countMin);
}
