import { describeFailure, type Failure, isFailure } from '../../base/failure.ts';
import { assessInterCommodity, assessSpan, type SpanResult } from '../../margin/span/assess.ts';
import { type SpanLeg, type SpanParameters, spanScenarios } from '../../margin/span/model.ts';
import { compare, compareEach, fail } from './compare.ts';
import { type Json, listOf, numberOf, objectOf, rowsOf, textOf, toleranceAfter } from './json.ts';
import { inverseCases, offsetCases, timsCases } from './span-points.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';
import { isRecord, jsonFiles } from './venue-json.ts';

const TOLERANCE = 1e-9;

/** Futures or options of a file; null for a kind that it does not explain. */
function readLeg(json: Json): SpanLeg | null {
  const contract = {
    month: textOf(json['month']),
    quantity: numberOf(json['quantity']),
    multiplier: 'multiplier' in json ? numberOf(json['multiplier']) : 1,
  };
  const kind = textOf(json['kind']);
  if (kind === 'future') return { ...contract, kind };
  if (kind !== 'call' && kind !== 'put') return null;
  const [strike, tauYears, vol] = ['K', 'T', 'sigma'].map((key) => numberOf(json[key])) as [
    number,
    number,
    number,
  ];
  return { ...contract, kind: 'option', right: kind, strike, tauYears, vol };
}

function readParameters(json: Json): SpanParameters {
  const at = (key: string): number => numberOf(json[key]);
  return {
    futuresPrice: new Map(Object.entries(objectOf(json['futures_price'])).map(([m, p]) => [m, numberOf(p)])),
    priceScanRange: at('price_scan_range'),
    volScanRange: at('vol_scan_range'),
    extreme: { multiple: at('extreme_multiple'), cover: at('extreme_cover') },
    lookaheadYears: at('lookahead_years'),
    rate: at('r'),
    spreadCharge: at('spread_charge'),
    shortOptionMinimum: at('short_option_minimum'),
    deltaWeights: Object.entries(objectOf(json['composite_delta_weights'])).map(([thirds, weight]) => ({
      thirds: Number(thirds),
      weight: numberOf(weight),
    })),
  };
}

type Assessed = { readonly result: SpanResult; readonly notional: number };

function assessCommodity(json: Json): Assessed | Failure | string {
  const legs: SpanLeg[] = [];
  for (const row of rowsOf(json['legs'])) {
    const leg = readLeg(row);
    if (leg === null) return `a leg of unknown kind ${textOf(row['kind'])}`;
    legs.push(leg);
  }
  const parameters = readParameters(objectOf(json['parameters']));
  const result = assessSpan(legs, parameters);
  if (isFailure(result)) return result;
  let notional = 0;
  for (const { quantity, multiplier, month } of legs) {
    notional += Math.abs(quantity) * multiplier * (parameters.futuresPrice.get(month) ?? 0);
  }
  return { result, notional: Math.max(1, notional) };
}

function scalarFields(result: SpanResult): readonly (readonly [field: string, actual: number])[] {
  return [
    ['scan_risk', result.scanRisk],
    ['net_composite_delta', result.netCompositeDelta],
    ['intracommodity_spreads', result.spreads],
    ['intracommodity_charge', result.spreadCharge],
    ['short_option_minimum', result.shortOptionMinimum],
    ['volatility_adjusted_scan_loss', result.volatilityAdjustedLoss],
    ['time_risk', result.timeRisk],
    ['futures_price_risk', result.priceRisk],
    ['weighted_futures_price_risk', result.weightedPriceRisk],
    ['risk', result.risk],
    ['net_option_value', result.netOptionValue],
    ['requirement_premium_style', result.requirementPremiumStyle],
    ['requirement_futures_style', result.requirementFuturesStyle],
  ];
}

/** Deltas count as they are, money against the notional; a risk per delta carries the errors of its small delta. */
function unitOf(field: string, of: { readonly notional: number; readonly result: SpanResult }): number {
  if (field === 'net_composite_delta' || field === 'intracommodity_spreads') return 1;
  if (field !== 'weighted_futures_price_risk') return of.notional;
  const delta = Math.abs(of.result.netCompositeDelta);
  return of.notional / (delta > 0 && delta < 1 ? delta : 1);
}

function* legCases(
  name: string,
  json: Json,
  at: Assessed & { readonly tolerance: number },
): Generator<ConformCase> {
  const { result, notional: scale, tolerance } = at;
  for (const [i, leg] of rowsOf(json['legs']).entries()) {
    const { baseValue, compositeDelta, losses } = result.arrays[i]!;
    const where = `legs[${i}]`;
    const of = { name, tolerance, scale };
    yield compare({ ...of, field: `${where}.base_value`, actual: baseValue, expected: leg['base_value'] });
    yield compare({
      name,
      tolerance,
      scale: 1,
      field: `${where}.composite_delta`,
      actual: compositeDelta,
      expected: leg['composite_delta'],
    });
    yield* compareEach(
      { ...of, field: `${where}.risk_array_long_one` },
      losses,
      listOf(leg['risk_array_long_one']),
    );
  }
}

