import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SESSION_COOKIE = 'plimsoll_session';
export const CSRF_HEADER = 'x-csrf-token';
const SESSION_MS = 12 * 3_600_000;
const SESSIONS_MAX = 10_000;

type Session = { readonly keyId: string; readonly csrf: string; readonly untilMs: number };

/** What a browser gets for a key: a cookie that scripts cannot read, and a token that only its own pages can. */
export type SessionGrant = { readonly cookie: string; readonly csrf: string; readonly untilMs: number };

/** Sessions of browsers, by the hash of their cookie; in memory, so a restart ends them. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** Opens a session of a key; the oldest makes room where there are too many. */
  open(keyId: string, timeMs: number): SessionGrant {
    for (const [id, { untilMs }] of this.#sessions) {
      if (untilMs > timeMs && this.#sessions.size < SESSIONS_MAX) break;
      this.#sessions.delete(id);
    }
    const token = randomBytes(32).toString('base64url');
    const csrf = randomBytes(32).toString('base64url');
    const untilMs = timeMs + SESSION_MS;
    this.#sessions.set(idOf(token), { keyId, csrf, untilMs });
    return { cookie: toCookie(token, SESSION_MS / 1_000), csrf, untilMs };
  }

  /** The session of a request's cookies, or null. */
  find(cookies: string | undefined, timeMs: number): Session | null {
    const token = readCookie(cookies);
    const session = token === null ? undefined : this.#sessions.get(idOf(token));
    return session === undefined || session.untilMs <= timeMs ? null : session;
  }

  /** Ends a session and gives the cookie that makes the browser forget it. */
  close(cookies: string | undefined): string {
    const token = readCookie(cookies);
    if (token !== null) this.#sessions.delete(idOf(token));
    return toCookie('', 0);
  }
}

/** Whether a request carries its session's token, compared in constant time. */
export function hasToken(session: Session, header: string | readonly string[] | undefined): boolean {
  if (typeof header !== 'string') return false;
  const [given, expected] = [Buffer.from(header), Buffer.from(session.csrf)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function idOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function toCookie(token: string, seconds: number): string {
  return `${SESSION_COOKIE}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
}

function readCookie(cookies: string | undefined): string | null {
  const match = /(?:^|;\s*)plimsoll_session=([A-Za-z0-9_-]{43})(?:;|$)/.exec(cookies ?? '');
  return match?.[1] ?? null;
}
