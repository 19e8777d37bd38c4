import { describeFailure, isFailure } from '../../base/failure.ts';
import { combineWithOffset } from '../../margin/grid/portfolio.ts';
import {
  assessInversePoints,
  assessPoints,
  type InversePointLeg,
  type PointLeg,
  worstPoint,
} from '../../margin/span/points.ts';
import { compare, compareEach, fail } from './compare.ts';
import { type Json, listOf, numberOf, rowsOf, textOf } from './json.ts';
import type { ConformCase } from './suite.ts';

/** Units per listed equity or index option where a leg states none. */
const LISTED_MULTIPLIER = 100;

type Option = Extract<PointLeg, { kind: 'option' }>;

function readOption(json: Json, multiplier: number): Option | null {
  const right = textOf(json['kind']);
  if (right !== 'call' && right !== 'put') return null;
  return {
    kind: 'option',
    right,
    quantity: numberOf(json['quantity']),
    multiplier: 'multiplier' in json ? numberOf(json['multiplier']) : multiplier,
    strike: numberOf(json['K']),
    tauYears: numberOf(json['T']),
    vol: numberOf(json['sigma']),
  };
}

function readPointLeg(json: Json): PointLeg | null {
  if (textOf(json['kind']) === 'stock') return { kind: 'stock', quantity: numberOf(json['quantity']) };
  return readOption(json, LISTED_MULTIPLIER);
}

function readInverseLeg(json: Json): InversePointLeg | null {
  if (textOf(json['kind']) !== 'inverse_future') return readOption(json, 1);
  return {
    kind: 'future',
    quantity: numberOf(json['quantity']),
    contractUsd: numberOf(json['contract_value_usd']),
  };
}

/** All legs, or null where one is of a kind that is not known. */
function readLegs<Leg>(json: Json, read: (row: Json) => Leg | null): readonly Leg[] | null {
  const legs = rowsOf(json['legs']).map(read);
  return legs.includes(null) ? null : (legs as Leg[]);
}

/** Σ |quantity| · multiplier · price, at least 1. */
function notionalOf(legs: readonly (PointLeg | InversePointLeg)[], price: number): number {
  let notional = 0;
  for (const leg of legs) {
    if (leg.kind === 'future') notional += Math.abs(leg.quantity) * leg.contractUsd;
    else notional += Math.abs(leg.quantity) * (leg.kind === 'option' ? leg.multiplier : 1) * price;
  }
  return Math.max(1, notional);
}

/** Ten theoretical points of one class. */
export function* timsCases(rows: readonly Json[], tolerance: number): Generator<ConformCase> {
  for (const json of rows) {
    const name = `tims ${textOf(json['name'])}`;
    const legs = readLegs(json, readPointLeg);
    const points = listOf(json['points']).map(numberOf);
    const spot = numberOf(json['S']);
    const result =
      legs === null
        ? null
        : assessPoints({ spot, rate: numberOf(json['r']), dividend: numberOf(json['q']), legs }, points);
    if (legs === null || result === null || isFailure(result)) {
      yield fail(name, 'input', isFailure(result) ? describeFailure(result) : 'a leg of unknown kind');
      continue;
    }
    const of = { name, tolerance, scale: notionalOf(legs, spot) };
    for (const [i, row] of rowsOf(json['legs']).entries()) {
      const leg = result.legs[i]!;
      const at = `legs[${i}]`;
      yield compare({
        ...of,
        scale: spot,
        field: `${at}.base_value`,
        actual: leg.baseValue,
        expected: row['base_value'],
      });
      yield* compareEach(
        { ...of, scale: spot, field: `${at}.scenario_values` },
        leg.values,
        listOf(row['scenario_values']),
      );
      yield* compareEach({ ...of, field: `${at}.pnl` }, leg.pnl, listOf(row['pnl']));
    }
    yield* compareEach({ ...of, field: 'pnl' }, result.pnl, listOf(json['pnl']));
    const fields: readonly (readonly [field: string, actual: number])[] = [
      ['worst_loss', result.worst.loss],
      ['minimum_charge', result.minimumCharge],
      ['requirement', result.requirement],
      ['market_value', result.marketValue],
    ];
    for (const [field, actual] of fields) {
      if (field in json) yield compare({ ...of, field, actual, expected: json[field] });
    }
    yield* worstCase(of, 'worst_point_index', {
      pnl: result.pnl,
      ours: result.worst.index,
      stated: json['worst_point_index'],
    });
  }
}

