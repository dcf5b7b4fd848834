import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';

const asked: string[] = [];
registerHooks({
  resolve: (specifier, context, next) => {
    asked.push(specifier);
    return next(specifier, context);
  },
});

test('the library is loaded where a provider is set, and by nobody else', async (t) => {
  const { startSite, openBrowser } = await import('../../console-site.ts');
  const site = await startSite(t);
  await openBrowser(site).get('/login');
  assert.ok(asked.includes('fastify'));
  assert.equal(asked.includes('openid-client'), false);
  const { openFaulty, signIn } = await import('./faulty-site.ts');
  assert.equal((await signIn(await openFaulty(t))).status, 303);
  assert.ok(asked.includes('openid-client'));
});
