import type { AuditHead, AuditHeads } from './audit-heads.ts';

export type HeadEvents = {
  /** So far the chain had come; whoever keeps this line can prove it. */
  readonly auditHead: (head: AuditHead) => void;
  /** The store did not take it; the log and the metric have it all the same. */
  readonly auditHeadNotPublished: (error: unknown) => void;
};

export type PublishOptions = {
  readonly head: () => AuditHead | null;
  readonly heads: Pick<AuditHeads, 'publish'>;
  readonly events: HeadEvents;
  readonly now: () => Date;
  readonly everyMs?: number;
};

const minuteMs = 60_000;

/** Publishes the head now and then, and once more when disposed of. Nothing new is not published again. */
export function publishHeads({
  head,
  heads,
  events,
  now,
  everyMs = minuteMs,
}: PublishOptions): AsyncDisposable & { readonly publish: () => Promise<void> } {
  let published = '';
  const publish = async () => {
    const current = head();
    if (current === null || current.hash === published) return;
    const stamped = { ...current, at: now().toISOString() };
    events.auditHead(stamped);
    try {
      const kept = await heads.publish(stamped);
      if (kept.hash !== stamped.hash)
        throw new Error(`line ${kept.sequence} of ${kept.writer} was published and is not in it`);
      published = current.hash;
    } catch (error) {
      events.auditHeadNotPublished(error);
    }
  };
  const timer = setInterval(() => void publish(), everyMs).unref();
  return {
    publish,
    [Symbol.asyncDispose]: () => {
      clearInterval(timer);
      return publish();
    },
  };
}
