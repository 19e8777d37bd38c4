import { type Failure, isFailure } from '../../base/failure.ts';
import { assessAddOns, type GridAddOnCharges } from './add-ons.ts';
import { type GridBook, judgeGridBook } from './book.ts';
import { assessContingencies, collateralValue, type Contingencies } from './contingencies.ts';
import { basisPnl, type ExpiryState, expiryPnl, prepareExpiry } from './expiry.ts';
import { judgeGridModel } from './judge-model.ts';
import type { GridModel, GridScenario, InitialAndMaintenance } from './model.ts';

export type ScenarioPnl = {
  readonly name: string;
  readonly pnl: number;
  readonly perpetual: number;
  readonly collateral: number;
  /** One per expiry, in the order of the book. */
  readonly expiries: readonly number[];
};

/** Value of everything but cash, undiminished, in USD stable. */
export type GridValue = {
  readonly option: number;
  readonly collateral: number;
  /** Unrealised P&L and funding. */
  readonly perpetual: number;
};

/** A grid assessment with every number on the way. headroom = equity − requirement, for each of the two. */
export type GridResult = {
  readonly expiries: readonly ExpiryState[];
  readonly scenarios: readonly ScenarioPnl[];
  /** ≤ 0; competes with the scenarios. */
  readonly basisContingency: number;
  /** The scenario that decides, or `basis`. */
  readonly worst: { readonly name: string; readonly pnl: number };
  readonly contingencies: Contingencies;
  readonly addOns: GridAddOnCharges;
  /** Worst P&L, less the contingencies that the model puts inside it. */
  readonly minSpan: number;
  /** −minSpan with add-ons, at least the least requirements: what the loss factors multiply. */
  readonly netRequirement: number;
  readonly lossFactor: InitialAndMaintenance;
  readonly value: GridValue;
  /** `value` and cash. */
  readonly equity: number;
  readonly requirement: InitialAndMaintenance;
  readonly headroom: InitialAndMaintenance;
};

/** Name of the basis contingency where it is the worst outcome. */
export const BASIS = 'basis';

/**
 * Assesses one book under one grid model (METHOD-037). Refuses NUMBER_NOT_FINITE and NUMBER_OUT_OF_RANGE for what the book or the
 * model hold. Source: the published portfolio margin models that `presets.ts` names, as one rule with parameters.
 */
export function assessGrid(book: GridBook, model: GridModel): GridResult | Failure {
  const failure = judgeGridModel(model) ?? judgeGridBook(book);
  if (isFailure(failure)) return failure;
  const states = book.expiries.map((expiry) => prepareExpiry(expiry, model));
  const scenarios = model.scenarios.map((scenario) => scenarioPnl(book, states, { model, scenario }));
  let basisContingency = 0;
  for (const [i, expiry] of book.expiries.entries()) basisContingency += basisPnl(expiry, states[i]!, model);
  const worst = worstOf(scenarios, model.basis === null ? null : basisContingency);
  const contingencies = assessContingencies(book, states, model);
  const addOns = assessAddOns(book, states, model);
  const inside = model.contingencyPlace === 'inside-loss' ? contingencies.total.maintenance : 0;
  const minSpan = worst.pnl - inside;
  const netRequirement = netOf(-minSpan, addOns, model);
  const lossFactor = lossFactorOf(book.stablePrice, model);
  const value = valueOf(book, states);
  const equity = value.option + value.collateral + value.perpetual + book.cash;
  const beside = contingencies.total.maintenance - inside + addOns.funding;
  const requirement = {
    initial: netRequirement * lossFactor.initial + contingencies.total.initial + beside,
    maintenance: netRequirement * lossFactor.maintenance + beside,
  };
  return {
    expiries: states,
    scenarios,
    basisContingency,
    worst,
    contingencies,
    addOns,
    minSpan,
    netRequirement,
    lossFactor,
    value,
    equity,
    requirement,
    headroom: { initial: equity - requirement.initial, maintenance: equity - requirement.maintenance },
  };
}

function scenarioPnl(
  book: GridBook,
  states: readonly ExpiryState[],
  at: { readonly model: GridModel; readonly scenario: GridScenario },
): ScenarioPnl {
  const { spotShock, dampening, name } = at.scenario;
  const move = (spotShock - 1) * dampening;
  let perpetual = 0;
  for (const { quantity, price } of book.perpetuals) perpetual += quantity * price * move;
  let collateral = 0;
  for (const held of book.collaterals) {
    if (held.riskCancelling) collateral += collateralValue(book, held) * move;
  }
  const expiries = book.expiries.map((expiry, i) => expiryPnl(expiry, states[i]!, at));
  let pnl = perpetual + collateral;
  for (const part of expiries) pnl += part;
  return { name, pnl, perpetual, collateral, expiries };
}

/** The lowest P&L; among equals the first scenario, and the basis only where it is strictly worse. */
function worstOf(scenarios: readonly ScenarioPnl[], basis: number | null): GridResult['worst'] {
  let worst = { name: BASIS, pnl: Infinity };
  for (const { name, pnl } of scenarios) if (pnl < worst.pnl) worst = { name, pnl };
  return basis !== null && basis < worst.pnl ? { name: BASIS, pnl: basis } : worst;
}

function netOf(loss: number, addOns: GridAddOnCharges, model: GridModel): number {
  let net = loss + addOns.roll + addOns.vegaTerm + addOns.rate;
  if (model.addOns.deltaMinimum !== null) net = Math.max(net, addOns.deltaMinimum);
  if (model.addOns.sizeMinimum !== null) net = Math.max(net, addOns.sizeMinimum);
  return net;
}

function lossFactorOf(stablePrice: number, { lossFactor, peg }: GridModel): InitialAndMaintenance {
  const gap = Math.max(0, peg.threshold - stablePrice);
  return { initial: lossFactor.initial + gap * peg.factor, maintenance: lossFactor.maintenance };
}

function valueOf(book: GridBook, states: readonly ExpiryState[]): GridValue {
  let option = 0;
  for (const state of states) option += state.markToMarket;
  let collateral = 0;
  for (const held of book.collaterals) collateral += collateralValue(book, held);
  let perpetual = 0;
  for (const { quantity, unrealisedPnl, unrealisedFunding } of book.perpetuals) {
    if (quantity !== 0) perpetual += unrealisedPnl + unrealisedFunding;
  }
  return { option, collateral, perpetual };
}
