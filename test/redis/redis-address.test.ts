import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRedisAddress } from '../../src/redis/redis-address.ts';

const plain = {
  kind: 'standalone',
  username: null,
  password: null,
  database: 0,
  tls: false,
  sentinel: null,
};

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
  {
    text: 'rediss-cluster://a:7000',
    expected: {
      ...plain,
      kind: 'cluster',
      tls: true,
      label: 'rediss-cluster://a:7000',
      nodes: [{ host: 'a', port: 7000 }],
    },
  },
  {
    text: 'redis-sentinel://u:p@a,b:26380/mail%20hub',
    expected: {
      ...plain,
      kind: 'sentinel',
      username: 'u',
      password: 'p',
      sentinel: { name: 'mail hub', username: null, password: null },
      label: 'redis-sentinel://a,b:26380/mail%20hub',
      nodes: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 26380 },
      ],
    },
  },
  {
    text: 'rediss-sentinel://a/mail/2?sentinel=watcher:s%3F',
    expected: {
      ...plain,
      kind: 'sentinel',
      tls: true,
      database: 2,
      sentinel: { name: 'mail', username: 'watcher', password: 's?' },
      label: 'rediss-sentinel://a/mail/2',
      nodes: [{ host: 'a', port: 26379 }],
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
  'redis://:s3cret@h/0/1',
  'redis://h?sentinel=:s3cret',
  'redis-cluster://:s3cret@a:1/0?sentinel=:s3cret',
  'redis-sentinel://:s3cret@a:1',
  'redis-sentinel://:s3cret@a:1/',
  'redis-sentinel://a:1/mail/x?sentinel=:s3cret',
  'redis-sentinel://a:1/mail?sentinel=s3cret@x',
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
