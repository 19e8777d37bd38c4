/**
 * The service on this machine: durable commands a second under 64 clients over loopback HTTP, and the latency of an order check that is
 * acknowledged only once it is on the disk, beside the same orders given to the sequencer directly. Run: node bench/service.ts [seconds].
 * Data goes to the temporary folder (TMPDIR names another disk).
 */
import { Agent, request } from 'node:http';
import { isFailure } from '../src/base/failure.ts';
import { sampleService } from '../src/service/service.fixture.ts';

const CLIENTS = 64;
const ACCOUNTS = 64;
const seconds = Number(process.argv[2] ?? 10);

const { serving, keys } = await sampleService({ accounts: ACCOUNTS });
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
const url = new URL(serving.address);

function post(kind: string, body: object): Promise<number> {
  const text = JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${keys.venue}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  };
  return new Promise((resolve, reject) => {
    const options = {
      host: url.hostname,
      port: url.port,
      agent,
      method: 'POST',
      path: `/v1/commands/${kind}`,
      headers,
    };
    const sent = request(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

function quantile(values: readonly number[], share: number): string {
  return (values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0).toFixed(2);
}

/** Runs `one` in every client until the time is over; prints how many a second, and their latency. */
async function measure(
  name: string,
  clients: number,
  one: (client: number, n: number) => Promise<boolean>,
): Promise<void> {
  const latencies: number[] = [];
  let failed = 0;
  const endMs = performance.now() + seconds * 1_000;
  const lanes = Array.from({ length: clients }, async (_, client) => {
    for (let n = 0; performance.now() < endMs; n += 1) {
      const beginMs = performance.now();
      if (!(await one(client, n))) failed += 1;
      latencies.push(performance.now() - beginMs);
    }
  });
  await Promise.all(lanes);
  const rate = Math.round(latencies.length / seconds).toLocaleString('en');
  console.log(
    `${name.padEnd(44)} ${rate.padStart(8)} /s   p50 ${quantile(latencies, 0.5)} ms   p99 ${quantile(latencies, 0.99)} ms   refused ${failed}`,
  );
}

const order = (client: number, id: string) => ({
  account: `trader-${client}`,
  id,
  instrument: 'BTC-PERP',
  quantity: '0.001',
  price: 95_000,
});
let run = 0;
const orderAndCancel = async (client: number, n: number): Promise<boolean> => {
  const id = `b${run}-${client}-${n}`;
  const status =
    n % 2 === 0
      ? await post('SubmitOrder', order(client, id))
      : await post('CancelOrder', { account: `trader-${client}`, id: `b${run}-${client}-${n - 1}` });
  return status === 200;
};
const { sequencer } = serving.service.venue;
await measure(`deposits over HTTP, ${CLIENTS} clients`, CLIENTS, async (client, n) => {
  const body = { id: `d-${client}-${n}`, account: `trader-${client}`, asset: 'USDC', amount: '0.01' };
  return (await post('Deposit', body)) === 200;
});
await measure(`orders and cancels over HTTP, ${CLIENTS} clients`, CLIENTS, orderAndCancel);
run = 1;
await measure('orders and cancels over HTTP, 1 client', 1, orderAndCancel);
await measure(`deposits to the sequencer, ${CLIENTS} clients`, CLIENTS, async (client, n) => {
  const account = `trader-${client}`;
  return !isFailure(
    await sequencer.submit({ kind: 'Deposit', id: `s-${client}-${n}`, account, asset: 'USDC', atoms: 1n }),
  );
});
const { journal } = sequencer.assess();
console.log(`${journal.records} records in ${journal.batches} synchronised commits`);
agent.destroy();
await serving.stop();
