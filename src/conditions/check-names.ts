import { childrenOf, macroCallOf, nameOffset, type Node } from './ast.ts';
import { macros, type ConditionFunction } from './functions.ts';
import { insteadOf, type ExpressionProblem, type NearestName } from './problem.ts';

export type NameContext = {
  readonly variables: readonly string[];
  readonly functions: readonly ConditionFunction[];
  readonly nearest: NearestName;
};

/** What the same thing is called elsewhere. */
const synonyms: Readonly<Record<string, string>> = {
  includes: 'contains',
  has: 'contains',
  lower: 'folded',
  lowerAscii: 'folded',
  toLowerCase: 'folded',
  lowercase: 'folded',
  length: 'size',
  len: 'size',
  count: 'size',
  some: 'exists',
  any: 'exists',
  every: 'all',
  find: 'exists',
  search: 'matches',
  match: 'matches',
  regex: 'matches',
  test: 'matches',
  containsAny: 'mentions',
};

/** Every variable, function and method that nobody knows, and every name that means two things. */
export function checkNames(root: Node, context: NameContext): readonly ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  const visit = (node: Node, items: ReadonlySet<string>) => {
    const macro = macroCallOf(node);
    if (macro !== null) {
      const { item } = macro;
      const name = item.args;
      if (context.variables.includes(name) || items.has(name))
        problems.push({
          offset: item.start,
          message: `\`${name}\` has a meaning here already`,
          hint: 'call the item something else',
        });
      visit(macro.over, items);
      for (const body of macro.bodies) visit(body, new Set([...items, name]));
      return;
    }
    const problem = problemOf(node, items, context);
    if (problem !== null) problems.push(problem);
    for (const child of childrenOf(node)) visit(child, items);
  };
  visit(root, new Set());
  return problems;
}

function problemOf(
  node: Node,
  items: ReadonlySet<string>,
  context: NameContext,
): ExpressionProblem | null {
  switch (node.op) {
    case 'id':
      return unknownVariable(node.args, node, items, context);
    case 'call':
      return unknownFunction(node.args[0], node.start, context);
    case 'rcall':
      return unknownMethod(node.args[0], nameOffset(node, node.args[1], node.args[0]), context);
    default:
      return null;
  }
}

function unknownVariable(
  name: string,
  node: Node,
  items: ReadonlySet<string>,
  { variables, nearest }: NameContext,
): ExpressionProblem | null {
  if (items.has(name) || variables.includes(name)) return null;
  // `signals.phone-lure` is a subtraction to CEL.
  const before = /signals\.([a-z-]+)-$/.exec(node.input.slice(0, node.start))?.[1];
  const hint =
    before === undefined
      ? insteadOf(name, [...items, ...variables], nearest)
      : `write \`signals["${before}-${name}"]\`: a hyphen subtracts`;
  return { offset: node.start, message: `\`${name}\` is not known here`, hint };
}

function unknownFunction(
  name: string,
  offset: number,
  { functions, nearest }: NameContext,
): ExpressionProblem | null {
  const names = functions
    .filter(({ isMethod, signatures }) => !isMethod || signatures.some(isCall))
    .map((known) => known.name);
  if (names.includes(name)) return null;
  const message = `there is no function \`${name}\``;
  if (name === 'has')
    return { offset, message, hint: 'every field is always there: compare it instead' };
  const methods = [...functions.filter(({ isMethod }) => isMethod).map((known) => known.name)];
  if ([...methods, ...macros].includes(name))
    return { offset, message, hint: `write it behind what it asks: \`value.${name}(…)\`` };
  return { offset, message, hint: insteadOf(name, names, nearest) };
}

function isCall(signature: string): boolean {
  return !signature.slice(0, signature.indexOf('(')).includes('.');
}

function unknownMethod(
  name: string,
  offset: number,
  { functions, nearest }: NameContext,
): ExpressionProblem | null {
  const methods = functions.filter(({ isMethod }) => isMethod).map((known) => known.name);
  const isMacro = (macros as readonly string[]).includes(name);
  if (methods.includes(name)) return null;
  if (isMacro)
    return {
      offset,
      message: `\`${name}\` takes a name for the item and what is asked of it`,
      hint: `write for example \`message.links.${name}(link, link.domain == "example.com")\``,
    };
  const message = `there is no method \`${name}\``;
  const synonym = Object.hasOwn(synonyms, name) ? synonyms[name] : undefined;
  if (synonym !== undefined) return { offset, message, hint: `it is called \`${synonym}\` here` };
  if (functions.some((known) => known.name === name))
    return { offset, message, hint: `write \`${name}(value)\`` };
  return { offset, message, hint: insteadOf(name, [...methods, ...macros], nearest) };
}
