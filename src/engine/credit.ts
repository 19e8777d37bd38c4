import { type Failure, refuse } from '../base/failure.ts';
import type { Command } from './command.ts';
import type { CreditDoc } from './documents.ts';
import { ownAccount, unknownAccount } from './orders.ts';
import { refuseApproval } from './parameters.ts';
import { earliest, refuseText } from './refusal.ts';
import { accountAt, setAccount, type Turn } from './state.ts';

/** Records a credit line as proposed; it counts once a second person approved it, until its expiry. */
export function grantCredit(turn: Turn, command: Command & { kind: 'GrantCredit' }): Failure | null {
  const { state, timeMs } = turn;
  const { account, line, limitUsd, by, expiryMs } = command;
  const index = ownAccount(state, account);
  const known = index === null ? undefined : accountAt(state, index).credit.find(({ id }) => id === line);
  const refused = earliest([
    refuseText(line, 'line'),
    refuseText(by, 'by'),
    Number.isFinite(limitUsd) && limitUsd > 0 && limitUsd <= 1e15
      ? null
      : refuse('NUMBER_OUT_OF_RANGE', {
          field: 'limitUsd',
          value: limitUsd,
          expected: 'above 0, at most 1e15',
        }),
    Number.isSafeInteger(expiryMs) && expiryMs > timeMs
      ? null
      : refuse('NUMBER_OUT_OF_RANGE', { field: 'expiryMs', value: expiryMs, expected: `after ${timeMs}` }),
    known === undefined ? null : refuse('DUPLICATE_ID', { field: 'line', value: line, expected: 'a new id' }),
    index === null ? unknownAccount(account) : null,
  ]);
  if (refused !== null) return refused;
  const doc = accountAt(state, index!);
  const credit: CreditDoc = { id: line, limitUsd, grantor: by, approver: '', expiryMs, state: 'proposed' };
  setAccount(state, { ...doc, credit: [...doc.credit, credit] });
  turn.events.push({ kind: 'CreditLineChanged', account, line, state: 'proposed' });
  return null;
}

/** Puts a proposed line in force. Refuses UNKNOWN_ACCOUNT, UNKNOWN_PROPOSAL, APPROVER_NOT_INDEPENDENT, PROPOSAL_CLOSED. */
export function approveCredit(
  turn: Turn,
  { account, line, by }: Command & { kind: 'ApproveCredit' },
): Failure | null {
  const { state, timeMs } = turn;
  const index = ownAccount(state, account);
  if (index === null) return unknownAccount(account);
  const doc = accountAt(state, index);
  const found = doc.credit.find(({ id }) => id === line);
  const isOpen = found?.state === 'proposed' && found.expiryMs > timeMs;
  const refused = refuseApproval(found === undefined ? null : { by: found.grantor, isOpen }, {
    field: 'line',
    id: line,
    approver: by,
  });
  if (refused !== null) return refused;
  setLine(turn, index, { ...found!, approver: by, state: 'in-force' });
  return null;
}

/** Ends the lines of all accounts whose time is over. */
export function endCredit(turn: Turn): void {
  const { state, timeMs } = turn;
  for (const [index, { credit }] of state.tables.accounts.items.entries()) {
    for (const line of credit) {
      if (line.state !== 'ended' && line.expiryMs <= timeMs)
        setLine(turn, index, { ...line, state: 'ended' });
    }
  }
}

function setLine(turn: Turn, index: number, line: CreditDoc): void {
  const doc = accountAt(turn.state, index);
  const credit = doc.credit.map((one) => (one.id === line.id ? line : one));
  setAccount(turn.state, { ...doc, credit });
  turn.touched.add(index);
  turn.events.push({ kind: 'CreditLineChanged', account: doc.id, line: line.id, state: line.state });
}
