import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderHtml } from '../../../src/console/html.ts';
import { aliasListPage } from '../../../src/console/pages/alias-list-page.ts';

const aliases = Array.from({ length: 1201 }, (_, index) => ({
  id: `alias-${String(index).padStart(4, '0')}`,
  vendor: '',
  addresses: [],
  isWatched: true,
  hasHistory: index % 3 > 0,
}));

function pageAfter(after: string): string {
  return renderHtml(aliasListPage({ aliases, isStoreUp: true, after }));
}

test('every one of many aliases is on one page, those with history first', () => {
  const found: string[] = [];
  const sizes: number[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = pageAfter(after);
    const ids = [...page.matchAll(/href="\/aliases\/([^"]+)"/g)].map(([, id = '']) => id);
    found.push(...ids);
    sizes.push(ids.length);
    after = /href="\/aliases\?after=([^"]+)" rel="next"/.exec(page)?.[1];
  }
  assert.deepEqual(sizes, [500, 500, 201]);
  const ordered = [true, false].flatMap((has) =>
    aliases.filter(({ hasHistory }) => hasHistory === has).map(({ id }) => id),
  );
  assert.deepEqual(found, ordered);
});

test('a page that nothing comes before is the first', () => {
  assert.equal(pageAfter('nobody'), pageAfter(''));
  assert.match(pageAfter('alias-0001'), /href="\/aliases">First</);
});
