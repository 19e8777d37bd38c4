import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { studentTQuantile } from '../../base/distribution.ts';
import { countTail, parseLevel } from '../../base/level.ts';
import type { Level } from '../../base/level.ts';
import { cornishFisher, parametricTail } from '../../margin/tail-parametric.ts';
import { expectedShortfallBy, valueAtRiskBy } from '../../margin/tail-quantiles.ts';
import type { QuantileType, ShortfallRule, VarRule } from '../../margin/tail-quantiles.ts';
import { ageWeights, weightedShortfall, weightedValueAtRisk } from '../../margin/tail-weighted.ts';
import { compare, fail, skip, toStated } from './compare.ts';
import { objectsWith, numberOf, objectOf, rowsOf, textOf, vectorOf } from './json.ts';
import type { Json } from './json.ts';
import { openSeries } from './series.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';
import { runFiltered } from './var-es-filtered.ts';
import { runPublished } from './var-es-published.ts';

/** Relative; the file states none. Near zero it is relative to a millionth of the largest P&L. */
const TOLERANCE = 1e-9;

const VAR_OTHER: Readonly<Record<string, VarRule>> = {
  nearest_rank: 'nearest-rank',
  numpy_higher: 'higher',
  numpy_lower: 'lower',
  numpy_midpoint: 'midpoint',
  numpy_nearest: 'nearest',
  kth_worst_floor_plus_1: 'worst-floor-plus-1',
  kth_worst_ceil: 'worst-ceil',
};

const SHORTFALL: Readonly<Record<string, ShortfallRule>> = {
  acerbi: 'acerbi',
  rockafellar_uryasev_at_type1: 'rockafellar-uryasev',
  rockafellar_uryasev_minimised: 'acerbi',
  mean_losses_ge_type1: 'at-or-beyond',
  mean_losses_gt_type1: 'beyond',
  mean_worst_ceil: 'worst-ceil',
  mean_worst_floor: 'worst-floor',
};

/** How far the reference's own numerical minimisation is from the closed form. */
function minimisationGap(header: unknown): number {
  const crosschecks = objectOf(objectOf(header)['crosschecks']);
  return 1.01 * (toStated(crosschecks['rockafellar_uryasev_minimisation_max_relative_gap']) ?? 1e-5);
}

/** The vector of a row, its level and what to measure deviations by. */
type Sample = {
  readonly name: string;
  readonly pnl: Float64Array;
  readonly level: Level;
  readonly floor: number;
};

function sampleOf(row: Json, vectors: Json): Sample | Failure {
  const level = parseLevel(textOf(row['confidence']), 'confidence');
  if (isFailure(level)) return level;
  const pnl = vectorOf(vectors[textOf(row['vector'])]);
  const largest = pnl.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  return { name: `${textOf(row['vector'])} ${textOf(row['confidence'])}`, pnl, level, floor: 1e-6 * largest };
}

function scaleOf(expected: unknown, floor: number): number {
  return Math.max(Math.abs(toStated(expected) ?? 0), floor, Number.MIN_VALUE);
}

function* compareSample(
  sample: Sample,
  field: string,
  computed: { actual: number | Failure; expected: unknown; tolerance?: number },
): Iterable<ConformCase> {
  const { actual, expected, tolerance = TOLERANCE } = computed;
  const scale = scaleOf(expected, sample.floor);
  yield compare({ name: sample.name, field, actual, expected, tolerance, scale });
}

function* runQuantiles(row: Json, sample: Sample): Iterable<ConformCase> {
  for (const side of ['loss', 'pnl'] as const) {
    const group = side === 'loss' ? 'var_loss_quantile' : 'var_minus_pnl_quantile';
    for (const [key, expected] of Object.entries(objectOf(row[group]))) {
      const type = Number(key.replace('type', '')) as QuantileType;
      const actual = valueAtRiskBy(sample.pnl, sample.level, `${side}-type-${type}`);
      yield* compareSample(sample, `${group}.${key}`, { actual, expected });
    }
  }
  for (const [key, expected] of Object.entries(objectOf(row['var_other']))) {
    const rule = VAR_OTHER[key];
    if (rule === undefined) yield skip(sample.name, `var_other.${key}`, 'convention not known');
    else
      yield* compareSample(sample, `var_other.${key}`, {
        actual: valueAtRiskBy(sample.pnl, sample.level, rule),
        expected,
      });
  }
}

function* runShortfalls(row: Json, sample: Sample, gap: number): Iterable<ConformCase> {
  const { whole, part } = countTail(sample.level, sample.pnl.length);
  for (const [key, expected] of Object.entries(objectOf(row['es']))) {
    const rule = SHORTFALL[key];
    if (key === 'whole_part') yield* compareSample(sample, 'es.whole_part', { actual: whole, expected });
    else if (key === 'fractional_atom_weight')
      yield* compareSample(sample, `es.${key}`, { actual: part, expected });
    else if (rule === undefined) yield skip(sample.name, `es.${key}`, 'convention not known');
    else {
      const actual = expectedShortfallBy(sample.pnl, sample.level, rule);
      const tolerance = key === 'rockafellar_uryasev_minimised' ? gap : TOLERANCE;
      yield* compareSample(sample, `es.${key}`, { actual, expected, tolerance });
    }
  }
}

