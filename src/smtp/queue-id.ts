/** How Postfix, Exim, OpenSMTPD, Sendmail and Exchange name a message in their reply; empty where none does. */
export function queueIdIn(reply: string): string {
  const found =
    /queued as (\S+)|\bid=(\S+)|2\.0\.0:? (\w+) Message accepted for delivery|<[^<>@\s]+@[^<>\s]+> \[InternalId=(\d+)/i.exec(
      reply,
    );
  return found?.slice(1).find((id) => Boolean(id)) ?? '';
}
