// The calendar: entries are dragged to another day or time, and longer or shorter by their lower edge; a click on one
// opens the form that moves it, a click on an empty time makes a new one. What is moved is posted with the version
// that the page has; then the calendar is taken anew from the server, whatever the answer was.
const DAY_MS = 86400000;
const ROW_MINUTES = 30;

const two = (number) => String(number).padStart(2, '0');
const plusDays = (date, days) => new Date(Date.parse(`${date}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
const at = (date, minutes) => `${plusDays(date, Math.floor(minutes / 1440))}T${two(Math.floor((minutes % 1440) / 60))}:${two(minutes % 60)}`;

export function enhance(calendar, again) {
  const times = calendar.querySelector('[data-times]');
  if (times && times.scrollHeight > times.clientHeight) times.scrollTop = 8 * 44;
  // On a phone the days stand in a list: it begins with today.
  const today = calendar.querySelector('.cal-today');
  if (again !== true && today && window.matchMedia('(max-width: 767px)').matches) today.scrollIntoView({ block: 'start' });
  calendar.addEventListener('pointerdown', begin);
  calendar.addEventListener('pointerover', tell);
  calendar.addEventListener('click', click);
}

// What an entry says of itself: version, days since it began, and with a time the minute of that day and how long it is.
function known(entry) {
  const [version, earlier, begins, minutes] = entry.dataset.entry.split(' ').map(Number);
  const { day, grid } = entry.closest('[data-day], [data-grid]').dataset;
  return { version, first: plusDays(day ?? grid, -earlier), begins, minutes };
}

// In full where there is no room for it.
function tell(event) {
  const entry = event.target.closest('.cal-entry');
  if (entry) entry.title = [...entry.children].map((part) => part.textContent).join(' · ');
}

async function refresh(calendar, response) {
  const reply = response?.ok ? response : await fetch(calendar.dataset.here, { headers: { Accept: 'text/html' } });
  if (!reply.ok) return;
  const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
  const fresh = page.querySelector('#calendar');
  if (!fresh) return;
  const scrolled = calendar.querySelector('[data-times]')?.scrollTop;
  calendar.replaceWith(fresh);
  window.htmx.process(fresh);
  enhance(fresh, true);
  if (scrolled !== undefined) fresh.querySelector('[data-times]').scrollTop = scrolled;
  return fresh;
}

async function send(calendar, entry, values) {
  const body = new URLSearchParams({
    ...values,
    _version: known(entry).version,
    _then: calendar.dataset.here,
    _csrf: document.querySelector('meta[name=csrf-token]').content,
  });
  let response;
  try {
    response = await fetch(`${new URL(entry.href).pathname}/when`, { method: 'POST', body, headers: { Accept: 'text/html' } });
    const fresh = await refresh(calendar, response);
    if (!response.ok) fresh?.querySelector('#calendar-problem').removeAttribute('hidden');
  } catch {
    document.querySelector('#failure')?.removeAttribute('hidden');
  }
}

// What is dragged: an entry as a whole, or its end. The click that follows a drop is none.
let dragged = null;
let dropped = false;

function begin(event) {
  const entry = event.target.closest('[data-entry]') ?? (event.target.matches('.cal-handle') ? event.target.parentNode.querySelector('[data-entry]') : null);
  if (!entry || event.button !== 0 || event.pointerType === 'touch') return;
  const slot = entry.closest('.cal-slot');
  dragged = {
    entry,
    calendar: event.currentTarget,
    slot: slot ?? entry,
    resize: event.target.matches('.cal-handle'),
    x: event.clientX,
    y: event.clientY,
    grabbed: event.clientY - (slot ?? entry).getBoundingClientRect().top,
    height: slot?.getBoundingClientRect().height,
    moving: false,
  };
  document.addEventListener('pointermove', drag);
  document.addEventListener('pointerup', drop, { once: true });
  document.addEventListener('keydown', cancel);
  event.preventDefault();
}

function drag(event) {
  const { slot, resize, x, y } = dragged;
  if (!dragged.moving && Math.hypot(event.clientX - x, event.clientY - y) < 5) return;
  dragged.moving = true;
  slot.classList.add('cal-moving');
  if (resize) slot.style.height = `${Math.max(20, dragged.height + event.clientY - y)}px`;
  else slot.style.transform = `translate(${event.clientX - x}px, ${event.clientY - y}px)`;
  mark(target(event)?.element);
}

const mark = (element) => {
  for (const marked of document.querySelectorAll('.cal-target')) marked.classList.remove('cal-target');
  element?.classList.add('cal-target');
};

// The day under the pointer, and the minute of it where the day has hours.
function target(event) {
  const element = document.elementFromPoint(event.clientX, event.clientY)?.closest('[data-grid], [data-day]');
  if (!element) return null;
  if (element.dataset.day) return { element, date: element.dataset.day };
  const box = element.getBoundingClientRect();
  const minute = (y) => Math.round(((y - box.top) / box.height) * (1440 / ROW_MINUTES)) * ROW_MINUTES;
  return { element, date: element.dataset.grid, minute };
}

function end() {
  document.removeEventListener('pointermove', drag);
  document.removeEventListener('pointerup', drop);
  document.removeEventListener('keydown', cancel);
  if (!dragged) return null;
  const was = dragged;
  dragged = null;
  was.slot.classList.remove('cal-moving');
  was.slot.style.removeProperty('transform');
  was.slot.style.removeProperty('height');
  mark(null);
  return was;
}

function cancel(event) {
  if (event.key === 'Escape') end();
}

function drop(event) {
  const to = target(event);
  const was = end();
  if (!was?.moving) return;
  dropped = true;
  setTimeout(() => (dropped = false));
  if (!to) return;
  const { entry, calendar } = was;
  const fields = calendar.dataset;
  const { first, begins, minutes } = known(entry);
  if (begins === undefined) {
    if (to.date !== first && !to.minute) send(calendar, entry, { [fields.dayField]: to.date });
  } else if (was.resize) {
    const until = to.minute?.(event.clientY);
    if (until > begins || to.date > first)
      send(calendar, entry, { [fields.beginField]: at(first, begins), [fields.endField]: at(to.date, until) });
  } else {
    const from = to.minute ? Math.max(0, Math.min(1440 - ROW_MINUTES, to.minute(event.clientY - was.grabbed))) : begins;
    if (to.date !== first || from !== begins)
      send(calendar, entry, { [fields.beginField]: at(to.date, from), [fields.endField]: at(to.date, from + minutes) });
  }
}

async function click(event) {
  const calendar = event.currentTarget;
  const entry = event.target.closest('[data-entry]');
  const dialog = calendar.querySelector('dialog');
  if (event.target.closest('[data-close]')) {
    event.preventDefault();
    dialog.close();
  } else if (entry && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (dropped) return;
    const response = await fetch(`${new URL(entry.href).pathname}/when?_then=${encodeURIComponent(calendar.dataset.here)}`, { headers: { 'HX-Request': 'true' } });
    if (!response.ok) return window.location.assign(entry.href);
    dialog.replaceChildren(...new DOMParser().parseFromString(await response.text(), 'text/html').body.childNodes);
    dialog.showModal();
    dialog.querySelector('input:not([type=hidden])')?.focus();
  } else if (event.target.matches('[data-grid]') && 'creates' in calendar.dataset && !dropped) {
    const { date, minute } = target(event);
    const from = Math.max(0, minute(event.clientY - 11));
    const { calendar: path, beginField, endField } = calendar.dataset;
    window.location.assign(`${path}/new?type=visit&${beginField}=${at(date, from)}&${endField}=${at(date, from + 60)}&_back=${encodeURIComponent(calendar.dataset.here)}`);
  }
}
