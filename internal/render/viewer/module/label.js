// @ts-check
// Where the labels of lines go that were moved: along their line, where they cover no box, no other label and the fewest lines.
// Nothing here touches the document.
/** @import {Point, Rect} from './types.js' */
import { through } from './geometry.js';

/**
 * @typedef {{way: Point[], w: number, h: number, put: (at: Point) => void}} Wanted a label that seeks a place on a way
 * @typedef {{boxes: Rect[], labels: Rect[], ways: Point[][]}} Taken what stands where it stands
 */

/** More than these would take longer than a frame: the rest stand in the middle of their line. */
const MOST_LABELS = 120;
const LABEL_GAP = 3;
const SPOTS = [0.5, 0.35, 0.65, 0.2, 0.8];

/** @param {Wanted[]} wanted @param {Taken} taken Finds places one after the other; each that is found is taken for the next. */
export function placeLabels(wanted, taken) {
  const labels = taken.labels.slice(), pieces = taken.ways.flatMap((way) => way.slice(1).map((b, i) => ({ a: way[i], b, way })));
  wanted.forEach((one, i) => {
    const at = i < MOST_LABELS ? bestSpot(one, taken.boxes, labels, pieces) : spotsOn(one.way)[0];
    labels.push(rectAt(at, one.w, one.h));
    one.put(at);
  });
}

/** @param {Point} at @param {number} w @param {number} h @returns {Rect} */
const rectAt = (at, w, h) => ({ x: at.x - w / 2 - LABEL_GAP, y: at.y - h / 2 - LABEL_GAP, w: w + 2 * LABEL_GAP, h: h + 2 * LABEL_GAP });

/** @param {Point[]} way @returns {Point[]} the places on it, those on its longest piece first */
function spotsOn(way) {
  const pieces = way.slice(1).map((b, i) => ({ a: way[i], b, len: Math.hypot(b.x - way[i].x, b.y - way[i].y) })).sort((p, q) => q.len - p.len);
  const out = pieces.flatMap(({ a, b, len }) => (len < 12 && pieces.length > 1 ? [] : SPOTS.map((k) => ({ x: a.x + (b.x - a.x) * k, y: a.y + (b.y - a.y) * k }))));
  return out.length ? out : [way[0] || { x: 0, y: 0 }];
}

/** @param {Rect} a @param {Rect} b */
const meet = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** @param {Wanted} one @param {Rect[]} boxes @param {Rect[]} labels @param {{a: Point, b: Point, way: Point[]}[]} pieces @returns {Point} */
function bestSpot(one, boxes, labels, pieces) {
  let best = { x: 0, y: 0 }, least = Infinity;
  spotsOn(one.way).forEach((at, i) => {
    const r = rectAt(at, one.w, one.h);
    let cost = i;
    for (const b of boxes) if (meet(r, b)) cost += 1000;
    for (const l of labels) if (meet(r, l)) cost += 700;
    if (cost < least) for (const s of pieces) if (s.way !== one.way && through(s.a, s.b, r)) cost += 100;
    if (cost < least) { least = cost; best = at; }
  });
  return best;
}
