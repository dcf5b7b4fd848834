import {
  createAuthenticator,
  type AuthenticatorOptions,
} from '../../src/authentication/authenticate.ts';
import {
  createResolver,
  type Resolver,
  type ResolverOptions,
} from '../../src/authentication/resolver.ts';
import type { AuthenticationResults } from '../../src/authentication/results.ts';
import type { Zone } from '../../src/commands/demo/zone.ts';
import { startZoneServer, type ZoneServer } from '../../src/commands/demo/zone-server.ts';
import { memoryContent, type Content } from '../../src/smtp/content.ts';
import type { Transaction } from '../../src/smtp/transaction.ts';

export type Sent = {
  readonly mailFrom?: string;
  readonly helo?: string;
  readonly clientAddress?: string;
};

/** A DNS server, a resolver that asks it, and an authenticator that asks the resolver. */
export interface Lab extends AsyncDisposable {
  readonly server: ZoneServer;
  readonly resolver: Resolver;
  /** What the authenticator reported as bugs. */
  readonly errors: readonly unknown[];
  authenticate(message: string | Content, sent?: Sent): Promise<AuthenticationResults>;
}

export type LabOptions = Partial<
  ResolverOptions & Pick<AuthenticatorOptions, 'deadlineMs' | 'maxQueries'>
>;

export const resolverOptions = {
  timeoutMs: 1500,
  maxEntries: 100,
  maxTtlSeconds: 60,
  negativeTtlSeconds: 60,
};

export async function openLab(zone: Zone, options: LabOptions = {}): Promise<Lab> {
  const { deadlineMs = 5000, maxQueries = 50, ...overrides } = options;
  const server = await startZoneServer(zone, { host: '127.0.0.1', port: 0 });
  const resolver = createResolver({ ...resolverOptions, servers: [server.address], ...overrides });
  const errors: unknown[] = [];
  const authenticate = createAuthenticator({
    resolver,
    authservId: 'mx.recipient.example',
    deadlineMs,
    maxQueries,
    onError: (error) => errors.push(error),
  });
  return {
    server,
    resolver,
    errors,
    authenticate: (message, sent = {}) => authenticate(transactionOf(message, sent)),
    async [Symbol.asyncDispose]() {
      await resolver[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export function transactionOf(message: string | Content, sent: Sent): Transaction {
  const {
    mailFrom = 'bounce@bounces.vendor.example',
    helo = 'out.vendor.example',
    clientAddress = '192.0.2.7',
  } = sent;
  return {
    id: '0123456789abcdefghij',
    receivedAt: new Date('2026-11-22T12:00:00Z'),
    connection: {
      clientAddress,
      clientPort: 40_000,
      clientHostname: null,
      helo,
      protocol: 'ESMTP',
    },
    envelope: {
      mailFrom,
      rcptTo: ['a@recipient.example'],
      mailParameters: '',
      rcptParameters: [''],
    },
    content: typeof message === 'string' ? memoryContent(Buffer.from(message, 'latin1')) : message,
  };
}

/** A short notification. */
export function notification(from = 'service@vendor.example'): string {
  const fields = [
    `From: Vendor <${from}>`,
    'To: a@recipient.example',
    'Subject: Your receipt',
    'Date: Sun, 22 Nov 2026 12:00:00 +0000',
  ];
  return `${fields.join('\r\n')}\r\n\r\nThank you.\r\n`;
}
