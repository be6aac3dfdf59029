// @ts-check
// A pane: one picture with its name, which hands and keys can move, and what is selected in it.
/** @import {Pane} from './held.js' */
import { select, state } from './address.js';
import { h, svgElement } from './dom.js';
import { wireHands } from './hands.js';
import { idOf, panes, pictureOf, thingAt, thingsOf } from './held.js';
import { align, pan, reveal, zoom } from './sight.js';

/** @param {string} name @param {string} label @param {string} key of the picture @param {() => Node} otherwise what stands where there is no picture @returns {Pane} */
export function newPane(name, label, key, otherwise) {
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
  wireHands(p.el, {
    zoom: (factor, at) => zoom(factor, at.x, at.y), pan, thingAt, choose: (g) => select(g ? idOf(g) : ''),
    still: () => false, grab: () => false, drag: () => {}, drop: () => {}, // nothing is placed by hand here
  }, new AbortController().signal);
  return p;
}

/** Marks what is selected in every pane, and shows it. @param {boolean} move */
export function markSelected(move) {
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
  const b = /** @type {SVGGraphicsElement} */ (g).getBBox();
  return svgElement('rect', { class: 'ring', x: b.x - 7, y: b.y - 7, width: b.width + 14, height: b.height + 14, rx: 10 });
}
