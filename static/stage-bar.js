// The stage bar where it is wider than the screen: the current stage is in its middle.
export function enhance(bar) {
  const current = bar.querySelector('[aria-current]');
  if (current) bar.scrollLeft = current.offsetLeft - bar.offsetLeft - (bar.clientWidth - current.offsetWidth) / 2;
}
