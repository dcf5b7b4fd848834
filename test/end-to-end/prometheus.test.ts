import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, skipWithoutPrometheus, startPrometheus } from '../support/prometheus.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendor, vendorMail } from './site.ts';

type Alert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
};
type Targets = { readonly activeTargets: readonly { health: string; lastError: string }[] };
type Rules = {
  readonly groups: readonly { rules: readonly { name: string; health: string }[] }[];
};

const copies = 5;

test(
  'a real Prometheus scrapes a gateway with the shipped rules, and a campaign is one alert',
  { skip: skipWithoutPrometheus(), timeout: 120_000 },
  async () => {
    // It relays for nobody: the gateway proves that at its start.
    await using nextHop = await SmtpRecorder.start((line) =>
      line.startsWith('RCPT') && !line.includes('@example.test')
        ? '554 5.7.1 Relay access denied'
        : undefined,
    );
    await using site = await startSite({ nextHop: nextHop.address });
    const { host, port } = site.server.http;
    await using prometheus = await startPrometheus(`${host}:${port}`);
    const campaigns = async (): Promise<readonly Alert[]> => {
      const { alerts } = (await prometheus.ask('alerts')) as { alerts: readonly Alert[] };
      return alerts.filter(({ labels }) => labels['alertname'] === 'AliaswatchAliasCampaign');
    };

    const [target] = (
      await eventually(
        async () => (await prometheus.ask('targets')) as Targets,
        ({ activeTargets }) => activeTargets.some(({ health }) => health !== 'unknown'),
      )
    ).activeTargets;
    assert.deepEqual([target?.health, target?.lastError], ['up', '']);

    // Honest mail first: what was 0 in one scrape is an increase in a later one.
    await site.send(await vendorMail());
    const watched = `sum(aliaswatch_alias_verdicts_total{alias="${vendor.alias}"})`;
    await eventually(
      () => prometheus.value(watched),
      (value) => value === 1,
    );
    assert.deepEqual(await campaigns(), []);

    for (let copy = 0; copy < copies; copy++)
      await site.send(await vendorMail({ tenant: publishedLure }));
    await eventually(
      () => prometheus.value(watched),
      (value) => value === 1 + copies,
    );
    assert.equal(
      await prometheus.value(`aliaswatch_campaign_messages_total{alias="${vendor.alias}"}`),
      copies,
    );
    const [alert, ...others] = await eventually(campaigns, ({ length }) => length > 0);
    assert.deepEqual(others, []);
    assert.equal(alert?.state, 'firing');
    assert.equal(alert.labels['alias'], vendor.alias);

    for (let copy = 0; copy < copies; copy++)
      await site.send(await vendorMail({ tenant: publishedLure }));
    await eventually(
      () => prometheus.value(watched),
      (value) => value === 1 + 2 * copies,
    );
    assert.deepEqual(
      (await campaigns()).map(({ activeAt }) => activeAt),
      [alert.activeAt],
      'more copies are no other alert',
    );

    const { alerts } = (await prometheus.ask('alerts')) as { alerts: readonly Alert[] };
    const firing = alerts.filter(({ state }) => state === 'firing');
    assert.deepEqual(
      firing.map(({ labels }) => labels['alertname']),
      ['AliaswatchAliasCampaign'],
      'nothing else is wrong with a gateway that works',
    );
    const { groups } = (await prometheus.ask('rules')) as Rules;
    const rules = groups.flatMap((group) => group.rules);
    assert.ok(rules.length > 20);
    assert.deepEqual(
      rules.filter(({ health }) => health !== 'ok'),
      [],
    );
    assert.equal(
      await prometheus.value('sum(aliaswatch_next_hop_replies_total{stage="data",class="2xx"})'),
      nextHop.messages.length,
    );
  },
);
