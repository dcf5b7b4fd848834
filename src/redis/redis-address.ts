export type RedisAddress = {
  readonly kind: 'standalone' | 'cluster' | 'sentinel';
  /** The servers; of a Sentinel set the Sentinels, which name the server. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  readonly tls: boolean;
  /** What the Sentinels watch, and how they are asked; null elsewhere. */
  readonly sentinel: SentinelAddress | null;
  /** For people: the address without its secrets. */
  readonly label: string;
};

export type SentinelAddress = {
  /** The name of the set of servers (`sentinel monitor NAME`). */
  readonly name: string;
  readonly username: string | null;
  readonly password: string | null;
};

/** Every form: `redis://`, `redis-cluster://`, `redis-sentinel://`, and the same with `rediss` for TLS. */
const form =
  /^(rediss?)(?:-(cluster|sentinel))?:\/\/(?:([^@]*)@)?([^@/?#]+)(?:\/([^/?#@]*))?(?:\/(\d+))?(?:\?sentinel=([^@/?#]*))?$/;

export function isRedisAddress(text: string): boolean {
  return /^rediss?(?:-cluster|-sentinel)?:/.test(text);
}

/**
 * Reads `redis://[user:password@]host:port[/database]`, `redis-cluster://…host:port,host:port` or
 * `redis-sentinel://…host:port,host:port/NAME[/database][?sentinel=user:password]`, each with `rediss` for TLS.
 * @throws a sentence without the passwords.
 */
export function parseRedisAddress(text: string): RedisAddress {
  const match = form.exec(text);
  if (match === null) throw notAnAddress();
  const [, protocol = '', kind = 'standalone', credentials, hosts = ''] = match;
  const [path = '', further, sentinelCredentials] = match.slice(5);
  const isSentinel = kind === 'sentinel';
  const database = isSentinel ? further : path;
  const isMisplaced = !isSentinel && (further ?? sentinelCredentials) !== undefined;
  if (isMisplaced || (isSentinel && path === '') || !/^\d*$/.test(database ?? ''))
    throw notAnAddress();
  const nodes = hosts.split(',').map((node) => parseNode(node, isSentinel ? 26379 : 6379));
  if (kind === 'standalone' && nodes.length > 1) throw notAnAddress();
  return {
    kind: kind as RedisAddress['kind'],
    nodes,
    ...parseCredentials(credentials),
    database: Number(database ?? ''),
    tls: protocol === 'rediss',
    sentinel: isSentinel ? { name: decode(path), ...parseCredentials(sentinelCredentials) } : null,
    label: text.slice(0, text.indexOf('//') + 2) + [hosts, path, further].filter(Boolean).join('/'),
  };
}

function parseCredentials(text = ''): Pick<RedisAddress, 'username' | 'password'> {
  const colon = text.indexOf(':');
  const username = colon < 0 ? text : text.slice(0, colon);
  const password = colon < 0 ? '' : text.slice(colon + 1);
  return {
    username: username === '' ? null : decode(username),
    password: password === '' ? null : decode(password),
  };
}

function parseNode(
  node: string,
  usualPort: number,
): { readonly host: string; readonly port: number } {
  const url = URL.parse(`redis://${node}`);
  if (url === null || url.hostname === '') throw notAnAddress();
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? usualPort : Number(url.port),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notAnAddress();
  }
}

function notAnAddress(): Error {
  return new Error(
    'The address of the baseline store cannot be read; write redis://[user:password@]host:port[/database], redis-cluster://host:port,host:port, redis-sentinel://host:port,host:port/NAME, or the same with rediss for TLS (percent-encode special characters of the password)',
  );
}
