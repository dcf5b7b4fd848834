import type { Settings } from './config/settings.ts';

type MilterSettings = Pick<
  Settings,
  'nextHop' | 'milterListen' | 'bareLineEndings' | 'noticeMode' | 'noticeTo' | 'noticeRecipients'
>;

/** @throws Error in one sentence where mail cannot be judged for a mail server with these settings. */
export function refuseMilterSettings(settings: MilterSettings): void {
  const fault = milterSettingsFault(settings);
  if (fault !== null) throw new Error(fault);
}

function milterSettingsFault(settings: MilterSettings): string | null {
  const { nextHop, milterListen, bareLineEndings } = settings;
  if (milterListen === null)
    return nextHop === null
      ? 'there is neither a next hop nor a milter: set nextHop or milterListen'
      : null;
  if (bareLineEndings === 'normalize')
    return 'bareLineEndings: normalize cannot be had with milterListen, since the mail server has the bytes already: leave it at reject, and let the mail server normalize them (Postfix: smtpd_forbid_bare_newline = normalize)';
  const { noticeMode, noticeTo, noticeRecipients } = settings;
  const tellsSomebody = noticeTo.length > 0 || noticeRecipients !== 'none';
  return nextHop === null && noticeMode !== 'off' && tellsSomebody
    ? 'notices are sent by way of the next hop, and there is none: set nextHop, or noticeMode: off'
    : null;
}
