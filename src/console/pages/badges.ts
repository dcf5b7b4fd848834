import { html, type Html } from '../html.ts';

/** Verdicts that ask for a person, and those that do not. */
const tones: Readonly<Record<string, 'alarm' | 'warn' | 'good' | 'quiet'>> = {
  anomalous: 'alarm',
  impersonation: 'alarm',
  suspicious: 'warn',
  unverified: 'warn',
  unavailable: 'warn',
  held: 'warn',
  'delivered-tagged': 'warn',
  'delivered-before-flag': 'alarm',
  clean: 'good',
  released: 'good',
  delivered: 'good',
  deleted: 'quiet',
};

const words: Readonly<Record<string, string>> = {
  'delivered-tagged': 'delivered, tagged',
  'delivered-before-flag': 'delivered before the first flag',
};

/** A verdict or a state in a word; its colour only repeats it. */
export function badge(word: string): Html {
  return html`<span class="badge ${tones[word] ?? 'quiet'}">${words[word] ?? word}</span>`;
}

export function toned(tone: 'alarm' | 'warn' | 'good' | 'quiet', text: string): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}
