/**
 * The public surface of Plimsoll, listed by hand. A report in five calls: parse a market and a book (`plimsoll/contract`), take or generate a
 * history, fit the scenario sets, reprice what is held, assess.
 */
export { type ErrorCode, ERRORS } from './base/catalogue.ts';
export { describeFailure, type Failure, isFailure } from './base/failure.ts';
export {
  parseAtoms,
  QUANTITY_PLACES,
  roundDownAtoms,
  roundUpAtoms,
  toDecimal,
  toNumber,
} from './base/amount.ts';
export type {
  Asset,
  AssetId,
  Derivative,
  Form,
  Future,
  InstrumentId,
  Option,
  Perpetual,
  Product,
  Spot,
} from './product/product.ts';
export type {
  AssetQuote,
  Depth,
  ForwardQuote,
  InstrumentQuote,
  Market,
  Price,
  UnderlyingQuote,
} from './market/market.ts';
export type { Smile, VolatilitySurface } from './market/surface.ts';
export { buildMarket, type MarketParts } from './market/build.ts';
export {
  judgePrice,
  NO_QUALITY,
  type QualityParameters,
  type QualityState,
  type SourceTick,
} from './market/quality.ts';
export type { Account, AccountMode, CreditLine, OrderHold, Position } from './portfolio/account.ts';
export { type Black76, greeksBlack76, priceBlack76 } from './pricer/black76.ts';
export { impliedVol } from './pricer/implied-vol.ts';
export { type ContractMark, markContract } from './pricer/mark.ts';
export { type MarketMove, moveMarket, moveSpot } from './pricer/move.ts';
export { type History, type HistoryTable, parseHistory } from './scenario/history.ts';
export type { Factor, PnlMatrix, ScenarioFamily, ScenarioSet } from './scenario/set.ts';
export { repriceAll } from './scenario/reprice.ts';
export type { AssetRule, CollateralRules, HaircutTier } from './collateral/rules.ts';
export { assessPool, type Pool, type PoolLine } from './collateral/pool.ts';
export {
  type DeliveryPlan,
  type DeliverySource,
  planDelivery,
  type ProgrammeSolver,
} from './collateral/delivery.ts';
export { DEFAULT_METHODOLOGY } from './margin/default-methodology.ts';
export { historyForMarket } from './margin/default-history.ts';
export type { Methodology } from './margin/methodology.ts';
export { type FittedScenarios, fitScenarios } from './margin/scenario-sets.ts';
export { buildRiskModel, heldProducts } from './margin/risk-model.ts';
export type { RiskModel, RiskView } from './margin/risk-view.ts';
export { type AssessInput, assess, methodOfMode } from './margin/assess.ts';
export { compareMethods, isolationCost } from './margin/compare.ts';
export { findLiquidationPrice } from './margin/liquidation-price.ts';
export { applyChanges, type Change, type Situation } from './margin/what-if.ts';
export { explainChange, type Moment, type Why } from './margin/why.ts';
export { METHOD_IDS, type MarginReport, type MethodId } from './margin/report.ts';
