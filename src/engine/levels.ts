import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { afterTiers, assessPool, type Pool } from '../collateral/pool.ts';
import { type CollateralRules } from '../collateral/rules.ts';
import type { Market } from '../market/market.ts';
import { type AssessInput, methodOfMode, requireBy, rulesOf } from '../margin/assess.ts';
import { isolatedInitial } from '../margin/methods/isolated.ts';
import type { Methodology } from '../margin/methodology.ts';
import type { ValuedBook } from '../margin/valued-book.ts';
import type { AssetId } from '../product/product.ts';
import {
  maintenanceBound,
  type Required,
  shortfallIn,
  unifiedLevels,
  type UnifiedInput,
} from './levels-unified.ts';
import type { Scenarios } from './scenarios.ts';
import { accountAt, type EngineState, parametersOf } from './state.ts';
import { bookOf, type Unit, unitOf, valuePosition } from './unit.ts';

/** The three numbers that everything is decided by, USD; equity without credit. */
export type Levels = {
  readonly equityUsd: number;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
  /** Published haircut of everything owned, whether or not the method applies it: what a stirred venue widens. */
  readonly haircutUsd: number;
  /** Whether a price that is kept alive by the quality gate bears on any of it. */
  readonly isDegraded: boolean;
};

/** What levels are computed in. */
export type Place = {
  readonly market: Market;
  readonly scenarios: Scenarios;
  readonly methodology: Methodology;
};

/** Where the venue stands, or PRICE_MISSING before it has prices and scenarios. */
export function placeOf(state: EngineState): Place | Failure {
  const { market, scenarios } = state;
  if (market === null || scenarios === null) {
    const expected = 'a first market, and a history that scenarios can be fitted on';
    return refuse('PRICE_MISSING', { field: 'market', value: market?.revision ?? null, expected });
  }
  return { market, scenarios, methodology: parametersOf(state).methodology };
}

/** Levels of an account as it is; computed once until it or the market changes. */
export function levelsAt(state: EngineState, index: number): Levels | Failure {
  const known = state.levels[index];
  const version = state.versions[index]!;
  if (known !== undefined && known.version === version && known.epoch === state.epoch) return known.levels;
  const place = placeOf(state);
  if (isFailure(place)) return place;
  const levels = levelsOf(state, unitOf(state, index), place);
  if (!isFailure(levels)) state.levels[index] = { version, epoch: state.epoch, levels };
  return levels;
}

/**
 * Equity, initial and maintenance of an account as it is or would be, under the method of its mode: the numbers of `assess` of margin, to
 * the bit, without the report. A sleeve is its own collateral against its own requirement. Refuses what cannot be valued.
 */
export function levelsOf(state: EngineState, unit: Unit, place: Place): Levels | Failure {
  if (unit.isSleeve) return sleeveLevels(unit, place);
  const valued = valueUnit(unit, place);
  if (isFailure(valued)) return valued;
  const { book, pool } = valued;
  const required = hasRisk(valued) ? requirementOf(state, unit, { ...place, book, pool }) : NOTHING;
  if (isFailure(required)) return required;
  const { initialUsd, maintenanceUsd } = required;
  if (!(Number.isFinite(initialUsd) && Number.isFinite(maintenanceUsd))) {
    return refuse('NUMBER_NOT_FINITE', {
      field: unit.id,
      value: initialUsd,
      expected: 'a finite requirement',
    });
  }
  return {
    equityUsd: pool.countedUsd,
    initialUsd,
    maintenanceUsd,
    haircutUsd: publishedHaircut(pool, place.methodology),
    isDegraded: rests(book, pool, place.market),
  };
}

const NOTHING = { initialUsd: 0, maintenanceUsd: 0 };

export type ValuedUnit = { readonly book: ValuedBook; readonly pool: Pool };

/** The book and pool of a unit under the method of its mode. */
export function valueUnit(unit: Unit, { market, scenarios, methodology }: Place): ValuedUnit | Failure {
  const book = bookOf(unit, market, scenarios);
  if (isFailure(book)) return book;
  const rules = collateralRules(methodology, methodOfMode(unit.mode) === 'unified');
  const pool = assessPool(book.holdings, market, rules);
  return isFailure(pool) ? pool : { book, pool };
}

function hasRisk({ book, pool }: ValuedUnit): boolean {
  return book.pooled.length > 0 || pool.lines.some((line) => line.amount < 0);
}

const PUBLISHED: WeakMap<Methodology, CollateralRules> = new WeakMap();

/** Collateral rules as the method counts them, made once per methodology. */
function collateralRules(methodology: Methodology, isSimulated: boolean): CollateralRules {
  if (isSimulated) return methodology.collateral;
  let rules = PUBLISHED.get(methodology);
  if (rules === undefined) {
    rules = rulesOf('standard', methodology.collateral);
    PUBLISHED.set(methodology, rules);
  }
  return rules;
}

