import { unreachable } from '../base/assert.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { assessPool, type Pool } from '../collateral/pool.ts';
import { type CollateralRules, publishedHaircuts } from '../collateral/rules.ts';
import type { Market } from '../market/market.ts';
import type { Account } from '../portfolio/account.ts';
import type { AssetId } from '../product/product.ts';
import { judgeHealth, marginRatio } from './health.ts';
import type { Methodology } from './methodology.ts';
import { GRID_PRESETS } from './grid/presets.ts';
import { requireByGrid } from './methods/grid-method.ts';
import { fillOutcomes } from './open-orders.ts';
import { isolatedInitial, requireIsolated } from './methods/isolated.ts';
import { requireByRules, type StandardMethod } from './methods/standard-method.ts';
import { requireByTail } from './methods/tail-method.ts';
import { requireUnified } from './methods/unified.ts';
import type {
  HealthState,
  MarginReport,
  MethodId,
  PositionLine,
  Requirement,
  SleeveLine,
  UnderlyingLine,
} from './report.ts';
import { DERIVE_STANDARD } from './standard/model.ts';
import { splitByBump } from './split.ts';
import type { RiskModel } from './risk-view.ts';
import { type ValuedBook, type ValuedPosition, valueBook } from './valued-book.ts';

export type AssessInput = {
  readonly account: Account;
  readonly market: Market;
  readonly methodology: Methodology;
  readonly risk: RiskModel;
  /** Daily volatility per underlying, as a fraction. */
  readonly dailyVol: ReadonlyMap<AssetId, number>;
  /** The beneficial owner's other accounts. */
  readonly linked: readonly Account[];
  readonly previousHealth: HealthState;
};

/** The method that an account's mode stands for. */
export function methodOfMode(mode: Account['mode']): MethodId {
  switch (mode) {
    case 'isolated':
      return 'isolated';
    case 'cross':
      return 'standard';
    case 'portfolio':
      return 'unified';
    default:
      return unreachable(mode);
  }
}

/**
 * Assesses one account under one method: equity, requirements, where they come from, and how healthy that is (MARGIN-001).
 * Money in USD. Refuses what cannot be valued; never returns a number that is not finite.
 */
export function assess(method: MethodId, input: AssessInput): MarginReport | Failure {
  const book = valueBook(input.account, input.market);
  if (isFailure(book)) return book;
  const pool = assessPool(book.holdings, input.market, rulesOf(method, input.methodology.collateral));
  if (isFailure(pool)) return pool;
  const valued = { book, pool, input };
  const requirement = requireAtRisk(method, valued);
  if (isFailure(requirement)) return requirement;
  const contributions =
    requirement.contributions.length > 0 || !hasRisk(book, pool) || book.pooled.length === 0
      ? requirement.contributions
      : splitByBump(requirement, book, (bumped) => requireBy(method, { ...valued, book: bumped }));
  if (isFailure(contributions)) return contributions;
  const need = needOfOrders(method, input);
  if (isFailure(need)) return need;
  return toReport({
    ...valued,
    requirement: withOrders({ ...requirement, contributions }, need, input.market),
  });
}

/** What open orders need, USD ≥ 0, and the instruments of the orders that fill then, one entry an order. */
export type OrderNeed = { readonly usd: number; readonly instruments: readonly string[] };

/**
 * What open orders need (MARGIN-020): the most that any outcome of the worst sides takes from initial headroom. Refuses what cannot be
 * valued once it filled.
 */
export function needOfOrders(method: MethodId, input: AssessInput): OrderNeed | Failure {
  let worst: OrderNeed = { usd: 0, instruments: [] };
  const outcomes = fillOutcomes(input.account, input.market);
  if (isFailure(outcomes) || outcomes.length === 0) return isFailure(outcomes) ? outcomes : worst;
  const now = headroomWith(method, input, input.account);
  if (isFailure(now)) return now;
  for (const { account, filled } of outcomes) {
    const then = headroomWith(method, input, account);
    if (isFailure(then)) return then;
    if (now - then > worst.usd) worst = { usd: now - then, instruments: filled.map((o) => o.instrument) };
  }
  return worst;
}

