import type { Addressee } from './notice.ts';

export type NoticeRules = {
  readonly noticeTo: readonly string[];
  readonly noticeRecipients: 'none' | 'held';
};

/** Who is told of mail to these recipients. Each once: an administrator among them gets the fuller notice. */
export function addresseesOf(
  rcptTo: readonly string[],
  { noticeTo, noticeRecipients }: NoticeRules,
): readonly Addressee[] {
  const told = new Map<string, Addressee>();
  const add = (address: string, audience: Addressee['audience']) => {
    const key = address.toLowerCase();
    if (address !== '' && !told.has(key)) told.set(key, { address, audience });
  };
  for (const address of noticeTo) add(address, 'admin');
  if (noticeRecipients === 'held') for (const address of rcptTo) add(address, 'recipient');
  return [...told.values()];
}
