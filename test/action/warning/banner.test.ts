import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { simpleParser, type ParsedMail } from 'mailparser';
import { withEdits, type ContentEdit } from '../../../src/action/content-edits.ts';
import { planBanner, type BannerRequest } from '../../../src/action/warning/banner.ts';
import { unusualKinds } from '../../../src/action/warning/unusual.ts';
import { warningTexts } from '../../../src/action/warning/warning-texts.ts';
import { loadRules } from '../../../src/config/load-rules.ts';
import { warningLanguages } from '../../../src/decision/warning-policy.ts';
import { memoryContent } from '../../../src/smtp/content.ts';
import { mail, type Encoding, type Entity, type Leaf } from './mime-builder.ts';

const loaded = await loadRules('rules');
assert.ok(loaded.ok);
const { lists } = loaded.rules;

const facts: BannerRequest['facts'] = {
  verdict: 'anomalous',
  vendor: 'Vendor <&> Söhne',
  verifyAt: 'https://www.vendor.example/login',
  unusual: ['phone', 'link'],
  hostname: 'mx.example.test',
  note: 'Help desk: 4711',
};

type Changed = {
  readonly outcome: string;
  readonly before: Buffer;
  readonly after: Buffer;
  readonly edits: readonly ContentEdit[];
};

async function warn(before: Buffer, request: Partial<BannerRequest> = {}): Promise<Changed> {
  const { outcome, edits } = planBanner({
    bytes: before,
    isCut: false,
    mayUse8Bit: true,
    facts,
    language: 'de',
    lists,
    ...request,
  });
  const content = withEdits(memoryContent(before), edits);
  const after = await buffer(content.stream());
  assert.equal(content.sizeBytes, after.length);
  assert.ok((await content.prefix(after.length)).equals(after));
  assert.ok((await undo(after, before, edits)).equals(before), 'undone, it is the original');
  if (edits.length === 0) assert.notEqual(outcome, 'inserted');
  return { outcome, before, after, edits };
}

async function undo(after: Buffer, before: Buffer, edits: readonly ContentEdit[]): Promise<Buffer> {
  let shift = 0;
  const inverse = edits.map(({ at, removedBytes, insert }) => {
    const edit = {
      at: at + shift,
      removedBytes: insert.length,
      insert: before.subarray(at, at + removedBytes),
    };
    shift += insert.length - removedBytes;
    return edit;
  });
  return buffer(withEdits(memoryContent(after), inverse).stream());
}

const options = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
};

const read = (message: Buffer): Promise<ParsedMail> => simpleParser(message, options);

/** What an independent parser sees, less the banner. */
function withoutBanner({ text = '', html }: ParsedMail): { text: string; html: string } {
  return {
    // Between parts the parser puts line breaks of its own, except around empty ones.
    text: text
      .replace(/_{60,62}\n[^]*?\n_{60}\n\n/g, '')
      .replace(/\n+/g, '\n')
      .trim(),
    html: (html === false ? '' : html)
      .replace(/ {0,2}<div lang="\w\w" dir="ltr" role="note"[^]*?<\/div>\s?/g, '')
      .replace(/<br\/>|\s+/g, ''),
  };
}

const german = warningTexts.de;
const asEntities = (text: string) =>
  text.replace(/[^ -~]/g, (letter) => `&#${letter.codePointAt(0) ?? 0};`);

async function assertShown({ before, after }: Changed): Promise<void> {
  const [original, changed] = await Promise.all([read(before), read(after)]);
  const was = withoutBanner(original);
  const is = withoutBanner(changed);
  assert.equal(is.text, was.text);
  assert.equal(is.html, was.html);
  assert.deepEqual(
    changed.attachments.map(({ content, contentType }) => [contentType, content.toString('hex')]),
    original.attachments.map(({ content, contentType }) => [contentType, content.toString('hex')]),
  );
  for (const line of after.toString('latin1').split('\r\n')) assert.ok(line.length <= 998);
}

