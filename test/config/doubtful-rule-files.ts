import { causes, lists, vendor, type BrokenFile } from './broken-rule-files.ts';

/** One file of the rules directory that is valid and surely not meant, and the warning that an operator reads. */
export const doubtfulFiles: readonly BrokenFile[] = [
  {
    name: 'more days of history than are kept',
    file: 'policy.yaml',
    content: 'quarantine:\n  minDays: 200\n',
    expected: [
      'policy.yaml:2:12: warning: no alias ever has 200 days of history: learning.windowDays is 180',
      '  2 |   minDays: 200',
      '    |            ^',
      '  write at most 180, or a longer learning.windowDays',
    ],
  },
  {
    name: 'more for a contact point than for anything else',
    file: 'policy.yaml',
    content: 'quarantine: {contactPoint: {minMessages: 300, minDays: 14}}\n',
    expected: [
      'policy.yaml:1:28: warning: has no effect: `quarantine` itself asks for less (200 messages, 7 days)',
      '  1 | quarantine: {contactPoint: {minMessages: 300, minDays: 14}}',
      '    |                            ^',
      '  write fewer messages than 200, or fewer days than 7, or remove it',
    ],
  },
  {
    name: 'a ceiling for an actor above that of the alias',
    file: 'policy.yaml',
    content:
      'limits:\n  alias: {perHour: 100, action: defer}\n  actor: {perHour: 200, action: tag}\n',
    expected: [
      'policy.yaml:3:20: warning: this ceiling is never reached first: limits.alias is 100 an hour (defer)',
      '  3 |   actor: {perHour: 200, action: tag}',
      '    |                    ^',
      '  write less than 100, or a graver action, or remove it',
    ],
  },
  {
    name: 'a note below no banner',
    file: 'policy.yaml',
    content: 'warning:\n  note: Call the help desk\n',
    expected: [
      'policy.yaml:2:9: warning: nobody reads this note: it stands below the banner, and there is none',
      '  2 |   note: Call the help desk',
      '    |         ^',
      '  write `banner: true`, or remove the note',
    ],
  },
  {
    name: 'a watched address that a pack names',
    file: 'policy.yaml',
    content: 'watch: [dse@docusign.net]\n',
    expected: [
      'policy.yaml:1:9: warning: `dse@docusign.net` has no effect here: the pack `docusign` watches it already',
      '  1 | watch: [dse@docusign.net]',
      '    |         ^',
      '  remove it',
    ],
  },
  {
    name: 'a watched address that a pattern of a pack covers',
    file: 'policy.yaml',
    content: 'watch:\n  - billing@na2.docusign.net\n',
    expected: [
      'policy.yaml:2:5: warning: `billing@na2.docusign.net` loses the pack `docusign`, whose pattern `*@*.docusign.net` covers it: the narrower one wins',
      '  2 |   - billing@na2.docusign.net',
      '    |     ^',
      '  remove it, or add it to the `addresses` of a pack',
    ],
  },
  {
    name: 'an attack that shows nothing',
    file: 'causes.yaml',
    content: causes({ attack: '{id: x, title: X, weight: 1, chances: {}}' }),
    expected: [
      'causes.yaml:2:48: warning: `x` names no signal: it can never explain a message better than everyday mail',
      '  2 | attack: [{id: x, title: X, weight: 1, chances: {}}]',
      '    |                                                ^',
      '  name what carries the attack, e.g. `phone: 0.95`',
    ],
  },
  {
    name: 'an attack whose signals are more common in honest mail',
    file: 'causes.yaml',
    content: causes({ attack: '{id: x, title: X, weight: 1, chances: {link: 0.05, phone: 0.01}}' }),
    expected: [
      'causes.yaml:2:39: warning: no signal speaks for `x`: each is rarer under it than in honest mail',
      '  2 | attack: [{id: x, title: X, weight: 1, chances: {link: 0.05, phone: 0.01}}]',
      '    |                                       ^',
      '  write a larger chance for what carries the attack, e.g. 0.95',
    ],
  },
  {
    name: 'a part more common than the whole',
    file: 'causes.yaml',
    content: causes({}).replace(
      'phone-lure: {a: 1, b: 9, cold: 0.1}',
      'phone-lure: {a: 1, b: 9, cold: 0.1, coldBy: {2: 0.3}}',
    ),
    expected: [
      'causes.yaml:1:91: warning: `2` (0.3) would be more common than `phone-lure` as a whole (cold: 0.1)',
      '  1 | re: {a: 1, b: 9, cold: 0.1, coldBy: {2: 0.3}}, wallet: {a: 1, b: 9, cold: 0.1}, subject-class: {a: 1',
      '    |                                         ^',
      '  write at most 0.1, or a larger `cold`',
    ],
  },
  {
    name: 'benign causes that explain more than half of all mail',
    file: 'causes.yaml',
    content: causes({
      benign: ['a', 'b', 'c']
        .map((id) => `  - {id: ${id}, title: T, prior: 0.18, chances: {}}\n`)
        .join(''),
    }),
    expected: [
      'causes.yaml:5:30: warning: the benign causes together explain 0.54 of all honest mail: too little is everyday mail',
      '  5 |   - {id: a, title: T, prior: 0.18, chances: {}}',
      '    |                              ^',
      '  write how often each really happens; measured ones lie between 0.001 and 0.02',
    ],
  },
  {
    name: 'a shortener that is free hosting as well',
    file: 'lists.yaml',
    content: lists('urlShorteners: [bit.ly, weebly.com]'),
    expected: [
      'lists.yaml:1:25: warning: `weebly.com` stands under `freeHosting` already',
      '  1 | urlShorteners: [bit.ly, weebly.com]',
      '    |                         ^',
      '  keep it where it belongs: a page of its own, or a redirection',
    ],
  },
  {
    name: 'a list that is empty',
    file: 'lists.yaml',
    content: lists('freeHosting: []'),
    expected: [
      'lists.yaml:1:14: warning: `freeHosting` is empty: nothing will ever be taken for one',
      '  1 | freeHosting: []',
      '    |              ^',
      '  copy the list from the rules that ship with Aliaswatch',
    ],
  },
  {
    name: 'a desk that is a brand',
    file: 'lists.yaml',
    content: lists('deskWords: [help desk, Geek Squad]').replace(
      'brands: {}',
      'brands: {geek squad: [geeksquad.com]}',
    ),
    expected: [
      'lists.yaml:1:24: warning: `Geek Squad` has no effect here: it is the brand `geek squad` first',
      '  1 | deskWords: [help desk, Geek Squad]',
      '    |                        ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'a language without common words',
    file: 'languages/fr.yaml',
    content: 'lureWords: {remboursement: 4}\n',
    expected: [
      'languages/fr.yaml:1:1: warning: mail is hardly ever recognised as `fr`: its file has no common words',
      '  1 | lureWords: {remboursement: 4}',
      '    | ^',
      '  add `commonWords`: the hundred most frequent words of the language',
    ],
  },
  {
    name: 'a weight that another file outranks',
    file: 'languages/fr.yaml',
    content: 'lureWords: {refund: 2}\ncommonWords: [le]\n',
    expected: [
      'languages/fr.yaml:1:21: warning: this weight never counts: languages/en.yaml gives `refund` 4, in mail of every language',
      '  1 | lureWords: {refund: 2}',
      '    |                     ^',
      '  write 4, or lower the other',
    ],
  },
  {
    name: 'an address that the pattern of another vendor covers',
    file: 'aliases/test.yaml',
    content: vendor({ addresses: '[sales@eu.docusign.net]' }),
    expected: [
      'aliases/test.yaml:4:17: warning: `sales@eu.docusign.net` is covered by `*@*.docusign.net` of Docusign (`docusign`) as well: this one wins, being narrower',
      '  4 |     addresses: [sales@eu.docusign.net]',
      '    |                 ^',
      '  remove one of the two, or join the aliases in one file',
    ],
  },
  {
    name: 'a signal that is open though what it needs is closed',
    file: 'aliases/test.yaml',
    content: vendor({ pack: '{open: [stranger-reply-to], closed: [reply-to]}' }),
    expected: [
      'aliases/test.yaml:7:19: warning: `stranger-reply-to` cannot be common: it is asked only with `reply-to`, which `closed` says never happens',
      '  7 |     pack: {open: [stranger-reply-to], closed: [reply-to]}',
      '    |                   ^',
      '  remove it, or take `reply-to` out of `closed`',
    ],
  },
  {
    name: 'a way in that is not the vendor’s',
    file: 'aliases/test.yaml',
    content: vendor({ pack: '{linkDomains: [paypal.com], verifyAt: "https://www.paypa1.com/"}' }),
    expected: [
      "aliases/test.yaml:7:49: warning: warnings would send recipients to `paypa1.com`, which is not among the vendor's linkDomains",
      '  7 |     pack: {linkDomains: [paypal.com], verifyAt: "https://www.paypa1.com/"}',
      '    |                                                 ^',
      '  correct it, or add the domain to `linkDomains`',
    ],
  },
];