function requirementOf(state: EngineState, unit: Unit, at: Place & ValuedUnit): Required | Failure {
  const { book, pool, market, methodology, scenarios } = at;
  const method = methodOfMode(unit.mode);
  if (method === 'unified') {
    return unifiedLevels({ ...at, linked: linkedDelta(state, unit, at) });
  }
  const input: AssessInput = {
    account: book.account,
    market,
    methodology,
    risk: new Map(),
    dailyVol: scenarios.fitted.dailyVol,
    linked: [],
    previousHealth: 'healthy',
  };
  return requireBy(method, { book, pool, input });
}

/**
 * Whether a cheap bound proves that maintenance is below `ratioMax` of equity with credit: then the account cannot have worsened and is not
 * assessed. Only for the unified method, whose assessment is the dear one. What cannot be valued is not proven.
 */
export function isProvenBelow(
  state: EngineState,
  index: number,
  by: { readonly place: Place; readonly ratioMax: number },
): boolean {
  const { place, ratioMax } = by;
  const unit = unitOf(state, index);
  if (unit.isSleeve || methodOfMode(unit.mode) !== 'unified') return false;
  const valued = valueUnit(unit, place);
  if (isFailure(valued)) return false;
  const backing = valued.pool.countedUsd + creditUsd(state, index, place.market.timeMs);
  if (!hasRisk(valued)) return backing >= 0;
  const bound = maintenanceBound({ ...place, ...valued, linked: linkedDelta(state, unit, place) });
  return !isFailure(bound) && backing > 0 && bound < ratioMax * backing;
}

/** Delta units per underlying of the owner's other accounts, as `assess` sums them: an account that cannot be valued counts nothing. */
function linkedDelta(state: EngineState, unit: Unit, place: Place): UnifiedInput['linked'] {
  const units = new Map<AssetId, number>();
  const { market, scenarios } = place;
  for (const other of state.owners.get(unit.owner) ?? []) {
    const doc = accountAt(state, other);
    if (doc.id === unit.id) continue;
    const valued = doc.positions.map((position) => valuePosition(position, market, scenarios));
    if (valued.some(isFailure)) continue;
    for (const one of valued) {
      if (isFailure(one)) continue;
      const { underlying } = one.product;
      const index = market.assets.get(underlying)!.index.value;
      units.set(underlying, (units.get(underlying) ?? 0) + one.deltaUsd / index);
    }
  }
  return units;
}

function sleeveLevels(unit: Unit, { market, scenarios, methodology }: Place): Levels | Failure {
  const book = bookOf(unit, market, scenarios);
  if (isFailure(book)) return book;
  let equityUsd = 0;
  let initialUsd = 0;
  for (const [asset, amount] of book.holdings) equityUsd += amount * market.assets.get(asset)!.index.value;
  for (const position of book.pooled) initialUsd += isolatedInitial(position, methodology.isolated);
  const maintenanceUsd = methodology.isolated.maintenanceFrac * initialUsd;
  const isDegraded = book.pooled.some((p) => p.contract.degraded);
  return { equityUsd, initialUsd, maintenanceUsd, haircutUsd: 0, isDegraded };
}

function publishedHaircut(pool: Pool, { collateral }: Methodology): number {
  let usd = 0;
  for (const { asset, grossUsd } of pool.lines) {
    const rule = grossUsd > 0 ? collateral.assets.find((one) => one.asset === asset) : undefined;
    if (rule !== undefined) usd += grossUsd - afterTiers(grossUsd, rule.tiers);
  }
  return usd;
}

function rests(book: ValuedBook, pool: Pool, market: Market): boolean {
  return (
    book.pooled.some((p) => p.contract.degraded) ||
    pool.lines.some((line) => line.amount !== 0 && market.assets.get(line.asset)!.index.degraded)
  );
}

/**
 * The full expected shortfall of a unit in the stress block, USD ≥ 0: what a withdrawal must leave whatever weight the method gives to
 * stress. 0 for a unit without risk and for a sleeve.
 */
export function stressOf(unit: Unit, place: Place): number | Failure {
  if (unit.isSleeve) return 0;
  const valued = valueUnit(unit, place);
  if (isFailure(valued)) return valued;
  if (!hasRisk(valued)) return 0;
  const stress = place.scenarios.views.find((view) => view.id === 'stress')!;
  const shortfall = shortfallIn({ ...place, ...valued, linked: new Map() }, stress);
  return isFailure(shortfall) ? shortfall : Math.max(0, shortfall);
}

/** Credit in force at a moment, USD. */
export function creditUsd(state: EngineState, index: number, timeMs: number): number {
  let usd = 0;
  for (const line of accountAt(state, index).credit) {
    if (line.state === 'in-force' && line.expiryMs > timeMs) usd += line.limitUsd;
  }
  return usd;
}
