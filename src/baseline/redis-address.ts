export type RedisAddress = {
  readonly kind: 'standalone' | 'cluster';
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  readonly tls: boolean;
  /** For people: the address without its secrets. */
  readonly label: string;
};

/** Reads `redis://`, `rediss://` (TLS) or `redis-cluster://[user:password@]host:port,host:port`; throws a sentence without the password. */
export function parseRedisAddress(text: string): RedisAddress {
  const match = /^(redis|rediss|redis-cluster):\/\/(?:([^@]*)@)?([^@/?#]+)(?:\/(\d*))?$/.exec(text);
  if (match === null) throw notAnAddress();
  const [, scheme = '', credentials = '', hosts = '', database = ''] = match;
  const kind = scheme === 'redis-cluster' ? 'cluster' : 'standalone';
  const nodes = hosts.split(',').map(parseNode);
  if (kind === 'standalone' && nodes.length > 1) throw notAnAddress();
  const colon = credentials.indexOf(':');
  const username = colon < 0 ? credentials : credentials.slice(0, colon);
  const password = colon < 0 ? '' : credentials.slice(colon + 1);
  return {
    kind,
    nodes,
    username: username === '' ? null : decode(username),
    password: password === '' ? null : decode(password),
    database: Number(database),
    tls: scheme === 'rediss',
    label: `${scheme}://${hosts}${database === '' ? '' : `/${database}`}`,
  };
}

function parseNode(node: string): { readonly host: string; readonly port: number } {
  const url = URL.parse(`redis://${node}`);
  if (url === null || url.hostname === '') throw notAnAddress();
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
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
    'The address of the baseline store cannot be read; write redis://[user:password@]host:port[/database], rediss://… for TLS, or redis-cluster://host:port,host:port (percent-encode special characters of the password)',
  );
}