/** Points may tie up to rounding: the stated one must lose as much as ours. */
function* worstCase(
  of: { readonly name: string; readonly tolerance: number; readonly scale: number },
  field: string,
  at: { readonly pnl: readonly number[]; readonly ours: number; readonly stated: unknown },
): Generator<ConformCase> {
  if (at.stated === undefined) return;
  const expected = at.pnl[numberOf(at.stated)];
  yield compare({ ...of, field: `${field} (its P&L)`, actual: at.pnl[at.ours]!, expected });
}

/** Classes of a product group, gains counted in part. */
export function* offsetCases(rows: readonly Json[], tolerance: number): Generator<ConformCase> {
  for (const [i, json] of rows.entries()) {
    const name = `tims offset ${i + 1}`;
    const vectors = listOf(json['class_pnls']).map((row) => listOf(row).map(numberOf));
    const pnl = combineWithOffset(vectors, { gainFrac: numberOf(json['offset']), gainCapUsd: Infinity });
    if (pnl.length === 0) {
      yield fail(name, 'class_pnls', 'no P&L vectors');
      continue;
    }
    const scale = Math.max(1, ...vectors.flat().map(Math.abs));
    yield* compareEach({ name, tolerance, scale, field: 'group_pnl' }, pnl, listOf(json['group_pnl']));
    const actual = worstPoint(pnl).loss;
    yield compare({ name, tolerance, scale, field: 'requirement', actual, expected: json['requirement'] });
  }
}

/** Coin-settled contracts at ten points. */
export function* inverseCases(rows: readonly Json[], tolerance: number): Generator<ConformCase> {
  for (const json of rows) {
    const name = `inverse ${textOf(json['name'])}`;
    const legs = readLegs(json, readInverseLeg);
    const forward = numberOf(json['F']);
    const points = listOf(json['points']).map(numberOf);
    const result = legs === null ? null : assessInversePoints({ forward, legs }, points);
    if (legs === null || result === null || isFailure(result)) {
      yield fail(name, 'input', isFailure(result) ? describeFailure(result) : 'a leg of unknown kind');
      continue;
    }
    const usd = notionalOf(legs, forward);
    const inCoin = { name, tolerance, scale: usd / forward };
    const inUsd = { name, tolerance, scale: usd };
    for (const [i, row] of rowsOf(json['legs']).entries()) {
      const leg = result.legs[i]!;
      const stated = row['base_value_coin'] ?? null;
      if (stated !== null || leg.baseValue === null) {
        yield compare({
          ...inCoin,
          scale: 1,
          field: `legs[${i}].base_value_coin`,
          actual: leg.baseValue,
          expected: stated,
        });
      }
      yield* compareEach({ ...inCoin, field: `legs[${i}].pnl_coin` }, leg.pnl, listOf(row['pnl_coin']));
    }
    yield* compareEach({ ...inCoin, field: 'pnl_coin' }, result.pnlCoin, listOf(json['pnl_coin']));
    yield* compareEach(
      { ...inUsd, field: 'pnl_usd' },
      result.pnlUsd,
      listOf(json['pnl_usd_at_scenario_price']),
    );
    const { worstCoin, worstUsd } = result;
    yield compare({
      ...inCoin,
      field: 'worst_loss_coin',
      actual: worstCoin.loss,
      expected: json['worst_loss_coin'],
    });
    yield compare({
      ...inUsd,
      field: 'worst_loss_usd',
      actual: worstUsd.loss,
      expected: json['worst_loss_usd'],
    });
    yield* worstCase(inCoin, 'worst_point_coin', {
      pnl: result.pnlCoin,
      ours: worstCoin.index,
      stated: json['worst_point_coin'],
    });
    yield* worstCase(inUsd, 'worst_point_usd', {
      pnl: result.pnlUsd,
      ours: worstUsd.index,
      stated: json['worst_point_usd'],
    });
  }
}
