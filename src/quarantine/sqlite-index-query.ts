import type { IndexQuery } from './quarantine-index.ts';

export type Condition = { readonly where: string; readonly values: readonly string[] };

/** Rows of `held` that a query is about; `marks` are looked for only where they are given, since that reads the rows. */
export function placesOf(
  { state, alias, campaign, from, before }: IndexQuery,
  marks: IndexQuery['marks'] = [],
): Condition {
  const conditions = [
    ...(campaign === null ? [] : [one('campaign = ?', campaign)]),
    ...(alias === null ? [] : [one('alias = ?', alias)]),
    ...(state === 'any' ? [] : [one('state = ?', state)]),
    ...(from === null ? [] : [one('place >= ?', from)]),
    ...(before === null ? [] : [one('place < ?', before)]),
    ...marks.map((alternatives) => ({
      where: `(${alternatives.map(() => 'instr(marks, ?) > 0').join(' OR ')})`,
      values: alternatives,
    })),
  ];
  return {
    where: conditions.map(({ where }) => where).join(' AND ') || 'TRUE',
    values: conditions.flatMap(({ values }) => values),
  };
}

function one(where: string, value: string): Condition {
  return { where, values: [value] };
}
