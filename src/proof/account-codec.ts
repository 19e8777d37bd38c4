import type { Account, CreditLine, OrderHold, Position } from '../portfolio/account.ts';
import { METHOD_IDS, type HealthState, type MethodId } from '../margin/report.ts';
import {
  type Codec,
  hash,
  i128,
  list,
  mapOf,
  nullable,
  real,
  record,
  text,
  u128,
  u53,
  word,
} from './codec.ts';

export const id: Codec<string> = text(128);

const position: Codec<Position> = record<Position>({
  instrument: id,
  quantityAtoms: i128,
  costAtoms: i128,
  isolatedAtoms: nullable(u128),
});

const order: Codec<OrderHold> = record<OrderHold>({ id, instrument: id, quantityAtoms: i128, price: real });

const creditLine: Codec<CreditLine> = record<CreditLine>({
  id,
  limitUsd: real,
  grantor: id,
  approver: id,
  expiryMs: real,
});

/** Everything that an account holds, owes and has on order. */
export const accountCodec: Codec<Account> = record<Account>({
  id,
  client: id,
  owner: id,
  mode: word('isolated', 'cross', 'portfolio'),
  balances: mapOf(i128, 10_000),
  positions: list(position, 100_000),
  orders: list(order, 100_000),
  creditLines: list(creditLine, 100),
});

/** `margined`: equity and credit cover maintenance, in the pool and in every sleeve. `queued`: they do not. */
export type Status = 'margined' | 'queued';

/** The worst scenario of one set: its place in the set, its name, and the account's P&L in it, USD. */
export type WorstScenario = {
  readonly set: string;
  readonly index: number;
  readonly name: string;
  readonly pnlUsd: number;
};

/**
 * What the venue says margin came to, to the last bit. USD; the two amounts are millionths of a USD, rounded up.
 * `equityUsd` is after haircuts. `deficitAtoms`: what the account owes beyond everything it has. `shortfallAtoms`: maintenance
 * less equity and credit, where that is above zero.
 */
export type Assessed = {
  readonly equityUsd: number;
  readonly creditUsd: number;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
  readonly health: HealthState;
  readonly worst: readonly WorstScenario[];
  readonly status: Status;
  readonly deficitAtoms: bigint;
  readonly shortfallAtoms: bigint;
};

export const assessedCodec: Codec<Assessed> = record<Assessed>({
  equityUsd: real,
  creditUsd: real,
  initialUsd: real,
  maintenanceUsd: real,
  health: word('healthy', 'warning', 'margin-call', 'reduce-only', 'liquidating', 'bankrupt'),
  worst: list(record<WorstScenario>({ set: id, index: u53, name: text(200), pnlUsd: real }), 16),
  status: word('margined', 'queued'),
  deficitAtoms: u128,
  shortfallAtoms: u128,
});

/**
 * One account in one epoch: what it holds, how it was margined, and what came out. `linked` are the hashes of the beneficial
 * owner's other accounts, which the margin of this one depends on.
 */
export type AccountRecord = {
  readonly account: Account;
  readonly method: MethodId;
  readonly previousHealth: HealthState;
  readonly linked: readonly Uint8Array[];
  readonly assessed: Assessed;
};

export const accountRecordCodec: Codec<AccountRecord> = record<AccountRecord>({
  account: accountCodec,
  method: word(...METHOD_IDS),
  previousHealth: word('healthy', 'warning', 'margin-call', 'reduce-only', 'liquidating', 'bankrupt'),
  linked: list(hash, 1_000),
  assessed: assessedCodec,
});
