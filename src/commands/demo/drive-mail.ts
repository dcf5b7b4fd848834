import { escapeHtml } from '../escape-html.ts';
import type { Draft } from './draft.ts';
import type { Random } from './random.ts';

export type Sharer = { readonly name: string; readonly address: string };

type ShareInput = {
  readonly sharer: Sharer;
  readonly title: string;
  /** What the sharer typed for the recipient; mostly empty. */
  readonly message: string;
  readonly random: Random;
};

/** How a share notice looks, and where its button leads. */
export type DriveDesign = 'old' | 'new';

type Share = ShareInput & {
  readonly kind: 'document' | 'folder';
  readonly design: DriveDesign;
};

/** Notice that a file was shared: title, message, display name and Reply-To are the sharer's. */
export function shareNotice(share: Share): Draft {
  const { sharer, title, message } = share;
  const thing = share.kind === 'document' ? 'an item' : 'a folder';
  const invitation = `${sharer.name} (${sharer.address}) has shared ${thing} with you:`;
  const link = linkOf(share);
  const layout = share.design === 'old' ? oldLayout : newLayout;
  return {
    fromName: `${sharer.name} (via Google Drive)`,
    replyTo: sharer,
    subject: `${share.kind === 'document' ? 'Document' : 'Folder'} shared with you: "${title}"`,
    text: `${invitation}\n\n${title}\n${link}\n\n${message === '' ? '' : `${message}\n\n`}You receive this mail because ${sharer.address} shared ${thing} with you.\nGoogle LLC, 1600 Amphitheatre Parkway, Mountain View, CA 94043, USA\n`,
    html: layout({ invitation, title, message, link, sharer, thing }),
  };
}

/** The redesign sends clicks through the vendor's short domain. */
function linkOf({ design, kind, random }: Share): string {
  if (design === 'new') return `https://c.gle/${random.token(48)}`;
  if (kind === 'folder')
    return `https://drive.google.com/drive/folders/${random.token(33)}?usp=sharing_eil`;
  return `https://docs.google.com/document/d/${random.token(44)}/edit?usp=sharing_eil`;
}

type LayoutInput = {
  readonly invitation: string;
  readonly title: string;
  readonly message: string;
  readonly link: string;
  readonly sharer: Sharer;
  readonly thing: string;
};

function oldLayout({ invitation, title, message, link, sharer, thing }: LayoutInput): string {
  return `<html><body>
<div class="wrap"><table class="card" role="presentation"><tbody>
  <tr><td class="invite"><div class="avatar"><img src="https://lh3.googleusercontent.com/a/default-user" width="32" alt=""></div><div class="line">${escapeHtml(invitation)}</div></td></tr>
  ${message === '' ? '' : `<tr><td class="message"><div class="bubble">${escapeHtml(message)}</div></td></tr>`}
  <tr><td class="file"><a class="chip" href="${link}"><span>${escapeHtml(title)}</span></a></td></tr>
  <tr><td class="open"><a class="button" href="${link}">Open</a></td></tr>
  <tr><td class="legal"><div>You receive this mail because ${sharer.address} shared ${thing} with you.</div>
    <div>Google LLC, 1600 Amphitheatre Parkway, Mountain View, CA 94043, USA</div></td></tr>
</tbody></table></div>
</body></html>
`;
}

function newLayout({ invitation, title, message, link, sharer, thing }: LayoutInput): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta name="viewport" content="width=device-width"></head><body class="gm">
<section class="sheet"><header class="bar"><img src="https://ssl.gstatic.com/docs/mail/drive.png" alt="Google Drive"></header>
  <h3 class="who">${escapeHtml(invitation)}</h3>
  ${message === '' ? '' : `<blockquote class="said">${escapeHtml(message)}</blockquote>`}
  <p class="item"><a class="tile" href="${link}"><b>${escapeHtml(title)}</b></a></p>
  <p class="go"><a class="pill" href="${link}">Open in Drive</a></p>
  <footer class="end"><p>You receive this mail because ${sharer.address} shared ${thing} with you.</p>
    <p>Google LLC, 1600 Amphitheatre Parkway, Mountain View, CA 94043, USA</p></footer>
</section></body></html>
`;
}
