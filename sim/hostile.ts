import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { makeUniform } from '../src/base/random.ts';

/** Where to send hostile messages, and the keys to send them with. */
export type Target = { readonly address: string; readonly keys: readonly string[] };

export type HostileReport = {
  readonly messages: number;
  /** Answers by status; 0 where the connection was closed instead. */
  readonly statuses: ReadonlyMap<number, number>;
};

const FIELDS = [
  'id',
  'account',
  'asset',
  'amount',
  'instrument',
  'quantity',
  'price',
  '__proto__',
  'constructor',
  'by',
];
const VALUES = [
  'null',
  '0',
  '-1',
  '1e999',
  '1e-400',
  '"NaN"',
  '"0.000000000000000000001"',
  '"trader-0"',
  '"BTC-PERP"',
  '"USDC"',
  '"\\ud800"',
  '""',
  '[]',
  '{}',
  '[[[[]]]]',
  '{"__proto__":{"a":1}}',
  'true',
  '99999999999999999999999999999999999999999',
];
const ROUTES = [
  'POST /v1/commands/Deposit',
  'POST /v1/commands/SubmitOrder',
  'POST /v1/commands/Fill',
  'POST /v1/commands/MarketFrame',
  'POST /v1/commands/ProposeParameters',
  'POST /v1/commands/OpenAccount',
  'POST /v1/commands/Transfer',
  'POST /v1/accounts/trader-0/what-if',
  'POST /v1/keys',
  'POST /v1/shock',
  'POST /v1/session',
  'GET /v1/events?after=%00&limit=x',
  'GET /v1/accounts?limit=-9&after=%F0%9F',
  'GET /v1/accounts/..%2f..%2fetc/report',
  'GET /v1/accounts/trader-0/report?method=toString',
  'DELETE /v1/keys/__proto__',
  'PUT /v1/venue',
  'GET /%',
];

type Draw = () => number;
const pick = <T>(draw: Draw, items: readonly T[]): T => items[Math.floor(draw() * items.length)]!;

/** A body that may be anything between nearly right and noise. */
function hostileBody(draw: Draw): string {
  const kind = draw();
  if (kind < 0.1)
    return Array.from({ length: draw() * 200 }, () => String.fromCharCode(draw() * 256)).join('');
  if (kind < 0.15) return '['.repeat(draw() * 5_000);
  if (kind < 0.2) return `{"a":"${'x'.repeat(draw() * 20_000)}"}`;
  const fields = Array.from({ length: draw() * 8 }, () => `"${pick(draw, FIELDS)}":${pick(draw, VALUES)}`);
  const text = `{${fields.join(',')}}`;
  return kind < 0.3 ? text.slice(0, draw() * text.length) : text;
}

async function sendHttp({ address, keys }: Target, draw: Draw): Promise<number> {
  const [method, path] = pick(draw, ROUTES).split(' ') as [string, string];
  const key = draw() < 0.9 ? pick(draw, keys) : hostileBody(draw).replaceAll(/[^\x21-\x7e]/g, '');
  const type = draw() < 0.95 ? 'application/json' : pick(draw, ['text/plain', 'application/xml', 'x']);
  const headers = { authorization: `Bearer ${key.slice(0, 4_000)}`, 'content-type': type };
  const body = method === 'GET' ? undefined : hostileBody(draw);
  const response = await fetch(`${address}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  }).catch(() => null);
  await response?.arrayBuffer().catch(() => null);
  return response?.status ?? 0;
}

/** Bytes that are not HTTP, or only begin to be. */
function sendRaw({ address }: Target, draw: Draw): Promise<number> {
  const { hostname, port } = new URL(address);
  const starts = [
    'GET / HTTP/9.9\r\n\r\n',
    'POST /v1/session HTTP/1.1\r\nContent-Length: -1\r\n\r\n',
    '\0\0\0',
    'GET /v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  ];
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () =>
      socket.end(pick(draw, starts) + hostileBody(draw)),
    );
    let status = 0;
    socket.on('data', (data: Buffer) => {
      status ||= Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1'))?.[1] ?? 0);
    });
    socket.on('error', () => resolve(status));
    socket.on('close', () => resolve(status));
    socket.setTimeout(2_000, () => socket.destroy());
  });
}

/** A stream on which most of what is said is nonsense. Gives how many messages were said. */
function sendStream({ address, keys }: Target, draw: Draw): Promise<number> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/v1/stream`, {
    headers: { authorization: `Bearer ${pick(draw, keys)}` },
  });
  const texts = [
    '{"act":"subscribe","channel":"events"}',
    '{"act":"subscribe","channel":"reports","account":"x"}',
    '{}',
  ];
  return new Promise((resolve) => {
    const count = Math.floor(draw() * 40);
    socket.on('error', () => resolve(0));
    socket.on('unexpected-response', () => resolve(0));
    socket.on('close', () => resolve(count));
    socket.on('open', () => {
      for (let n = 0; n < count; n += 1) {
        const said = draw() < 0.3 ? pick(draw, texts) : hostileBody(draw).slice(0, 5_000);
        socket.send(draw() < 0.1 ? Buffer.from(said) : said);
      }
      setTimeout(() => socket.close(), 5);
    });
  });
}

/** Sends malformed messages over HTTP, WebSocket and bare sockets, `wide` at a time, until `messages` were sent. Seeded. */
export async function beHostile(
  target: Target,
  of: { readonly messages: number; readonly seed: number; readonly wide: number },
): Promise<HostileReport> {
  const draw = makeUniform(of.seed);
  const statuses = new Map<number, number>();
  let messages = 0;
  const count = (status: number): void => void statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const lane = async (): Promise<void> => {
    while (messages < of.messages) {
      const kind = draw();
      if (kind < 0.02) messages += await sendStream(target, draw);
      else {
        messages += 1;
        count(kind < 0.04 ? await sendRaw(target, draw) : await sendHttp(target, draw));
      }
    }
  };
  await Promise.all(Array.from({ length: of.wide }, lane));
  return { messages, statuses };
}
