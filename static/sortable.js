// Lists whose items are put in order by dragging: [data-sortable]; tells "sorted" when one has moved.
import Sortable from 'sortablejs/modular/sortable.core.esm.js';

export function enhance(list) {
  Sortable.create(list, {
    animation: 120,
    handle: list.querySelector('[data-grip]') ? '[data-grip]' : undefined,
    delay: 100,
    delayOnTouchOnly: true,
    ghostClass: 'sortable-ghost',
    onEnd: () => {
      list.dispatchEvent(new Event('input', { bubbles: true }));
      list.dispatchEvent(new Event('sorted', { bubbles: true }));
    },
  });
}
