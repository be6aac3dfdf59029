// @ts-check
// The pictures that are shown, and what is in them. Pictures are put in when they are looked at.
import { elements, idOfSpelling, marks, rank } from './data.js';

/**
 * The origin is what was cut off of a picture, off how far it is moved beside what the camera says.
 * @typedef {{el: HTMLElement, canvas: HTMLElement, svg: SVGSVGElement | null, key: string, width: number, height: number,
 *   origin: {x: number, y: number}, off: {x: number, y: number}, cut: boolean}} Pane
 */

/** @type {Pane[]} */
export let panes = [];

/** @param {Pane[]} list */
export function hold(list) { panes = list; }

/** @param {string} key @returns {string} */
function pictureText(key) {
  const b = document.querySelector('script[data-picture="' + CSS.escape(key) + '"]');
  if (!b) return '';
  const text = b.textContent || '';
  return b.getAttribute('type') === 'application/json' ? JSON.parse(text) : text;
}

/** @param {string} key @returns {SVGSVGElement | null} */
export function pictureOf(key) {
  const text = key ? pictureText(key) : '';
  const parsed = text ? new DOMParser().parseFromString(text, 'image/svg+xml').documentElement : null;
  if (!parsed || parsed.localName !== 'svg' || parsed.querySelector('parsererror')) return null;
  return /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(parsed, true)));
}

/** @param {Pane} p Cuts off the title that a picture has for itself, which the page shows already. That takes a picture that is shown: on a small screen it may not be yet. */
export function cutHead(p) {
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
export const thingAt = (t) => (t instanceof Element ? t.closest('.node[data-node], .line[data-line]') : null);

/** @param {Element} g @returns {string} What the merged model calls it: of a line, the gravest of its relationships. */
export function idOf(g) {
  if (g.classList.contains('node')) return idOfSpelling(g.getAttribute('data-element') || '');
  const ids = (g.getAttribute('data-relationships') || '').split(' ').map(idOfSpelling);
  return ids.sort((a, b) => rank(marks.get(a)?.grade) - rank(marks.get(b)?.grade) || Number(marks.has(b)) - Number(marks.has(a)))[0] || '';
}

/** @param {Pane} p @param {string} id @returns {Element[]} The nodes or lines of a picture that stand for something. */
export function thingsOf(p, id) {
  if (!p.svg || !id) return [];
  if (elements.has(id)) return [...p.svg.querySelectorAll('.node[data-node]')].filter((g) => idOfSpelling(g.getAttribute('data-element') || '') === id);
  return [...p.svg.querySelectorAll('.line[data-line]')].filter((g) => (g.getAttribute('data-relationships') || '').split(' ').some((r) => idOfSpelling(r) === id));
}
