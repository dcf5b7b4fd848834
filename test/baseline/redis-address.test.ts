import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRedisAddress } from '../../src/baseline/redis-address.ts';

const plain = { kind: 'standalone', username: null, password: null, database: 0, tls: false };

const readable = [
  {
    text: 'redis://db.example',
    expected: {
      ...plain,
      nodes: [{ host: 'db.example', port: 6379 }],
      label: 'redis://db.example',
    },
  },
  {
    text: 'rediss://db.example:6380/2',
    expected: {
      ...plain,
      tls: true,
      database: 2,
      nodes: [{ host: 'db.example', port: 6380 }],
      label: 'rediss://db.example:6380/2',
    },
  },
  {
    text: 'redis://[::1]:7000',
    expected: { ...plain, nodes: [{ host: '::1', port: 7000 }], label: 'redis://[::1]:7000' },
  },
  {
    text: 'redis://us%3Aer:p%40ss%2F%3Fword@127.0.0.1:6379/0',
    expected: {
      ...plain,
      username: 'us:er',
      password: 'p@ss/?word',
      nodes: [{ host: '127.0.0.1', port: 6379 }],
      label: 'redis://127.0.0.1:6379/0',
    },
  },
  {
    text: 'redis://:only@h',
    expected: {
      ...plain,
      password: 'only',
      nodes: [{ host: 'h', port: 6379 }],
      label: 'redis://h',
    },
  },
  {
    text: 'redis-cluster://u:p@a:7000,b:7001,[::1]:7002',
    expected: {
      ...plain,
      kind: 'cluster',
      username: 'u',
      password: 'p',
      label: 'redis-cluster://a:7000,b:7001,[::1]:7002',
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 7001 },
        { host: '::1', port: 7002 },
      ],
    },
  },
];
for (const { text, expected } of readable) {
  test(`reads ${text}`, () => assert.deepEqual(parseRedisAddress(text), expected));
}

const unreadable = [
  'redis://',
  'redis://:s3cret@',
  'redis://:s3cret@h:99999',
  'redis://:s3cret@h:port',
  'redis://:s3cret@a,b',
  'redis://:s3cret@h/x',
  'redis-cluster://:s3cret@a:1,,b:2',
  'redis://:s3cret%@h',
  'redis://:s3cret@x@h',
  'http://:s3cret@h',
  'redis://:s3cret@h?family=6',
];
for (const text of unreadable) {
  test(`refuses ${text} without repeating the password`, () => {
    assert.throws(
      () => parseRedisAddress(text),
      (error: Error) => {
        assert.match(error.message, /cannot be read; write redis:/);
        assert.doesNotMatch(String(error.stack), /s3cret/);
        return true;
      },
    );
  });
}
