import type { WebSocket } from 'ws';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { accountsOf, toEventJson } from '../contract/event-json.ts';
import { namesOf } from '../contract/state-json.ts';
import { isOnChannel, parseStreamRequest, type StreamRequest } from '../contract/stream-shape.ts';
import { accountIndex } from '../engine/state.ts';
import type { Applied } from '../io/replay.ts';
import type { Service } from './call.ts';
import type { Principal } from './keys.ts';
import { briefReport } from './report.ts';
import { eventFor, type Sees, sightOf } from './visibility.ts';

type Connection = {
  readonly socket: WebSocket;
  readonly principal: Principal;
  readonly sees: Sees;
  readonly subscriptions: Map<string, StreamRequest>;
  /** What was last sent of each report: epoch and version that it was made in. */
  readonly reported: Map<string, string>;
  said: number;
  isAlive: boolean;
};

/** Reports are looked at this often, and clients are asked whether they are there this often. */
const REPORT_MS = 500;
const HEARTBEAT_MS = 30_000;
/** Time that reports may take of one round; the rest goes on in the next. */
const REPORT_BUDGET_MS = 50;
/** Messages that a client may send between two rounds of reports. */
const SAID_MAX = 50;

/**
 * The streams of a service. What a client does not read in time is not kept for it: one whose backlog grows beyond its limit is dropped, and
 * reads on from `GET /v1/events`.
 */
export class Streams {
  readonly #service: Service;
  readonly #connections = new Set<Connection>();
  readonly #timers: NodeJS.Timeout[];

  constructor(service: Service) {
    this.#service = service;
    service.venue.follow((batch) => this.#publish(batch));
    this.#timers = [
      setInterval(() => this.#sendReports(), REPORT_MS),
      setInterval(() => this.#askAlive(), HEARTBEAT_MS),
    ];
    service.metrics.connections.set(0);
  }

  /** RATE_LIMITED where one key, or everybody together, has too many streams open. */
  judgeConnection(principal: Principal): Failure | null {
    const { connections, connectionsPerKey } = this.#service.limits;
    const own = [...this.#connections].filter((one) => one.principal.keyId === principal.keyId).length;
    if (own < connectionsPerKey && this.#connections.size < connections) return null;
    const expected = `at most ${connectionsPerKey} streams of one key, and ${connections} in all`;
    return refuse('RATE_LIMITED', { field: 'streams', value: own, expected });
  }

  attach(socket: WebSocket, principal: Principal): void {
    const connection: Connection = {
      socket,
      principal,
      sees: sightOf(principal, this.#service.venue.state),
      subscriptions: new Map(),
      reported: new Map(),
      said: 0,
      isAlive: true,
    };
    this.#connections.add(connection);
    this.#service.metrics.connections.set(this.#connections.size);
    socket.on('message', (data: Buffer) => this.#hear(connection, data.toString('utf8')));
    socket.on('pong', () => (connection.isAlive = true));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#connections.delete(connection);
      this.#service.metrics.connections.set(this.#connections.size);
    });
  }

  /** Says good-bye to everybody. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const { socket } of this.#connections) socket.close(1001, 'the service stops');
  }

  #hear(connection: Connection, text: string): void {
    connection.said += 1;
    if (connection.said > SAID_MAX) {
      connection.socket.close(1008, 'too many messages');
      return;
    }
    const request = parseStreamRequest(text);
    const refused = isFailure(request) ? request : this.#judge(connection, request);
    if (refused !== null || isFailure(request)) {
      this.#send(connection, JSON.stringify({ error: refused }));
      return;
    }
    const { act, channel, account } = request;
    const name = `${channel} ${account ?? ''}`;
    if (act === 'subscribe') connection.subscriptions.set(name, request);
    else connection.subscriptions.delete(name);
    connection.reported.delete(name);
    this.#send(connection, JSON.stringify({ [`${act}d`]: channel, account }));
  }

  #judge({ subscriptions, sees }: Connection, { act, channel, account }: StreamRequest): Failure | null {
    const { subscriptionsPerConnection } = this.#service.limits;
    if (act === 'unsubscribe') return null;
    if (subscriptions.size >= subscriptionsPerConnection) {
      const expected = `at most ${subscriptionsPerConnection} subscriptions`;
      return refuse('RATE_LIMITED', { field: 'subscriptions', value: subscriptions.size, expected });
    }
    if (account === null && channel !== 'reports') return null;
    if (account === null) {
      return refuse('SHAPE_INVALID', {
        field: 'account',
        value: 'missing',
        expected: 'the account to report on',
      });
    }
    if (!sees(account)) {
      return refuse('NOT_ALLOWED', {
        field: 'account',
        value: account,
        expected: 'an account in reach of the key',
      });
    }
    if (accountIndex(this.#service.venue.state, account) !== null) return null;
    const expected = 'an account that was opened';
    return refuse('UNKNOWN_ACCOUNT', { field: 'account', value: account, expected });
  }

  #publish(batch: readonly Applied[]): void {
    const listening = [...this.#connections].filter((one) => one.subscriptions.size > 0);
    if (listening.length === 0) return;
    const names = namesOf(this.#service.venue.state);
    for (const { seq, timeMs, events } of batch) {
      for (const event of events) {
        const about = accountsOf(event);
        let whole: string | null = null;
        for (const connection of listening) {
          const { principal, sees, subscriptions } = connection;
          const isWanted = [...subscriptions.values()].some(
            ({ channel, account }) =>
              isOnChannel(event, channel) && (account === null || about.includes(account)),
          );
          const visible = isWanted ? eventFor(event, principal, sees) : null;
          if (visible === null) continue;
          const text = (): string => JSON.stringify({ event: toEventJson(visible, { seq, timeMs, names }) });
          if (visible === event) whole ??= text();
          this.#send(connection, visible === event ? whole! : text());
        }
      }
    }
  }

  #sendReports(): void {
    const { state } = this.#service.venue;
    const endMs = performance.now() + REPORT_BUDGET_MS;
    const made = new Map<string, string>();
    for (const connection of this.#connections) {
      connection.said = 0;
      for (const [name, { channel, account }] of connection.subscriptions) {
        if (channel !== 'reports' || performance.now() > endMs) continue;
        const stamp = `${state.epoch} ${state.versions[accountIndex(state, account!)!]}`;
        if (connection.reported.get(name) === stamp) continue;
        connection.reported.set(name, stamp);
        const text = made.get(account!) ?? this.#report(account!);
        made.set(account!, text);
        this.#send(connection, text);
      }
    }
  }

  #report(account: string): string {
    const report = briefReport(this.#service.venue.state, account);
    return JSON.stringify(isFailure(report) ? { account, error: report } : { account, report });
  }

  #send(connection: Connection, text: string): void {
    const { socket } = connection;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > this.#service.limits.backlogBytes) {
      this.#service.metrics.dropped.inc();
      this.#connections.delete(connection);
      socket.terminate();
      return;
    }
    socket.send(text);
  }

  #askAlive(): void {
    for (const connection of this.#connections) {
      const { socket, principal } = connection;
      const isGone = !connection.isAlive || this.#service.keys.principalOf(principal.keyId) === null;
      if (isGone) socket.terminate();
      connection.isAlive = false;
      if (!isGone) socket.ping();
    }
  }
}
