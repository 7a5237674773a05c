// What lists, records and forms do beyond links and forms: choosing rows, lines, files, menus, likely twins.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// A question before what cannot simply be done again.
document.addEventListener('submit', (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// Rows of a list: the bar with what can be done appears with the first choice.
function countChosen(form) {
  const boxes = $$('input[name=_id]', form);
  const chosen = boxes.filter((box) => box.checked).length;
  const bar = $('.bulk', form);
  const everything = $('[data-pick-everything]', form);
  const all = $('[data-pick-all]', form);
  if (bar) {
    bar.hidden = chosen === 0;
    const told = $('[data-selected]', bar);
    told.textContent = told.dataset.selected.replace('%d', chosen);
    if (everything) {
      everything.closest('label').hidden = chosen < boxes.length;
      if (chosen < boxes.length) everything.checked = false;
    }
    for (const button of $$('[data-needs-several]', bar)) button.disabled = chosen < 2 || chosen > 10;
  }
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}
document.addEventListener('change', (event) => {
  const form = event.target.closest('.list-form');
  if (!form) return;
  if (event.target.matches('[data-pick-all]'))
    for (const box of $$('input[name=_id]', form)) box.checked = event.target.checked;
  countChosen(form);
});

// A star, in any list, on a record or among the favourites, is set in its place; its label is told where it is pointed at.
document.addEventListener('click', (event) => {
  const star = event.target.closest('button.star');
  if (!star) return;
  event.preventDefault();
  window.htmx.ajax('POST', star.getAttribute('formaction'), { target: star, swap: 'outerHTML', values: { favourite: star.value } });
});
document.addEventListener('pointerover', (event) => {
  const star = event.target.closest?.('button.star');
  if (star) star.title = star.getAttribute('aria-label');
});

// A field whose choice shows another form.
document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
});

// Menus (details.menu) close when something else is clicked, or by Escape.
document.addEventListener('click', (event) => {
  for (const menu of $$('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const menu = event.target.closest('details.menu[open]');
  if (menu) {
    menu.open = false;
    $('summary', menu).focus();
  }
});

// Lines of a form: their order is what they are numbered by.
function number(lines) {
  $$('[data-position]', lines).forEach((field, index) => (field.value = index + 1));
}
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-drop-line]');
  if (!button) return;
  const lines = button.closest('[data-lines]');
  button.closest('tr').remove();
  lines.dispatchEvent(new Event('input', { bubbles: true }));
});
// By keyboard: Alt and arrows move the line at hand, Alt and Delete removes it; a line that was added has the focus.
document.addEventListener('keydown', (event) => {
  const row = event.altKey && event.target.closest('[data-lines] > tr');
  if (!row || !['ArrowUp', 'ArrowDown', 'Delete'].includes(event.key)) return;
  const lines = row.parentElement;
  const other = event.key === 'ArrowUp' ? row.previousElementSibling : row.nextElementSibling;
  event.preventDefault();
  if (event.key === 'Delete') {
    (other ?? row.previousElementSibling)?.querySelector('input:not([type=hidden]), select')?.focus();
    row.remove();
  } else if (other) {
    const focused = document.activeElement;
    if (event.key === 'ArrowUp') other.before(row);
    else other.after(row);
    focused.focus();
    number(lines);
  }
  lines.dispatchEvent(new Event('input', { bubbles: true }));
});
document.addEventListener('htmx:load', (event) => {
  if (event.detail.elt.matches?.('[data-lines] > tr')) event.detail.elt.querySelector('td:nth-child(2) input, td:nth-child(2) select')?.focus();
});
document.addEventListener('sorted', (event) => {
  if (event.target.matches('[data-lines]')) number(event.target);
});

// What a line takes from its product (data-takes, in the reply) goes into the fields in which nobody has typed; of those the
// server is asked as if they were empty, so that they follow another product, currency or day.
const untouched = (field) => field.value === (field.dataset.filled ?? '');
document.addEventListener('htmx:configRequest', ({ detail }) => {
  if (!detail.elt.matches('[data-asks-taken]')) return;
  for (const field of $$('[data-taken]', detail.elt.closest('form'))) if (untouched(field)) detail.formData.set(field.name, ''); // in its place
});
document.addEventListener('htmx:load', ({ detail: { elt } }) => {
  if (!elt.matches?.('[data-asks-taken]')) return;
  const told = new Map($$('[data-takes]', elt).map((each) => [each.dataset.takes, each]));
  for (const field of $$('[data-taken]', elt.closest('form'))) {
    const hint = document.getElementById(`${field.id}-taken`);
    if (hint) hint.textContent = told.get(field.id)?.textContent ?? '';
    if (!untouched(field) || field === document.activeElement) continue;
    field.value = told.get(field.id)?.value ?? '';
    field.dataset.filled = field.value;
  }
});

// Files: chosen or dropped ones are sent at once.
document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-drop]');
  if (form && event.target.files.length > 0) form.requestSubmit();
});
for (const type of ['dragover', 'dragleave', 'drop'])
  document.addEventListener(type, (event) => {
    const form = event.target.closest?.('form[data-drop]');
    if (!form) return;
    event.preventDefault();
    form.classList.toggle('over', type === 'dragover');
    if (type !== 'drop' || event.dataTransfer.files.length === 0) return;
    $('input[type=file]', form).files = event.dataTransfer.files;
    form.requestSubmit();
  });

// While a name is typed the server is asked whether there is such a record already.
let asking;
document.addEventListener('input', (event) => {
  const form = event.target.closest?.('form[data-duplicates]');
  if (!form || !event.target.matches('[data-named], [type=tel], [type=email], [data-code]')) return;
  clearTimeout(asking);
  asking = setTimeout(() => {
    const query = new URLSearchParams();
    for (const field of $$('[data-named], [type=tel], [type=email], [data-code]', form)) if (field.value) query.append(field.name, field.value);
    window.htmx.ajax('GET', `${form.dataset.duplicates}&${query}`, { target: '#twins', swap: 'innerHTML' });
  }, 350);
});

// What an address tells just once ("?_done=saved") does not stay in it.
const here = new URL(window.location.href);
if (here.searchParams.has('_done')) {
  here.searchParams.delete('_done');
  here.searchParams.delete('_run');
  window.history.replaceState(null, '', here);
}