/** Adds what open orders need as one component, shared evenly by them. Maintenance knows positions only. */
function withOrders(asIs: Requirement, need: OrderNeed, market: Market): Requirement {
  if (need.usd === 0) return asIs;
  const about = `${need.instruments.length} open orders filling at their worst side`;
  const share = need.usd / need.instruments.length;
  return {
    ...asIs,
    initialUsd: asIs.initialUsd + need.usd,
    components: [...asIs.components, { id: 'open-orders', about, initialUsd: need.usd, maintenanceUsd: 0 }],
    contributions: [
      ...asIs.contributions,
      ...need.instruments.map((id) => ({
        kind: 'order' as const,
        id,
        underlying: market.products.get(id)!.underlying,
        initialUsd: share,
        standaloneUsd: null,
      })),
    ],
  };
}

/** Counted equity less the initial requirement of an account, orders aside. */
function headroomWith(method: MethodId, input: AssessInput, account: Account): number | Failure {
  const book = valueBook(account, input.market);
  if (isFailure(book)) return book;
  const pool = assessPool(book.holdings, input.market, rulesOf(method, input.methodology.collateral));
  if (isFailure(pool)) return pool;
  const required = requireAtRisk(method, { book, pool, input });
  return isFailure(required) ? required : pool.countedUsd - required.initialUsd;
}

/** Whether anything has to be margined: a position that shares the pool, or a debt (MARGIN-006). */
export function hasRisk(book: ValuedBook, pool: Pool): boolean {
  return book.pooled.some((p) => p.quantity !== 0) || pool.lines.some((line) => line.amount < 0);
}

/** {@link requireBy}, or nothing where nothing has to be margined. Refuses NUMBER_NOT_FINITE rather than return what is no number. */
export function requireAtRisk(method: MethodId, valued: Valued): Requirement | Failure {
  const { book, pool } = valued;
  if (!hasRisk(book, pool)) return nothingRequired(method);
  const required = requireBy(method, valued);
  if (isFailure(required)) return required;
  for (const value of [required.initialUsd, required.maintenanceUsd]) {
    if (Number.isFinite(value)) continue;
    return refuse('NUMBER_NOT_FINITE', { field: method, value, expected: 'a finite requirement' });
  }
  return required;
}

function nothingRequired(method: MethodId): Requirement {
  return { method, initialUsd: 0, maintenanceUsd: 0, components: [], contributions: [], scenarios: [] };
}

/** The venue lists no dated futures: here both legs of a pair pay the perpetual's rate, nothing nets across expiries. */
const DERIVE_RULES: StandardMethod = {
  model: DERIVE_STANDARD,
  spreadFrac: 2 * DERIVE_STANDARD.perpetual.initial,
  perpetualFrac: null,
};

const SIMULATING: ReadonlySet<MethodId> = new Set(['historical', 'filtered', 'monte-carlo', 'unified']);

/** Methods without a scenario vector cannot simulate collateral: they use the published haircuts (COLLATERAL-003). */
export function rulesOf(method: MethodId, rules: CollateralRules): CollateralRules {
  return SIMULATING.has(method) ? rules : publishedHaircuts(rules);
}

export type Valued = { readonly book: ValuedBook; readonly pool: Pool; readonly input: AssessInput };

/** The requirement of one method, dispatched once (rule 7). */
export function requireBy(method: MethodId, { book, pool, input }: Valued): Requirement | Failure {
  const { methodology, risk } = input;
  switch (method) {
    case 'isolated':
      return requireIsolated(book, methodology.isolated);
    case 'standard':
      return requireByRules(book, method, methodology.standard);
    case 'derive-srm':
      return requireByRules(book, method, DERIVE_RULES);
    case 'grid':
      return requireByGrid(book, method, methodology.grid);
    case 'derive-pmrm2':
    case 'derive-pmrm1':
    case 'deribit':
    case 'paradex':
    case 'okx-major':
    case 'okx-mid':
    case 'okx-other':
      return requireByGrid(book, method, { ...methodology.grid, model: GRID_PRESETS.get(method)! });
    case 'historical':
    case 'filtered':
    case 'monte-carlo':
      return requireByTail(method, risk.get(method)!, { book, pool, methodology });
    case 'unified': {
      const linked = linkedDelta(input);
      if (isFailure(linked)) return linked;
      return requireUnified({ book, pool, methodology, risk, linked, dailyVol: input.dailyVol });
    }
    default:
      return unreachable(method);
  }
}

