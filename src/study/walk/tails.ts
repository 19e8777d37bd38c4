import { assert } from '../../base/assert.ts';
import { assessPlainJob } from '../../kernel/jobs.ts';
import { createKernel, type Kernel } from '../../kernel/kernel.ts';
import { createBook, createPositions, createRows, createTail, tailShape } from '../../kernel/shapes.ts';
import type { Level } from '../../base/level.ts';
import type { PnlMatrix } from '../../scenario/set.ts';

/** Many portfolios over the rows of a matrix: portfolio p holds `quantities[i]` of row `rows[i]` for starts[p] ≤ i < starts[p + 1]. */
export type Portfolios = {
  readonly starts: readonly number[];
  readonly rows: readonly string[];
  readonly quantities: readonly number[];
};

/** VaR and ES of every portfolio in one scenario set, USD, positive for a loss. */
export type Tails = { readonly valueAtRisk: Float64Array; readonly shortfall: Float64Array };

export type TailLevels = { readonly valueAtRisk: Level; readonly shortfall: Level };

/** Sums all portfolios and selects their tails at once. The same definitions as `src/margin/tail.ts`, by kernel. */
export type TailMachine = (portfolios: Portfolios, matrix: PnlMatrix, levels: TailLevels) => Tails;

const BYTES = 1 << 24;

/** A machine with memory of its own, for sets of at most `scenariosMax` scenarios. */
export function makeTailMachine(scenariosMax: number): TailMachine {
  const kernel = createKernel({ bytes: BYTES, stride: scenariosMax + 64 });
  return (portfolios, matrix, levels) => {
    assert(matrix.count <= scenariosMax, 'the set fits the machine');
    const { memory } = kernel;
    const mark = memory.mark();
    const tails = measure(kernel, portfolios, { matrix, levels });
    memory.release(mark);
    return tails;
  };
}

function measure(
  kernel: Kernel,
  portfolios: Portfolios,
  { matrix, levels }: { readonly matrix: PnlMatrix; readonly levels: TailLevels },
): Tails {
  const { memory } = kernel;
  const place = new Map<string, number>();
  for (const id of portfolios.rows) if (!place.has(id)) place.set(id, place.size);
  const rows = createRows(memory, { count: Math.max(1, place.size), scenarios: matrix.count });
  rows.exact.fill(0);
  for (const [id, at] of place) rows.exact.set(matrix.rows.get(id)!, at * rows.stride);
  const count = portfolios.starts.length - 1;
  const positions = createPositions(memory, { count, positions: Math.max(1, portfolios.rows.length) });
  positions.starts.set(portfolios.starts);
  positions.quantities.set(portfolios.quantities);
  for (const [i, id] of portfolios.rows.entries()) positions.rows[i] = place.get(id)!;
  const tail = createTail(memory, tailShape(matrix.count, levels));
  const book = createBook(memory, { positions, rows, tail });
  kernel.run(assessPlainJob(book));
  const valueAtRisk = new Float64Array(count);
  const shortfall = new Float64Array(count);
  for (let p = 0; p < count; p += 1) {
    valueAtRisk[p] = book.results[2 * p]!;
    shortfall[p] = book.results[2 * p + 1]!;
  }
  return { valueAtRisk, shortfall };
}
