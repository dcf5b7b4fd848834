import { after, before } from 'node:test';
import { Redis } from 'ioredis';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { reviewBehaviour } from './review-behaviour.ts';

reviewBehaviour('SQLite', false, () => Promise.resolve('sqlite'));

const skip = requireInstalled('redis-server', 'redis-server');
let server: RedisServer;
before(async () => {
  if (skip === false) server = await startRedis();
});
after(() => server[Symbol.asyncDispose]());

reviewBehaviour('Redis', skip, async () => {
  const client = new Redis(server.url);
  await client.flushall();
  client.disconnect();
  return server.url;
});
