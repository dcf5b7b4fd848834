import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatHostPort, parseHostPort } from '../../src/config/host-port.ts';

const cases = [
  { text: '127.0.0.1:2525', is: '127.0.0.1:2525' },
  { text: 'MTA.example.com:25', is: 'mta.example.com:25' },
  { text: '[::1]:25', is: '[::1]:25' },
  { text: '[2001:DB8::5]:10025', is: '[2001:db8::5]:10025' },
  { text: ' mta:25 ', is: 'mta:25' },
  { text: 'mta:0', is: 'mta:0' },
  { text: 'mta', defaultPort: 25, is: 'mta:25' },
  { text: '[::1]', defaultPort: 53, is: '[::1]:53' },
  { text: 'mta', is: 'has no port: write HOST:PORT' },
  { text: '2525', is: 'has no port: write HOST:PORT' },
  { text: ':2525', is: 'is not HOST:PORT' },
  { text: 'mta:', is: 'is not HOST:PORT' },
  { text: 'mta:smtp', is: 'is not HOST:PORT' },
  { text: 'mta:65536', is: 'has a port above 65535' },
  { text: '::1', is: 'needs brackets around the IPv6 address: [::1]:25' },
  { text: '2001:db8::5:25', is: 'needs brackets around the IPv6 address: [::1]:25' },
  { text: '[mta]:25', is: 'is not HOST:PORT' },
  { text: '[1.2.3.4]:25', is: 'has brackets around what is not an IPv6 address' },
  { text: 'smtp://mta:25', is: 'is not HOST:PORT' },
  { text: 'user@mta:25', is: 'is not HOST:PORT' },
  { text: 'a b:25', is: 'is not HOST:PORT' },
  { text: '', is: 'is not HOST:PORT' },
];
for (const { text, defaultPort = null, is } of cases) {
  test(`"${text}" → ${is}`, () => {
    const reading = parseHostPort(text, defaultPort);
    assert.equal(reading.ok ? formatHostPort(reading.value) : reading.message, is);
  });
}
