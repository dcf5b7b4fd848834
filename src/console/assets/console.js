/** Comfort only: every page works without this file. */

const list = document.querySelector('[data-list="held"]');
const rows = list === null ? [] : [...list.querySelectorAll('[data-row]')];
const ticksOf = (scope) => [...scope.querySelectorAll('input[name="message"]')];
const keys = document.querySelector('[data-keys]');
if (keys !== null) keys.hidden = false;

function tellSelected() {
  const told = document.querySelector('[data-selected]');
  if (told === null || list === null) return;
  const count = ticksOf(list).filter((tick) => tick.checked).length;
  told.textContent =
    count === 0
      ? 'Tick the messages to act on.'
      : `${count} ${count === 1 ? 'message' : 'messages'} selected`;
  for (const button of document.querySelectorAll('.bar button[name="act"]'))
    button.disabled = count === 0;
  for (const group of list.querySelectorAll('[data-group]')) {
    const ticks = ticksOf(group.closest('tbody'));
    const ticked = ticks.filter((tick) => tick.checked).length;
    group.checked = ticked === ticks.length;
    group.indeterminate = ticked > 0 && ticked < ticks.length;
  }
}

if (list !== null) {
  for (const group of list.querySelectorAll('[data-group]')) {
    group.disabled = false;
    group.addEventListener('change', () => {
      for (const tick of ticksOf(group.closest('tbody'))) tick.checked = group.checked;
      tellSelected();
    });
  }
  list.addEventListener('change', tellSelected);
  tellSelected();
}

/** A second click while the first is under way would only ask for the same again. */
for (const form of document.querySelectorAll('form[method="post"]'))
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent === 'yes') {
      event.preventDefault();
      return;
    }
    form.dataset.sent = 'yes';
    form.setAttribute('aria-busy', 'true');
  });
// Back from the next page, the form may be sent again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    form.removeAttribute('aria-busy');
  }
});

function here() {
  return document.activeElement?.closest?.('[data-row]') ?? null;
}

function move(step) {
  if (rows.length === 0) return;
  const at = rows.indexOf(here());
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
  rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
}

function tick(scope) {
  const ticks = scope === null ? [] : ticksOf(scope);
  const value = !ticks.every((one) => one.checked);
  for (const one of ticks) one.checked = value;
  tellSelected();
}

/** The row one stands on is meant where none is ticked; the button is only gone to, Enter presses it. */
function goToButton(key) {
  const row = here();
  if (row !== null && list !== null && !ticksOf(list).some((one) => one.checked)) tick(row);
  const button = document.querySelector(`button[data-key="${key}"]`);
  button?.focus();
  return button !== null;
}

const commands = {
  j: () => move(1),
  k: () => move(-1),
  x: () => tick(here()),
  a: () => tick(here()?.closest('tbody') ?? null),
  Enter: () => here()?.querySelector('[data-open]')?.click(),
  r: () => goToButton('r'),
  d: () => goToButton('d'),
  c: () => goToButton('c'),
  '/': () => document.querySelector('input[data-key="/"]')?.focus(),
};

addEventListener('keydown', (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const isTyping =
    target instanceof Element &&
    target.closest('input:not([type="checkbox"]), select, textarea') !== null;
  if (key === 'Escape' && isTyping) target.blur();
  if (isTyping || !Object.hasOwn(commands, key)) return;
  // Enter belongs to links, buttons and boxes that have the focus.
  if (key === 'Enter' && !(target instanceof Element && target.matches('[data-row]'))) return;
  event.preventDefault();
  commands[key]();
});
