import { Readable } from 'node:stream';
import { mailDate } from '../action/header-fields.ts';
import { encodeWords } from '../action/encoded-words.ts';
import type { Content } from '../smtp/content.ts';
import type { KeptMessage } from './incident.ts';

export type AbuseReportInput = KeptMessage & {
  /** Who reports, and where the vendor takes reports; plain addresses. */
  readonly from: string;
  readonly to: string;
  /** Name and version of ours, and of this host. */
  readonly userAgent: string;
  readonly hostname: string;
  /** How many such messages were seen. */
  readonly incidents: number;
  /** Registrable domains that the message leads to. */
  readonly domains: readonly string[];
  readonly at: Date;
  /** Appears nowhere else: 48 random hexadecimal digits. */
  readonly boundary: string;
};

const mostDomains = 20;
const maxValue = 900;

/**
 * A report that an abuse desk's software reads (RFC 5965), with the message as it was received. It names no recipient but
 * those that the message shows itself.
 */
export function abuseReport(input: AbuseReportInput): Content {
  const { content, boundary } = input;
  const head = Buffer.from(headOf(input));
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const parts = async function* () {
    yield head;
    yield* content.stream() as AsyncIterable<Buffer>;
    yield tail;
  };
  return {
    sizeBytes: head.length + content.sizeBytes + tail.length,
    prefix: async (limitBytes) =>
      Buffer.concat([head, await content.prefix(limitBytes)]).subarray(0, limitBytes),
    stream: () => Readable.from(parts(), { objectMode: false }),
  };
}

function headOf(input: AbuseReportInput): string {
  const { held, from, to, hostname, boundary, at } = input;
  return lines([
    `Date: ${mailDate(at)}`,
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: ${encodeWords(`Abuse report for mail of ${field(held.from, 200)}`)}`,
    `Message-ID: <${boundary.slice(0, 32)}@${hostname}>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report;',
    `\tboundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...wrapped(Buffer.from(explanationOf(input)).toString('base64')),
    '',
    `--${boundary}`,
    'Content-Type: message/feedback-report',
    '',
    ...feedbackFields(input),
    '',
    `--${boundary}`,
    'Content-Type: message/rfc822',
    'Content-Transfer-Encoding: 8bit',
    '',
  ]);
}

/** RFC 5965 §3; `fraud` is what its registry has for phishing. */
function feedbackFields({
  held,
  userAgent,
  hostname,
  incidents,
  domains,
}: AbuseReportInput): readonly string[] {
  const { connection, envelope, heldAt } = held;
  return [
    'Feedback-Type: fraud',
    `User-Agent: ${field(userAgent, 100)}`,
    'Version: 1',
    `Original-Mail-From: <${field(envelope.mailFrom, maxValue)}>`,
    `Arrival-Date: ${mailDate(new Date(heldAt))}`,
    `Reporting-MTA: dns; ${hostname}`,
    ...(connection.clientAddress === '' ? [] : [`Source-IP: ${connection.clientAddress}`]),
    `Incidents: ${incidents}`,
    ...domains.slice(0, mostDomains).map((domain) => `Reported-Domain: ${field(domain, 253)}`),
  ];
}

function explanationOf({ held, incidents }: AbuseReportInput): string {
  return [
    'The attached message was sent by your service and passes your authentication. What somebody',
    'filled into it does not look like ordinary mail of yours:',
    '',
    held.reason,
    '',
    `It was received at ${held.heldAt}; ${incidents} such messages were seen. Please look at the account`,
    'that it was sent for. We name no recipients but those that the message shows itself.',
    '',
  ].join('\r\n');
}

/** What a message says must not begin a field of ours. */
function field(text: string, maxLength: number): string {
  return text
    .replace(/[^\x21-\x7e]+/g, ' ')
    .trim()
    .slice(0, maxLength);
}

function wrapped(base64: string): readonly string[] {
  return base64.match(/.{1,76}/g) ?? [];
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\r\n`).join('');
}
