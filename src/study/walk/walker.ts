import { exp, log } from '../../base/elementary.ts';
import { type Failure, isFailure } from '../../base/failure.ts';
import { DAY_MS } from '../../base/instant.ts';
import { normalQuantile } from '../../base/normal.ts';
import { parseLevel } from '../../base/level.ts';
import { publishedHaircuts } from '../../collateral/rules.ts';
import { requireBy } from '../../margin/assess.ts';
import { assessAddOns } from '../../margin/add-ons/assess.ts';
import { coreOf } from '../../margin/methods/unified-core.ts';
import type { Methodology } from '../../margin/methodology.ts';
import type { MethodId } from '../../margin/report.ts';
import type { ViewId } from '../../margin/risk-view.ts';
import { filterOf, fitModel, fitSet } from '../../margin/scenario-sets.ts';
import type { FactorModel } from '../../scenario/factors.ts';
import { repriceAll } from '../../scenario/reprice.ts';
import type { PnlMatrix, ScenarioSet } from '../../scenario/set.ts';
import { listedAt, marketOfDay, productsOfDay } from '../market-of-day.ts';
import { booksAlive, type Day, type HeldBook, holdBook, priceDay, realisedOf } from './day.ts';
import type { StudyMethod, WalkPlan } from './plan.ts';
import { type BookPortfolios, layOut } from './portfolios.ts';
import type { DayOutcome } from './table.ts';
import { makeTailMachine, type TailMachine, type Tails } from './tails.ts';

/** Assesses single moments of a plan; what it remembers between calls saves time and changes no result. */
export type Walker = { readonly assess: (day: number) => DayOutcome | Failure };

const SCENARIOS_MAX = 20_000;
/** Quantile of the model that ought to fail. */
const NORMAL_99: number = normalQuantile(0.99);

/** Which scenario sets a method reads. */
function viewsOf(method: StudyMethod['method']): readonly ViewId[] {
  switch (method) {
    case 'normal':
      return ['historical'];
    case 'historical':
    case 'filtered':
    case 'monte-carlo':
      return [method];
    case 'unified':
      return ['filtered', 'monte-carlo', 'stress'];
    default:
      return [];
  }
}

/** What distinguishes two sets of one view: the parameters that it is fitted with. */
function setKey(view: ViewId, methodology: Methodology): string {
  const { horizonDays, historical, filtered, monteCarlo } = methodology;
  const filter = [filterOf(methodology), filtered.lookbackDays];
  switch (view) {
    case 'historical':
      return JSON.stringify([view, horizonDays, historical]);
    case 'filtered':
      return JSON.stringify([view, horizonDays, filter]);
    case 'monte-carlo':
      return JSON.stringify([view, horizonDays, filter, monteCarlo]);
    case 'stress':
      return view;
  }
}

/**
 * The methodology that is tested: half spreads and market impact are left out, because the outcome is measured at mid prices and holds
 * no cost of closing either.
 */
export function withoutClosingCosts(methodology: Methodology): Methodology {
  const liquidity = { impactFactor: 0, optionHalfSpreadVol: 0, unknownDepthFrac: 0 };
  return { ...methodology, addOns: { ...methodology.addOns, liquidity } };
}

/**
 * A methodology of daily steps on a history of other steps: decays keep their half-lives in days, look-backs keep their number of
 * scenarios. At daily steps nothing changes but the horizon.
 */
export function atStep(
  methodology: Methodology,
  { horizonDays, stepDays }: { readonly horizonDays: number; readonly stepDays: number },
): Methodology {
  if (stepDays === 1) return { ...methodology, horizonDays };
  const { historical, filtered, monteCarlo } = methodology;
  const fade = (daily: number): number => exp(log(daily) * stepDays);
  const span = (days: number): number => Math.max(1, Math.round(days * stepDays));
  return {
    ...methodology,
    horizonDays,
    historical: { lookbackDays: span(historical.lookbackDays) },
    filtered: { ...filtered, decay: fade(filtered.decay), lookbackDays: span(filtered.lookbackDays) },
    monteCarlo: { ...monteCarlo, correlationDecay: fade(monteCarlo.correlationDecay) },
  };
}

/** A refit: the model of a row, and the sets that were made from it so far. */
type Fit = { readonly row: number; readonly model: FactorModel; readonly sets: Map<string, ScenarioSet> };

