import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Command } from '../engine/command.ts';
import type { Asker, CommandWire } from './command-wire.ts';
import { ACCOUNT_COMMANDS } from './commands-account.ts';
import { VENUE_COMMANDS } from './commands-venue.ts';
import { parseShape } from './shape.ts';

/** Kinds of command that may come over a wire; the others are the engine's own. */
export type WireKind = keyof typeof ACCOUNT_COMMANDS | keyof typeof VENUE_COMMANDS;

/** Every command on the wire. */
export const COMMANDS: Readonly<Record<WireKind, CommandWire>> = { ...ACCOUNT_COMMANDS, ...VENUE_COMMANDS };

export const WIRE_KINDS: readonly WireKind[] = Object.keys(COMMANDS) as WireKind[];

/**
 * Parses the body of a command of one kind: exact amounts in the decimals of their asset, times in milliseconds, names of people from who
 * asks. Refuses what the shape refuses, UNKNOWN_ASSET and UNKNOWN_INSTRUMENT for amounts that cannot be read, DECIMAL_INVALID, DATE_INVALID.
 */
export function parseCommand(kind: WireKind, body: unknown, asker: Asker): Command | Failure {
  const { shape, parse } = COMMANDS[kind];
  const checked = parseShape(shape, body, kind);
  return isFailure(checked) ? checked : parse(checked as never, asker);
}

/** A kind by its name, or SHAPE_INVALID. */
export function parseKind(name: string): WireKind | Failure {
  const found = WIRE_KINDS.find((kind) => kind === name);
  if (found !== undefined) return found;
  return refuse('SHAPE_INVALID', { field: 'kind', value: name, expected: WIRE_KINDS.join(', ') });
}
