// What every page loads: htmx, the parts of Bootstrap that are used, and the keyboard. It has no texts of its own;
// templates give it what it shows. Charts, look-ups and boards are loaded when a page has one.
import htmx from 'htmx.org/dist/htmx.esm.js';
import Collapse from 'bootstrap/js/src/collapse.js';
import Dropdown from 'bootstrap/js/src/dropdown.js';
import Modal from 'bootstrap/js/src/modal.js';
import Offcanvas from 'bootstrap/js/src/offcanvas.js';
import Tab from 'bootstrap/js/src/tab.js';
import './pages.js';

window.htmx = htmx;
window.bootstrap = { Collapse, Dropdown, Modal, Offcanvas, Tab };

// The content security policy allows neither eval nor style elements; problems in a form (422) come as its new text.
Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  attributesToSettle: ['class'], // a style would be an inline one
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '(409|422)', swap: true },
    { code: '[45]..', swap: false, error: true },
  ],
});

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const page = document.documentElement;

document.addEventListener('htmx:configRequest', (event) => {
  const token = $('meta[name=csrf-token]')?.content;
  if (token) event.detail.headers['X-CSRF-Token'] = token;
  if (event.detail.elt.getAttribute('hx-trigger')?.startsWith('every')) event.detail.headers['X-Poll'] = '1'; // no use of the session
});

// The bar at the top moves while something loads; a failed request shows the notice that the layout holds ready.
let running = 0;
document.addEventListener('htmx:beforeRequest', () => page.classList.toggle('loading', ++running > 0));
document.addEventListener('htmx:afterRequest', () => page.classList.toggle('loading', --running > 0));
const showFailure = (event) => {
  if (!event.target.closest?.('[data-quiet]')) $('#failure')?.removeAttribute('hidden'); // what asks by itself tells nothing
};
document.addEventListener('htmx:sendError', showFailure);
document.addEventListener('htmx:responseError', showFailure);
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-hide]')) event.target.closest('[role=alert]').hidden = true;
});

// Parts that only some pages need: whatever is in `root` and asks for one.
const parts = [
  ['[data-chart]', () => import('./charts.js')],
  ['select[data-lookup], select[data-choices]', () => import('./lookup.js')],
  ['[data-grid]', () => import('./grid.js')],
  ['[data-stage-bar]', () => import('./stage-bar.js')],
  ['[data-board]', () => import('./board.js')],
  ['[data-people-map]', () => import('./people.js')],
  ['[data-dialog-place]', () => import('./dialog.js')],
  ['[data-sortable]', () => import('./sortable.js')],
  ['[data-calendar]', () => import('./calendar.js')],
  ['[data-composer]', () => import('./composer.js')],
  ['[data-mentions]', () => import('./mention.js')],
];
function enhance(root) {
  for (const [selector, load] of parts) {
    const found = [...(root.matches?.(selector) ? [root] : []), ...$$(selector, root)];
    if (found.length > 0) load().then((part) => found.forEach(part.enhance));
  }
}
document.addEventListener('htmx:load', (event) => enhance(event.detail.elt));

// Light, dark, or as the system has it.
document.addEventListener('click', (event) => {
  const choice = event.target.closest('[data-set-theme]')?.dataset.setTheme;
  if (choice === undefined) return;
  document.cookie = `theme=${choice}; path=/; SameSite=Lax; max-age=${choice === 'auto' ? 0 : 31536000}`;
  const dark = choice === 'dark' || (choice === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  page.dataset.bsTheme = dark ? 'dark' : 'light';
});

// Copy buttons: data-copy holds the text.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add('copied');
  setTimeout(() => button.classList.remove('copied'), 1500);
});

// A form with data-guard asks before unsaved changes are lost, and knows the keys of a record page.
let changed = null;
document.addEventListener('input', (event) => {
  if (event.target.form?.matches('[data-guard]')) changed = event.target.form;
});
document.addEventListener('submit', () => (changed = null));
window.addEventListener('beforeunload', (event) => {
  if (changed?.isConnected) event.preventDefault();
});

// The first field of a form, or the first that is wrong, waits for typing; not on a phone, whose keyboard would cover the form.
const first = $('form[data-guard] .is-invalid') ?? $('form[data-guard] :is(input:not([type=hidden]), select, textarea)');
if (first?.matches('input[type=text], textarea') && window.matchMedia('(pointer: fine)').matches) first.focus();

// What the search field finds is said where there is room for it.
const search = $('#search');
if (search && search.clientWidth > 260) search.placeholder = search.dataset.long;

// The command palette and the offers of the search field are loaded when first wanted.
const palette = () => import('./palette.js');
document.addEventListener('focusin', (event) => event.target.id === 'search' && palette());

// Open at once: what is typed before its program is there stands in its field.
function openPalette() {
  const dialog = $('#palette');
  if (!dialog || dialog.open) return;
  $('#palette input').value = '';
  $('#palette .palette-none').hidden = true;
  dialog.showModal();
  palette().then(({ refreshPalette }) => refreshPalette());
}

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-show-keys]') && !$('#keys').open) $('#keys').showModal();
  else if (event.target.id === 'keys') event.target.close();
});

// The keys of design: / and Ctrl+K everywhere; saving, leaving and stepping where the page offers a target for it.
const keys = {
  'Ctrl+k': openPalette,
  'Ctrl+s': () => $('form[data-guard] [data-key=save]')?.click(),
  'Ctrl+Enter': () => ($('form[data-guard] [data-key=save-close]') ?? $('form[data-guard] [data-key=save]'))?.click(),
  'Ctrl+ArrowLeft': () => $('[data-key=previous]')?.click(),
  'Ctrl+ArrowRight': () => $('[data-key=next]')?.click(),
};
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  const inPalette = event.target.closest('#palette');
  if (event.key === '/' && !typing) {
    event.preventDefault();
    $('#search')?.focus();
  } else if (event.key === '?' && !typing && !document.querySelector('dialog[open]')) {
    event.preventDefault();
    $('#keys')?.showModal();
  } else if (event.key === 'Escape' && !inPalette) {
    $('form[data-guard] [data-key=cancel]')?.click();
  } else if (event.ctrlKey || event.metaKey) {
    const name = `Ctrl+${event.key}`;
    if (!keys[name] || (typing && event.key.startsWith('Arrow'))) return;
    event.preventDefault();
    keys[name]();
  }
});
