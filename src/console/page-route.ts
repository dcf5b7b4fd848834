import type { Access } from './access/access.ts';
import type { Frame } from './frame.ts';
import type { Role } from './role.ts';
import type { ConsoleSources } from './sources.ts';
import type { Visitor } from './visitor.ts';

export type PageContext = {
  readonly sources: ConsoleSources;
  readonly access: Access;
  readonly visitor: Visitor;
  readonly now: () => Date;
  /** What surrounds the page, under this title. */
  readonly frame: (title: string) => Frame;
};

export type PageInput = {
  /** From the path, decoded; hostile. */
  readonly params: Readonly<Record<string, string>>;
  /** One value each: of several of one name, the first. */
  readonly query: Readonly<Record<string, string>>;
};

/** One page: who may see it, and its HTML. */
export type PageRoute = {
  /** `:name` is a parameter. */
  readonly path: string;
  readonly needs: Role;
  /** @throws PageProblem for a page that cannot be shown. */
  readonly render: (input: PageInput, context: PageContext) => Promise<string>;
};

/** Ends in a page that says why. */
export class PageProblem extends Error {
  override readonly name = 'PageProblem';
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.status = status;
    this.title = title;
  }
}
