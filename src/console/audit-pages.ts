import type { AuditReader as Recorded } from '../audit/read-audit.ts';
import type { AuditReader } from './sources.ts';

/** Records of one millisecond that may stand before the first of a page. */
const mostAtOnce = 500;

/** The audit log by pages: a page begins after the record that `after` names, by its time and id. */
export function pageAudit(reader: Pick<Recorded, 'list'>): AuditReader {
  return {
    read: async ({ limit, after, act, subject }) => {
      const filter = {
        ...(act === undefined ? {} : { act }),
        ...(subject === undefined ? {} : { subject }),
      };
      const [time = '', last = ''] = after === undefined ? [] : after.split(' ');
      const atMs = Date.parse(time);
      if (after !== undefined && Number.isNaN(atMs)) return { entries: [], next: null };
      const found =
        after === undefined
          ? await reader.list(filter, limit + 1)
          : await reader.list(
              { ...filter, until: new Date(atMs + 1).toISOString() },
              limit + 1 + mostAtOnce,
            );
      const begin = found.findIndex(({ id }) => id === last) + 1;
      const entries = found.slice(begin, begin + limit);
      const end = entries.at(-1);
      const hasMore = end !== undefined && found.length > begin + limit;
      return { entries, next: hasMore ? `${end.at} ${end.id}` : null };
    },
  };
}
