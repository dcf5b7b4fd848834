import { mislabelledClass, type AbuseResult } from './abuse.ts';
import { bootstrapInterval } from './bootstrap.ts';
import { wilsonInterval } from './interval.ts';
import { groupsOf } from './share.ts';

export type AbuseTotals = {
  readonly messages: number;
  readonly tagged: number;
  readonly quarantined: number;
  readonly campaigns: number;
  /** Campaigns of which at least one message was tagged. */
  readonly campaignsTagged: number;
  /** 95 % Wilson interval of the share of campaigns tagged. */
  readonly campaignInterval: readonly [number, number];
  /** 95 % interval of the share of messages tagged, campaigns resampled. */
  readonly messageInterval: readonly [number, number];
};

export type CampaignFigures = {
  readonly campaign: string;
  readonly class: string;
  readonly alias: string;
  readonly messages: number;
  readonly tagged: number;
  readonly highestBits: number;
};

/** One way of looking at the labelled abuse: cold, or with packs. */
export type AbuseView = AbuseTotals & {
  readonly byClass: readonly (AbuseTotals & { readonly class: string })[];
  readonly byAlias: readonly (AbuseTotals & { readonly alias: string; readonly pack: boolean })[];
  readonly byCampaign: readonly CampaignFigures[];
};

/** Genuine mail that was reported as phishing is left out: `mislabelledFigures`. */
export function abuseView(all: readonly AbuseResult[]): AbuseView {
  const results = all.filter((result) => result.class !== mislabelledClass);
  return {
    ...abuseTotals(results),
    byClass: groupsOf(results, (result) => result.class).map(([name, of]) => ({
      class: name,
      ...abuseTotals(of),
    })),
    byAlias: groupsOf(results, (result) => result.alias).map(([alias, of]) => ({
      alias,
      pack: of[0]?.hasPack === true,
      ...abuseTotals(of),
    })),
    byCampaign: groupsOf(results, (result) => result.campaign).map(([campaign, of]) => ({
      campaign,
      class: of[0]?.class ?? '',
      alias: of[0]?.alias ?? '',
      messages: of.length,
      tagged: of.filter(({ tagged }) => tagged).length,
      highestBits: Math.max(...of.map(({ bits }) => bits)),
    })),
  };
}

export function mislabelledFigures(all: readonly AbuseResult[]) {
  const results = all.filter((result) => result.class === mislabelledClass);
  return { n: results.length, tagged: results.filter(({ tagged }) => tagged).length };
}

function abuseTotals(results: readonly AbuseResult[]): AbuseTotals {
  const campaigns = groupsOf(results, ({ campaign }) => campaign).map(([, of]) => ({
    trials: of.length,
    events: of.filter(({ tagged }) => tagged).length,
  }));
  const campaignsTagged = campaigns.filter(({ events }) => events > 0).length;
  return {
    messages: results.length,
    tagged: results.filter(({ tagged }) => tagged).length,
    quarantined: results.filter(({ quarantined }) => quarantined).length,
    campaigns: campaigns.length,
    campaignsTagged,
    campaignInterval: wilsonInterval(campaignsTagged, campaigns.length),
    messageInterval: bootstrapInterval(campaigns),
  };
}
