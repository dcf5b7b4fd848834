import { injectionKinds } from './inject.ts';
import { shareOf, type Share } from './share.ts';
import type { InjectionResult, StreamResult } from './streams.ts';
import type { TextKind } from './text-kind.ts';

/** Recall of one kind of lure: of all, after so many messages, on closed aliases, and by how much the text varies. */
export type KindFigures = Share & {
  readonly kind: string;
  readonly title: string;
  readonly at100: Share;
  readonly at200: Share;
  /** Aliases with 50 messages and more that never brought a link or bare domain that was new. */
  readonly closed: Share;
  readonly rigid: Share;
  readonly mixed: Share;
  readonly freeText: Share;
};

type Placed = { readonly result: InjectionResult; readonly textKind: TextKind };

const pooledAttachments = { kind: 'h', title: 'the callback lure in an attachment, all three' };

/** One row a kind, kinds without messages left out; behind the three of attachments their sum. */
export function injectionFigures(streams: readonly StreamResult[]): readonly KindFigures[] {
  const placed = streams.flatMap(({ injections, textKind }) =>
    injections.map((result): Placed => ({ result, textKind })),
  );
  const rows = injectionKinds.map(({ kind, title }) => ({
    kind,
    title,
    of: placed.filter(({ result }) => result.kind === kind),
  }));
  const attached = { ...pooledAttachments, of: placed.filter(({ result }) => isAttached(result)) };
  return [...rows, attached]
    .filter(({ of }) => of.length > 0)
    .map(({ kind, title, of }) => ({ kind, title, ...figuresOf(of) }));
}

function isAttached({ kind }: InjectionResult): boolean {
  return kind.startsWith('h-');
}

function figuresOf(placed: readonly Placed[]): Omit<KindFigures, 'kind' | 'title'> {
  const where = (accepts: (placed: Placed) => boolean) =>
    shareOf(placed.filter(accepts).map(({ result }) => result));
  return {
    ...where(() => true),
    at100: where(({ result }) => result.messages >= 100),
    at200: where(({ result }) => result.messages >= 200),
    closed: where(({ result }) => result.isClosed),
    rigid: where(({ textKind }) => textKind === 'rigid'),
    mixed: where(({ textKind }) => textKind === 'mixed'),
    freeText: where(({ textKind }) => textKind === 'freeText'),
  };
}
