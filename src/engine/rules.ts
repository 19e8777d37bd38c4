import { type BreakerParameters, DEFAULT_BREAKERS } from '../breaker/parameters.ts';
import { type AuctionRules, DERIVE_AUCTION } from '../liquidation/auction.ts';
import type { PaceRules } from '../liquidation/pace.ts';
import type { DeleveragingPolicy } from '../liquidation/policies.ts';
import type { WaterfallRules } from '../liquidation/waterfall.ts';
import type { QualityParameters } from '../market/quality.ts';
import type { AccountId } from '../portfolio/account.ts';

export type LiquidationRules = WaterfallRules &
  Pick<PaceRules, 'depthShareMax' | 'notionalUsdMax' | 'impactFactor'> & {
    /** Depth is counted within this of the mark. */
    readonly bandFrac: number;
    /** Liquidation orders are priced this far through the mark. */
    readonly slippageFrac: number;
    /** No bankruptcy price lies further from the mark, as a fraction of notional. */
    readonly distanceFracMax: number;
    readonly auction: AuctionRules;
    /** Accounts that take a book over at its bankruptcy prices, in this order, while their own initial margin holds. */
    readonly backstops: readonly AccountId[];
    readonly deleveraging: DeleveragingPolicy;
  };

/** How a venue runs, beside its methodology: dated with it, changed with two approvers. */
export type VenueRules = {
  readonly quality: {
    /** For USD prices of assets. */
    readonly assets: QualityParameters;
    /** For marks of instruments. */
    readonly marks: QualityParameters;
    /** For single assets or instruments, by id. */
    readonly exceptions: readonly { readonly id: string; readonly parameters: QualityParameters }[];
  };
  /** Redemption values are relied on while this young, and not this far above the market. */
  readonly redemption: { readonly ageMsMax: number; readonly gapFracMax: number };
  /** Time constant of the short average that collateral is valued at. */
  readonly averageMs: number;
  /** From a margin call to its deadline. */
  readonly callMs: number;
  readonly liquidation: LiquidationRules;
  readonly breakers: {
    readonly instrument: BreakerParameters;
    readonly underlying: BreakerParameters;
    readonly venue: BreakerParameters;
    /** Window of price velocity. */
    readonly windowMs: number;
    /** So many accounts are assumed at least when those in call are counted. */
    readonly countMin: number;
  };
};

const PRICE_QUALITY: QualityParameters = {
  sourcesMin: 1,
  ageMsMax: 60_000,
  unchangedMsMax: Infinity,
  spreadFracMax: 0.03,
  jumpFracMax: 0.2,
  jumpConfirmMs: 30_000,
  floor: null,
  ceiling: null,
};

/** Rules that apply unless a venue states its own. */
export const DEFAULT_RULES: VenueRules = {
  quality: {
    assets: PRICE_QUALITY,
    marks: { ...PRICE_QUALITY, ageMsMax: 300_000, spreadFracMax: 0.1, jumpFracMax: 10 },
    exceptions: [],
  },
  redemption: { ageMsMax: 86_400_000, gapFracMax: 0.25 },
  averageMs: 300_000,
  callMs: 4 * 3_600_000,
  liquidation: {
    targetRatio: 0.9,
    roundsMax: 12,
    marketMsMax: 300_000,
    auctionMsMax: 600_000,
    intervalMs: 10_000,
    depthShareMax: 0.25,
    notionalUsdMax: 50_000_000,
    impactFactor: 1,
    bandFrac: 0.01,
    slippageFrac: 0.02,
    distanceFracMax: 0.5,
    auction: { ...DERIVE_AUCTION, slowSeconds: 900 },
    backstops: [],
    deleveraging: 'minimum-overshoot',
  },
  breakers: { ...DEFAULT_BREAKERS, windowMs: 300_000, countMin: 20 },
};
