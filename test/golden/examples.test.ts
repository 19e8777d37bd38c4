import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capture } from '../cli/capture.ts';
import { listExamples, printReport } from './examples.ts';

type Line = { readonly id: string; readonly initialUsd: number };
type Answer = {
  readonly initialUsd: number;
  readonly equityUsd: number;
  readonly isolationUsd: number;
  readonly requirement: { readonly components: readonly Line[]; readonly contributions: readonly Line[] };
  readonly positions: readonly Line[];
  readonly methods: readonly {
    readonly method: string;
    readonly equityUsd: number;
    readonly initialUsd: number;
  }[];
};

const CORE: ReadonlySet<string> = new Set(['scenario-risk', 'stress', 'diversification-cap', 'buffer']);
const sum = (lines: readonly Line[]): number =>
  lines.reduce((total, { initialUsd }) => total + initialUsd, 0);

async function answerOf(book: string): Promise<Answer> {
  const { stdout } = await capture(['margin', book, '--json']);
  return (JSON.parse(stdout) as { accounts: readonly Answer[] }).accounts[0]!;
}

const examples = listExamples();

describe('the examples', () => {
  it('are the six books that a practitioner knows', () => {
    expect(examples.map(({ name }) => name)).toEqual([
      'calendar-across-coins',
      'cash-and-carry',
      'inverse-long',
      'luna-ust',
      'market-maker',
      'short-strangle',
    ]);
  });

  it.each(examples)('$name prints its expected report, in 100 columns', async (example) => {
    const printed = await printReport(example);
    expect(printed).toBe(readFileSync(example.expected, 'utf8'));
    for (const line of printed.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(100);
  });

  it.each(examples)(
    'MARGIN-010 $name: one pool needs at most what everything alone needs, add-ons aside',
    async ({ book }) => {
      const { initialUsd, isolationUsd, requirement, methods } = await answerOf(book);
      const core = sum(requirement.components.filter(({ id }) => CORE.has(id)));
      expect(core).toBeGreaterThan(0);
      expect(core).toBeLessThanOrEqual(isolationUsd * (1 + 1e-9));
      expect(sum(requirement.contributions) / initialUsd).toBeCloseTo(1, 9);
      expect(methods.find(({ method }) => method === 'unified')!.initialUsd).toBe(initialUsd);
    },
  );

  it('need more together than alone only where collateral and position fail together', async () => {
    const dearer: string[] = [];
    for (const { name, book } of examples) {
      const { initialUsd, isolationUsd } = await answerOf(book);
      if (initialUsd > isolationUsd * (1 + 1e-9)) dearer.push(name);
    }
    expect(dearer).toEqual(['luna-ust']);
  });

  it('ADDON-005 the LUNA book backed by UST needs more for its wrong-way collateral than for all else', async () => {
    const { initialUsd, requirement } = await answerOf(
      examples.find(({ name }) => name === 'luna-ust')!.book,
    );
    const wrongWay = requirement.components.find(({ id }) => id === 'wrong-way')!.initialUsd;
    expect(wrongWay).toBeGreaterThan(initialUsd / 2);
  });
});
