import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soleAuthor } from '../../src/authentication/author.ts';

const address = 'service@vendor.example';
const cases: readonly {
  bodies: readonly string[];
  addresses?: readonly string[];
  sole: boolean;
}[] = [
  { bodies: [` ${address}`], sole: true },
  { bodies: [` Vendor <${address}>`], sole: true },
  { bodies: [` "a@bank.example" <${address}>`], sole: true },
  { bodies: [` a@bank.example <${address}>`], sole: true },
  { bodies: [` <${address}> (not a@bank.example)`], sole: true },
  { bodies: [` (a (nested) <a@bank.example>) <${address}>`], sole: true },
  { bodies: [` "say \\"<a@bank.example>\\"" <${address}>`], sole: true },
  { bodies: [` =?utf-8?q?a=40bank.example?=\r\n <${address}>`], sole: true },
  { bodies: [], addresses: [], sole: false },
  { bodies: [' Vendor'], addresses: [], sole: false },
  { bodies: [' vendor.example'], addresses: ['vendor.example'], sole: false },
  { bodies: [` ${address}`, ` ${address}`], sole: false },
  { bodies: [` ${address}, ${address}`], addresses: [address, address], sole: false },
  { bodies: [` <${address}> <a@bank.example>`], sole: false },
  { bodies: [` <${address}> a@bank.example`], sole: false },
  { bodies: [` ${address} a@bank.example`], sole: false },
  { bodies: [` <@bank.example:${address}>`], sole: false },
  { bodies: [` "never closed <a@bank.example> <${address}>`], sole: false },
  { bodies: [` (never closed <a@bank.example> <${address}>`], sole: false },
  { bodies: [` ${'x'.repeat(5000)} <${address}>`], sole: false },
];

for (const { bodies, addresses = [address], sole } of cases) {
  test(`author of ${JSON.stringify(bodies).slice(0, 70)}`, () => {
    assert.equal(soleAuthor(bodies, addresses), sole ? address : null);
  });
}