function* runHistorical(json: Json): Iterable<ConformCase> {
  const gap = minimisationGap(json['header']);
  for (const row of rowsOf(json['cases'])) {
    const sample = sampleOf(row, objectOf(json['vectors']));
    if (isFailure(sample)) yield fail(textOf(row['vector']), 'confidence', sample.failure);
    else {
      yield* runQuantiles(row, sample);
      yield* runShortfalls(row, sample, gap);
    }
  }
}

function* runWeighted(row: Json, sample: Sample): Iterable<ConformCase> {
  const name = `${sample.name} lambda ${textOf(row['lambda'])}`;
  const weights = ageWeights(sample.pnl.length, numberOf(row['lambda']));
  if (isFailure(weights)) return yield fail(name, 'lambda', weights.failure);
  const pnl = textOf(row['order']).startsWith('newest') ? sample.pnl.toReversed() : sample.pnl;
  const weighted = { pnl, weights };
  const actuals: Readonly<Record<string, number | Failure>> = {
    var_weighted_step: weightedValueAtRisk(weighted, sample.level, 'step'),
    var_weighted_linear: weightedValueAtRisk(weighted, sample.level, 'linear'),
    var_weighted_midpoint: weightedValueAtRisk(weighted, sample.level, 'midpoint'),
    es_weighted: weightedShortfall(weighted, sample.level),
    newest_weight: weights[weights.length - 1]!,
    oldest_weight: weights[0]!,
    weight_sum: weights.reduce((sum, w) => sum + w, 0),
  };
  for (const [field, actual] of Object.entries(actuals))
    if (field in row) yield* compareSample({ ...sample, name }, field, { actual, expected: row[field] });
}

function* runAgeWeighted(json: Json): Iterable<ConformCase> {
  for (const row of rowsOf(json['age_weighted'])) {
    const sample = sampleOf(row, objectOf(json['vectors']));
    if (isFailure(sample)) yield fail(textOf(row['vector']), 'confidence', sample.failure);
    else yield* runWeighted(row, sample);
  }
}

function* runParametric(json: Json): Iterable<ConformCase> {
  for (const row of rowsOf(json['parametric'])) {
    const level = parseLevel(textOf(row['confidence']), 'confidence');
    const name = `${textOf(row['model'])} ${textOf(row['df'])} ${textOf(row['confidence'])}`;
    if (isFailure(level)) {
      yield fail(name, 'confidence', level.failure);
      continue;
    }
    const df = toStated(row['df']);
    const law =
      df === null ? ({ kind: 'normal' } as const) : ({ kind: 'student-t', degreesOfFreedom: df } as const);
    const risk = parametricTail({ mean: numberOf(row['mean_pnl']), sd: numberOf(row['sd']) }, law, level);
    const pick = (key: 'valueAtRisk' | 'expectedShortfall'): number | Failure =>
      isFailure(risk) ? risk : risk[key];
    const common = { name, tolerance: TOLERANCE };
    yield compare({ ...common, field: 'var', actual: pick('valueAtRisk'), expected: row['var'] });
    yield compare({ ...common, field: 'es', actual: pick('expectedShortfall'), expected: row['es'] });
    if (df !== null && 't_quantile' in row) {
      const actual = 0 - studentTQuantile(level.tail, df);
      yield compare({ ...common, field: 't_quantile', actual, expected: row['t_quantile'] });
    }
  }
}

function* runCornishFisher(json: Json): Iterable<ConformCase> {
  for (const row of rowsOf(json['cornish_fisher'])) {
    const sample = sampleOf(row, objectOf(json['vectors']));
    const expansion = isFailure(sample) ? sample : cornishFisher(sample.pnl, sample.level);
    if (isFailure(sample) || isFailure(expansion)) {
      yield fail(textOf(row['vector']), 'cornish_fisher', 'refused');
      continue;
    }
    const actuals: Readonly<Record<string, number>> = {
      mean: expansion.mean,
      sd_population: Math.sqrt(expansion.variance),
      skewness: expansion.skewness,
      excess_kurtosis: expansion.kurtosisExcess,
      z: expansion.z,
      z_cornish_fisher: expansion.zExpanded,
      modified_var: expansion.valueAtRisk,
    };
    for (const [field, actual] of Object.entries(actuals))
      if (field in row)
        yield compare({
          name: `${sample.name} Cornish-Fisher`,
          field,
          actual,
          expected: row[field],
          tolerance: TOLERANCE,
        });
  }
}

function* runFile(json: Json, input: ConformInput): Iterable<ConformCase> {
  yield* runHistorical(json);
  yield* runAgeWeighted(json);
  yield* runPublished(json);
  yield* runFiltered(json, openSeries(input));
  yield* runParametric(json);
  yield* runCornishFisher(json);
}

const LISTS = {
  own: ['vectors', 'age_weighted', 'age_weighted_published', 'fhs', 'fhs_portfolio', 'cornish_fisher'],
  shared: ['cases', 'parametric'],
};

function* run(input: ConformInput): Iterable<ConformCase> {
  const found = objectsWith(input.files, LISTS);
  if (found.length === 0) yield fail('var-es', 'file', 'no JSON file with a list of value-at-risk cases');
  for (const json of found) yield* runFile(json, input);
}

/** Historical, age-weighted, filtered and parametric value at risk and expected shortfall. */
export const VAR_ES_SUITE: ConformSuite = {
  id: 'var-es',
  about:
    'Value at risk and expected shortfall against R quantile types 1–9, exact rational arithmetic and scipy.',
  run,
};
