import type { BreakerOrder } from '../../src/live/breaker-order.ts';
import type { ProcessStatus } from '../../src/live/process-status.ts';

export const status: ProcessStatus = {
  host: 'mx1.example',
  process: '0a1b2c3d',
  quarantine: '5f3a00aa11bb',
  startedAt: '2026-03-05T06:00:00.000Z',
  seenAt: '2026-03-05T06:30:00.000Z',
  ruleset: '4f1c00aa11bb',
  candidate: null,
  openings: [],
  compared: [],
  today: {
    day: 20_517,
    watched: 300,
    usualWatched: 1200,
    tag: { used: 1, allowed: 1.2 },
    quarantine: { used: 0, allowed: 1 },
    aliases: [{ alias: 'paypal-service', watched: 300, tag: 1, quarantine: 0 }],
  },
  heldLastHour: 0,
  maxHeldPerHour: null,
  refusedReloads: 0,
};

export const order: BreakerOrder = {
  id: '0123456789abcdef',
  state: 'open',
  cause: 'hand',
  ruleset: null,
  reason: 'a vendor changed its mail',
  by: 'ann',
  at: '2026-03-05T06:31:00.000Z',
};
