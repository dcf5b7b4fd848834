import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { AuditRecord } from '../../src/audit/audit-log.ts';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { openAccessFile } from '../../src/console/access/access-file.ts';
import {
  credentialOf,
  watchOperators,
  writeOperators,
} from '../../src/console/access/operators.ts';
import type { Operator } from '../../src/console/access/operators.ts';
import { hashPassword } from '../../src/console/access/password.ts';
import { createSessions } from '../../src/console/access/sessions.ts';
import { createTokens, type Scope } from '../../src/console/access/tokens.ts';
import { createConsole, type ConsoleOptions } from '../../src/console/server.ts';
import type { ConsoleSources } from '../../src/console/sources.ts';
import { startHttp } from '../../src/observability/http.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createReadiness } from '../../src/observability/readiness.ts';
import { activate } from '../../src/activate-rules.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { recordingReview, type RecordingReview } from './recording-review.ts';

export const password = 'correct horse battery';
const passwordHash = await hashPassword(password);
export const rules = activate(shippedRuleSet, { mode: null });
export const someAlias = rules.aliases[0]?.id ?? '';

export const names = { viewer: 'vera', operator: 'otto', admin: 'anna' } as const;

export function operator(name: string, role: Operator['role']): Operator {
  return { name, role, password: passwordHash };
}

export const everyRole: readonly Operator[] = [
  operator(names.viewer, 'viewer'),
  operator(names.operator, 'operator'),
  operator(names.admin, 'admin'),
];

export type Site = {
  readonly port: number;
  readonly origin: string;
  readonly review: RecordingReview;
  readonly audited: readonly AuditRecord[];
  readonly failures: readonly unknown[];
  /** `method outcome` */
  readonly logins: readonly string[];
  readonly operatorsFile: string;
  readonly clock: { nowMs: number };
  readonly sessions: ReturnType<typeof createSessions>;
  readonly tokens: ReturnType<typeof createTokens>;
  readonly token: (...scopes: readonly Scope[]) => string;
};

export type SiteOptions = {
  /** Null: there is no operators file. */
  readonly operators?: readonly Operator[] | null;
  readonly sources?: Partial<ConsoleSources>;
  readonly client?: Partial<ConsoleOptions['client']>;
  readonly loginLimits?: ConsoleOptions['loginLimits'];
  readonly review?: RecordingReview;
  readonly access?: Partial<Pick<ConsoleOptions['access'], 'passwordLogin' | 'oidc'>>;
  /** Where a provider must know of it beforehand. */
  readonly port?: number;
};

