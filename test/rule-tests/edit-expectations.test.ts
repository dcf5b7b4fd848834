import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Outcome } from '../../src/rule-tests/compare-outcome.ts';
import { editExpectations } from '../../src/rule-tests/edit-expectations.ts';
import { updatedExpectation } from '../../src/rule-tests/updated-expectation.ts';
import { unifiedFileDiff } from '../../src/unified-diff.ts';

const outcome: Outcome = {
  alias: 'zoom',
  verdict: 'suspicious',
  action: 'tag',
  bits: 9.4,
  cause: 'link-lure',
  signals: ['link', 'phone', 'body-lure', 'layout'],
  conditions: ['free-host'],
  reason: '',
};

describe('an expectation that fits what came', () => {
  test('keeps what still holds and adds nothing that was not asked', () => {
    const before = {
      verdict: 'anomalous',
      signals: ['wallet', 'phone'],
      bits: { min: 12, max: 40 },
      conditions: ['other', 'free-host'],
      cause: 'callback-in-body',
    } as const;
    assert.deepEqual(updatedExpectation(structuredClone(before) as never, outcome), {
      verdict: 'suspicious',
      signals: ['phone'],
      bits: { min: 9, max: 40 },
      conditions: ['free-host'],
      cause: 'link-lure',
    });
  });

  test('is filled in where there was none', () => {
    assert.deepEqual(updatedExpectation({}, outcome), {
      verdict: 'suspicious',
      action: 'tag',
      signals: ['link', 'phone', 'body-lure'],
      conditions: ['free-host'],
      cause: 'link-lure',
    });
    const clean: Outcome = { ...outcome, verdict: 'clean', action: 'pass', conditions: [] };
    assert.deepEqual(updatedExpectation({}, clean), { verdict: 'clean', action: 'pass' });
  });
});

const text = `# What Zoom may not do.
cases:
  - name: "one"   # the first
    alias: zoom
    expect: {verdict: clean,   action: pass} # as of today
    message: |
      From: a

      text

  - name: two
    expect:
      # why
      verdict: clean # because
      signals:
        - phone # a number
        - wallet
      bits: { min: 3 }
  - { name: three, alias: zoom }
  - name: four # no expectation
    alias: zoom
`;

describe('a file with other expectations', () => {
  test('is the same to the byte but for them', () => {
    const edited = editExpectations(text, [
      {
        index: 0,
        before: { verdict: 'clean', action: 'pass' },
        after: { verdict: 'suspicious', action: 'pass' },
      },
      {
        index: 1,
        before: { verdict: 'clean', signals: ['phone', 'wallet'], bits: { min: 3 } },
        after: { verdict: 'anomalous', signals: ['phone'], bits: { min: 2 } },
      },
      { index: 2, before: {}, after: { verdict: 'clean' } },
      { index: 3, before: {}, after: { verdict: 'anomalous', signals: ['phone', 'link'] } },
    ]);
    assert.equal(
      unifiedFileDiff('tests/zoom.yaml', text, edited),
      `--- tests/zoom.yaml
+++ tests/zoom.yaml
@@ -2,7 +2,7 @@
 cases:
   - name: "one"   # the first
     alias: zoom
-    expect: {verdict: clean,   action: pass} # as of today
+    expect: {verdict: suspicious,   action: pass} # as of today
     message: |
       From: a
 
@@ -11,11 +11,11 @@
   - name: two
     expect:
       # why
-      verdict: clean # because
+      verdict: anomalous # because
       signals:
         - phone # a number
-        - wallet
-      bits: { min: 3 }
-  - { name: three, alias: zoom }
+      bits: { min: 2 }
+  - { name: three, expect: { verdict: clean }, alias: zoom }
   - name: four # no expectation
+    expect: { verdict: anomalous, signals: [phone, link] }
     alias: zoom
`,
    );
  });

  test('of CRLF lines stays one', () => {
    const windows = text.replaceAll('\n', '\r\n');
    const change = { index: 3, before: {}, after: { verdict: 'clean' } } as const;
    const edited = editExpectations(windows, [change]);
    assert.ok(edited.includes('# no expectation\r\n    expect: { verdict: clean }\r\n    alias'));
  });
});
