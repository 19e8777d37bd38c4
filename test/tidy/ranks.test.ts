import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf, ROOT, type Source, sourcesBelow } from './sources.ts';

/** Ranks as ARCHITECTURE.md states them: the document is the configuration. */
function readRanks(): Map<string, number> {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const ranks = new Map<string, number>();
  for (const match of text.matchAll(/^\| *(\d+) *\| *`src\/([a-z]+)` *\|/gm))
    ranks.set(match[2]!, Number(match[1]));
  return ranks;
}

const ranks = readRanks();
const sources = sourcesBelow('src', ['.ts']).filter((s) => !s.path.startsWith('src/kernel/assembly/'));
const product = sources.filter((s) => !s.path.endsWith('.test.ts'));
const folderOf = (path: string): string | null => /^src\/([a-z]+)\//.exec(path)?.[1] ?? null;
const IO_RANK = ranks.get('io')!;

function importsOf(source: Source): string[] {
  return [
    ...source.text.matchAll(/(?:import|export)[^;'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g),
  ].map((match) => match[1] ?? match[2]!);
}

function upwardImports(source: Source): string[] {
  const from = folderOf(source.path);
  if (from === null) return [];
  return importsOf(source)
    .filter((name) => name.startsWith('.'))
    .flatMap((name) => {
      const to = folderOf(normalize(join(dirname(source.path), name)));
      if (to === null || to === from) return [];
      return ranks.get(to)! < ranks.get(from)!
        ? []
        : [`${source.path} imports ${name}: ${from} may not know ${to}`];
    });
}

/** Banned token → what to use instead. */
const BANNED_BELOW_IO: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, 'time is an argument'],
  [/\bMath\.random\b|\bcrypto\.getRandomValues\b/, 'a seeded generator of src/base, passed in'],
  [/\basync\b|\bawait\b|\bPromise\b/, 'io does what waits'],
  [/\bsetTimeout\b|\bsetInterval\b|\bqueueMicrotask\b/, 'time is an argument'],
  [/\bprocess\./, 'an argument'],
  [/\bconsole\./, 'return the report'],
  [/from ['"]node:/, 'io touches the system'],
  [/\.toLocaleString\b|\blocaleCompare\b|\bIntl\./, 'code-unit order; formatting belongs to cli and console'],
];

const BANNED_MATHS =
  /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot)\b|[^*]\*\*[^*]/;

describe('the house', () => {
  it('knows the rank of every folder', () => {
    const folders = new Set(product.map((s) => folderOf(s.path)).filter((f) => f !== null));
    expect([...folders].filter((folder) => !ranks.has(folder))).toEqual([]);
    expect(product.length).toBeGreaterThan(20);
  });

  it('imports strictly towards lower ranks', () => {
    expect(product.flatMap(upwardImports)).toEqual([]);
  });

  it('keeps clocks, chance, waiting and the system out of everything below io (BITS-005)', () => {
    const found = product
      .filter((s) => (ranks.get(folderOf(s.path) ?? '') ?? Infinity) < IO_RANK)
      .flatMap((s) =>
        BANNED_BELOW_IO.filter(([token]) => token.test(codeOf(s))).map(
          ([token, use]) => `${s.path}: ${token} → ${use}`,
        ),
      );
    expect(found).toEqual([]);
  });

  it('takes elementary functions from src/base, whose bits are the same everywhere (BITS-001)', () => {
    const found = product
      .filter((s) => !s.path.startsWith('src/base/') && !/^src\/(cli|service)\//.test(s.path))
      .flatMap((s) =>
        codeOf(s)
          .replace(/'[^'\n]*'|`[^`]*`/g, "''")
          .split('\n')
          .flatMap((line, i) => {
            const exact =
              /\b2 \*\* -?\d+\b|\d+n\s*\*\*|\*\*\s*\d+n|BigInt\([^)]*\)\s*\*\*|\*\*\s*BigInt/.test(line);
            return BANNED_MATHS.test(line) && !exact ? [`${s.path}:${i + 1}: ${line.trim()}`] : [];
          }),
      );
    expect(found).toEqual([]);
  });
});
