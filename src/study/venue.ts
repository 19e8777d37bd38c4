import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { assess, methodOfMode } from '../margin/assess.ts';
import type { Methodology } from '../margin/methodology.ts';
import { buildRiskModel, heldProducts } from '../margin/risk-model.ts';
import { fitModel, fitScenarios } from '../margin/scenario-sets.ts';
import type { Market } from '../market/market.ts';
import type { Account } from '../portfolio/account.ts';
import type { Derivative } from '../product/product.ts';
import { publishedHaircuts } from '../collateral/rules.ts';
import type { FactorModel } from '../scenario/factors.ts';
import type { History } from '../scenario/history.ts';
import type { PnlMatrix } from '../scenario/set.ts';
import { listedAt } from './market-of-day.ts';
import { booksAlive, holdBook, priceDay } from './walk/day.ts';
import { planWalk, type WalkRequest } from './walk/plan.ts';
import { partsOf } from './walk/portfolios.ts';
import { makeWalker, modelAt } from './walk/walker.ts';

/** One account of a venue at one moment: units of matrix rows, what it has, and what is required of it. USD. */
export type VenueAccount = {
  readonly id: string;
  readonly parts: readonly { readonly row: string; readonly quantity: number }[];
  /** What stands behind its losses. */
  readonly resourcesUsd: number;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
};

/** All accounts of a venue in one market, and the factors that scenarios move. */
export type Venue = {
  readonly market: Market;
  readonly model: FactorModel;
  readonly products: readonly Derivative[];
  readonly accounts: readonly VenueAccount[];
};

/** P&L of an account in every scenario of a matrix. */
export function pnlOf({ parts }: VenueAccount, matrix: PnlMatrix): Float64Array {
  const pnl = new Float64Array(matrix.count);
  for (const { row, quantity } of parts) {
    const values = matrix.rows.get(row)!;
    for (let s = 0; s < pnl.length; s += 1) pnl[s] = pnl[s]! + quantity * values[s]!;
  }
  return pnl;
}

/**
 * The book library as a venue at the last moment of a request, each book with exactly the margin that the first method asks (unified, say)
 * and nothing more. Refuses what the walk refuses.
 */
export function venueOfLibrary(request: WalkRequest): Venue | Failure {
  const plan = planWalk(request);
  if (isFailure(plan)) return plan;
  const { levels, assets, instruments, horizonSteps } = plan;
  const index = plan.rows.length - 1;
  const outcome = makeWalker({ ...plan, request: { ...request, refitEvery: 1 } }).assess(index);
  if (isFailure(outcome)) return outcome;
  const row = plan.rows[index]!;
  const rows = [row, row + horizonSteps];
  const { methodology } = request.methods[0]!;
  const day = priceDay({ levels, row, laterRow: null, assets: listedAt(levels, assets, [row]), instruments });
  if (isFailure(day)) return day;
  const model = modelAt(plan, row, methodology);
  if (isFailure(model)) return model;
  const rules = { simulated: methodology.collateral, published: publishedHaircuts(methodology.collateral) };
  const accounts: VenueAccount[] = [];
  for (const [i, b] of booksAlive(request.books, { levels, rows }).entries()) {
    const held = holdBook(request.books[b]!, day, rules);
    if (isFailure(held)) return held;
    const initialUsd = outcome.margins[0]![i]!;
    accounts.push({
      id: request.books[b]!.id,
      parts: partsOf(held),
      resourcesUsd: initialUsd,
      initialUsd,
      maintenanceUsd: methodology.maintenanceFrac * initialUsd,
    });
  }
  return { market: day.market, model, products: [...day.products.values()], accounts };
}

/** The accounts of a book file as a venue: what stands behind losses is their equity. Refuses what assessing refuses. */
export function venueOfAccounts(from: {
  readonly accounts: readonly Account[];
  readonly market: Market;
  readonly history: History;
  readonly methodology: Methodology;
}): Venue | Failure {
  const { market, history, methodology } = from;
  if (from.accounts.length === 0) {
    return refuse('SHAPE_INVALID', { field: 'accounts', value: 0, expected: 'at least one account' });
  }
  const model = fitModel(market, history, methodology);
  if (isFailure(model)) return model;
  const fitted = fitScenarios(market, history, methodology);
  if (isFailure(fitted)) return fitted;
  const products = heldProducts(from.accounts, market);
  const risk = buildRiskModel(fitted.sets, market, products);
  if (isFailure(risk)) return risk;
  const accounts: VenueAccount[] = [];
  for (const account of from.accounts) {
    const report = assess(methodOfMode(account.mode), {
      account,
      market,
      methodology,
      risk,
      dailyVol: fitted.dailyVol,
      linked: from.accounts.filter((other) => other.owner === account.owner && other.id !== account.id),
      previousHealth: 'healthy',
    });
    if (isFailure(report)) return report;
    const coins = report.pool.lines.filter((line) => line.amount !== 0);
    accounts.push({
      id: account.id,
      parts: [
        ...report.positions.map(({ instrument, quantity }) => ({ row: instrument, quantity })),
        ...coins.map(({ asset, amount }) => ({ row: asset, quantity: amount })),
      ],
      resourcesUsd: report.equityUsd + report.creditUsd,
      initialUsd: report.initialUsd,
      maintenanceUsd: report.maintenanceUsd,
    });
  }
  return { market, model, products, accounts };
}
