// A list by keyboard, and its values edited where they stand. Arrows or h j k l move, x selects, Enter or F2 edits (on the
// title Enter opens), o opens, s marks it as a favourite, Tab saves and goes on to the next value, Escape leaves it as it was.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const cells = (row) => $$('td', row);
let editing = null; // { cell, before }

function focus(cell) {
  if (!cell) return;
  const table = cell.closest('table');
  for (const other of $$('td[tabindex="0"]', table)) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
  cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
function move(cell, down, right) {
  const rows = $$('tbody tr', cell.closest('table'));
  const row = rows[rows.indexOf(cell.parentNode) + down];
  const column = cells(cell.parentNode).indexOf(cell) + right;
  if (row) focus(cells(row)[column]);
}
const open = (row) => $('a.row-title', row)?.click();
function pick(row) {
  const box = $('input[name=_id]', row);
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event('change', { bubbles: true }));
}

// ---- one value ----
const address = (cell) => `${cell.closest('form').dataset.records}/${cell.parentNode.dataset.record}/field/${cell.dataset.field}`;
const told = { 'HX-Request': 'true' };

function leave(back) {
  if (!editing) return;
  const { cell, before } = editing;
  editing = null;
  cell.classList.remove('editing');
  if (back) cell.replaceChildren(...before);
}
function complain(cell, text) {
  const note = document.createElement('div');
  note.className = 'cell-problem';
  note.role = 'alert';
  note.textContent = text;
  cell.append(note);
  setTimeout(() => note.remove(), 6000);
}
const reason = async (reply) => (reply.headers.get('content-type')?.startsWith('text/html') ? new DOMParser().parseFromString(await reply.text(), 'text/html').body.textContent.trim().replace(/\s+/g, ' ') : '');
function show(cell, html) {
  cell.innerHTML = html;
  document.dispatchEvent(new CustomEvent('htmx:load', { detail: { elt: $('form, .in-cell', cell) ?? cell } }));
  const field = $('input:not([type=hidden]), select, textarea', cell);
  field?.focus();
  field?.select?.();
}
async function edit(cell) {
  if (!cell?.hasAttribute('data-edit') || editing?.cell === cell) return;
  leave(true);
  const reply = await fetch(`${address(cell)}?_cell=1`, { headers: told }).catch(() => null);
  if (!reply?.ok) {
    complain(cell, (reply && (await reason(reply))) || document.querySelector('#failure').textContent.trim());
    focus(cell);
    return;
  }
  editing = { cell, before: [...cell.childNodes] };
  cell.classList.add('editing');
  show(cell, await reply.text());
}
// The row as it is now: what follows from the change shows too.
function renew(row, html) {
  const page = document.createElement('template');
  page.innerHTML = `<table><tbody><tr>${html}</tr></tbody></table>`;
  for (const fresh of $$('td[data-field]', page.content)) {
    const cell = $(`td[data-field="${fresh.dataset.field}"]`, row);
    const link = $('a.row-title', cell);
    const href = link?.getAttribute('href');
    cell?.replaceChildren(...fresh.childNodes);
    if (href) $('a.row-title', cell)?.setAttribute('href', href);
  }
}
async function save() {
  if (!editing) return true;
  const { cell } = editing;
  const row = cell.parentNode;
  const body = new URLSearchParams();
  for (const field of $$('[name]', cell)) if (!['checkbox', 'radio'].includes(field.type) || field.checked) for (const value of field.selectedOptions ? [...field.selectedOptions].map((option) => option.value) : [field.value]) body.append(field.name, value);
  body.append('_cell', $$('td[data-field]', row).map((other) => other.dataset.field).join(','));
  body.append('_csrf', $('meta[name=csrf-token]').content);
  const reply = await fetch(address(cell), { method: 'POST', headers: told, body }).catch(() => null);
  if (reply?.status === 422) {
    show(cell, await reply.text());
    return false;
  }
  if (!reply?.ok) {
    complain(cell, (reply && (await reason(reply))) || document.querySelector('#failure').textContent.trim());
    return false;
  }
  leave(true);
  renew(row, await reply.text());
  row.classList.add('saved');
  setTimeout(() => row.classList.remove('saved'), 1500);
  return true;
}
async function saveAndGo(step) {
  const { cell } = editing;
  if (!(await save())) return;
  const all = $$('td[data-edit]', cell.closest('table'));
  const next = step ? all[all.indexOf(cell) + step] : null;
  if (next) await edit(next);
  else focus(cell);
}

// ---- keys and mouse ----
function editorKey(event) {
  const memo = event.target.matches('textarea');
  if (event.key === 'Escape') {
    const { cell } = editing;
    leave(true);
    focus(cell);
  } else if (event.key === 'Tab') saveAndGo(event.shiftKey ? -1 : 1);
  else if (event.key === 'Enter' && (!memo || event.ctrlKey) && !event.target.closest('.dropdown-active')) saveAndGo(0);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
const moves = { ArrowDown: [1, 0], j: [1, 0], ArrowUp: [-1, 0], k: [-1, 0], ArrowRight: [0, 1], l: [0, 1], ArrowLeft: [0, -1], h: [0, -1] };
function cellKey(event, cell) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { key } = event;
  if (moves[key]) move(cell, ...moves[key]);
  else if (key === 'x' || (key === ' ' && cell.matches('.pick'))) pick(cell.parentNode);
  else if (key === 's' || ((key === ' ' || key === 'Enter') && cell.matches('.star-cell'))) $('.star', cell.parentNode)?.click();
  else if (key === 'o' || (key === 'Enter' && !cell.hasAttribute('data-edit')) || (key === 'Enter' && $('a.row-title', cell))) open(cell.parentNode);
  else if (key === 'F2' || key === 'Enter') edit(cell);
  else if (key === 'Home') focus(cells(cell.parentNode)[0]);
  else if (key === 'End') focus(cells(cell.parentNode).at(-1));
  else return;
  event.preventDefault();
}
document.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  const cell = event.target.closest?.('.list-form td');
  if (cell && editing?.cell === cell) editorKey(event);
  else if (cell && event.target === cell) cellKey(event, cell);
  else if (event.target === document.body && (event.key === 'j' || event.key === 'ArrowDown') && !event.ctrlKey && $('.list-form tbody td')) {
    focus($('.list-form td[tabindex="0"]') ?? $('.list-form tbody td'));
    event.preventDefault();
  }
}, true);
document.addEventListener('dblclick', (event) => {
  const cell = event.target.closest('.list-form td[data-edit]');
  if (cell && !event.target.closest('.in-cell, a')) edit(cell);
});
// A click elsewhere saves what was typed.
document.addEventListener('pointerdown', (event) => {
  if (editing && !editing.cell.contains(event.target) && !event.target.closest('.ts-dropdown')) save();
});

export function enhance(form) {
  editing = null;
  const fields = $$('thead th', form).map((head) => head.dataset.field); // said once
  for (const row of $$('tbody tr', form))
    cells(row).forEach((cell, column) => {
      cell.tabIndex = -1;
      if (fields[column]) cell.dataset.field = fields[column];
    });
  const first = $('tbody td', form);
  if (first) first.tabIndex = 0;
}
