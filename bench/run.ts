/**
 * The speed of the kernels beside their twins, NumPy and C++, in one run: `npm run bench [-- rounds]`. Contestants take turns; every
 * ratio is taken inside its round and the median of the rounds is shown. One table, one JSON line a workload.
 */
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { openWorkers } from '../src/io/workers.ts';
import { createKernel } from '../src/kernel/kernel.ts';
import { makeInputs } from './inputs.ts';
import { digits, median, quantile } from './measure.ts';
import { type Answer, openNative, openNumpy, type Peer } from './peers.ts';
import { measureTicks } from './tick.ts';
import { disagreement, listWorkloads, type Workload } from './workloads.ts';

const ROUNDS = Math.max(5, Number(process.argv[2] ?? 9));
const TWIN_ROUNDS = 3;

type Round = {
  readonly ours: Answer;
  readonly twin: number | null;
  readonly peers: ReadonlyMap<string, Answer>;
  readonly shared: number | null;
  readonly alone: number | null;
};

async function oneRound(workload: Workload, peers: readonly Peer[], withTwin: boolean): Promise<Round> {
  const ours = workload.ours();
  const answers = new Map<string, Answer>();
  for (const peer of peers) answers.set(peer.name, await peer.run(workload.against, workload.times));
  return {
    ours,
    peers: answers,
    shared: workload.shared?.() ?? null,
    alone: workload.alone?.() ?? null,
    twin: withTwin ? workload.twin() : null,
  };
}

const spread = (values: readonly number[]): string =>
  `${digits(median(values))} (${digits(quantile(values, 0.1))}–${digits(quantile(values, 0.9))})`;

function summarise(
  workload: Workload,
  rounds: readonly Round[],
  peers: readonly Peer[],
): Record<string, unknown> {
  const of = (name: string, pick: (answer: Answer) => number): number[] =>
    rounds.flatMap((r) => (r.peers.has(name) ? [pick(r.peers.get(name)!)] : []));
  const ratio = (name: string): number[] =>
    rounds.flatMap((r) => (r.peers.has(name) ? [r.peers.get(name)!.ms / r.ours.ms] : []));
  const deviations = peers.map((peer) => ({
    peer: peer.name,
    value: disagreement(workload, peer.name, peer.results(workload.against)),
  }));
  const ok = deviations.every((d) => d.value === null || d.value <= workload.tolerance);
  const numpy = ratio('numpy');
  const native = ratio('native').map((r) => 1 / r);
  const shared = rounds.flatMap((r) => (r.shared === null ? [] : [r.shared]));
  const gain = rounds.flatMap((r) => (r.shared === null || r.alone === null ? [] : [r.alone / r.shared]));
  const sharedNative = rounds.flatMap((r) =>
    r.shared === null || !r.peers.has('native') ? [] : [r.shared / r.peers.get('native')!.ms],
  );
  const orNull = (values: readonly number[]): number | null =>
    values.length === 0 ? null : Number(median(values).toPrecision(4));
  process.stdout.write(
    `| ${workload.title} | ${digits(median(rounds.map((r) => r.ours.ms)))} | ${digits(orNull(of('native', (a) => a.ms)))} | ${digits(orNull(of('numpy', (a) => a.ms)))} | ${native.length > 0 ? spread(native) : '–'} | ${numpy.length > 0 ? spread(numpy) : '–'} | ${shared.length > 0 ? `${digits(median(shared))}; ${digits(median(gain))} × one; ${digits(orNull(sharedNative))} × native` : '–'} | ${ok ? 'agrees' : 'FAILED'} |\n`,
  );
  return {
    workload: workload.name,
    ours_ms: orNull(rounds.map((r) => r.ours.ms)),
    twin_ms: orNull(rounds.flatMap((r) => (r.twin === null ? [] : [r.twin]))),
    numpy_ms: orNull(of('numpy', (a) => a.ms)),
    native_ms: orNull(of('native', (a) => a.ms)),
    ratio_numpy: orNull(numpy),
    ratio_native: orNull(native),
    ours_p99_ms: workload.name === 'trade' ? orNull(rounds.map((r) => r.ours.p99)) : null,
    native_p99_ms: workload.name === 'trade' ? orNull(of('native', (a) => a.p99)) : null,
    two_threads_ms: orNull(shared),
    two_threads_gain: orNull(gain),
    ratio_native_two_threads: orNull(sharedNative),
    deviations,
    tolerance: workload.tolerance,
    ok,
  };
}

async function main(): Promise<void> {
  const kernel = createKernel({ bytes: 1 << 28, stride: 1008 });
  const inputs = makeInputs(kernel);
  const pool = openWorkers(kernel, { threads: 2, stride: 1008 });
  const peers = [openNative(inputs.folder), openNumpy(inputs.folder)].filter((peer) => peer !== null);
  process.stdout.write(
    `${cpus()[0]!.model}, ${cpus().length} processors, Node ${process.version}, ${ROUNDS} rounds, ${new Date().toISOString().slice(0, 10)}\n\n`,
  );
  process.stdout.write(
    '| workload | ours ms | native ms | NumPy ms | ours ÷ native (p10–p90) | NumPy ÷ ours | two threads ms | results |\n|---|---|---|---|---|---|---|---|\n',
  );
  const lines: Record<string, unknown>[] = [];
  try {
    for (const workload of listWorkloads({ kernel, pool, inputs })) {
      await oneRound(workload, peers, false);
      const rounds: Round[] = [];
      for (let i = 0; i < ROUNDS; i++) rounds.push(await oneRound(workload, peers, i < TWIN_ROUNDS));
      lines.push(summarise(workload, rounds, peers));
    }
    lines.push(...measureTicks(ROUNDS));
  } finally {
    for (const peer of peers) peer.close();
    pool.close();
    rmSync(inputs.folder, { recursive: true, force: true });
  }
  process.stdout.write(`\n${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  if (lines.some((line) => line['ok'] === false)) process.exitCode = 1;
}

await main();
