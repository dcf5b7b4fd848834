/** What was measured of one message, one alias, one process; `node test/bench/scale.ts` takes it from the benchmarks. */
export type Measured = {
  /** ISO 8601 date, and the machine. */
  readonly on: string;
  /** User and system time of one process per message of `bytes`, in ms. */
  readonly front: {
    readonly bytes: number;
    readonly unwatchedCpuMs: number;
    readonly watchedCpuMs: number;
    readonly peakBytes: number;
  };
  /** Of the Redis server and of the wire to it, per message at 10,000 aliases. */
  readonly redis: {
    readonly watched: RedisCost;
    readonly unwatched: RedisCost;
    readonly bytesPerAlias: number;
    readonly organizationBytes: number;
  };
  /** Large state by small. */
  readonly ratios: {
    readonly sqliteCpu: number;
    readonly redisCpu: number;
    readonly redisServerCpu: number;
  };
};

export type RedisCost = {
  readonly serverCpuMs: number;
  readonly commands: number;
  readonly commandBytes: number;
  readonly replyBytes: number;
};

/** What a site is taken to be; every one of these is the reader's to change. */
export type Site = {
  readonly messagesPerDay: number;
  readonly aliases: number;
  /** Of the mail, from watched aliases. */
  readonly watchedShare: number;
  /** Of the watched mail, from the busiest alias. */
  readonly busiestShare: number;
  /** Busiest minute by the average of the day. */
  readonly peakFactor: number;
  /** How busy a core may be at the peak. */
  readonly busyShare: number;
  readonly coresPerNode: number;
  readonly messageBytes: number;
};

export type Plan = {
  readonly peakPerSecond: number;
  readonly cores: number;
  /** One more than needed, so that one may be down at the peak. */
  readonly nodes: number;
  readonly redisCommandsPerSecond: number;
  /** Cores' worth of work of all Redis masters at the peak. */
  readonly redisCores: number;
  readonly shards: number;
  /** The same for the busiest alias alone, which is on one shard: it must stay below `busyShare`. */
  readonly busiestAliasCores: number;
  readonly redisBytes: number;
  /** With every alias at all its caps. */
  readonly redisBytesAtCaps: number;
  /** In and out of the nodes, at the peak. */
  readonly mailBitsPerSecond: number;
  readonly redisBitsPerSecond: number;
};

export const capBytesPerAlias = 256 * 1024;
const secondsPerDay = 86_400;

/** What a site needs. Pure arithmetic: costs per message add up, which `ratios` of about 1 are the reason for. */
export function planOf(site: Site, { front, redis }: Measured): Plan {
  const { watchedShare, busyShare } = site;
  const mixed = (watched: number, unwatched: number) =>
    watchedShare * watched + (1 - watchedShare) * unwatched;
  const mixedRedis = (of: keyof RedisCost) => mixed(redis.watched[of], redis.unwatched[of]);
  const peakPerSecond = (site.messagesPerDay / secondsPerDay) * site.peakFactor;
  const cores =
    (peakPerSecond * mixed(front.watchedCpuMs, front.unwatchedCpuMs)) / 1000 / busyShare;
  const redisCores = (peakPerSecond * mixedRedis('serverCpuMs')) / 1000;
  return {
    peakPerSecond,
    cores,
    nodes: Math.ceil(cores / site.coresPerNode) + 1,
    redisCommandsPerSecond: peakPerSecond * mixedRedis('commands'),
    redisCores,
    shards: Math.ceil(redisCores / busyShare),
    busiestAliasCores:
      (peakPerSecond * watchedShare * site.busiestShare * redis.watched.serverCpuMs) / 1000,
    redisBytes: site.aliases * redis.bytesPerAlias + redis.organizationBytes,
    redisBytesAtCaps: site.aliases * capBytesPerAlias + redis.organizationBytes,
    mailBitsPerSecond: peakPerSecond * site.messageBytes * 2 * 8,
    redisBitsPerSecond: peakPerSecond * (mixedRedis('commandBytes') + mixedRedis('replyBytes')) * 8,
  };
}

const usual = {
  watchedShare: 0.2,
  busiestShare: 0.1,
  peakFactor: 3,
  busyShare: 0.6,
  coresPerNode: 8,
  messageBytes: 50_000,
};

export const sites: readonly Site[] = [
  { ...usual, messagesPerDay: 1e6, aliases: 300 },
  { ...usual, messagesPerDay: 1e8, aliases: 3000 },
  { ...usual, messagesPerDay: 1e10, aliases: 10_000 },
];
