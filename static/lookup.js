// Look-ups: <select data-lookup="/account/lookup"> asks the server for [{value, text, note}] while typing;
// <select data-choices> filters the options that it has. Without JavaScript both stay ordinary selects.
import TomSelect from 'tom-select/dist/esm/tom-select.js';
import removeButton from 'tom-select/dist/esm/plugins/remove_button/plugin.js';

TomSelect.define('remove_button', removeButton);

// data-near="account:f-account": what the form has in #f-account narrows what is offered (near: comes first; within: alone).
function narrowed(select) {
  const asked = new URLSearchParams();
  for (const name of ['near', 'within']) {
    const [field, id] = (select.dataset[name] ?? '').split(':');
    const value = id && document.getElementById(id)?.value;
    if (value) asked.set(name, `${field}.${value}`);
  }
  return asked.toString();
}

async function ask(select, query) {
  const url = select.dataset.lookup, more = narrowed(select);
  const reply = await fetch(`${url}${url.includes('?') ? '&' : '?'}${more ? `${more}&` : ''}q=${encodeURIComponent(query)}`, {
    headers: { Accept: 'application/json' },
  });
  return reply.ok ? reply.json() : [];
}

function row(item, escape) {
  const note = item.note ? `<span class="text-secondary ms-2">${escape(item.note)}</span>` : '';
  return `<div>${escape(item.text)}${note}</div>`;
}

// A dialogue scrolls and would cut the list off: there it lies over the dialogue, above the field if more room is there.
function place(look) {
  const { top, bottom, left, width } = look.control.getBoundingClientRect();
  const height = window.visualViewport?.height ?? window.innerHeight;
  const below = height - bottom - 16, above = top - 16, over = below < 200 && above > below;
  Object.assign(look.dropdown.style, {
    position: 'fixed',
    left: `${left}px`,
    width: `${width}px`,
    top: over ? 'auto' : `${bottom}px`,
    bottom: over ? `${window.innerHeight - top}px` : 'auto',
  });
  look.dropdown_content.style.maxHeight = `${Math.min(over ? above : below, 280)}px`;
}

// When the other field changes, what was offered for it is offered no more; what lies within it alone is no choice either.
function followOther(select, look) {
  const id = (select.dataset.within ?? select.dataset.near ?? '').split(':')[1];
  if (!id) return;
  document.getElementById(id)?.addEventListener('change', () => {
    if (select.dataset.within) look.clear();
    look.clearOptions();
    look.load('');
  });
}

export function enhance(select) {
  if (select.tomselect) return;
  const url = select.dataset.lookup;
  select.setAttribute('aria-hidden', 'true'); // its label goes over to what stands for it
  const look = new TomSelect(select, {
    plugins: select.multiple ? { remove_button: { title: select.dataset.remove ?? '' } } : {},
    maxOptions: 50,
    create: false,
    openOnFocus: true,
    ...(url && {
      load: (query, done) => ask(select, query).then(done, () => done()),
      preload: 'focus',
      searchField: [], // the server has searched, with pinyin and all
      score: () => () => 1,
    }),
    render: {
      option: row,
      no_results: (_, escape) => (select.dataset.none ? `<div class="no-results">${escape(select.dataset.none)}</div>` : ''),
    },
  });
  followOther(select, look);
  const dialog = select.closest('dialog');
  if (!dialog) return;
  const again = () => place(look);
  look.hook('instead', 'positionDropdown', again);
  look.on('dropdown_open', () => dialog.addEventListener('scroll', again));
  look.on('dropdown_close', () => dialog.removeEventListener('scroll', again));
}
