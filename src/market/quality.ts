import type { Price } from './market.ts';

/** One observation of one source, > 0; `timeMs` is when the source made it. */
export type SourceTick = { readonly source: string; readonly value: number; readonly timeMs: number };

export type QualityParameters = {
  /** Sources that must agree before a price is accepted. */
  readonly sourcesMin: number;
  /** An observation older than this is not used. */
  readonly ageMsMax: number;
  /** A source that has repeated one value for longer than this is frozen; Infinity: never. */
  readonly unchangedMsMax: number;
  /** Largest distance of a source from the median of all, as a fraction of it. */
  readonly spreadFracMax: number;
  /** Largest move from the last good price that is believed at once, as a fraction of it. */
  readonly jumpFracMax: number;
  /** A larger move is believed once the sources have agreed on it for this long. */
  readonly jumpConfirmMs: number;
  /** Values that a source reports when it cannot report more (or less): not believed. Null: none. */
  readonly floor: number | null;
  readonly ceiling: number | null;
};

/** Last observation of a source; `sinceMs`: since when it has had this value. */
export type SourceState = { readonly value: number; readonly timeMs: number; readonly sinceMs: number };

export type QualityState = {
  /** Ascending by source. */
  readonly sources: ReadonlyMap<string, SourceState>;
  /** The price in force and the time of the observations it rests on. */
  readonly good: { readonly value: number; readonly timeMs: number; readonly confidence: number } | null;
  /** A move that waits to be confirmed. */
  readonly pending: { readonly value: number; readonly sinceMs: number } | null;
};

/** Why a source was not used, or (with `source` null) why no new price was accepted. */
export type QualityReason = {
  readonly source: string | null;
  readonly reason:
    | 'not a price'
    | 'from the future'
    | 'out of order'
    | 'stale'
    | 'frozen'
    | 'at floor'
    | 'at ceiling'
    | 'far from the others'
    | 'too few sources'
    | 'no majority'
    | 'jump not confirmed';
};

export type QualityVerdict = {
  readonly state: QualityState;
  /** The price in force, degraded while no new one is accepted; null before the first good one. */
  readonly price: Price | null;
  readonly reasons: readonly QualityReason[];
};

export const NO_QUALITY: QualityState = { sources: new Map(), good: null, pending: null };

/**
 * The quality gate of one price (QUALITY-001 … QUALITY-005). Each source's last observation is dropped where it is stale, frozen, at its floor
 * or ceiling, or far from the median of all; a majority of the live sources, and at least `sourcesMin`, must remain. Their median is the
 * new price unless it jumps from the last good one, which takes `jumpConfirmMs` of agreement. Otherwise the last good price stays in force,
 * marked degraded. Pure: the next state is a function of the arguments.
 */
export function judgePrice(
  previous: QualityState,
  ticks: readonly SourceTick[],
  at: { readonly timeMs: number; readonly parameters: QualityParameters },
): QualityVerdict {
  const reasons: QualityReason[] = [];
  const sources = observe(previous.sources, ticks, { timeMs: at.timeMs, reasons });
  const live = liveSources(sources, { ...at, reasons });
  const agreed = agreeing(live, sources.size, { parameters: at.parameters, reasons });
  const confirmed =
    agreed === null ? { good: null, pending: null } : confirm(previous, agreed, { ...at, reasons });
  const good = confirmed.good ?? previous.good;
  const state: QualityState = { sources, good, pending: confirmed.pending };
  if (good === null) return { state, price: null, reasons };
  const degraded = confirmed.good === null;
  const price = {
    value: good.value,
    ageMs: Math.max(0, at.timeMs - good.timeMs),
    confidence: degraded ? 0 : good.confidence,
    degraded,
  };
  return { state, price, reasons };
}

type Judged = {
  readonly timeMs: number;
  readonly parameters: QualityParameters;
  readonly reasons: QualityReason[];
};
type Live = { readonly source: string; readonly value: number; readonly timeMs: number };

