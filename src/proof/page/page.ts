import { describeFailure, type Failure, isFailure } from '../../base/failure.ts';
import { createKernel } from '../../kernel/kernel.ts';
import { openManifest } from '../manifest.ts';
import { pureCrypto } from '../signature.ts';
import { parseTrust } from '../trust.ts';
import { NEVER_PROVEN, type Verdict } from '../verdict.ts';
import { verifyStatement } from '../verify.ts';

/** What of a browser the page needs, so that it can be run without one. */
export type PageElement = {
  textContent: string | null;
  className: string;
  readonly files?: { readonly 0?: PageFile } | null;
  replaceChildren(...children: PageElement[]): void;
  append(...children: PageElement[]): void;
  addEventListener(type: 'change', listener: () => void): void;
};
export type PageFile = { readonly name: string };
export type PageHost = {
  find(id: string): PageElement;
  create(tag: string): PageElement;
  /** Calls `done` with the text of a file, null where it cannot be read as UTF-8. */
  read(file: PageFile, done: (text: string | null) => void): void;
};

const INPUTS = ['statement', 'manifest', 'trust'] as const;
type InputName = (typeof INPUTS)[number];

/** Wires the page up: once all three files are chosen, and whenever one changes, it verifies and shows a line per statement. */
export function mountPage(host: PageHost): void {
  const texts = new Map<InputName, string | null>();
  host.find('never').replaceChildren(...NEVER_PROVEN.map((words) => element(host, 'li', words)));
  if (!canCompute()) {
    const words =
      'This browser cannot run the engine: it needs WebAssembly with SIMD. Use a newer one, or the command line.';
    show(host, [element(host, 'p.failed', words)]);
    return;
  }
  for (const name of INPUTS) {
    const input = host.find(name);
    input.addEventListener('change', () => {
      texts.delete(name);
      const file = input.files?.[0];
      show(host, []);
      if (file === undefined) return;
      host.read(file, (text) => {
        texts.set(name, text);
        if (texts.size === INPUTS.length) show(host, answer(host, texts));
      });
    });
  }
}

/** Whether the engine runs here at all, so that a browser is not taken for a dishonest venue. */
function canCompute(): boolean {
  try {
    createKernel({ bytes: 1 << 16, stride: 64 });
    return true;
  } catch {
    return false;
  }
}

function show(host: PageHost, children: readonly PageElement[]): void {
  host.find('verdict').replaceChildren(...children);
}

function answer(host: PageHost, texts: ReadonlyMap<InputName, string | null>): PageElement[] {
  const verdict = verifyTexts(texts);
  return isFailure(verdict)
    ? [element(host, 'p.failed', `Refused: ${describeFailure(verdict)}`)]
    : verdictElements(host, verdict);
}

function verifyTexts(texts: ReadonlyMap<InputName, string | null>): Verdict | Failure {
  const { sha256 } = pureCrypto;
  const trust = parseTrust(texts.get('trust') ?? '', sha256);
  if (isFailure(trust)) return trust;
  const manifest = openManifest(texts.get('manifest') ?? '', sha256);
  if (isFailure(manifest)) return manifest;
  return verifyStatement(texts.get('statement') ?? '', { manifest, trust }, pureCrypto);
}

const WORDS = { proven: 'proven', failed: 'FAILED', 'not-proven-here': 'not proven here' } as const;

function verdictElements(host: PageHost, verdict: Verdict): PageElement[] {
  const table = host.create('table');
  for (const { id, title, outcome, reason } of verdict.lines) {
    const row = element(host, `tr.${outcome}`, null);
    row.append(
      element(host, 'th', id),
      element(host, 'td.outcome', WORDS[outcome]),
      element(host, 'td', `${title}: ${reason}`),
    );
    table.append(row);
  }
  const time = new Date(verdict.timeMs).toISOString();
  const heading = `Account ${verdict.account} at ${verdict.origin}, epoch ${verdict.epoch} of ${time}`;
  const parts = [element(host, 'h2', heading), table];
  if (verdict.checkpoint === null) return parts;
  const keep = 'Keep this checkpoint: the next statement must continue it (lastSeen in the trust file).';
  return [...parts, element(host, 'p', keep), element(host, 'pre', verdict.checkpoint)];
}

/** An element of a kind such as `td.outcome`: tag and class. */
function element(host: PageHost, kind: string, text: string | null): PageElement {
  const [tag, className = ''] = kind.split('.');
  const made = host.create(tag!);
  made.textContent = text;
  made.className = className;
  return made;
}
