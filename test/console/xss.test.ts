import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Parser } from 'htmlparser2';
import fc from 'fast-check';
import { html, renderHtml } from '../../src/console/html.ts';
import { pageRoutes } from '../../src/console/page-routes.ts';
import type { HeldMessage } from '../../src/quarantine/quarantine.ts';
import { heldMessage } from '../quarantine/samples.ts';
import { loggedIn, openBrowser, someAlias, startSite } from './console-site.ts';
import { recordingReview } from './recording-review.ts';
import { payloads } from './xss-payloads.ts';

/** Elements with the names of their attributes, in order: what a page is made of, apart from its text. */
function skeleton(page: string): string {
  const parts: string[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => void parts.push(`${name}[${Object.keys(attributes).join()}]`),
    onclosetag: (name) => void parts.push(`/${name}`),
    oncomment: () => void parts.push('comment'),
    onprocessinginstruction: (name) => void parts.push(name),
  });
  parser.end(page);
  return parts.join(' ');
}

/** Marks a hidden character; says where an address may be broken. */
const ofText: ReadonlySet<string> = new Set(['span[class]', 'wbr[]', '/wbr']);

/**
 * Kinds of elements of a page, but for those that come with the characters of a text, and for how many there are: a
 * preview has as many lines and parts as its message.
 */
function elements(page: string): readonly string[] {
  return [...new Set(skeleton(page).split(' '))].filter((part) => !ofText.has(part)).sort();
}

/** The page of a message draws how its HTML is built: other messages, other pictures. */
function showsStructure(path: string): boolean {
  return path === '/quarantine/:id';
}

