import { QuarantineError } from '../quarantine/quarantine-error.ts';
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

/** What is down is told as that, not as a fault of whoever asked; an address that no page of a list has is theirs. */
export async function orDown<Result>(asked: Promise<Result>, what: string): Promise<Result> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof QuarantineError && error.problem === 'invalid-id')
      throw new PageProblem(404, 'No such page', 'The address was cut short. Begin at the newest.');
    throw new PageProblem(
      503,
      'Not available now',
      `The ${what} does not answer. Mail goes on as the policy says, and nothing that is held is lost. Try again in a moment.`,
      { cause: error },
    );
  }
}
