import type { MarketFrame } from '../../engine/command.ts';
import type { AssetId } from '../../product/product.ts';

/** A move of one asset, as a fraction: −0.15 is fifteen percent down. */
export type Shock = { readonly asset: AssetId; readonly frac: number };

/**
 * Where market frames come from. A feed emits what it sees as it sees it; conflation, order and time are the sequencer's. After `stop` it
 * emits nothing more. `shock`, where a feed is of its own making, moves its prices from the next frame on; underlyings and what hangs on
 * them move together.
 */
export type MarketFeed = {
  readonly start: (emit: (frame: MarketFrame) => void) => void;
  readonly stop: () => void;
  readonly shock?: (shocks: readonly Shock[]) => void;
};
