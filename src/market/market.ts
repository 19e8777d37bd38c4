import type { Asset, AssetId, InstrumentId, Product } from '../product/product.ts';
import type { VolatilitySurface } from './surface.ts';

/** A price that passed the quality gate. `ageMs` at the snapshot's time; `confidence` in [0, 1], 1 = fully trusted. */
export type Price = {
  readonly value: number;
  readonly ageMs: number;
  readonly confidence: number;
  /** True while a failed gate keeps the last good value in force. */
  readonly degraded: boolean;
};

/** USD price of an asset. Assets are valued at the lower, liabilities at the higher of `index` and `averageValue`. */
export type AssetQuote = {
  readonly asset: Asset;
  readonly index: Price;
  /** Short average of the index in USD; equals the index where none is published. */
  readonly averageValue: number;
  /** USD that the issuer redeems one unit for, where redemption exists: a thin book then does not set the price. */
  readonly redemptionValue: number | null;
};

/** One expiry of one underlying: forward in USD, continuously compounded rate per year (may be negative). */
export type ForwardQuote = {
  readonly expiryMs: number;
  readonly forward: number;
  readonly rate: number;
  readonly confidence: number;
};

/** What can be traded near the mark. Quantities in units of the underlying. */
export type Depth = {
  /** Average daily volume. */
  readonly dailyVolume: number;
  /** Half the quoted spread as a fraction of the mark. */
  readonly halfSpreadFrac: number;
  /** Resting quantity within `bandFrac` of mid on the thinner side, ascending by band. */
  readonly bands: readonly { readonly bandFrac: number; readonly quantity: number }[];
};

/** Mark in the product's own price unit: settlement asset (linear), USD (inverse futures), coin (inverse options). */
export type InstrumentQuote = {
  readonly mark: Price;
  /** Funding per 8 hours as a fraction of notional, positive = longs pay; null where none. */
  readonly fundingRate: number | null;
};

export type UnderlyingQuote = {
  readonly id: AssetId;
  /** Ascending by expiry. */
  readonly forwards: readonly ForwardQuote[];
  readonly surface: VolatilitySurface | null;
  readonly depth: Depth | null;
};

/** One immutable moment. Maps iterate in the order of ids (ascending by code unit), so folds are reproducible. */
export type Market = {
  readonly revision: number;
  readonly timeMs: number;
  readonly assets: ReadonlyMap<AssetId, AssetQuote>;
  readonly underlyings: ReadonlyMap<AssetId, UnderlyingQuote>;
  readonly products: ReadonlyMap<InstrumentId, Product>;
  readonly quotes: ReadonlyMap<InstrumentId, InstrumentQuote>;
};
