import { type Failure, isFailure } from '../base/failure.ts';
import type { Pool } from '../collateral/pool.ts';
import type { Market } from '../market/market.ts';
import { assessAddOns } from '../margin/add-ons/assess.ts';
import type { AddOnInput } from '../margin/add-ons/add-on.ts';
import type { Methodology } from '../margin/methodology.ts';
import { type Core, coreOf, type GroupedRisk } from '../margin/methods/unified-core.ts';
import type { ValuedBook } from '../margin/valued-book.ts';
import type { AssetId } from '../product/product.ts';
import {
  assetRow,
  contractRow,
  type Row,
  rowShortfall,
  rowTail,
  type Scenarios,
  type View,
} from './scenarios.ts';
import { selectWorst } from './tail-select.ts';

export type UnifiedInput = {
  readonly book: ValuedBook;
  readonly pool: Pool;
  readonly market: Market;
  readonly methodology: Methodology;
  readonly scenarios: Scenarios;
  readonly linked: AddOnInput['linked'];
};

export type Required = { readonly initialUsd: number; readonly maintenanceUsd: number };

/** `by` times a row; `group` numbers the offset groups in order of first appearance. */
type Part = { readonly row: Row; readonly by: number; readonly group: number };

/**
 * Initial and maintenance of the unified method, the same numbers as `requireUnified` of margin to the bit (its slow twin), without names,
 * contributions or views. Three sums of rows and six selections; groups of a single part reuse the tail of their row.
 */
export function unifiedLevels(input: UnifiedInput): Required | Failure {
  const { methodology, scenarios } = input;
  const risks: GroupedRisk[] = [];
  for (const view of scenarios.views) {
    const parts = partsOf(input, view);
    if (isFailure(parts)) return parts;
    risks.push(measure(view, parts));
  }
  const [filtered, monteCarlo, stress] = risks as [GroupedRisk, GroupedRisk, GroupedRisk];
  const core = coreOf({ filtered, monteCarlo, stress }, methodology);
  return withAddOns(input, core, core.totalUsd);
}

/** Sums the lines of the report in its order: the core's four, then the add-ons. */
function withAddOns(
  { book, pool, methodology, scenarios, linked }: UnifiedInput,
  core: Pick<Core, 'baseUsd' | 'stressUsd' | 'capUsd' | 'bufferUsd'>,
  coreUsd: number,
): Required {
  const addOns = assessAddOns({
    book,
    pool,
    parameters: methodology.addOns,
    coreUsd,
    linked,
    dailyVol: scenarios.fitted.dailyVol,
  });
  const { maintenanceFrac } = methodology;
  let initialUsd = 0;
  let maintenanceUsd = 0;
  for (const usd of [core.baseUsd, core.stressUsd, core.capUsd, core.bufferUsd]) {
    initialUsd += usd;
    maintenanceUsd += maintenanceFrac * usd;
  }
  for (const { usd } of addOns) {
    initialUsd += usd;
    maintenanceUsd += maintenanceFrac * usd;
  }
  return { initialUsd, maintenanceUsd };
}

/** Slack for the rounding of sums that a bound is compared across. */
const BOUND_SLACK = 1e-9;

/**
 * A number that maintenance under the unified method cannot exceed, from each part's own tail alone: expected shortfall is sub-additive, so
 * a book and its groups lose at most what their parts lose one by one; the core is at most the largest of that over the sets, and core with
 * add-ons rises with the core. No scenario is summed.
 */
export function maintenanceBound(input: UnifiedInput): number | Failure {
  const { scenarios, methodology } = input;
  let most = 0;
  for (const view of scenarios.views) {
    const parts = partsOf(input, view);
    if (isFailure(parts)) return parts;
    let sum = 0;
    for (const { row, by } of parts) {
      if (by !== 0) sum += Math.max(0, Math.abs(by) * rowShortfall(view, row, by > 0 ? 1 : -1));
    }
    most = Math.max(most, sum);
  }
  const { antiProcyclicality: tool } = methodology;
  const coreUsd = most * (1 + (tool.tool === 'buffer' ? tool.bufferFrac : 0));
  const core = { baseUsd: coreUsd, stressUsd: 0, capUsd: 0, bufferUsd: 0 };
  return withAddOns(input, core, coreUsd).maintenanceUsd * (1 + BOUND_SLACK);
}

/** Expected shortfall of the whole book in one view alone, USD; negative for a sure gain. */
export function shortfallIn(input: UnifiedInput, view: View): number | Failure {
  const parts = partsOf(input, view);
  return isFailure(parts) ? parts : measure(view, parts).risk;
}

