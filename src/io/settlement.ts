import type { Command } from '../engine/command.ts';
import type { InstrumentDoc } from '../engine/documents.ts';
import type { EngineState } from '../engine/state.ts';

/** Funding is exchanged three times a day: at 00:00, 08:00 and 16:00 UTC. */
const FUNDING_MS = 8 * 3_600_000;
/** An expiry settles at the average index of the half hour before it. */
const AVERAGE_MS = 30 * 60_000;
/** A settlement that was refused is tried again after this. */
const RETRY_MS = 60_000;

type Sums = { priceSum: number; count: number };

/** Watches the index of what is about to expire, and remembers what was tried. Once a tick; nothing here outlives the process. */
export class SettlementWatch {
  readonly #sums = new Map<string, Sums>();
  readonly #triedMs = new Map<string, number>();

  /** Takes a sample of the index of every instrument in the last half hour of its life. */
  observe(state: EngineState, nowMs: number): void {
    for (const doc of state.tables.instruments.items) {
      const { product } = doc;
      if (doc.settlementPrice !== null || !('expiryMs' in product)) continue;
      if (nowMs < product.expiryMs - AVERAGE_MS || nowMs > product.expiryMs) continue;
      const price = indexOf(state, doc);
      if (price === null) continue;
      const sums = this.#sums.get(product.id) ?? { priceSum: 0, count: 0 };
      this.#sums.set(product.id, { priceSum: sums.priceSum + price, count: sums.count + 1 });
    }
  }

  /** The average of the samples; the index of the moment where there are none (the process was down); null where there is no index. */
  averageOf(state: EngineState, doc: InstrumentDoc): number | null {
    const sums = this.#sums.get(doc.product.id);
    return sums === undefined ? indexOf(state, doc) : sums.priceSum / sums.count;
  }

  /** Whether a settlement may be tried now; it counts as tried from then on. */
  mayTry(instrument: string, nowMs: number): boolean {
    if (nowMs - (this.#triedMs.get(instrument) ?? -Infinity) < RETRY_MS) return false;
    this.#triedMs.set(instrument, nowMs);
    return true;
  }
}

/** Funding and expiries that are due, in order of listing. What rests on a price that is kept alive waits. */
export function settlementsDue(state: EngineState, nowMs: number, watch: SettlementWatch): Command[] {
  const due: Command[] = [];
  for (const doc of state.tables.instruments.items) {
    const { product, settlementPrice, fundedMs, fundingRate, price } = doc;
    if (settlementPrice !== null) continue;
    if (product.kind === 'perpetual') {
      const isDue = fundedMs > 0 && Math.floor(nowMs / FUNDING_MS) > Math.floor(fundedMs / FUNDING_MS);
      const isSound = fundingRate !== null && price.good !== null && !price.degraded;
      if (isDue && isSound && watch.mayTry(product.id, nowMs)) {
        due.push({ kind: 'SettleFunding', instrument: product.id });
      }
    } else if ('expiryMs' in product && nowMs >= product.expiryMs) {
      const average = watch.averageOf(state, doc);
      if (average === null || !watch.mayTry(product.id, nowMs)) continue;
      due.push({ kind: 'SettleExpiry', instrument: product.id, settlementPrice: average });
    }
  }
  return due;
}

/** The index that an instrument settles on, in its own unit: USD for inverse products, else the settlement asset. */
function indexOf(state: EngineState, { product }: InstrumentDoc): number | null {
  const underlying = goodPrice(state, product.underlying);
  if (product.kind !== 'spot' && product.form === 'inverse') return underlying;
  const settle = goodPrice(state, product.settle);
  return underlying === null || settle === null ? null : underlying / settle;
}

function goodPrice({ tables }: EngineState, asset: string): number | null {
  const doc = tables.assets.items[tables.assets.indexOf.get(asset) ?? -1];
  return doc === undefined || doc.price.degraded ? null : (doc.price.good?.value ?? null);
}
