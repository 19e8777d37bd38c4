import type { RateTier } from '../tiers.ts';

/**
 * How a scenario changes volatilities. `up`, `down`: relative, by days to expiry. `linear`, `absolute`: relative, by
 * log-moneyness or its magnitude; the account then loses the magnitude of the P&L of every expiry, whichever its sign.
 */
export type VolMove = 'up' | 'down' | 'none' | 'linear' | 'absolute';

export type GridScenario = {
  readonly name: string;
  /** Multiplies spot: 1.18 is +18 %. */
  readonly spotShock: number;
  readonly volMove: VolMove;
  /** Multiplies the P&L; 1 = in full. */
  readonly dampening: number;
  /** Time that passes, towards expiry. */
  readonly secondsForward: number;
};

/** Vol multiplier 1 ± range · (30 d / max(days, floor))^power, the power by the side of 30 days. */
export type VolShock = {
  readonly rangeUp: number;
  readonly rangeDown: number;
  readonly powerShort: number;
  readonly powerLong: number;
  readonly floorSeconds: number;
  /** Least volatility of an `up` scenario. */
  readonly volUpMin: number;
};

/** Cap of a skew multiplier at √τ: `perRootYear · √τ + base`. */
export type SkewCap = { readonly base: number; readonly perRootYear: number };

/** Skew multiplier 1 + clamp(k · cap / k*, ±cap) with k* = max(kStarMin, √τ · width · (volBase + √τ · volPerRootYear)). */
export type SkewShock = {
  readonly linear: SkewCap;
  readonly absolute: SkewCap;
  readonly kStarMin: number;
  readonly width: number;
  readonly volBase: number;
  readonly volPerRootYear: number;
};

/** base · exp(∓τ (rate · rateMultiple + rateAdd)). */
export type DiscountSide = {
  readonly base: number;
  readonly rateMultiple: number;
  readonly rateAdd: number;
};

/** Haircut of the shocked value of an expiry by its sign; `negative` null = liabilities are not marked up. */
export type StaticDiscount = {
  readonly positive: DiscountSide;
  readonly negative: DiscountSide | null;
  /** Expiries nearer than this keep their value in full. */
  readonly fromSeconds: number;
};

/** Forward moved alone, as one more scenario: worst of the two re-pricings · (add + perYear · τ), summed over expiries. */
export type BasisContingency = {
  readonly shockUp: number;
  readonly shockDown: number;
  readonly add: number;
  readonly perYear: number;
};

/** A number for each of the two requirements. */
export type InitialAndMaintenance = { readonly initial: number; readonly maintenance: number };

/** Charges that some venues add to the scenario loss; null = not charged. */
export type GridAddOns = {
  /** Each expiry's forward moves against spot by max(annual · τ, min), all in one direction; the worse direction counts. */
  readonly roll: { readonly annualFrac: number; readonly minFrac: number } | null;
  /** Fraction of the vol-up P&L of one expiry that another expiry's offsets. */
  readonly vegaTerm: { readonly offsetFrac: number } | null;
  /** Parallel move of the discount rates, either way. */
  readonly rate: { readonly shiftAbs: number } | null;
  /** Least requirement: spot · (net · |net delta| + hedged · hedged delta). */
  readonly deltaMinimum: { readonly netFrac: number; readonly hedgedFrac: number } | null;
  /** Least requirement: spot · size · fraction, through marginal tiers. Long options carry none. */
  readonly sizeMinimum: {
    readonly deltaOneFrac: number;
    readonly shortOptionFrac: number;
    readonly tiers: readonly RateTier[];
  } | null;
  /** Expected funding of this many hours, where the account pays it; added to both requirements. */
  readonly fundingHours: number;
};

/** One published model as data. Fractions are of 1; see `presets.ts` for the models themselves. */
export type GridModel = {
  readonly id: string;
  readonly scenarios: readonly GridScenario[];
  readonly vol: VolShock;
  /** Null where no scenario is `linear` or `absolute`. */
  readonly skew: SkewShock | null;
  /** Whether marks are discounted at the expiry's rate or not at all. */
  readonly markDiscount: 'rate' | 'none';
  readonly staticDiscount: StaticDiscount | null;
  readonly basis: BasisContingency | null;
  /** Multiplies the worst loss. */
  readonly lossFactor: InitialAndMaintenance;
  /** The initial loss factor rises by `factor` per unit of stable price below `threshold`. */
  readonly peg: { readonly threshold: number; readonly factor: number };
  /** Of spot, per perpetual or future; `initial` comes on top of `maintenance`. */
  readonly perpetual: InitialAndMaintenance;
  /** Of spot, per net short option of a strike. */
  readonly option: InitialAndMaintenance;
  /** Whether maintenance contingencies deepen the worst loss (and are scaled with it) or stand beside it. */
  readonly contingencyPlace: 'inside-loss' | 'beside-loss';
  /** Whether collateral is charged on its value in the stable coin or on amount · price. */
  readonly collateralChargedOn: 'value' | 'notional';
  /** Whether collateral is trusted by its own price alone or, where perpetuals are held, by theirs too. */
  readonly collateralTrust: 'own' | 'with-perpetual';
  /** A confidence c below `threshold` costs (1 − c) · `charge` of the notional, in the initial requirement only. */
  readonly confidence: { readonly threshold: number; readonly charge: number };
  readonly addOns: GridAddOns;
  /** How gains of one underlying meet losses of another of its group; null = they do not. */
  readonly crossUnderlying: { readonly gainFrac: number; readonly gainCapUsd: number } | null;
};
