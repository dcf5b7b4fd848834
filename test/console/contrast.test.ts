import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';

const css = await readFile(
  new URL('../../src/console/assets/console.css', import.meta.url),
  'utf8',
);

type Palette = ReadonlyMap<string, string>;

function paletteOf(block: RegExp): Palette {
  const [, body = ''] = block.exec(css) ?? [];
  return new Map(
    [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

const palettes = {
  light: paletteOf(/^:root \{([^}]*)\}/m),
  dark: paletteOf(/^:root\[data-theme='dark'\] \{([^}]*)\}/m),
  'dark of the system': paletteOf(/prefers-color-scheme: dark\) \{\s*:root[^{]*\{([^}]*)\}/),
};

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Text, and the papers that it stands on. */
const texts: Readonly<Record<string, readonly string[]>> = {
  ink: ['paper', 'card', 'raised', 'selected', 'alarm-paper', 'good-paper', 'slot-paper'],
  soft: ['paper', 'card', 'raised', 'selected'],
  link: ['paper', 'card', 'raised', 'selected'],
  'on-primary': ['primary'],
  alarm: ['alarm-paper', 'card'],
  warn: ['warn-paper'],
  good: ['good-paper', 'card'],
  quiet: ['quiet-paper'],
};

/** What has to be told from its paper without being read. */
const shapes: Readonly<Record<string, readonly string[]>> = {
  edge: ['card', 'paper'],
  focus: ['card', 'paper', 'raised'],
  'bar-for': ['card', 'raised'],
  'bar-against': ['card'],
  bar: ['card', 'raised'],
  young: ['card'],
  ...Object.fromEntries(
    [...palettes.light.keys()]
      .filter((name) => name.startsWith('v-'))
      .map((name) => [name, ['card']]),
  ),
};

describe('colours can be told apart', () => {
  for (const [name, palette] of Object.entries(palettes)) {
    const assertAll = (pairs: typeof texts, least: number) => {
      for (const [front, backs] of Object.entries(pairs))
        for (const back of backs) {
          const [one, other] = [palette.get(front), palette.get(back)];
          assert.ok(one !== undefined && other !== undefined, `${front} on ${back}`);
          const ratio = contrast(one, other);
          assert.ok(ratio >= least, `${front} on ${back}: ${ratio.toFixed(2)}`);
        }
    };
    test(`${name}: text is at least 4.5 to 1 (WCAG 1.4.3)`, () => {
      assertAll(texts, 4.5);
    });
    test(`${name}: what is drawn is at least 3 to 1 (WCAG 1.4.11)`, () => {
      assertAll(shapes, 3);
    });
  }
  test('dark is the same whoever chose it', () => {
    assert.deepEqual([...palettes['dark of the system']], [...palettes.dark]);
    assert.deepEqual([...palettes.dark.keys()], [...palettes.light.keys()]);
  });
});
