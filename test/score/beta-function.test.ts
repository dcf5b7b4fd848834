import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lnBeta, lnGamma } from '../../src/score/beta-function.ts';

const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

function near(actual: number, expected: number, relative = 1e-10): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(1, Math.abs(expected)),
    `${actual}, not ${expected}`,
  );
}

test('lnGamma is the logarithm of the factorial', () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    near(lnGamma(n), Math.log(factorial), 1e-12);
    factorial *= n;
  }
});

test('lnGamma at a half is ln √π', () => {
  near(lnGamma(0.5), 0.5 * Math.log(Math.PI), 1e-12);
});

test('lnGamma of small numbers goes as -ln x: Γ(x) = 1/x - γ + …', () => {
  const eulerGamma = 0.577_215_664_901_532_9;
  near(lnGamma(1e-8), Math.log(1e8 - eulerGamma), 1e-12);
});

test('Γ(x + 1) = x Γ(x)', () => {
  fc.assert(
    fc.property(positive, (x) => {
      near(lnGamma(x + 1), lnGamma(x) + Math.log(x));
    }),
  );
});

test('B(a, b) is symmetric, and B(a + 1, b) = B(a, b) a / (a + b)', () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      near(lnBeta(a, b), lnBeta(b, a));
      // Both sides are differences of numbers near a ln a: what is lost there is lost here.
      const lost = 1e-13 * (a + b) * Math.log(a + b + 2);
      const error = lnBeta(a + 1, b) - lnBeta(a, b) - Math.log(a / (a + b));
      assert.ok(Math.abs(error) <= 1e-9 + lost, String(error));
    }),
  );
});
