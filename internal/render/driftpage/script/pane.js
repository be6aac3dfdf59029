// A pane: one picture with its name. Pictures are put in when they are looked at.

/**
 * The origin is what was cut off of a picture, off how far it is moved beside what the camera says.
 * @typedef {{el: HTMLElement, canvas: HTMLElement, svg: SVGSVGElement | null, key: string, width: number, height: number,
 *   origin: {x: number, y: number}, off: {x: number, y: number}, cut: boolean}} Pane
 */

/** @type {Pane[]} */
let panes = [];

/** @param {string} key @returns {string} */
function pictureText(key) {
  const b = document.querySelector('script[data-picture="' + CSS.escape(key) + '"]');
  if (!b) return '';
  const text = b.textContent || '';
  return b.getAttribute('type') === 'application/json' ? JSON.parse(text) : text;
}

/** @param {string} key @returns {SVGSVGElement | null} */
function pictureOf(key) {
  const text = key ? pictureText(key) : '';
  const parsed = text ? new DOMParser().parseFromString(text, 'image/svg+xml').documentElement : null;
  if (!parsed || parsed.localName !== 'svg' || parsed.querySelector('parsererror')) return null;
  return /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(parsed, true)));
}

/** @param {string} name @param {string} label @param {string} key of the picture @param {() => Node} otherwise what stands where there is no picture @returns {Pane} */
function newPane(name, label, key, otherwise) {
  const canvas = h('div', { class: 'canvas' });
  const el = h('div', { class: 'stage', tabindex: '0', role: 'application', 'aria-roledescription': 'picture', 'aria-label': label, 'data-pane': name }, canvas);
  /** @type {Pane} */
  const p = { el, canvas, svg: pictureOf(key), key, width: 1, height: 1, origin: { x: 0, y: 0 }, off: { x: 0, y: 0 }, cut: false };
  if (!p.svg) {
    el.classList.add('is-list');
    canvas.append(otherwise());
    return p;
  }
  const box = (p.svg.getAttribute('viewBox') || '').split(/[\s,]+/).map(Number);
  p.width = box[2] || 800;
  p.height = box[3] || 600;
  p.svg.removeAttribute('aria-hidden');
  for (const n of p.svg.querySelectorAll('.node[data-node], .line[data-line]')) {
    n.setAttribute('tabindex', '-1'); // one stop for Tab, the picture itself; arrows go on from there
    n.setAttribute('role', 'button');
  }
  canvas.append(p.svg);
  wirePointers(p.el, { zoom, pan, thingAt, choose: (g) => select(g ? idOf(g) : '') });
  return p;
}

/** @param {Pane} p Cuts off the title that a picture has for itself, which the page shows already. That takes a picture that is shown: on a small screen it may not be yet. */
function cutHead(p) {
  const svg = p.svg;
  if (!svg || p.cut || !p.el.getClientRects().length) return;
  p.cut = true;
  svg.setAttribute('width', String(p.width));
  svg.setAttribute('height', String(p.height));
  const head = svg.querySelector(':scope > text.title');
  if (!head) return;
  const tops = [...svg.querySelectorAll('.node[data-node], .line[data-line]')].map((g) => /** @type {SVGGraphicsElement} */ (g).getBBox().y);
  const top = tops.reduce((a, b) => Math.min(a, b), Infinity) - 28;
  if (!(top > 0 && top < p.height)) return;
  for (const text of svg.querySelectorAll(':scope > text')) if (/** @type {SVGGraphicsElement} */ (text).getBBox().y < top + 28) text.setAttribute('display', 'none');
  p.height -= top;
  p.origin.y = top;
  svg.setAttribute('viewBox', '0 ' + top + ' ' + p.width + ' ' + p.height);
  svg.setAttribute('height', String(p.height));
}

/** @param {EventTarget | null} t @returns {Element | null} The node or line under a pointer. */
const thingAt = (t) => (t instanceof Element ? t.closest('.node[data-node], .line[data-line]') : null);

/** @param {Element} g @returns {string} What the merged model calls it: of a line, the gravest of its relationships. */
function idOf(g) {
  if (g.classList.contains('node')) return idOfSpelling(g.getAttribute('data-element') || '');
  const ids = (g.getAttribute('data-relationships') || '').split(' ').map(idOfSpelling);
  return ids.sort((a, b) => rank(marks.get(a)?.grade) - rank(marks.get(b)?.grade) || Number(marks.has(b)) - Number(marks.has(a)))[0] || '';
}

/** @param {Pane} p @param {string} id @returns {Element[]} The nodes or lines of a picture that stand for something. */
function thingsOf(p, id) {
  if (!p.svg || !id) return [];
  if (elements.has(id)) return [...p.svg.querySelectorAll('.node[data-node]')].filter((g) => idOfSpelling(g.getAttribute('data-element') || '') === id);
  return [...p.svg.querySelectorAll('.line[data-line]')].filter((g) => (g.getAttribute('data-relationships') || '').split(' ').some((r) => idOfSpelling(r) === id));
}

/** Marks what is selected in every pane, and shows it. @param {boolean} move */
function markSelected(move) {
  /** @type {[Pane, Element][]} */
  const chosen = [];
  for (const p of panes) {
    if (!p.svg) continue;
    for (const ring of p.svg.querySelectorAll('.ring')) ring.remove();
    for (const g of p.svg.querySelectorAll('.is-selected')) g.classList.remove('is-selected');
    const things = thingsOf(p, state.select);
    for (const g of things) {
      g.classList.add('is-selected');
      if (g.classList.contains('node')) g.append(ringAround(g));
    }
    if (things.length) chosen.push([p, things[0]]);
  }
  if (!chosen.length || !move || !chosen[0][0].cut) return;
  align(chosen);
  const focused = chosen.find(([p]) => p.el.contains(document.activeElement)) || chosen[0];
  reveal(focused[0], focused[1]);
}

/** @param {Element} g */
function ringAround(g) {
  const b = /** @type {SVGGraphicsElement} */ (g).getBBox(), ring = document.createElementNS(SVG, 'rect');
  const at = { x: b.x - 7, y: b.y - 7, width: b.width + 14, height: b.height + 14, rx: 10 };
  for (const [k, n] of Object.entries(at)) ring.setAttribute(k, String(n));
  ring.setAttribute('class', 'ring');
  return ring;
}
