import type { SourceTick } from '../market/quality.ts';
import type { Depth, ForwardQuote } from '../market/market.ts';
import type { Smile } from '../market/surface.ts';
import type { AccountId, AccountMode } from '../portfolio/account.ts';
import type { Asset, AssetId, InstrumentId, Product } from '../product/product.ts';
import type { Methodology } from '../margin/methodology.ts';
import type { VenueRules } from './rules.ts';

/** Everything that can be asked of the engine. Amounts are exact atoms; prices f64 in the product's own unit. */
export type Command =
  | OpenVenue
  | { readonly kind: 'ListAsset'; readonly asset: Asset }
  | { readonly kind: 'ListInstrument'; readonly product: Product }
  | {
      readonly kind: 'OpenAccount';
      readonly account: AccountId;
      readonly client: string;
      readonly owner: string;
      readonly mode: AccountMode;
    }
  | { readonly kind: 'SetAccountMode'; readonly account: AccountId; readonly mode: AccountMode }
  | ({ readonly kind: 'Deposit' } & Movement)
  | ({ readonly kind: 'Withdraw' } & Movement)
  | {
      readonly kind: 'Transfer';
      readonly id: string;
      readonly from: AccountId;
      readonly to: AccountId;
      readonly asset: AssetId;
      readonly atoms: bigint;
    }
  /** Sets collateral aside for one position, or (negative) gives it back to the pool. */
  | {
      readonly kind: 'IsolatePosition';
      readonly account: AccountId;
      readonly instrument: InstrumentId;
      readonly atoms: bigint;
    }
  | { readonly kind: 'SubmitOrder'; readonly account: AccountId; readonly order: OrderRequest }
  | { readonly kind: 'CancelOrder'; readonly account: AccountId; readonly orderId: string }
  | Fill
  | MarketFrame
  | { readonly kind: 'SettleFunding'; readonly instrument: InstrumentId }
  /** Settles and closes an expired future or option at the average index of its last 30 minutes. */
  | { readonly kind: 'SettleExpiry'; readonly instrument: InstrumentId; readonly settlementPrice: number }
  | {
      readonly kind: 'ProposeParameters';
      readonly proposal: string;
      readonly by: string;
      readonly why: string;
      readonly methodology: Methodology;
      /** Absent: the rules stay. */
      readonly rules?: VenueRules;
    }
  | { readonly kind: 'ApproveParameters'; readonly proposal: string; readonly by: string }
  | {
      readonly kind: 'GrantCredit';
      readonly account: AccountId;
      readonly line: string;
      readonly limitUsd: number;
      readonly by: string;
      readonly expiryMs: number;
    }
  | {
      readonly kind: 'ApproveCredit';
      readonly account: AccountId;
      readonly line: string;
      readonly by: string;
    }
  /** Holds a breaker in a state, or releases it; needs a second approver before it takes effect. */
  | {
      readonly kind: 'OverrideBreaker';
      readonly override: string;
      readonly scope: string;
      readonly state: 'normal' | 'cautious' | 'reduce-only' | 'liquidations-paused' | 'halted' | 'released';
      readonly by: string;
      readonly why: string;
      readonly untilMs: number;
    }
  | { readonly kind: 'ApproveOverride'; readonly override: string; readonly by: string }
  /** A bid for `shareFrac` (0, 1] of an account in auction, at the auction's price of the moment. */
  | {
      readonly kind: 'BidAuction';
      readonly auction: AccountId;
      readonly bidder: AccountId;
      readonly shareFrac: number;
    }
  /** Moves the waterfall of one account on by one step; issued by the engine's driver on the engine's own plan. */
  | { readonly kind: 'LiquidationStep'; readonly account: AccountId }
  /** Time passes: deadlines, dwell times, auctions, dated parameters, daily refit. */
  | { readonly kind: 'Tick'; /** Delay of journal or feed, as measured outside. */ readonly lagMs?: number };

export type Movement = {
  readonly id: string;
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly atoms: bigint;
};

/** Signed quantity: + buys, − sells. A reduce-only order never opens or turns a position. */
export type OrderRequest = {
  readonly id: string;
  readonly instrument: InstrumentId;
  readonly quantityAtoms: bigint;
  readonly price: number;
  readonly reduceOnly: boolean;
};

/** A trade of a matching engine, both sides at once; applied once per `executionId`. Fees in atoms of the settlement asset. */
export type Fill = {
  readonly kind: 'Fill';
  readonly executionId: string;
  readonly instrument: InstrumentId;
  /** > 0. */
  readonly quantityAtoms: bigint;
  readonly price: number;
  readonly buyer: FillSide;
  readonly seller: FillSide;
};

export type FillSide = {
  readonly account: AccountId;
  /** Null for a trade without a resting order (block trade, liquidation). */
  readonly orderId: string | null;
  readonly feeAtoms: bigint;
};

/** What changed since the last frame. Prices arrive as source ticks and pass the quality gate inside the engine. */
export type MarketFrame = {
  readonly kind: 'MarketFrame';
  /** USD prices of assets. */
  readonly assets: readonly {
    readonly asset: AssetId;
    readonly ticks: readonly SourceTick[];
    /** What the issuer redeems a unit for, USD; null takes it back, absent leaves it. */
    readonly redemption?: { readonly value: number; readonly timeMs: number } | null;
  }[];
  /** Marks of instruments in their own unit. */
  readonly marks: readonly {
    readonly instrument: InstrumentId;
    readonly ticks: readonly SourceTick[];
    readonly fundingRate: number | null;
  }[];
  readonly underlyings: readonly {
    readonly id: AssetId;
    readonly forwards: readonly ForwardQuote[];
    readonly smiles: readonly Smile[];
    readonly depth: Depth | null;
  }[];
};

/** The first command of every journal: what the venue is. The history is part of it, so that every scenario set can be derived again. */
export type OpenVenue = {
  readonly kind: 'OpenVenue';
  readonly venue: string;
  readonly assets: readonly Asset[];
  readonly products: readonly Product[];
  readonly methodology: Methodology;
  /** How the venue runs beside its methodology; absent: `DEFAULT_RULES`. */
  readonly rules?: VenueRules;
  /** Daily closes per asset, ascending by day, 0 where there is none; the engine appends its own closes. */
  readonly history: {
    readonly startMs: number;
    readonly closes: readonly { readonly asset: AssetId; readonly values: readonly number[] }[];
  };
};

/** A command with the place and time that the sequencer gave it. */
export type Sequenced = { readonly seq: number; readonly timeMs: number; readonly command: Command };
