import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { assessGrid, BASIS, type GridResult } from './assess.ts';
import type { GridBook } from './book.ts';
import type { GridModel, InitialAndMaintenance } from './model.ts';

export type GroupedBook = {
  readonly underlying: string;
  /** Books of one group offset each other where the model has an offset; everything else is added in full. */
  readonly group: string;
  readonly book: GridBook;
};

export type GroupResult = {
  readonly group: string;
  /** Losses in full and gains as far as they count, in the order of the model's scenarios. */
  readonly pnl: readonly number[];
  readonly worst: { readonly name: string; readonly pnl: number };
  /** What the group's members would lose each at its own worst scenario, positive. */
  readonly lossAlone: number;
};

export type GridPortfolioResult = {
  readonly underlyings: ReadonlyMap<string, GridResult>;
  readonly groups: readonly GroupResult[];
  readonly equity: number;
  readonly requirement: InitialAndMaintenance;
  readonly headroom: InitialAndMaintenance;
};

/** How far gains count against losses; each gain at most `gainCapUsd` after the fraction. */
export type Offset = { readonly gainFrac: number; readonly gainCapUsd: number };

/**
 * Scenario by scenario, Σ losses + Σ min(gainFrac · gain, gainCapUsd). Rows are members, columns the scenarios that they
 * share. Rows of one length; no errors. Source: OCC product group offset and cross-currency portfolio margin.
 */
export function combineWithOffset(rows: readonly (readonly number[])[], offset: Offset): readonly number[] {
  const combined = Array.from({ length: rows[0]?.length ?? 0 }, () => 0);
  for (const row of rows) {
    for (const [scenario, pnl] of row.entries()) {
      combined[scenario]! += pnl < 0 ? pnl : Math.min(offset.gainFrac * pnl, offset.gainCapUsd);
    }
  }
  return combined;
}

/**
 * Assesses several underlyings under one model (METHOD-038). Inside a group the scan loss is the worst scenario of the combined P&L;
 * every other charge of a member stands, and no member falls below its least requirement. The basis contingency of a
 * member that decides its own worst outcome is kept alone. Refuses DUPLICATE_ID and what {@link assessGrid} refuses.
 */
export function assessGridPortfolio(
  books: readonly GroupedBook[],
  model: GridModel,
): GridPortfolioResult | Failure {
  const underlyings = new Map<string, GridResult>();
  const members = new Map<string, GridResult[]>();
  for (const { underlying, group, book } of books) {
    const result = assessGrid(book, model);
    if (isFailure(result)) return { ...result, field: `${underlying}.${result.field}` };
    if (underlyings.has(underlying)) {
      return refuse('DUPLICATE_ID', {
        field: 'underlying',
        value: underlying,
        expected: 'each underlying once',
      });
    }
    underlyings.set(underlying, result);
    const together = model.crossUnderlying === null ? underlying : group;
    members.set(together, [...(members.get(together) ?? []), result]);
  }
  const groups = [...members].map(([group, results]) => assessGroup(group, results, model));
  return { underlyings, groups, ...totals(groups, [...underlyings.values()], model) };
}

function assessGroup(group: string, results: readonly GridResult[], model: GridModel): GroupResult {
  const offset = model.crossUnderlying ?? { gainFrac: 0, gainCapUsd: 0 };
  const rows = results.map(({ scenarios }) => scenarios.map(({ pnl }) => pnl));
  const pnl = results.length === 1 ? rows[0]! : combineWithOffset(rows, offset);
  let worst = { name: model.scenarios[0]!.name, pnl: Infinity };
  for (const [i, { name }] of model.scenarios.entries()) {
    if (pnl[i]! < worst.pnl) worst = { name, pnl: pnl[i]! };
  }
  let lossAlone = 0;
  let basis = 0;
  for (const result of results) {
    lossAlone -= result.worst.pnl;
    if (result.worst.name === BASIS) basis += result.worst.pnl;
  }
  if (basis < worst.pnl) worst = { name: BASIS, pnl: basis };
  return { group, pnl, worst, lossAlone };
}

function totals(
  groups: readonly GroupResult[],
  results: readonly GridResult[],
  model: GridModel,
): Pick<GridPortfolioResult, 'equity' | 'requirement' | 'headroom'> {
  let equity = 0;
  const requirement = { initial: 0, maintenance: 0 };
  const least = { initial: 0, maintenance: 0 };
  const { deltaMinimum, sizeMinimum } = model.addOns;
  for (const result of results) {
    equity += result.equity;
    const { lossFactor } = result;
    const minimum = Math.max(
      deltaMinimum === null ? 0 : result.addOns.deltaMinimum,
      sizeMinimum === null ? 0 : result.addOns.sizeMinimum,
    );
    for (const level of ['initial', 'maintenance'] as const) {
      requirement[level] += result.requirement[level] + result.worst.pnl * lossFactor[level];
      least[level] += result.requirement[level] + (minimum - result.netRequirement) * lossFactor[level];
    }
  }
  for (const level of ['initial', 'maintenance'] as const) {
    // Books on stable coins off their peg to different degrees have different factors: the highest counts.
    const factor = Math.max(0, ...results.map(({ lossFactor }) => lossFactor[level]));
    for (const { worst } of groups) requirement[level] -= worst.pnl * factor;
  }
  const floored = {
    initial: Math.max(requirement.initial, least.initial),
    maintenance: Math.max(requirement.maintenance, least.maintenance),
  };
  return {
    equity,
    requirement: floored,
    headroom: { initial: equity - floored.initial, maintenance: equity - floored.maintenance },
  };
}
