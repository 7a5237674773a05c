// Dialogues that the server sends into #dialog-body: shown when they come, closed by [data-close], by Escape, and when
// the server says that something has moved (see board.js).
export function enhance(dialog) {
  dialog.addEventListener('htmx:afterSwap', () => {
    if (!dialog.open && dialog.querySelector('#dialog-body').children.length > 0) dialog.showModal();
  });
  // Only then have elements that were there before the classes that they came with.
  dialog.addEventListener('htmx:afterSettle', () => {
    const wrong = dialog.querySelector('.is-invalid');
    (wrong?.tomselect ?? wrong ?? dialog.querySelector('.ask-fields input:not([type=hidden]), .ask-choices button:not([disabled])'))?.focus();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog || event.target.closest('[data-close]')) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.querySelector('#dialog-body').replaceChildren());
}
