import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawBelow, makeUniform } from '../src/base/random.ts';
import { copulaJob, type Job, mirrorJob } from '../src/kernel/jobs.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import {
  makeHoldings,
  makeSample,
  type SampleMarket,
  sampleMultiples,
  type SampleShape,
} from '../src/kernel/sample.ts';
import { layOutAccounts } from '../src/kernel/layout.ts';
import { type Book, createBook, createTail, type Rows } from '../src/kernel/shapes.ts';
import { openTradeDesk, type TradeDesk } from '../src/kernel/trade.ts';

export const OPTIONS: SampleShape = {
  underlyings: 20,
  instruments: 100,
  futures: 0,
  scenarios: 1000,
  seed: 1,
};
export const MIXED: SampleShape = { underlyings: 20, instruments: 100, futures: 5, scenarios: 1000, seed: 2 };
/** VaR at 99 % and ES at 97.5 % of 1,000 scenarios. */
export const TAIL = { varRank: 10, whole: 25, part: 0, size: 25 };
export const ACCOUNTS = 10_000;
const SLOTS = 10_000;
const QUESTIONS = 10_000;
const FACTORS = 20;
const CELLS = 2048;
export const DRAWS = 10_000;

export type Trades = {
  readonly slots: Int32Array;
  readonly rows: Int32Array;
  readonly quantities: Float64Array;
};

export type Inputs = {
  readonly folder: string;
  readonly options: SampleMarket;
  readonly rows: Rows;
  readonly tail: Float64Array;
  readonly book: Book;
  readonly desk: TradeDesk;
  readonly trades: Trades;
  /** Σ|q|·max|P&L| of each account before collapsing, in the order of the book: the scale of its deviations. */
  readonly gross: Float64Array;
  readonly copula: { readonly job: Job; readonly out: Float64Array };
};

/** A desk whose slots hold the vectors of the first accounts, and questions about random trades. */
function makeDesk(
  kernel: Kernel,
  book: Book,
  tail: Float64Array,
): { desk: TradeDesk; vectors: Float64Array } {
  const { rows, positions } = book;
  const desk = openTradeDesk(kernel, { rows, tail, slots: SLOTS });
  const { memory, exports } = kernel;
  for (let slot = 0; slot < SLOTS; slot++) {
    const from = positions.starts[slot]!;
    exports.sumPositions(
      memory.at(positions.rows) + 4 * from,
      memory.at(positions.quantities) + 8 * from,
      positions.starts[slot + 1]! - from,
      memory.at(rows.exact),
      rows.stride,
      rows.scenarios,
      desk.vector(slot).byteOffset,
    );
    desk.assess(slot);
  }
  const first = desk.vector(0);
  return { desk, vectors: new Float64Array(first.buffer, first.byteOffset, SLOTS * rows.stride) };
}

function makeTrades(): Trades {
  const draw = makeUniform(77);
  const trades = {
    slots: new Int32Array(QUESTIONS),
    rows: new Int32Array(QUESTIONS),
    quantities: new Float64Array(QUESTIONS),
  };
  for (let i = 0; i < QUESTIONS; i++) {
    trades.slots[i] = drawBelow(draw, SLOTS);
    trades.rows[i] = drawBelow(draw, MIXED.underlyings * MIXED.instruments);
    trades.quantities[i] = (draw() < 0.5 ? -1 : 1) * (1 + drawBelow(draw, 3));
  }
  return trades;
}

