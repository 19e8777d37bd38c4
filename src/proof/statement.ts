import { assert } from '../base/assert.ts';
import { toBase64 } from '../base/base64.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import type { Account } from '../portfolio/account.ts';
import { accountCodec, type AccountRecord, accountRecordCodec } from './account-codec.ts';
import { canonicalText, parseCanonical } from './canonical.ts';
import { parseCheckpointText } from './checkpoint.ts';
import {
  bad,
  bytes,
  type Codec,
  hash,
  list,
  nullable,
  record,
  text,
  u128,
  u53,
  variant,
  word,
} from './codec.ts';
import { type Signed, signDocument, signedCodec } from './document.ts';
import { type Epoch, headOf } from './epoch.ts';
import { type EpochRecord, epochRecordCodec } from './epoch-record.ts';
import { liquidationCodec, type LiquidationRecord } from './liquidation.ts';
import type { MerkleLog } from './merkle.ts';
import { parseNote, type SignerKey } from './note.ts';
import type { SumNode } from './sum-tree.ts';

/** Where an epoch stands in the log, and the head that says so. `consistency` leads from a head that the reader kept. */
export type Anchor = {
  readonly epoch: EpochRecord;
  readonly index: number;
  readonly inclusion: readonly Uint8Array[];
  readonly consistency: { readonly size: number; readonly proof: readonly Uint8Array[] } | null;
  /** A checkpoint note with the cosignatures of witnesses. */
  readonly checkpoint: string;
};

type Place = { readonly index: number; readonly proof: readonly Uint8Array[] };

/** All that one account's owner needs beside the manifest (PROOF-040). Nothing in it is about anybody else but sums. */
export type AccountStatement = {
  readonly plimsoll: 'statement/1';
  readonly record: AccountRecord;
  readonly nonce: Uint8Array;
  readonly index: number;
  readonly path: readonly SumNode[];
  readonly positionPath: readonly SumNode[];
  readonly queue: Place | null;
  /** The beneficial owner's other accounts, whose hashes are in the record. */
  readonly linked: readonly Account[];
  readonly anchor: Anchor;
};

/** The same for a liquidation: the account just before it. */
export type LiquidationStatement = {
  readonly plimsoll: 'liquidation/1';
  readonly liquidation: LiquidationRecord;
  readonly nonce: Uint8Array;
  readonly place: Place;
  readonly linked: readonly Account[];
  readonly anchor: Anchor;
};

export type Statement = AccountStatement | LiquidationStatement;

const PATH_MAX = 64;

/** A node as one text, its hash and its sums with commas between: most sums of a path are zero, and it has many. */
const node: Codec<SumNode> = {
  read: (json, field) => {
    const [first, ...rest] = typeof json === 'string' && json.length < 100_000 ? json.split(',') : [];
    if (first === undefined) return bad(field, json, 'a hash and sums with commas between');
    const hashed = hash.read(first, field);
    if (isFailure(hashed)) return hashed;
    const sums: bigint[] = [];
    for (const part of rest) {
      const sum = u128.read(part, field);
      if (isFailure(sum)) return sum;
      sums.push(sum);
    }
    return { hash: hashed, sums };
  },
  write: (value) => [toBase64(value.hash), ...value.sums].join(','),
  encode: (writer, value) => {
    hash.encode(writer, value.hash);
    writer.u32(value.sums.length);
    for (const sum of value.sums) u128.encode(writer, sum);
  },
};

const hashes = list(hash, PATH_MAX);
const place = record<Place>({ index: u53, proof: hashes });
const linked = list(accountCodec, 1_000);

const anchor = record<Anchor>({
  epoch: epochRecordCodec,
  index: u53,
  inclusion: hashes,
  consistency: nullable(record<NonNullable<Anchor['consistency']>>({ size: u53, proof: hashes })),
  checkpoint: text(100_000),
});

export const statementCodec: Codec<Statement> = variant<Statement>('plimsoll', {
  'statement/1': record<AccountStatement>({
    plimsoll: word('statement/1'),
    record: accountRecordCodec,
    nonce: bytes(32),
    index: u53,
    path: list(node, PATH_MAX),
    positionPath: list(node, PATH_MAX),
    queue: nullable(place),
    linked,
    anchor,
  }),
  'liquidation/1': record<LiquidationStatement>({
    plimsoll: word('liquidation/1'),
    liquidation: liquidationCodec,
    nonce: bytes(32),
    place,
    linked,
    anchor,
  }),
});

