import type { CollateralRules } from '../collateral/rules.ts';
import type { AssetId } from '../product/product.ts';
import type { FilterSpec } from '../scenario/families/filtered-set.ts';
import type { MonteCarloSpec } from '../scenario/families/monte-carlo.ts';
import type { GridMethod } from './methods/grid-method.ts';
import type { StandardMethod } from './methods/standard-method.ts';

/** Tail measure of a P&L vector; `level` is an exact decimal such as "0.975". */
export type TailMeasure = { readonly measure: 'es' | 'var'; readonly level: string };

/** Value per asset, with the one for everything else under `other`. */
export type PerAsset = { readonly [asset: AssetId]: number } & { readonly other: number };

/**
 * Size-scaled isolated margin, per position: rate = min(1, base · max(1, √(notional / sizeUsd))) (METHOD-010); options as
 * outright short or long premium.
 */
export type IsolatedParameters = {
  readonly baseFrac: PerAsset;
  readonly sizeUsd: PerAsset;
  readonly maintenanceFrac: number;
};

export type HistoryParameters = { readonly lookbackDays: number };
export type FilterParameters = FilterSpec & { readonly lookbackDays: number };
export type MonteCarloParameters = Omit<MonteCarloSpec, 'horizonDays' | keyof FilterSpec | 'lookbackDays'>;

export type UnifiedParameters = {
  /** RTS 153/2013 art. 27: share of the undiversified sum that always stands. */
  readonly diversificationFrac: number;
  /** Underlyings of one group offset each other fully; a group stands alone for the cap. */
  readonly groups: readonly (readonly AssetId[])[];
};

/**
 * EMIR art. 28 tools. `buffer`: so much on top, released as the calculated requirement rises above its long-run mean. `stress-weight`: that
 * share of the stress block in the blend. `stress-floor`: never less than that share of the stress block. `long-run-floor`: volatility never
 * below its long run.
 */
export type AntiProcyclicality =
  | { readonly tool: 'none' }
  | { readonly tool: 'buffer'; readonly bufferFrac: number }
  | { readonly tool: 'stress-weight'; readonly stressFrac: number }
  | { readonly tool: 'stress-floor'; readonly stressFrac: number }
  | { readonly tool: 'long-run-floor' };

export type AddOnParameters = {
  readonly liquidity: {
    /** Coefficient of the square-root impact law, about 1. */
    readonly impactFactor: number;
    readonly optionHalfSpreadVol: number;
    /** Charged on notional where the depth of an underlying is not known. */
    readonly unknownDepthFrac: number;
  };
  readonly basis: { readonly parallelPerYear: number; readonly twistPerYear: number };
  readonly vega: { readonly twistVol: number };
  readonly shortOption: { readonly minimumFrac: number };
  readonly wrongWay: { readonly sameIssuerFrac: number };
  readonly depeg: { readonly threshold: number; readonly factor: number };
  readonly oracle: { readonly threshold: number; readonly factor: number };
  /** 1 = none; from the account group's own backtest (Basel traffic light scaled to 1 … 1.33). */
  readonly modelMultiplier: number;
};

export type HealthLevels = {
  /** Enter and exit levels of maintenance / equity. */
  readonly warning: { readonly enter: number; readonly exit: number };
  readonly call: { readonly enter: number; readonly exit: number };
  readonly reduceOnly: { readonly enter: number; readonly exit: number };
  readonly liquidation: { readonly enter: number; readonly exit: number };
};

/** Dated, versioned parameters of everything that margin depends on. The file form is `methodology/1`. */
export type Methodology = {
  readonly id: string;
  readonly version: string;
  readonly effectiveMs: number;
  readonly about: string;
  readonly approvers: readonly string[];
  readonly tail: TailMeasure;
  readonly horizonDays: number;
  /** Maintenance = this share of initial, for the methods that have no rule of their own. */
  readonly maintenanceFrac: number;
  readonly isolated: IsolatedParameters;
  readonly standard: StandardMethod;
  readonly grid: GridMethod;
  readonly historical: HistoryParameters;
  readonly filtered: FilterParameters;
  readonly monteCarlo: MonteCarloParameters;
  readonly unified: UnifiedParameters;
  readonly antiProcyclicality: AntiProcyclicality;
  readonly addOns: AddOnParameters;
  readonly collateral: CollateralRules;
  readonly health: HealthLevels;
};
