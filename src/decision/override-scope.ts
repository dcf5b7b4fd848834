import { selectorKinds, type SelectorKind, type Selectors } from './policy-override.ts';

const words: Readonly<Record<SelectorKind, readonly [one: string, several: string]>> = {
  vendor: ['vendor', 'vendors'],
  alias: ['alias', 'aliases'],
  function: ['function', 'functions'],
  recipientDomain: ['recipient domain', 'recipient domains'],
  recipient: ['recipient', 'recipients'],
};

/** What an override is for, in words that differ between any two: `alias a, recipient domains b.example and c.example`. */
export function scopeOf(selectors: Selectors): string {
  return selectorKinds
    .flatMap((kind) => {
      const names = [...(selectors[kind] ?? [])].sort();
      const [one, several] = words[kind];
      return names.length === 0 ? [] : [`${names.length === 1 ? one : several} ${joined(names)}`];
    })
    .join(', ');
}

function joined(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), names.at(-1)].filter((part) => part !== '').join(' and ');
}
