import { makeRandom } from '../base/random.ts';
import type { BatchBook, BatchClosing, BatchCounterparty, BatchInput } from './batch.ts';

/** A made-up market after a crash: everyone holds something, longs equal shorts in every instrument, some accounts are to be closed. */
export type Crash = {
  readonly instruments: number;
  readonly accounts: number;
  readonly closed: number;
  readonly positionsEach: number;
  readonly seed: number;
};

type Holder = { readonly account: string; readonly lots: bigint; readonly isClosed: boolean };

const LOT = 1_000n;

/** Sizes are heavy-tailed; a maker in each instrument holds the other side of the rest. */
export function makeCrash({ instruments, accounts, closed, positionsEach, seed }: Crash): BatchInput {
  const { draw } = makeRandom({ seed, stream: 0, position: 0 });
  const holders = new Map<number, Holder[]>();
  for (let a = 0; a < accounts; a++) {
    for (let k = 0; k < positionsEach; k++) {
      const u = draw();
      const at = Math.floor(draw() * draw() * instruments);
      const list = holders.get(at) ?? [];
      const account = `a${String(a).padStart(6, '0')}`;
      if (list.at(-1)?.account === account) continue;
      const isClosed = a < closed;
      const isLong = isClosed ? draw() < 0.9 : draw() < 0.3;
      const lots = BigInt(Math.floor(1 / (u * Math.sqrt(u)))) + 1n;
      list.push({ account, lots: isLong ? lots : -lots, isClosed });
      holders.set(at, list);
    }
  }
  const closing: BatchClosing[] = [];
  const books: BatchBook[] = [];
  for (const [at, list] of holders) {
    const net = list.reduce((sum, holder) => sum + holder.lots, 0n);
    if (net !== 0n) list.push({ account: `maker${at}`, lots: -net, isClosed: false });
    const instrument = `I${String(at).padStart(3, '0')}`;
    const markLotAtoms = BigInt(1 + Math.floor(draw() * 1e9));
    const sides: { longs: BatchCounterparty[]; shorts: BatchCounterparty[] } = { longs: [], shorts: [] };
    for (const { account, lots, isClosed } of list) {
      const size = lots < 0n ? -lots : lots;
      const worse = 1 + (draw() - 0.3) * 0.1;
      const entryUsd = Number(size * markLotAtoms) / 1e6;
      if (isClosed) {
        const priceAtoms = BigInt(Math.round(Number(markLotAtoms) * (lots > 0n ? worse : 2 - worse)));
        closing.push({
          account,
          instrument,
          side: lots > 0n ? 'long' : 'short',
          quantityAtoms: size * LOT,
          valueAtoms: lots * priceAtoms,
        });
      }
      (lots > 0n ? sides.longs : sides.shorts).push({
        account,
        quantityAtoms: size * LOT,
        unrealisedUsd: entryUsd * (draw() - 0.2),
        entryUsd,
        leverage: 1 / draw(),
      });
    }
    books.push({ instrument, lotAtoms: LOT, markLotAtoms, ...sides });
  }
  return { closing, books, marginAfter: null };
}

/** The same things in another order. */
export function shuffle<T>(list: readonly T[], draw: () => number): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const k = Math.floor(draw() * (i + 1));
    [copy[i], copy[k]] = [copy[k]!, copy[i]!];
  }
  return copy;
}
