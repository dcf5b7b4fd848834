import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { HostPort } from '../config/host-port.ts';
import { closeHttp } from '../observability/close-http.ts';
import type { RequestHandler } from '../observability/http.ts';
import { loadCertificate, watchCertificate, type CertificateFiles } from '../smtp/certificate.ts';

export type ConsoleListener = AsyncDisposable & { readonly address: HostPort };

export type ListenOptions = {
  /** Port 0 takes a free one. */
  readonly listen: HostPort;
  /** With it the console speaks https only. */
  readonly certificate: CertificateFiles | null;
  readonly handle: RequestHandler;
  readonly onError: (error: Error) => void;
};

const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 5000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5000,
};

/** An address of the console's own. @throws when it cannot be listened on, or the certificate cannot be used. */
export async function listenForConsole(options: ListenOptions): Promise<ConsoleListener> {
  const { listen, certificate, handle, onError } = options;
  await using opened = new AsyncDisposableStack();
  const server = certificate === null ? createServer(limits, handle) : await tls(certificate);
  async function tls(files: CertificateFiles): Promise<Server> {
    const current = await loadCertificate(files);
    const secure = createTlsServer({ ...limits, ...current, minVersion: 'TLSv1.2' }, handle);
    const onChange = (renewed: { readonly cert: Buffer; readonly key: Buffer }) =>
      secure.setSecureContext(renewed);
    opened.use(watchCertificate({ files, current, onChange, onError }));
    return secure;
  }
  server.maxConnections = 200;
  server.listen(listen.port, listen.host);
  await once(server, 'listening');
  opened.defer(() => closeHttp(server));
  const { address, port } = server.address() as AddressInfo;
  const owned = opened.move();
  return {
    address: { host: address, port },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
