import { exp } from '../base/elementary.ts';
import { drawBelow, drawNormal, makeUniform } from '../base/random.ts';
import { repriceJob } from './jobs.ts';
import type { Executor } from './kernel.ts';
import { OPTION_FIELDS, writeOption } from './option-record.ts';
import { declareMultiple, type Holding, layOutAccounts, type Multiples, plainRows } from './layout.ts';
import { createRows, type Positions, type Rows } from './shapes.ts';

/** How a market for tests and measurements looks: `futures` of the instruments of an underlying are linear, the others options. */
export type SampleShape = {
  readonly underlyings: number;
  readonly instruments: number;
  readonly futures: number;
  readonly scenarios: number;
  readonly seed: number;
};

export type SampleMarket = {
  readonly rows: Rows;
  readonly records: Float64Array;
  readonly optionCount: number;
  readonly vectors: Float64Array;
  readonly shape: SampleShape;
};

const EXPIRY_DAYS = [7, 14, 30, 90, 240] as const;
/** Vectors of an underlying: growth, its logarithm, and one vol multiplier; two shared ones are a row of zeros and one of ones. */
const VECTORS = 3;

/** Student t with 4 degrees of freedom, scaled to unit variance. */
function fatTailed(draw: () => number): number {
  let chi = 0;
  for (let i = 0; i < 4; i++) {
    const z = drawNormal(draw);
    chi += z * z;
  }
  return (drawNormal(draw) * Math.SQRT1_2) / Math.sqrt(chi / 4);
}

function fillVectors(vectors: Float64Array, shape: SampleShape, stride: number): void {
  const draw = makeUniform(shape.seed);
  const shared = shape.underlyings * VECTORS;
  vectors.fill(0, shared * stride, (shared + 1) * stride);
  vectors.fill(1, (shared + 1) * stride, (shared + 2) * stride);
  for (let s = 0; s < stride; s++) {
    const market = fatTailed(draw);
    const vol = exp(0.25 * fatTailed(draw) - 0.15 * market);
    for (let u = 0; u < shape.underlyings; u++) {
      const at = u * VECTORS * stride + s;
      const move = 0.05 * (0.8 * market + 0.6 * fatTailed(draw));
      vectors[at] = exp(move);
      vectors[at + stride] = move;
      vectors[at + 2 * stride] = vol;
    }
  }
}

function spotOf(u: number): number {
  return 100 * (u + 1);
}

function fillOptions(records: Float64Array, shape: SampleShape): number {
  const draw = makeUniform(shape.seed + 1);
  const zeros = shape.underlyings * VECTORS;
  let count = 0;
  for (let u = 0; u < shape.underlyings; u++) {
    for (let i = shape.futures; i < shape.instruments; i++) {
      const growthRow = u * VECTORS;
      writeOption(records, count++, {
        forward: spotOf(u),
        strike: spotOf(u) * exp(0.6 * (draw() - 0.5)),
        right: draw() < 0.5 ? 'call' : 'put',
        tauYears: EXPIRY_DAYS[i % EXPIRY_DAYS.length]! / 365,
        vol: 0.4 + 0.5 * draw(),
        skew: 0,
        scale: 1,
        growthRow,
        logGrowthRow: growthRow + 1,
        volGrowthRow: growthRow + 2,
        skewShiftRow: zeros,
        conversionRow: zeros + 1,
        row: u * shape.instruments + i,
      });
    }
  }
  return count;
}

/** Prices the options and fills the futures' rows: future i of an underlying is i + 1 times its move. */
export function priceSample(executor: Executor, market: SampleMarket): void {
  const { records, vectors, rows, shape, optionCount } = market;
  for (let u = 0; u < shape.underlyings; u++) {
    for (let i = 0; i < shape.futures; i++) {
      const to = (u * shape.instruments + i) * rows.stride;
      for (let s = 0; s < rows.stride; s++)
        rows.exact[to + s] = (i + 1) * (spotOf(u) * (vectors[u * VECTORS * rows.stride + s]! - 1));
    }
  }
  executor.run(repriceJob(executor.memory, { records, count: optionCount, vectors, rows }));
}

