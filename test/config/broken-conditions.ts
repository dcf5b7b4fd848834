import type { BrokenFile } from './broken-rule-files.ts';

/** One broken condition each: the place is inside the expression. */
export const brokenConditions: readonly BrokenFile[] = [
  {
    name: 'condition: a list that doubles',
    file: 'conditions.yaml',
    content: `conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      [[1]]\n${'      .map(a, a + a)\n'.repeat(27)}      [0].size() > 3\n`,
    expected: [
      'conditions.yaml:20:15: this list could have too many items: 16,384; at most 10,000 are allowed',
      '  20 |       .map(a, a + a)',
      '     |               ^',
      '  ask each part by itself and join the answers with `||`',
    ],
  },
  {
    name: 'condition: a text that doubles',
    file: 'conditions.yaml',
    content: `conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      ["aaaaaaaaaaaaaaaa"]\n${'      .map(a, a + a)\n'.repeat(24)}      [0].endsWith("ba")\n`,
    expected: [
      'conditions.yaml:20:15: this text could have too many characters: 262,144; at most 200,000 are allowed',
      '  20 |       .map(a, a + a)',
      '     |               ^',
      '  ask each part by itself and join the answers with `||`',
    ],
  },
  {
    name: 'condition: a list of more text than a message has',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.links.map(l, message.text + message.subject).size() > 3\n',
    expected: [
      'conditions.yaml:6:7: the texts of this list could have too many characters: 2,200,000; at most 2,000,000 are allowed',
      '  6 |       message.links.map(l, message.text + message.subject).size() > 3',
      '    |       ^',
      '  ask each part by itself and join the answers with `||`',
    ],
  },
  {
    name: 'condition: a signal that the message chooses',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      signals[message.subject].shown\n',
    expected: [
      'conditions.yaml:6:15: which signal is meant must stand there literally',
      '  6 |       signals[message.subject].shown',
      '    |               ^',
      '  write its name in quotes: `signals["phone"]`',
    ],
  },
  {
    name: 'condition: a mistyped field',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subjct == "x"\n',
    expected: [
      'conditions.yaml:6:15: `message` has no field `subjct`',
      '  6 |       message.subjct == "x"',
      '    |               ^',
      '  did you mean `subject`?',
    ],
  },
  {
    name: 'condition: a mistyped variable, on the second line of a block',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.isHtml &&\n      mesage.subject == "x"\n',
    expected: [
      'conditions.yaml:7:7: `mesage` is not known here',
      '  7 |       mesage.subject == "x"',
      '    |       ^',
      '  did you mean `message`?',
    ],
  },
  {
    name: 'condition: two unknown names at once',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      foo(message.subject) || bar\n',
    expected: [
      'conditions.yaml:6:7: there is no function `foo`',
      '  6 |       foo(message.subject) || bar',
      '    |       ^',
      '  known here: size, hasPhone, domainIn, topLevel',
      'conditions.yaml:6:31: `bar` is not known here',
      '  6 |       foo(message.subject) || bar',
      '    |                               ^',
      '  known here: message, alias, signals, baseline, score, recipients, authentication, lists, sets',
    ],
  },
  {
    name: 'condition: one equals sign',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject = "x"\n',
    expected: [
      'conditions.yaml:6:23: `=` is not expected here',
      '  6 |       message.subject = "x"',
      '    |                       ^',
      '  write `==` to compare',
    ],
  },
  {
    name: 'condition: "and" in words',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.isHtml and message.toCount > 1\n',
    expected: [
      'conditions.yaml:6:22: `and` is not expected here',
      '  6 |       message.isHtml and message.toCount > 1',
      '    |                      ^',
      '  write `&&` for "and"',
    ],
  },
  {
    name: 'condition: "not" in words',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      not message.isHtml\n',
    expected: [
      'conditions.yaml:6:7: `not` is not known here',
      '  6 |       not message.isHtml',
      '    |       ^',
      '  write `!` for "not"',
    ],
  },
  {
    name: 'condition: a text without its closing quote',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject == "x\n',
    expected: [
      'conditions.yaml:6:26: this text has no closing quote',
      '  6 |       message.subject == "x',
      '    |                          ^',
      '  close it with the quote it begins with',
    ],
  },
  {
    name: 'condition: typographic quotes',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject == “x”\n',
    expected: [
      'conditions.yaml:6:26: `“` is not expected here',
      '  6 |       message.subject == “x”',
      '    |                          ^',
      '  write straight quotes: "text"',
    ],
  },
  {
    name: 'condition: a condition that ends too early',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.isHtml ||\n',
    expected: [
      'conditions.yaml:6:24: the condition ends too early',
      '  6 |       message.isHtml ||',
      '    |                        ^',
      '  something is missing here, or a bracket is not closed',
    ],
  },
  {
    name: 'condition: no condition at all',
    file: 'conditions.yaml',
    content: 'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      \n',
    expected: ['conditions.yaml:6:1: the condition is empty', '  write what must be true'],
  },
  {
    name: 'condition: a text where true or false belongs',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject\n',
    expected: [
      'conditions.yaml:6:7: the condition is a text, not true or false',
      '  6 |       message.subject',
      '    |       ^',
      '  compare it: `message.subject == "text"` or `message.subject != ""`',
    ],
  },
  {
    name: 'condition: a number where true or false belongs',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.isHtml && message.toCount\n',
    expected: [
      'conditions.yaml:6:25: `message.toCount` (a whole number) is not true or false',
      '  6 |       message.isHtml && message.toCount',
      '    |                         ^',
      '  compare it: `message.toCount > 0`',
    ],
  },
  {
    name: 'condition: a signal that is not asked anything',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      signals["phone"]\n',
    expected: [
      'conditions.yaml:6:7: the condition is a Signal, not true or false',
      '  6 |       signals["phone"]',
      '    |       ^',
      '  write `signals["phone"].shown`',
    ],
  },
  {
    name: 'condition: a text compared with a number',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject > 3\n',
    expected: [
      'conditions.yaml:6:7: `message.subject` (a text) and `3` (a whole number) cannot be joined by `>`',
      '  6 |       message.subject > 3',
      '    |       ^',
      '  put the number in quotes if text is meant: "3"',
    ],
  },
  {
    name: 'condition: a number in quotes',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.toCount == "3"\n',
    expected: [
      'conditions.yaml:6:7: `message.toCount` (a whole number) and `"3"` (a text) cannot be joined by `==`',
      '  6 |       message.toCount == "3"',
      '    |       ^',
      '  remove the quotes: 3',
    ],
  },
  {
    name: 'condition: a mailbox compared with a text',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.from == "jo@x.example"\n',
    expected: [
      'conditions.yaml:6:7: `message.from` (a Mailbox) and `"jo@x.example"` (a text) cannot be joined by `==`',
      '  6 |       message.from == "jo@x.example"',
      '    |       ^',
      '  compare one of its fields: name, address, domain',
    ],
  },
  {
    name: 'condition: null',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject == null\n',
    expected: [
      'conditions.yaml:6:7: `message.subject` (a text) and `null` (null) cannot be joined by `==`',
      '  6 |       message.subject == null',
      '    |       ^',
      '  nothing is ever null: a text that is absent is `""`, a list is empty',
    ],
  },
  {
    name: 'condition: a field of a list',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.links.domain == "x.example"\n',
    expected: [
      'conditions.yaml:6:21: `message.links` is a list, which has no field `domain`',
      '  6 |       message.links.domain == "x.example"',
      '    |                     ^',
      '  ask one of its items: `message.links.exists(item, item.domain == …)`',
    ],
  },
  {
    name: 'condition: a list asked like a text',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.domains.contains("x.example")\n',
    expected: [
      'conditions.yaml:6:23: `contains` asks a text, and `message.domains` (a list) is none',
      '  6 |       message.domains.contains("x.example")',
      '    |                       ^',
      '  write `"x.example" in message.domains`',
    ],
  },
  {
    name: 'condition: a text asked with in',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      "refund" in message.subject\n',
    expected: [
      'conditions.yaml:6:7: `"refund"` (a text) and `message.subject` (a text) cannot be joined by `in`',
      '  6 |       "refund" in message.subject',
      '    |       ^',
      '  write `message.subject.contains("refund")`',
    ],
  },
  {
    name: 'condition: a method by another name',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject.toLowerCase() == "x"\n',
    expected: [
      'conditions.yaml:6:23: there is no method `toLowerCase`',
      '  6 |       message.subject.toLowerCase() == "x"',
      '    |                       ^',
      '  it is called `folded` here',
    ],
  },
  {
    name: 'condition: a text where a list belongs',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject.mentions("refund")\n',
    expected: [
      'conditions.yaml:6:23: `mentions` cannot be called with a text',
      '  6 |       message.subject.mentions("refund")',
      '    |                       ^',
      '  write a list: `text.mentions(["one", "other"])`',
    ],
  },
  {
    name: 'condition: has()',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      has(message.subject)\n',
    expected: [
      'conditions.yaml:6:7: there is no function `has`',
      '  6 |       has(message.subject)',
      '    |       ^',
      '  every field is always there: compare it instead',
    ],
  },
  {
    name: 'condition: a predicate that is not true or false',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.links.exists(l, l.domain)\n',
    expected: [
      'conditions.yaml:6:33: `l.domain` (a text) is not true or false',
      '  6 |       message.links.exists(l, l.domain)',
      '    |                                 ^',
      '  compare it: `l.domain == "text"` or `l.domain != ""`',
    ],
  },
  {
    name: 'condition: an item called like a variable',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.links.exists(message, true)\n',
    expected: [
      'conditions.yaml:6:28: `message` has a meaning here already',
      '  6 |       message.links.exists(message, true)',
      '    |                            ^',
      '  call the item something else',
    ],
  },
  {
    name: 'condition: an unknown signal',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      signals["subject-lurre"].shown\n',
    expected: [
      'conditions.yaml:6:15: there is no signal `subject-lurre`',
      '  6 |       signals["subject-lurre"].shown',
      '    |               ^',
      '  did you mean `signals["subject-lure"]`?',
    ],
  },
  {
    name: 'condition: a signal behind a dot',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      signals.phone-lure.shown\n',
    expected: [
      'conditions.yaml:6:21: `lure` is not known here',
      '  6 |       signals.phone-lure.shown',
      '    |                     ^',
      '  write `signals["phone-lure"]`: a hyphen subtracts',
    ],
  },
  {
    name: 'condition: an unknown word of a closed set',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      alias.function in ["otp", "biling"]\n',
    expected: [
      'conditions.yaml:6:33: nothing here is ever `biling`',
      '  6 |       alias.function in ["otp", "biling"]',
      '    |                                 ^',
      '  did you mean "billing"?',
    ],
  },
  {
    name: 'condition: an unknown cause',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      score.cause == "calback-slot"\n',
    expected: [
      'conditions.yaml:6:22: nothing here is ever `calback-slot`',
      '  6 |       score.cause == "calback-slot"',
      '    |                      ^',
      '  one of: "callback-in-subject", "callback-in-name", "callback-in-body", "callback-in-attachment", "link-lure", "bare-domain-lure", "reply-to-lure", "text-lure", "subject-text", "display-name-lure", "open-slot-lure", "stranger-share", "dkim-replay", "flood", "compromise"',
    ],
  },
  {
    name: 'condition: an unknown set',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      recipients.addresses.exists(r, r in sets.executives)\n',
    expected: [
      'conditions.yaml:6:48: there is no set `executives`',
      '  6 |       recipients.addresses.exists(r, r in sets.executives)',
      '    |                                                ^',
      '  name it in `lists.yaml: sets`',
    ],
  },
  {
    name: 'condition: a pattern that cannot be read',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject.matches(r"(refund|[a-z")\n',
    expected: [
      'conditions.yaml:6:41: the pattern cannot be read: missing closing ] `[a-z`',
      '  6 |       message.subject.matches(r"(refund|[a-z")',
      '    |                                         ^',
      '  close the bracket, or write `\\[` for the character itself',
    ],
  },
  {
    name: 'condition: a pattern that looks ahead',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject.matches(r"refund(?= now)")\n',
    expected: [
      'conditions.yaml:6:39: `(?=` looks around, which a linear engine cannot do',
      '  6 |       message.subject.matches(r"refund(?= now)")',
      '    |                                       ^',
      '  put what follows into the pattern, or ask it in the condition itself: `a.matches("x") && a.matches("y")`',
    ],
  },
  {
    name: 'condition: a pattern that looks behind',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject.matches(r"(?<!no )refund")\n',
    expected: [
      'conditions.yaml:6:33: `(?<!` looks around, which a linear engine cannot do',
      '  6 |       message.subject.matches(r"(?<!no )refund")',
      '    |                                 ^',
      '  ask it in the condition itself: `a.matches("x") && !a.matches("y")`',
    ],
  },
  {
    name: 'condition: a pattern that refers back',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject.matches(r"(\\w+) \\1")\n',
    expected: [
      'conditions.yaml:6:39: `\\1` refers back to a group, which a linear engine cannot do',
      '  6 |       message.subject.matches(r"(\\w+) \\1")',
      '    |                                       ^',
      '  write out what may stand there, or compare the parts in the condition itself',
    ],
  },
  {
    name: 'condition: a pattern that is counted to death',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject.matches(r"(a{500}){500}")\n',
    expected: [
      'conditions.yaml:6:41: the pattern cannot be read: invalid repeat count `{500}`',
      '  6 |       message.subject.matches(r"(a{500}){500}")',
      '    |                                         ^',
      '  at most 1000, smaller number first, and no such counts inside each other',
    ],
  },
  {
    name: 'condition: a pattern that is too large',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.subject.matches(r"[ab]{900}")\n',
    expected: [
      'conditions.yaml:6:33: this pattern becomes 902 instructions; at most 500 are allowed',
      '  6 |       message.subject.matches(r"[ab]{900}")',
      '    |                                 ^',
      '  write smaller numbers in the braces',
    ],
  },
  {
    name: 'condition: a pattern that the message chooses',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.text.matches(message.subject)\n',
    expected: [
      'conditions.yaml:6:28: the pattern of `matches` must stand there literally',
      '  6 |       message.text.matches(message.subject)',
      '    |                            ^',
      '  write it in quotes, r"…" keeps backslashes as they are; join several patterns with `||`',
    ],
  },
  {
    name: 'condition: lists inside each other',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      message.links.exists(a, message.links.exists(b, message.links.exists(c, a.path == b.path + c.path)))\n',
    expected: [
      'conditions.yaml:6:7: the condition could take 14,030,302 steps for one message; at most 250,000 are allowed',
      '  6 |       message.links.exists(a, message.links.exists(b, message.links.exists(c, a.path == b.path + c.p',
      '    |       ^',
      '  ask fewer lists inside each other, shorter texts (a subject instead of the whole text), or simpler patterns',
    ],
  },
  {
    name: 'condition: a map',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: |-\n      {"a": 1}.size() > 0\n',
    expected: [
      'conditions.yaml:6:8: a map cannot stand in a condition',
      '  6 |       {"a": 1}.size() > 0',
      '    |        ^',
      '  square brackets make a list: ["one", "other"]',
    ],
  },
  {
    name: 'condition: a place in a folded block',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: >\n      message.isHtml &&\n      message.toCount > 1 &&\n      message.subjct == "x"\n',
    expected: [
      'conditions.yaml:8:15: `message` has no field `subjct`',
      '  8 |       message.subjct == "x"',
      '    |               ^',
      '  did you mean `subject`?',
    ],
  },
  {
    name: 'condition: a place behind escapes',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: "message.subject == \\"\\u00e9\\" && mesage.isHtml"\n',
    expected: [
      'conditions.yaml:5:45: `mesage` is not known here',
      '  5 |     when: "message.subject == \\"\\u00e9\\" && mesage.isHtml"',
      '    |                                             ^',
      '  did you mean `message`?',
    ],
  },
  {
    name: 'condition: a place in single quotes',
    file: 'conditions.yaml',
    content:
      "conditions:\n  - {id: a, name: A, effect: {bits: 2}, when: 'message.subject == ''x'' && mesage.isHtml'}\n",
    expected: [
      'conditions.yaml:2:76: `mesage` is not known here',
      "  2 |   - {id: a, name: A, effect: {bits: 2}, when: 'message.subject == ''x'' && mesage.isHtml'}",
      '    |                                                                            ^',
      '  did you mean `message`?',
    ],
  },
  {
    name: 'condition: neither bits nor an action',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {points: 3}\n    when: |-\n      message.isHtml\n',
    expected: [
      'conditions.yaml:4:13: this effect does nothing',
      '  4 |     effect: {points: 3}',
      '    |             ^',
      '  write `{bits: 4}` or `{action: tag}`',
      'conditions.yaml:4:14: unknown key `points`',
      '  4 |     effect: {points: 3}',
      '    |              ^',
      '  known here: bits, action',
    ],
  },
  {
    name: 'condition: bits and an action',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 3, action: tag}\n    when: |-\n      message.isHtml\n',
    expected: [
      'conditions.yaml:4:23: an effect is bits or an action, not both',
      '  4 |     effect: {bits: 3, action: tag}',
      '    |                       ^',
      '  make two conditions of it, or leave one out',
    ],
  },
  {
    name: 'condition: no bits',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 0}\n    when: |-\n      message.isHtml\n',
    expected: [
      'conditions.yaml:4:20: `0` bits change nothing',
      '  4 |     effect: {bits: 0}',
      '    |                    ^',
      '  write a positive number for what is suspicious, a negative one for what is not',
    ],
  },
  {
    name: 'condition: more bits than any evidence has',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 30}\n    when: |-\n      message.isHtml\n',
    expected: [
      'conditions.yaml:4:20: `30` is too large: at most 20',
      '  4 |     effect: {bits: 30}',
      '    |                    ^',
    ],
  },
  {
    name: 'condition: an unknown action',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {action: discard}\n    when: |-\n      message.isHtml\n',
    expected: [
      'conditions.yaml:4:22: `discard` is not known here',
      '  4 |     effect: {action: discard}',
      '    |                      ^',
      '  one of: tag, quarantine, defer, reject',
    ],
  },
  {
    name: 'condition: an alias that nobody knows',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 1}\n    aliases: [zooom]\n    when: |-\n      message.isHtml\n',
    expected: [
      'conditions.yaml:5:15: no alias or vendor is called `zooom`',
      '  5 |     aliases: [zooom]',
      '    |               ^',
      '  did you mean `zoom`?',
    ],
  },
  {
    name: 'condition: one id twice',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - {id: a, name: A, when: "message.isHtml", effect: {bits: 1}}\n  - {id: a, name: B, when: "message.isHtml", effect: {bits: 1}}\n',
    expected: [
      'conditions.yaml:3:10: condition `a` stands here already',
      '  3 |   - {id: a, name: B, when: "message.isHtml", effect: {bits: 1}}',
      '    |          ^',
      '  give one of the two another id',
    ],
  },
  {
    name: 'condition: an id with spaces',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - {id: My condition, name: A, when: "message.isHtml", effect: {bits: 1}}\n',
    expected: [
      'conditions.yaml:2:10: `My condition` is not a slug: lower-case letters, digits and single hyphens',
      '  2 |   - {id: My condition, name: A, when: "message.isHtml", effect: {bits: 1}}',
      '    |          ^',
    ],
  },
  {
    name: 'condition: a condition without its expression',
    file: 'conditions.yaml',
    content: 'conditions:\n  - {id: a, name: A, effect: {bits: 1}}\n',
    expected: [
      'conditions.yaml:2:5: `when` is missing',
      '  2 |   - {id: a, name: A, effect: {bits: 1}}',
      '    |     ^',
      '  add `when`: text',
    ],
  },
  {
    name: 'condition: a broken example that is switched off',
    file: 'conditions.yaml',
    content:
      'conditions:\n  - id: a\n    name: A\n    effect: {bits: 1}\n    enabled: false\n    when: |-\n      mesage.isHtml\n',
    expected: [
      'conditions.yaml:7:7: `mesage` is not known here',
      '  7 |       mesage.isHtml',
      '    |       ^',
      '  did you mean `message`?',
    ],
  },
  {
    name: 'condition: too many parts',
    file: 'conditions.yaml',
    content: `conditions:\n  - id: a\n    name: A\n    effect: {bits: 2}\n    when: ${Array.from({ length: 200 }, () => 'message.isHtml').join(' || ')}\n`,
    expected: [
      'conditions.yaml:5:11: the condition is too large: more than 400 parts',
      '  5 |     when: message.isHtml || message.isHtml || message.isHtml || message.isHtml || message.isHtml ||',
      '    |           ^',
      '  split it into several conditions, or put values into `lists.yaml: sets`',
    ],
  },
];
