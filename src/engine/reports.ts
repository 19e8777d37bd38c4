import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { assess, type AssessInput, methodOfMode } from '../margin/assess.ts';
import type { MarginReport, MethodId } from '../margin/report.ts';
import type { Account } from '../portfolio/account.ts';
import type { Derivative } from '../product/product.ts';
import { placeOf, type Place } from './levels.ts';
import { toRiskModel } from './scenarios.ts';
import { accountAt, accountIndex, type EngineState } from './state.ts';
import { accountOf, toAccount, type Unit } from './unit.ts';

/**
 * What `assess` of margin needs to report on an account, or on one as it would be, in the market of the moment. The risk model has the
 * filtered, Monte Carlo and stress sets with the rows of what the account holds and has on order. Refuses what cannot be priced.
 */
export function assessInputOf(state: EngineState, account: Account): AssessInput | Failure {
  const place = placeOf(state);
  if (isFailure(place)) return place;
  const index = accountIndex(state, account.id);
  const linked = (state.owners.get(account.owner) ?? [])
    .filter((other) => other !== index)
    .map((other) => toAccount(state, other));
  return inputIn(place, account, {
    linked,
    previousHealth: index === null ? 'healthy' : accountAt(state, index).health,
  });
}

function inputIn(
  { market, scenarios, methodology }: Place,
  account: Account,
  rest: Pick<AssessInput, 'linked' | 'previousHealth'>,
): AssessInput | Failure {
  const products: Derivative[] = [];
  for (const { instrument } of [...account.positions, ...account.orders]) {
    const product = market.products.get(instrument);
    if (product !== undefined && product.kind !== 'spot') products.push(product);
  }
  const risk = toRiskModel(scenarios, market, products);
  if (isFailure(risk)) return risk;
  return { account, market, methodology, risk, dailyVol: scenarios.fitted.dailyVol, ...rest };
}

/** The margin report of an account under the method of its mode. Refuses UNKNOWN_ACCOUNT and what cannot be valued. */
export function reportOf(state: EngineState, id: string): MarginReport | Failure {
  const index = accountIndex(state, id);
  if (index === null) {
    return refuse('UNKNOWN_ACCOUNT', { field: 'account', value: id, expected: 'an account that was opened' });
  }
  const account = toAccount(state, index);
  const input = assessInputOf(state, account);
  return isFailure(input) ? input : assess(methodOfMode(account.mode), input);
}

/** The report of a unit alone, positions pooled and no orders: what liquidation plans on. */
export function unitReport(unit: Unit, place: Place): { input: AssessInput; report: MarginReport } | Failure {
  const method: MethodId = unit.isSleeve ? 'isolated' : methodOfMode(unit.mode);
  const account = accountOf(
    unit,
    unit.positions.map((p) => ({ ...p, isolatedAtoms: null })),
  );
  const input = inputIn(place, account, { linked: [], previousHealth: 'liquidating' });
  if (isFailure(input)) return input;
  const report = assess(method, input);
  return isFailure(report) ? report : { input, report };
}
