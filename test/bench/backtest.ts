import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backtestFile } from '../../src/backtest/backtest-file.ts';
import { dayOf } from '../../src/baseline/ledger.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { keptFrom } from '../../src/vectors/kept-from.ts';
import { packMessage } from '../../src/vectors/message-form.ts';
import { readWithOf } from '../../src/vectors/read-with.ts';
import { packShared } from '../../src/vectors/shared-parts.ts';
import { openVectorsFile, type VectorRow } from '../../src/vectors/vectors-file.ts';
import { appraisedMail, seeded, shippedRules } from '../support/appraised-mail.ts';

/** How long a backtest of many kept messages takes: wall time, on the processors that are there. */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    vectors: { type: 'string', default: '50000' },
  },
});
const vectors = Number(options.vectors);
const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-bench-'));
const path = join(directory, 'vectors.db');
try {
  const shipped = await shippedRules();
  const policy = { ...shipped.policy, backtest: { perAlias: vectors, days: 90 } };
  const inForce = { ...shipped, policy };
  const pseudonym = createPseudonym(Buffer.alloc(32, 1));
  const readWith = readWithOf(inForce.lists);
  await fill();
  const { size } = await stat(path);
  const bytesPerVector = Math.round(size / vectors);

  const attack = inForce.causes.attack.map((cause, index) =>
    index === 0 ? { ...cause, weight: cause.weight * 40 } : cause,
  );
  const weighed = { ...inForce, version: 'weighed', causes: { ...inForce.causes, attack } };
  const tag = { ...policy.tag, floorBits: 5, budget: 0.01 };
  const stricter = { ...inForce, version: 'stricter', policy: { ...policy, tag } };
  const figures = [];
  for (const { candidate, ...set } of [
    { name: 'a weight changed', inForce, candidate: weighed },
    { name: 'a budget changed', inForce, candidate: stricter },
    { name: 'both sets other', inForce: { ...inForce, version: 'other' }, candidate: weighed },
  ]) {
    const startedMs = performance.now();
    const result = await backtestFile({ path, pseudonym, inForce: set.inForce, candidate });
    const seconds = (performance.now() - startedMs) / 1000;
    const changed = Object.values(result.totals).reduce((sum, { kept }) => sum + kept, 0);
    figures.push({ what: set.name, seconds, kept: result.kept, changed });
  }
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ vectors, bytesPerVector, processors: availableParallelism(), figures })}\n`,
    );
  else {
    process.stdout.write(
      `Backtest of ${vectors} kept messages of ${bytesPerVector} bytes each, ${availableParallelism()} processors\n`,
    );
    for (const { what, seconds, kept, changed } of figures)
      process.stdout.write(
        `${what.padEnd(18)} ${seconds.toFixed(2).padStart(6)} s  ${kept} appraised, ${changed} changed\n`,
      );
  }

  /** Some hundred messages, each kept many times under keys of its own. */
  async function fill(): Promise<void> {
    using file = openVectorsFile(path);
    const random = seeded(3);
    const mail = await appraisedMail({ count: 800, rules: inForce, pseudonym });
    const rows: VectorRow[] = [];
    const shared = new Map<string, Uint8Array>();
    for (const { transaction, judgement } of mail) {
      const { appraised, score, decision, policy } = judgement;
      const alias = appraised?.message.alias.id ?? '';
      const analysis = { alias, score, decision, policy, ...(appraised && { appraised }) };
      const kept = keptFrom({ transaction, analysis, rules: inForce, pseudonym, readWith });
      if (kept === null) continue;
      const snapshot = packShared(kept.appraised.observation.snapshot);
      const fits = packShared(kept.circumstances.fits);
      shared.set(snapshot.id, snapshot.body).set(fits.id, fits.body);
      rows.push({
        id: kept.id,
        alias,
        isHeld: kept.isHeld,
        day: dayOf(kept.appraised.at),
        key: random(),
        ruleset: kept.ruleset,
        recipients: [],
        snapshot: snapshot.id,
        fits: fits.id,
        body: packMessage(kept),
      });
    }
    for (let written = 0; written < vectors; written += rows.length) {
      const some = rows.slice(0, vectors - written);
      file.add({ rows: some.map((row) => ({ ...row, key: random() })), shared, scored: [] });
    }
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