function* commodityCases(
  name: string,
  json: Json,
  tolerance: number,
): Generator<ConformCase, Assessed | null> {
  const assessed = assessCommodity(json);
  if (typeof assessed === 'string' || isFailure(assessed)) {
    yield fail(name, 'input', isFailure(assessed) ? describeFailure(assessed) : assessed);
    return null;
  }
  const { result, notional: scale } = assessed;
  yield* legCases(name, json, { ...assessed, tolerance });
  yield* compareEach(
    { name, tolerance, scale, field: 'scenario_losses' },
    result.scenarioLosses,
    listOf(json['scenario_losses']),
  );
  for (const [field, actual] of scalarFields(result)) {
    if (!(field in json) || json[field] === null) continue;
    const expected = numberOf(json[field]);
    yield compare({
      name,
      tolerance,
      scale: unitOf(field, { notional: scale, result }),
      field,
      actual,
      expected,
    });
  }
  for (const [month, delta] of Object.entries(objectOf(json['composite_delta_by_month']))) {
    const actual = result.compositeDeltaByMonth.get(month) ?? 0;
    yield compare({
      name,
      tolerance,
      scale: 1,
      field: `composite_delta_by_month.${month}`,
      actual,
      expected: delta,
    });
  }
  // Scenarios tie up to rounding in hedged books: the stated one must lose as much as ours.
  const stated = result.scenarioLosses[numberOf(json['active_scenario']) - 1];
  const actual = result.scenarioLosses[result.activeScenario - 1]!;
  yield compare({ name, tolerance, scale, field: 'active_scenario (its loss)', actual, expected: stated });
  return assessed;
}

function* pairCases(name: string, json: Json, tolerance: number): Generator<ConformCase> {
  const first = yield* commodityCases(`${name} commodity_1`, objectOf(json['commodity_1']), tolerance);
  const second = yield* commodityCases(`${name} commodity_2`, objectOf(json['commodity_2']), tolerance);
  if (first === null || second === null) return;
  const [ratioFirst, ratioSecond] = listOf(json['delta_ratio']).map(numberOf);
  const credit = assessInterCommodity([first.result, second.result], {
    deltaRatio: [ratioFirst ?? NaN, ratioSecond ?? NaN],
    creditRate: numberOf(json['credit_rate']),
  });
  const scale = first.notional + second.notional;
  const fields: readonly (readonly [field: string, actual: number, scale: number])[] = [
    ['spreads_formed', credit.spreads, 1],
    ['credit_1', credit.credits[0], scale],
    ['credit_2', credit.credits[1], scale],
    ['risk_1', credit.risks[0], scale],
    ['risk_2', credit.risks[1], scale],
    ['total_risk', credit.totalRisk, scale],
  ];
  for (const [field, actual, unit] of fields) {
    if (field in json) yield compare({ name, tolerance, scale: unit, field, actual, expected: json[field] });
  }
}

/** Stated scenario tables: the far moves are read from the last row, everything else must follow. */
function* definitionCases(name: string, rows: readonly Json[]): Generator<ConformCase> {
  const last = rows.at(-1) ?? {};
  const multiple = Math.abs(numberOf(last['price_fraction']));
  const scenarios = spanScenarios({ multiple, cover: numberOf(last['weight']) });
  if (rows.length !== scenarios.length) {
    yield fail(name, 'scenarios', `${rows.length} scenarios where SPAN has ${scenarios.length}`);
    return;
  }
  for (const [i, row] of rows.entries()) {
    const ours = scenarios[i]!;
    const of = { name, tolerance: 1e-15, scale: 1 };
    yield compare({ ...of, field: `[${i}].number`, actual: ours.number, expected: row['number'] });
    yield compare({
      ...of,
      field: `[${i}].price_fraction`,
      actual: ours.priceFraction,
      expected: row['price_fraction'],
    });
    yield compare({
      ...of,
      field: `[${i}].vol_direction`,
      actual: ours.volDirection,
      expected: row['vol_direction'],
    });
    yield compare({ ...of, field: `[${i}].weight`, actual: ours.weight, expected: row['weight'] });
    yield compare({ ...of, field: `[${i}].paired`, actual: ours.paired, expected: row['paired'] });
  }
}

function* fileCases(json: Json): Generator<ConformCase> {
  const tolerance = toleranceAfter(objectOf(json['header'])['suggested_tolerance'], '', TOLERANCE);
  for (const [name, rows] of Object.entries(objectOf(json['scenario_definition']))) {
    yield* definitionCases(`scenarios ${name}`, rowsOf(rows));
  }
  yield* timsCases(rowsOf(json['tims']), tolerance);
  yield* offsetCases(rowsOf(json['tims_product_group_offset']), tolerance);
  yield* inverseCases(rowsOf(json['inverse_ten_point']), tolerance);
  for (const [i, row] of rowsOf(json['span']).entries()) {
    yield* commodityCases(textOf(row['name']) || `span ${i + 1}`, row, tolerance);
  }
  const pairs = json['span_intercommodity'];
  const rows = isRecord(pairs) ? [pairs] : rowsOf(pairs);
  for (const [i, row] of rows.entries())
    yield* pairCases(textOf(row['name']) || `pair ${i + 1}`, row, tolerance);
}

function* run(input: ConformInput): Generator<ConformCase> {
  let found = false;
  for (const entry of jsonFiles(input)) {
    if ('status' in entry) yield entry;
    else if (isRecord(entry.json) && ('span' in entry.json || 'tims' in entry.json)) {
      found = true;
      yield* fileCases(entry.json);
    }
  }
  if (!found) yield fail('span', 'input', 'no JSON file with SPAN or TIMS cases');
}

/** Risk arrays, scan risk and credits of SPAN; theoretical points of TIMS; coin-settled points. */
export const SPAN_SUITE: ConformSuite = {
  id: 'span',
  about:
    'SPAN risk arrays, composite deltas, scan risk, spread charges and inter-commodity credits, TIMS ten-point requirements and coin-settled ten-point losses, relative to the notional.',
  run,
};
