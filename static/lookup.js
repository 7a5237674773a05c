// Look-ups: <select data-lookup="/account/lookup"> asks the server for [{value, text, note}] while typing;
// <select data-choices> filters the options that it has. Without JavaScript both stay ordinary selects.
import TomSelect from 'tom-select/dist/esm/tom-select.js';
import removeButton from 'tom-select/dist/esm/plugins/remove_button/plugin.js';

TomSelect.define('remove_button', removeButton);

async function ask(url, query) {
  const reply = await fetch(`${url}${url.includes('?') ? '&' : '?'}q=${encodeURIComponent(query)}`, {
    headers: { Accept: 'application/json' },
  });
  return reply.ok ? reply.json() : [];
}

function row(item, escape) {
  const note = item.note ? `<span class="text-secondary ms-2">${escape(item.note)}</span>` : '';
  return `<div>${escape(item.text)}${note}</div>`;
}

export function enhance(select) {
  if (select.tomselect) return;
  const url = select.dataset.lookup;
  select.setAttribute('aria-hidden', 'true'); // its label goes over to what stands for it
  new TomSelect(select, {
    plugins: select.multiple ? { remove_button: { title: select.dataset.remove ?? '' } } : {},
    maxOptions: 50,
    create: false,
    openOnFocus: true,
    ...(url && {
      load: (query, done) => ask(url, query).then(done, () => done()),
      preload: 'focus',
      searchField: [], // the server has searched, with pinyin and all
      score: () => () => 1,
    }),
    render: {
      option: row,
      no_results: (_, escape) => (select.dataset.none ? `<div class="no-results">${escape(select.dataset.none)}</div>` : ''),
    },
  });
}
