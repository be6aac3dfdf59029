// @ts-check
// What one sees as a file or on paper: with the theme, the filters and what was moved, and only what is in sight.
/** @import {Viewer, Rect} from './types.js' */
import { inSight } from './camera.js';
import { fileName, offer } from './dom.js';
import { titleOf } from './model.js';

const PROPERTIES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity',
  'font-family', 'font-size', 'font-weight', 'text-anchor', 'text-decoration-line', 'paint-order', 'direction'];
const UNSEEN = '.ring, .reach, .hit, .is-inside, [display=none]';

/** @param {Viewer} viewer @returns {Rect} the part of the picture that is in sight; all of it when it is fitted */
function seenPart(viewer) {
  const p = /** @type {import('./types.js').Picture} */ (viewer.picture), all = { x: p.x, y: p.y, w: p.w, h: p.h };
  if (viewer.camera.fitted) return all;
  const s = inSight(viewer), x = Math.max(all.x, s.x), y = Math.max(all.y, s.y);
  const w = Math.min(all.x + all.w, s.x + s.w) - x, h = Math.min(all.y + all.h, s.y + s.h) - y;
  return w > 1 && h > 1 ? { x: Math.floor(x), y: Math.floor(y), w: Math.ceil(w), h: Math.ceil(h) } : all;
}

/** @param {Viewer} viewer @returns {string} a picture that stands alone: looks are written into it as they are seen now, each different one once */
export function seenAsSVG(viewer) {
  const p = viewer.picture;
  if (!p) return '';
  const { stage } = viewer.parts, far = stage.classList.contains('is-far');
  stage.classList.remove('is-far'); // a file can be looked at from nearby
  const part = seenPart(viewer), copy = /** @type {SVGSVGElement} */ (p.svg.cloneNode(true));
  /** @type {Map<string, string>} */
  const looks = new Map();
  const own = [...p.svg.querySelectorAll('*')], theirs = [...copy.querySelectorAll('*')], gone = /** @type {Element[]} */ ([]);
  own.forEach((el, i) => {
    const to = theirs[i], cs = getComputedStyle(el);
    if (cs.display === 'none' || cs.visibility === 'hidden' || el.matches(UNSEEN)) { gone.push(to); return; }
    if (!/^(title|desc|defs)$/.test(el.localName)) to.setAttribute('class', look(looks, cs, el.localName));
    for (const a of [...to.attributes]) if (/^(data-|aria-|tabindex|role|style)/.test(a.name)) to.removeAttributeNode(a);
  });
  stage.classList.toggle('is-far', far);
  for (const el of gone) el.remove();
  for (const a of [...copy.attributes]) if (!/^(xmlns|viewBox)/.test(a.name)) copy.removeAttributeNode(a);
  copy.setAttribute('role', 'img');
  copy.setAttribute('viewBox', [part.x, part.y, part.w, part.h].join(' '));
  copy.setAttribute('width', String(part.w));
  copy.setAttribute('height', String(part.h));
  const sheet = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  sheet.textContent = [...looks].map(([rules, name]) => '.' + name + '{' + rules + '}').join('\n');
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [k, v] of Object.entries({ x: part.x, y: part.y, width: part.w, height: part.h, fill: paperOf(viewer) })) paper.setAttribute(k, String(v));
  copy.prepend(sheet, paper);
  return new XMLSerializer().serializeToString(copy) + '\n';
}

/** @param {Map<string, string>} looks @param {CSSStyleDeclaration} cs @param {string} tag @returns {string} the name of a look */
function look(looks, cs, tag) {
  const names = tag === 'g' || tag === 'svg' ? ['opacity'] : tag === 'text' || tag === 'tspan' ? PROPERTIES : PROPERTIES.filter((n) => !/^(font|text|direction|paint)/.test(n));
  const rules = names.map((n) => n.replace('-line', n === 'text-decoration-line' ? '' : '-line') + ':' + cs.getPropertyValue(n).replace(/[<>{}]/g, '')).join(';');
  let name = looks.get(rules);
  if (!name) looks.set(rules, name = 'l' + looks.size);
  return name;
}

/** @param {Viewer} viewer */
function paperOf(viewer) {
  const paper = viewer.picture?.svg.querySelector('.paper'), seen = paper ? getComputedStyle(paper).fill : '';
  return seen && seen !== 'none' ? seen : getComputedStyle(viewer.root).backgroundColor;
}

/** @param {Viewer} viewer */
const nameNow = (viewer) => fileName(viewer.view ? titleOf(viewer.view) : 'view');

/** @param {Viewer} viewer */
export function exportSVG(viewer) {
  const text = seenAsSVG(viewer);
  if (!text) { viewer.say('There is no picture here'); return; }
  offer(nameNow(viewer) + '.svg', '<?xml version="1.0" encoding="UTF-8"?>\n' + text, 'image/svg+xml');
  viewer.say('The picture is saved as SVG');
}

const MOST_PIXELS = 60e6;

/** @param {Viewer} viewer @returns {Promise<Blob | null>} */
export async function seenAsPNG(viewer) {
  const text = seenAsSVG(viewer);
  if (!text) return null;
  const image = new Image();
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text);
  await image.decode();
  const w = image.naturalWidth, h = image.naturalHeight, k = Math.min(2, Math.sqrt(MOST_PIXELS / (w * h)), 16000 / Math.max(w, h));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(Math.round(w * k), 1);
  canvas.height = Math.max(Math.round(h * k), 1);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}

/** @param {Viewer} viewer */
export async function exportPNG(viewer) {
  try {
    const blob = await seenAsPNG(viewer);
    if (!blob) { viewer.say('There is no picture here'); return; }
    offer(nameNow(viewer) + '.png', blob, 'image/png');
    viewer.say('The picture is saved as PNG');
  } catch {
    viewer.say('The picture could not be made; SVG works without a canvas');
  }
}

/** @param {Viewer} viewer Lays what is in sight out for paper; returns what puts it back. */
export function forPaper(viewer) {
  const p = viewer.picture;
  if (!p) return () => {};
  const { stage } = viewer.parts, far = stage.classList.contains('is-far');
  stage.classList.remove('is-far');
  const part = seenPart(viewer), was = ['viewBox', 'width', 'height'].map((n) => [n, p.svg.getAttribute(n) || '']);
  p.svg.setAttribute('viewBox', [part.x, part.y, part.w, part.h].join(' '));
  p.svg.setAttribute('width', String(part.w));
  p.svg.setAttribute('height', String(part.h));
  return () => { stage.classList.toggle('is-far', far); for (const [n, v] of was) p.svg.setAttribute(n, v); };
}

/** @param {Viewer} viewer @param {'A4' | 'A3'} size */
export function printOn(viewer, size) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('@page { size: ' + size + ' landscape; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  viewer.root.dataset.paper = size;
  window.print();
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== sheet);
  delete viewer.root.dataset.paper;
}
