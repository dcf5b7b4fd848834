import { once } from 'node:events';

/** A Node process that was started with `--inspect`, by the protocol of its debugger. */
export type Inspector = Disposable & {
  /** https://chromedevtools.github.io/devtools-protocol/v8/ */
  readonly call: (method: string, params?: object) => Promise<Readonly<Record<string, unknown>>>;
};

export async function openInspector(port: number): Promise<Inspector> {
  const list = await fetch(`http://127.0.0.1:${port}/json/list`);
  const [target] = (await list.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await once(socket, 'open');
  const gone = once(socket, 'close').then((): never => {
    throw new Error('the process that is inspected has ended');
  });
  gone.catch(() => undefined); // closed by us some day, when nobody waits any more
  let calls = 0;
  return {
    call: async (method, params = {}) => {
      const id = ++calls;
      const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
      const hear = ({ data }: MessageEvent) => {
        const answer = JSON.parse(String(data)) as {
          id?: number;
          result?: Record<string, unknown>;
        };
        if (answer.id !== id) return;
        socket.removeEventListener('message', hear);
        resolve(answer.result ?? {});
      };
      socket.addEventListener('message', hear);
      socket.send(JSON.stringify({ id, method, params }));
      return Promise.race([promise, gone]);
    },
    [Symbol.dispose]: () => socket.close(),
  };
}
