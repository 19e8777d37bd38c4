import { sameBytes } from '../base/bytes.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { canonicalBytes } from './canonical.ts';
import { type Checkpoint, openCheckpoint, openUnwitnessed } from './checkpoint.ts';
import { epochRecordCodec } from './epoch-record.ts';
import { hashLogLeaf, judgeConsistency, judgeInclusion } from './merkle.ts';
import type { ProofCrypto } from './signature.ts';
import type { Anchor } from './statement.ts';
import type { Trust } from './trust.ts';
import type { Finding } from './verdict.ts';

/**
 * S8: the epoch is in the log of the venue's own name, under a head that its log key and a quorum of witnesses signed, and that
 * continues the head the reader kept.
 */
export function verifyHistory(anchor: Anchor, trust: Trust, crypto: ProofCrypto): Finding {
  const opened = openCheckpoint(anchor.checkpoint, trust, crypto);
  if (isFailure(opened)) return opened;
  const { checkpoint, witnesses } = opened;
  if (anchor.epoch.origin !== checkpoint.origin) {
    const expected = `an epoch of ${checkpoint.origin}`;
    return refuse('PROOF_INVALID', { field: 'epoch.origin', value: anchor.epoch.origin, expected });
  }
  const leaf = hashLogLeaf(canonicalBytes(epochRecordCodec, anchor.epoch), crypto.sha256);
  const place = { leaf, index: anchor.index, proof: anchor.inclusion };
  const absent = judgeInclusion(place, checkpoint, crypto.sha256);
  if (absent !== null) return absent;
  const broken = judgeKept(anchor, { checkpoint, trust }, crypto);
  if (broken !== null) return broken;
  const kept = trust.lastSeen === null ? 'no checkpoint was kept to compare with' : 'continues the one kept';
  const seen = `entry ${anchor.index} of ${checkpoint.size}, ${witnesses.length} of ${trust.witnesses.length} witnesses; ${kept}`;
  if (witnesses.length > 0) return seen;
  return { notHere: `${seen}: without a witness the venue may show others another history` };
}

function judgeKept(
  anchor: Anchor,
  { checkpoint, trust }: { readonly checkpoint: Checkpoint; readonly trust: Trust },
  crypto: ProofCrypto,
): Failure | null {
  const { lastSeen, log } = trust;
  if (lastSeen === null) {
    if (anchor.consistency === null) return null;
    return refuse('PROOF_INVALID', {
      field: 'consistency',
      value: 'present',
      expected: 'none without a kept head',
    });
  }
  const opened = openUnwitnessed(lastSeen, log, crypto);
  if (isFailure(opened)) return opened;
  const kept = opened.checkpoint;
  if (checkpoint.size < kept.size) {
    const expected = `at least ${kept.size}, seen before`;
    return refuse('LOG_INCONSISTENT', { field: 'checkpoint.size', value: checkpoint.size, expected });
  }
  if (checkpoint.size === kept.size && !sameBytes(checkpoint.root, kept.root)) {
    const expected = 'the root seen before for this size';
    return refuse('LOG_INCONSISTENT', { field: 'checkpoint.root', value: 'another root', expected });
  }
  const { consistency } = anchor;
  if (consistency === null && checkpoint.size === kept.size) return null;
  if (consistency?.size !== kept.size) {
    const expected = `a consistency proof from size ${kept.size}`;
    return refuse('PROOF_INVALID', { field: 'consistency', value: consistency?.size ?? 'none', expected });
  }
  return judgeConsistency(kept, checkpoint, { proof: consistency.proof, sha256: crypto.sha256 });
}
