import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { parseLevel } from '../base/level.ts';
import { encode, type Value } from '../base/value.ts';
import { judgeBreakerParameters } from '../breaker/parameters.ts';

import { fitScenarios } from '../margin/scenario-sets.ts';
import type { Methodology } from '../margin/methodology.ts';
import type { Command } from './command.ts';
import { historyOf, refit } from './refit.ts';
import { earliest, refuseText } from './refusal.ts';
import type { VenueRules } from './rules.ts';
import { type EngineState, ONLY, parametersOf, type Turn } from './state.ts';
import { find, put } from './table.ts';

/**
 * Records a change of parameters as proposed. It takes a second person to approve it and takes effect at the methodology's own time, at
 * once if that has passed. Refuses DUPLICATE_ID and parameters under which scenarios cannot be fitted.
 */
export function proposeParameters(
  turn: Turn,
  command: Command & { kind: 'ProposeParameters' },
): Failure | null {
  const { state, timeMs } = turn;
  const { proposal, by, why, methodology, rules = null } = command;
  const taken = state.tables.proposals.indexOf.has(proposal);
  const refused =
    earliest([
      refuseText(proposal, 'proposal'),
      refuseText(by, 'by'),
      judgeParameters(methodology, rules),
      taken ? refuse('DUPLICATE_ID', { field: 'proposal', value: proposal, expected: 'a new id' }) : null,
    ]) ?? tryFit(state, methodology);
  if (refused !== null) return refused;
  put(state.tables.proposals, proposal, {
    by,
    why: why.toWellFormed(),
    proposedMs: timeMs,
    methodology,
    rules,
    approver: null,
    state: 'proposed',
  });
  turn.events.push({ kind: 'ParametersChanged', proposal, state: 'proposed' });
  return null;
}

/** What can be seen of parameters without a market. Their file form is checked by `contract`. */
export function judgeParameters(methodology: Methodology, rules: VenueRules | null): Failure | null {
  const level = parseLevel(methodology.tail.level, 'methodology.tail.level');
  const breakers =
    rules === null ? [] : [rules.breakers.instrument, rules.breakers.underlying, rules.breakers.venue];
  const share = rules?.liquidation.depthShareMax ?? 1;
  const target = rules?.liquidation.targetRatio ?? 0.5;
  return earliest([
    isFailure(level) ? level : null,
    refuseUnlessPlain(methodology),
    rules === null ? null : refuseUnlessPlain(rules),
    ...breakers.map(judgeBreakerParameters),
    refuseText(methodology.id, 'methodology.id'),
    refuseText(methodology.version, 'methodology.version'),
    Number.isSafeInteger(methodology.effectiveMs)
      ? null
      : outOfRange('methodology.effectiveMs', methodology.effectiveMs, 'whole milliseconds'),
    share > 0 && share <= 1
      ? null
      : outOfRange('rules.liquidation.depthShareMax', share, 'above 0, at most 1'),
    target > 0 && target <= 1
      ? null
      : outOfRange('rules.liquidation.targetRatio', target, 'above 0, at most 1'),
  ]);
}

/** ENCODING_INVALID for what cannot be kept: NaN, broken text, anything that is no plain data. */
function refuseUnlessPlain(parameters: Methodology | VenueRules): Failure | null {
  const bytes = encode(parameters as unknown as Value);
  return isFailure(bytes) ? bytes : null;
}

function outOfRange(field: string, value: number, expected: string): Failure {
  return refuse('NUMBER_OUT_OF_RANGE', { field, value, expected });
}

/** A methodology that cannot be fitted today would leave the venue without margin: it is refused when it is proposed. */
function tryFit(state: EngineState, methodology: Methodology): Failure | null {
  if (state.market === null || state.scenarios === null) return null;
  const history = historyOf(state);
  if (isFailure(history)) return history;
  const fitted = fitScenarios(state.market, history, methodology);
  return isFailure(fitted) ? fitted : null;
}

/** Approves a proposal. Refuses UNKNOWN_PROPOSAL, APPROVER_NOT_INDEPENDENT (the proposer's own hand) and PROPOSAL_CLOSED. */
export function approveParameters(
  turn: Turn,
  { proposal, by }: Command & { kind: 'ApproveParameters' },
): Failure | null {
  const { state } = turn;
  const doc = find(state.tables.proposals, proposal);
  const refused = refuseApproval(
    doc === undefined ? null : { by: doc.by, isOpen: doc.state === 'proposed' },
    { field: 'proposal', id: proposal, approver: by },
  );
  if (refused !== null) return refused;
  put(state.tables.proposals, proposal, { ...doc!, approver: by, state: 'approved' });
  turn.events.push({ kind: 'ParametersChanged', proposal, state: 'approved' });
  enactParameters(turn);
  return null;
}

/** The two-person rule, the same for parameters, credit and overrides. */
export function refuseApproval(
  doc: { readonly by: string; readonly isOpen: boolean } | null,
  of: { readonly field: string; readonly id: string; readonly approver: string },
): Failure | null {
  const { field, id, approver } = of;
  if (doc === null) {
    return earliest([
      refuseText(approver, 'by'),
      refuse('UNKNOWN_PROPOSAL', { field, value: id, expected: 'something that was proposed' }),
    ]);
  }
  const expected = `somebody other than ${doc.by}`;
  return earliest([
    refuseText(approver, 'by'),
    doc.by === approver
      ? refuse('APPROVER_NOT_INDEPENDENT', { field: 'by', value: approver, expected })
      : null,
    doc.isOpen ? null : refuse('PROPOSAL_CLOSED', { field, value: id, expected: 'a proposal that is open' }),
  ]);
}

/** Puts approved parameters whose time has come in force, in the order of their times, and fits the scenarios anew. */
export function enactParameters(turn: Turn): void {
  const { state, timeMs } = turn;
  const { proposals } = state.tables;
  const due = proposals.keys
    .map((key) => [key, find(proposals, key)!] as const)
    .filter(([, doc]) => doc.state === 'approved' && doc.methodology.effectiveMs <= timeMs)
    .sort(([, a], [, b]) => a.methodology.effectiveMs - b.methodology.effectiveMs);
  for (const [key, doc] of due) {
    put(proposals, key, { ...doc, state: 'in-force' });
    const rules = doc.rules ?? parametersOf(state).rules;
    put(state.tables.parameters, ONLY, { methodology: doc.methodology, rules });
    state.epoch += 1;
    turn.events.push({ kind: 'ParametersChanged', proposal: key, state: 'in-force' });
  }
  if (due.length === 0) return;
  refit(turn);
  turn.watchAll = true;
}
