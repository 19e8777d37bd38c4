import type { GridBook, GridCollateral, GridPerpetual } from './book.ts';
import type { ExpiryState } from './expiry.ts';
import type { GridModel, InitialAndMaintenance } from './model.ts';

/** Charges for what scenarios do not see; positive = taken away. `initial` comes on top of `maintenance`. */
export type Contingencies = {
  readonly perpetual: InitialAndMaintenance;
  readonly option: InitialAndMaintenance;
  readonly collateral: InitialAndMaintenance;
  /** Low confidence, in the initial requirement only. */
  readonly confidence: { readonly perpetual: number; readonly option: number; readonly collateral: number };
  readonly total: InitialAndMaintenance;
};

/** Value of one collateral in the stable coin, undiminished. */
export function collateralValue(book: GridBook, collateral: GridCollateral): number {
  return (collateral.amount * collateral.price) / book.stablePrice;
}

/** Σ |quantity| of delta-one contracts: perpetuals and dated futures. */
export function deltaOneSize(book: GridBook): number {
  let size = 0;
  for (const perpetual of book.perpetuals) size += Math.abs(perpetual.quantity);
  for (const expiry of book.expiries) size += Math.abs(expiry.futureQuantity);
  return size;
}

/** Every contingency of a book (METHOD-035, METHOD-036). The book has been judged; no errors. */
export function assessContingencies(
  book: GridBook,
  states: readonly ExpiryState[],
  model: GridModel,
): Contingencies {
  const scaled = (size: number, fraction: InitialAndMaintenance): InitialAndMaintenance => ({
    initial: size * book.spot.price * fraction.initial,
    maintenance: size * book.spot.price * fraction.maintenance,
  });
  let naked = 0;
  for (const state of states) naked += state.nakedShort;
  const perpetual = scaled(deltaOneSize(book), model.perpetual);
  const option = scaled(naked, model.option);
  const collateral = collateralCharge(book, model);
  const confidence = assessConfidence(book, model);
  return {
    perpetual,
    option,
    collateral,
    confidence,
    total: {
      initial:
        perpetual.initial +
        option.initial +
        collateral.initial +
        (confidence.perpetual + confidence.option + confidence.collateral),
      maintenance: perpetual.maintenance + option.maintenance + collateral.maintenance,
    },
  };
}

/** What haircuts are taken of: a magnitude, so that a borrowed asset is charged and not credited. */
function chargedAmount(book: GridBook, collateral: GridCollateral, model: GridModel): number {
  return Math.abs(
    model.collateralChargedOn === 'value'
      ? collateralValue(book, collateral)
      : collateral.amount * collateral.price,
  );
}

function collateralCharge(book: GridBook, model: GridModel): InitialAndMaintenance {
  let initial = 0;
  let maintenance = 0;
  for (const collateral of book.collaterals) {
    const charged = chargedAmount(book, collateral, model);
    initial += charged * collateral.initialHaircutFrac;
    maintenance += charged * collateral.maintenanceHaircutFrac;
  }
  return { initial, maintenance };
}

/** The least confidence of any perpetual that is held; 1 where none is. */
function heldPerpetualConfidence(perpetuals: readonly GridPerpetual[]): number {
  let confidence = 1;
  for (const perpetual of perpetuals) {
    if (perpetual.quantity !== 0) confidence = Math.min(confidence, perpetual.confidence);
  }
  return confidence;
}

function assessConfidence(book: GridBook, model: GridModel): Contingencies['confidence'] {
  const { threshold, charge } = model.confidence;
  const cost = (confidence: number, notional: number): number =>
    confidence < threshold ? (1 - confidence) * charge * notional : 0;
  const spot = book.spot;
  const shared = Math.min(spot.confidence, heldPerpetualConfidence(book.perpetuals));
  let perpetual = 0;
  for (const held of book.perpetuals) {
    perpetual += cost(Math.min(spot.confidence, held.confidence), Math.abs(held.quantity) * spot.price);
  }
  let option = 0;
  for (const expiry of book.expiries) {
    let size = Math.abs(expiry.futureQuantity);
    for (const leg of expiry.legs) size += Math.abs(leg.amount);
    const { forward, rate, vol } = expiry.confidence;
    option += cost(Math.min(forward, rate, vol, shared), size * spot.price);
  }
  let collateral = 0;
  for (const held of book.collaterals) {
    const trust = model.collateralTrust === 'own' ? spot.confidence : shared;
    collateral += cost(Math.min(held.confidence, trust), chargedAmount(book, held, model));
  }
  return { perpetual, option, collateral };
}
