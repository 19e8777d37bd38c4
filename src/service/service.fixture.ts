import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFailure } from '../base/failure.ts';
import { SAMPLE_START_MS, sampleVenue } from '../engine/sample.ts';
import type { MarketFeed } from '../io/feeds/feed.ts';
import type { Scope } from '../io/store/keys.ts';
import { DEFAULT_LIMITS, type Limits } from './call.ts';
import { serve, type Serving } from './serve.ts';
import { openVenue, type VenueOptions } from './venue.ts';

export function orThrow<T>(value: T): Exclude<T, { readonly failure: string }> {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value as Exclude<T, { readonly failure: string }>;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'plimsoll-service-'));
}

/** A feed that says nothing and remembers its shocks. */
export function silentFeed(): MarketFeed & { readonly shocks: unknown[] } {
  const shocks: unknown[] = [];
  return {
    shocks,
    start: () => undefined,
    stop: () => undefined,
    shock: (moves) => void shocks.push(...moves),
  };
}

/** The sample venue from a folder, on a clock that goes on by a millisecond a look. */
export function sampleOptions(dataDir: string, accounts: number, feed: MarketFeed | null): VenueOptions {
  return {
    dataDir,
    clockFrom: (startMs) => {
      let nowMs = Math.max(startMs, SAMPLE_START_MS);
      return { nowMs: () => (nowMs += 1) };
    },
    opening: () => sampleVenue({ accounts }),
    feed: () => feed,
    tickMs: 60_000,
    inboxMax: 10_000,
    snapshotEvery: 100_000,
    compact: false,
    eventsHeld: 10_000,
    onHalt: () => undefined,
  };
}

export type Keyring = Readonly<Record<Scope | 'stranger' | 'second', string>>;

/** A service over a sample venue, with a key of every scope; `owner` owns trader-0, `stranger` trader-1. */
export async function sampleService(
  of: { readonly limits?: Partial<Limits>; readonly dataDir?: string; readonly accounts?: number } = {},
): Promise<{ serving: Serving; keys: Keyring; feed: ReturnType<typeof silentFeed> }> {
  const feed = silentFeed();
  const options = sampleOptions(of.dataDir ?? temporaryFolder(), of.accounts ?? 4, feed);
  const venue = orThrow(await openVenue(options));
  const limits = { ...DEFAULT_LIMITS, requestsPerSecond: 1_000_000, ...of.limits };
  const serving = orThrow(
    await serve(venue, { host: '127.0.0.1', port: 0, consoleDir: null, limits, logger: null }),
  );
  const issue = (scope: Scope, holder: string, owner: string | null): string =>
    serving.service.keys.issue({ scope, holder, owner }, SAMPLE_START_MS).key;
  const keys: Keyring = {
    venue: issue('venue', 'v', null),
    owner: issue('owner', 'o', 'trader-0'),
    risk: issue('risk', 'r1', null),
    second: issue('risk', 'r2', null),
    auditor: issue('auditor', 'a', null),
    stranger: issue('owner', 's', 'trader-1'),
  };
  return { serving, keys, feed };
}

export type Answer = {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
};

/** One request with a key, or with whatever headers are given. */
export async function ask(
  address: string,
  of: {
    readonly route: string;
    readonly key?: string | null;
    readonly body?: unknown;
    readonly headers?: object;
  },
): Promise<Answer> {
  const [method, path] = of.route.split(' ') as [string, string];
  const response = await fetch(`${address}${path}`, {
    method,
    headers: {
      ...(of.key === undefined || of.key === null ? {} : { authorization: `Bearer ${of.key}` }),
      ...(of.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...of.headers,
    },
    ...(of.body === undefined ? {} : { body: JSON.stringify(of.body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const body = (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}
