import type { AddressInfo } from 'node:net';
import { pino, type Logger } from 'pino';
import { type Failure, refuse } from '../base/failure.ts';
import { systemClock } from '../io/clock.ts';
import type { Scope } from '../io/store/keys.ts';
import type { Market } from '../market/market.ts';
import { buildApp } from './app.ts';
import type { Limits, Service } from './call.ts';
import { Keys } from './keys.ts';
import { createMetrics } from './metrics.ts';
import { DEMO_OWNER, feedOf, openingOf } from './opening.ts';
import { Sessions } from './sessions.ts';
import type { Venue, VenueOptions } from './venue.ts';

export type ServeOptions = {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly consoleDir: string | null;
  readonly limits: Limits;
  /** Null: no log. */
  readonly logger: Logger | null;
};

/** A key as it is shown once: whose it is and its text. */
export type FirstKey = { readonly scope: Scope; readonly holder: string; readonly key: string };

/** A service that takes requests. `keys` are those that were made at its first start, empty ever after. */
export type Serving = {
  readonly address: string;
  readonly keys: readonly FirstKey[];
  readonly service: Service;
  readonly stop: () => Promise<void>;
};

/** Starts to serve an opened venue. Refuses FILE_UNREADABLE where the address cannot be had, and as the feed does. */
export async function serve(venue: Venue, options: ServeOptions): Promise<Serving | Failure> {
  const keys = new Keys(venue.keyStore);
  const first = keys.isEmpty ? firstKeys(keys, venue.clock.nowMs()) : [];
  const service: Service = {
    venue,
    keys,
    sessions: new Sessions(),
    metrics: createMetrics(venue),
    limits: options.limits,
  };
  const app = await buildApp(service, options.logger ?? false, options.consoleDir);
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await app.close();
    const expected = `an address that can be listened on: ${(error as Error).message}`;
    return refuse('FILE_UNREADABLE', {
      field: 'address',
      value: `${options.host}:${options.port}`,
      expected,
    });
  }
  const refused = venue.start();
  const { address, port, family } = app.server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const done = venue.stop();
    await app.close();
    await done;
  };
  if (refused !== null) {
    await stop();
    return refused;
  }
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    keys: first,
    service,
    stop,
  };
}

/** One key for each scope, and a second person for what two must approve. */
function firstKeys(keys: Keys, nowMs: number): FirstKey[] {
  const wanted: readonly (readonly [Scope, string, string | null])[] = [
    ['venue', 'venue', null],
    ['risk', 'risk-1', null],
    ['risk', 'risk-2', null],
    ['auditor', 'auditor', null],
    ['owner', DEMO_OWNER, DEMO_OWNER],
  ];
  return wanted.map(([scope, holder, owner]) => {
    const { key } = keys.issue({ scope, holder, owner }, nowMs);
    return { scope, holder, key };
  });
}

/** The log of a service: a JSON line a happening, without what would let its reader in. */
export function createLogger(): Logger {
  return pino({
    name: 'plimsoll',
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        'res.headers["set-cookie"]',
        'key',
        'csrfToken',
      ],
      censor: '[withheld]',
    },
  });
}

/** How a venue of a market file runs from a folder, with a generated feed and the machine's clock. */
export function venueOptions(
  market: Market,
  of: { readonly dataDir: string; readonly compact: boolean; readonly logger: Logger },
): VenueOptions {
  return {
    dataDir: of.dataDir,
    clockFrom: systemClock,
    opening: (nowMs) => openingOf(market, nowMs),
    feed: (state, clock) => feedOf(market, state, clock),
    tickMs: 1_000,
    inboxMax: 10_000,
    snapshotEvery: 50_000,
    compact: of.compact,
    eventsHeld: 20_000,
    onHalt: (failure, error) => of.logger.fatal({ failure, err: error }, 'the engine has halted'),
  };
}
