import { contactPointsOf } from '../message/contact-points.ts';
import { domainOf, type Mailbox } from '../message/mailbox.ts';
import type { Link } from '../message/links.ts';
import type { AttachmentText } from '../message/attachment-text.ts';
import type { NamedPart } from '../message/message.ts';
import { foldText } from '../message/fold.ts';
import { bool, int, list, structOf, text, type Struct } from './field.ts';
import { languageOf, linksIn, toCountOf, writtenTextOf } from './message-parts.ts';
import type { ViewSource } from './source.ts';

/** The message and the lists that its language is told by. */
export type MessageSource = NonNullable<ViewSource['content']> & Pick<ViewSource, 'lists'>;

const mailboxStruct = structOf<Mailbox>('Mailbox', {
  name: {
    type: text(300),
    description: 'Display name, decoded; empty where there is none',
    example: 'message.from.name.mentions(["support", "billing"])',
    read: ({ name }) => name,
  },
  address: {
    type: text(320),
    description: 'Address in lower case',
    example: 'message.replyTo.exists(r, r.address == "claims@example.com")',
    read: ({ address }) => address,
  },
  domain: {
    type: text(255),
    description: 'Domain of the address in lower case',
    example: 'message.replyTo.exists(r, r.domain in lists.freeMail)',
    read: ({ address }) => domainOf(address),
  },
});
const mailbox = { kind: 'struct', struct: mailboxStruct } as const;

type TextedLink = Link & { readonly text: string };

const linkStruct = structOf<TextedLink>('Link', {
  domain: {
    type: text(255),
    description:
      'Registrable domain, private suffixes included (`foo.github.io`), lower case, as A-labels; or an IP address',
    example: 'message.links.exists(l, l.domain in lists.urlShorteners)',
    read: ({ domain }) => domain,
  },
  host: {
    type: text(255),
    description: 'Host in lower case',
    example: 'message.links.exists(l, l.host.endsWith(".r2.dev"))',
    read: ({ host }) => host,
  },
  path: {
    type: text(1000),
    description: 'Path, without query',
    example: 'message.links.exists(l, l.path.startsWith("/scl/fi/"))',
    read: ({ path }) => path,
  },
  text: {
    type: text(200),
    description: 'Text that is clicked; empty where the address itself stands in the text',
    example: 'message.links.exists(l, l.text.mentions(["view document"]))',
    read: (link) => link.text,
  },
});

const attachmentStruct = structOf<NamedPart>('Attachment', {
  name: {
    type: text(300),
    description: 'File name; empty where there is none',
    example: 'message.attachments.exists(a, a.name.folded().endsWith(".html"))',
    read: ({ name }) => name,
  },
  type: {
    type: text(120),
    description: 'Media type in lower case, as the sender says',
    example: 'message.attachments.exists(a, a.type == "text/calendar")',
    read: ({ type }) => type,
  },
});

const documentStruct = structOf<AttachmentText>('Document', {
  kind: {
    type: text(10, ['calendar', 'pdf', 'qr-code'] satisfies readonly AttachmentText['kind'][]),
    description: 'What was read',
    example: 'message.documents.exists(d, d.kind == "qr-code")',
    read: ({ kind }) => kind,
  },
  text: {
    type: text(5000),
    description: 'Its visible text',
    example: 'message.documents.exists(d, hasPhone(d.text))',
    read: ({ blocks }) => blocks.join('\n'),
  },
  domains: {
    type: list(text(255), 50),
    description: 'Registrable domains of its links',
    example: 'message.documents.exists(d, d.domains.exists(n, domainIn(n, lists.freeHosting)))',
    read: ({ links, blocks }) => distinctDomains(linksIn(links, blocks)),
  },
});

