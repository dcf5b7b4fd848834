import type { CustomFetch } from 'openid-client';
import { isConfidential } from '../../../config/web-address.ts';
import { ProviderFault } from './provider-fault.ts';

/** Metadata, keys and tokens with hundreds of groups are far smaller. */
const maxBytes = 512 * 1024;

/** Asks a provider: only where nobody listens, without following redirects, and no more than we are willing to hold. */
export const boundedFetch: CustomFetch = async (address, options) => {
  const url = URL.parse(address);
  if (url === null || !isConfidential(url))
    throw new ProviderFault('refused', 'names an address that is not https');
  const { body, ...rest } = options;
  const response = await fetch(url, { ...rest, body: body ?? null, redirect: 'manual' });
  const { status, headers } = response;
  const content = await readBody(response);
  return new Response(content.length === 0 ? null : content, { status, headers });
};

async function readBody(response: Response): Promise<Buffer<ArrayBuffer>> {
  const body = response.body as ReadableStream<Uint8Array> | null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early ends the connection.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxBytes)
      throw new ProviderFault('unavailable', `answers with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
