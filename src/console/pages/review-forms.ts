import { formFields, type Frame } from '../frame.ts';
import { html, type Html } from '../html.ts';
import { mayAct } from '../role.ts';

/** Whether whoever looks at a page may act on mail; viewers see no buttons that would refuse them. */
export function mayReview({ operator }: Frame): boolean {
  return operator !== null && mayAct(operator.role, 'operator');
}

/** Why somebody does something goes on the audit log. */
export function reasonField(id: string): Html {
  return html`<label for="${id}">Reason <small>for the audit log</small></label>
    <input id="${id}" name="reason" maxlength="500" autocomplete="off" />`;
}

/** A value of an alias that is to count as ordinary for a while. */
export function approveForm(
  frame: Frame,
  {
    alias,
    table,
    value,
  }: { readonly alias: string; readonly table: string; readonly value: string },
): Html {
  return html`<details class="act">
    <summary>Approve…</summary>
    <form method="post" action="/approve">
      ${formFields(frame)} <input type="hidden" name="alias" value="${alias}" />
      <input type="hidden" name="table" value="${table}" />
      <input type="hidden" name="value" value="${value}" />
      <label>Days <input name="days" type="number" min="1" max="3650" value="90" required /></label>
      <label>Reason <input name="reason" maxlength="500" autocomplete="off" /></label>
      <button>Approve for this alias</button>
    </form>
  </details>`;
}

export function undoForm(frame: Frame, act: string): Html {
  return html`<details class="act">
    <summary>Undo…</summary>
    <form method="post" action="/undo">
      ${formFields(frame)} <input type="hidden" name="id" value="${act}" />
      <label>Reason <input name="reason" maxlength="500" autocomplete="off" /></label>
      <button>Take it back</button>
    </form>
  </details>`;
}
