import { toHex } from '../base/bytes.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { AccountRecord } from './account-codec.ts';
import { judgeDocument } from './document.ts';
import { commitLiquidation } from './liquidation.ts';
import { hashLogLeaf, judgeInclusion } from './merkle.ts';
import type { OpenManifest } from './manifest.ts';
import type { ProofCrypto } from './signature.ts';
import { type LiquidationStatement, parseStatement, recordOf, statementCodec } from './statement.ts';
import type { Trust } from './trust.ts';
import {
  type Finding,
  type Line,
  STATEMENT_IDS,
  type StatementId,
  toLine,
  type Verdict,
  withoutHistory,
} from './verdict.ts';
import { verifyHistory } from './verify-history.ts';
import { recomputeMargin } from './verify-margin.ts';
import {
  type Checked,
  verifyClosedBook,
  verifyInclusion,
  verifyInputs,
  verifyQueue,
  verifySolvency,
} from './verify-book.ts';

type Findings = Readonly<Record<StatementId, Finding>>;

/**
 * Verifies a statement file against the epoch's manifest and what the reader trusts: a line for each of S1 to S10 (PROOF-043). Refuses a file
 * that is not the one text of a statement, that the operator did not sign (SIGNATURE_INVALID), or that is about another
 * account than the reader's (UNKNOWN_ACCOUNT). No clock, no network, no randomness.
 */
export function verifyStatement(
  source: string,
  from: { readonly manifest: OpenManifest; readonly trust: Trust },
  crypto: ProofCrypto,
): Verdict | Failure {
  const signed = parseStatement(source);
  if (isFailure(signed)) return signed;
  const { manifest, trust } = from;
  const statement = signed.body;
  const refused =
    judgeAccount(recordOf(statement), trust) ??
    judgeDocument(statementCodec, signed, { operator: trust.operator, crypto });
  if (refused !== null) return refused;
  const findings =
    statement.plimsoll === 'statement/1'
      ? findAccount({ statement, manifest, trust, crypto })
      : findLiquidation(statement, { manifest, trust, crypto });
  const lines = STATEMENT_IDS.map((id) => toLine(id, findings[id]));
  const isHistory = lines.every(({ id, outcome }) => id !== 'S8' || outcome !== 'failed');
  const { epoch, checkpoint } = statement.anchor;
  return {
    account: recordOf(statement).account.id,
    origin: epoch.origin,
    epoch: epoch.epoch,
    timeMs: epoch.timeMs,
    lines: isHistory ? lines : lines.map(withoutHistory),
    checkpoint: isHistory ? checkpoint : null,
  };
}

/** Whether no line failed. */
export function isUnrefuted({ lines }: { readonly lines: readonly Line[] }): boolean {
  return lines.every(({ outcome }) => outcome !== 'failed');
}

function judgeAccount({ account }: AccountRecord, trust: Trust): Failure | null {
  if (trust.account === null || account.id === trust.account) return null;
  return refuse('UNKNOWN_ACCOUNT', {
    field: 'record.account.id',
    value: account.id,
    expected: trust.account,
  });
}

function findAccount(by: Checked): Findings {
  const { statement, manifest, trust, crypto } = by;
  const { record, index, linked, anchor } = statement;
  const { epoch } = anchor;
  const leaf = verifyInclusion(by);
  const inputs = verifyInputs(epoch.inputs, manifest);
  const broken = isFailure(leaf) ? leaf : isFailure(inputs) ? inputs : null;
  const recomputed = broken ?? recomputeMargin(record, { manifest, linked }, crypto.sha256);
  const { initialUsd, maintenanceUsd } = record.assessed;
  return {
    S1: isFailure(leaf)
      ? leaf
      : `leaf ${index} of ${epoch.accounts}, key ${toHex(leaf.key).slice(0, 16)}…; every other leaf is for its owner to check`,
    S2: isFailure(leaf)
      ? leaf
      : `claims and borrowings apart, every sum on ${statement.path.length} steps within 128 bits`,
    S3: broken ?? verifySolvency(by),
    S4: broken !== null || isFailure(leaf) ? broken! : verifyClosedBook(by, leaf),
    S5: isFailure(recomputed)
      ? recomputed
      : `initial ${initialUsd} and maintenance ${maintenanceUsd} USD by ${record.method}, recomputed to the last bit`,
    S6: isFailure(recomputed) || isFailure(leaf) ? (recomputed as Failure) : verifyQueue(by, leaf),
    S7: inputs,
    S8: verifyHistory(anchor, trust, crypto),
    S9: notHere('by replay of the journal: the roots of every epoch come out of it again'),
    S10: notHere('this statement is about no liquidation'),
  };
}

type Around = { readonly manifest: OpenManifest; readonly trust: Trust; readonly crypto: ProofCrypto };

function findLiquidation(statement: LiquidationStatement, { manifest, trust, crypto }: Around): Findings {
  const { liquidation, nonce, place, linked, anchor } = statement;
  const { record } = liquidation;
  const { sha256 } = crypto;
  const entry = hashLogLeaf(commitLiquidation(liquidation, nonce, sha256), sha256);
  const absent = judgeInclusion({ leaf: entry, ...place }, anchor.epoch.liquidations, sha256);
  const inputs = verifyInputs(liquidation.inputs, manifest);
  const broken = absent ?? (isFailure(inputs) ? inputs : null);
  const recomputed = broken ?? recomputeMargin(record, { manifest, linked }, sha256);
  const elsewhere = notHere('by the account statement of an epoch');
  return {
    S1: elsewhere,
    S2: elsewhere,
    S3: elsewhere,
    S4: elsewhere,
    S5: isFailure(recomputed) ? recomputed : `maintenance ${record.assessed.maintenanceUsd} USD, recomputed`,
    S6: elsewhere,
    S7: inputs,
    S8: verifyHistory(anchor, trust, crypto),
    S9: notHere('by replay of the journal: the roots of every epoch come out of it again'),
    S10: isFailure(recomputed) ? recomputed : judgeDue(record),
  };
}

function judgeDue({ assessed }: AccountRecord): Finding {
  const { status, shortfallAtoms, equityUsd, creditUsd, maintenanceUsd } = assessed;
  if (status === 'queued') {
    return `equity ${equityUsd} and credit ${creditUsd} were below maintenance ${maintenanceUsd} USD at the committed parameters`;
  }
  const expected = 'a shortfall: maintenance was covered';
  return refuse('PROOF_INVALID', { field: 'liquidation.shortfallAtoms', value: shortfallAtoms, expected });
}

function notHere(why: string): Finding {
  return { notHere: why };
}