/** Equal correlations of one half, a margin of a scaled t, and four degrees of freedom. */
function makeCopula(kernel: Kernel): { job: Job; out: Float64Array; files: Record<string, Float64Array> } {
  const { memory } = kernel;
  const cholesky = memory.f64(FACTORS * FACTORS);
  for (let i = 0; i < FACTORS; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = i === j ? 1 : 0.5;
      for (let k = 0; k < j; k++) dot -= cholesky[i * FACTORS + k]! * cholesky[j * FACTORS + k]!;
      cholesky[i * FACTORS + j] = i === j ? Math.sqrt(dot) : dot / cholesky[j * FACTORS + j]!;
    }
  }
  const tables = memory.f64(FACTORS * (CELLS + 1));
  for (let f = 0; f < FACTORS; f++) {
    for (let c = 0; c <= CELLS; c++) {
      const a = Math.max(-0.9999, Math.min(0.9999, (2 * c) / CELLS - 1));
      tables[f * (CELLS + 1) + c] = ((0.02 + 0.001 * f) * 2 * a) / Math.sqrt(1 - a * a);
    }
  }
  const out = memory.f64(FACTORS * DRAWS);
  const shape = { factors: FACTORS, freedom: 4, cells: CELLS, scenarios: DRAWS, stride: DRAWS };
  const job = copulaJob(memory, { cholesky, tables, out, ...shape, key: [2026, 7], stream: 0 });
  return { job, out, files: { 'cholesky.f64': cholesky, 'tables.f64': tables } };
}

function metaOf(inputs: Pick<Inputs, 'rows' | 'options'>): string {
  const { rows, options } = inputs;
  const meta: Record<string, number> = {
    scenarios: rows.scenarios,
    stride: rows.stride,
    rows: rows.count,
    options: options.optionCount,
    optionStride: options.rows.stride,
    ...TAIL,
    needed: Math.max(TAIL.varRank, TAIL.whole + (TAIL.part > 0 ? 1 : 0)),
    factors: FACTORS,
    cells: CELLS,
    draws: DRAWS,
    freedom: 4,
    key0: 2026,
    key1: 7,
    streamId: 0,
  };
  return Object.entries(meta)
    .map(([key, value]) => `${key} ${value}\n`)
    .join('');
}

/** Makes the inputs in the memory of the kernels and leaves them in a folder for the peers. */
export function makeInputs(kernel: Kernel): Inputs {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
  const options = makeSample(kernel, OPTIONS);
  const { rows } = makeSample(kernel, MIXED);
  kernel.run(mirrorJob(kernel.memory, rows));
  const tail = createTail(kernel.memory, TAIL);
  const holdings = makeHoldings(MIXED, { count: ACCOUNTS, seed: 3 });
  const { positions, order } = layOutAccounts(kernel.memory, holdings, sampleMultiples(MIXED));
  const book = createBook(kernel.memory, { positions, rows, tail });
  const { desk, vectors } = makeDesk(kernel, book, tail);
  const trades = makeTrades();
  const copula = makeCopula(kernel);
  const raw = Array.from(order, (account) => holdings[account]!);
  const rawStarts = new Int32Array(raw.length + 1);
  raw.forEach((holding, i) => (rawStarts[i + 1] = rawStarts[i]! + holding.rows.length));
  const files: Record<string, Float64Array | Int32Array | Uint32Array> = {
    'rawStarts.i32': rawStarts,
    'rawPositions.u32': Uint32Array.from(raw.flatMap((holding) => holding.rows)),
    'rawQuantities.f64': Float64Array.from(raw.flatMap((holding) => holding.quantities)),
    'records.f64': options.records,
    'shocks.f64': options.vectors,
    'matrix.f64': rows.exact,
    'starts.i32': positions.starts,
    'positions.u32': positions.rows,
    'quantities.f64': positions.quantities,
    'vectors.f64': vectors,
    'tradeSlots.i32': trades.slots,
    'tradeRows.i32': trades.rows,
    'tradeQuantities.f64': trades.quantities,
    ...copula.files,
  };
  for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data);
  const gross = Float64Array.from(raw, (holding) =>
    holding.rows.reduce((sum, row, i) => sum + Math.abs(holding.quantities[i]!) * rows.norms[row]!, 0),
  );
  writeFileSync(join(folder, 'meta.txt'), metaOf({ rows, options }));
  return { folder, options, rows, tail, book, desk, trades, gross, copula };
}
