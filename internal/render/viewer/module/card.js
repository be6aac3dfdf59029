// @ts-check
// A closed boundary as a card of the usual size, within the place that it had: nothing around it moves, and the lines that
// ended at what is in it go on to the card, through what is free now. Nothing here touches the document.
/** @import {Picture, Box, Rect, Point} from './types.js' */
import { leaving, straightened, through } from './geometry.js';
import { around } from './picture.js';

const LEAST_W = 176;
const LEAST_H = 84;
const EDGE = 18;
const COUNT = 40;
const PORT = 8;

/** @param {Picture} p @param {Box} b @param {Rect} frame where its boundary is @returns {Rect} in the middle, or where the fewest lines pass that have nothing to do with it */
export function cardIn(p, b, frame) {
  const w = Math.min(Math.max(LEAST_W, b.head.left + b.head.right + EDGE), frame.w), h = Math.min(Math.max(LEAST_H, b.head.low + COUNT), frame.h);
  const dx = frame.x - b.rect.x, dy = frame.y - b.rect.y, mine = (/** @type {string} */ id) => id === b.id || around(p, id).includes(b.id);
  const passing = p.wires.filter((l) => !mine(l.source) && !mine(l.target)).map((l) => l.way);
  let best = frame, least = Infinity;
  for (const [fx, fy] of [[0.5, 0.5], [0.5, 0.25], [0.5, 0.75], [0.25, 0.5], [0.75, 0.5], [0.2, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.8]]) {
    const r = { x: Math.round(frame.x + (frame.w - w) * fx), y: Math.round(frame.y + (frame.h - h) * fy), w, h }, drawn = { ...r, x: r.x - dx, y: r.y - dy };
    const n = passing.filter((way) => way.some((q, i) => i > 0 && through(way[i - 1], q, drawn))).length;
    if (n < least) { least = n; best = r; }
  }
  return best;
}

/**
 * What lies outside a frame of a way that begins in it, with the piece from the card to there before it. Those that come from one
 * side end at a side of the card in the order in which they come, so that they neither cross nor cover each other.
 * @param {Point[]} way @param {Rect} frame @param {Rect} card @returns {Point[]}
 */
export function fromCard(way, frame, card) {
  const out = leaving(way, frame), p = out[0];
  if (!p) return way;
  const level = Math.min(Math.abs(p.x - frame.x), Math.abs(p.x - frame.x - frame.w)) < Math.min(Math.abs(p.y - frame.y), Math.abs(p.y - frame.y - frame.h));
  const turned = (/** @type {Point} */ q) => (level ? q : { x: q.y, y: q.x });
  const flip = (/** @type {Rect} */ r) => (level ? r : { x: r.y, y: r.x, w: r.h, h: r.w });
  return straightened([...piece(turned(p), flip(frame), flip(card)).map(turned), ...out]);
}

/** @param {Point} p on the left or the right side of a frame @param {Rect} f @param {Rect} c @returns {Point[]} from the card to there */
function piece(p, f, c) {
  const left = p.x < c.x + c.w / 2;
  if (p.y > c.y + 4 && p.y < c.y + c.h - 4) return [{ x: left ? c.x : c.x + c.w, y: p.y }];
  const above = p.y <= c.y + 4, room = Math.max(above ? c.y - f.y : f.y + f.h - c.y - c.h, 1);
  const far = Math.min(Math.max((above ? c.y - p.y : p.y - c.y - c.h) / room, 0), 1), inset = PORT + far * Math.max(c.w / 2 - 2 * PORT, 0);
  const x = left ? c.x + inset : c.x + c.w - inset;
  return [{ x, y: above ? c.y : c.y + c.h }, { x, y: p.y }];
}
