import { watchedDomain } from '../../alias/address.ts';
import { linkDomain } from '../../message/links.ts';
import type { Doubt, RuleDocument, RuleDocuments } from './rule-documents.ts';

/** Addresses that two claim, packs that contradict themselves, and a way in that is not the vendor's. */
export function aliasDoubts(documents: RuleDocuments): readonly Doubt[] {
  const claims = documents.vendors.flatMap(claimsOf);
  const patterns = claims.filter(({ address }) => address.includes('*'));
  return [
    ...watchedTwice(documents, claims, patterns),
    ...claimedTwice(claims, patterns),
    ...documents.vendors.flatMap(contradictions),
  ];
}

type Vendor = RuleDocuments['vendors'][number]['value'];

/** One address or pattern of a pack, and where it stands. */
type Claim = {
  readonly vendor: string;
  readonly alias: string;
  readonly address: string;
  readonly file: Doubt['file'];
  readonly path: Doubt['path'];
};

function claimsOf({ file, value }: RuleDocument<Vendor>): readonly Claim[] {
  return value.aliases.flatMap(({ id, addresses }, alias) =>
    addresses.map((address, index) => ({
      vendor: value.vendor,
      alias: id,
      address,
      file,
      path: ['aliases', alias, 'addresses', index],
    })),
  );
}

/** What `watch` names is not needed where a pack has it, and loses the pack where only its pattern covers it. */
function watchedTwice(
  { policy }: RuleDocuments,
  claims: readonly Claim[],
  patterns: readonly Claim[],
): readonly Doubt[] {
  const { file, value } = policy;
  return value.watch.flatMap((address, index): readonly Doubt[] => {
    const path = ['watch', index];
    const same = claims.find((claim) => claim.address === address);
    if (same !== undefined) {
      const message = `\`${address}\` has no effect here: the pack \`${same.alias}\` watches it already`;
      return [{ file, path, message, hint: 'remove it', on: 'value' }];
    }
    const wider = patterns.find((claim) => covers(claim.address, address));
    if (wider === undefined) return [];
    const message = `\`${address}\` loses the pack \`${wider.alias}\`, whose pattern \`${wider.address}\` covers it: the narrower one wins`;
    const hint = 'remove it, or add it to the `addresses` of a pack';
    return [{ file, path, message, hint, on: 'value' }];
  });
}

/** Between aliases of one vendor a catch-all is meant; between two vendors it is a slip. */
function claimedTwice(claims: readonly Claim[], patterns: readonly Claim[]): readonly Doubt[] {
  return claims.flatMap(({ vendor, address, file, path }): readonly Doubt[] => {
    const wider = patterns.find(
      (claim) => claim.vendor !== vendor && covers(claim.address, address),
    );
    if (wider === undefined) return [];
    return [
      {
        file,
        path,
        message: `\`${address}\` is covered by \`${wider.address}\` of ${wider.vendor} (\`${wider.alias}\`) as well: this one wins, being narrower`,
        hint: 'remove one of the two, or join the aliases in one file',
        on: 'value',
      },
    ];
  });
}

/** Signals that are asked only where another is shown. */
const askedWith: Readonly<Record<string, readonly string[]>> = {
  'phone-lure': ['phone'],
  'link-tld': ['link', 'bare-domain'],
  'link-standing': ['link', 'bare-domain'],
  'stranger-domain': ['link', 'bare-domain'],
  'reply-to-standing': ['reply-to'],
  'stranger-reply-to': ['reply-to'],
};

function contradictions({ file, value }: RuleDocument<Vendor>): readonly Doubt[] {
  return value.aliases.flatMap(({ pack }, alias) => {
    const place = ['aliases', alias, 'pack'];
    const open = pack.open.flatMap((signal, index): readonly Doubt[] => {
      const needed = askedWith[signal] ?? [];
      if (needed.length === 0 || needed.some((name) => !isIn(name, pack.closed))) return [];
      const closed = needed.map((name) => `\`${name}\``).join(' and ');
      return [
        {
          file,
          path: [...place, 'open', index],
          message: `\`${signal}\` cannot be common: it is asked only with ${closed}, which \`closed\` says never happens`,
          hint: `remove it, or take ${closed} out of \`closed\``,
          on: 'value',
        },
      ];
    });
    return [...open, ...strangeWayIn(pack, place).map((doubt) => ({ ...doubt, file }))];
  });
}

/** Recipients are sent there by warnings, so a slip of the pen is worse than none. */
function strangeWayIn(
  { verifyAt, linkDomains }: Vendor['aliases'][number]['pack'],
  place: Doubt['path'],
): readonly Omit<Doubt, 'file'>[] {
  if (verifyAt === '' || linkDomains.length === 0) return [];
  const domain = linkDomain(new URL(verifyAt).hostname);
  if (domain !== null && linkDomains.includes(domain)) return [];
  return [
    {
      path: [...place, 'verifyAt'],
      message: `warnings would send recipients to \`${domain ?? verifyAt}\`, which is not among the vendor's linkDomains`,
      hint: 'correct it, or add the domain to `linkDomains`',
      on: 'value',
    },
  ];
}

function isIn(name: string, signals: readonly string[]): boolean {
  return signals.includes(name);
}

/** Whether every address of `address` is one of `pattern` too. */
function covers(pattern: string, address: string): boolean {
  if (!pattern.includes('*') || pattern === address) return false;
  const local = (text: string) => text.slice(0, text.lastIndexOf('@'));
  if (local(pattern) !== '*' && local(pattern) !== local(address)) return false;
  const [wide, narrow] = [watchedDomain(pattern), watchedDomain(address)];
  if (pattern.includes('@*.'))
    return narrow.endsWith(`.${wide}`) || (narrow === wide && address.includes('@*.'));
  return narrow === wide && !address.includes('@*.');
}
