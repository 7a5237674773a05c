// Lists whose items are put in order by dragging or by Alt and the arrow keys: [data-sortable]; tells "sorted" when one has
// moved.
import Sortable from 'sortablejs/modular/sortable.core.esm.js';

export function enhance(list) {
  const tell = () => {
    list.dispatchEvent(new Event('input', { bubbles: true }));
    list.dispatchEvent(new Event('sorted', { bubbles: true }));
  };
  Sortable.create(list, {
    animation: 120,
    handle: list.querySelector('[data-grip]') ? '[data-grip]' : undefined,
    delay: 100,
    delayOnTouchOnly: true,
    ghostClass: 'sortable-ghost',
    onEnd: tell,
  });
  if (list.matches('[data-lines]')) return; // has keys of its own
  list.addEventListener('keydown', (event) => {
    const steps = { ArrowUp: 'previousElementSibling', ArrowDown: 'nextElementSibling' };
    if (!event.altKey || !steps[event.key]) return;
    event.preventDefault(); // also at the end: a radio button would choose its neighbour
    const item = [...list.children].find((child) => child.contains(event.target));
    const other = item?.[steps[event.key]];
    if (!other) return;
    if (event.key === 'ArrowUp') other.before(item);
    else other.after(item);
    event.target.focus();
    tell();
  });
}
