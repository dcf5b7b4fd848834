export type DigestTimes = {
  /** 0 to 23, local time of the machine: of the first digest of a day. */
  readonly digestHour: number;
  /** 1 to 24. */
  readonly digestEveryHours: number;
};

/** The first digest after `now`: at the hour, and every so many hours from there until the next day's hour. */
export function nextDigest(now: Date, { digestHour, digestEveryHours }: DigestTimes): Date {
  // From yesterday on: before today's first digest, those of yesterday's count.
  for (let day = -1; ; day++) {
    for (let hours = 0; hours < 24; hours += digestEveryHours) {
      // Each is set by the clock on the wall, so that a change of summer time does not move it.
      const digest = new Date(now);
      digest.setDate(now.getDate() + day);
      digest.setHours(digestHour + hours, 0, 0, 0);
      if (digest > now) return digest;
    }
  }
}
