import { type Failure, refuse } from '../base/failure.ts';
import { ceilDiv, floorDiv, magnitude } from './whole.ts';

/**
 * Integer liquidation arithmetic of a perpetual venue (dYdX v4). Every amount is a count of quote atoms unless its name
 * says otherwise; rates are parts per million; no number here is rounded but where the published rule rounds it.
 */
const PPM = 1_000_000n;

/** Margin tier of a market. Open interest between the two caps raises the initial rate linearly to 100 %. */
export type MarginTier = {
  readonly initialPpm: bigint;
  /** Maintenance as a part of the initial margin at the base rate. */
  readonly maintenanceFractionPpm: bigint;
  /** Open notional at which the initial rate starts to rise, and at which it is 100 %; both 0 = never. */
  readonly openLowerCap: bigint;
  readonly openUpperCap: bigint;
};

function judgeTier(tier: MarginTier): Failure | null {
  const fits = (ppm: bigint): boolean => ppm >= 0n && ppm <= PPM;
  const { initialPpm, maintenanceFractionPpm, openLowerCap, openUpperCap } = tier;
  if (!fits(initialPpm) || !fits(maintenanceFractionPpm)) {
    const value = `${initialPpm}, ${maintenanceFractionPpm}`;
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'tier', value, expected: '0 to 1000000 ppm' });
  }
  const never = openLowerCap === 0n && openUpperCap === 0n;
  if (!never && !(openLowerCap >= 0n && openLowerCap < openUpperCap)) {
    const value = `${openLowerCap}, ${openUpperCap}`;
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: 'open caps',
      value,
      expected: 'lower below upper, or both 0',
    });
  }
  return null;
}

/** Initial and maintenance margin of one position, from the magnitude of its notional. */
export type MarginAtoms = { readonly initial: bigint; readonly maintenance: bigint };

/**
 * Margin of a position: initial = ⌈notional · rate⌉ with the rate at the market's open notional, maintenance =
 * ⌈⌈notional · base rate⌉ · fraction⌉, each rounded against the account. `openNotional` ≥ 0. Refuses NUMBER_OUT_OF_RANGE.
 */
export function positionMargin(
  notional: bigint,
  openNotional: bigint,
  tier: MarginTier,
): MarginAtoms | Failure {
  const failure = judgeTier(tier);
  if (failure !== null) return failure;
  const size = magnitude(notional);
  const base = ceilDiv(size * tier.initialPpm, PPM);
  const maintenance = ceilDiv(base * tier.maintenanceFractionPpm, PPM);
  const { openLowerCap, openUpperCap } = tier;
  if (openNotional <= openLowerCap || openUpperCap === 0n) return { initial: base, maintenance };
  if (openNotional >= openUpperCap) return { initial: size, maintenance };
  const span = openUpperCap - openLowerCap;
  const raised = tier.initialPpm * span + (PPM - tier.initialPpm) * (openNotional - openLowerCap);
  return { initial: ceilDiv(size * raised, PPM * span), maintenance };
}

/** Net collateral and maintenance margin of a whole account. */
export type AccountRisk = { readonly netCollateral: bigint; readonly maintenance: bigint };

/** Whether the account may be liquidated: it needs maintenance margin and has strictly less. No errors. */
export function isLiquidatable({ netCollateral, maintenance }: AccountRisk): boolean {
  return maintenance > 0n && maintenance > netCollateral;
}

/** Change that closing a part of a position makes: of the notional (signed) and of the maintenance margin (magnitude). */
export type ClosedPart = { readonly notionalChange: bigint; readonly maintenanceChange: bigint };

/**
 * Quote atoms that the account receives (below 0: pays) when the part is closed at the bankruptcy price:
 * −ΔNotional − ⌊NetCollateral · |ΔMaintenance| / Maintenance⌋. Every position closed so leaves nothing and owes nothing.
 * Refuses NUMBER_OUT_OF_RANGE where the account has no maintenance margin.
 */
export function bankruptcyQuote(account: AccountRisk, part: ClosedPart): bigint | Failure {
  if (account.maintenance <= 0n) return noMaintenance(account);
  const share = account.netCollateral * magnitude(part.maintenanceChange);
  return -part.notionalChange - floorDiv(share, account.maintenance);
}

function noMaintenance({ maintenance }: AccountRisk): Failure {
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'maintenance', value: maintenance, expected: 'above 0' });
}

/** How far from the oracle price a liquidation order may fill. */
export type FillRules = {
  /** Multiplies the bankruptcy rating (BA). */
  readonly bankruptcyAdjustmentPpm: bigint;
  /** Spread as a part of the maintenance margin (SMMR). */
  readonly spreadToMaintenancePpm: bigint;
};

/** Exact fraction with a positive denominator. */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

/** Adjusted bankruptcy rating: clamp(BA · (1 − NetCollateral / Maintenance), 0, 1). Refuses NUMBER_OUT_OF_RANGE. */
export function bankruptcyRating(account: AccountRisk, rules: FillRules): Fraction | Failure {
  if (account.maintenance <= 0n) return noMaintenance(account);
  const numerator = rules.bankruptcyAdjustmentPpm * (account.maintenance - account.netCollateral);
  const denominator = PPM * account.maintenance;
  if (numerator <= 0n) return { numerator: 0n, denominator: 1n };
  return numerator >= denominator ? { numerator: 1n, denominator: 1n } : { numerator, denominator };
}

/** One position: size in base atoms (signed, not 0), its notional (signed) and its maintenance margin. */
export type PositionAtoms = {
  readonly sizeBase: bigint;
  readonly notional: bigint;
  readonly maintenance: bigint;
};

/**
 * Price, in quote atoms per base atom, at which a position may be closed: (notional − rating · spread · maintenance) /
 * size, exactly. Below the oracle price for a long, above it for a short. Refuses NUMBER_OUT_OF_RANGE.
 */
export function fillablePrice(
  account: AccountRisk,
  position: PositionAtoms,
  rules: FillRules,
): Fraction | Failure {
  if (position.sizeBase === 0n) {
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'sizeBase', value: 0n, expected: 'not 0' });
  }
  const rating = bankruptcyRating(account, rules);
  if ('failure' in rating) return rating;
  const scale = rating.denominator * PPM;
  const spread = rating.numerator * rules.spreadToMaintenancePpm * position.maintenance;
  const numerator = position.notional * scale - spread;
  const sign = position.sizeBase < 0n ? -1n : 1n;
  return { numerator: sign * numerator, denominator: sign * position.sizeBase * scale };
}

/**
 * What a fill gives the insurance fund (below 0: takes from it). `fillQuote` and `bankruptcyAtoms` are the quote atoms that
 * the account receives. Better than bankruptcy: min(difference, ⌊fee · |fill|⌋); worse: the whole difference. Refuses
 * NUMBER_OUT_OF_RANGE for a fee outside 0 to 100 %.
 */
export function insuranceDelta(
  fillQuote: bigint,
  bankruptcyAtoms: bigint,
  feePpmMax: bigint,
): bigint | Failure {
  if (feePpmMax < 0n || feePpmMax > PPM) {
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'feePpmMax', value: feePpmMax, expected: '0 to 1000000' });
  }
  const difference = fillQuote - bankruptcyAtoms;
  if (difference <= 0n) return difference;
  const fee = (magnitude(fillQuote) * feePpmMax) / PPM;
  return difference < fee ? difference : fee;
}
