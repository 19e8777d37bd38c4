const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

export const DAY_MS = 86_400_000;

/** A moment in text: `bareDate` is true for a bare date, which names a whole day and not a moment. */
export type Instant = { readonly timeMs: number; readonly bareDate: boolean };

/**
 * Parses an ISO 8601 date (`2020-03-12`) or time (`2020-03-12T13:00:00Z`, offsets allowed, UTC where none is given) into
 * milliseconds since 1970; null for anything else, also for days that the calendar does not have.
 */
export function parseInstant(text: string): Instant | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  if (hour! > 23 || minute! > 59 || second! > 59) return null;
  const midnightMs = Date.UTC(year!, month! - 1, day!);
  if (new Date(midnightMs).toISOString().slice(0, 10) !== text.slice(0, 10)) return null;
  const fractionMs = Number((match[7] ?? '').padEnd(3, '0'));
  const clockMs = ((hour! * 60 + minute!) * 60 + second!) * 1000 + fractionMs;
  return { timeMs: midnightMs + clockMs - offsetMs(match[8]), bareDate: match[4] === undefined };
}

/** `2020-03-12` of a moment, in UTC. */
export function toIsoDate(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
}
