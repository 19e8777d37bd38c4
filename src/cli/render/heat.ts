import { isFailure } from '../../base/failure.ts';
import { type AssessInput } from '../../margin/assess.ts';
import type { MarginReport } from '../../margin/report.ts';
import { toExposure } from '../../margin/risk-view.ts';
import { valueBook } from '../../margin/valued-book.ts';
import { heldProducts } from '../../margin/risk-model.ts';
import { repriceAll } from '../../scenario/reprice.ts';
import type { Factor, ScenarioSet } from '../../scenario/set.ts';
import type { Shown } from './margin-report.ts';

const SPOT_FRACS = [-0.4, -0.3, -0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2, 0.3, 0.4];
const VOL_FRACS = [-0.3, 0, 0.3, 0.6];

/** P&L of the account (collateral under `scenarios` included) as its largest underlying and that one's vol move; others stay. */
export function heatOf(report: MarginReport, input: AssessInput): Shown['heat'] {
  const ranked = [...report.underlyings].sort((a, b) => weight(b) - weight(a));
  const underlying = ranked.find((u) =>
    report.positions.some((p) => p.underlying === u.underlying),
  )?.underlying;
  if (underlying === undefined) return null;
  const set = spotByVol(underlying, input);
  const matrix = repriceAll(heldProducts([input.account], input.market), input.market, set);
  const book = valueBook(input.account, input.market);
  if (isFailure(matrix) || isFailure(book)) return null;
  const exposure = toExposure({ set, matrix }, book.pooled, report.pool);
  if (isFailure(exposure)) return null;
  const percent = (frac: number): string => `${frac > 0 ? '+' : ''}${Math.round(frac * 100)}%`;
  return {
    underlying,
    map: {
      rowTitle: 'vol \\ spot',
      rows: VOL_FRACS.map(percent),
      columns: SPOT_FRACS.map(percent),
      cells: VOL_FRACS.map((_, v) => SPOT_FRACS.map((__, s) => exposure.total[v * SPOT_FRACS.length + s]!)),
    },
  };
}

function weight(u: MarginReport['underlyings'][number]): number {
  return Math.abs(u.deltaUsd) + Math.abs(u.gammaUsd) + Math.abs(u.vegaUsd);
}

function spotByVol(underlying: string, { market }: AssessInput): ScenarioSet {
  const count = SPOT_FRACS.length * VOL_FRACS.length;
  const options = [...market.underlyings.keys()];
  const factors: Factor[] = [
    ...[...market.assets.keys()].map((asset): Factor => ({ asset, kind: 'spot' })),
    ...options.flatMap((asset): Factor[] =>
      (['volShort', 'volLong', 'skew', 'basis'] as const).map((kind) => ({ asset, kind })),
    ),
  ];
  const shocks = new Float64Array(factors.length * count);
  factors.forEach((factor, f) => {
    if (factor.asset !== underlying) return;
    VOL_FRACS.forEach((vol, v) => {
      SPOT_FRACS.forEach((spot, s) => {
        const at = f * count + v * SPOT_FRACS.length + s;
        if (factor.kind === 'spot') shocks[at] = spot;
        else if (factor.kind === 'volShort' || factor.kind === 'volLong') shocks[at] = vol;
      });
    });
  });
  const names = VOL_FRACS.flatMap((v) => SPOT_FRACS.map((s) => `spot ${s} vol ${v}`));
  return { id: 'spot-vol', family: 'grid', horizonDays: 0, count, names, factors, shocks };
}