/** Signed delta units per underlying of the owner's other accounts. Refuses where one of them cannot be valued. */
function linkedDelta(input: AssessInput): ReadonlyMap<AssetId, number> | Failure {
  const units = new Map<AssetId, number>();
  for (const account of input.linked) {
    const book = valueBook(account, input.market);
    if (isFailure(book)) return book;
    for (const { product, deltaUsd } of book.pooled) {
      const index = input.market.assets.get(product.underlying)!.index.value;
      units.set(product.underlying, (units.get(product.underlying) ?? 0) + deltaUsd / index);
    }
  }
  return units;
}

function toReport(from: Valued & { readonly requirement: Requirement }): MarginReport {
  const { book, pool, requirement, input } = from;
  const { account, market, methodology } = input;
  const creditUsd = account.creditLines
    .filter((line) => line.expiryMs > market.timeMs)
    .reduce((sum, line) => sum + line.limitUsd, 0);
  const byPosition = requirement.contributions.filter((c) => c.kind === 'position');
  const equityUsd = pool.countedUsd;
  const backing = equityUsd + creditUsd;
  const ratio = marginRatio(requirement.maintenanceUsd, backing);
  const health = judgeHealth(ratio, {
    equityUsd: backing,
    previous: input.previousHealth,
    levels: methodology.health,
  });
  const called = health !== 'healthy' && health !== 'warning';
  return {
    account: account.id,
    mode: account.mode,
    method: requirement.method,
    methodology: { id: methodology.id, version: methodology.version },
    marketRevision: market.revision,
    timeMs: market.timeMs,
    equityUsd,
    initialUsd: requirement.initialUsd,
    maintenanceUsd: requirement.maintenanceUsd,
    initialHeadroomUsd: equityUsd - requirement.initialUsd,
    maintenanceHeadroomUsd: equityUsd - requirement.maintenanceUsd,
    creditUsd,
    marginRatio: ratio,
    health,
    callUsd: called ? Math.max(0, requirement.initialUsd - backing) : 0,
    pool,
    requirement,
    positions: book.pooled.map((p, i) => toPositionLine(p, byPosition[i]?.initialUsd ?? 0)),
    underlyings: toUnderlyingLines(book, requirement),
    sleeves: book.sleeved.map((p) => toSleeve(p, methodology)),
  };
}

function toPositionLine(p: ValuedPosition, initialUsd: number): PositionLine {
  return {
    instrument: p.product.id,
    underlying: p.product.underlying,
    settle: p.product.settle,
    quantity: p.quantity,
    mark: p.contract.mark,
    notionalUsd: p.notionalUsd,
    unrealisedUsd: p.unrealisedUsd,
    deltaUsd: p.deltaUsd,
    vegaUsd: p.vegaUsd,
    initialUsd,
  };
}

function toUnderlyingLines(book: ValuedBook, requirement: Requirement): UnderlyingLine[] {
  const lines = new Map<AssetId, UnderlyingLine>();
  const at = (underlying: AssetId): UnderlyingLine =>
    lines.get(underlying) ?? { underlying, deltaUsd: 0, gammaUsd: 0, vegaUsd: 0, thetaUsd: 0, initialUsd: 0 };
  for (const p of book.pooled) {
    const line = at(p.product.underlying);
    lines.set(line.underlying, {
      ...line,
      deltaUsd: line.deltaUsd + p.deltaUsd,
      gammaUsd: line.gammaUsd + p.gammaUsd,
      vegaUsd: line.vegaUsd + p.vegaUsd,
      thetaUsd: line.thetaUsd + p.thetaUsd,
    });
  }
  for (const { underlying, initialUsd } of requirement.contributions) {
    const line = at(underlying);
    lines.set(underlying, { ...line, initialUsd: line.initialUsd + initialUsd });
  }
  return [...lines.keys()].sort().map((id) => lines.get(id)!);
}

function toSleeve(p: ValuedPosition, methodology: Methodology): SleeveLine {
  const initialUsd = isolatedInitial(p, methodology.isolated);
  const collateralUsd = p.isolatedSettle! * p.contract.settleUsd;
  return {
    instrument: p.product.id,
    quantity: p.quantity,
    collateralUsd,
    equityUsd: collateralUsd + p.unrealisedUsd,
    initialUsd,
    maintenanceUsd: methodology.isolated.maintenanceFrac * initialUsd,
  };
}
