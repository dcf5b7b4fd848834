import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const pages = globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md', '.github/**/*.md']);

test('every link of the documentation leads to a file and a heading that exist', () => {
  const broken: string[] = [];
  let found = 0;
  for (const page of pages) {
    for (const [, target = ''] of withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      found++;
      if (!existsSync(file)) broken.push(`${page}: ${target}`);
      else if (anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor))
        broken.push(`${page}: ${target} (no such heading)`);
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(found > 100, `${found} links`);
});

function withoutCode(page: string): string {
  return readFileSync(page, 'utf8').replace(/^```[^]*?^```/gm, '');
}

/** As GitHub and GitLab name headings: lower case, words joined with hyphens, a number where a name comes again. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(page).matchAll(/^#+ (.+)$/gm)) {
    const name = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let [anchor, times] = [name, 0];
    while (anchors.has(anchor)) anchor = `${name}-${++times}`;
    anchors.add(anchor);
  }
  return anchors;
}
