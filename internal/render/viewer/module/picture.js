// @ts-check
// A picture as it was drawn: parsed as XML, in which no script runs, and measured once, so that nothing has to be asked of the
// browser while it is moved.
/** @import {Picture, View, Box, Wire, Rect, Viewer} from './types.js' */
import { corners } from './geometry.js';
import { KINDS, nameOf, nameOfNode } from './model.js';

/** What a picture may not hold; ours never does, and a source of pictures may be anything. */
const REFUSED = 'script, foreignObject, iframe, image, a, animate, animateMotion, animateTransform, set, style, link';

/** @param {string} text @param {string} prefix of ids, so that pictures of several viewers do not mix theirs @param {(text: string) => any} [trust] @returns {SVGSVGElement | null} */
export function parsePicture(text, prefix, trust) {
  if (!text) return null;
  const parsed = new DOMParser().parseFromString(trust ? trust(text) : text, 'image/svg+xml').documentElement;
  if (!parsed || parsed.localName !== 'svg' || parsed.querySelector('parsererror')) return null;
  const svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(parsed, true)));
  for (const bad of svg.querySelectorAll(REFUSED)) bad.replaceWith(...(bad.localName === 'a' ? bad.childNodes : []));
  for (const el of [svg, ...svg.querySelectorAll('*')]) {
    for (const a of [...el.attributes]) {
      if (/^on/i.test(a.name) || (/href$/i.test(a.name) && !a.value.startsWith('#')) || a.name === 'style') el.removeAttributeNode(a);
      else if (a.name === 'id') a.value = prefix + a.value;
      else if (/href$/i.test(a.name)) a.value = '#' + prefix + a.value.slice(1);
      else if (/^aria-(labelledby|describedby)$/.test(a.name)) a.value = a.value.split(/\s+/).map((id) => prefix + id).join(' ');
      else if (a.value.includes('url(')) a.value = a.value.replace(/url\((['"]?)(?:#([^)'"]*))?[^)]*\)/g, (_, q, id) => (id ? 'url(#' + prefix + id + ')' : 'none'));
    }
  }
  const box = (svg.getAttribute('viewBox') || '').split(/[\s,]+/).map(Number);
  const w = box[2] > 0 ? box[2] : parseFloat(svg.getAttribute('width') || '') || 800, h = box[3] > 0 ? box[3] : parseFloat(svg.getAttribute('height') || '') || 600;
  svg.setAttribute('viewBox', [box[0] || 0, box[1] || 0, w, h].join(' '));
  svg.setAttribute('width', String(w));
  svg.setAttribute('height', String(h));
  svg.removeAttribute('aria-hidden');
  svg.setAttribute('role', 'group');
  return svg;
}

/** @param {SVGGraphicsElement} el @returns {Rect} */
export const boxOf = (el) => { const b = el.getBBox(); return { x: b.x, y: b.y, w: b.width, h: b.height }; };

/** @param {Viewer} viewer @param {View} view @param {string} key @param {SVGSVGElement} svg which stands in the document already @returns {Picture} */
export function measurePicture(viewer, view, key, svg) {
  const at = (svg.getAttribute('viewBox') || '').split(' ').map(Number);
  const parents = new Set(view.nodes.map((n) => n.parent || ''));
  /** @type {Map<string, Box>} */
  const boxes = new Map();
  const groups = new Map([...svg.querySelectorAll('.node[data-node]')].map((g) => [g.getAttribute('data-node') || '', /** @type {SVGGElement} */ (g)]));
  for (const n of view.nodes) {
    const g = groups.get(n.id);
    const outline = /** @type {SVGGraphicsElement | null} */ (g ? g.querySelector(':scope > .box') || g.querySelector(':scope > rect, :scope > path') : null);
    if (!g || !outline || boxes.has(n.id)) continue;
    boxes.set(n.id, { id: n.id, element: n.element, parent: n.parent || '', kids: [], frame: parents.has(n.id), g, outline, ...measured(g, outline, parents.has(n.id)) });
  }
  for (const b of boxes.values()) boxes.get(b.parent)?.kids.push(b.id);
  const wires = [...svg.querySelectorAll('.line[data-line]')].map((g) => wireOf(view, /** @type {SVGGElement} */ (g))).filter((w) => w !== null);
  /** @type {Picture} */
  const p = { key, view, svg, x: at[0], y: at[1], w: at[2], h: at[3], body: { x: 0, y: 0 }, boxes, wires, folded: new Set(view.nodes.filter((n) => n.folded).map((n) => n.id)), closed: [], written: new Map(), plan: null, print: '', top: 0, drawn: 0 };
  p.print = printOf(boxes.values());
  p.body = bodyOf(p);
  cutHead(p);
  p.top = p.y;
  p.drawn = p.h;
  name(viewer, p);
  return p;
}

/** @param {SVGGElement} g @param {SVGGraphicsElement} outline @param {boolean} frame @returns {{rect: Rect, head: Box['head']}} */
function measured(g, outline, frame) {
  const rect = boxOf(outline), head = { left: 0, right: 0, low: 0 };
  if (frame) {
    for (const c of g.children) {
      if (c === outline || !(c instanceof SVGGraphicsElement) || c.getAttribute('display') === 'none') continue;
      const r = boxOf(c);
      if (!r.w || r.h > rect.h / 2 + 40) continue;
      if (atRight(r, rect)) head.right = Math.max(head.right, rect.x + rect.w - r.x); else head.left = Math.max(head.left, r.x + r.w - rect.x);
      head.low = Math.max(head.low, r.y + r.h - rect.y);
    }
  }
  return { rect, head };
}

/** @param {Rect} r @param {Rect} frame @returns {boolean} whether a part of a boundary belongs to its right side */
export const atRight = (r, frame) => r.x > frame.x + frame.w / 2 && frame.x + frame.w - r.x - r.w < 24;

/** @param {Iterable<Box>} boxes @returns {string} a sum of where all boxes were drawn (FNV-1a: Fowler, Noll, Vo) */
function printOf(boxes) {
  let sum = 0x811c9dc5;
  for (const b of boxes) for (const c of b.id + ' ' + [b.rect.x, b.rect.y, b.rect.w, b.rect.h].map(Math.round).join()) sum = Math.imul(sum ^ (c.codePointAt(0) || 0), 0x01000193);
  return (sum >>> 0).toString(16);
}

/** @param {View} view @param {SVGGElement} g @returns {Wire | null} */
function wireOf(view, g) {
  const index = Number(g.getAttribute('data-line')), about = view.lines[index];
  const path = g.querySelector('.hit') || g.querySelector('.way') || g.querySelector('path');
  if (!about || !path) return null;
  const texts = [...g.querySelectorAll(':scope > text')].map((t) => boxOf(/** @type {SVGGraphicsElement} */ (t)));
  const label = texts.length ? texts.reduce((a, b) => ({ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), w: Math.max(a.x + a.w, b.x + b.w) - Math.min(a.x, b.x), h: Math.max(a.y + a.h, b.y + b.h) - Math.min(a.y, b.y) })) : null;
  return { index, g, source: about.source, target: about.target, way: corners(path.getAttribute('d') || ''), label, about };
}

/** @param {Picture} p Where the drawing begins below its heading: what places in a layout file are told from. */
function bodyOf(p) {
  const said = (p.svg.getAttribute('data-body') || '').split(/[\s,]+/).map(Number);
  if (said.length >= 2 && said.every(Number.isFinite)) return { x: said[0], y: said[1] };
  const rects = [...p.boxes.values()].map((b) => b.rect);
  return { x: Math.min(...rects.map((r) => r.x), p.w), y: Math.min(...rects.map((r) => r.y), p.h) };
}

/** @param {Picture} p Cuts off the title that a picture has for itself: the viewer shows it above already. */
function cutHead(p) {
  const texts = [...p.svg.querySelectorAll(':scope > text, :scope > g:not([class]) > text')].map((t) => /** @type {SVGGraphicsElement} */ (t));
  if (!texts.length || p.svg.querySelector('.node[transform], .line[transform]')) return;
  const tops = [...[...p.boxes.values()].map((b) => b.rect.y), ...p.wires.map((w) => Math.min(...w.way.map((q) => q.y), w.label ? w.label.y : Infinity))];
  const top = tops.reduce((a, b) => Math.min(a, b), Infinity) - 28;
  if (!(top > 0 && top < p.h)) return;
  const tall = texts.map((t) => t.getBBox().y);
  texts.forEach((t, i) => { if (tall[i] < top + 28) t.setAttribute('display', 'none'); });
  p.h -= top;
  p.y += top;
  p.svg.setAttribute('viewBox', [p.x, p.y, p.w, p.h].join(' '));
  p.svg.setAttribute('height', String(p.h));
}

/** @param {Viewer} viewer @param {Picture} p Names for those who hear, wide targets for those who point. */
function name(viewer, p) {
  const { index } = viewer;
  for (const b of p.boxes.values()) {
    const e = index.elements.get(b.element);
    b.g.setAttribute('tabindex', '-1'); // one stop for Tab, the stage itself; arrows go on from there
    b.g.setAttribute('role', 'img'); // its texts are in its name; what keys do is told by the stage around it
    b.g.setAttribute('aria-roledescription', b.frame ? 'boundary' : 'box');
    const folded = p.view.nodes.find((n) => n.id === b.id)?.folded;
    if (e) b.g.setAttribute('aria-label', [nameOf(index, e.id), KINDS[e.kind] || e.kind, e.technology, (e.badges || []).join(', '), folded && 'closed, with ' + folded + ' inside'].filter(Boolean).join(', '));
  }
  for (const w of p.wires) {
    w.g.setAttribute('tabindex', '-1');
    w.g.setAttribute('role', 'img');
    w.g.setAttribute('aria-roledescription', 'line');
    w.g.setAttribute('aria-label', nameOfNode(index, p.view, w.source) + ' ' + w.about.description + ' ' + nameOfNode(index, p.view, w.target) + (w.about.technology ? ', ' + w.about.technology : '') + ', ' + w.about.confidence);
    const wide = w.g.querySelector('.hit');
    if (wide) { wide.classList.add('reach'); continue; } // the drawing brings its own
    for (const path of w.g.querySelectorAll('path, polyline, line')) {
      const copy = /** @type {Element} */ (path.cloneNode(false));
      for (const a of ['marker-end', 'marker-start', 'id', 'stroke-dasharray']) copy.removeAttribute(a);
      copy.setAttribute('class', 'reach');
      copy.setAttribute('aria-hidden', 'true');
      w.g.prepend(copy);
    }
  }
}

/** @param {Picture | null} p @param {string} element @returns {Box[]} */
export const boxesOf = (p, element) => (p ? [...p.boxes.values()].filter((b) => b.element === element) : []);

/** @param {Picture | null} p @param {string} relationship @returns {Wire[]} */
export const wiresOf = (p, relationship) => (p ? p.wires.filter((w) => w.about.relationships.includes(relationship)) : []);

/** @param {Picture} p @param {string} id @returns {string[]} the boundaries around a box, innermost first */
export function around(p, id) {
  /** @type {string[]} */
  const out = [];
  for (let b = p.boxes.get(p.boxes.get(id)?.parent || ''); b && !out.includes(b.id); b = p.boxes.get(b.parent)) out.push(b.id);
  return out;
}
