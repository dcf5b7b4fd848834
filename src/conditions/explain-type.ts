import type { TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { literalNumber, literalText, nameOffset, type Node } from './ast.ts';
import { writtenName, type ConditionFunction } from './functions.ts';
import { insteadOf, type ExpressionProblem, type NearestName } from './problem.ts';

export type TypeContext = {
  /** Name of a struct type → names of its fields. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly functions: readonly ConditionFunction[];
  readonly nearest: NearestName;
};

/** What is wrong with an expression whose parts do not fit together. */
export function explainType(error: CelTypeError, context: TypeContext): ExpressionProblem {
  const node = error.node;
  const offset = error.range?.start ?? 0;
  const otherwise = { offset, message: plain(error.summary), hint: '' };
  if (node === undefined || Object.hasOwn(generic, error.code))
    return { ...otherwise, ...generic[error.code]?.(node) };
  switch (node.op) {
    case '.':
      return wrongAccess(node, context) ?? otherwise;
    case '[]':
      return {
        offset: node.args[1].start,
        message: `${describe(node.args[0])} cannot be indexed by ${describe(node.args[1])}`,
        hint: hintForIndex(node.args[0]),
      };
    case 'call':
    case 'rcall':
      return wrongCall(node, context);
    case '&&':
    case '||':
    case '!_':
      return wrongLogic(node);
    default:
      return isComparison(node) ? wrongOperands(node, context) : otherwise;
  }
}

/** In the words of the reference. */
const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  double: 'a number',
  bool: 'true or false',
  Set: 'a set',
  null: 'null',
};

export function typeName(type: string | undefined): string {
  if (type === undefined) return 'something';
  if (type.startsWith('list')) return 'a list';
  if (type.startsWith('map')) return 'a map';
  return typeNames[type] ?? `a ${type}`;
}

/** Type that the checker gave to a node; it keeps it beside what it declares. */
export function typeOf(node: Node): string | undefined {
  return (node as { readonly checkedType?: { readonly name: string } }).checkedType?.name;
}

function describe(node: Node): string {
  const text = node.input.slice(node.start, node.end);
  return `\`${text.length > 40 ? `${text.slice(0, 39)}…` : text}\` (${typeName(typeOf(node))})`;
}

function wrongAccess(
  node: Extract<Node, { op: '.' }>,
  { fields, nearest }: TypeContext,
): ExpressionProblem | null {
  const [receiver, name] = node.args;
  const type = typeOf(receiver);
  const offset = nameOffset(node, receiver, name);
  const known = type === undefined ? undefined : fields.get(type);
  const written = receiver.input.slice(receiver.start, receiver.end);
  if (known !== undefined) {
    if (type === 'Sets' && known.length === 0)
      return {
        offset,
        message: `there is no set \`${name}\``,
        hint: 'name it in `lists.yaml: sets`',
      };
    const hint = insteadOf(name, known, nearest);
    return { offset, message: `\`${written}\` has no field \`${name}\``, hint };
  }
  if (type?.startsWith('list') === true)
    return {
      offset,
      message: `\`${written}\` is a list, which has no field \`${name}\``,
      hint: `ask one of its items: \`${written}.exists(item, item.${name} == …)\``,
    };
  return {
    offset,
    message: `${describe(receiver)} has no fields`,
    hint: '',
  };
}

function hintForIndex(receiver: Node): string {
  const type = typeOf(receiver);
  if (type?.startsWith('list') === true) return 'write a whole number, 0 for the first';
  return 'write the field behind a dot';
}

function wrongCall(
  node: Extract<Node, { op: 'call' | 'rcall' }>,
  { functions }: TypeContext,
): ExpressionProblem {
  const isMethod = node.op === 'rcall';
  const name = writtenName(node.args[0]);
  const given = isMethod ? node.args[2] : node.args[1];
  const offset = isMethod ? nameOffset(node, node.args[1], name) : node.start;
  const known = functions.find((found) => found.name === name);
  const shape = known?.signatures.join(' or ') ?? '';
  if (isMethod) {
    const receiver = node.args[1];
    const on = typeOf(receiver);
    if (on?.startsWith('list') === true && known?.signatures.some(isOnText) === true) {
      const written = receiver.input.slice(receiver.start, receiver.end);
      const argument =
        given[0] === undefined ? '' : given[0].input.slice(given[0].start, given[0].end);
      const hint =
        name === 'contains' && on === 'list<string>'
          ? `write \`${argument} in ${written}\``
          : `ask one of its items: \`${written}.exists(item, item.${on === 'list<string>' ? '' : 'field.'}${name}(${argument}))\``;
      return {
        offset,
        message: `\`${name}\` asks a text, and ${describe(receiver)} is none`,
        hint,
      };
    }
    if (on !== 'string' && known?.signatures.some(isOnText) === true && name !== 'size')
      return {
        offset,
        message: `\`${name}\` asks a text, and ${describe(receiver)} is none`,
        hint: on === 'Mailbox' ? 'ask its `.name`, `.address` or `.domain`' : '',
      };
  }
  const types = given.map((argument) => typeName(typeOf(argument))).join(', ');
  return {
    offset,
    message: `\`${name}\` cannot be called with ${types === '' ? 'nothing' : types}`,
    hint:
      name === 'mentions' ? 'write a list: `text.mentions(["one", "other"])`' : `it is ${shape}`,
  };
}

function isOnText(signature: string): boolean {
  return signature.startsWith('string.');
}

function wrongLogic(node: Extract<Node, { op: '&&' | '||' | '!_' }>): ExpressionProblem {
  const operands = node.op === '!_' ? [node.args] : node.args;
  const wrong = operands.find((operand) => typeOf(operand) !== 'bool') ?? node;
  return {
    offset: wrong.start,
    message: `${describe(wrong)} is not true or false`,
    hint: hintForTruth(typeOf(wrong), wrong),
  };
}

/** How a value becomes a question. */
export function hintForTruth(type: string | undefined, node: Node): string {
  const text = node.input.slice(node.start, node.end);
  const written = text.length > 60 ? '…' : text;
  switch (type) {
    case 'string':
      return `compare it: \`${written} == "text"\` or \`${written} != ""\``;
    case 'int':
    case 'double':
      return `compare it: \`${written} > 0\``;
    case 'Signal':
      return `write \`${written}.shown\``;
    case 'Mailbox':
      return `compare \`${written}.address\``;
    default:
      return type?.startsWith('list') === true
        ? `write \`${written}.size() > 0\` or \`${written}.exists(item, …)\``
        : '';
  }
}

type Comparison = Extract<
  Node,
  { op: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%' }
>;

function isComparison(node: Node): node is Comparison {
  return ['==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%'].includes(node.op);
}

function wrongOperands(node: Comparison, { fields }: TypeContext): ExpressionProblem {
  const [left, right] = node.args;
  const message = `${describe(left)} and ${describe(right)} cannot be joined by \`${node.op}\``;
  return { offset: node.start, message, hint: hintForOperands(node, left, right, fields) };
}

function hintForOperands(
  { op }: Comparison,
  left: Node,
  right: Node,
  fields: TypeContext['fields'],
): string {
  const [leftType, rightType] = [typeOf(left), typeOf(right)];
  const isNumber = (type: string | undefined) => type === 'int' || type === 'double';
  const number = literalNumber(left) ?? literalNumber(right);
  if (number !== null && (leftType === 'string' || rightType === 'string'))
    return `put the number in quotes if text is meant: "${number}"`;
  const text = literalText(left) ?? literalText(right);
  if (text !== null && (isNumber(leftType) || isNumber(rightType)) && Number.isFinite(Number(text)))
    return `remove the quotes: ${text}`;
  if (text !== null && (leftType === 'bool' || rightType === 'bool'))
    return 'write true or false without quotes, or leave the comparison out';
  const written = (node: Node) => node.input.slice(node.start, node.end);
  if (leftType === 'null' || rightType === 'null')
    return 'nothing is ever null: a text that is absent is `""`, a list is empty';
  if (op === 'in' && rightType === 'string')
    return `write \`${written(right)}.contains(${written(left)})\``;
  if (op === '==' || op === '!=') {
    if (leftType?.startsWith('list') === true)
      return `write \`${written(right)} in ${written(left)}\``;
    if (leftType === 'Set' || rightType === 'Set') return 'ask a set with `in`';
    const known = leftType === undefined ? undefined : fields.get(leftType);
    if (known !== undefined) return `compare one of its fields: ${known.join(', ')}`;
  }
  return '';
}

/** Errors that mean the same whatever they stand in. */
const generic: Readonly<
  Record<string, (node: Node | undefined) => Omit<ExpressionProblem, 'offset'>>
> = {
  heterogeneous_list_element: () => ({
    message: 'the items of a list must be of one kind',
    hint: 'put numbers in quotes where text is meant',
  }),
  incompatible_ternary_branches: () => ({
    message: 'both branches of `? :` must be of one kind',
    hint: '',
  }),
  invalid_condition_type: (node) => ({
    message: `${node === undefined ? 'this' : describe(node)} is not true or false`,
    hint: node === undefined ? '' : hintForTruth(typeOf(node), node),
  }),
  invalid_comprehension_range: (node) => ({
    message: `${node === undefined ? 'this' : describe(node)} is not a list`,
    hint: '',
  }),
};

function plain(summary: string): string {
  return summary.charAt(0).toLowerCase() + summary.slice(1);
}
