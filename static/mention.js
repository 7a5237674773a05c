// Naming people while writing: behind an @ the server is asked for users by the letters that follow, in Chinese or by
// the initials of the pinyin; the name that is chosen stands in the text, and the server knows who is meant. Where two
// have the same name the text says which.
const DELAY_MS = 150;
let counter = 0;

export function enhance(field) {
  const list = document.createElement('ul');
  let options = [];
  let active = -1;
  let begins = -1;
  let waiting;
  Object.assign(list, { id: `mentions-${++counter}`, className: 'mentions', hidden: true });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', field.getAttribute('aria-label') ?? '@');
  field.after(list);
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', list.id);

  const close = () => {
    list.hidden = true;
    options = [];
    field.removeAttribute('aria-activedescendant');
  };
  const show = () => {
    list.replaceChildren(
      ...options.map(({ text, note }, index) => {
        const item = document.createElement('li');
        item.id = `${list.id}-${index}`;
        item.setAttribute('role', 'option');
        item.setAttribute('aria-selected', index === active);
        item.textContent = text;
        if (note) item.dataset.note = note;
        item.addEventListener('pointerdown', (event) => {
          event.preventDefault();
          choose(index);
        });
        return item;
      }),
    );
    list.hidden = options.length === 0;
    if (active >= 0 && options.length > 0) field.setAttribute('aria-activedescendant', `${list.id}-${active}`);
  };
  const choose = (index) => {
    const { text, value } = options[index];
    const twice = options.filter((option) => option.text === text).length > 1;
    field.setRangeText(`${twice ? `@[${text}](${value})` : `@${text}`} `, begins, field.selectionStart, 'end');
    close();
  };
  const ask = async (words) => {
    const reply = await fetch(`/lookup/user?q=${encodeURIComponent(words)}`, { headers: { Accept: 'application/json' } });
    if (!reply.ok) return close();
    options = (await reply.json()).slice(0, 8);
    active = 0;
    show();
  };

  field.addEventListener('input', () => {
    const before = field.value.slice(0, field.selectionStart);
    const found = /(?:^|[^A-Za-z0-9._+-])@([^\s@[\]()]{0,30})$/u.exec(before);
    clearTimeout(waiting);
    if (!found) return close();
    begins = before.length - found[1].length - 1;
    waiting = setTimeout(() => ask(found[1]), DELAY_MS);
  });
  field.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      active = (active + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length;
      show();
    } else if (event.key === 'Enter' || event.key === 'Tab') choose(active);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener('blur', close);
}