const plain = (text: string, more: Partial<Leaf> = {}): Leaf => ({
  type: 'text/plain',
  text,
  ...more,
});
const html = (text: string, more: Partial<Leaf> = {}): Leaf => ({
  type: 'text/html',
  text,
  ...more,
});
const attached: Leaf = {
  type: 'application/pdf',
  encoding: 'base64',
  text: '%PDF-1.4 not really',
  disposition: 'attachment; filename="a.pdf"',
};
const page =
  '<!DOCTYPE html><html><head><title>x</title><style>p{color:red}</style></head><BODY bgcolor="#fff"><p>Hallo Welt</p></BODY></html>';

describe('a banner in every encoding', () => {
  const encodings: readonly Encoding[] = ['7bit', '8bit', 'quoted-printable', 'base64'];
  for (const encoding of encodings) {
    test(`${encoding}: plain text`, async () => {
      const changed = await warn(
        mail(plain('Hallo\r\n\r\nWelt\r\n', { encoding, charset: 'utf-8' })),
      );
      assert.equal(changed.outcome, 'inserted');
      await assertShown(changed);
      const { text = '' } = await read(changed.after);
      assert.match(text, /^_{60,62}\nVORSICHT BEI DIESER NACHRICHT\n/);
      const flat = text.replace(/\s+/g, ' ');
      assert.ok(flat.includes('https://www.vendor.example/login'));
      assert.ok(flat.includes('Help desk: 4711'));
      const wanted =
        encoding === '7bit' ? 'die fuer diesen Absender neu' : 'die für diesen Absender neu';
      assert.ok(flat.includes(wanted), flat);
    });
    test(`${encoding}: HTML, behind the body tag`, async () => {
      for (const start of ['', 'a', 'ab', 'abc'].map((id) =>
        page.replace('<BODY', `<BODY id="${id}"`),
      )) {
        const changed = await warn(mail(html(start, { encoding, charset: 'utf-8' })));
        assert.equal(changed.outcome, 'inserted');
        await assertShown(changed);
        const { html: shown } = await read(changed.after);
        assert.match(String(shown), /<BODY[^>]*>\s*<div lang="de" dir="ltr" role="note"/);
        assert.ok(String(shown).replace(/\s+/g, ' ').includes(asEntities(german.unusual.phone)));
      }
    });
  }
});

describe('charsets', () => {
  const cases = [
    { charset: 'iso-8859-1', language: 'de', has: 'für diesen' },
    { charset: 'windows-1252', language: 'fr', has: 'numéro de téléphone' },
    { charset: 'iso-8859-2', language: 'pl', has: 'który jest nowy' },
    { charset: 'iso-8859-1', language: 'pl', has: 'ktory jest nowy' },
    { charset: 'us-ascii', language: 'de', has: 'fuer diesen' },
    { charset: 'shift_jis', language: 'es', has: 'numero de telefono' },
    { charset: 'gb18030', language: 'en', has: 'telephone number' },
    { charset: 'koi8-r', language: 'pt', has: 'numero de telefone' },
  ] as const;
  for (const { charset, language, has } of cases) {
    test(`${language} in ${charset}`, async () => {
      const changed = await warn(
        mail(plain('Hallo\r\n', { charset, encoding: 'quoted-printable' })),
        { language },
      );
      assert.equal(changed.outcome, 'inserted');
      const { text = '' } = await read(changed.after);
      assert.ok(text.replace(/\s+/g, ' ').includes(has), text);
    });
  }
  for (const charset of ['utf-16le', 'utf-7', 'x-unknown', 'base64']) {
    test(`nothing is written into ${charset}`, async () => {
      const changed = await warn(
        mail({ type: `text/plain; charset=${charset}`, text: 'SGFsbG8=' }),
      );
      assert.equal(changed.outcome, 'charset');
      assert.ok(changed.after.equals(changed.before));
    });
  }
  test('HTML in ISO-2022-JP is entered before its first escape sequence only', async () => {
    const type = 'text/html; charset=iso-2022-jp';
    const early = await warn(mail({ type, text: '<body>\u001b$B$3\u001b(B</body>' }));
    const late = await warn(
      mail({ type, text: '<title>\u001b$B$3\u001b(B</title><body>x</body>' }),
    );
    assert.equal(early.outcome, 'inserted');
    assert.equal(late.outcome, 'charset');
  });
  test('8-bit text only where the message was declared as such', async () => {
    const message = mail(plain('Hallo\r\n', { charset: 'utf-8', encoding: '8bit' }));
    const { after } = await warn(message, { mayUse8Bit: false });
    assert.match(after.toString('latin1'), /^[ -~\r\n]*$/);
  });
});

