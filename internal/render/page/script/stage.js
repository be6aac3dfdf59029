// The picture: put in when looked at, moved by pointer, wheel and keys, marked where something is selected.

/** @type {{el: HTMLElement, canvas: HTMLElement, svg: SVGSVGElement | null, key: string, width: number, height: number,
 *   scale: number, x: number, y: number, fitted: boolean}} */
const stage = { el: byId('stage'), canvas: byId('canvas'), svg: null, key: '', width: 1, height: 1, scale: 1, x: 0, y: 0, fitted: true };

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** @param {string} key @returns {string} */
function pictureText(key) {
  const block = document.querySelector('script[data-picture="' + CSS.escape(key) + '"]');
  if (!block) return '';
  const text = block.textContent || '';
  return block.getAttribute('type') === 'application/json' ? JSON.parse(text) : text;
}

/** @param {View} v Puts the picture of a view in place. */
function showPicture(v) {
  if (stage.key === v.key && stage.canvas.firstChild) return;
  stage.key = v.key;
  stage.svg = null;
  stage.el.classList.remove('is-list');
  const text = pictureText(v.key);
  const parsed = text ? new DOMParser().parseFromString(text, 'image/svg+xml').documentElement : null;
  if (!parsed || parsed.localName !== 'svg' || parsed.querySelector('parsererror')) {
    stage.canvas.replaceChildren(pictureAsList(v));
    stage.canvas.style.transform = '';
    stage.el.classList.add('is-list');
    return;
  }
  const svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(parsed, true)));
  const box = (svg.getAttribute('viewBox') || '').split(/[\s,]+/).map(Number);
  stage.width = box[2] || parseFloat(svg.getAttribute('width') || '') || 800;
  stage.height = box[3] || parseFloat(svg.getAttribute('height') || '') || 600;
  if (!svg.hasAttribute('viewBox')) svg.setAttribute('viewBox', '0 0 ' + stage.width + ' ' + stage.height);
  svg.setAttribute('width', String(stage.width));
  svg.setAttribute('height', String(stage.height));
  svg.removeAttribute('aria-hidden');
  stage.svg = svg;
  stage.canvas.replaceChildren(svg);
  cutHead(svg);
  preparePicture(v, svg);
  fit(false);
}

/** @param {SVGSVGElement} svg Cuts off the title that a picture has for itself: the page shows it above already. */
function cutHead(svg) {
  const head = svg.querySelector(':scope > text.title');
  if (!head || svg.querySelector('.node[transform], .line[transform]')) return;
  const tops = [...svg.querySelectorAll('.node[data-node], .line[data-line]')].map((g) => /** @type {SVGGraphicsElement} */ (g).getBBox().y);
  const top = tops.reduce((a, b) => Math.min(a, b), Infinity) - 28;
  if (!(top > 0 && top < stage.height)) return;
  for (const text of svg.querySelectorAll(':scope > text')) {
    if (/** @type {SVGGraphicsElement} */ (text).getBBox().y < top + 28) text.setAttribute('display', 'none');
  }
  stage.height -= top;
  svg.setAttribute('viewBox', '0 ' + top + ' ' + stage.width + ' ' + stage.height);
  svg.setAttribute('height', String(stage.height));
}

/** @param {View} v @param {SVGSVGElement} svg Names for those who hear, wide targets for those who point. */
function preparePicture(v, svg) {
  for (const n of svg.querySelectorAll('.node[data-node]')) {
    const e = elements.get(n.getAttribute('data-element') || '');
    n.setAttribute('tabindex', '-1'); // one stop for Tab, the stage itself; arrows go on from there
    n.setAttribute('role', 'button');
    if (e) n.setAttribute('aria-label', [nameOf(e.id), KINDS[e.kind] || e.kind, e.technology, (e.badges || []).join(', ')].filter(Boolean).join(', '));
  }
  for (const g of svg.querySelectorAll('.line[data-line]')) {
    const l = v.lines[Number(g.getAttribute('data-line'))];
    g.setAttribute('tabindex', '-1');
    g.setAttribute('role', 'button');
    if (l) g.setAttribute('aria-label', nameOfNode(v, l.source) + ' ' + l.description + ' ' + nameOfNode(v, l.target));
    const wide = g.querySelector('.hit');
    if (wide) { wide.classList.add('reach'); continue; } // the drawing brings its own
    for (const p of g.querySelectorAll('path, polyline, line')) {
      const copy = /** @type {Element} */ (p.cloneNode(false));
      for (const a of ['marker-end', 'marker-start', 'id', 'style', 'stroke-dasharray']) copy.removeAttribute(a);
      copy.setAttribute('class', 'reach');
      copy.setAttribute('aria-hidden', 'true');
      g.prepend(copy);
    }
  }
}

