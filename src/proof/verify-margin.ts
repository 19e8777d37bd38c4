import { sameBytes } from '../base/bytes.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import type { Value } from '../base/value.ts';
import { assess } from '../margin/assess.ts';
import { buildRiskModel, heldProducts } from '../margin/risk-model.ts';
import type { Account } from '../portfolio/account.ts';
import { type AccountRecord, type Assessed, assessedCodec } from './account-codec.ts';
import { hashLinked, toAssessed } from './assessed.ts';
import { jsonOf } from './canonical.ts';
import type { Manifest } from './manifest.ts';

type From = { readonly manifest: Manifest; readonly linked: readonly Account[] };

/**
 * Computes an account's margin again with the engine's own function and compares every number, to the last bit (PROOF-042). Gives what
 * was computed. Refuses PROOF_INVALID with the first field that differs, or where parameters that make no sense stop the engine
 * (whoever wrote them may want just that), and what {@link assess} refuses.
 */
export function recomputeMargin(record: AccountRecord, from: From, sha256: Sha256): Assessed | Failure {
  try {
    return recompute(record, from, sha256);
  } catch (error) {
    const expected = 'parameters and a market that the engine can compute with';
    return refuse('PROOF_INVALID', { field: 'manifest', value: (error as Error).message, expected });
  }
}

function recompute(record: AccountRecord, from: From, sha256: Sha256): Assessed | Failure {
  const { manifest, linked } = from;
  const refused = judgeLinked(record, linked, sha256);
  if (refused !== null) return refused;
  const { market, parameters, scenarios } = manifest;
  const risk = buildRiskModel(scenarios.sets, market, heldProducts([record.account], market));
  if (isFailure(risk)) return risk;
  const report = assess(record.method, {
    account: record.account,
    market,
    methodology: parameters,
    risk,
    dailyVol: scenarios.dailyVol,
    linked,
    previousHealth: record.previousHealth,
  });
  if (isFailure(report)) return report;
  const assessed = toAssessed(report);
  return judgeAssessed(record.assessed, assessed) ?? assessed;
}

function judgeLinked(record: AccountRecord, linked: readonly Account[], sha256: Sha256): Failure | null {
  const isSame =
    record.linked.length === linked.length &&
    record.linked.every((hash, i) => sameBytes(hash, hashLinked(linked[i]!, sha256)));
  if (isSame) return null;
  const expected = 'the linked accounts that the record names';
  return refuse('PROOF_INVALID', { field: 'linked', value: linked.length, expected });
}

function judgeAssessed(stated: Assessed, computed: Assessed): Failure | null {
  const statedText = fieldTexts(stated);
  for (const [field, expected] of fieldTexts(computed)) {
    const value = statedText.get(field);
    if (value === expected) continue;
    return refuse('PROOF_INVALID', {
      field: `assessed.${field}`,
      value,
      expected: `${expected}, recomputed`,
    });
  }
  return null;
}

function fieldTexts(assessed: Assessed): ReadonlyMap<string, string> {
  const written = assessedCodec.write(assessed) as { readonly [field: string]: Value };
  return new Map(Object.entries(written).map(([field, value]) => [field, jsonOf(value)]));
}
