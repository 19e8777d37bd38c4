import { jsonOf } from './canonical.ts';
import { type EpochRecord, epochRecordCodec } from './epoch-record.ts';
import type { Value } from '../base/value.ts';

/** The first epoch that is not what the journal gives: its number, the fields that differ, and the first of them on both sides. */
export type Divergence = {
  readonly epoch: number;
  readonly fields: readonly string[];
  readonly committed: string;
  readonly recomputed: string;
};

export type EpochComparison = {
  /** Epochs that agree before the first that does not. */
  readonly agreed: number;
  readonly divergence: Divergence | null;
};

const ABSENT = 'none';

/**
 * Compares the epochs that a venue published with those that a replay of its journal gives (S9, PROOF-035), in order; an epoch that one side
 * lacks differs in everything. Each record names the one before it, so whatever was altered shows in the first that differs.
 */
export function compareEpochs(
  committed: readonly EpochRecord[],
  recomputed: readonly EpochRecord[],
): EpochComparison {
  const count = Math.max(committed.length, recomputed.length);
  for (let at = 0; at < count; at += 1) {
    const [one, other] = [committed[at], recomputed[at]];
    const [left, right] = [fieldsOf(one), fieldsOf(other)];
    const fields = [...new Set([...left.keys(), ...right.keys()])].filter(
      (f) => left.get(f) !== right.get(f),
    );
    const [first] = fields;
    if (first === undefined) continue;
    const divergence = {
      epoch: (one ?? other)!.epoch,
      fields,
      committed: left.get(first) ?? ABSENT,
      recomputed: right.get(first) ?? ABSENT,
    };
    return { agreed: at, divergence };
  }
  return { agreed: count, divergence: null };
}

function fieldsOf(record: EpochRecord | undefined): ReadonlyMap<string, string> {
  if (record === undefined) return new Map();
  const written = epochRecordCodec.write(record) as { readonly [field: string]: Value };
  return new Map(Object.entries(written).map(([field, value]) => [field, jsonOf(value)]));
}