/** Makes a walker for a plan. Each call refuses what fitting and pricing refuse. */
export function makeWalker(plan: WalkPlan): Walker {
  const machine = makeTailMachine(SCENARIOS_MAX);
  const methods = plan.request.methods.map((method) => ({
    ...method,
    methodology: withoutClosingCosts(
      atStep(method.methodology, {
        horizonDays: plan.request.horizonDays,
        stepDays: plan.levels.history.stepMs / DAY_MS,
      }),
    ),
  }));
  let fit: Fit | null = null;
  return {
    assess: (index) => {
      const refitRow = plan.rows[index - (index % plan.request.refitEvery)]!;
      if (fit === null || fit.row !== refitRow) {
        const model = modelAt(plan, refitRow, methods[0]!.methodology);
        if (isFailure(model)) return model;
        fit = { row: refitRow, model, sets: new Map() };
      }
      return assessDay({ plan, methods, machine, fit }, index);
    },
  };
}

/** The factor model as known at a row, of what is listed there. */
export function modelAt(plan: WalkPlan, row: number, methodology: Methodology): FactorModel | Failure {
  const { levels, assets, instruments } = plan;
  const listed = listedAt(levels, assets, [row]);
  const products = productsOfDay(instruments, { levels, row, listed: new Set(listed) });
  const timeMs = levels.history.timesMs[row]!;
  const market = marketOfDay({ levels, row, timeMs, assets: listed, products });
  const kept = new Set(listed);
  const series = levels.history.series.filter(({ factor }) => kept.has(factor.asset));
  return fitModel(market, { ...levels.history, series }, methodology);
}

type Work = {
  readonly plan: WalkPlan;
  readonly methods: readonly StudyMethod[];
  readonly machine: TailMachine;
  readonly fit: Fit;
};

function assessDay(work: Work, index: number): DayOutcome | Failure {
  const { plan, methods, fit } = work;
  const { levels, assets, instruments, horizonSteps } = plan;
  const { books } = plan.request;
  const row = plan.rows[index]!;
  const rows = [fit.row, row, row + horizonSteps];
  const day = priceDay({
    levels,
    row,
    laterRow: row + horizonSteps,
    assets: listedAt(levels, assets, rows),
    instruments,
  });
  if (isFailure(day)) return day;
  const alive = booksAlive(books, { levels, rows });
  const { collateral } = methods[0]!.methodology;
  const rules = { simulated: collateral, published: publishedHaircuts(collateral) };
  const held: HeldBook[] = [];
  for (const b of alive) {
    const one = holdBook(books[b]!, day, rules);
    if (isFailure(one)) return one;
    held.push(one);
  }
  const views = new Map<string, View>();
  const margins: Float64Array[] = [];
  for (const method of methods) {
    const margin = marginsBy(method, { work, day, held, views });
    if (isFailure(margin)) return margin;
    margins.push(margin);
  }
  const pnl = Float64Array.from(held, (one) => realisedOf(one, day));
  return { day: index, alive, pnl, ...distributionOf({ work, day, held, views }, pnl), margins };
}

/** One set of one day: its rows, and the tails of every portfolio. */
type View = { readonly matrix: PnlMatrix; readonly laid: BookPortfolios; readonly tails: Tails };

type DayWork = {
  readonly work: Work;
  readonly day: Day;
  readonly held: readonly HeldBook[];
  readonly views: Map<string, View>;
};

function viewOf(view: ViewId, methodology: Methodology, of: DayWork): View | Failure {
  const key = `${setKey(view, methodology)} ${methodology.tail.level} ${JSON.stringify(methodology.unified.groups)}`;
  const known = of.views.get(key);
  if (known !== undefined) return known;
  const set = setOf(view, methodology, of.work.fit);
  if (isFailure(set)) return set;
  const matrix = repriceAll(of.day.products.values(), of.day.market, set);
  if (isFailure(matrix)) return matrix;
  const level = parseLevel(methodology.tail.level, 'methodology.tail.level');
  if (isFailure(level)) return level;
  const laid = layOut(of.held, methodology.unified.groups);
  const tails = of.work.machine(laid.portfolios, matrix, { valueAtRisk: level, shortfall: level });
  const made = { matrix, laid, tails };
  of.views.set(key, made);
  return made;
}

function setOf(view: ViewId, methodology: Methodology, fit: Fit): ScenarioSet | Failure {
  const key = setKey(view, methodology);
  const known = fit.sets.get(key);
  if (known !== undefined) return known;
  const set = fitSet(view, fit.model, methodology);
  if (!isFailure(set)) fit.sets.set(key, set);
  return set;
}

