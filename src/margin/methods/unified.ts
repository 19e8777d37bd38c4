import { type Failure, isFailure } from '../../base/failure.ts';
import { type Level, parseLevel } from '../../base/level.ts';
import type { Pool } from '../../collateral/pool.ts';
import type { AssetId } from '../../product/product.ts';
import type { AddOn, AddOnInput } from '../add-ons/add-on.ts';
import { assessAddOns } from '../add-ons/assess.ts';
import type { Methodology } from '../methodology.ts';
import type { Component, Contribution, Requirement, ScenarioView } from '../report.ts';
import {
  type Exposure,
  measureTail,
  type RiskModel,
  type RiskView,
  sumOf,
  toExposure,
  viewScenarios,
} from '../risk-view.ts';
import type { ValuedBook } from '../valued-book.ts';
import { coreOf, type GroupedRisk } from './unified-core.ts';

export type UnifiedInput = {
  readonly book: ValuedBook;
  readonly pool: Pool;
  readonly methodology: Methodology;
  readonly risk: RiskModel;
  readonly linked: AddOnInput['linked'];
  readonly dailyVol: AddOnInput['dailyVol'];
};

type MeasuredView = {
  readonly id: string;
  readonly exposure: Exposure;
  readonly shown: ScenarioView;
  readonly risk: number;
  /** Euler parts in the order of `exposure.parts`. */
  readonly byPart: Float64Array;
  /** Stand-alone ES of each group of underlyings, and its Euler parts. */
  readonly groups: { readonly sum: number; readonly byPart: Float64Array };
};

/**
 * The flagship (METHOD-050): base = max(ES filtered, ES Monte Carlo); core by the anti-procyclicality tool: never less
 * than a share of ES stress, or a blend with it;
 * diversification keeps core + f · max(0, Σ groups − core); a buffer where selected; add-ons on top, each on its own line.
 * Every step splits linearly over positions and collateral, so contributions sum to the total.
 */
export function requireUnified(input: UnifiedInput): Requirement | Failure {
  const { methodology, book, pool } = input;
  const level = parseLevel(methodology.tail.level, 'methodology.tail.level');
  if (isFailure(level)) return level;
  const views: MeasuredView[] = [];
  for (const id of ['filtered', 'monte-carlo', 'stress'] as const) {
    const measured = measureView(id, input.risk.get(id)!, { input, level });
    if (isFailure(measured)) return measured;
    views.push(measured);
  }
  const core = blend(views, methodology);
  const addOnInput: AddOnInput = {
    book,
    pool,
    parameters: methodology.addOns,
    coreUsd: core.totalUsd,
    linked: input.linked,
    dailyVol: input.dailyVol,
  };
  return toRequirement(core, { addOns: assessAddOns(addOnInput), views, input });
}

function measureView(
  id: string,
  view: RiskView,
  { input, level }: { readonly input: UnifiedInput; readonly level: Level },
): MeasuredView | Failure {
  const exposure = toExposure(view, input.book.pooled, input.pool);
  if (isFailure(exposure)) return exposure;
  const measured = measureTail(exposure, { measure: 'es', level });
  if (isFailure(measured)) return measured;
  const shown = viewScenarios(view, exposure, level);
  if (isFailure(shown)) return shown;
  const groups = standaloneGroups(exposure, { view, level, groups: input.methodology.unified.groups });
  if (isFailure(groups)) return groups;
  return { id, exposure, shown, risk: measured.risk, byPart: measured.byPart, groups };
}

/** Σ over groups of max(0, ES of the group alone), with Euler parts (METHOD-051) (RTS 153/2013 art. 27). */
function standaloneGroups(
  exposure: Exposure,
  by: {
    readonly view: RiskView;
    readonly level: Level;
    readonly groups: readonly (readonly AssetId[])[];
  },
): { sum: number; byPart: Float64Array } | Failure {
  const byPart = new Float64Array(exposure.parts.length);
  let sum = 0;
  for (const at of groupParts(exposure, by.groups).values()) {
    const parts = at.map((i) => exposure.parts[i]!);
    const alone = { parts, total: sumOf(parts, by.view.set.count) };
    const measured = measureTail(alone, { measure: 'es', level: by.level });
    if (isFailure(measured)) return measured;
    if (measured.risk <= 0) continue;
    sum += measured.risk;
    for (let k = 0; k < at.length; k++) byPart[at[k]!] = measured.byPart[k]!;
  }
  return { sum, byPart };
}