/** A market with correlated, fat-tailed scenarios and one common volatility shock, priced. */
export function makeSample(executor: Executor, shape: SampleShape): SampleMarket {
  const { memory } = executor;
  const rows = createRows(memory, {
    count: shape.underlyings * shape.instruments,
    scenarios: shape.scenarios,
  });
  const records = memory.f64(shape.underlyings * (shape.instruments - shape.futures) * OPTION_FIELDS);
  const vectors = memory.f64((shape.underlyings * VECTORS + 2) * rows.stride);
  fillVectors(vectors, shape, rows.stride);
  const optionCount = fillOptions(records, shape);
  const market = { rows, records, optionCount, vectors, shape };
  priceSample(executor, market);
  return market;
}

/** The market after every spot moved by about `move`: the same options further in or out of the money. */
export function moveSample(
  executor: Executor,
  market: SampleMarket,
  move: { size: number; seed: number },
): void {
  const { records, shape, optionCount } = market;
  const draw = makeUniform(move.seed);
  const common = drawNormal(draw);
  const moves = Array.from(
    { length: shape.underlyings },
    () => move.size * (0.8 * common + 0.6 * drawNormal(draw)),
  );
  for (let i = 0; i < optionCount; i++) {
    const at = i * OPTION_FIELDS;
    const step = moves[Math.floor(records[at + 8]! / VECTORS)]!;
    records[at] = records[at]! + step;
    records[at + 3] = records[at + 3]! * exp(step);
  }
  executor.run(
    repriceJob(executor.memory, { records, count: optionCount, vectors: market.vectors, rows: market.rows }),
  );
}

function sizeOf(draw: () => number, most: number): number {
  const kind = draw();
  if (kind < 0.97) return Math.min(most, 3 + drawBelow(draw, 8));
  if (kind < 0.995) return Math.min(most, 20 + drawBelow(draw, 181));
  return Math.min(most, 500 + drawBelow(draw, 501));
}

/** Distinct rows of one account: half keep to one underlying, two in five hold futures only, market makers hold everything. */
function drawRows(draw: () => number, shape: SampleShape): number[] {
  const { underlyings, instruments, futures } = shape;
  const count = sizeOf(draw, (underlyings * instruments) >> 1);
  const homes = [drawBelow(draw, underlyings), drawBelow(draw, underlyings)];
  if (draw() < 0.51) homes[1] = homes[0]!;
  const wide = count > instruments >> 1;
  const linear = !wide && draw() < 0.39;
  const kinds = linear ? futures : instruments;
  const most = wide ? count : Math.min(count, kinds * (homes[0] === homes[1] ? 1 : 2));
  const picked = new Set<number>();
  while (picked.size < most) {
    const home = wide ? drawBelow(draw, underlyings) : homes[drawBelow(draw, 2)]!;
    picked.add(home * instruments + drawBelow(draw, kinds));
  }
  return [...picked];
}

/** `count` accounts as they come: 97 % with 3 to 10 positions, the rest up to 1,000. */
export function makeHoldings(shape: SampleShape, accounts: { count: number; seed: number }): Holding[] {
  const draw = makeUniform(accounts.seed);
  return Array.from({ length: accounts.count }, () => {
    const rows = drawRows(draw, shape);
    return { rows, quantities: rows.map(() => Math.ceil(20 * draw()) * (draw() < 0.5 ? 1 : -1)) };
  });
}

/** The futures of an underlying are one row. */
export function sampleMultiples(shape: SampleShape): Multiples {
  const multiples = plainRows(shape.underlyings * shape.instruments);
  for (let u = 0; u < shape.underlyings; u++) {
    const target = u * shape.instruments;
    for (let i = 1; i < shape.futures; i++) declareMultiple(multiples, target + i, { target, factor: i + 1 });
  }
  return multiples;
}

/** Sample accounts, laid out. */
export function makeAccounts(
  executor: Executor,
  shape: SampleShape,
  accounts: { count: number; seed: number },
): Positions {
  return layOutAccounts(executor.memory, makeHoldings(shape, accounts), sampleMultiples(shape)).positions;
}
