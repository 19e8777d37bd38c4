import type { MarketFrame } from '../engine/command.ts';
import type { SourceTick } from '../market/quality.ts';

type AssetUpdate = MarketFrame['assets'][number];
type MarkUpdate = MarketFrame['marks'][number];
type UnderlyingUpdate = MarketFrame['underlyings'][number];

/**
 * Frames of a feed that wait for their turn, as one: of each source the last tick of an asset or mark, of each expiry the last forward and
 * smile, the last depth, funding and redemption. However fast a feed is, what waits is bounded by what is listed. Order of first mention.
 */
export class FrameBuffer {
  readonly #assets = new Map<string, AssetUpdate>();
  readonly #marks = new Map<string, MarkUpdate>();
  readonly #underlyings = new Map<string, UnderlyingUpdate>();

  get isEmpty(): boolean {
    return this.#assets.size + this.#marks.size + this.#underlyings.size === 0;
  }

  add(frame: MarketFrame): void {
    for (const update of frame.assets) {
      const { ticks, ...before } = this.#assets.get(update.asset) ?? { ticks: [] };
      this.#assets.set(update.asset, { ...before, ...update, ticks: latestTicks(ticks, update.ticks) });
    }
    for (const update of frame.marks) {
      const before = this.#marks.get(update.instrument);
      this.#marks.set(update.instrument, {
        instrument: update.instrument,
        ticks: latestTicks(before?.ticks ?? [], update.ticks),
        fundingRate: update.fundingRate ?? before?.fundingRate ?? null,
      });
    }
    for (const update of frame.underlyings) {
      const before = this.#underlyings.get(update.id);
      this.#underlyings.set(update.id, {
        id: update.id,
        forwards: latestExpiries(before?.forwards ?? [], update.forwards),
        smiles: latestExpiries(before?.smiles ?? [], update.smiles),
        depth: update.depth ?? before?.depth ?? null,
      });
    }
  }

  /** Everything that waits as one frame, or null; the buffer is empty after it. */
  take(): MarketFrame | null {
    if (this.isEmpty) return null;
    const frame: MarketFrame = {
      kind: 'MarketFrame',
      assets: [...this.#assets.values()],
      marks: [...this.#marks.values()],
      underlyings: [...this.#underlyings.values()],
    };
    this.#assets.clear();
    this.#marks.clear();
    this.#underlyings.clear();
    return frame;
  }
}

function latestTicks(before: readonly SourceTick[], after: readonly SourceTick[]): readonly SourceTick[] {
  const latest = new Map(before.map((tick) => [tick.source, tick]));
  for (const tick of after) latest.set(tick.source, tick);
  return [...latest.values()];
}

function latestExpiries<T extends { readonly expiryMs: number }>(
  before: readonly T[],
  after: readonly T[],
): readonly T[] {
  const latest = new Map(before.map((one) => [one.expiryMs, one]));
  for (const one of after) latest.set(one.expiryMs, one);
  return [...latest.values()];
}
