import { MalformedMime, readEntity, type MimeEntity } from './mime-entity.ts';
import { partsOf } from './mime-parts.ts';

/** Why there is no part to write into. */
export type Obstacle = 'signed' | 'encrypted' | 'no-text';

export type TextParts = {
  /** The text parts that a reader sees first, in the order of the message; alternatives of each other if several. */
  readonly parts: readonly MimeEntity[];
  readonly obstacle: Obstacle | null;
};

const maxDepth = 10;

/**
 * Finds where a reader begins to read. Signed and encrypted parts are not entered: a change inside would break the
 * signature that somebody made for the reader (RFC 1847, RFC 8551).
 * @throws MalformedMime
 */
export function firstTextParts(bytes: Buffer, isCut: boolean): TextParts {
  return inside(bytes, readEntity(bytes, [0, bytes.length]), {
    isCut,
    depth: 0,
    boundaries: [],
  });
}

type Place = {
  readonly isCut: boolean;
  readonly depth: number;
  readonly boundaries: readonly string[];
};

const found = (parts: readonly MimeEntity[]): TextParts => ({ parts, obstacle: null });
const blocked = (obstacle: Obstacle): TextParts => ({ parts: [], obstacle });

function inside(bytes: Buffer, entity: MimeEntity, place: Place): TextParts {
  const { type } = entity;
  if (type === 'multipart/signed') return blocked('signed');
  if (type === 'multipart/encrypted') return blocked('encrypted');
  if (/^application\/(?:x-)?pkcs7-mime$/.test(type))
    return blocked(entity.parameters.get('smime-type') === 'signed-data' ? 'signed' : 'encrypted');
  if (!type.startsWith('multipart/'))
    return isReadable(entity) ? found([entity]) : blocked('no-text');
  const children = childrenOf(bytes, entity, place);
  switch (type) {
    case 'multipart/digest':
      return blocked('no-text');
    case 'multipart/alternative':
      return joined(children.map((child) => child()));
    case 'multipart/related':
      return rootOf(entity, children)();
    default:
      return firstOf(children);
  }
}

function isReadable({ type, isAttachment }: MimeEntity): boolean {
  return !isAttachment && (type === 'text/plain' || type === 'text/html');
}

type Child = { (): TextParts; readonly contentId: () => string };

/** Read when asked for: what stands behind the text, such as attachments, may be as broken as it likes. */
function childrenOf(
  bytes: Buffer,
  { parameters, encoding, start, end }: MimeEntity,
  { isCut, depth, boundaries }: Place,
): readonly Child[] {
  const boundary = parameters.get('boundary') ?? '';
  if (encoding === 'base64' || encoding === 'quoted-printable')
    throw new MalformedMime('an encoded multipart'); // RFC 2045 §6.4
  if (depth >= maxDepth) throw new MalformedMime('too deep');
  // Where one boundary begins like another, programs differ on which part a line ends.
  if (boundaries.some((outer) => boundary.startsWith(outer) || outer.startsWith(boundary)))
    throw new MalformedMime('boundaries that can be confused');
  return partsOf(bytes, [start, end], { boundary, isCut }).map((region) => {
    const read = () => readEntity(bytes, region);
    const place = {
      isCut: isCut && region[1] === bytes.length,
      depth: depth + 1,
      boundaries: [...boundaries, boundary],
    };
    return Object.assign(() => inside(bytes, read(), place), {
      contentId: () => read().contentId,
    });
  });
}

function joined(alternatives: readonly TextParts[]): TextParts {
  const parts = alternatives.flatMap((alternative) => alternative.parts);
  if (parts.length > 0) return found(parts);
  return blocked(hardest(alternatives.map(({ obstacle }) => obstacle)));
}

/** RFC 2387 §3.2: the part that `start` names, else the first. */
function rootOf({ parameters }: MimeEntity, children: readonly Child[]): () => TextParts {
  const start = parameters.get('start');
  const [first = () => blocked('no-text')] = children;
  return children.find((child) => start !== undefined && child.contentId() === start) ?? first;
}

function firstOf(children: readonly Child[]): TextParts {
  for (const child of children) {
    const read = child();
    if (read.obstacle !== 'no-text') return read;
  }
  return blocked('no-text');
}

function hardest(obstacles: readonly (Obstacle | null)[]): Obstacle {
  return (
    (['encrypted', 'signed'] as const).find((obstacle) => obstacles.includes(obstacle)) ?? 'no-text'
  );
}
