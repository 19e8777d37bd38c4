import type { GridLeg, Quoted } from '../grid/book.ts';
import type { InitialAndMaintenance } from '../grid/model.ts';

/** Options of one expiry, priced on its forward without discounting. */
export type StandardExpiry = {
  readonly seconds: number;
  readonly forward: Quoted;
  readonly volConfidence: number;
  readonly legs: readonly GridLeg[];
};

/** What an account holds on one underlying, with its market. Money in USD stable, sizes in units of the underlying. */
export type StandardMarket = {
  readonly underlying: string;
  readonly spot: Quoted;
  readonly perpetual: Quoted & {
    readonly quantity: number;
    readonly unrealisedPnl: number;
    readonly unrealisedFunding: number;
  };
  /** The underlying itself, held (or, below 0, borrowed). */
  readonly baseAmount: number;
  readonly expiries: readonly StandardExpiry[];
};

export type StandardBook = {
  readonly cash: number;
  /** Price of the stable coin that cash is in; 1 = on peg. */
  readonly stablePrice: number;
  readonly markets: readonly StandardMarket[];
};

/** Charges for short options, as fractions of spot unless stated. */
export type StandardOptionModel = {
  /** Initial charge out of the money: max(initialMin, initialMax − distance to the strike over spot). */
  readonly initialMax: number;
  readonly initialMin: number;
  readonly maintenanceCall: number;
  readonly maintenancePut: number;
  /** Of the put's mark, where that is more. */
  readonly maintenancePutOfMark: number;
  /** A short put's initial margin is at least this multiple of its maintenance margin. */
  readonly maintenanceMultiple: number;
  /** Of the forward, per call that no other call covers, in the maximum loss. */
  readonly unpaired: InitialAndMaintenance;
};

/** One rule-based model as data; the same for every market of a book. */
export type StandardModel = {
  readonly id: string;
  /** Of the perpetual's price. */
  readonly perpetual: InitialAndMaintenance;
  readonly option: StandardOptionModel;
  /** Share of the underlying's value that counts: `factor`, times `initialScale` in the initial margin. */
  readonly base: { readonly factor: number; readonly initialScale: number };
  /** A confidence c below its threshold costs (1 − c) · `charge` of the notional, in the initial margin only. */
  readonly confidence: {
    readonly perpetualThreshold: number;
    readonly optionThreshold: number;
    readonly baseThreshold: number;
    readonly charge: number;
  };
  /** Below `threshold`, the initial margin pays (threshold − stable) · `factor` · spot per perpetual and short option. */
  readonly depeg: { readonly threshold: number; readonly factor: number };
};

/** Derive's standard manager at its published parameters. */
export const DERIVE_STANDARD: StandardModel = {
  id: 'derive-srm',
  perpetual: { initial: 0.065, maintenance: 0.05 },
  option: {
    initialMax: 0.15,
    initialMin: 0.1,
    maintenanceCall: 0.075,
    maintenancePut: 0.075,
    maintenancePutOfMark: 0.075,
    maintenanceMultiple: 1.05,
    unpaired: { initial: 1.2, maintenance: 1.1 },
  },
  base: { factor: 0.8, initialScale: 1 },
  confidence: { perpetualThreshold: 0.4, optionThreshold: 0.4, baseThreshold: 0.4, charge: 0.4 },
  depeg: { threshold: 0.98, factor: 1.2 },
};
