import { isFailure } from '../../base/failure.ts';
import { assessFailureProportion, listAcceptedCounts } from '../backtest/coverage.ts';
import { toHits } from '../backtest/exceedance.ts';
import { assessFirstFailure } from '../backtest/failure-time.ts';
import { assessIndependence } from '../backtest/independence.ts';
import type { Transitions } from '../backtest/independence.ts';
import { assessTrafficLight, findZoneBounds } from '../backtest/traffic-light.ts';
import { compare, exact, printed, probability, refused, reported, statistic } from './backtests-compare.ts';
import { numberOf, vectorOf } from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase } from './suite.ts';

/** Size of the tests in the file's verdicts (Kupiec's regions are printed at 5 %). */
export const LEVEL = 0.05;

export function* comparePof(row: Json, name: string): Iterable<ConformCase> {
  const input = {
    observations: numberOf(row['T']),
    exceptions: numberOf(row['x']),
    probability: numberOf(row['p']),
  };
  const report = assessFailureProportion({ ...input, level: LEVEL });
  if (isFailure(report)) return yield refused(name, report);
  yield* compare(name, reported(row, { statistic: 'lr_pof', pValue: 'p_value' }, report));
}

export function* compareRegion(row: Json, name: string): Iterable<ConformCase> {
  const region = listAcceptedCounts({
    observations: numberOf(row['T']),
    probability: numberOf(row['p']),
    level: LEVEL,
  });
  if (isFailure(region)) return yield refused(name, region);
  const { exceptionsMin, exceptionsMax } = region;
  yield* compare(name, [
    exact(row, 'computed_min', exceptionsMin),
    exact(row, 'computed_max', exceptionsMax),
    exact(row, 'agrees', exceptionsMin === row['published_min'] && exceptionsMax === row['published_max']),
    statistic(row, 'lr_just_outside', region.ratiosOutside),
    statistic(row, 'lr_at_ends', region.ratiosAtEnds),
  ]);
}

function transitionsIn(row: Json): Transitions {
  const [calmCalm, calmHit, hitCalm, hitHit] = ['n00', 'n01', 'n10', 'n11'].map((field) =>
    numberOf(row[field]),
  );
  return { calmCalm: calmCalm!, calmHit: calmHit!, hitCalm: hitCalm!, hitHit: hitHit! };
}

export function* compareIndependence(row: Json, name: string): Iterable<ConformCase> {
  const report = assessIndependence(transitionsIn(row), LEVEL);
  if (isFailure(report)) return yield refused(name, report);
  yield* compare(name, [
    statistic(row, 'pi01', report.hitAfterCalm),
    statistic(row, 'pi11', report.hitAfterHit),
    statistic(row, 'pi', report.hitAfterAny),
    ...reported(row, { statistic: 'lr_ind', pValue: 'p_value' }, report),
  ]);
}

export function* compareFirstFailure(row: Json, name: string): Iterable<ConformCase> {
  const day = numberOf(row['v']);
  const hits = toHits([day], day);
  const report = isFailure(hits)
    ? hits
    : assessFirstFailure({ hits, probability: numberOf(row['p']), level: LEVEL });
  if (isFailure(report)) return yield refused(name, report);
  yield* compare(name, reported(row, { statistic: 'lr_tuff', pValue: 'p_value' }, report));
}

export function* compareTrafficLight(row: Json, name: string): Iterable<ConformCase> {
  const light = assessTrafficLight({
    observations: numberOf(row['T']),
    confidence: numberOf(row['confidence']),
    exceptions: numberOf(row['exceptions']),
  });
  if (isFailure(light)) return yield refused(name, light);
  yield* compare(name, [
    probability(row, 'prob_exact', light.probabilityExact),
    probability(row, 'cumulative', light.probabilityAtMost),
    probability(row, 'type_i_error', light.probabilityAtLeast),
    exact(row, 'zone', light.zone),
    exact(row, 'plus_factor_1996', light.plusFactor1996),
    exact(row, 'multiplier_1996', light.multiplier1996),
    exact(row, 'multiplier_mar99', light.multiplierMar99),
  ]);
}

export function* compareZoneBounds(row: Json, name: string): Iterable<ConformCase> {
  const sample = { observations: numberOf(row['T']), confidence: numberOf(row['confidence']) };
  const bounds = findZoneBounds(sample);
  if (isFailure(bounds)) return yield refused(name, bounds);
  const atMost = (exceptions: number): number | null => {
    const light = assessTrafficLight({ ...sample, exceptions });
    return isFailure(light) ? null : light.probabilityAtMost;
  };
  const { yellowFrom, redFrom } = bounds;
  yield* compare(name, [
    exact(row, 'yellow_from', yellowFrom),
    exact(row, 'red_from', redFrom),
    probability(row, 'cum_at_yellow', atMost(yellowFrom)),
    probability(row, 'cum_before_yellow', atMost(yellowFrom - 1)),
    probability(row, 'cum_at_red', atMost(redFrom)),
    probability(row, 'cum_before_red', atMost(redFrom - 1)),
  ]);
}