describe('flowed text', () => {
  for (const parameters of ['format=flowed', 'format=flowed; delsp=yes']) {
    test(`${parameters}: sentences are paragraphs, the text behind is its own`, async () => {
      const changed = await warn(
        mail({ type: `text/plain; charset=utf-8; ${parameters}`, text: 'One \r\ntwo\r\n' }),
      );
      const { text = '' } = await read(changed.after);
      const ascii = german.advice.replaceAll('ö', 'oe').replaceAll('ä', 'ae');
      assert.ok(text.split('\n').includes(ascii), text);
      assert.match(text, /_{60}\n\n+One/);
    });
  }
});

describe('where a reader begins to read', () => {
  const text = plain('Hallo\r\n');
  const page2 = html(page);
  const cases: readonly {
    readonly name: string;
    readonly entity: Entity;
    readonly banners: number;
  }[] = [
    {
      name: 'both alternatives',
      entity: { multipart: 'alternative', children: [text, page2] },
      banners: 2,
    },
    {
      name: 'only the first text of a mixed message',
      entity: { multipart: 'mixed', children: [text, attached, plain('more')] },
      banners: 1,
    },
    {
      name: 'behind an attachment',
      entity: { multipart: 'mixed', children: [attached, page2] },
      banners: 1,
    },
    {
      name: 'alternatives within related within mixed',
      entity: {
        multipart: 'mixed',
        children: [
          {
            multipart: 'related',
            children: [{ multipart: 'alternative', children: [text, page2] }, attached],
          },
          attached,
        ],
      },
      banners: 2,
    },
    {
      name: 'a text that is an attachment is none',
      entity: {
        multipart: 'mixed',
        children: [plain('a', { disposition: 'attachment; filename=a.txt' }), text],
      },
      banners: 1,
    },
  ];
  for (const { name, entity, banners } of cases) {
    test(name, async () => {
      const changed = await warn(mail(entity));
      assert.equal(changed.outcome, 'inserted');
      assert.equal(changed.edits.length, banners);
      await assertShown(changed);
    });
  }
  test('a message without any MIME field', async () => {
    const changed = await warn(Buffer.from('Subject: x\r\n\r\nHallo\r\n'));
    assert.equal(changed.outcome, 'inserted');
    assert.match((await read(changed.after)).text ?? '', /^_{60}\n[^]*_{60}\n\nHallo\n$/);
  });
  test('what is shown before the body tag stays behind the banner', async () => {
    for (const hidden of [
      '<div>Call now</div><body>x</body>',
      'Call now<body>',
      '<img src=a><body>',
    ]) {
      const { after } = await warn(mail(html(hidden)));
      assert.match(String((await read(after)).html), /^<div lang/);
    }
  });
  test('a body tag that is none: in a comment, a script, an attribute', async () => {
    const tricks =
      '<!-- <body> --><script>"<body>"</script><html title="<body>"><body class=real>x';
    const { after } = await warn(mail(html(tricks)));
    assert.match(String((await read(after)).html), /<body class=real>\s*<div lang/);
  });
});

