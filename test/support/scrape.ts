import { startSite, vendorMail } from '../end-to-end/site.ts';
import { SmtpRecorder } from './smtp-recorder.ts';

export type Scrape = {
  readonly text: string;
  /** Type by name, as its TYPE lines say. */
  readonly families: ReadonlyMap<string, string>;
};

export type ScrapedGateway = AsyncDisposable & {
  readonly scrape: (accept?: string) => Promise<Scrape>;
};

/** A whole gateway that has had mail, to be scraped as Prometheus does. */
export async function startScrapedGateway(): Promise<ScrapedGateway> {
  await using opened = new AsyncDisposableStack();
  const nextHop = opened.use(await SmtpRecorder.start());
  const site = opened.use(await startSite({ nextHop: nextHop.address }));
  await site.send(await vendorMail());
  const { host, port } = site.server.http;
  const owned = opened.move();
  return {
    scrape: async (accept = 'text/plain') => {
      const response = await fetch(`http://${host}:${port}/metrics`, { headers: { accept } });
      const text = await response.text();
      const types = text.matchAll(/^# TYPE (\S+) (\S+)$/gm);
      return {
        text,
        families: new Map(Array.from(types, ([, name = '', type = '']) => [name, type])),
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