function partsOf({ book, pool, market, methodology }: UnifiedInput, view: View): Part[] | Failure {
  const parts: Part[] = [];
  const groupOf = groupNumbers(methodology.unified.groups);
  for (const { product, contract, quantity } of book.pooled) {
    const row = contractRow(view, market, { product, mark: contract });
    if (isFailure(row)) return row;
    parts.push({ row, by: quantity, group: groupOf(product.underlying) });
  }
  for (const { asset, simulatedAmount } of pool.lines) {
    if (simulatedAmount === 0) continue;
    const row = assetRow(view, market, asset);
    if (isFailure(row)) return row;
    parts.push({ row, by: simulatedAmount, group: groupOf(asset) });
  }
  return parts;
}

/** Numbers the offset groups of underlyings in the order in which they are first asked for. */
function groupNumbers(groups: readonly (readonly AssetId[])[]): (asset: AssetId) => number {
  const numbers = new Map<string, number>();
  return (asset) => {
    const index = groups.findIndex((group) => group.includes(asset));
    const key = index < 0 ? `alone ${asset}` : `group ${index}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
}

let total = new Float64Array(4096);
let groupTotal = new Float64Array(4096);

function measure(view: View, parts: readonly Part[]): GroupedRisk {
  const { count } = view;
  if (count > total.length) {
    total = new Float64Array(count);
    groupTotal = new Float64Array(count);
  }
  const groupCount = parts.reduce((most, part) => Math.max(most, part.group + 1), 0);
  const prefix = prefixOf(parts);
  total.fill(0, 0, count);
  addRows(total, parts.slice(0, prefix), count);
  let groups = 0;
  const first = parts.slice(0, prefix);
  const firstIsWhole = parts.every((part, i) => i < prefix === (part.group === 0));
  let firstRisk: number | null = null;
  if (groupCount > 1 && firstIsWhole) firstRisk = riskOf(view, first, total);
  addRows(total, parts.slice(prefix), count);
  const risk = riskOf(view, parts, total);
  if (groupCount === 1) return { risk, groups: Math.max(0, risk) };
  for (let group = 0; group < groupCount; group++) {
    const own = parts.filter((part) => part.group === group);
    const alone = group === 0 && firstRisk !== null ? firstRisk : aloneRisk(view, own);
    if (alone > 0) groups += alone;
  }
  return { risk, groups };
}

/** How many parts at the start belong to the first group. */
function prefixOf(parts: readonly Part[]): number {
  const end = parts.findIndex((part) => part.group !== 0);
  return end < 0 ? parts.length : end;
}

function aloneRisk(view: View, parts: readonly Part[]): number {
  if (parts.length > 1) {
    groupTotal.fill(0, 0, view.count);
    addRows(groupTotal, parts, view.count);
  }
  return riskOf(view, parts, groupTotal);
}

/** Adds rows in order: the order of sums is part of the result. Four at a time save memory traffic, not a rounding. */
function addRows(to: Float64Array, parts: readonly Part[], count: number): void {
  let p = 0;
  for (; p + 4 <= parts.length; p += 4) {
    const [a, b, c, d] = [parts[p]!, parts[p + 1]!, parts[p + 2]!, parts[p + 3]!];
    const [ra, rb, rc, rd] = [a.row.pnl, b.row.pnl, c.row.pnl, d.row.pnl];
    const [qa, qb, qc, qd] = [a.by, b.by, c.by, d.by];
    for (let s = 0; s < count; s++) {
      to[s] = to[s]! + qa * ra[s]! + qb * rb[s]! + qc * rc[s]! + qd * rd[s]!;
    }
  }
  for (; p < parts.length; p++) {
    const { by } = parts[p]!;
    const { pnl } = parts[p]!.row;
    for (let s = 0; s < count; s++) to[s] = to[s]! + by * pnl[s]!;
  }
}

/** ES as the sum of the parts' shares in the tail of `sum`, which is not looked at where there is one part alone. */
function riskOf(view: View, parts: readonly Part[], sum: Float64Array): number {
  if (parts.length === 0) return 0;
  const { whole, part, size } = view.tail;
  const kept = part > 0 ? whole + 1 : whole;
  const only = parts[0]!;
  const worst =
    parts.length === 1 && only.by !== 0
      ? rowTail(view, only.row, only.by > 0 ? 1 : -1)
      : selectWorst(sum, view.count, kept);
  let risk = 0;
  for (const { row, by } of parts) {
    let lost = 0;
    for (let k = 0; k < kept; k++) {
      const weight = part > 0 && k === kept - 1 ? part : 1;
      lost += weight * (by * row.pnl[worst[k]!]!);
    }
    risk += 0 - lost / size;
  }
  return risk;
}
