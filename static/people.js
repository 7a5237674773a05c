// The relationship map (figure[data-people-map], drawn by the server): people are dragged by pointer, touch or arrow keys,
// their lines follow, and where they were put is sent to data-save; the view is moved and enlarged; a click opens the
// person beside the map. The geometry of a line is that of src/web/people_map.c.
const GAP = 7;
const LABEL = 0.62;
const STEP = 10;

export function enhance(figure) {
  const svg = figure.querySelector('.map-scroll > svg');
  const frame = svg.parentElement;
  const whole = svg.viewBox.baseVal;
  const first = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  const nodes = new Map();
  for (const node of svg.querySelectorAll('[data-person]')) {
    const [, x, y] = /translate\((-?\d+) (-?\d+)\)/.exec(node.getAttribute('transform'));
    const r = Number(node.querySelector('circle').getAttribute('r'));
    nodes.set(node.dataset.person, { node, x: Number(x), y: Number(y), r, ties: [] });
  }
  // A line has the numbers of its two people, in the order in which they are drawn, and how far it stands from the middle.
  const drawn = [...nodes.values()];
  const ends = (tie) => tie.dataset.tie.split(' ').map(Number);
  for (const tie of svg.querySelectorAll('[data-tie]'))
    for (const end of ends(tie).slice(0, 2)) drawn[end].ties.push(tie);

  // ---- drawing
  function drawTie(tie) {
    const [of, at, shift] = ends(tie);
    const [from, to] = [drawn[of], drawn[at]];
    const length = Math.max(Math.hypot(to.x - from.x, to.y - from.y), 1);
    const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
    const beside = (x, y) => `${Math.round(x - shift * uy)} ${Math.round(y + shift * ux)}`;
    const begin = beside(from.x + (from.r + 1) * ux, from.y + (from.r + 1) * uy);
    const end = beside(to.x - (to.r + GAP) * ux, to.y - (to.r + GAP) * uy);
    tie.querySelector('path').setAttribute('d', `M${begin}L${end}`);
    const [x, y] = beside(LABEL * from.x + (1 - LABEL) * to.x, LABEL * from.y + (1 - LABEL) * to.y).split(' ');
    tie.querySelector('text').setAttribute('x', x);
    tie.querySelector('text').setAttribute('y', y);
  }
  function move(id, x, y) {
    const person = nodes.get(id);
    person.x = Math.round(x);
    person.y = Math.round(y);
    person.node.setAttribute('transform', `translate(${person.x} ${person.y})`);
    person.ties.forEach(drawTie);
  }
  const light = (id, on) => nodes.get(id)?.ties.forEach((tie) => tie.classList.toggle('lit', on));

  // ---- saving: what was moved and is not known to be saved
  const moved = new Set();
  let waiting;
  async function save() {
    const sent = [...moved];
    const body = new URLSearchParams(sent.map((id) => ['at', [id, nodes.get(id).x, nodes.get(id).y].join()]));
    moved.clear();
    try {
      const token = document.querySelector('meta[name=csrf-token]')?.content ?? '';
      const reply = await fetch(figure.dataset.save, { method: 'POST', body, headers: { 'X-CSRF-Token': token }, keepalive: true });
      if (!reply.ok) throw new Error(reply.status);
      figure.dataset.saved = sent.length; // for whoever watches
    } catch {
      sent.forEach((id) => moved.add(id)); // goes with the next move
      document.querySelector('#failure')?.removeAttribute('hidden');
    }
  }
  function keep(id) {
    if (!figure.dataset.save) return; // only for one's own eyes
    moved.add(id);
    clearTimeout(waiting);
    waiting = setTimeout(save, 400);
  }
  window.addEventListener('pagehide', () => moved.size > 0 && save());

  // ---- pointer
  const at = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  let drag = null;
  svg.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const node = event.target.closest('[data-person]');
    const start = at(event);
    const person = node && nodes.get(node.dataset.person);
    drag = { id: node?.dataset.person, start, dx: person ? person.x - start.x : 0, dy: person ? person.y - start.y : 0, far: false };
    if (event.pointerType === 'touch' && !node) drag = null; // the page scrolls
  });
  svg.addEventListener('pointermove', (event) => {
    if (!drag) return;
    const now = at(event);
    if (!drag.far && Math.hypot(now.x - drag.start.x, now.y - drag.start.y) < 5) return;
    if (!drag.far) svg.setPointerCapture(event.pointerId);
    drag.far = true;
    if (drag.id) move(drag.id, now.x + drag.dx, now.y + drag.dy);
    else view(whole.x + drag.start.x - now.x, whole.y + drag.start.y - now.y, whole.width, whole.height);
  });
  const drop = () => {
    if (drag?.far && drag.id) keep(drag.id);
    if (drag?.far) setTimeout(() => (drag = null)); // after the click that follows
    else drag = null;
  };
  svg.addEventListener('pointerup', drop);
  svg.addEventListener('pointercancel', drop);
  svg.addEventListener('dragstart', (event) => event.preventDefault());

  // ---- a person beside the map
  svg.addEventListener('click', (event) => {
    const node = event.target.closest('[data-person]');
    if (!node || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (drag?.far) return;
    figure.classList.remove('map-whole');
    window.htmx.ajax('GET', node.getAttribute('href'), { target: '#person-panel', swap: 'innerHTML' }).then(() => {
      document.querySelector('#person-panel').scrollIntoView({ block: 'nearest' });
    });
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('#person-panel [data-close-panel]')) return;
    event.preventDefault();
    document.querySelector('#person-panel').replaceChildren();
  });

  // ---- keys, and what is related to the one looked at
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.addEventListener('keydown', (event) => {
    const node = event.target.closest('[data-person]');
    if (!node || !arrows[event.key] || event.ctrlKey) return;
    event.preventDefault();
    const [dx, dy] = arrows[event.key].map((way) => way * STEP * (event.shiftKey ? 4 : 1));
    const person = nodes.get(node.dataset.person);
    move(node.dataset.person, person.x + dx, person.y + dy);
    keep(node.dataset.person);
  });
  for (const [begin, end] of [['pointerover', 'pointerout'], ['focusin', 'focusout']]) {
    svg.addEventListener(begin, (event) => light(event.target.closest('[data-person]')?.dataset.person, true));
    svg.addEventListener(end, (event) => light(event.target.closest('[data-person]')?.dataset.person, false));
  }

  // ---- the view
  function view(x, y, width, height) {
    svg.setAttribute('viewBox', [x, y, width, height].map((number) => Math.round(number * 10) / 10).join(' '));
  }
  function zoom(factor) {
    const [width, height] = [whole.width * factor, whole.height * factor];
    view(whole.x + (whole.width - width) / 2, whole.y + (whole.height - height) / 2, width, height);
  }
  function fit() {
    const all = [...nodes.values()];
    if (all.length === 0) return view(first.x, first.y, first.width, first.height);
    const size = () => { [svg.style.width, svg.style.height] = [`${whole.width}px`, `${whole.height}px`]; };
    const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
    const [left, top] = [Math.min(...xs) - 90, Math.min(...ys) - 45];
    view(left, top, Math.max(...xs) - left + 90, Math.max(...ys) - top + 90);
    return size();
  }
  svg.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15);
  }, { passive: false });
  const tools = {
    in: () => zoom(1 / 1.3),
    out: () => zoom(1.3),
    fit,
    whole: (button) => button.setAttribute('aria-pressed', figure.classList.toggle('map-whole')),
    print: () => { fit(); window.print(); },
  };
  // A map that is wider than its frame begins in the middle, where those at the top stand.
  const centre = () => (frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2);
  window.addEventListener('hashchange', centre);
  centre();
  figure.querySelector('.map-buttons').hidden = false;
  figure.addEventListener('click', (event) => {
    const button = event.target.closest('[data-map]');
    if (button) tools[button.dataset.map](button);
  });
  figure.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && figure.classList.contains('map-whole')) figure.classList.remove('map-whole');
  });
}
