import { timeOfId } from '../smtp/transaction-id.ts';
import type { CampaignRecord } from './campaign-record.ts';
import { tagsOf } from './campaign-view.ts';
import type { ReviewStore } from './review-store.ts';

/** How many copies of a campaign passed before its first flagged message, and how long before it the first of them. */
export async function copiesBefore(
  store: Pick<ReviewStore, 'idsOf'>,
  campaign: CampaignRecord,
): Promise<{ readonly undetectedMs: number; readonly copies: number }> {
  const foundMs = Date.parse(campaign.firstSeen);
  const ids = await store.idsOf('message', tagsOf(campaign));
  const times = ids.map(timeOfId).filter((time) => time < foundMs);
  const first = times.reduce((least, time) => Math.min(least, time), foundMs);
  return { undetectedMs: foundMs - first, copies: times.length };
}