/** @param {View} v @param {string} node */
function nameOfNode(v, node) {
  const n = v.nodes.find((o) => o.id === node);
  return n ? nameOf(n.element) : node;
}

/** @param {View} v @returns {Node} What a view shows, in words, where there is no picture. */
function pictureAsList(v) {
  const rows = v.elements.map((id) => h('li', null,
    h('button', { class: 'link', onclick: () => go({ view: v.key, select: id }, { quiet: true }) }, nameOf(id)),
    ' ', h('span', { class: 'quiet' }, [KINDS[elements.get(id)?.kind || ''], elements.get(id)?.technology].filter(Boolean).join(' · '))));
  return h('div', { class: 'listing' }, h('p', null, rows.length ? 'There is no picture of this view here. It shows:' : 'This view shows nothing.'), h('ul', null, ...rows));
}

function place() {
  stage.canvas.style.transform = 'translate(' + stage.x + 'px,' + stage.y + 'px) scale(' + stage.scale + ')';
  const percent = document.querySelector('#zoom .percent');
  if (percent) percent.textContent = Math.round(stage.scale * 100) + ' %';
}

/** @param {boolean} move whether to glide there */
function glide(move) {
  stage.canvas.classList.toggle('glide', move && !calm.matches);
  place();
}

/** @param {boolean} move */
function fit(move) {
  const r = stage.el.getBoundingClientRect();
  if (!stage.svg || !r.width || !r.height) return;
  const pad = r.width < 600 ? 12 : 28;
  stage.scale = Math.min((r.width - 2 * pad) / stage.width, (r.height - 2 * pad) / stage.height, 1.4);
  stage.scale = Math.max(stage.scale, 0.02);
  stage.x = (r.width - stage.width * stage.scale) / 2;
  stage.y = Math.max((r.height - stage.height * stage.scale) / 2, 0);
  stage.fitted = true;
  glide(move);
}

/** @param {number} factor @param {number} [px] @param {number} [py] a point of the stage that stays where it is */
function zoom(factor, px, py) {
  if (!stage.svg) return;
  const r = stage.el.getBoundingClientRect();
  const cx = px === undefined ? r.width / 2 : px, cy = py === undefined ? r.height / 2 : py;
  const scale = Math.min(Math.max(stage.scale * factor, 0.02), 8);
  stage.x = cx - ((cx - stage.x) * scale) / stage.scale;
  stage.y = cy - ((cy - stage.y) * scale) / stage.scale;
  stage.scale = scale;
  stage.fitted = false;
  glide(px === undefined);
}

/** Gives the picture the whole window, or the lists their place back. */
function toggleWide() {
  byId('wide-button').setAttribute('aria-pressed', String(document.body.classList.toggle('is-wide')));
  stage.fitted = true;
}

/** @param {number} dx @param {number} dy */
function pan(dx, dy) { stage.x += dx; stage.y += dy; stage.fitted = false; glide(false); }

/** @param {Element} g Moves the picture as little as needed for something to be seen. */
function reveal(g) {
  const r = stage.el.getBoundingClientRect(), b = g.getBoundingClientRect(), pad = 40;
  const panel = byId('panel'), sheet = getComputedStyle(panel).position === 'fixed' && panel.classList.contains('has-selection');
  const bottom = sheet ? Math.min(r.bottom, innerHeight - panel.offsetHeight) : r.bottom; // what the sheet covers is not seen
  let dx = 0, dy = 0;
  if (b.width < r.width - 2 * pad) dx = Math.max(r.left + pad - b.left, 0) || Math.min(r.right - pad - b.right, 0);
  if (b.height < bottom - r.top - 2 * pad) dy = Math.max(r.top + pad - b.top, 0) || Math.min(bottom - pad - b.bottom, 0);
  if (dx || dy) { stage.x += dx; stage.y += dy; stage.fitted = false; glide(true); }
}

/** @returns {Element[]} */
const nodesOf = (/** @type {string} */ element) => (stage.svg ? [...stage.svg.querySelectorAll('.node[data-element="' + CSS.escape(element) + '"]')] : []);

/** @returns {Element[]} */
const linesOf = (/** @type {string} */ relationship) => (stage.svg && current.view ? [...stage.svg.querySelectorAll('.line[data-line]')].filter((g) =>
  (current.view?.lines[Number(g.getAttribute('data-line'))]?.relationships || []).includes(relationship)) : []);

