import { localPath } from './html.ts';

/** Addresses of the pages; routes and links agree on these. */
export const paths = {
  quarantine: (query: Readonly<Record<string, string | number | null>> = {}) =>
    localPath(['quarantine'], query),
  message: (id: string) => localPath(['quarantine', id]),
  campaigns: (after: string | null = null) => localPath(['campaigns'], { after }),
  campaign: (id: string) => localPath(['campaigns', id]),
  notify: (id: string, to: 'recipients' | 'admins') =>
    localPath(['campaigns', id, 'notify'], { to }),
  aliases: (after: string | null = null) => localPath(['aliases'], { after }),
  alias: (id: string) => localPath(['aliases', id]),
  acts: (after: string | null = null) => localPath(['acts'], { after }),
  requests: (query: Readonly<Record<string, string | null>> = {}) => localPath(['requests'], query),
  audit: (query: Readonly<Record<string, string | number | null>> = {}) =>
    localPath(['audit'], query),
} as const;