function groupParts(exposure: Exposure, groups: readonly (readonly AssetId[])[]): Map<string, number[]> {
  const out = new Map<string, number[]>();
  exposure.parts.forEach((part, i) => {
    const index = groups.findIndex((group) => group.includes(part.underlying));
    const key = index < 0 ? `alone ${part.underlying}` : `group ${index}`;
    out.set(key, [...(out.get(key) ?? []), i]);
  });
  return out;
}

type SplitCore = {
  readonly components: readonly Component[];
  readonly totalUsd: number;
  readonly byPart: Float64Array;
};

function blend(views: readonly MeasuredView[], methodology: Methodology): SplitCore {
  const [filtered, monteCarlo, stress] = views as [MeasuredView, MeasuredView, MeasuredView];
  const grouped = (view: MeasuredView): GroupedRisk => ({ risk: view.risk, groups: view.groups.sum });
  const core = coreOf(
    { filtered: grouped(filtered), monteCarlo: grouped(monteCarlo), stress: grouped(stress) },
    methodology,
  );
  const base = core.base === 'filtered' ? filtered : monteCarlo;
  const { baseWeight: b, stressWeight: w, kept } = core;
  const line = (id: string, about: string, usd: number): Component => ({
    id,
    about,
    initialUsd: usd,
    maintenanceUsd: methodology.maintenanceFrac * usd,
  });
  const components = [
    line('scenario-risk', `expected shortfall, the ${base.id} set decides`, core.baseUsd),
    line('stress', `${w} of the stress block${b === 0 ? ' at least' : ', as its weight'}`, core.stressUsd),
    line('diversification-cap', `${kept} of the offset between groups is kept`, core.capUsd),
    line('buffer', 'anti-procyclical buffer', core.bufferUsd),
  ];
  const byPart = base.byPart.map((x, i) => {
    const whole = b * x + w * stress.byPart[i]!;
    const grouped = b * base.groups.byPart[i]! + w * stress.groups.byPart[i]!;
    return core.scale * ((1 - kept) * whole + kept * grouped);
  });
  return { components, totalUsd: core.totalUsd, byPart };
}

function toRequirement(
  core: SplitCore,
  by: {
    readonly addOns: readonly AddOn[];
    readonly views: readonly MeasuredView[];
    readonly input: UnifiedInput;
  },
): Requirement {
  const { addOns, views, input } = by;
  const { maintenanceFrac } = input.methodology;
  const charged = addOns.filter((addOn) => addOn.usd !== 0);
  const components = [
    ...core.components.filter((c) => c.initialUsd !== 0),
    ...charged.map(({ id, about, usd }) => ({
      id,
      about,
      initialUsd: usd,
      maintenanceUsd: maintenanceFrac * usd,
    })),
  ];
  const initialUsd = components.reduce((sum, c) => sum + c.initialUsd, 0);
  return {
    method: 'unified',
    initialUsd,
    maintenanceUsd: components.reduce((sum, c) => sum + c.maintenanceUsd, 0),
    components,
    contributions: splitContributions(core, charged, { views, input }),
    scenarios: views.map((view) => view.shown),
  };
}

function splitContributions(
  core: SplitCore,
  addOns: readonly AddOn[],
  by: { readonly views: readonly MeasuredView[]; readonly input: UnifiedInput },
): Contribution[] {
  const { parts } = by.views[0]!.exposure;
  const { pooled } = by.input.book;
  const out: Contribution[] = [];
  parts.forEach((part, i) => {
    const share =
      part.kind === 'position'
        ? addOns.reduce((sum, addOn) => sum + addOn.byPosition[i]!, 0)
        : addOns.reduce((sum, addOn) => sum + (addOn.byAsset.get(part.id) ?? 0), 0);
    out.push({
      kind: part.kind,
      id: part.id,
      underlying: part.underlying,
      initialUsd: core.byPart[i]! + share,
      standaloneUsd: null,
    });
  });
  return [
    ...out,
    ...unsimulated(
      addOns,
      parts.slice(pooled.length).map((part) => part.id),
    ),
  ];
}

/** Collateral that carries an add-on but is not in the scenario vector (published haircuts). */
function unsimulated(addOns: readonly AddOn[], simulated: readonly string[]): Contribution[] {
  const usd = new Map<AssetId, number>();
  for (const addOn of addOns) {
    for (const [asset, share] of addOn.byAsset) {
      if (!simulated.includes(asset)) usd.set(asset, (usd.get(asset) ?? 0) + share);
    }
  }
  return [...usd].map(([asset, initialUsd]) => ({
    kind: 'collateral',
    id: asset,
    underlying: asset,
    initialUsd,
    standaloneUsd: null,
  }));
}
