import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Command } from 'commander';
import { isFailure, refuse } from '../../base/failure.ts';
import { readText } from '../../io/files.ts';
import type { ConformCase, ConformFile, ConformInput, ConformSuite } from '../../study/conform/suite.ts';
import { SUITES } from '../../study/conform/suites.ts';
import { EXIT, orRefuse, Refused } from '../failure-exit.ts';
import type { Terminal } from '../terminal.ts';

type Summary = {
  readonly suite: string;
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly worst: Omit<ConformCase, 'status'> | null;
  readonly reasons: readonly string[];
};

/** Adds `plimsoll conform SUITE PATH`. */
export function addConform(program: Command, terminal: Terminal): void {
  program
    .command('conform')
    .description('compare this engine with numbers computed elsewhere; one JSON line, exit 0 when all pass')
    .argument('[suite]', 'suite id; without it, the suites are listed')
    .argument('[path]', 'file, or folder read with everything below it')
    .option('--failures <n>', 'print this many failed cases to standard error', '10')
    .action((suiteId: string | undefined, path: string | undefined, options: { failures: string }) => {
      if (suiteId === undefined) return listSuites(terminal);
      const suite = SUITES.find((s) => s.id === suiteId);
      if (suite === undefined) {
        const expected = SUITES.map((s) => s.id).join(', ');
        throw new Refused(refuse('UNKNOWN_SUITE', { field: 'SUITE', value: suiteId, expected }));
      }
      if (path === undefined) {
        throw new Refused(
          refuse('FILE_UNREADABLE', { field: 'PATH', value: 'missing', expected: 'a file or folder' }),
        );
      }
      const cases = [...suite.run(readInput(path))];
      report(suite, cases, { terminal, failuresShown: Number(options.failures) });
    });
}

function listSuites(terminal: Terminal): void {
  for (const { id, about } of SUITES) terminal.print(`${id.padEnd(16)} ${about}`);
}

function report(
  suite: ConformSuite,
  cases: readonly ConformCase[],
  by: { readonly terminal: Terminal; readonly failuresShown: number },
): void {
  const failed = cases.filter((c) => c.status === 'failed');
  for (const { name, field, expected, actual, reason } of failed.slice(0, by.failuresShown)) {
    by.terminal.note(
      `failed ${name} ${field}: expected ${expected}, got ${actual}${reason ? ` (${reason})` : ''}`,
    );
  }
  const summary = summarise(suite.id, cases);
  by.terminal.print(JSON.stringify(summary));
  if (failed.length > 0 || summary.passed === 0) by.terminal.exitWith(EXIT.negative);
}

function summarise(suite: string, cases: readonly ConformCase[]): Summary {
  const count = (status: ConformCase['status']): number => cases.filter((c) => c.status === status).length;
  const compared = cases.filter((c) => c.status !== 'skipped');
  const ratio = (c: ConformCase): number => (c.tolerance > 0 ? c.deviation / c.tolerance : c.deviation);
  const worst = compared.reduce<ConformCase | null>(
    (w, c) => (w === null || !(ratio(c) <= ratio(w)) ? c : w),
    null,
  );
  return {
    suite,
    cases: cases.length,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    worst: worst === null ? null : { ...worst },
    reasons: [
      ...new Set(cases.flatMap((c) => (c.status === 'skipped' ? [`${c.name}: ${c.reason ?? ''}`] : []))),
    ],
  };
}

function readInput(path: string): ConformInput {
  const isFolder = statOrRefuse(path);
  const names = isFolder ? walk(path) : [path];
  const files: ConformFile[] = names.map((name) => ({
    name: isFolder ? relative(path, name).split(sep).join('/') : name.split(sep).at(-1)!,
    text: orRefuse(readText(name)),
  }));
  const folder = isFolder ? path : dirname(path);
  return {
    files,
    sibling: (name) => {
      const text = readText(join(folder, name));
      return isFailure(text) ? null : text;
    },
  };
}

function statOrRefuse(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    throw new Refused(
      refuse('FILE_UNREADABLE', { field: 'PATH', value: path, expected: 'a file or folder' }),
    );
  }
}

function walk(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
