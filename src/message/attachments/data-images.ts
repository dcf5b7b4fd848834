import type { MessagePart } from './message-part.ts';

const maxDataImages = 50;

/** An image inside an address (RFC 2397); base64 only, for so much else is no raster image. */
const dataImage = /data:image\/(png|jpe?g|gif)[^,"'<>\s]{0,100};base64,([\w+/=%\s-]{100,})/gi;

/** Images that HTML carries in itself, at most 50: they need no part of their own to be seen. */
export function dataImagesOf(html: string): readonly MessagePart[] {
  const images: MessagePart[] = [];
  for (const [, subtype = '', base64 = ''] of html.matchAll(dataImage)) {
    if (images.length >= maxDataImages) break;
    images.push({
      contentType: `image/${subtype.toLowerCase()}`,
      filename: null,
      charset: null,
      content: Buffer.from(base64, 'base64'),
    });
  }
  return images;
}
