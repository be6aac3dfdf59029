// @ts-check
// Ways over lines: the neighbours of something to a depth, and the shortest path between two things. Nothing here touches the document.
/** @import {Index, View, Direction, State} from './types.js' */
import { family, shows } from './model.js';

/** @param {View} v @param {string} element @returns {Set<string>} the nodes of an element in a view, with all that is inside them */
export function nodesWithin(v, element) {
  const out = new Set(v.nodes.filter((n) => n.element === element).map((n) => n.id));
  for (let grew = out.size > 0; grew;) {
    grew = false;
    for (const n of v.nodes) if (n.parent && out.has(n.parent) && !out.has(n.id)) { out.add(n.id); grew = true; }
  }
  return out;
}

/** @param {View} v @param {string} element @param {number} depth @param {Direction} direction
 *  @returns {{nodes: Set<string>, lines: Set<number>}} what can be reached over at most that many lines, and the lines among it */
export function neighbours(v, element, depth, direction) {
  const nodes = nodesWithin(v, element), lines = new Set();
  const inside = new Set(nodes);
  let edge = new Set(nodes);
  for (let d = 0; d < depth && edge.size; d++) {
    const next = new Set();
    v.lines.forEach((l, i) => {
      const out = direction !== 'in' && edge.has(l.source), into = direction !== 'out' && edge.has(l.target);
      if (!out && !into) return;
      lines.add(i);
      for (const id of [out ? l.target : '', into ? l.source : '']) if (id && !nodes.has(id)) { nodes.add(id); next.add(id); }
    });
    edge = next;
  }
  v.lines.forEach((l, i) => { if (inside.has(l.source) && inside.has(l.target)) lines.add(i); });
  return { nodes, lines };
}

/** @typedef {{link: string, from: string, to: string, against: boolean}} Hop link: what it goes over, from and to in the order of the path */

/**
 * The shortest path over links by breadth first search (Moore 1959), along their directions, or where there is none, against some of them.
 * @param {{link: string, source: string, target: string}[]} links @param {Set<string>} starts @param {Set<string>} ends
 * @returns {Hop[] | null} null: there is none
 */
export function shortest(links, starts, ends) {
  return search(links, starts, ends, false) || search(links, starts, ends, true);
}

/** @param {{link: string, source: string, target: string}[]} links @param {Set<string>} starts @param {Set<string>} ends @param {boolean} anyway @returns {Hop[] | null} */
function search(links, starts, ends, anyway) {
  /** @type {Map<string, Hop[]>} */
  const near = new Map();
  const put = (/** @type {string} */ at, /** @type {Hop} */ hop) => { const had = near.get(at); if (had) had.push(hop); else near.set(at, [hop]); };
  for (const l of links) {
    put(l.source, { link: l.link, from: l.source, to: l.target, against: false });
    if (anyway) put(l.target, { link: l.link, from: l.target, to: l.source, against: true });
  }
  /** @type {Map<string, Hop | null>} */
  const came = new Map([...starts].map((s) => [s, null]));
  for (const at of came.keys()) { // a Map is walked in the order in which it grows: the queue
    if (ends.has(at)) {
      /** @type {Hop[]} */
      const way = [];
      for (let hop = came.get(at); hop; hop = came.get(hop.from)) way.unshift(hop);
      return way;
    }
    for (const hop of near.get(at) || []) if (!came.has(hop.to)) came.set(hop.to, hop);
  }
  return null;
}

/** @param {View} v @param {string} from @param {string} to @returns {Hop[] | null} links are the numbers of lines */
export function pathInView(v, from, to) {
  const starts = nodesWithin(v, from), ends = nodesWithin(v, to);
  if (!starts.size || !ends.size) return null;
  return shortest(v.lines.map((l, i) => ({ link: String(i), source: l.source, target: l.target })), starts, ends);
}

/**
 * @typedef {{view: View | null, hops: Hop[] | null}} Found view: the one that shows the path, null where none shows all of it and hops
 *   go over relationships of the model
 */

/** @param {Index} ix @param {State} s @param {View | undefined} here @returns {Found} The path that is asked for: in this view if it is there, else in the view where it is shortest. */
export function pathOf(ix, s, here) {
  const both = ix.model.views.filter((v) => shows(v, s.from) && shows(v, s.to));
  const mine = here && pathInView(here, s.from, s.to);
  if (here && mine && mine.length) return { view: here, hops: mine };
  /** @type {Found} */
  let best = { view: null, hops: null };
  for (const v of both) {
    const hops = pathInView(v, s.from, s.to);
    if (hops && hops.length && (!best.hops || hops.length < best.hops.length)) best = { view: v, hops };
  }
  if (best.hops) return best;
  const links = ix.model.relationships.map((r) => ({ link: r.id, source: r.source, target: r.target }));
  const starts = family(ix, s.from), ends = family(ix, s.to);
  return { view: null, hops: starts.has(s.to) || ends.has(s.from) ? [] : shortest(links, starts, ends) };
}
