import type { ForwardQuote, Depth } from '../market/market.ts';
import type { Smile } from '../market/surface.ts';
import type { Breaker, BreakerOverride } from '../breaker/breaker.ts';
import type { PriceRange } from '../breaker/signals.ts';
import type { Waterfall } from '../liquidation/waterfall.ts';
import type { Methodology } from '../margin/methodology.ts';
import type { HealthState } from '../margin/report.ts';
import type { AccountId, AccountMode, CreditLine } from '../portfolio/account.ts';
import type { Asset, AssetId, InstrumentId, Product } from '../product/product.ts';
import type { VenueRules } from './rules.ts';

/** What the venue is called and when it opened. */
export type VenueDoc = { readonly venue: string; readonly openedMs: number };

/** The parameters in force. */
export type ParametersDoc = { readonly methodology: Methodology; readonly rules: VenueRules };

/** Where the market stands: revision 0 and time 0 before the first. `dayMs`: start of the day whose close is not yet recorded. */
export type ClockDoc = {
  readonly revision: number;
  readonly marketMs: number;
  readonly dayMs: number;
};

/** What the scenario sets were last fitted on: enough to fit them again. */
export type FitDoc = {
  readonly asOfMs: number;
  readonly methodology: Methodology;
  readonly assets: readonly AssetId[];
  readonly instruments: readonly InstrumentId[];
};

/** The quality gate of one price as plain data; see {@link QualityState}. */
export type PriceDoc = {
  readonly sources: readonly {
    readonly source: string;
    readonly value: number;
    readonly timeMs: number;
    readonly sinceMs: number;
  }[];
  readonly good: { readonly value: number; readonly timeMs: number; readonly confidence: number } | null;
  readonly pending: { readonly value: number; readonly sinceMs: number } | null;
  readonly degraded: boolean;
  /** First moment at which the price must be judged again without new observations. */
  readonly dueMs: number;
};

export type AssetDoc = {
  readonly asset: Asset;
  readonly price: PriceDoc;
  /** Short average of the index, USD; 0 before the first price. */
  readonly averageValue: number;
  readonly averageMs: number;
  readonly redemptionValue: number | null;
};

export type InstrumentDoc = {
  readonly product: Product;
  readonly price: PriceDoc;
  readonly fundingRate: number | null;
  /** Funding is settled up to here. */
  readonly fundedMs: number;
  /** Null while it trades. */
  readonly settlementPrice: number | null;
};

export type UnderlyingDoc = {
  readonly id: AssetId;
  readonly forwards: readonly ForwardQuote[];
  readonly smiles: readonly Smile[];
  readonly depth: Depth | null;
};

/** Closes of one day, in the order of the assets' listing; known at the day's end. */
export type CloseDoc = {
  readonly dayMs: number;
  readonly closes: readonly { readonly asset: AssetId; readonly value: number }[];
};

export type PositionDoc = {
  readonly instrument: InstrumentId;
  readonly quantityAtoms: bigint;
  readonly costAtoms: bigint;
};

/** What is left of an open order. */
export type OrderDoc = {
  readonly id: string;
  readonly instrument: InstrumentId;
  readonly quantityAtoms: bigint;
  readonly price: number;
  readonly reduceOnly: boolean;
};

export type CreditDoc = CreditLine & { readonly state: 'proposed' | 'in-force' | 'ended' };

export type CallDoc = {
  readonly amountUsd: number;
  readonly issuedMs: number;
  readonly deadlineMs: number;
  /** Counted USD that the owner brought since. */
  readonly deliveredUsd: number;
};

/** Where an account stands in the waterfall. */
export type LiquidationDoc = {
  readonly reason: string;
  readonly waterfall: Waterfall;
  /** The next step is not taken before. */
  readonly nextMs: number;
  /** Maintenance / equity to come back to. */
  readonly targetRatio: number;
  /** Steps so far: names the orders of the liquidation. */
  readonly steps: number;
  /** Cash that bidders have paid in, USD: not for sale again. */
  readonly reservedUsd: number;
};

/** Memory of one breaker, the range of the price that it watches, and the fund's peak in cents (venue only). */
export type BreakerDoc = {
  readonly breaker: Breaker;
  readonly range: PriceRange | null;
  readonly peakCents: bigint;
};

/** Notional that liquidations have put to the market of one underlying in the pacing interval that began at `fromMs`. */
export type PaceDoc = { readonly fromMs: number; readonly spentUsd: number };

/**
 * An account, or the sleeve of one: a position margined alone is an account of its own (`parent` set, id `account|instrument`)
 * with the collateral that was set aside for it.
 */
export type AccountDoc = {
  readonly id: AccountId;
  readonly client: string;
  readonly owner: string;
  readonly mode: AccountMode;
  readonly parent: AccountId | null;
  /** Its live sleeves, in order of opening. */
  readonly sleeves: readonly AccountId[];
  /** Ascending by instrument; never of zero quantity. */
  readonly positions: readonly PositionDoc[];
  /** In order of acceptance. */
  readonly orders: readonly OrderDoc[];
  readonly credit: readonly CreditDoc[];
  readonly health: HealthState;
  readonly call: CallDoc | null;
  readonly liquidation: LiquidationDoc | null;
};

export type ProposalDoc = {
  readonly by: string;
  readonly why: string;
  readonly proposedMs: number;
  readonly methodology: Methodology;
  readonly rules: VenueRules | null;
  readonly approver: string | null;
  readonly state: 'proposed' | 'approved' | 'in-force';
};

export type OverrideDoc = {
  readonly scope: string;
  readonly state: BreakerOverride['state'];
  readonly by: string;
  readonly why: string;
  readonly untilMs: number;
  readonly approver: string | null;
  readonly stage: 'proposed' | 'in-force' | 'ended';
};