/** `message`: what the recipient sees, bounded. */
export const messageStruct: Struct = structOf<MessageSource>('Message', {
  subject: {
    type: text(2000),
    description: 'Subject, decoded',
    example: 'message.subject.mentions(["refund", "call us"])',
    read: ({ message }) => message.subject,
  },
  from: {
    type: mailbox,
    description: 'The author whose address selected the alias',
    example: 'message.from.name != "DocuSign"',
    read: ({ message, address }) =>
      message.from.find((found) => found.address === address) ?? { address, name: '' },
  },
  replyTo: {
    type: list(mailbox, 20),
    description: 'Reply-To; often empty',
    example: 'message.replyTo.exists(r, r.domain in lists.freeMail)',
    read: ({ message }) => message.replyTo,
  },
  to: {
    type: list(mailbox, 100),
    description: 'Addressees in the header fields To and Cc',
    example: '!message.to.exists(t, t.address in recipients.addresses)',
    read: ({ message }) => message.addressees,
  },
  toCount: {
    type: int('mailboxes', 200),
    description: 'Mailboxes in To',
    example: 'message.toCount > 20',
    read: ({ message }) => toCountOf(message, 'to'),
  },
  ccCount: {
    type: int('mailboxes', 200),
    description: 'Mailboxes in Cc',
    example: 'message.ccCount > 0',
    read: ({ message }) => toCountOf(message, 'cc'),
  },
  text: {
    type: text(20_000),
    description: 'Visible text, HTML and plain, one paragraph a line',
    example: 'message.text.mentions(["wire transfer"])',
    read: ({ message }) => writtenTextOf(message),
  },
  phones: {
    type: list(text(60), 20),
    description: 'Telephone numbers in subject and text, E.164 (`+18025383069`)',
    example: 'message.phones.exists(p, p in sets.scamPhones)',
    read: ({ message }) =>
      contactPointsOf(foldText(`${message.subject}\n${writtenTextOf(message)}`))
        .filter(({ kind }) => kind === 'phone')
        .map(({ value }) => value),
  },
  links: {
    type: list({ kind: 'struct', struct: linkStruct }, 100),
    description: 'Web addresses in HTML and text, distinct',
    example: 'message.links.exists(l, l.domain == "r2.dev" && l.path.endsWith(".html"))',
    read: ({ message }): readonly TextedLink[] =>
      linksIn(message.html?.links ?? [], [
        ...(message.html?.blocks ?? []),
        ...message.textBlocks,
      ]).map((link) => ({ ...link, text: message.html?.linkTexts.get(link.url) ?? '' })),
  },
  domains: {
    type: list(text(255), 100),
    description: 'Registrable domains of the links, distinct',
    example: 'message.domains.exists(d, domainIn(d, lists.freeHosting))',
    read: ({ message }) =>
      distinctDomains(
        linksIn(message.html?.links ?? [], [
          ...(message.html?.blocks ?? []),
          ...message.textBlocks,
        ]),
      ),
  },
  attachments: {
    type: list({ kind: 'struct', struct: attachmentStruct }, 50),
    description: 'Attached files among the first 4 MB',
    example: 'message.attachments.exists(a, a.name.folded().endsWith(".svg"))',
    read: ({ message }) => message.files,
  },
  documents: {
    type: list({ kind: 'struct', struct: documentStruct }, 20),
    description: 'Attachments that could be read: calendars, PDFs, QR codes',
    example: 'message.documents.exists(d, d.kind == "pdf" && hasPhone(d.text))',
    read: ({ message }) => message.attachments,
  },
  language: {
    type: text(10),
    description: 'Language of subject and text (`en`, `de`, …), or empty where none fits',
    example: '!(message.language in ["", "en", "de"])',
    read: ({ message, lists }) => languageOf(message, lists),
  },
  isHtml: {
    type: bool,
    description: 'It has an HTML part',
    example: '!message.isHtml',
    read: ({ message }) => message.html !== null,
  },
  sizeBytes: {
    type: int('bytes'),
    description: 'Size as received',
    example: 'message.sizeBytes > 1000000',
    read: ({ transaction }) => transaction.content.sizeBytes,
  },
  mailFrom: {
    type: text(320),
    description: 'Envelope sender in lower case; empty for bounces',
    example: '!message.mailFrom.endsWith("bounces.example.com")',
    read: ({ transaction }) => transaction.envelope.mailFrom.toLowerCase(),
  },
});

function distinctDomains(links: readonly Link[]): readonly string[] {
  return [...new Set(links.map(({ domain }) => domain))];
}
