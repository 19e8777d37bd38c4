import { mean, meanSquare } from '../base/moments.ts';
import type { AssetId } from '../product/product.ts';
import { studentFourAt } from './draws.ts';
import { spotChanges, type SpotFill } from './fill-spot.ts';
import { completeChanges, findSeries, observedChanges } from './fill.ts';
import { factorId } from './history.ts';
import type { Factor } from './set.ts';
import { SPOT_VOL, volResponse } from './spot-vol.ts';

export type VolFill = { readonly spot: SpotFill; readonly complete: Map<string, Float64Array> };

/** Changes of ln 30-day vol: seen, or the expected response to the spot (about its mean) plus a residual. */
export function volShortChanges(asset: AssetId, fill: VolFill): Float64Array {
  return derive({ asset, kind: 'volShort' }, fill, () => {
    const response = scaledReturns(asset, fill).map((r) => volResponse(r, fill.spot.rootDays));
    const centre = mean(response);
    return response.map((value) => value - centre);
  });
}

/** Changes of ln 180-day vol: seen, or a fixed share of the 30-day one plus a residual. */
export function volLongChanges(asset: AssetId, fill: VolFill): Float64Array {
  return derive({ asset, kind: 'volLong' }, fill, () =>
    volShortChanges(asset, fill).map((change) => SPOT_VOL.longPerShort * change),
  );
}

/** Changes of skew: seen, or proportional to the spot return plus a residual. */
export function skewChanges(asset: AssetId, fill: VolFill): Float64Array {
  return derive({ asset, kind: 'skew' }, fill, () =>
    scaledReturns(asset, fill).map((r) => SPOT_VOL.skewPerReturn * r),
  );
}

/** Changes of the annualised basis: seen, or proportional to the spot return plus a residual. */
export function basisChanges(asset: AssetId, fill: VolFill): Float64Array {
  return derive({ asset, kind: 'basis' }, fill, () =>
    scaledReturns(asset, fill).map((r) => SPOT_VOL.basisPerReturn * r),
  );
}

/** The root's volatility over the asset's own, at most 1: an asset that always moves more answers less per unit of return. */
export function calmOf(asset: AssetId, fill: SpotFill): number {
  const own = Math.sqrt(meanSquare(spotChanges(asset, fill)));
  const root = Math.sqrt(meanSquare(spotChanges(fill.root, fill)));
  return own > root ? root / own : 1;
}

function scaledReturns(asset: AssetId, fill: VolFill): Float64Array {
  const calm = calmOf(asset, fill.spot);
  return spotChanges(asset, fill.spot).map((r) => calm * r);
}

function derive(factor: Factor, fill: VolFill, expected: () => Float64Array): Float64Array {
  const id = factorId(factor);
  const known = fill.complete.get(id);
  if (known !== undefined) return known;
  const { spot } = fill;
  const seen = observedChanges(findSeries(spot.history, factor.asset, factor.kind), spot.steps);
  let values = seen.values;
  if (seen.observed.includes(0)) {
    const base = expected();
    const sd = residualSd(factor.kind) * spot.rootDays;
    values = completeChanges(seen, (step) => base[step]! + sd * residualAt(factor, step, spot));
  }
  fill.complete.set(id, values);
  return values;
}

/** Unit variance; the share {@link SpotVolModel.commonShare} is the same for all underlyings on a day. */
function residualAt(factor: Factor, step: number, spot: SpotFill): number {
  const timeMs = spot.endMs[step]!;
  const common = studentFourAt(spot.seed, `all:${factor.kind}`, timeMs);
  const own = studentFourAt(spot.seed, factorId(factor), timeMs);
  return Math.sqrt(SPOT_VOL.commonShare) * common + Math.sqrt(1 - SPOT_VOL.commonShare) * own;
}

function residualSd(kind: Factor['kind']): number {
  switch (kind) {
    case 'volShort':
      return SPOT_VOL.volResidualSd;
    case 'volLong':
      return SPOT_VOL.longResidualSd;
    case 'skew':
      return SPOT_VOL.skewResidualSd;
    case 'basis':
      return SPOT_VOL.basisResidualSd;
    case 'spot':
      return 0;
  }
}
