import { isFailure } from '../../base/failure.ts';
import { parseLevel } from '../../base/level.ts';
import { sampleQuantile } from '../../margin/tail-quantiles.ts';
import { ageWeights, weightedValueAtRisk } from '../../margin/tail-weighted.ts';
import { compareEach, compare, fail } from './compare.ts';
import { listOf, objectOf, toleranceAfter, vectorOf } from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase } from './suite.ts';

const NAME = 'Boudoukh-Richardson-Whitelaw example';

function cumulate(weights: Float64Array): Float64Array {
  let sum = 0;
  return weights.map((w) => (sum += w));
}

/** The worked example of age weighting: the six worst of K returns with their ages, lambda and K named in its source line. */
export function* runPublished(json: Json): Iterable<ConformCase> {
  const row = objectOf(json['age_weighted_published']);
  if (!('returns_percent' in row)) return;
  const count = toleranceAfter(row['source'], 'K=', 100);
  const weights = ageWeights(count, toleranceAfter(row['source'], 'lambda', 0.98));
  const level = parseLevel('0.95', 'level');
  if (isFailure(weights) || isFailure(level)) return yield fail(NAME, 'source', 'no lambda in (0, 1]');
  const ages = vectorOf(row['ages']);
  const weightAt = (age: number): number => weights[count - age] ?? 0;
  const own = ages.map(weightAt);
  const common = { name: NAME, tolerance: 1e-9 };
  yield* compareEach({ ...common, field: 'weights' }, own, listOf(row['weights']));
  yield* compareEach(
    { ...common, field: 'cumulative_weights' },
    cumulate(own),
    listOf(row['cumulative_weights']),
  );
  const published = 'published_cumulative_weights_4dp';
  yield* compareEach(
    { name: NAME, tolerance: 5.1e-5, scale: 1, field: published },
    cumulate(own),
    listOf(row[published]),
  );
  const later = ages.map((age) => weightAt(age + 25));
  yield* compareEach(
    { ...common, field: 'weights_25_periods_later' },
    later,
    listOf(row['weights_25_periods_later']),
  );

  const returns = vectorOf(row['returns_percent']);
  const pnl = fillAbove(returns, ages, count);
  const linear = weightedValueAtRisk({ pnl, weights }, level, 'linear');
  const text = 'linear_interpolation_5pct_percent';
  yield compare({ ...common, field: text, actual: linear, expected: row[text] });
  const rounded = { name: NAME, tolerance: 0.0051, scale: 1, field: 'published_5pct_percent' };
  yield compare({ ...rounded, actual: linear, expected: row['published_5pct_percent'] });
  const losses = pnl.map((x) => -x).sort();
  const plain = sampleQuantile(losses, level, 2);
  yield compare({
    ...common,
    field: 'hs_type2_5pct_percent',
    actual: plain,
    expected: row['hs_type2_5pct_percent'],
  });
}

/** All `count` returns, oldest first: those stated at their ages, every other above the largest of them. */
function fillAbove(returns: Float64Array, ages: Float64Array, count: number): Float64Array {
  const pnl = new Float64Array(count).fill(1);
  ages.forEach((age, k) => (pnl[count - age] = returns[k]!));
  return pnl;
}
