import { judgePrice, type QualityParameters, type QualityState, type SourceTick } from '../market/quality.ts';
import type { Price } from '../market/market.ts';
import type { PriceDoc } from './documents.ts';
import { refuseText } from './refusal.ts';
import type { VenueRules } from './rules.ts';

/** A price that nobody has quoted yet. */
export const NO_PRICE: PriceDoc = {
  sources: [],
  good: null,
  pending: null,
  degraded: false,
  dueMs: Infinity,
};

/** Sources of one price; observations of further ones are not taken. */
const SOURCES_MAX = 64;

/** The rules of the gate for one asset or instrument. */
export function qualityOf(rules: VenueRules, kind: 'assets' | 'marks', id: string): QualityParameters {
  return rules.quality.exceptions.find((one) => one.id === id)?.parameters ?? rules.quality[kind];
}

/**
 * Takes new observations through the quality gate, or, without any, lets time pass over the old ones. The same document comes back where
 * nothing has to be judged.
 */
export function observePrice(
  doc: PriceDoc,
  ticks: readonly SourceTick[],
  at: { readonly timeMs: number; readonly parameters: QualityParameters },
): PriceDoc {
  if (ticks.length === 0 && at.timeMs < doc.dueMs) return doc;
  const { state, price } = judgePrice(toQuality(doc), known(doc, ticks), at);
  const sources = [...state.sources].map(([source, seen]) => ({ source, ...seen }));
  const degraded = price?.degraded ?? false;
  return { sources, good: state.good, pending: state.pending, degraded, dueMs: dueMs(state, at) };
}

function toQuality(doc: PriceDoc): QualityState {
  const sources = new Map(
    doc.sources.map(({ source, value, timeMs, sinceMs }) => [source, { value, timeMs, sinceMs }] as const),
  );
  return { sources, good: doc.good, pending: doc.pending };
}

/** Observations of sources that have a name, and of no more sources than a price may have. */
function known(doc: PriceDoc, ticks: readonly SourceTick[]): readonly SourceTick[] {
  const isFull = doc.sources.length >= SOURCES_MAX;
  return ticks.filter(
    (tick) =>
      refuseText(tick.source, 'source') === null &&
      (!isFull || doc.sources.some(({ source }) => source === tick.source)),
  );
}

/** When a source that is fresh now goes stale, or a jump has held long enough. */
function dueMs(
  state: QualityState,
  at: { readonly timeMs: number; readonly parameters: QualityParameters },
): number {
  const { ageMsMax, jumpConfirmMs } = at.parameters;
  let due = state.pending === null ? Infinity : state.pending.sinceMs + jumpConfirmMs;
  for (const { timeMs } of state.sources.values()) {
    const staleMs = timeMs + ageMsMax + 1;
    if (staleMs > at.timeMs && staleMs < due) due = staleMs;
  }
  return due > at.timeMs ? due : at.timeMs + 1;
}

/** The price in force at a moment, or null before the first good one. */
export function priceAt(doc: PriceDoc, timeMs: number): Price | null {
  if (doc.good === null) return null;
  const { value, confidence } = doc.good;
  return {
    value,
    ageMs: Math.max(0, timeMs - doc.good.timeMs),
    confidence: doc.degraded ? 0 : confidence,
    degraded: doc.degraded,
  };
}
