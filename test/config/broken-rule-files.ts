import { knownKeys } from '../../src/config/known-keys.ts';
import { policySchema } from '../../src/config/policy-schema.ts';
import { signalIds } from '../../src/features/signals.ts';

/** One file of the rules directory, broken in one way, and what the operator reads. */
export type BrokenFile = {
  readonly name: string;
  readonly file: string;
  readonly content: string | Buffer;
  readonly expected: readonly string[];
};

const policyKeys = `  known here: ${knownKeys(policySchema, []).join(', ')}`;

const priors = signalIds.map((signal) => `${signal}: {a: 1, b: 9, cold: 0.1}`).join(', ');

/** A valid `causes.yaml` but for what the case puts in: signals on line 1, attack causes on 2, benign causes from 3. */
export function causes({
  signals = priors,
  attack = '{id: x, title: X, weight: 1, chances: {link: 0.9}}',
  benign = '',
}): string {
  return `signals: {${signals}}\nattack: [${attack}]\nbenign:\n  - {id: steady, title: S, prior: null, chances: {}}\n${benign}`;
}

/** A valid `languages/en.yaml` but for its lure words. */
export function language(lureWords: string): string {
  return `lureWords: ${lureWords}\ncommonWords: [the]\n`;
}

/** A valid `lists.yaml` but for its first line. */
export function lists(change: string): string {
  const parts = {
    freeHosting: '[weebly.com]',
    urlShorteners: '[bit.ly]',
    freeMail: '[gmail.com]',
    cheapTopLevelDomains: '[top]',
    brands: '{}',
    deskWords: '[]',
    popularDomainsFile: 'popular-domains.txt',
  };
  const key = change.slice(0, change.indexOf(':'));
  const rest = Object.entries(parts).filter(([name]) => name !== key);
  return `${change}\n${rest.map(([name, value]) => `${name}: ${value}\n`).join('')}`;
}

const facts = {
  id: 'test',
  addresses: '[a@test.example]',
  dkimDomains: '[test.example]',
  confirmed: 'true',
  pack: '{}',
};

/** A valid vendor file but for what the case puts in: `id` on line 3, then one fact per line; `-` leaves one out. */
export function vendor(change: Partial<typeof facts>): string {
  const lines = Object.entries({ ...facts, ...change }).filter(([, value]) => value !== '-');
  return `vendor: Test\naliases:\n  - ${lines.map(([name, value]) => `${name}: ${value}\n`).join('    ')}`;
}

