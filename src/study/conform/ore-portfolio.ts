/** Portfolio ids of every trade that states any. */
export type Portfolios = ReadonlyMap<string, readonly string[]>;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.trim().replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');
}

/** Reads which portfolios each trade belongs to from an XML portfolio; what else it holds is passed over. */
export function readPortfolios(xml: string): Portfolios {
  const result = new Map<string, readonly string[]>();
  const bare = xml.replace(/<!--[\s\S]*?-->/g, '');
  for (const [, attributes = '', body = ''] of bare.matchAll(/<Trade\s([^>]*)>([\s\S]*?)<\/Trade>/g)) {
    const id = /\bid\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(attributes);
    const ids = [...body.matchAll(/<PortfolioId>([^<]*)<\/PortfolioId>/g)].map(([, text = '']) =>
      decode(text),
    );
    const named = ids.filter((text) => text !== '');
    if (id !== null && named.length > 0) result.set(decode(id[1] ?? id[2] ?? ''), named);
  }
  return result;
}
