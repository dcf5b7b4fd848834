import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { vendorZone } from '../support/zone.ts';
import { gatewayName, startSite, vendor, vendorMail } from './site.ts';
import { ourFields } from './our-fields.ts';

/** SPF of the vendor lists this network, and not the loopback address that our relay sends from. */
const zone = vendorZone(vendor.domain, { ip4: '192.0.2.0/24' });

const received = (client: string) =>
  `Received: from out.sender.test (out.sender.test [${client}])\r\n\tby relay.test (Postfix) with ESMTP id 4\r\n`;

describe('SPF behind a relay of our own is that of the client before it', () => {
  const cases: readonly {
    readonly name: string;
    readonly trustedRelays: readonly string[];
    readonly from: string;
    readonly client: string;
    readonly spf: 'pass' | 'fail';
  }[] = [
    {
      name: 'a client that the vendor lists',
      trustedRelays: ['127.0.0.2'],
      from: '127.0.0.2',
      client: '192.0.2.7',
      spf: 'pass',
    },
    {
      name: 'a client that the vendor does not list',
      trustedRelays: ['127.0.0.2'],
      from: '127.0.0.2',
      client: '203.0.113.9',
      spf: 'fail',
    },
    {
      name: 'a stranger is not believed what it writes of a client',
      trustedRelays: ['127.0.0.2'],
      from: '127.0.0.3',
      client: '192.0.2.7',
      spf: 'fail',
    },
    {
      name: 'nobody is trusted unless it is set',
      trustedRelays: [],
      from: '127.0.0.2',
      client: '192.0.2.7',
      spf: 'fail',
    },
  ];
  for (const { name, trustedRelays, from, client, spf } of cases) {
    test(name, async () => {
      await using nextHop = await SmtpRecorder.start();
      await using site = await startSite({
        nextHop: nextHop.address,
        settings: { mode: 'tag', trustedRelays: [...trustedRelays] },
        zone,
      });
      const message = received(client) + (await vendorMail());
      assert.match((await site.send(message, { from })).at(-1) ?? '', /^250 /);
      const results = ourFields(nextHop.messages[0], message)['Authentication-Results'] ?? '';
      assert.match(results, new RegExp(`^${gatewayName}; spf=${spf} smtp\\.mailfrom=`));
    });
  }
});