const signedStatementCodec = signedCodec(statementCodec);
const STATEMENT_LENGTH_MAX = 64 * 1024 * 1024;

/** The one JSON text of a signed statement: the file that its owner keeps. */
export function toStatementText(signed: Signed<Statement>): string {
  return canonicalText(signedStatementCodec, signed);
}

/** Refuses what {@link parseCanonical} refuses. */
export function parseStatement(source: string): Signed<Statement> | Failure {
  return parseCanonical(signedStatementCodec, source, {
    field: 'statement',
    lengthMax: STATEMENT_LENGTH_MAX,
  });
}

/** The log that an epoch is in, where, and the witnessed checkpoint to anchor it to; `keptSize` is of a head that the reader kept. */
export type LogPlace = {
  readonly log: MerkleLog;
  readonly index: number;
  readonly checkpoint: string;
  readonly keptSize: number | null;
};

/** Refuses SHAPE_INVALID for a checkpoint that is none, NUMBER_OUT_OF_RANGE for one beyond the log or before the epoch. */
function makeAnchor(epoch: EpochRecord, at: LogPlace): Anchor | Failure {
  const note = parseNote(at.checkpoint, 'checkpoint');
  if (isFailure(note)) return note;
  const head = parseCheckpointText(note.text, 'checkpoint');
  if (isFailure(head)) return head;
  const inclusion = at.log.proveInclusion(at.index, head.size);
  if (isFailure(inclusion)) return inclusion;
  const { index, checkpoint, keptSize } = at;
  if (keptSize === null) return { epoch, index, inclusion, consistency: null, checkpoint };
  const proof = at.log.proveConsistency(keptSize, head.size);
  if (isFailure(proof)) return proof;
  return { epoch, index, inclusion, consistency: { size: keptSize, proof }, checkpoint };
}

type By = { readonly signer: SignerKey; readonly sha256: Sha256 };

/** The signed statement of one account. Refuses UNKNOWN_ACCOUNT and what {@link makeAnchor} refuses. */
export function makeStatement(
  epoch: Epoch,
  of: { readonly account: string; readonly linked: readonly Account[]; readonly at: LogPlace },
  by: By,
): Signed<Statement> | Failure {
  const index = epoch.indexOf.get(of.account);
  if (index === undefined) {
    return refuse('UNKNOWN_ACCOUNT', {
      field: 'account',
      value: of.account,
      expected: 'an account of the epoch',
    });
  }
  const anchored = makeAnchor(epoch.record, of.at);
  if (isFailure(anchored)) return anchored;
  const body: AccountStatement = {
    plimsoll: 'statement/1',
    record: epoch.accounts[index]!,
    nonce: epoch.nonces.at(index),
    index,
    path: epoch.liabilities.prove(index),
    positionPath: epoch.positions.prove(index),
    queue: placeIn(epoch.queue, epoch.queueIndexOf.get(of.account)),
    linked: of.linked,
    anchor: anchored,
  };
  return signDocument<Statement>(statementCodec, body, by);
}

/** The signed statement of the liquidation at `index` of an epoch. Refuses UNKNOWN_ACCOUNT and what {@link makeAnchor} refuses. */
export function makeLiquidationStatement(
  epoch: Epoch,
  of: { readonly index: number; readonly linked: readonly Account[]; readonly at: LogPlace },
  by: By,
): Signed<Statement> | Failure {
  const entry = epoch.liquidated[of.index];
  if (entry === undefined) {
    return refuse('UNKNOWN_ACCOUNT', {
      field: 'index',
      value: of.index,
      expected: 'a liquidation of the epoch',
    });
  }
  const anchored = makeAnchor(epoch.record, of.at);
  if (isFailure(anchored)) return anchored;
  const body: LiquidationStatement = {
    plimsoll: 'liquidation/1',
    ...entry,
    place: placeIn(epoch.liquidations, of.index)!,
    linked: of.linked,
    anchor: anchored,
  };
  return signDocument<Statement>(statementCodec, body, by);
}

function placeIn(log: MerkleLog, index: number | undefined): Place | null {
  if (index === undefined) return null;
  const proof = log.proveInclusion(index, headOf(log).size);
  assert(!isFailure(proof), 'an entry of a log can be proven');
  return { index, proof };
}

/** The account that a statement is about. */
export function recordOf(statement: Statement): AccountRecord {
  return statement.plimsoll === 'statement/1' ? statement.record : statement.liquidation.record;
}