describe('nothing is inserted', () => {
  const text = plain('Hallo\r\n');
  const signed = { type: 'application/pgp-signature', text: '-----BEGIN PGP SIGNATURE-----' };
  const broken = (message: string) => Buffer.from(message.replaceAll('\n', '\r\n'));
  const cases: readonly {
    readonly name: string;
    readonly message: Buffer;
    readonly outcome: string;
  }[] = [
    {
      name: 'into a signed part',
      message: mail({ multipart: 'signed', children: [text, signed] }),
      outcome: 'signed',
    },
    {
      name: 'into a signed part of a mailing list',
      message: mail({
        multipart: 'mixed',
        children: [{ multipart: 'signed', children: [text, signed] }, plain('footer')],
      }),
      outcome: 'signed',
    },
    {
      name: 'into an encrypted part',
      message: mail({
        multipart: 'encrypted',
        children: [{ type: 'application/pgp-encrypted', text: 'Version: 1' }, text],
      }),
      outcome: 'encrypted',
    },
    {
      name: 'into S/MIME',
      message: mail({ type: 'application/pkcs7-mime; smime-type=enveloped-data', text: 'MIIB' }),
      outcome: 'encrypted',
    },
    {
      name: 'into opaque signed S/MIME',
      message: mail({ type: 'application/x-pkcs7-mime; smime-type=signed-data', text: 'MIIB' }),
      outcome: 'signed',
    },
    {
      name: 'into inline PGP',
      message: mail(plain('-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHallo\r\n')),
      outcome: 'signed',
    },
    { name: 'where there is no text', message: mail(attached), outcome: 'no-text' },
    {
      name: 'without an end of the header',
      message: Buffer.from('Subject: x\r\n'),
      outcome: 'malformed',
    },
    {
      name: 'where a field stands twice',
      message: broken('Content-Type: text/plain\nContent-Type: text/html\n\nHallo\n'),
      outcome: 'malformed',
    },
    {
      name: 'without a closing delimiter',
      message: broken('Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHallo\n'),
      outcome: 'malformed',
    },
    {
      name: 'without a boundary',
      message: broken('Content-Type: multipart/mixed\n\n--b\n\nHallo\n--b--\n'),
      outcome: 'malformed',
    },
    {
      name: 'where a line only begins like a delimiter',
      message: broken('Content-Type: multipart/mixed; boundary=b\n\n--bb\n\n--b\n\nHallo\n--b--\n'),
      outcome: 'malformed',
    },
    {
      name: 'where boundaries can be confused',
      message: broken(
        'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHallo\n--b--\n--b--\n',
      ),
      outcome: 'malformed',
    },
    {
      name: 'in an unknown encoding',
      message: broken('Content-Transfer-Encoding: x-uuencode\n\nHallo\n'),
      outcome: 'malformed',
    },
    {
      name: 'in broken base64',
      message: broken('Content-Transfer-Encoding: base64\n\nSGFs*G8=\n'),
      outcome: 'malformed',
    },
    {
      name: 'in broken quoted-printable',
      message: broken('Content-Transfer-Encoding: quoted-printable\n\na=zz\n'),
      outcome: 'malformed',
    },
    {
      name: 'where a header line is no field',
      message: broken('Content-Type: text/plain\nnonsense\n\nHallo\n'),
      outcome: 'malformed',
    },
  ];
  for (const { name, message, outcome } of cases) {
    test(name, async () => {
      const changed = await warn(message);
      assert.equal(changed.outcome, outcome);
      assert.ok(changed.after.equals(message));
    });
  }
});

