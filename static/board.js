// Boards: cards ([data-card], the address of a move) are dragged between columns ([data-column], the value of one) of a
// [data-board], whose data-query is what the page asks for. The server answers with the card as it is now and the heads
// of both columns, or with a dialogue that asks for what is missing; then the card goes back to where it was.
import Sortable from 'sortablejs/modular/sortable.core.esm.js';

export function enhance(board) {
  const query = board.dataset.query ?? '';
  // Dialogues opened from here move cards of this board.
  document.body.addEventListener('htmx:configRequest', (event) => {
    const { elt, parameters } = event.detail;
    if (board.isConnected && elt.closest('.ask, [data-dialog], [data-card]')) parameters._board ??= query;
  });
  board.addEventListener('htmx:afterRequest', ({ target, detail }) => {
    if (!(detail.xhr.status >= 200 && detail.xhr.status < 400)) target.putBack?.();
    delete target.putBack;
  });
  document.body.addEventListener('moved', ({ detail }) => {
    const card = document.getElementById(detail.card), column = document.getElementById(detail.column);
    if (card && column && card.parentElement !== column) column.prepend(card);
    document.getElementById('dialog')?.close();
  });
  if (board.dataset.drags === undefined) return;
  for (const column of board.querySelectorAll('[data-column]')) {
    Sortable.create(column, {
      group: board.id || 'board',
      draggable: '[data-card]',
      filter: '.board-move',
      preventOnFilter: false,
      sort: false,
      animation: 120,
      delay: 150,
      delayOnTouchOnly: true,
      ghostClass: 'sortable-ghost',
      onEnd: ({ item, from, to, oldDraggableIndex }) => {
        if (from === to) return;
        item.putBack = () => from.insertBefore(item, from.querySelectorAll('[data-card]')[oldDraggableIndex] ?? from.querySelector('.board-more'));
        window.htmx.ajax('POST', item.dataset.card, {
          source: item,
          target: item,
          swap: 'outerHTML',
          values: { _to: to.dataset.column, _version: item.dataset.version },
        });
      },
    });
  }
}
