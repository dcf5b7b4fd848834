import iconv from 'iconv-lite';

export type Encoding = '7bit' | '8bit' | 'quoted-printable' | 'base64';

export type Leaf = {
  readonly type: string;
  readonly charset?: string;
  readonly encoding?: Encoding;
  readonly text: string;
  readonly disposition?: string;
};

export type Multipart = { readonly multipart: string; readonly children: readonly Entity[] };
export type Entity = Leaf | Multipart;

/** A whole message; positions of boundaries are numbered by depth and place, so that none begins like another. */
export function mail(entity: Entity): Buffer {
  const fields =
    'From: Vendor <service@vendor.example>\r\nTo: jo@example.test\r\nSubject: Notice\r\n';
  return Buffer.concat([Buffer.from(`${fields}MIME-Version: 1.0\r\n`), render(entity, 'x')]);
}

function render(entity: Entity, path: string): Buffer {
  return 'multipart' in entity ? renderMultipart(entity, path) : renderLeaf(entity);
}

function renderMultipart({ multipart, children }: Multipart, path: string): Buffer {
  const boundary = `=_${path.length}_${path}_`;
  const head = `Content-Type: multipart/${multipart};\r\n boundary="${boundary}"\r\n\r\npreamble\r\n`;
  return Buffer.concat([
    Buffer.from(head),
    ...children.flatMap((child, index) => [
      Buffer.from(`--${boundary}\r\n`),
      render(child, `${path}${String.fromCharCode(97 + index)}`),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

function renderLeaf({ type, charset, encoding = '7bit', text, disposition }: Leaf): Buffer {
  const bytes = charset === undefined ? Buffer.from(text) : iconv.encode(text, charset);
  const fields = [
    `Content-Type: ${type}${charset === undefined ? '' : `; charset="${charset}"`}`,
    `Content-Transfer-Encoding: ${encoding}`,
    ...(disposition === undefined ? [] : [`Content-Disposition: ${disposition}`]),
  ];
  return Buffer.concat([Buffer.from(`${fields.join('\r\n')}\r\n\r\n`), encode(bytes, encoding)]);
}

function encode(bytes: Buffer, encoding: Encoding): Buffer {
  switch (encoding) {
    case '7bit':
    case '8bit':
      return bytes;
    case 'base64':
      return Buffer.from(bytes.toString('base64').replace(/.{1,76}/g, '$&\r\n'));
    case 'quoted-printable':
      return Buffer.from(bytes.toString('latin1').split('\r\n').map(quoteLine).join('\r\n'));
  }
}

function quoteLine(line: string): string {
  const quoted = line
    .replace(
      /[^!-<>-~ ]/g,
      (character) => `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .replace(/ $/, '=20');
  const characters = quoted.match(/[^=]|=[0-9A-F]{2}/g) ?? [];
  return characters
    .map((character, index) => (index > 0 && index % 24 === 0 ? `=\r\n${character}` : character))
    .join('');
}
