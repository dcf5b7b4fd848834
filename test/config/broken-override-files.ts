import type { BrokenFile } from './broken-rule-files.ts';

/** `overrides` of policy.yaml, broken in one way each, and the keys that they took the place of. */
export const brokenOverrides: readonly BrokenFile[] = [
  {
    name: 'a mode of recipient domains, as it was written before',
    file: 'policy.yaml',
    content: 'recipientDomains:\n  - {domains: [a.example], mode: enforce}\n',
    expected: [
      'policy.yaml:1:1: `recipientDomains` is gone',
      '  1 | recipientDomains:',
      '    | ^',
      '  write `overrides: [ { for: { recipientDomains: [ a.example ] }, set: { mode: enforce } } ]`',
    ],
  },
  {
    name: 'ceilings of an alias, as they were written before',
    file: 'policy.yaml',
    content: 'limits:\n  aliases:\n    zoom: {alias: {perHour: 9, action: tag}}\n',
    expected: [
      'policy.yaml:2:3: `limits.aliases` is gone',
      '  2 |   aliases:',
      '    |   ^',
      '  write `overrides: [ { for: { alias: zoom }, set: { limits: { alias: { perHour: 9, action: tag } } } } ]`',
    ],
  },
  {
    name: 'a warning of recipient domains, as it was written before',
    file: 'policy.yaml',
    content: 'warning:\n  recipientDomains: [{domains: [a.example], banner: true}]\n',
    expected: [
      'policy.yaml:2:3: `warning.recipientDomains` is gone',
      '  2 |   recipientDomains: [{domains: [a.example], banner: true}]',
      '    |   ^',
      '  write `overrides: [ { for: { recipientDomains: [ a.example ] }, set: { warning: { banner: true } } } ]`',
    ],
  },
  {
    name: 'an override for nobody',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {}\n    set: {mode: enforce}\n',
    expected: [
      'policy.yaml:2:10: names nobody: what is for all stands in the policy itself',
      '  2 |   - for: {}',
      '    |          ^',
      '  name one or more of: recipient(s), recipientDomain(s), function(s), alias(es), vendor(s)',
    ],
  },
  {
    name: 'an override that sets nothing',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {alias: zoom}\n    set: {tag: {}}\n',
    expected: [
      'policy.yaml:3:10: sets nothing',
      '  3 |     set: {tag: {}}',
      '    |          ^',
      '  set one or more of: mode, actions, tag, quarantine, impersonation, limits, warning',
    ],
  },
  {
    name: 'an override for a mistyped kind',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {recipientDomian: a.example}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:11: unknown key `recipientDomian`',
      '  2 |   - for: {recipientDomian: a.example}',
      '    |           ^',
      '  did you mean `recipientDomain`?',
    ],
  },
  {
    name: 'an override of what is for all',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {alias: zoom}\n    set: {breaker: {enabled: false}}\n',
    expected: [
      'policy.yaml:3:11: `breaker` is one for all mail: an override cannot set it',
      '  3 |     set: {breaker: {enabled: false}}',
      '    |           ^',
      '  write `breaker` outside of `overrides`',
    ],
  },
  {
    name: 'an override of the bound on holds',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {alias: zoom}\n    set: {quarantine: {maxHeldPerHour: 5}}\n',
    expected: [
      'policy.yaml:3:24: `quarantine.maxHeldPerHour` is one for all mail: an override cannot set it',
      '  3 |     set: {quarantine: {maxHeldPerHour: 5}}',
      '    |                        ^',
      '  write `quarantine.maxHeldPerHour` outside of `overrides`',
    ],
  },
  {
    name: 'an override of what nobody knows',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {alias: zoom}\n    set: {zebra: 1}\n',
    expected: [
      'policy.yaml:3:11: unknown key `zebra`',
      '  3 |     set: {zebra: 1}',
      '    |           ^',
      '  known here: mode, actions, tag, quarantine, impersonation, limits, warning',
    ],
  },
  {
    name: 'an override for a mistyped alias',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {aliases: [zoom, docusing]}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:27: no alias is called `docusing`',
      '  2 |   - for: {aliases: [zoom, docusing]}',
      '    |                           ^',
      '  did you mean `docusign`?',
    ],
  },
  {
    name: 'an override for a mistyped vendor',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {vendor: DocuSing}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:19: no vendor is called `docusing`',
      '  2 |   - for: {vendor: DocuSing}',
      '    |                   ^',
      '  did you mean `docusign`?',
    ],
  },
  {
    name: 'an override for a function that no mail has',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {function: biling}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:21: `biling` is not known here',
      '  2 |   - for: {function: biling}',
      '    |                     ^',
      '  did you mean `billing`?',
    ],
  },
  {
    name: 'an override for an alias of another vendor',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {alias: zoom, vendor: DocuSign}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:5: no mail is meant: none of these aliases is of that vendor',
      '  2 |   - for: {alias: zoom, vendor: DocuSign}',
      '    |     ^',
      '  name one of the two; the vendor of an alias is known',
    ],
  },
  {
    name: 'an override for a function that the alias does not have',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {alias: zoom, function: billing}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:5: no mail is meant: none of these aliases sends mail for billing as far as its pack says',
      '  2 |   - for: {alias: zoom, function: billing}',
      '    |     ^',
      '  `functions` and `templates` in rules/aliases say what an alias is for',
    ],
  },
  {
    name: 'an override for a recipient of another domain',
    file: 'policy.yaml',
    content:
      'overrides:\n  - for: {recipient: jo@a.example, recipientDomain: b.example}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:5: no mail is meant: no such recipient is in that domain',
      '  2 |   - for: {recipient: jo@a.example, recipientDomain: b.example}',
      '    |     ^',
      '  name one of the two; a recipient outranks its domain already',
    ],
  },
  {
    name: 'an override for a pattern of recipients',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {recipient: "*@a.example"}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:22: `*@a.example` is not an address in lower case, e.g. "jo@example.com"',
      '  2 |   - for: {recipient: "*@a.example"}',
      '    |                      ^',
    ],
  },
  {
    name: 'an override for an empty list',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {recipients: []}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:23: names nothing',
      '  2 |   - for: {recipients: []}',
      '    |                       ^',
      '  name at least one, or remove the key',
    ],
  },
  {
    name: 'a recipient domain with two modes',
    file: 'policy.yaml',
    content:
      'overrides:\n  - for: {recipientDomains: [a.example, b.example]}\n    set: {mode: shadow}\n  - for: {recipientDomain: b.example}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:4:28: `b.example` has `mode` already, by overrides[0]',
      '  4 |   - for: {recipientDomain: b.example}',
      '    |                            ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'a recipient with two banners',
    file: 'policy.yaml',
    content:
      'overrides:\n  - for: {recipient: jo@a.example}\n    set: {warning: {banner: true}}\n  - for: {recipients: [al@a.example, jo@a.example]}\n    set: {warning: {banner: false}}\n',
    expected: [
      'policy.yaml:4:38: `jo@a.example` has `warning.banner` already, by overrides[0]',
      '  4 |   - for: {recipients: [al@a.example, jo@a.example]}',
      '    |                                      ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'an override that a later one takes back',
    file: 'policy.yaml',
    content:
      'overrides:\n  - for: {alias: zoom}\n    set: {mode: enforce}\n  - for: {aliases: [zoom, docusign]}\n    set: {mode: tag}\n',
    expected: [
      'policy.yaml:2:5: has no effect: overrides[1] sets the same for the same mail, and of equals the later wins',
      '  2 |   - for: {alias: zoom}',
      '    |     ^',
      '  remove one of the two',
    ],
  },
  {
    name: 'an override that holds mail more readily than it is tagged',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {alias: zoom}\n    set: {quarantine: {floorBits: 5}}\n',
    expected: [
      'policy.yaml:3:35: holding mail must not need less evidence than tagging it (tag.floorBits is 7.25)',
      '  3 |     set: {quarantine: {floorBits: 5}}',
      '    |                                   ^',
      '  write at least 7.25',
    ],
  },
  {
    name: 'an override that tags mail less readily than it is held',
    file: 'policy.yaml',
    content: 'overrides:\n  - for: {alias: zoom}\n    set:\n      tag: {budget: 1e-5}\n',
    expected: [
      'policy.yaml:4:21: tagging mail must not be rarer than holding it (quarantine.budget is 0.0001)',
      '  4 |       tag: {budget: 1e-5}',
      '    |                     ^',
      '  write at least 0.0001',
    ],
  },
  {
    name: 'an override with anomalous mail better off than suspicious mail',
    file: 'policy.yaml',
    content:
      'overrides:\n  - for: {alias: zoom}\n    set: {actions: {suspicious: reject, anomalous: pass}}\n',
    expected: [
      'policy.yaml:3:52: must not be milder than what happens to suspicious mail (actions.suspicious is reject)',
      '  3 |     set: {actions: {suspicious: reject, anomalous: pass}}',
      '    |                                                    ^',
      '  write `reject`, or a milder one for suspicious',
    ],
  },
  {
    name: 'two overrides that contradict each other where both apply',
    file: 'policy.yaml',
    content:
      'overrides:\n  - for: {alias: zoom}\n    set: {tag: {floorBits: 11}}\n  - for: {recipientDomain: a.example}\n    set: {quarantine: {floorBits: 10}}\n',
    expected: [
      'policy.yaml:5:35: holding mail must not need less evidence than tagging it (tag.floorBits is 11 by overrides[0])',
      '  5 |     set: {quarantine: {floorBits: 10}}',
      '    |                                   ^',
      '  write at least 11',
    ],
  },
  {
    name: 'an override with a chance and a number a day',
    file: 'policy.yaml',
    content:
      'overrides:\n  - for: {alias: zoom}\n    set: {tag: {budget: 1e-3, alertsPerDay: 3}}\n',
    expected: [
      'policy.yaml:3:31: `budget` stands here already: a chance or a number a day, not both',
      '  3 |     set: {tag: {budget: 1e-3, alertsPerDay: 3}}',
      '    |                               ^',
      '  remove one of the two',
    ],
  },
];
