import type { Kernel } from './kernel.ts';
import type { Rows } from './shapes.ts';

/** Judges one more trade against an account's cached P&L vector, in microseconds; allocates nothing. */
export type TradeDesk = {
  /** VaR and ES (USD, positive for a loss) of the last question. */
  readonly result: Float64Array;
  /** What account `slot` would be with `quantity` more of row `row`; answers in `result`. */
  ask(slot: number, row: number, quantity: number): void;
  /** The account as it stands; answers in `result`. */
  assess(slot: number): void;
  /** Takes the trade into the cached vector. Sums in order of arrival: recompute the vector before it is of record. */
  apply(slot: number, row: number, quantity: number): void;
  /** The cached vector of a slot, to be filled by the caller. */
  vector(slot: number): Float64Array;
};

/** Room for the vectors of `slots` accounts: 8 bytes a scenario each. */
export function openTradeDesk(
  kernel: Kernel,
  parts: { rows: Rows; tail: Float64Array; slots: number },
): TradeDesk {
  const { memory, exports, scratch } = kernel;
  const { stride, scenarios, exact } = parts.rows;
  const vectors = memory.f64(parts.slots * stride);
  const warms = memory.f64(parts.slots);
  warms.fill(NaN);
  const result = memory.f64(2);
  const [vectorAt, warmAt, out] = [memory.at(vectors), memory.at(warms), memory.at(result)];
  const [rowAt, tailAt] = [memory.at(exact), memory.at(parts.tail)];
  const bytes = stride * 8;
  return {
    result,
    ask: (slot, row, quantity) =>
      exports.assessTrade(
        vectorAt + slot * bytes,
        rowAt + row * bytes,
        quantity,
        tailAt,
        stride,
        scenarios,
        out,
        warmAt + slot * 8,
        scratch,
      ),
    assess: (slot) =>
      exports.assessVector(
        vectorAt + slot * bytes,
        tailAt,
        stride,
        scenarios,
        out,
        warmAt + slot * 8,
        scratch,
      ),
    apply: (slot, row, quantity) =>
      exports.applyTrade(vectorAt + slot * bytes, rowAt + row * bytes, quantity, scenarios),
    vector: (slot) => vectors.subarray(slot * stride, slot * stride + scenarios),
  };
}
