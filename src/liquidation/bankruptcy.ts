import { roundDownAtoms, toNumber, QUANTITY_PLACES } from '../base/amount.ts';
import { type Failure, refuse } from '../base/failure.ts';
import type { Derivative, InstrumentId } from '../product/product.ts';

/** A position of an account that is to be closed at its bankruptcy price. */
export type BankruptcyPosition = {
  readonly instrument: InstrumentId;
  /** Value at the mark in atoms of the settlement asset, signed: quantity · value of one contract. */
  readonly valueAtoms: bigint;
  readonly settleUsd: number;
  readonly settlePlaces: number;
  /** ≥ 0. */
  readonly notionalUsd: number;
  /** What it is answerable for of the requirement; hedges (≤ 0) close at the mark. */
  readonly contributionUsd: number;
};

export type BankruptcyInput = {
  readonly equityUsd: number;
  readonly positions: readonly BankruptcyPosition[];
  /** How far from the mark a bankruptcy price may lie, as a fraction of notional, in (0, 1). */
  readonly distanceFracMax: number;
};

/** Values at which closing leaves the account nothing and owing nothing. */
export type BankruptcyValues = {
  /** In the order of the positions. Realised P&L of closing one is `valueAtoms − costAtoms`. */
  readonly values: readonly { readonly instrument: InstrumentId; readonly valueAtoms: bigint }[];
  /** What the prices could not take: < 0 is left for the fund and for loss sharing, > 0 stays with the account. */
  readonly leftUsd: number;
};

/**
 * Allocates an account's equity over its positions by contribution, so that closing them all at these values leaves equity at zero
 * (LIQUIDATION-014): solvent accounts close worse than the mark, insolvent ones better. No price crosses zero or lies further from the
 * mark than `distanceFracMax`; what one position cannot take the others do. Each value is rounded down, against the account, so closing
 * leaves less than one atom per position too little, never too much. Refuses NUMBER_OUT_OF_RANGE and NUMBER_NOT_FINITE.
 */
export function bankruptcyValues(input: BankruptcyInput): BankruptcyValues | Failure {
  const failure = judgeInput(input);
  if (failure !== null) return failure;
  const { positions, equityUsd } = input;
  const limits = positions.map((position) => limitUsd(position, input));
  const taken = fill(Math.abs(equityUsd), weightsOf(positions), limits);
  const sign = equityUsd > 0 ? -1 : 1;
  const values = positions.map(({ instrument, valueAtoms, settleUsd, settlePlaces }, i) => ({
    instrument,
    valueAtoms: keepSide(
      valueAtoms,
      valueAtoms + roundDownAtoms((sign * taken.parts[i]!) / settleUsd, settlePlaces),
    ),
  }));
  return { values, leftUsd: taken.left === 0 ? 0 : -sign * taken.left };
}

/** Stops at zero what rounding would push across it. */
function keepSide(before: bigint, after: bigint): bigint {
  return (before > 0n && after < 0n) || (before < 0n && after > 0n) ? 0n : after;
}

function judgeInput({ equityUsd, positions, distanceFracMax }: BankruptcyInput): Failure | null {
  if (!Number.isFinite(equityUsd)) {
    return refuse('NUMBER_NOT_FINITE', { field: 'equityUsd', value: equityUsd, expected: 'a finite number' });
  }
  if (!(distanceFracMax > 0 && distanceFracMax < 1)) {
    const expected = 'above 0 and below 1';
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'distanceFracMax', value: distanceFracMax, expected });
  }
  for (const { instrument, settleUsd, notionalUsd, contributionUsd } of positions) {
    const fits = settleUsd > 0 && settleUsd < Infinity && notionalUsd >= 0 && notionalUsd < Infinity;
    if (fits && Number.isFinite(contributionUsd)) continue;
    const value = `${settleUsd}, ${notionalUsd}, ${contributionUsd}`;
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: `positions.${instrument}`,
      value,
      expected: 'a settlement price above 0, notional of at least 0, and a finite contribution',
    });
  }
  return null;
}

/** Contributions, hedges at nothing; notionals where no position contributes. */
function weightsOf(positions: readonly BankruptcyPosition[]): number[] {
  const weights = positions.map((p) => Math.max(0, p.contributionUsd));
  return weights.some((w) => w > 0) ? weights : positions.map((p) => p.notionalUsd);
}

/** Most that one position can take: its distance from the mark, and no further than to a price of zero. */
function limitUsd(position: BankruptcyPosition, { equityUsd, distanceFracMax }: BankruptcyInput): number {
  const distanceUsd = distanceFracMax * position.notionalUsd;
  const towardsZero = equityUsd > 0 === position.valueAtoms > 0n;
  if (!towardsZero) return distanceUsd;
  const valueUsd = Math.abs(toNumber(position.valueAtoms, position.settlePlaces)) * position.settleUsd;
  return Math.min(distanceUsd, valueUsd);
}

/** Spreads `total` below the limits: by weight first, what finds no room there over any room that is left. */
function fill(
  total: number,
  weights: readonly number[],
  limits: readonly number[],
): { readonly parts: readonly number[]; readonly left: number } {
  const parts = weights.map(() => 0);
  const unplaced = pour(total, weights, { parts, limits });
  return { left: pour(unplaced, limits, { parts, limits }), parts };
}

/** Pours `total` by weight into the parts; whoever is full leaves the rest to the others. Returns what found no room. */
function pour(
  total: number,
  weights: readonly number[],
  into: { readonly parts: number[]; readonly limits: readonly number[] },
): number {
  const { parts, limits } = into;
  let left = total;
  while (left > 0) {
    const open = weights.map((weight, i) => (parts[i]! < limits[i]! ? weight : 0));
    const sum = open.reduce((a, b) => a + b, 0);
    if (!(sum > 0)) return left;
    const level = left / sum;
    let full = false;
    for (let i = 0; i < parts.length; i++) {
      if (open[i] === 0 || parts[i]! + level * open[i]! < limits[i]!) continue;
      left = Math.max(0, left - (limits[i]! - parts[i]!));
      parts[i] = limits[i]!;
      full = true;
    }
    if (full) continue;
    for (let i = 0; i < parts.length; i++) parts[i] = parts[i]! + level * open[i]!;
    return 0;
  }
  return 0;
}

/**
 * Price in the product's own unit at which `quantityAtoms` contracts are worth `valueAtoms` of the settlement asset: the other way round
 * than `settleValueAt`. For display and receipts; quantity and value are not 0.
 */
export function priceOfValue(
  product: Derivative,
  amount: {
    readonly valueAtoms: bigint;
    readonly quantityAtoms: bigint;
    readonly settlePlaces: number;
  },
): number {
  const quantity = toNumber(amount.quantityAtoms, QUANTITY_PLACES);
  const each = toNumber(amount.valueAtoms, amount.settlePlaces) / quantity;
  const reciprocal = product.form === 'inverse' && product.kind !== 'option';
  return reciprocal ? -product.contractSize / each : each / product.contractSize;
}