/** Folds ticks into the last observation per source. */
function observe(
  known: ReadonlyMap<string, SourceState>,
  ticks: readonly SourceTick[],
  at: { readonly timeMs: number; readonly reasons: QualityReason[] },
): ReadonlyMap<string, SourceState> {
  const next = new Map(known);
  for (const { source, value, timeMs } of ticks) {
    const last = next.get(source);
    const reason = !(Number.isFinite(value) && value > 0)
      ? 'not a price'
      : !(timeMs <= at.timeMs)
        ? 'from the future'
        : last !== undefined && timeMs < last.timeMs
          ? 'out of order'
          : null;
    if (reason !== null) at.reasons.push({ source, reason });
    else next.set(source, { value, timeMs, sinceMs: last?.value === value ? last.sinceMs : timeMs });
  }
  return new Map([...next].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function liveSources(sources: ReadonlyMap<string, SourceState>, at: Judged): Live[] {
  const live: Live[] = [];
  const { ageMsMax, unchangedMsMax, floor, ceiling } = at.parameters;
  for (const [source, { value, timeMs, sinceMs }] of sources) {
    const reason =
      at.timeMs - timeMs > ageMsMax
        ? 'stale'
        : floor !== null && value <= floor
          ? 'at floor'
          : ceiling !== null && value >= ceiling
            ? 'at ceiling'
            : timeMs - sinceMs > unchangedMsMax
              ? 'frozen'
              : null;
    if (reason === null) live.push({ source, value, timeMs });
    else at.reasons.push({ source, reason });
  }
  return live;
}

/** Median of values; the mean of the middle two for an even count. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : 0.5 * (sorted[middle - 1]! + sorted[middle]!);
}

/** The price that enough live sources agree on: the median of those near the median of all. */
function agreeing(
  live: readonly Live[],
  known: number,
  at: { readonly parameters: QualityParameters; readonly reasons: QualityReason[] },
): { value: number; timeMs: number; confidence: number } | null {
  const { sourcesMin, spreadFracMax } = at.parameters;
  if (live.length < sourcesMin || live.length === 0) {
    at.reasons.push({ source: null, reason: 'too few sources' });
    return null;
  }
  const centre = median(live.map(({ value }) => value));
  const near = live.filter(({ source, value }) => {
    const inside = Math.abs(value - centre) <= spreadFracMax * centre;
    if (!inside) at.reasons.push({ source, reason: 'far from the others' });
    return inside;
  });
  if (2 * near.length <= live.length || near.length < sourcesMin) {
    at.reasons.push({ source: null, reason: near.length < sourcesMin ? 'too few sources' : 'no majority' });
    return null;
  }
  return {
    value: median(near.map(({ value }) => value)),
    timeMs: Math.min(...near.map(({ timeMs }) => timeMs)),
    confidence: near.length / known,
  };
}

/** Believes a price near the last good one at once, a jump after it has held. */
function confirm(
  previous: QualityState,
  agreed: { value: number; timeMs: number; confidence: number },
  at: Judged,
): Pick<QualityState, 'good' | 'pending'> {
  const { jumpFracMax, jumpConfirmMs } = at.parameters;
  const near = (to: number): boolean => Math.abs(agreed.value - to) <= jumpFracMax * to;
  if (previous.good === null || near(previous.good.value)) return { good: agreed, pending: null };
  const held = previous.pending !== null && near(previous.pending.value);
  const sinceMs = held ? previous.pending!.sinceMs : at.timeMs;
  if (at.timeMs - sinceMs >= jumpConfirmMs) return { good: agreed, pending: null };
  at.reasons.push({ source: null, reason: 'jump not confirmed' });
  return { good: null, pending: { value: held ? previous.pending!.value : agreed.value, sinceMs } };
}

/**
 * The redemption value to put beside a book price (QUALITY-006), in USD, or null where it cannot be relied on: older than `ageMsMax`, or so far above
 * what the sources agree on (by more than `gapFracMax` of it) that the promise itself is in doubt.
 */
export function judgeRedemption(
  published: { readonly value: number; readonly timeMs: number },
  at: {
    readonly timeMs: number;
    readonly index: Price;
    readonly ageMsMax: number;
    readonly gapFracMax: number;
  },
): number | null {
  const { value, timeMs } = published;
  const sound =
    Number.isFinite(value) && value > 0 && timeMs <= at.timeMs && at.timeMs - timeMs <= at.ageMsMax;
  return sound && value - at.index.value <= at.gapFracMax * at.index.value ? value : null;
}
