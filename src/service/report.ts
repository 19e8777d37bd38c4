import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { judgeMethodology } from '../contract/methodology-file.ts';
import { toMarginJson, toReportJson } from '../contract/report-json.ts';
import { assessInputOf } from '../engine/reports.ts';
import { placeOf } from '../engine/levels.ts';
import { historyOf } from '../engine/refit.ts';
import { accountAt, accountIndex, type EngineState } from '../engine/state.ts';
import { toAccount } from '../engine/unit.ts';
import { type AssessInput, assess, methodOfMode } from '../margin/assess.ts';
import { compareMethods, isolationCost } from '../margin/compare.ts';
import { liquidationPrices } from '../margin/liquidation-prices.ts';
import type { MethodId } from '../margin/report.ts';
import { buildRiskModel, heldProducts } from '../margin/risk-model.ts';
import { fitsAlike, fitScenarios, type FittedScenarios } from '../margin/scenario-sets.ts';
import { applyChanges, type Change } from '../margin/what-if.ts';
import type { Account } from '../portfolio/account.ts';

/** The inputs of a report on an account, or on one as it would be: the live market and parameters, every scenario set. */
function inputOf(state: EngineState, account: Account): AssessInput | Failure {
  const place = placeOf(state);
  if (isFailure(place)) return place;
  const input = assessInputOf(state, account);
  return isFailure(input) ? input : withSets(input, place.scenarios.fitted);
}

function withSets(input: AssessInput, fitted: FittedScenarios): AssessInput | Failure {
  const { account, market } = input;
  const risk = buildRiskModel(fitted.sets, market, heldProducts([account], market));
  return isFailure(risk) ? risk : { ...input, risk, dailyVol: fitted.dailyVol };
}

/** The account of an id as reports see it. Refuses UNKNOWN_ACCOUNT. */
function accountOf(state: EngineState, id: string): Account | Failure {
  const index = accountIndex(state, id);
  if (index !== null && accountAt(state, index).parent === null) return toAccount(state, index);
  return refuse('UNKNOWN_ACCOUNT', { field: 'account', value: id, expected: 'an account that was opened' });
}

/**
 * The margin report of an account in the market of the moment, with what the command line shows beside it: the same functions on the live
 * state, so the same numbers. `method` null: the one of its mode. Refuses UNKNOWN_ACCOUNT and what cannot be valued.
 */
export function reportOn(state: EngineState, id: string, method: MethodId | null): object | Failure {
  const account = accountOf(state, id);
  if (isFailure(account)) return account;
  const input = inputOf(state, account);
  return isFailure(input) ? input : fullReport(input, method ?? methodOfMode(account.mode));
}

function fullReport(input: AssessInput, method: MethodId): object | Failure {
  const report = assess(method, input);
  if (isFailure(report)) return report;
  const comparison = compareMethods(input);
  if (isFailure(comparison)) return comparison;
  const isolationUsd = isolationCost(method, input);
  if (isFailure(isolationUsd)) return isolationUsd;
  const liquidation = liquidationPrices(report, input);
  if (isFailure(liquidation)) return liquidation;
  return toReportJson({ report, comparison, history: 'journal', isolationUsd, liquidation, delivery: null });
}

/** The report of the engine alone, for streams: no comparison, and the scenarios without their vectors. */
export function briefReport(state: EngineState, id: string): object | Failure {
  const account = accountOf(state, id);
  if (isFailure(account)) return account;
  const input = assessInputOf(state, account);
  if (isFailure(input)) return input;
  const report = assess(methodOfMode(account.mode), input);
  if (isFailure(report)) return report;
  const scenarios = report.requirement.scenarios.map((view) => ({ ...view, pnl: new Float64Array(0) }));
  return toMarginJson({ ...report, requirement: { ...report.requirement, scenarios } });
}

/**
 * The report before and after changes to a book, its market or its parameters; nothing is kept, and the question is the one the engine asks
 * itself. Refuses as `applyChanges` and {@link reportOn} do.
 */
export function whatIf(
  state: EngineState,
  id: string,
  asked: { readonly changes: readonly Change[]; readonly method: MethodId | null },
): object | Failure {
  const account = accountOf(state, id);
  if (isFailure(account)) return account;
  const input = inputOf(state, account);
  if (isFailure(input)) return input;
  const method = asked.method ?? methodOfMode(account.mode);
  const before = assess(method, input);
  if (isFailure(before)) return before;
  const changed = applyChanges(input, asked.changes);
  if (isFailure(changed)) return changed;
  const refused = judgeMethodology(changed.methodology);
  if (refused !== null) return refused;
  const fitted = fitFor(state, input, changed.methodology);
  if (isFailure(fitted)) return fitted;
  const moved = withSets({ ...input, ...changed }, fitted);
  if (isFailure(moved)) return moved;
  const after = fullReport(moved, method);
  return isFailure(after) ? after : { before: toMarginJson(before), after };
}

/** The sets in use, or fitted again where a parameter of theirs was changed. */
function fitFor(
  state: EngineState,
  { market, methodology: inForce }: AssessInput,
  methodology: AssessInput['methodology'],
): FittedScenarios | Failure {
  const place = placeOf(state);
  if (isFailure(place)) return place;
  if (fitsAlike(inForce, methodology)) return place.scenarios.fitted;
  const history = historyOf(state);
  return isFailure(history) ? history : fitScenarios(market, history, methodology);
}
