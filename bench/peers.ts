import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export type Answer = { readonly ms: number; readonly p99: number };

/** A program that measures workloads on demand, so that contestants can take turns. */
export type Peer = {
  readonly name: string;
  run(workload: string, times: number): Promise<Answer>;
  /** Results of a workload, after its first run. */
  results(workload: string): Float64Array | null;
  close(): void;
};

const here = fileURLToPath(new URL('.', import.meta.url));

function talk(name: string, command: readonly [string, ...string[]], folder: string): Peer {
  const [program, ...args] = command;
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(program, [...args, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name,
    run: async (workload, times) => {
      child.stdin.write(`${workload} ${times}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`the ${name} peer stopped`);
      const [, ms, p99] = line.value.split(' ');
      return { ms: Number(ms), p99: Number(p99) };
    },
    results: (workload) => {
      const file = join(folder, `${name}-${workload}.f64`);
      return existsSync(file) ? new Float64Array(readFileSync(file).buffer) : null;
    },
    close: () => child.kill(),
  };
}

/** Compiles the C++ peer; null with a message where there is no compiler. */
export function openNative(folder: string): Peer | null {
  const binary = join(folder, 'peer');
  const source = join(here, 'peers', 'peer.cpp');
  const made = spawnSync('g++', ['-O3', '-march=native', '-std=c++17', '-o', binary, source], {
    encoding: 'utf8',
  });
  if (made.status === 0) return talk('native', [binary], folder);
  process.stderr.write(`native peer skipped: ${made.error?.message ?? made.stderr}\n`);
  return null;
}

/** Starts the NumPy peer; null with a message where Python, NumPy or SciPy is missing. */
export function openNumpy(folder: string): Peer | null {
  const found = spawnSync('python3', ['-c', 'import numpy, scipy'], { encoding: 'utf8' });
  if (found.status === 0) return talk('numpy', ['python3', join(here, 'peers', 'peer.py')], folder);
  process.stderr.write(
    `NumPy peer skipped: ${found.error?.message ?? found.stderr.trim().split('\n').at(-1)}\n`,
  );
  return null;
}
