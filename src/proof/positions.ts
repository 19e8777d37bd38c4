import { type Failure, refuse } from '../base/failure.ts';
import { ByteReader } from '../base/bytes.ts';
import type { Sha256 } from '../base/sha256.ts';
import type { Position } from '../portfolio/account.ts';
import type { InstrumentId } from '../product/product.ts';
import { id } from './account-codec.ts';
import { type Codec, list, record, u128, U128_END } from './codec.ts';
import { DOMAIN, hashTagged } from './domain.ts';
import type { SumLayout } from './sum-tree.ts';
import { FINGERPRINT_MODULUS } from './sums.ts';

/**
 * Open contracts of one instrument, in atoms of 8 decimals: what clients are long and short of, and the house's own accounts
 * apart. The book closes where long + houseLong = short + houseShort (PROOF-026).
 */
export type InstrumentTotal = {
  readonly instrument: InstrumentId;
  readonly long: bigint;
  readonly short: bigint;
  readonly houseLong: bigint;
  readonly houseShort: bigint;
};

/** Ascending by instrument. */
export const totalsCodec: Codec<readonly InstrumentTotal[]> = list(
  record<InstrumentTotal>({ instrument: id, long: u128, short: u128, houseLong: u128, houseShort: u128 }),
  200_000,
);

/** A tree over the same accounts, in the same order, with one sum: the fingerprint of their positions. */
export const POSITION_LAYOUT: SumLayout = {
  leaf: DOMAIN.positionLeaf,
  node: DOMAIN.positionNode,
  root: DOMAIN.positionRoot,
  sums: 1,
  rule: 'modular',
};

const utf8 = new TextEncoder();

/**
 * Fingerprints of positions (PROOF-025): Σ long · w(instrument, long) + short · w(instrument, short) modulo the prime 2^127 − 1. The weights are
 * drawn from the root of the liability tree, which commits to every record, so they are known only when no position can be changed
 * any more. Two different tables of totals have one fingerprint by a chance of 2^−127.
 */
export class Fingerprints {
  readonly #challenge: Uint8Array;
  readonly #sha256: Sha256;
  readonly #weights = new Map<InstrumentId, readonly [long: bigint, short: bigint]>();

  constructor(liabilityRoot: Uint8Array, sha256: Sha256) {
    this.#challenge = hashTagged(sha256, DOMAIN.challenge, liabilityRoot);
    this.#sha256 = sha256;
  }

  /** Of one account's positions. */
  ofPositions(positions: readonly Position[]): bigint {
    let sum = 0n;
    for (const { instrument, quantityAtoms } of positions) {
      const [long, short] = this.#weightsOf(instrument);
      sum += quantityAtoms > 0n ? quantityAtoms * long : -quantityAtoms * short;
    }
    return sum % FINGERPRINT_MODULUS;
  }

  /** Of what all clients together are long and short of. */
  ofTotals(totals: readonly InstrumentTotal[]): bigint {
    let sum = 0n;
    for (const total of totals) {
      const [long, short] = this.#weightsOf(total.instrument);
      sum += total.long * long + total.short * short;
    }
    return sum % FINGERPRINT_MODULUS;
  }

  #weightsOf(instrument: InstrumentId): readonly [bigint, bigint] {
    let weights = this.#weights.get(instrument);
    if (weights === undefined) {
      weights = [this.#draw(0, instrument), this.#draw(1, instrument)];
      this.#weights.set(instrument, weights);
    }
    return weights;
  }

  #draw(side: number, instrument: InstrumentId): bigint {
    const hash = hashTagged(
      this.#sha256,
      DOMAIN.weight,
      this.#challenge,
      Uint8Array.of(side),
      utf8.encode(instrument),
    );
    const reader = new ByteReader(hash);
    let bits = BigInt(reader.u32() & 0x7fff_ffff);
    for (let word = 0; word < 3; word += 1) bits = (bits << 32n) | BigInt(reader.u32());
    return bits % FINGERPRINT_MODULUS;
  }
}

/**
 * Totals per instrument over clients and house. Refuses NUMBER_OUT_OF_RANGE where 128 bits do not hold one.
 */
export function totalPositions(
  clients: Iterable<readonly Position[]>,
  house: Iterable<readonly Position[]>,
): InstrumentTotal[] | Failure {
  const totals = new Map<
    InstrumentId,
    { long: bigint; short: bigint; houseLong: bigint; houseShort: bigint }
  >();
  const add = (
    positions: readonly Position[],
    long: 'long' | 'houseLong',
    short: 'short' | 'houseShort',
  ): void => {
    for (const { instrument, quantityAtoms } of positions) {
      let total = totals.get(instrument);
      if (total === undefined) {
        total = { long: 0n, short: 0n, houseLong: 0n, houseShort: 0n };
        totals.set(instrument, total);
      }
      if (quantityAtoms > 0n) total[long] += quantityAtoms;
      else total[short] -= quantityAtoms;
    }
  };
  for (const positions of clients) add(positions, 'long', 'short');
  for (const positions of house) add(positions, 'houseLong', 'houseShort');
  const out: InstrumentTotal[] = [];
  for (const instrument of [...totals.keys()].sort()) {
    const total = totals.get(instrument)!;
    if (Object.values(total).some((sum) => sum >= U128_END)) {
      const expected = 'totals of at most 128 bits';
      return refuse('NUMBER_OUT_OF_RANGE', { field: `totals.${instrument}`, value: 'an overflow', expected });
    }
    out.push({ instrument, ...total });
  }
  return out;
}