/** The Basel Committee's printed table: percent to two places, for 0, 1, 2 … exceptions in 250 days at 99 %. */
export function* comparePublishedTrafficLight(row: Json, name: string): Iterable<ConformCase> {
  for (const [exceptions, percent] of Array.from(vectorOf(row['cumulative_percent'])).entries()) {
    const light = assessTrafficLight({ observations: 250, confidence: 0.99, exceptions });
    if (isFailure(light)) return yield refused(name, light);
    const published = { cumulative_percent: percent };
    yield* compare(`${name}[${exceptions}]`, [
      printed(published, 'cumulative_percent', { actual: 100 * light.probabilityAtMost, tolerance: 0.005 }),
    ]);
  }
}

/** Jorion's example; the conditional table stands in its source line as n00/n01/n10/n11. */
export function* compareJorion(row: Json, name: string): Iterable<ConformCase> {
  const input = {
    observations: numberOf(row['T']),
    exceptions: numberOf(row['x']),
    probability: numberOf(row['p']),
  };
  const table = /(\d+)\/(\d+)\/(\d+)\/(\d+)/.exec(String(row['source']));
  const [calmCalm, calmHit, hitCalm, hitHit] = (table ?? []).slice(1).map(Number);
  if (hitHit === undefined) return yield refused(name, 'the source line names no table of transitions');
  const coverage = assessFailureProportion({ ...input, level: LEVEL });
  if (isFailure(coverage)) return yield refused(name, coverage);
  const independence = assessIndependence(
    { calmCalm: calmCalm!, calmHit: calmHit!, hitCalm: hitCalm!, hitHit },
    LEVEL,
  );
  if (isFailure(independence)) return yield refused(name, independence);
  const found = {
    lr_pof: coverage.statistic!,
    lr_ind: independence.statistic!,
    lr_cc: coverage.statistic! + independence.statistic!,
    z: coverage.normalScore,
  };
  for (const [field, actual] of Object.entries(found)) {
    yield* compare(name, [
      statistic(row, field, actual),
      printed(row, `published_${field}`, { actual, tolerance: 0.005 }),
    ]);
  }
}

/** The closed forms of the methodology, printed to five digits. */
export function* compareClosedForms(): Iterable<ConformCase> {
  const match = (
    name: string,
    pairs: readonly (readonly [number, number, number])[],
  ): Iterable<ConformCase> =>
    compare(
      `closed-form/${name}`,
      pairs.map(([expected, actual, tolerance], i) =>
        printed({ [`number ${i + 1}`]: expected }, `number ${i + 1}`, { actual, tolerance }),
      ),
    );
  const pof = (exceptions: number, tail: number): readonly [number, number] => {
    const report = assessFailureProportion({
      observations: 1043,
      exceptions,
      probability: tail,
      level: LEVEL,
    });
    return isFailure(report) ? [NaN, NaN] : [report.statistic!, report.pValue!];
  };
  const [loose, looseP] = pof(57, 0.05);
  yield* match('pof 1043 57 5 %', [
    [0.46147, loose, 5e-6],
    [0.49694, looseP, 5e-6],
  ]);
  const [tight, tightP] = pof(17, 0.01);
  yield* match('pof 1043 17 1 %', [
    [3.5118, tight, 5e-5],
    [0.060933, tightP, 5e-7],
  ]);
  const independence = assessIndependence({ calmCalm: 932, calmHit: 53, hitCalm: 53, hitHit: 4 }, LEVEL);
  if (isFailure(independence)) return yield refused('closed-form/independence', independence);
  yield* match('independence 932 53 53 4', [
    [0.25866, independence.statistic!, 5e-6],
    [0.61104, independence.pValue!, 5e-6],
  ]);
  const hits = toHits([58], 58);
  const first = isFailure(hits) ? hits : assessFirstFailure({ hits, probability: 0.05, level: LEVEL });
  if (isFailure(first)) return yield refused('closed-form/tuff', first);
  yield* match('tuff 58 5 %', [
    [1.7354, first.statistic!, 5e-5],
    [0.18773, first.pValue!, 5e-6],
  ]);
  const bounds = findZoneBounds({ observations: 250, confidence: 0.99 });
  if (isFailure(bounds)) return yield refused('closed-form/traffic light', bounds);
  yield* match('traffic light 250 99 %', [
    [5, bounds.yellowFrom, 0],
    [10, bounds.redFrom, 0],
  ]);
}
