import { linkDomain, parseLink } from '../../../message/links.ts';
import type { Message } from '../../../message/message.ts';
import type { Delivery } from './delivery.ts';

type Change = (delivery: Delivery, address: string) => Delivery;

const newTags = ['a.btn', 'div.card', 'div.hero', 'div.row', 'span.meta', 'table.wrap', 'td.cell'];
const newFrame = [
  'View this message in your browser',
  'Our new layout puts what matters first. Tell us how you like it.',
  'You receive this message because of the notification settings of your account. Manage preferences or unsubscribe.',
];

/** Other tags and classes, other paths on the same domains, other words around the content. */
export const redesigned: Change = (delivery) =>
  withMessage(delivery, (message) => {
    const { html, ...rest } = framed(message, newFrame);
    if (html === null) return { ...rest, html };
    const tags = [...html.tags.filter((tag) => !tag.includes('.')), ...newTags];
    const links = html.links.map((link) => mapLink(link, ({ url }) => withNewPath(url)));
    return { ...rest, html: { ...html, links, tags: [...new Set(tags)].sort() } };
  });

/** Links to a domain that the vendor never used. */
export const withContentNetwork: Change = (delivery, address) =>
  withLinks(delivery, [`https://m1.${wordOf(address)}-edge.net/v/index.html`]);

const newName = [
  'We have a new name. Everything else stays as it is: your account, your settings and the people you know.',
];

/** Mail servers elsewhere: address block, order of header fields, key. */
export const movedServers: Change = (delivery) => ({
  ...withMessage(delivery, (message) => ({ ...message, fields: message.fields.toReversed() })),
  clientAddress: '198.51.100.20',
  selector: 's2027',
});

const germanSubject = 'Neues zu Ihrem Konto';
const germanBlocks = [
  'Guten Tag,',
  'hier ist die Übersicht, die Sie bei uns bestellt haben. Seit unserer letzten Nachricht hat sich Folgendes geändert.',
  'Die vollständige Fassung finden Sie wie gewohnt auf unserer Seite. Sie können dort auch einstellen, wie oft wir Ihnen schreiben.',
  'Mit freundlichen Grüßen',
  'Diese Nachricht wurde automatisch erstellt. Bitte antworten Sie nicht darauf.',
];

/** The same vendor writes to a customer who chose another language. */
export const otherLanguage: Change = (delivery) =>
  withMessage(delivery, (message) => ({
    ...message,
    subject: germanSubject,
    textBlocks: germanBlocks,
    ...(message.html ? { html: { ...message.html, blocks: germanBlocks } } : {}),
  }));

/** Another name in the display name and the text, links and bounces under another domain; From stays, for now. */
export const renamed: Change = (delivery, address) => {
  const domain = `${wordOf(address)}-group.com`;
  const changed = withMessage(delivery, (message) => {
    const { html, ...rest } = framed(message, newName);
    const from = message.from.map((mailbox) => ({ ...mailbox, name: `${wordOf(address)} Group` }));
    if (html === null) return { ...rest, from, html };
    const links = html.links.map((link) =>
      mapLink(link, ({ host, url }) => url.replace(host, `www.${domain}`)),
    );
    return { ...rest, from, html: { ...html, links } };
  });
  return { ...changed, mailFrom: `bounce@${domain}`, spfDomain: domain };
};

function withMessage(delivery: Delivery, change: (message: Message) => Message): Delivery {
  return { ...delivery, message: change(delivery.message) };
}

function withLinks(delivery: Delivery, links: readonly string[]): Delivery {
  return withMessage(delivery, (message) =>
    message.html
      ? { ...message, html: { ...message.html, links: [...message.html.links, ...links] } }
      : { ...message, textBlocks: [...message.textBlocks, ...links] },
  );
}

/** The first sentence above the content, the others below it. */
function framed(message: Message, [first = '', ...last]: readonly string[]): Message {
  const frame = (blocks: readonly string[]) =>
    blocks.length === 0 ? blocks : [first, ...blocks, ...last];
  const { html, textBlocks } = message;
  return {
    ...message,
    textBlocks: frame(textBlocks),
    html: html && { ...html, blocks: frame(html.blocks) },
  };
}

function mapLink(
  link: string,
  change: (link: { readonly url: string; readonly host: string }) => string,
): string {
  const parsed = parseLink(link);
  return parsed && linkDomain(parsed.host) !== null ? change(parsed) : link;
}

function withNewPath(target: string): string {
  const url = new URL(target);
  return `${url.origin}/n2/open${url.pathname}${url.search}`;
}

/** A word of the alias's domain to make names of. */
function wordOf(address: string): string {
  const labels = address.slice(address.lastIndexOf('@') + 1).split('.');
  return (labels.at(-2) ?? 'vendor').replace(/[^a-z0-9]/g, '');
}