export const brokenFiles: readonly BrokenFile[] = [
  {
    name: 'a mistyped key',
    file: 'policy.yaml',
    content: 'mode: tag\nfailopen: {}\n',
    expected: [
      'policy.yaml:2:1: unknown key `failopen`',
      '  2 | failopen: {}',
      '    | ^',
      '  did you mean `failOpen`?',
    ],
  },
  {
    name: 'a key that resembles nothing',
    file: 'policy.yaml',
    content: 'zebra: 1\n',
    expected: ['policy.yaml:1:1: unknown key `zebra`', '  1 | zebra: 1', '    | ^', policyKeys],
  },
  {
    name: 'a mistyped key further in',
    file: 'policy.yaml',
    content: 'tag:\n  floorBits: 8\n  bugdet: 0.001\n',
    expected: [
      'policy.yaml:3:3: unknown key `bugdet`',
      '  3 |   bugdet: 0.001',
      '    |   ^',
      '  did you mean `budget`?',
    ],
  },
  {
    name: 'a mistyped word',
    file: 'policy.yaml',
    content: 'mode: enfroce\n',
    expected: [
      'policy.yaml:1:7: `enfroce` is not known here',
      '  1 | mode: enfroce',
      '    |       ^',
      '  did you mean `enforce`?',
    ],
  },
  {
    name: 'a word that resembles nothing',
    file: 'policy.yaml',
    content: 'impersonation: {action: discard}\n',
    expected: [
      'policy.yaml:1:25: `discard` is not known here',
      '  1 | impersonation: {action: discard}',
      '    |                         ^',
      '  one of: pass, tag, quarantine, defer, reject',
    ],
  },
  {
    name: 'text where a number belongs',
    file: 'policy.yaml',
    content: 'quarantine:\n  minDays: a week\n',
    expected: [
      'policy.yaml:2:12: `a week` is not a number',
      '  2 |   minDays: a week',
      '    |            ^',
    ],
  },
  {
    name: 'a fraction where a whole number belongs',
    file: 'policy.yaml',
    content: 'quarantine: {minDays: 1.5}\n',
    expected: [
      'policy.yaml:1:23: `1.5` is not a whole number',
      '  1 | quarantine: {minDays: 1.5}',
      '    |                       ^',
    ],
  },
  {
    name: 'a number out of bounds',
    file: 'policy.yaml',
    content: 'tag: {budget: 0.5}\n',
    expected: [
      'policy.yaml:1:15: `0.5` is too large: at most 0.1',
      '  1 | tag: {budget: 0.5}',
      '    |               ^',
    ],
  },
  {
    name: 'holding more often than tagging',
    file: 'policy.yaml',
    content: 'quarantine: {budget: 0.01}\n',
    expected: [
      'policy.yaml:1:22: holding mail must not be more frequent than tagging it (tag.budget is 0.001)',
      '  1 | quarantine: {budget: 0.01}',
      '    |                      ^',
      '  write at most 0.001',
    ],
  },
  {
    name: 'holding more alerts a day than tagging',
    file: 'policy.yaml',
    content: 'tag: {alertsPerDay: 5}\nquarantine: {alertsPerDay: 6}\n',
    expected: [
      'policy.yaml:2:28: holding mail must not be more frequent than tagging it (tag.alertsPerDay is 5)',
      '  2 | quarantine: {alertsPerDay: 6}',
      '    |                            ^',
      '  write at most 5',
    ],
  },
  {
    name: 'a bound on holds of nothing',
    file: 'policy.yaml',
    content: 'quarantine: {maxHeldPerHour: 0}\n',
    expected: [
      'policy.yaml:1:30: `0` is too small: at least 1',
      '  1 | quarantine: {maxHeldPerHour: 0}',
      '    |                              ^',
    ],
  },
  {
    name: 'a bound on holds below nothing',
    file: 'policy.yaml',
    content: 'quarantine: {maxHeldPerHour: -5}\n',
    expected: [
      'policy.yaml:1:30: `-5` is too small: at least 1',
      '  1 | quarantine: {maxHeldPerHour: -5}',
      '    |                              ^',
    ],
  },
  {
    name: 'a bound on holds in words',
    file: 'policy.yaml',
    content: 'quarantine: {maxHeldPerHour: many}\n',
    expected: [
      'policy.yaml:1:30: `many` is not a number',
      '  1 | quarantine: {maxHeldPerHour: many}',
      '    |                              ^',
    ],
  },
  {
    name: 'a bound on holds of half a message',
    file: 'policy.yaml',
    content: 'quarantine: {maxHeldPerHour: 2.5}\n',
    expected: [
      'policy.yaml:1:30: `2.5` is not a whole number',
      '  1 | quarantine: {maxHeldPerHour: 2.5}',
      '    |                              ^',
    ],
  },
  {
    name: 'a budget in two units',
    file: 'policy.yaml',
    content: 'tag: {budget: 0.001, alertsPerDay: 5}\n',
    expected: [
      'policy.yaml:1:22: `budget` stands here already: a chance or a number a day, not both',
      '  1 | tag: {budget: 0.001, alertsPerDay: 5}',
      '    |                      ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'a ceiling without its number',
    file: 'policy.yaml',
    content: 'limits: {alias: {action: defer}}\n',
    expected: [
      'policy.yaml:1:10: `perHour` is missing',
      '  1 | limits: {alias: {action: defer}}',
      '    |          ^',
      '  add `perHour`: a number',
    ],
  },
  {
    name: 'our own accounts at a vendor that nobody knows',
    file: 'lists.yaml',
    content: lists('ourActors: {docusing: [Alder Foods]}'),
    expected: [
      'lists.yaml:1:13: no alias or vendor is called `docusing`',
      '  1 | ourActors: {docusing: [Alder Foods]}',
      '    |             ^',
      '  did you mean `docusign`?',
    ],
  },
  {
    name: 'a ceiling that would refuse mail',
    file: 'policy.yaml',
    content: 'limits: {newActor: {perHour: 20, action: reject}}\n',
    expected: [
      'policy.yaml:1:42: `reject` is not known here',
      '  1 | limits: {newActor: {perHour: 20, action: reject}}',
      '    |                                          ^',
      '  one of: tag, defer, quarantine',
    ],
  },
  {
    name: 'anomalous mail treated more mildly than suspicious mail',
    file: 'policy.yaml',
    content: 'actions: {suspicious: reject, anomalous: tag}\n',
    expected: [
      'policy.yaml:1:42: must not be milder than what happens to suspicious mail (actions.suspicious is reject)',
      '  1 | actions: {suspicious: reject, anomalous: tag}',
      '    |                                          ^',
      '  write `reject`, or a milder one for suspicious',
    ],
  },
  {
    name: 'a list where a mapping belongs',
    file: 'policy.yaml',
    content: 'tag: [1, 2]\n',
    expected: [
      'policy.yaml:1:6: a list is not a mapping (`key: value`)',
      '  1 | tag: [1, 2]',
      '    |      ^',
    ],
  },
  {
    name: 'a watched address in capitals',
    file: 'policy.yaml',
    content: 'watch: [Billing@Example.com]\n',
    expected: [
      'policy.yaml:1:9: `Billing@Example.com` is not an address in lower case, or a pattern such as `*@example.com` or `*@*.example.com`',
      '  1 | watch: [Billing@Example.com]',
      '    |         ^',
    ],
  },
  {
    name: 'a pattern with a star in the middle',
    file: 'policy.yaml',
    content: 'watch:\n  - "a*b@example.com"\n',
    expected: [
      'policy.yaml:2:5: `a*b@example.com` is not an address in lower case, or a pattern such as `*@example.com` or `*@*.example.com`',
      '  2 |   - "a*b@example.com"',
      '    |     ^',
    ],
  },
  {
    name: 'a key twice',
    file: 'policy.yaml',
    content: 'mode: tag\nwatch: []\nmode: shadow\n',
    expected: [
      'policy.yaml:3:1: this key stands here a second time',
      '  3 | mode: shadow',
      '    | ^',
      '  keep one of the two',
    ],
  },
  {
    name: 'an open bracket',
    file: 'policy.yaml',
    content: 'watch: [a@b.example\nmode: tag\n',
    expected: [
      'policy.yaml:2:1: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      '  2 | mode: tag',
      '    | ^',
      '  indent it like the lines beside it, and close every bracket above it',
    ],
  },
  {
    name: 'tabs',
    file: 'policy.yaml',
    content: 'tag:\n\tbudget: 0.001\n',
    expected: [
      'policy.yaml:2:1: not YAML: Tabs are not allowed as indentation',
      '  2 |  budget: 0.001',
      '    | ^',
      '  indent with spaces',
    ],
  },
  {
    name: 'two documents',
    file: 'policy.yaml',
    content: 'mode: tag\n---\nmode: shadow\n',
    expected: [
      'policy.yaml:2:1: a second document starts here',
      '  2 | ---',
      '    | ^',
      '  remove the line `---` and what follows it',
    ],
  },
  {
    name: 'a tag of some programming language',
    file: 'policy.yaml',
    content: 'mode: !!python/object tag\n',
    expected: [
      'policy.yaml:1:7: not YAML: Unresolved tag: tag:yaml.org,2002:python/object',
      '  1 | mode: !!python/object tag',
      '    |       ^',
    ],
  },
  {
    name: 'an alias without an anchor',
    file: 'policy.yaml',
    content: 'mode: *other\n',
    expected: [
      'policy.yaml:1:1: not YAML: Unresolved alias (the anchor must be set before the alias): other',
    ],
  },
  {
    name: 'an alias bomb',
    file: 'policy.yaml',
    content: `watch: &a [x]\n${'bcdefghi'
      .split('')
      .map(
        (name, index) =>
          `${name}: &${name} [${Array(9)
            .fill(`*${'abcdefgh'.charAt(index)}`)
            .join(', ')}]`,
      )
      .join('\n')}\n`,
    expected: [
      'policy.yaml:1:1: aliases (`*name`) that expand to too much',
      '  write the values out',
    ],
  },
  {
    name: 'bytes that are not UTF-8',
    file: 'policy.yaml',
    content: Buffer.from([0x6d, 0x6f, 0xff, 0xfe]),
    expected: ['policy.yaml:1:1: not valid UTF-8', '  save the file as UTF-8'],
  },
  {
    name: 'a file that is too large',
    file: 'policy.yaml',
    content: Buffer.alloc(1_048_577, '#'),
    expected: [
      'policy.yaml:1:1: larger than 1048576 bytes',
      '  a file that people write is far smaller: is it the right one?',
    ],
  },
  {
    name: 'an empty file',
    file: 'causes.yaml',
    content: '',
    expected: [
      'causes.yaml:1:1: `signals` is missing',
      '  add `signals`: a mapping (`key: value`)',
      'causes.yaml:1:1: `attack` is missing',
      '  add `attack`: a list',
      'causes.yaml:1:1: `benign` is missing',
      '  add `benign`: a list',
    ],
  },
  {
    name: 'a key of the prototype',
    file: 'policy.yaml',
    content: '__proto__: {mode: shadow}\n',
    expected: [
      'policy.yaml:1:1: unknown key `__proto__`',
      '  1 | __proto__: {mode: shadow}',
      '    | ^',
      policyKeys,
    ],
  },
  {
    name: 'a merge key',
    file: 'policy.yaml',
    content: '<<: {mode: shadow}\n',
    expected: [
      'policy.yaml:1:1: unknown key `<<`',
      '  1 | <<: {mode: shadow}',
      '    | ^',
      policyKeys,
    ],
  },
  {
    name: 'a place far to the right',
    file: 'policy.yaml',
    content: `failOpen: {store: relay, dns: relay, malformed: relay, limit: relay, deadline: relay, bug: relay, disk: relay, ${' '.repeat(200)}}\n`,
    expected: [
      'policy.yaml:1:99: unknown key `disk`',
      '  1 | it: relay, deadline: relay, bug: relay, disk: relay,',
      '    |                                         ^',
      '  known here: store, dns, malformed, limit, deadline, bug',
    ],
  },
  {
    name: 'an escape sequence in the line',
    file: 'policy.yaml',
    content: 'mode: "\u001b[31mtag"\n',
    expected: [
      'policy.yaml:1:7: ` [31mtag` is not known here',
      '  1 | mode: " [31mtag"',
      '    |       ^',
      '  one of: shadow, tag, enforce',
    ],
  },
  {
    name: 'a signal that does not exist',
    file: 'causes.yaml',
    content: causes({ attack: '{id: x, title: X, weight: 1, chances: {phones: 0.9}}' }),
    expected: [
      'causes.yaml:2:49: unknown key `phones`',
      '  2 | attack: [{id: x, title: X, weight: 1, chances: {phones: 0.9}}]',
      '    |                                                 ^',
      '  did you mean `phone`?',
    ],
  },
  {
    name: 'a signal without a prior',
    file: 'causes.yaml',
    content: causes({ signals: priors.replace(/, volume: [^}]*\}/, '') }),
    expected: [
      'causes.yaml:1:1: `volume` is missing',
      '  1 | signals: {phone: {a: 1, b: 9, cold: 0.1}, phone-lure: {a: 1, b: 9, cold: 0.1}, wallet: {a: 1, b: 9,',
      '    | ^',
      '  add `volume`: a mapping (`key: value`)',
    ],
  },
  {
    name: 'a chance of one',
    file: 'causes.yaml',
    content: causes({ attack: '{id: x, title: X, weight: 1, chances: {link: 1}}' }),
    expected: [
      'causes.yaml:2:55: `1` is too large: at most 0.99',
      '  2 | attack: [{id: x, title: X, weight: 1, chances: {link: 1}}]',
      '    |                                                       ^',
    ],
  },
  {
    name: 'a chance per level that is out of bounds',
    file: 'causes.yaml',
    content: causes({
      attack: '{id: x, title: X, weight: 1, chances: {signature-reuse: [0.5, 2]}}',
    }),
    expected: [
      'causes.yaml:2:72: `2` is too large: at most 0.99',
      '  2 | attack: [{id: x, title: X, weight: 1, chances: {signature-reuse: [0.5, 2]}}]',
      '    |                                                                        ^',
    ],
  },
  {
    name: 'a chance in words',
    file: 'causes.yaml',
    content: causes({ attack: '{id: x, title: X, weight: 1, chances: {link: often}}' }),
    expected: [
      'causes.yaml:2:55: `often` is neither a chance nor a list of chances per level',
      '  2 | attack: [{id: x, title: X, weight: 1, chances: {link: often}}]',
      '    |                                                       ^',
    ],
  },
  {
    name: 'a phone number excused by a benign cause',
    file: 'causes.yaml',
    content: causes({
      benign: '  - {id: digest, title: D, prior: 0.01, chances: {phone: 0.15}}\n',
    }),
    expected: [
      'causes.yaml:5:58: a contact point may have a chance of at most 0.05 in a benign cause',
      '  5 |   - {id: digest, title: D, prior: 0.01, chances: {phone: 0.15}}',
      '    |                                                          ^',
      '  more would excuse every callback lure on every alias',
    ],
  },
  {
    name: 'a wallet excused at some level',
    file: 'causes.yaml',
    content: causes({
      benign: '  - {id: digest, title: D, prior: 0.01, chances: {wallet: [0.01, 0.2]}}\n',
    }),
    expected: [
      'causes.yaml:5:59: a contact point may have a chance of at most 0.05 in a benign cause',
      '  5 |   - {id: digest, title: D, prior: 0.01, chances: {wallet: [0.01, 0.2]}}',
      '    |                                                           ^',
      '  more would excuse every callback lure on every alias',
    ],
  },
  {
    name: 'two causes of one name',
    file: 'causes.yaml',
    content: causes({ benign: '  - {id: x, title: D, prior: 0.01, chances: {}}\n' }),
    expected: [
      'causes.yaml:5:10: another cause is called `x` already',
      '  5 |   - {id: x, title: D, prior: 0.01, chances: {}}',
      '    |          ^',
      '  choose another id',
    ],
  },
  {
    name: 'a second cause without a prior',
    file: 'causes.yaml',
    content: causes({ benign: '  - {id: digest, title: D, prior: null, chances: {}}\n' }),
    expected: [
      'causes.yaml:5:35: only the first benign cause has no prior of its own',
      '  5 |   - {id: digest, title: D, prior: null, chances: {}}',
      '    |                                   ^',
      '  write how often it happens, e.g. 0.002',
    ],
  },
  {
    name: 'a prior that follows nothing known',
    file: 'causes.yaml',
    content: causes({
      benign:
        '  - {id: digest, title: D, prior: {atMost: 0.02, times: 0.2, of: [lnik]}, chances: {}}\n',
    }),
    expected: [
      'causes.yaml:5:67: `lnik` is not known here',
      '  5 |   - {id: digest, title: D, prior: {atMost: 0.02, times: 0.2, of: [lnik]}, chances: {}}',
      '    |                                                                   ^',
      '  did you mean `link`?',
    ],
  },
  {
    name: 'a prior in words',
    file: 'causes.yaml',
    content: causes({ benign: '  - {id: digest, title: D, prior: rarely, chances: {}}\n' }),
    expected: [
      'causes.yaml:5:35: `rarely` is not a prior: a number up to 0.2, or `null` for the first cause',
      '  5 |   - {id: digest, title: D, prior: rarely, chances: {}}',
      '    |                                   ^',
    ],
  },
  {
    name: 'a host where a domain belongs',
    file: 'lists.yaml',
    content: lists('freeHosting: [sites.google.com]'),
    expected: [
      'lists.yaml:1:15: `sites.google.com` is not a registrable domain',
      '  1 | freeHosting: [sites.google.com]',
      '    |               ^',
      '  write `google.com`: links are counted by registrable domain',
    ],
  },
  {
    name: 'a repetition',
    file: 'lists.yaml',
    content: lists('freeMail: [gmail.com, gmx.de, gmail.com]'),
    expected: [
      'lists.yaml:1:31: `gmail.com` stands in this list twice',
      '  1 | freeMail: [gmail.com, gmx.de, gmail.com]',
      '    |                               ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'a dot before a top-level domain',
    file: 'lists.yaml',
    content: lists('cheapTopLevelDomains: [.top]'),
    expected: [
      'lists.yaml:1:24: `.top` is not a top-level domain without its dot',
      '  1 | cheapTopLevelDomains: [.top]',
      '    |                        ^',
    ],
  },
  {
    name: 'a lure of four words',
    file: 'languages/en.yaml',
    content: language('{call us right now: 3}'),
    expected: [
      'languages/en.yaml:1:13: `call us right now` is not a phrase of one to 3 words',
      '  1 | lureWords: {call us right now: 3}',
      '    |             ^',
    ],
  },
  {
    name: 'a lure that weighs too much',
    file: 'languages/en.yaml',
    content: language('{refund: 9}'),
    expected: [
      'languages/en.yaml:1:21: `9` is too large: at most 6',
      '  1 | lureWords: {refund: 9}',
      '    |                     ^',
    ],
  },
  {
    name: 'one lure in two spellings that are read alike',
    file: 'languages/en.yaml',
    content: language('{sign in: 3, call: 2, "Sign-in": 4}'),
    expected: [
      'languages/en.yaml:1:34: `Sign-in` is read as the same words as `sign in`',
      '  1 | lureWords: {sign in: 3, call: 2, "Sign-in": 4}',
      '    |                                  ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'two common words on one line',
    file: 'languages/en.yaml',
    content: 'lureWords: {}\ncommonWords:\n  - the of\n',
    expected: [
      'languages/en.yaml:3:5: `the of` is not one word',
      '  3 |   - the of',
      '    |     ^',
    ],
  },
  {
    name: 'a language by its name',
    file: 'languages/English.yaml',
    content: language('{refund: 4}'),
    expected: [
      'languages/English.yaml:1:1: nothing reads this file',
      '  name it after a language code, such as `en.yaml`, or `any.yaml`',
    ],
  },
  {
    name: 'a set that is called what every value has',
    file: 'lists.yaml',
    content: lists('sets: {constructor: [a]}'),
    expected: [
      'lists.yaml:1:8: `constructor` has a meaning of its own here; call it something else',
      '  1 | sets: {constructor: [a]}',
      '    |        ^',
    ],
  },
  {
    name: 'a brand whose home is a host',
    file: 'lists.yaml',
    content: lists('brands: {paypal: [www.paypal.com]}'),
    expected: [
      'lists.yaml:1:19: `www.paypal.com` is not a registrable domain',
      '  1 | brands: {paypal: [www.paypal.com]}',
      '    |                   ^',
      '  write `paypal.com`: links are counted by registrable domain',
    ],
  },
  {
    name: 'one desk in two spellings that are read alike',
    file: 'lists.yaml',
    content: lists('deskWords: [help desk, Help-Desk]'),
    expected: [
      'lists.yaml:1:24: `Help-Desk` is read as the same words as `help desk`',
      '  1 | deskWords: [help desk, Help-Desk]',
      '    |                        ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'popular domains in a file that is not there',
    file: 'lists.yaml',
    content: lists('popularDomainsFile: tranco.csv'),
    expected: [
      'tranco.csv:1:1: there is no such file',
      '  lists.yaml names this file as `popularDomainsFile`',
    ],
  },
  {
    name: 'popular domains that are none',
    file: 'popular-domains.txt',
    content: '# ours\n1,google.com\nhttps://example.com/\nexample.org\ncafé.example\n',
    expected: [
      'popular-domains.txt:3:1: `https://example.com/` is not a domain name',
      '  3 | https://example.com/',
      '    | ^',
      '  write one domain a line (international ones as `xn--…`), or `rank,domain`',
      'popular-domains.txt:5:1: `café.example` is not a domain name',
      '  5 | café.example',
      '    | ^',
      '  write one domain a line (international ones as `xn--…`), or `rank,domain`',
    ],
  },
  {
    name: 'more popular domains than anybody needs',
    file: 'popular-domains.txt',
    content: 'example.com\n'.repeat(200_001),
    expected: [
      'popular-domains.txt:200001:1: more than 200000 lines',
      '  keep the first 200000: rarer domains are not popular',
    ],
  },
  {
    name: 'a list that is missing',
    file: 'lists.yaml',
    content:
      'freeHosting: []\nurlShorteners: []\nfreeMail: []\nbrands: {}\ndeskWords: []\npopularDomainsFile: popular-domains.txt\n',
    expected: [
      'lists.yaml:1:1: `cheapTopLevelDomains` is missing',
      '  1 | freeHosting: []',
      '    | ^',
      '  add `cheapTopLevelDomains`: a list',
    ],
  },
  {
    name: 'an alias without a signer',
    file: 'aliases/test.yaml',
    content: vendor({ dkimDomains: '-' }),
    expected: [
      'aliases/test.yaml:3:5: `dkimDomains` is missing',
      '  3 |   - id: test',
      '    |     ^',
      '  add `dkimDomains`: a list',
    ],
  },
  {
    name: 'a public suffix as signer',
    file: 'aliases/test.yaml',
    content: vendor({ dkimDomains: '[co.uk]' }),
    expected: [
      'aliases/test.yaml:5:19: `co.uk` is a public suffix: anybody may sign below it',
      '  5 |     dkimDomains: [co.uk]',
      '    |                   ^',
      '  name the domain of the vendor',
    ],
  },
  {
    name: 'a link domain that is a host',
    file: 'aliases/test.yaml',
    content: vendor({ pack: '{linkDomains: [www.test.co.uk]}' }),
    expected: [
      'aliases/test.yaml:7:26: `www.test.co.uk` is not a registrable domain',
      '  7 |     pack: {linkDomains: [www.test.co.uk]}',
      '    |                          ^',
      '  write `test.co.uk`: links are counted by registrable domain',
    ],
  },
  {
    name: 'a phone number without quotes',
    file: 'aliases/test.yaml',
    content: vendor({ pack: '{phones: [18882211161]}' }),
    expected: [
      'aliases/test.yaml:7:21: `18882211161` is not text',
      '  7 |     pack: {phones: [18882211161]}',
      '    |                     ^',
      '  put it in quotes: "18882211161" (and a leading `+` or `0`, which a number loses)',
    ],
  },
  {
    name: 'a phone number as people write it',
    file: 'aliases/test.yaml',
    content: vendor({ pack: '{phones: ["(888) 221-1161"]}' }),
    expected: [
      'aliases/test.yaml:7:21: `(888) 221-1161` is not a telephone number in E.164, e.g. "+14029357733"',
      '  7 |     pack: {phones: ["(888) 221-1161"]}',
      '    |                     ^',
    ],
  },
  {
    name: 'a slot both open and closed',
    file: 'aliases/test.yaml',
    content: vendor({ pack: '{open: [link, reply-to], closed: [reply-to]}' }),
    expected: [
      'aliases/test.yaml:7:45: `reply-to` is both open and closed',
      '  7 |     pack: {open: [link, reply-to], closed: [reply-to]}',
      '    |                                             ^',
      '  decide: do customers fill this slot, or does honest mail never show it?',
    ],
  },
  {
    name: 'a vendor that asks for reports nowhere mail goes',
    file: 'aliases/test.yaml',
    content: vendor({}).replace('vendor: Test\n', 'vendor: Test\nabuse: https://test.example/\n'),
    expected: [
      'aliases/test.yaml:2:8: `https://test.example/` is not an address in lower case, e.g. "phishing@example.com"',
      '  2 | abuse: https://test.example/',
      '    |        ^',
    ],
  },
  {
    name: 'a way in without TLS',
    file: 'aliases/test.yaml',
    content: vendor({ pack: '{verifyAt: "http://www.test.example/"}' }),
    expected: [
      'aliases/test.yaml:7:22: `http://www.test.example/` is not an https address',
      '  7 |     pack: {verifyAt: "http://www.test.example/"}',
      '    |                      ^',
    ],
  },
  {
    name: 'an id that is no slug',
    file: 'aliases/test.yaml',
    content: vendor({ id: 'Test Alias' }),
    expected: [
      'aliases/test.yaml:3:9: `Test Alias` is not a slug: lower-case letters, digits and single hyphens',
      '  3 |   - id: Test Alias',
      '    |         ^',
    ],
  },
  {
    name: 'an id of another file',
    file: 'aliases/test.yaml',
    content: vendor({ id: 'docusign' }),
    expected: [
      'aliases/test.yaml:3:9: alias `docusign` stands in aliases/docusign.yaml already',
      '  3 |   - id: docusign',
      '    |         ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'an address of another file',
    file: 'aliases/test.yaml',
    content: vendor({ addresses: '[a@test.example, dse@docusign.net]' }),
    expected: [
      'aliases/test.yaml:4:33: address `dse@docusign.net` stands in aliases/docusign.yaml already',
      '  4 |     addresses: [a@test.example, dse@docusign.net]',
      '    |                                 ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'a vendor of another file',
    file: 'aliases/test.yaml',
    content: vendor({}).replace('Test', 'Zoom'),
    expected: [
      'aliases/zoom.yaml:5:9: vendor `Zoom` stands in aliases/test.yaml already',
      '  5 | vendor: Zoom',
      '    |         ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'an ending that nothing reads',
    file: 'aliases/test.yml',
    content: vendor({}),
    expected: [
      'aliases/test.yml:1:1: nothing reads this file',
      '  rename it so that it ends in .yaml',
    ],
  },
  {
    name: 'a file that nothing reads',
    file: 'polici.yaml',
    content: 'mode: tag\n',
    expected: ['polici.yaml:1:1: nothing reads this file', '  did you mean policy.yaml?'],
  },
  {
    name: 'mappings that contain themselves',
    file: 'policy.yaml',
    content: 'tag: &t\n  budget: *t\n',
    expected: [
      'policy.yaml:2:11: a mapping is not a number',
      '  2 |   budget: *t',
      '    |           ^',
    ],
  },
  {
    name: 'a list that contains itself',
    file: 'policy.yaml',
    content: 'watch: &w [*w]\n',
    expected: [
      'policy.yaml:1:12: a list is not text',
      '  1 | watch: &w [*w]',
      '    |            ^',
    ],
  },
  {
    name: 'an anchor that is used within reason',
    file: 'policy.yaml',
    content: 'actions: {suspicious: &a reject, anomalous: *a}\nmode: enfroce\n',
    expected: [
      'policy.yaml:2:7: `enfroce` is not known here',
      '  2 | mode: enfroce',
      '    |       ^',
      '  did you mean `enforce`?',
    ],
  },
  {
    name: 'a number of no size',
    file: 'policy.yaml',
    content: 'tag: {floorBits: .inf}\n',
    expected: [
      'policy.yaml:1:18: `Infinity` is not a number',
      '  1 | tag: {floorBits: .inf}',
      '    |                  ^',
    ],
  },
  {
    name: 'a number that is none',
    file: 'policy.yaml',
    content: 'tag: {floorBits: .nan}\n',
    expected: [
      'policy.yaml:1:18: `NaN` is not a number',
      '  1 | tag: {floorBits: .nan}',
      '    |                  ^',
    ],
  },
  {
    name: 'a file that is a list',
    file: 'policy.yaml',
    content: '- mode: tag\n',
    expected: [
      'policy.yaml:1:1: a list is not a mapping (`key: value`)',
      '  1 | - mode: tag',
      '    | ^',
    ],
  },
  {
    name: 'a file that is a sentence',
    file: 'policy.yaml',
    content: 'hold everything\n',
    expected: [
      'policy.yaml:1:1: `hold everything` is not a mapping (`key: value`)',
      '  1 | hold everything',
      '    | ^',
    ],
  },
  {
    name: 'a value that was left out',
    file: 'policy.yaml',
    content: 'mode:\nwatch: []\n',
    expected: [
      'policy.yaml:1:6: no value stands here',
      '  1 | mode:',
      '    |      ^',
      '  one of: shadow, tag, enforce',
    ],
  },
  {
    name: 'yes as people write it',
    file: 'policy.yaml',
    content: 'breaker: {enabled: yes}\n',
    expected: [
      'policy.yaml:1:20: `yes` is not `true` or `false`',
      '  1 | breaker: {enabled: yes}',
      '    |                    ^',
      '  write `true`',
    ],
  },
  {
    name: 'a share in percent',
    file: 'policy.yaml',
    content: 'tag: {budget: 0.1%}\n',
    expected: [
      'policy.yaml:1:15: `0.1%` is not a number',
      '  1 | tag: {budget: 0.1%}',
      '    |               ^',
      '  write 0.001',
    ],
  },
  {
    name: 'UTF-16, as some editors save it',
    file: 'policy.yaml',
    content: Buffer.from('\ufeffmode: tag\n', 'utf16le'),
    expected: ['policy.yaml:1:1: not valid UTF-8', '  save the file as UTF-8'],
  },
  {
    name: 'a file cut off while it was written',
    file: 'aliases/test.yaml',
    content: 'vendor: Test\naliases:\n  - id: test\n    addresses: [a@test.exam',
    expected: [
      'aliases/test.yaml:4:28: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      '  4 |     addresses: [a@test.exam',
      '    |                            ^',
      '  indent it like the lines beside it, and close every bracket above it',
    ],
  },
  {
    name: 'fifty megabytes',
    file: 'languages/en.yaml',
    content: Buffer.alloc(50_000_000, 'a'),
    expected: [
      'languages/en.yaml:1:1: larger than 1048576 bytes',
      '  a file that people write is far smaller: is it the right one?',
    ],
  },
  {
    name: 'a regular expression where a pattern belongs',
    file: 'policy.yaml',
    content: "watch: ['^(a+)+$@example.com']\n",
    expected: [
      'policy.yaml:1:9: `^(a+)+$@example.com` is not an address in lower case, or a pattern such as `*@example.com` or `*@*.example.com`',
      "  1 | watch: ['^(a+)+$@example.com']",
      '    |         ^',
    ],
  },
  {
    name: 'an alias that is watched as a mapping',
    file: 'policy.yaml',
    content: 'watch:\n  - address: billing@example.com\n',
    expected: [
      'policy.yaml:2:5: a mapping is not text',
      '  2 |   - address: billing@example.com',
      '    |     ^',
    ],
  },
  {
    name: 'an alias without an address',
    file: 'aliases/test.yaml',
    content: vendor({ addresses: '[]' }),
    expected: [
      'aliases/test.yaml:4:16: too few entries: at least 1',
      '  4 |     addresses: []',
      '    |                ^',
    ],
  },
  {
    name: 'an alias of unknown standing',
    file: 'aliases/test.yaml',
    content: vendor({ confirmed: 'maybe' }),
    expected: [
      'aliases/test.yaml:6:16: `maybe` is not `true` or `false`',
      '  6 |     confirmed: maybe',
      '    |                ^',
    ],
  },
  {
    name: 'a suffix among the links of a vendor',
    file: 'aliases/test.yaml',
    content: vendor({ pack: '{linkDomains: [co.uk]}' }),
    expected: [
      'aliases/test.yaml:7:26: `co.uk` is not a registrable domain',
      '  7 |     pack: {linkDomains: [co.uk]}',
      '    |                          ^',
      '  name what somebody registered below it, e.g. `example.co.uk`',
    ],
  },
];
