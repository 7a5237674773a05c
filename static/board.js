// Boards: cards ([data-card], its address) are dragged between columns ([data-column], its value) of a [data-board],
// the name of the field that changes. The server answers with the new board, or with a dialogue when a gate is not met.
import Sortable from 'sortablejs/modular/sortable.core.esm.js';

export function enhance(board) {
  for (const column of board.querySelectorAll('[data-column]')) {
    Sortable.create(column, {
      group: board.id || 'board',
      draggable: '[data-card]',
      animation: 120,
      delay: 150,
      delayOnTouchOnly: true,
      ghostClass: 'sortable-ghost',
      onEnd: ({ item, from, to, newDraggableIndex }) => {
        if (from === to) return;
        window.htmx.ajax('POST', item.dataset.card, {
          source: item,
          target: board,
          swap: 'outerHTML',
          values: { [board.dataset.board]: to.dataset.column, position: newDraggableIndex },
        });
      },
    });
  }
}