const active =
  /^(?:iframe|object|embed|base|math|video|audio|img|image|use|animate|set|foreignobject|style|template|noscript|frame|applet|marquee)\[/;

function assertKnown(parts: readonly string[], payload: string): void {
  for (const part of parts) {
    assert.doesNotMatch(part, active, payload);
    assert.match(part, /^(?:!doctype|\/?[a-z][a-z0-9]*(?:\[[a-z0-9,:-]*\])?)$/i, payload);
  }
}

/** Where attributes could lead or run. */
function assertHarmless(page: string, payload: string): void {
  const parser = new Parser({
    onopentag: (name, attributes) => {
      for (const [attribute, value] of Object.entries(attributes)) {
        assert.doesNotMatch(attribute, /^(?:on|style$|srcdoc$)/, payload);
        if (/^(?:href|src|action|formaction|xlink:href|data)$/.test(attribute))
          assert.match(value, /^(?:\/(?!\/)|#)/, `${name} ${attribute} of ${payload}`);
      }
    },
  });
  parser.end(page);
}

/** A message that says `text` wherever a message can say anything. */
function saying(text: string): HeldMessage {
  const one = heldMessage();
  const [term] = one.explanation.terms;
  return {
    ...one,
    alias: text,
    verdict: text,
    reason: text,
    cause: text,
    ruleset: text,
    messageId: text,
    from: text,
    subject: text,
    connection: { ...one.connection, clientAddress: text, clientHostname: text, helo: text },
    envelope: {
      mailFrom: text,
      rcptTo: [text, `${text}2`],
      mailParameters: text,
      rcptParameters: [text, text],
    },
    explanation: {
      ...one.explanation,
      terms: [{ ...term!, signal: text, observed: text, baseline: text }],
      cause: text,
      benignCause: text,
    },
    deliveries: [{ recipient: text, at: one.heldAt, reply: text, delivered: false }],
  };
}

function raw(text: string): Buffer {
  const field = text.replace(/[\r\n\0]/g, ' ');
  return Buffer.from(
    [
      `From: ${field} <billing@vendor.test>`,
      `Subject: ${field}`,
      `X-Odd: ${field}`,
      `MIME-Version: 1.0`,
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      text,
      '--b',
      'Content-Type: text/html; charset=utf-8',
      '',
      `<p>${text}</p><a href="javascript:alert(1)">x</a><img src="https://evil.example/x">`,
      '--b',
      `Content-Type: application/pdf; name="${field.replaceAll('"', "'")}"`,
      `Content-Disposition: attachment; filename="${field.replaceAll('"', "'")}"`,
      '',
      text,
      '--b--',
      '',
    ].join('\r\n'),
  );
}

function filled(path: string): string {
  const { id, campaign } = heldMessage();
  const value = path.startsWith('/campaigns')
    ? campaign
    : path.startsWith('/aliases')
      ? someAlias
      : id;
  return path.replace(/:\w+/, value);
}

/** A site whose one message says what it is told to. */
async function siteSaying(t: Parameters<typeof startSite>[0]) {
  const messages = [saying('benign')];
  let mail = raw('benign');
  const site = await startSite(t, {
    operators: null,
    review: recordingReview(messages, () => mail),
  });
  const say = (text: string) => {
    messages[0] = saying(text);
    mail = raw(text);
  };
  return { site, say, browser: openBrowser(site) };
}

test('there are more than two hundred payloads', () => {
  assert.ok(new Set(payloads).size > 200);
});

describe('whatever a message says, a page is made of the same elements', () => {
  for (const { path } of pageRoutes)
    test(path, async (t) => {
      const { site, say, browser } = await siteSaying(t);
      const benign = await browser.get(filled(path));
      assert.equal(benign.status, 200);
      const expected = elements(benign.body);
      for (const payload of payloads) {
        say(payload);
        const { status, body } = await browser.get(filled(path));
        assert.equal(status, 200, payload);
        assertHarmless(body, payload);
        assert.equal(body.split('<script').length, 2, 'only ours');
        if (showsStructure(path)) assertKnown(elements(body), payload);
        else assert.deepEqual(elements(body), expected, payload);
      }
      assert.deepEqual(site.failures, []);
    });
});

test('no query and no path comes back as markup', async (t) => {
  const site = await startSite(t, { operators: null });
  const browser = openBrowser(site);
  const benign = skeleton((await browser.get('/nowhere/x')).body);
  for (const payload of payloads) {
    const encoded = encodeURIComponent(payload.toWellFormed());
    const { body } = await browser.get(`/nowhere/${encoded}?x=${encoded}`);
    assert.equal(skeleton(body), benign, payload);
    assertHarmless(body, payload);
    const login = await browser.get(`/login?next=${encoded}`);
    assert.equal(login.headers['location'], '/', payload);
  }
});

test('what a form did is told as text', async (t) => {
  const review = recordingReview([heldMessage()]);
  let says = 'benign';
  const telling = {
    ...review.review,
    release: async (...args: Parameters<typeof review.review.release>) => {
      const act = await review.review.release(...args);
      return { ...act, effects: [{ message: 'x', outcome: 'refused', detail: says } as const] };
    },
    undo: () => Promise.reject(new Error(says)),
  };
  const site = await startSite(t, { review, sources: { review: telling } });
  const browser = loggedIn(site, 'anna');
  const told = async () => {
    await browser.post('/act', { act: 'release', message: 'x', next: '/access' });
    const released = (await browser.get('/access')).body;
    await browser.post('/undo', { id: 'x', next: '/access' });
    return [released, (await browser.get('/access')).body];
  };
  const expected = (await told()).map(skeleton);
  for (const payload of payloads.filter((_, index) => index % 4 === 0)) {
    says = payload;
    assert.deepEqual((await told()).map(skeleton), expected, payload);
  }
});

test('names of tokens are text', async (t) => {
  const site = await startSite(t, { operators: null });
  for (const name of payloads)
    site.tokens.make({ name, scopes: ['read'], expiresAt: new Date(site.clock.nowMs + 1000) });
  const { body } = await openBrowser(site).get('/access');
  assertHarmless(body, 'token');
  assert.equal(body.split('<script').length, 2, 'ours');
});

test('the API answers the same texts as JSON that no browser takes for a page', async (t) => {
  const { say, browser } = await siteSaying(t);
  for (const payload of payloads) {
    say(payload);
    const { body, headers } = await browser.get('/api/v1/messages');
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    const [message] = (JSON.parse(body) as { items: { subject: string }[] }).items;
    assert.equal(message?.subject, payload);
  }
});

test('a template escapes every string, in content and in attributes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parts: string[] = [];
      let [content, attribute] = ['', ''];
      const parser = new Parser({
        onopentag: (name, attributes) => {
          parts.push(name);
          attribute = attributes['title'] ?? '';
        },
        ontext: (piece) => void (content += piece),
        oncomment: () => void parts.push('comment'),
      });
      parser.end(renderHtml(html`<p title="${text}">${text}</p>`));
      assert.deepEqual(parts, ['p']);
      const readable = text.toWellFormed().replace(/[^\P{Cc}\t\n]/gu, '\uFFFD');
      assert.equal(content, readable);
      assert.equal(attribute, readable);
    }),
  );
});