/** @param {string} id Marks what is selected and lets what has nothing to do with it step back. */
function mark(id) {
  const svg = stage.svg, v = current.view;
  if (!svg || !v) return;
  for (const ring of svg.querySelectorAll('.ring')) ring.remove();
  for (const g of svg.querySelectorAll('.is-selected, .is-dim')) g.classList.remove('is-selected', 'is-dim');
  const chosen = elements.has(id) ? nodesOf(id) : linesOf(id);
  if (!id || !chosen.length) return;
  for (const g of chosen) {
    g.classList.add('is-selected');
    if (g.classList.contains('node')) g.append(ringAround(g));
  }
  dim(svg, v, chosen);
  reveal(chosen[0]);
}

/** @param {Element} g */
function ringAround(g) {
  const b = /** @type {SVGGraphicsElement} */ (g).getBBox(), ring = document.createElementNS(SVG, 'rect');
  const at = { x: b.x - 5, y: b.y - 5, width: b.width + 10, height: b.height + 10, rx: 9 };
  for (const [k, n] of Object.entries(at)) ring.setAttribute(k, String(n));
  ring.setAttribute('class', 'ring');
  return ring;
}

/** @param {SVGSVGElement} svg @param {View} v @param {Element[]} chosen */
function dim(svg, v, chosen) {
  const up = new Map(v.nodes.map((n) => [n.id, n.parent || '']));
  /** @type {Set<string>} */
  const near = new Set(), ends = new Set(chosen.map((g) => g.getAttribute('data-node') || ''));
  const inChosen = (/** @type {string} */ n) => { for (let p = n; p; p = up.get(p) || '') if (ends.has(p)) return true; return false; };
  for (const n of v.nodes) if (inChosen(n.id)) near.add(n.id);
  const lines = [...svg.querySelectorAll('.line[data-line]')];
  let any = false;
  for (const g of lines) {
    const l = v.lines[Number(g.getAttribute('data-line'))];
    if (!l) continue;
    const touches = chosen.includes(g) || inChosen(l.source) || inChosen(l.target);
    if (touches) { near.add(l.source); near.add(l.target); any = true; }
    g.classList.toggle('is-dim', !touches);
  }
  if (!any) { for (const g of lines) g.classList.remove('is-dim'); return; }
  for (const n of [...near]) for (let p = up.get(n) || ''; p; p = up.get(p) || '') near.add(p);
  for (const g of svg.querySelectorAll('.node[data-node]')) g.classList.toggle('is-dim', !near.has(g.getAttribute('data-node') || ''));
}

/** @param {EventTarget | null} t @returns {Element | null} The node or line under a pointer. */
const thingAt = (t) => (t instanceof Element && stage.canvas.contains(t) ? t.closest('.node[data-node], .line[data-line]') : null);

/** @param {Element} g @returns {string} What the address calls it. */
function idOf(g) {
  if (g.classList.contains('node')) return g.getAttribute('data-element') || '';
  const l = current.view?.lines[Number(g.getAttribute('data-line'))];
  return (l && l.relationships[0]) || '';
}

/** @param {string} id */
function select(id) { if (current.view) go({ view: current.view.key, select: id }, { quiet: true }); }

function wireStage() {
  wirePointers(stage.el, {
    zoom, pan, thingAt, choose: (g) => select(g ? idOf(g) : ''), still: () => stage.el.classList.contains('is-list'),
  });
  stage.el.addEventListener('dblclick', (e) => {
    const g = thingAt(e.target);
    if (g && g.classList.contains('node')) drillInto(idOf(g));
  });
  byId('zoom').append(
    h('button', { 'aria-label': 'Zoom in', title: 'Zoom in (+)', onclick: () => zoom(1.25) }, icon('in')),
    h('button', { 'aria-label': 'Zoom out', title: 'Zoom out (-)', onclick: () => zoom(0.8) }, icon('out')),
    h('button', { 'aria-label': 'Fit the picture', title: 'Fit (0)', onclick: () => fit(true) }, icon('fit')),
    h('button', { 'aria-label': 'The picture alone', title: 'The picture alone (f)', id: 'wide-button', 'aria-pressed': 'false', onclick: toggleWide }, icon('wide')),
    h('span', { class: 'percent', 'aria-hidden': 'true' }));
  new ResizeObserver(() => { if (stage.fitted) fit(false); }).observe(stage.el);
}