/** The console on a real listener, over a store, operators, sessions and tokens of its own. */
export async function startSite(t: TestContext, options: SiteOptions = {}): Promise<Site> {
  const { operators = everyRole, review = recordingReview([]) } = options;
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-console-'));
  const operatorsFile = join(stateDir, 'operators.yaml');
  if (operators !== null) await writeOperators(operatorsFile, operators);
  const clock = { nowMs: Date.now() };
  const now = () => new Date(clock.nowMs);
  const file = openAccessFile(stateDir);
  const [sessions, tokens] = [createSessions(file, now), createTokens(file, now)];
  const baselines = await openStore('sqlite::memory:', {
    limits: defaultStoreLimits,
    timeoutMs: 1000,
  });
  const audited: AuditRecord[] = [];
  const failures: unknown[] = [];
  const logins: string[] = [];
  const append = (record: AuditRecord) => Promise.resolve(void audited.push(record));
  const site = await createConsole({
    sources: {
      review: review.review,
      quarantine: review.quarantine,
      baselines,
      rules: () => rules,
      policyInForce: () => rules.policy,
      candidate: () => null,
      pseudonym: (word) => `hash of ${word}`,
      auditHeads: () => Promise.resolve([]),
      audit: { append },
      auditReader: review.auditReader,
      status: () => Promise.resolve(review.status),
      requests: review.requests,
      ...options.sources,
    },
    access: {
      operators: watchOperators(operatorsFile, { mustExist: options.access?.oidc != null }),
      sessions,
      tokens,
      passwordLogin: true,
      oidc: null,
      ...options.access,
    },
    client: { trustedProxies: [], hosts: ['console.test'], isTls: false, ...options.client },
    version: '0.1.0',
    now,
    ...(options.loginLimits ? { loginLimits: options.loginLimits } : {}),
    events: {
      consoleLogin: (method, outcome) => void logins.push(`${method} ${outcome}`),
      consoleAnswered: () => undefined,
      consoleFailed: (error) => void failures.push(error),
    },
  });
  const up = () => Promise.resolve();
  const http = await startHttp({
    listen: { host: '127.0.0.1', port: options.port ?? 0 },
    registry: createMetrics('0.1.0').registry,
    readiness: createReadiness({ isDraining: () => false, checkNextHop: up, checkStore: up }),
    others: site.handle,
  });
  t.after(async () => {
    await http[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await baselines[Symbol.asyncDispose]();
    file[Symbol.dispose]();
    await rm(stateDir, { recursive: true, force: true });
  });
  const { port } = http.address;
  const token = (...scopes: readonly Scope[]) =>
    tokens.make({ name: 'test', scopes, expiresAt: new Date(clock.nowMs + 3_600_000) }).secret;
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    origin,
    review,
    audited,
    failures,
    logins,
    operatorsFile,
    clock,
    sessions,
    tokens,
    token,
  };
}

export type Asked = {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Answered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly setCookies: readonly string[];
};

/** One request as it stands: nothing is added to it and no redirect is followed. */
export async function ask(
  { port }: Pick<Site, 'port'>,
  { method = 'GET', path, headers = {}, body }: Asked,
): Promise<Answered> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    headers: { host: `127.0.0.1:${port}`, ...length, ...headers },
  });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const answer = await text(incoming);
  const { statusCode: status = 0, headers: fields } = incoming;
  return { status, headers: fields, body: answer, setCookies: fields['set-cookie'] ?? [] };
}

export function form(fields: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
}

export type Browser = {
  readonly cookies: Map<string, string>;
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answered>;
  /** With the form token of a page that was just loaded, as a browser would send it. */
  readonly post: (
    path: string,
    fields?: Readonly<Record<string, string | readonly string[]>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answered>;
  readonly csrf: () => Promise<string>;
  readonly login: (name: string, given?: string) => Promise<Answered>;
};

/** Keeps cookies, and sends what Chromium sends with forms of the same origin. */
export function openBrowser(
  site: Pick<Site, 'port' | 'origin'>,
  always: Readonly<Record<string, string>> = {},
): Browser {
  const cookies = new Map<string, string>();
  const send = async (asked: Asked): Promise<Answered> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }), ...always, ...asked.headers };
    const answer = await ask(site, { ...asked, headers });
    for (const line of answer.setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  const get: Browser['get'] = (path, headers = {}) => send({ path, headers });
  const csrf = async () => {
    const { body } = await get('/login').then((page) =>
      page.status === 200 ? page : get('/nowhere'),
    );
    return /name="csrf" value="([\w-]+)"/.exec(body)?.[1] ?? '';
  };
  const post: Browser['post'] = async (path, fields = {}, headers = {}) =>
    send({
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: site.origin,
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      body: form({ csrf: await csrf(), ...fields }),
    });
  return {
    cookies,
    get,
    post,
    csrf,
    login: (name, given = password) => post('/login', { name, password: given }),
  };
}

/** As after a login, which takes its time (login.test.ts has it). */
export function loggedIn(site: Site, name: string): Browser {
  const found = everyRole.find((one) => one.name === name);
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  const credential = credentialOf(found);
  const browser = openBrowser(site);
  const secret = site.sessions.begin({ operator: name, credential, address: '127.0.0.1' });
  browser.cookies.set('aliaswatch-session', secret);
  return browser;
}