describe('hostile messages', () => {
  test('text behind the body tag does not become a delimiter', async () => {
    for (const encoding of ['7bit', 'quoted-printable'] as const) {
      const inner = html('<body>--=_1_x_--\r\n', { encoding });
      const changed = await warn(mail({ multipart: 'mixed', children: [inner, attached] }));
      assert.equal(changed.outcome, 'inserted');
      await assertShown(changed);
    }
  });
  test('nothing of the message stands in the banner, and what the vendor is called cannot end it', async () => {
    const { after } = await warn(mail(html(page)));
    const shown = String((await read(after)).html);
    const banner = shown.slice(shown.indexOf('<div lang'), shown.indexOf('</div>'));
    assert.doesNotMatch(banner, /<a |href|src=|url\(|Hallo/i);
    assert.ok(banner.replace(/\s+/g, ' ').includes('Vendor &#60;&#38;&#62; S&#246;hne'));
  });
});

test('a large message: only its beginning is read, the rest streams', async () => {
  const message = mail({
    multipart: 'mixed',
    children: [plain('Hallo\r\n'), { ...attached, text: 'x'.repeat(3_000_000) }],
  });
  const { edits, outcome } = planBanner({
    bytes: message.subarray(0, 100_000),
    isCut: true,
    mayUse8Bit: false,
    facts,
    language: 'en',
    lists,
  });
  assert.equal(outcome, 'inserted');
  const after = await buffer(withEdits(memoryContent(message), edits).stream());
  await assertShown({ outcome, before: message, after, edits });
});

describe('the language', () => {
  for (const [language, text] of Object.entries({
    de: 'Ihre Rechnung ist da und wir bitten Sie, die Zahlung nicht zu vergessen, weil sie sonst noch einmal kommt.',
    fr: 'Votre facture est disponible et nous vous prions de ne pas oublier le paiement pour cette commande.',
    en: 'Your invoice is here and we ask you not to forget the payment that is due for this order.',
  })) {
    test(`${language} is that of the message`, async () => {
      const entity: Entity = {
        multipart: 'alternative',
        children: [plain(text), html(`<style>the of and</style><p>${text}</p>`)],
      };
      const { after } = await warn(mail(entity), { language: 'auto' });
      assert.ok(String((await read(after)).html).includes(`<div lang="${language}"`));
    });
  }
  test('every language says everything, in words of its own', () => {
    for (const language of warningLanguages) {
      const texts = warningTexts[language];
      for (const kind of unusualKinds) assert.match(texts.unusual[kind], /\.$/);
      assert.ok(texts.goTo('Vendor', 'https://a.example').includes('https://a.example'));
      assert.ok(texts.addedBy('mx').includes('mx'));
      if (language !== 'en') assert.notEqual(texts.title, warningTexts.en.title);
    }
  });
});

const lineText = fc.array(fc.stringMatching(/^[ -~]{0,60}$/), { maxLength: 6 }).map((lines) =>
  lines
    .map((line) => line.trimEnd())
    .join('\r\n')
    .replaceAll('PGP', ''),
);
const encodings = fc.constantFrom<Encoding>('7bit', '8bit', 'quoted-printable', 'base64');
const charsets = fc.constantFrom('utf-8', 'us-ascii', 'iso-8859-1', 'windows-1250', 'gbk');
const textLeaf = fc.record({
  type: fc.constant('text/plain'),
  text: lineText,
  encoding: encodings,
  charset: charsets,
});
const htmlLeaf = fc.record({
  type: fc.constant('text/html'),
  text: fc
    .tuple(
      fc.constantFrom('', '<html><head><title>a</title></head>'),
      fc.stringMatching(/^[a-z ]{0,40}$/),
      lineText,
    )
    .map(
      ([head, name, body]) => `${head}<body title="${name}">${body.replace(/[<>&]/g, '')}</body>`,
    ),
  encoding: encodings,
  charset: charsets,
});
const tree = fc.letrec<{ entity: Entity }>((tie) => ({
  entity: fc.oneof(
    { depthSize: 'small' },
    textLeaf,
    htmlLeaf,
    fc.record({
      multipart: fc.constantFrom('mixed', 'alternative', 'related'),
      children: fc.array(tie('entity'), { minLength: 1, maxLength: 3 }),
    }),
    fc.constant(attached),
  ),
})).entity;

test('any message: undone it is the original, and another parser sees the banner and every part', async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.constantFrom(...warningLanguages), async (entity, language) => {
      const changed = await warn(mail(entity), { language });
      assert.notEqual(changed.outcome, 'malformed');
      await assertShown(changed);
      if (changed.outcome !== 'inserted') return;
      const { text = '', html: shown } = await read(changed.after);
      assert.ok(/_{60}/.test(text) || String(shown).includes('role="note"'));
    }),
    { numRuns: 300 },
  );
});

test('a damaged message: never broken further', async () => {
  await fc.assert(
    fc.asyncProperty(
      tree,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 32, max: 126 })), {
        minLength: 1,
        maxLength: 6,
      }),
      async (entity, damage) => {
        const message = Buffer.from(mail(entity));
        for (const [at, byte] of damage) {
          const place = at % message.length;
          if (message[place] !== 0x0d && message[place] !== 0x0a) message[place] = byte;
        }
        const { before, after } = await warn(message);
        const [original, changed] = await Promise.all([read(before), read(after)]);
        assert.deepEqual(
          changed.attachments.map(({ content }) => content.toString('hex')),
          original.attachments.map(({ content }) => content.toString('hex')),
        );
      },
    ),
    { numRuns: 300 },
  );
});
