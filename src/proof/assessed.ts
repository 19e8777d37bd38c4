import { roundUpAtoms } from '../base/amount.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import { type AssessInput, assess } from '../margin/assess.ts';
import type { MarginReport, MethodId } from '../margin/report.ts';
import { worstScenarios } from '../margin/tail.ts';
import type { Account } from '../portfolio/account.ts';
import { accountCodec, type AccountRecord, type Assessed } from './account-codec.ts';
import { hashOf } from './canonical.ts';
import { DOMAIN } from './domain.ts';

/** Decimals of the USD amounts that are summed: deficits, shortfalls, the insurance fund. */
export const USD_PLACES = 6;

/** What of a report is committed to (PROOF-013). */
export function toAssessed(report: MarginReport): Assessed {
  const backing = report.equityUsd + report.creditUsd;
  let deficitUsd = Math.max(0, -report.pool.grossUsd);
  let shortfallUsd = Math.max(0, report.maintenanceUsd - backing);
  for (const { equityUsd, maintenanceUsd } of report.sleeves) {
    deficitUsd += Math.max(0, -equityUsd);
    shortfallUsd += Math.max(0, maintenanceUsd - equityUsd);
  }
  return {
    equityUsd: report.equityUsd,
    creditUsd: report.creditUsd,
    initialUsd: report.initialUsd,
    maintenanceUsd: report.maintenanceUsd,
    health: report.health,
    worst: report.requirement.scenarios.map(({ setId, worst, pnl }) => ({
      set: setId,
      index: worstScenarios(pnl, 1)[0]!,
      name: worst[0]!.name,
      pnlUsd: worst[0]!.pnlUsd,
    })),
    status: shortfallUsd > 0 ? 'queued' : 'margined',
    deficitAtoms: roundUpAtoms(deficitUsd, USD_PLACES),
    shortfallAtoms: roundUpAtoms(shortfallUsd, USD_PLACES),
  };
}

/** The record of an account whose margin was assessed before, from the inputs and the report of that assessment. */
function toAccountRecord(input: AssessInput, report: MarginReport, sha256: Sha256): AccountRecord {
  return {
    account: input.account,
    method: report.method,
    previousHealth: input.previousHealth,
    linked: input.linked.map((account) => hashLinked(account, sha256)),
    assessed: toAssessed(report),
  };
}

/** Assesses an account and makes its record. Refuses what {@link assess} refuses. */
export function assessRecord(method: MethodId, input: AssessInput, sha256: Sha256): AccountRecord | Failure {
  const report = assess(method, input);
  return isFailure(report) ? report : toAccountRecord(input, report, sha256);
}

/** Hash of another account of the same beneficial owner. */
export function hashLinked(account: Account, sha256: Sha256): Uint8Array {
  return hashOf({ domain: DOMAIN.linkedAccount, codec: accountCodec }, account, sha256);
}
