import type { Pool } from '../collateral/pool.ts';
import type { ScenarioFamily } from '../scenario/set.ts';
import type { AssetId, InstrumentId } from '../product/product.ts';

/** Every method that can be asked for on one book. */
export const METHOD_IDS = [
  'isolated',
  'standard',
  'grid',
  'historical',
  'filtered',
  'monte-carlo',
  'unified',
  'derive-pmrm2',
  'derive-pmrm1',
  'derive-srm',
  'deribit',
  'paradex',
  'okx-major',
  'okx-mid',
  'okx-other',
] as const;
export type MethodId = (typeof METHOD_IDS)[number];

/** One line of a requirement. Components sum to the total; a negative one is a relief, and says why. */
export type Component = {
  readonly id: string;
  readonly about: string;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
};

/** Part of the initial requirement that one position or one collateral asset is answerable for; hedges are negative. */
export type Contribution = {
  readonly kind: 'position' | 'collateral' | 'order';
  readonly id: InstrumentId | AssetId;
  readonly underlying: AssetId;
  readonly initialUsd: number;
  /** What the position would need alone under the same method; null for collateral. */
  readonly standaloneUsd: number | null;
};

/** The scenarios behind a requirement: distribution of the account's P&L in one set. */
export type ScenarioView = {
  readonly setId: string;
  readonly family: ScenarioFamily;
  readonly count: number;
  /** Level of VaR and ES, e.g. 0.975. */
  readonly confidence: number;
  readonly varUsd: number;
  readonly esUsd: number;
  readonly worst: readonly { readonly name: string; readonly pnlUsd: number }[];
  readonly pnl: Float64Array;
};

/** What one method requires of one book, explained. Requirements ≥ 0. */
export type Requirement = {
  readonly method: MethodId;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
  readonly components: readonly Component[];
  /** Sum to `initialUsd` to 1e-9 relative. */
  readonly contributions: readonly Contribution[];
  readonly scenarios: readonly ScenarioView[];
};

export type HealthState = 'healthy' | 'warning' | 'margin-call' | 'reduce-only' | 'liquidating' | 'bankrupt';

export type PositionLine = {
  readonly instrument: InstrumentId;
  readonly underlying: AssetId;
  readonly settle: AssetId;
  readonly quantity: number;
  readonly mark: number;
  readonly notionalUsd: number;
  readonly unrealisedUsd: number;
  readonly deltaUsd: number;
  readonly vegaUsd: number;
  readonly initialUsd: number;
};

export type UnderlyingLine = {
  readonly underlying: AssetId;
  readonly deltaUsd: number;
  readonly gammaUsd: number;
  readonly vegaUsd: number;
  readonly thetaUsd: number;
  readonly initialUsd: number;
};

/** Index at which the account's equity meets its maintenance, this underlying moved alone; null where none exists. */
export type LiquidationPrice = {
  readonly underlying: AssetId;
  readonly indexUsd: number;
  readonly belowUsd: number | null;
  readonly aboveUsd: number | null;
};

/** A position margined alone: its own collateral against its own requirement. */
export type SleeveLine = {
  readonly instrument: InstrumentId;
  readonly quantity: number;
  readonly collateralUsd: number;
  readonly equityUsd: number;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
};

/** The answer: one account, one market, one methodology, one method. Money in USD; `headroom = equity − requirement`. */
export type MarginReport = {
  readonly account: string;
  readonly mode: string;
  readonly method: MethodId;
  readonly methodology: { readonly id: string; readonly version: string };
  readonly marketRevision: number;
  readonly timeMs: number;
  readonly equityUsd: number;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
  readonly initialHeadroomUsd: number;
  readonly maintenanceHeadroomUsd: number;
  /** Uncollateralised credit in force; a shortfall inside it calls no margin. */
  readonly creditUsd: number;
  /** maintenance / (equity + credit); null when there is nothing to measure against. */
  readonly marginRatio: number | null;
  readonly health: HealthState;
  /** What must be delivered to be back at the initial requirement; 0 unless called. */
  readonly callUsd: number;
  readonly pool: Pool;
  readonly requirement: Requirement;
  readonly positions: readonly PositionLine[];
  readonly underlyings: readonly UnderlyingLine[];
  readonly sleeves: readonly SleeveLine[];
};

/** One book under one method, with what nobody may net: Σ of the same requirement position by position. */
export type MethodComparison = {
  readonly method: MethodId;
  readonly equityUsd: number;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
  readonly initialHeadroomUsd: number;
};
