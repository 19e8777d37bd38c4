import { main } from '../../src/cli/main.ts';

/** What one run of the command line said and how it ended. */
export type Captured = { readonly stdout: string; readonly stderr: string; readonly exitCode: number };

/** Runs the command line in this process, without colours, and collects what it prints. One run at a time. */
export async function capture(argv: readonly string[]): Promise<Captured> {
  const { env, stdout, stderr } = process;
  const before = { noColor: env['NO_COLOR'], force: env['FORCE_COLOR'], exitCode: process.exitCode };
  const writes = { out: stdout.write, err: stderr.write };
  const said = { out: '', err: '' };
  const listeners = stdout.listeners('error');
  env['NO_COLOR'] = '1';
  delete env['FORCE_COLOR'];
  process.exitCode = 0;
  stdout.write = (text: string | Uint8Array): boolean => ((said.out += String(text)), true);
  stderr.write = (text: string | Uint8Array): boolean => ((said.err += String(text)), true);
  try {
    await main(argv);
    return { stdout: said.out, stderr: said.err, exitCode: Number(process.exitCode) };
  } finally {
    stdout.write = writes.out;
    stderr.write = writes.err;
    process.exitCode = before.exitCode;
    restore(env, 'NO_COLOR', before.noColor);
    restore(env, 'FORCE_COLOR', before.force);
    for (const added of stdout.listeners('error')) {
      if (!listeners.includes(added)) stdout.off('error', added as () => void);
    }
  }
}

function restore(env: NodeJS.ProcessEnv, name: string, value: string | undefined): void {
  if (value === undefined) delete env[name];
  else env[name] = value;
}
