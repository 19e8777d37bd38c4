import { type Failure, refuse } from '../base/failure.ts';
import { instrumentScope, underlyingScope, VENUE_SCOPE } from '../breaker/level.ts';
import type { Command } from './command.ts';
import type { OverrideDoc } from './documents.ts';
import { refuseApproval } from './parameters.ts';
import { earliest, refuseText } from './refusal.ts';
import type { EngineState, Turn } from './state.ts';
import { find, put } from './table.ts';

/**
 * Records a hold on a breaker (or the release of one) as proposed; a second person puts it in force, until its end. Scopes are `venue`,
 * `underlying:ASSET`, `instrument:ID`. Refuses UNKNOWN_ASSET, UNKNOWN_INSTRUMENT and SHAPE_INVALID for others, DUPLICATE_ID.
 */
export function overrideBreaker(turn: Turn, command: Command & { kind: 'OverrideBreaker' }): Failure | null {
  const { state, timeMs } = turn;
  const { override, scope, by, why, untilMs } = command;
  const taken = state.tables.overrides.indexOf.has(override);
  const refused = earliest([
    refuseText(override, 'override'),
    refuseText(by, 'by'),
    refuseScope(state, scope),
    Number.isSafeInteger(untilMs) && untilMs > timeMs
      ? null
      : refuse('NUMBER_OUT_OF_RANGE', { field: 'untilMs', value: untilMs, expected: `after ${timeMs}` }),
    taken ? refuse('DUPLICATE_ID', { field: 'override', value: override, expected: 'a new id' }) : null,
  ]);
  if (refused !== null) return refused;
  const doc = { scope, state: command.state, by, why: why.toWellFormed(), untilMs, approver: null };
  put(state.tables.overrides, override, { ...doc, stage: 'proposed' });
  turn.events.push({ kind: 'OverrideRecorded', override, by, state: 'proposed' });
  return null;
}

function refuseScope(state: EngineState, scope: string): Failure | null {
  if (scope === VENUE_SCOPE) return null;
  const [kind, ...rest] = scope.split(':');
  const id = rest.join(':');
  if (scope === underlyingScope(id)) {
    const expected = 'an asset that was listed';
    return state.tables.assets.indexOf.has(id)
      ? null
      : refuse('UNKNOWN_ASSET', { field: 'scope', value: id, expected });
  }
  if (scope === instrumentScope(id)) {
    const expected = 'a listed instrument';
    return state.tables.instruments.indexOf.has(id)
      ? null
      : refuse('UNKNOWN_INSTRUMENT', { field: 'scope', value: id, expected });
  }
  return refuse('SHAPE_INVALID', {
    field: 'scope',
    value: kind,
    expected: 'venue, underlying:… or instrument:…',
  });
}

/** Puts a recorded override in force; it replaces the one that holds its scope. Refuses as approvals do. */
export function approveOverride(
  turn: Turn,
  { override, by }: Command & { kind: 'ApproveOverride' },
): Failure | null {
  const { state, timeMs } = turn;
  const doc = find(state.tables.overrides, override);
  const isOpen = doc?.stage === 'proposed' && doc.untilMs > timeMs;
  const refused = refuseApproval(doc === undefined ? null : { by: doc.by, isOpen }, {
    field: 'override',
    id: override,
    approver: by,
  });
  if (refused !== null) return refused;
  endWhere(turn, (other) => other.scope === doc!.scope);
  put(state.tables.overrides, override, { ...doc!, approver: by, stage: 'in-force' });
  turn.events.push({ kind: 'OverrideRecorded', override, by, state: 'in-force' });
  turn.stirred = true;
  return null;
}

/** Ends overrides whose time is over. */
export function endOverrides(turn: Turn): void {
  endWhere(turn, (doc) => doc.untilMs <= turn.timeMs);
}

function endWhere(turn: Turn, which: (doc: OverrideDoc) => boolean): void {
  const { overrides } = turn.state.tables;
  for (const [index, doc] of overrides.items.entries()) {
    if (doc.stage !== 'in-force' || !which(doc)) continue;
    const override = overrides.keys[index]!;
    put(overrides, override, { ...doc, stage: 'ended' });
    turn.events.push({ kind: 'OverrideRecorded', override, by: doc.approver!, state: 'ended' });
    turn.stirred = true;
  }
}
