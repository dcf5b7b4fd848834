import type { KnownNames } from '../../conditions/context-fields.ts';
import { celTypeOf, type Field, type Struct, type ValueType } from '../../conditions/field.ts';
import { functionsFor, macros } from '../../conditions/functions.ts';
import { variablesFor } from '../../conditions/variables.ts';

/** A worked example: a condition as it stands in a file. */
export type WorkedExample = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly when: string;
  readonly effect: object;
};

/** Names that the reference does not list: they are the operator's. */
const known: KnownNames = { aliasIds: [], vendors: [], attackCauses: [], sets: ['executives'] };

/** docs/conditions.md, from the definitions that type-check conditions and show messages to them. */
export function conditionsReference(examples: readonly WorkedExample[]): string {
  const variables = variablesFor(known);
  return [
    introduction,
    '## Variables',
    table(
      ['Variable', 'What it is', 'Backtest'],
      variables.map(({ name, type, description, needsMessage }) => [
        `\`${name}\``,
        `${description} (${linkTo(type)})`,
        needsMessage ? 'no' : 'yes',
      ]),
    ),
    ...structsIn(variables).map(structSection),
    '## Functions',
    table(
      ['Function', 'What it answers', 'Example'],
      functionsFor(() => false).map(({ signatures, description, example }) => [
        signatures.map((signature) => `\`${signature}\``).join('<br>'),
        description,
        code(example),
      ]),
    ),
    `Lists also have \`${macros.join('`, `')}\`: \`message.links.exists(l, l.domain == "example.com")\` is true where one link leads there, \`all\` asks every item, \`filter\` and \`map\` make another list. Operators: \`&& || ! == != < <= > >= in + - * / % ? :\`. Whole numbers and others mix freely.`,
    '## Worked examples',
    'All of these stand in `rules/conditions.yaml`, switched off; a test holds each against a message it is meant for and an honest one.',
    ...examples.map(exampleSection),
    '',
  ].join('\n\n');
}

const introduction = `# Conditions

<!-- Written by \`aliaswatch rules reference --write docs/conditions.md\` from the definitions in src/conditions. -->

\`rules/conditions.yaml\` holds an operator's own rules in [CEL](https://cel.dev). A condition that is true of a message moves its
score by \`bits\`, or asks for an \`action\`:

\`\`\`yaml
conditions:
  - id: refund-by-phone
    name: Refund lure with a telephone number
    aliases: [paypal]
    when: >-
      hasPhone(message.subject) && message.subject.mentions(["refund", "cancel"])
    effect: { bits: 6 }
\`\`\`

- **Bits** are a term of the score like any other and stand in its explanation. The chance that decides (budgets of
  \`policy.yaml\`) is worked out for the new total from how honest mail of the alias scores *without* conditions; only that
  score is learned.
- **An action** (\`tag\`, \`quarantine\`, \`defer\`, \`reject\`) is what is done at least; of several the gravest. Without \`forced: true\`
  it goes no further than a score could: an alias without pack or history holds nothing, and a one-time code is only tagged.
  The breaker and the mode bound it as they bound everything.
- \`aliases\` (ids or vendors) says whom it is asked of; empty for all. Nothing of a message is read that no condition asks for.
- **Time is bounded** when the rules are checked, from the largest each list and text can be: at most 250,000 steps (about a
  microsecond each) for one condition, 2,000,000 for all. What it makes on the way may have at most 10,000 items or 200,000
  characters. Patterns run on RE2's linear engine.
- **A value that is not there** (\`message.links[7]\`) makes the condition untrue for that message, counts in
  \`aliaswatch_condition_errors_total\` and is logged once an hour. Matches count in \`aliaswatch_condition_matches_total\`.
- \`aliaswatch rules check\` points into the expression, says what to write instead, and warns of what can never be true and of
  a condition that alone reaches quarantine without \`forced: true\`.
- Kept feature vectors have no content: a condition that reads a field marked *no* under "Backtest" cannot be backtested.`;

function structsIn(variables: readonly Field[]): readonly { path: string; struct: Struct }[] {
  const found = new Map<Struct, string>();
  const visit = (type: ValueType, path: string) => {
    if (type.kind === 'list') visit(type.of, `item of ${path}`);
    if (type.kind === 'map') visit(type.of, `value of ${path}`);
    if (type.kind !== 'struct' || found.has(type.struct)) return;
    found.set(type.struct, path);
    for (const field of type.struct.fields) visit(field.type, `${path}.${field.name}`);
  };
  for (const { name, type } of variables) visit(type, name);
  return [...found].map(([struct, path]) => ({ path, struct }));
}

function structSection({ path, struct }: { path: string; struct: Struct }): string {
  const isMessage = path.includes('message') || path.startsWith('authentication');
  const rows = struct.fields.map(({ name, type, description, example, needsMessage }) => [
    `\`${name}\``,
    `\`${celTypeOf(type)}\``,
    rangeOf(type),
    description,
    code(example),
    needsMessage || isMessage ? 'no' : 'yes',
  ]);
  return `### ${struct.name}: ${path}\n\n${table(['Field', 'Type', 'Range', 'What it is', 'Example', 'Backtest'], rows)}`;
}

function rangeOf(type: ValueType): string {
  switch (type.kind) {
    case 'text':
      return type.values !== undefined && type.isOpen !== true && type.values.length > 0
        ? type.values.map((value) => `\`"${value}"\``).join(', ')
        : `at most ${type.maxLength.toLocaleString('en')} characters`;
    case 'int':
    case 'double':
      return `${type.least} to ${type.most.toLocaleString('en')} ${type.unit}`;
    case 'list':
      return `at most ${type.maxItems} items`;
    case 'map':
      return `keys: ${type.keys.map((key) => `\`${key}\``).join(', ')}`;
    default:
      return '';
  }
}

function linkTo(type: ValueType): string {
  return `\`${celTypeOf(type)}\`${type.kind === 'map' ? `; ${rangeOf(type)}` : ''}`;
}

function exampleSection({ name, description, aliases, when, effect }: WorkedExample): string {
  const whom = aliases.length === 0 ? 'every alias' : aliases.map((id) => `\`${id}\``).join(', ');
  return `### ${name}\n\n${description} Asked of ${whom}; effect \`${JSON.stringify(effect)}\`.\n\n\`\`\`cel\n${when.trim()}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** In a table a bar ends a cell, also in code. */
function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Every example that stands beside a field or a function. */
export function referenceExamples(): readonly string[] {
  const variables = variablesFor({ ...known, attackCauses: ['callback'] });
  return [
    ...variables.map(({ example }) => example),
    ...structsIn(variables).flatMap(({ struct }) => struct.fields.map(({ example }) => example)),
    ...functionsFor(() => false).map(({ example }) => example),
  ];
}
