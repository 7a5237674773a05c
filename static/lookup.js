// Look-ups: <select data-lookup="/account/lookup"> asks the server for [{value, text, note}] while typing;
// <select data-choices> filters the options that it has. Without JavaScript both stay ordinary selects.
import TomSelect from 'tom-select/dist/esm/tom-select.js';
import removeButton from 'tom-select/dist/esm/plugins/remove_button/plugin.js';

TomSelect.define('remove_button', removeButton);

// data-near="account:f-account:12": what the form has in #f-account, or where it has no such field 12, narrows what is offered
// (near: comes first; within: alone).
function narrowed(select) {
  const asked = new URLSearchParams();
  for (const name of ['near', 'within']) {
    const [field, id, own] = (select.dataset[name] ?? '').split(':');
    const other = id && document.getElementById(id);
    const value = other ? other.value : own;
    if (Number(value)) asked.set(name, `${field}.${value}`);
  }
  return asked.toString();
}

// Null when there is no answer.
async function ask(select, query) {
  const url = select.dataset.lookup, more = narrowed(select);
  const reply = await fetch(`${url}${url.includes('?') ? '&' : '?'}${more ? `${more}&` : ''}q=${encodeURIComponent(query)}`, {
    headers: { Accept: 'application/json' },
  }).catch(() => null);
  return reply?.ok ? reply.json() : null;
}

function row(item, escape) {
  const note = item.note ? `<span class="look-note">${escape(item.note)}</span>` : '';
  const other = item.other ? `<span class="badge bg-yellow-lt">${escape(item.other)}</span>` : '';
  return `<div class="look-row"><span>${escape(item.text)}</span>${note}${other}</div>`;
}

// The server searches, with pinyin and all: what is offered is its answer to the words that stand there, in its order. Until
// it is there nothing is offered and nothing can be chosen; an answer to older words is dropped.
function fromServer(look, select) {
  let offered = [], answered = null, asked = 0;
  const load = async (_, done) => {
    // What stands there now: the load that the focus begins may be carried out after a first letter's and instead of it.
    const number = ++asked, query = look.inputValue();
    const items = await ask(select, query);
    if (number !== asked || query !== look.inputValue()) return done();
    [offered, answered] = [items ?? [], items && query];
    if (!items) document.querySelector('#failure')?.removeAttribute('hidden');
    look.clearOptions(); // but what is chosen
    for (const item of offered) if (look.options[item.value]) Object.assign(look.options[item.value], item);
    return done(offered);
  };
  const ready = () => answered === look.inputValue();
  const { canSelect } = look;
  Object.assign(look, {
    canLoad: () => true,
    canSelect: (option) => ready() && canSelect.call(look, option),
    search: (query) => {
      look.lastQuery = query;
      return { items: ready() ? offered.map(({ value }) => ({ id: value, score: 1 })) : [], query, tokens: [] };
    },
  });
  look.on('load', () => look.inputValue() && ready() && look.setActiveOption(look.selectable()[0])); // rather than the one chosen
  return { load, forget: () => (answered = null), failed: () => offered.length === 0 && answered === null };
}

// What is chosen although the server marks it is told below the field.
function warn(select, look) {
  let told = null;
  look.on('change', (value) => {
    told?.remove();
    const warning = look.options[value]?.warning;
    if (!warning) return;
    told = Object.assign(document.createElement('div'), { className: 'look-warning', textContent: warning });
    told.setAttribute('role', 'status');
    look.wrapper.after(told);
  });
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
function followOther(select, look, forget) {
  const id = (select.dataset.within ?? select.dataset.near ?? '').split(':')[1];
  if (!id) return;
  document.getElementById(id)?.addEventListener('change', () => {
    if (select.dataset.within) look.clear();
    forget();
    look.clearOptions();
    look.load(look.inputValue());
  });
}

export function enhance(select) {
  if (select.tomselect) return;
  const url = select.dataset.lookup, focused = document.activeElement === select;
  let server = null;
  select.setAttribute('aria-hidden', 'true'); // its label goes over to what stands for it
  const look = new TomSelect(select, {
    plugins: select.multiple ? { remove_button: { title: select.dataset.remove ?? '' } } : {},
    maxOptions: 50,
    create: false,
    openOnFocus: true,
    highlight: !url,
    ...(url && {
      load: (query, done) => server.load(query, done),
      loadThrottle: 150,
      refreshThrottle: 0,
      preload: 'focus',
      shouldLoad: () => true,
      onInitialize() {
        server = fromServer(this, select);
      },
    }),
    render: {
      option: row,
      loading: () => '<div class="no-results" aria-hidden="true">…</div>',
      no_results: (_, escape) => (select.dataset.none && !server?.failed() ? `<div class="no-results">${escape(select.dataset.none)}</div>` : ''),
    },
  });
  if (url) {
    followOther(select, look, server.forget);
    warn(select, look);
  }
  if (focused) look.focus();
  const dialog = select.closest('dialog');
  if (!dialog) return;
  const again = () => place(look);
  look.hook('instead', 'positionDropdown', again);
  look.on('dropdown_open', () => dialog.addEventListener('scroll', again));
  look.on('dropdown_close', () => dialog.removeEventListener('scroll', again));
}
