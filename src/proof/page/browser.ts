import { mountPage, type PageElement, type PageFile } from './page.ts';

/** The little of the browser's own types that the page touches. */
type Browser = {
  readonly document: {
    getElementById(id: string): PageElement | null;
    createElement(tag: string): PageElement;
  };
  readonly FileReader: new () => {
    result: unknown;
    onload: (() => void) | null;
    onerror: (() => void) | null;
    readAsArrayBuffer(file: PageFile): void;
  };
};

const { document, FileReader } = globalThis as unknown as Browser;

mountPage({
  find: (id) => document.getElementById(id)!,
  create: (tag) => document.createElement(tag),
  read: (file, done) => {
    const reader = new FileReader();
    reader.onload = (): void => done(decode(reader.result as ArrayBuffer));
    reader.onerror = (): void => done(null);
    reader.readAsArrayBuffer(file);
  },
});

function decode(bytes: ArrayBuffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
