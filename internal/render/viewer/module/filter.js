// @ts-check
// Which elements and lines of a view fit what is wanted. Nothing here touches the document.
/** @import {Index, View, Thing, Filter, State} from './types.js' */
import { CONFIDENCE, KINDS, nameOf } from './model.js';
import { FACETS } from './state.js';
import { neighbours, pathInView } from './walk.js';

/** @param {Thing} e @param {string} facet @returns {string[]} */
function valuesOf(e, facet) {
  switch (facet) {
    case 'tag': return e.tags || [];
    case 'kind': return [e.kind];
    case 'owner': return e.owner ? [e.owner] : [];
    case 'technology': return e.technology ? [e.technology] : [];
    case 'source': return [...new Set(e.evidence.map((v) => v.input).filter(Boolean))];
    default: return [];
  }
}

/** @param {string} facet @param {string} value @returns {string} */
export const valueName = (facet, value) => (facet === 'kind' ? KINDS[value] || value : facet === 'confidence' && CONFIDENCE[value] ? value + ': ' + CONFIDENCE[value] : value);

/** @param {Index} ix @param {View} v @returns {Map<string, Map<string, number>>} by facet the values that a view has, and how often */
export function facetsOf(ix, v) {
  /** @type {Map<string, Map<string, number>>} */
  const out = new Map(Object.keys(FACETS).map((k) => [k, new Map()]));
  const add = (/** @type {string} */ facet, /** @type {string} */ value) => { const m = /** @type {Map<string, number>} */ (out.get(facet)); m.set(value, (m.get(value) || 0) + 1); };
  for (const id of new Set(v.nodes.map((n) => n.element))) {
    const e = ix.elements.get(id);
    if (e) for (const facet of Object.keys(FACETS)) for (const value of new Set(valuesOf(e, facet))) add(facet, value);
  }
  for (const l of v.lines) add('confidence', l.confidence);
  return out;
}

/** @param {Thing | undefined} e @param {Filter} f */
export const fits = (e, f) => Object.entries(f).every(([facet, wanted]) => facet === 'confidence' || (e && valuesOf(e, facet).some((v) => wanted.includes(v))));

/**
 * @typedef {{nodes: Set<string>, lines: Set<number>, path: boolean, boxes: number, shownBoxes: number, shownLines: number}} Kept
 *   path: the path that is asked for is in the view; boxes are those that are no boundaries
 */

/** @param {Index} ix @param {View} v as it is drawn @param {View} whole as the model has it @param {State} s @returns {Kept} what filters, focus and path leave of a view */
export function keptOf(ix, v, whole, s) {
  const parents = new Set(v.nodes.map((n) => n.parent || ''));
  const boxes = v.nodes.filter((n) => !parents.has(n.id));
  let nodes = new Set(v.nodes.filter((n) => fits(ix.elements.get(n.element), s.filter)).map((n) => n.id));
  /** @type {Set<number>} */
  let lines = new Set(v.lines.map((_, i) => i).filter((i) => !s.filter.confidence || s.filter.confidence.includes(v.lines[i].confidence)));
  const only = (/** @type {{nodes: Set<string>, lines: Set<number>}} */ w) => { nodes = common(nodes, w.nodes); lines = common(lines, w.lines); };
  const focus = s.focus && shownAs(v, whole, s.focus);
  if (focus) only(neighbours(v, focus, s.depth, s.direction));
  const way = s.from && s.to ? pathInView(v, shownAs(v, whole, s.from), shownAs(v, whole, s.to)) : null;
  if (way && way.length) only({ nodes: new Set(way.flatMap((hop) => [hop.from, hop.to])), lines: new Set(way.map((hop) => Number(hop.link))) });
  const ends = new Set(nodes); // a line still has its end where the box fits, or one inside that boundary
  for (const n of v.nodes) if (n.parent && nodes.has(n.id)) ends.add(n.parent);
  for (const i of [...lines]) if (!ends.has(v.lines[i].source) || !ends.has(v.lines[i].target)) lines.delete(i);
  const leaf = boxes.filter((n) => nodes.has(n.id)).length;
  const up = new Map(v.nodes.map((n) => [n.id, n.parent || '']));
  for (const id of [...nodes]) if (!parents.has(id) || focus || way) for (let p = up.get(id); p && !nodes.has(p); p = up.get(p)) nodes.add(p);
  return { nodes, lines, path: Boolean(way && way.length), boxes: boxes.length, shownBoxes: leaf, shownLines: lines.size };
}

/** @template T @param {Set<T>} a @param {Set<T>} b @returns {Set<T>} */
const common = (a, b) => new Set([...a].filter((x) => b.has(x)));

/** @param {View} v @param {View} whole @param {string} element @returns {string} the element that stands for one in a view with closed boundaries */
export function shownAs(v, whole, element) {
  if (v.nodes.some((n) => n.element === element)) return element;
  const drawn = new Map(v.nodes.map((n) => [n.id, n.element]));
  for (let n = whole.nodes.find((o) => o.element === element), left = 50; n && left > 0; left--) {
    const at = drawn.get(n.id);
    if (at) return at;
    const up = n.parent;
    n = whole.nodes.find((o) => o.id === up);
  }
  return element;
}

/** @param {Index} ix @param {State} s @param {Kept | null} kept @returns {string} what is asked for, in words */
export function saidOf(ix, s, kept) {
  const parts = Object.entries(s.filter).map(([facet, values]) => FACETS[facet].toLowerCase() + ' is ' + values.map((v) => (facet === 'kind' ? KINDS[v] || v : v)).join(' or '));
  if (s.focus) {
    const far = s.depth === 1 ? 'its neighbours' : 'what is up to ' + s.depth + ' lines away';
    parts.push(nameOf(ix, s.focus) + ' with ' + far + { both: '', out: ', along the lines', in: ', against the lines' }[s.direction]);
  }
  if (s.from && s.to) parts.push('the path from ' + nameOf(ix, s.from) + ' to ' + nameOf(ix, s.to) + (kept && !kept.path ? ', which is not in this view' : ''));
  return parts.join('; ');
}