function marginsBy(method: StudyMethod, of: DayWork): Float64Array | Failure {
  const { methodology } = method;
  const views: View[] = [];
  for (const id of viewsOf(method.method)) {
    const view = viewOf(id, methodology, of);
    if (isFailure(view)) return view;
    views.push(view);
  }
  if (method.method === 'normal') return normalMargins(views[0]!, of.held);
  if (method.method === 'unified') return unifiedMargins(views, methodology, of.held);
  if (views.length === 1) {
    const { tails, laid } = views[0]!;
    const risk = methodology.tail.measure === 'es' ? tails.shortfall : tails.valueAtRisk;
    return Float64Array.from(laid.whole, (p) => Math.max(0, risk[p]!));
  }
  return ruleMargins(method.method, methodology, of.held);
}

/** Requirement plus haircut: what stands between the account and a loss on positions and collateral together. */
function ruleMargins(
  method: MethodId,
  methodology: Methodology,
  held: readonly HeldBook[],
): Float64Array | Failure {
  const margins = new Float64Array(held.length);
  for (const [i, { valued, haircutPool }] of held.entries()) {
    const input = {
      account: valued.account,
      market: valued.market,
      methodology,
      risk: new Map(),
      dailyVol: new Map(),
      linked: [],
      previousHealth: 'healthy',
    } as const;
    const required = requireBy(method, { book: valued, pool: haircutPool, input });
    if (isFailure(required)) return required;
    margins[i] = required.initialUsd + (haircutPool.grossUsd - haircutPool.countedUsd);
  }
  return margins;
}

function unifiedMargins(
  views: readonly View[],
  methodology: Methodology,
  held: readonly HeldBook[],
): Float64Array {
  const [filtered, monteCarlo, stress] = views as [View, View, View];
  const riskOf = ({ tails, laid }: View, i: number): { risk: number; groups: number } => {
    let groups = 0;
    for (const p of laid.groups[i]!) groups += Math.max(0, tails.shortfall[p]!);
    return { risk: tails.shortfall[laid.whole[i]!]!, groups };
  };
  return Float64Array.from(held, ({ valued, pool }, i) => {
    const core = coreOf(
      { filtered: riskOf(filtered, i), monteCarlo: riskOf(monteCarlo, i), stress: riskOf(stress, i) },
      methodology,
    );
    const addOns = assessAddOns({
      book: valued,
      pool,
      parameters: methodology.addOns,
      coreUsd: core.totalUsd,
      linked: new Map(),
      dailyVol: new Map(),
    });
    return addOns.reduce((sum, { usd }) => sum + usd, core.totalUsd);
  });
}

function normalMargins(view: View, held: readonly HeldBook[]): Float64Array {
  return Float64Array.from(held, (_, i) => {
    const vector = vectorOf(view, i);
    let squares = 0;
    for (let s = 0; s < vector.length; s += 1) squares += vector[s]! * vector[s]!;
    return NORMAL_99 * Math.sqrt(squares / vector.length);
  });
}

/** P&L of book i in every scenario. */
function vectorOf({ matrix, laid }: View, i: number): Float64Array {
  const { starts, rows, quantities } = laid.portfolios;
  const p = laid.whole[i]!;
  const vector = new Float64Array(matrix.count);
  for (let k = starts[p]!; k < starts[p + 1]!; k += 1) {
    const row = matrix.rows.get(rows[k]!)!;
    const quantity = quantities[k]!;
    for (let s = 0; s < vector.length; s += 1) vector[s] = vector[s]! + quantity * row[s]!;
  }
  return vector;
}

/** Ranks and tail ratios in the filtered set that was used first; NaN where no method simulates. */
function distributionOf(of: DayWork, pnl: Float64Array): { rank: Float64Array; tailRatio: Float64Array } {
  const key = [...of.views.keys()].find((one) => one.startsWith('["filtered"'));
  const rank = new Float64Array(pnl.length).fill(NaN);
  const tailRatio = new Float64Array(pnl.length).fill(NaN);
  const view = key === undefined ? undefined : of.views.get(key);
  if (view === undefined) return { rank, tailRatio };
  const { tails, laid } = view;
  for (let i = 0; i < pnl.length; i += 1) {
    const vector = vectorOf(view, i);
    let below = 0;
    for (let s = 0; s < vector.length; s += 1) if (vector[s]! <= pnl[i]!) below += 1;
    rank[i] = (below + 0.5) / (vector.length + 1);
    const p = laid.whole[i]!;
    tailRatio[i] = tails.shortfall[p]! > 0 ? tails.valueAtRisk[p]! / tails.shortfall[p]! : NaN;
  }
  return { rank, tailRatio };
}
