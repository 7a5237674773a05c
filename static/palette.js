// The command palette, and the offers below the search field: commands of the page, what was opened last, what is marked,
// and the records that the server finds for the words.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const COMMANDS = 8;
let asked = 0, waiting;

// Every command whose text or group has all the words, also written together: 新建线索 is "New" and "Lead".
function commands(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return $$('[data-command]')
    .map((element) => ({ element, text: element.dataset.title || element.textContent.trim(), note: element.dataset.command, href: element.getAttribute('href') }))
    .filter(({ text: name, note }) => words.every((word) => `${note} ${name} ${note}${name}`.toLowerCase().includes(word)))
    .slice(0, COMMANDS);
}
function option(list, { text, note, href, element }, index) {
  const item = document.createElement('li');
  const link = document.createElement(href ? 'a' : 'span');
  if (href) Object.assign(link, { href, tabIndex: -1 });
  link.textContent = text;
  link.className = 'palette-item';
  link.dataset.note = note;
  item.role = 'presentation';
  link.role = 'option';
  link.id = `${list.id}-${index}`;
  item.append(link);
  if (element && !href) link.addEventListener('click', () => {
    link.closest('dialog')?.close();
    element.click();
  });
  return item;
}
function mark(input, list, index) {
  const items = $$('[role=option]', list);
  items.forEach((item, at) => {
    item.setAttribute('aria-selected', at === index);
    item.classList.toggle('active', at === index);
  });
  if (items[index]) input.setAttribute('aria-activedescendant', items[index].id);
  else input.removeAttribute('aria-activedescendant');
  items[index]?.scrollIntoView({ block: 'nearest' });
}
// What somebody has moved to stays chosen when more is found meanwhile.
function fill(input, list, groups, first) {
  const chosen = input.moved && $('.active[role=option]', list)?.getAttribute('href');
  list.replaceChildren();
  let index = 0;
  for (const [title, items] of groups) {
    if (items.length === 0) continue;
    if (title) {
      const head = document.createElement('li');
      head.className = 'palette-group';
      head.role = 'presentation';
      head.textContent = title;
      list.append(head);
    }
    for (const item of items) list.append(option(list, item, index++));
  }
  list.hidden = index === 0;
  input.setAttribute('aria-expanded', index > 0);
  const again = chosen ? $$('[role=option]', list).findIndex((item) => item.getAttribute('href') === chosen) : -1;
  mark(input, list, again >= 0 ? again : first && index > 0 ? 0 : -1);
}
// Groups of records; nothing when something newer was asked, or the network is gone.
async function records(text) {
  const number = ++asked;
  const reply = await fetch(`/search/suggest?q=${encodeURIComponent(text)}`, { headers: { Accept: 'application/json' } }).catch(() => null);
  const found = reply?.ok ? await reply.json() : [];
  return number === asked ? found : null;
}
// `palette`: with commands, and Enter takes the first; below the search field Enter searches unless one was chosen.
function attach(input, list, palette) {
  const none = palette && $('.palette-none', list.parentNode); // after the answer: before it nobody knows
  const refresh = async () => {
    const text = input.value.trim();
    const own = palette ? [[list.dataset.commands, commands(text)]] : [];
    if (palette) fill(input, list, own, true);
    const found = await records(text);
    if (!found || input.value.trim() !== text) return;
    const groups = Map.groupBy ? Map.groupBy(found, (item) => item.group) : found.reduce((all, item) => all.set(item.group, [...(all.get(item.group) ?? []), item]), new Map());
    const named = text && commands(text).some(({ text: name }) => name.toLowerCase().startsWith(text.toLowerCase()));
    fill(input, list, palette && named ? [...own, ...groups] : [...groups, ...own], palette);
    if (none) none.hidden = !list.hidden;
  };
  input.addEventListener('input', () => {
    input.moved = false;
    if (none) none.hidden = true;
    if (palette) fill(input, list, [[list.dataset.commands, commands(input.value)]], true);
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 120);
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const items = $$('[role=option]', list);
    const at = items.findIndex((item) => item.getAttribute('aria-selected') === 'true');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      input.moved = true;
      if (items.length > 0) mark(input, list, (at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length);
      event.preventDefault();
    } else if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      items[at].click();
    } else if (event.key === 'Escape' && !palette) {
      list.hidden = true;
      input.setAttribute('aria-expanded', false);
      mark(input, list, -1);
    }
  });
  return refresh;
}

const dialog = $('#palette');
export const refreshPalette = dialog && attach($('input', dialog), $('ul', dialog), true);
dialog?.addEventListener('click', (event) => {
  if (event.target === dialog || event.target.closest('[data-close]')) dialog.close();
});
const search = $('#search');
if (search) {
  const list = $('#search-offers');
  const refresh = attach(search, list, false);
  search.addEventListener('focus', refresh);
  document.addEventListener('pointerdown', (event) => {
    if (!event.target.closest('.search')) list.hidden = true;
  });
  search.addEventListener('blur', () => setTimeout(() => (list.hidden = true), 200));
  if (document.activeElement === search) refresh();
}
