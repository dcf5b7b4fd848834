import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CountedErasable } from '../../audit/erasable.ts';
import { openPersonalValues } from '../../audit/personal-values.ts';
import { auditDirectory } from '../../audit/start-audit.ts';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../baseline/store.ts';
import type { Settings } from '../../config/settings.ts';
import { createPseudonym, type Pseudonym } from '../../features/hash.ts';
import { erasableNotices } from '../../notices/erase-recipient.ts';
import { hasNotices, noticesPath, openNoticesFile } from '../../notices/notices-file.ts';
import type { OrganizationLedgers } from '../../organization/ledgers.ts';
import { readPseudonymKey } from '../../pseudonym-key.ts';
import { erasableQuarantine } from '../../quarantine/erase-recipient.ts';
import type { HeldMail } from '../../quarantine/open-held-mail.ts';
import { eraseRecipient } from '../../review/erase-recipient.ts';
import { openReviewStore } from '../../review/open-review-store.ts';
import type { ReviewStore } from '../../review/review-store.ts';
import { recipientTag } from '../../review/watched-message.ts';
import { openVectorsFile, vectorsFileName, type VectorsFile } from '../../vectors/vectors-file.ts';
import { patientStoreTimeoutMs as timeoutMs } from '../patient-store.ts';
import { openLedgers } from '../organization/open-ledgers.ts';

export type ErasablePart = CountedErasable & {
  /** For a person. */
  readonly title: string;
};

export type OpenParts = AsyncDisposable & { readonly parts: readonly ErasablePart[] };

/**
 * Everything of one installation that keeps something of people.
 * @throws when a part does not answer: an erasure that skips one in silence would be none.
 */
export async function openErasableParts(
  settings: Settings,
  quarantine: HeldMail | null,
): Promise<OpenParts> {
  await using opened = new AsyncDisposableStack();
  const pseudonymKey = await readPseudonymKey(settings.stateDir);
  const pseudonym = createPseudonym(pseudonymKey);
  const values = opened.use(openPersonalValues(auditDirectory(settings.stateDir), timeoutMs));
  const baselines = opened.use(
    await openStore(settings.store, { limits: defaultStoreLimits, timeoutMs }),
  );
  const ledgers = opened.use(await openLedgers({ settings, pseudonymKey }));
  const reviews = opened.use(await openReviewStore(settings.store, { timeoutMs }));
  const parts: ErasablePart[] = [
    {
      title: 'values of the audit log',
      countRecipient: (address) => Promise.resolve(values.linesNaming(address).length),
      eraseRecipient: (address) => values.erase(address),
    },
    { title: 'recipients of baselines', ...erasableBaselines(baselines, pseudonym) },
    { title: "records of the organization's ledgers", ...erasableLedgers(ledgers) },
    { title: 'messages that reviewers see', ...erasableReviews(reviews, pseudonym) },
  ];
  if (quarantine !== null)
    parts.push({ title: 'released or deleted mail', ...erasableQuarantine(quarantine) });
  if (hasNotices(settings.stateDir)) {
    const notices = opened.use(openNoticesFile(noticesPath(settings.stateDir)));
    parts.push({ title: 'notices', ...erasableNotices(notices) });
  }
  const vectorsPath = join(settings.stateDir, vectorsFileName);
  if (existsSync(vectorsPath)) {
    const file = opened.use(openVectorsFile(vectorsPath, { timeoutMs }));
    parts.push({ title: 'mail kept for rules backtest', ...erasableVectors(file, pseudonym) });
  }
  const owned = opened.move();
  return { parts, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function erasableBaselines(store: BaselineStore, pseudonym: Pseudonym): CountedErasable {
  return {
    countRecipient: async (address) => {
      let known = 0;
      for (const alias of await store.aliases()) {
        const { values } = await store.describe(alias, new Date());
        const isHers = values.some(
          ({ table, value }) => table === 'recipient' && value === pseudonym(address),
        );
        if (isHers) known++;
      }
      return known;
    },
    eraseRecipient: (address) => store.eraseValue('recipient', pseudonym(address)),
  };
}

function erasableLedgers(ledgers: OrganizationLedgers): CountedErasable {
  return {
    countRecipient: async (address) => (await ledgers.describe(address)).length,
    eraseRecipient: (address) => ledgers.erase(address),
  };
}

function erasableVectors(file: VectorsFile, pseudonym: Pseudonym): CountedErasable {
  return {
    countRecipient: (address) => Promise.resolve(file.countRecipient(pseudonym(address))),
    eraseRecipient: (address) => file.eraseRecipient(pseudonym(address)),
  };
}

/** Counts messages; what people wrote of them is searched when it is erased. */
function erasableReviews(store: ReviewStore, pseudonym: Pseudonym): CountedErasable {
  return {
    countRecipient: async (address) =>
      (await store.idsOf('message', [recipientTag(address, pseudonym)])).length,
    eraseRecipient: (address) => eraseRecipient(store, address, pseudonym),
  };
}
