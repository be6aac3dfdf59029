// @ts-check
// Placing boxes by hand, by pointer and by keys: every move can be undone and done again, and all of it kept as a layout file.
/** @import {Viewer, Layout, Point} from './types.js' */
import { planned } from './arrange.js';
import { reveal } from './camera.js';
import { offer } from './dom.js';
import { isUnsaved, keepDrafts, placesOf, seatsOf, takeDraft } from './draft.js';
import { nameOf } from './model.js';
import { boxesOf } from './picture.js';
import { drawMap } from './minimap.js';
import { arrangeNow, markSelected, movesOf } from './stage.js';

const MOST_UNDO = 200;

/** @param {Viewer} viewer Shows what can be undone and saved. */
export function drawMoves(viewer) {
  viewer.parts.undoButton.hidden = !viewer.undo.length;
  viewer.parts.redoButton.hidden = !viewer.redo.length;
  viewer.parts.saveButton.hidden = !viewer.seats.size && !viewer.drafts.length;
  viewer.parts.saveButton.classList.toggle('is-due', isUnsaved(viewer));
  viewer.parts.moveButton.setAttribute('aria-pressed', String(viewer.parts.stage.classList.contains('is-placing')));
}

/** @param {Viewer} viewer @param {boolean} [on] In this mode a finger or a mouse that pulls a box places it; with Shift held it does so in any. */
export function togglePlacing(viewer, on) {
  const now = viewer.parts.stage.classList.toggle('is-placing', on);
  if (!now && viewer.moving) endKeys(viewer, true);
  drawMoves(viewer);
  viewer.say(now ? 'Placing: pull a box, or select one and press the arrow keys' : 'Placing has ended');
}

/** @param {Viewer} viewer Remembers where everything is, to come back to. */
function remember(viewer) {
  viewer.undo.push({ view: viewer.picture?.key || '', moves: new Map(movesOf(viewer)) });
  if (viewer.undo.length > MOST_UNDO) viewer.undo.shift();
  viewer.redo = [];
}

/** @param {Viewer} viewer @returns {string} what to say: what was placed and not saved when the page was left is put back once its picture is shown */
export function restore(viewer) {
  const moves = takeDraft(viewer), p = viewer.picture;
  if (!p) return '';
  if (!moves || movesOf(viewer).size) { if (movesOf(viewer).size) keepSeats(viewer); return ''; }
  viewer.undo.unshift({ view: p.key, moves: new Map() });
  viewer.moves.set(p.key, moves);
  arrangeNow(viewer);
  keepSeats(viewer);
  keepDrafts(viewer);
  return 'What was placed here and not saved is back. u takes it back';
}

/** @param {Viewer} viewer @param {string} node @param {number} dx @param {number} dy in the units of the picture */
function shift(viewer, node, dx, dy) {
  const moves = movesOf(viewer), was = moves.get(node) || { x: 0, y: 0 }, is = { x: was.x + dx, y: was.y + dy };
  if (is.x || is.y) moves.set(node, is); else moves.delete(node);
  arrangeNow(viewer);
}

/** @param {Viewer} viewer @param {string} node What was pulled snaps to whole pixels, and the small map and the mark follow. */
function land(viewer, node) {
  const m = movesOf(viewer).get(node);
  if (m) { movesOf(viewer).set(node, { x: Math.round(m.x / 4) * 4, y: Math.round(m.y / 4) * 4 }); arrangeNow(viewer); }
  keepSeats(viewer);
  markSelected(viewer, false);
  drawMap(viewer);
  drawMoves(viewer);
  keepDrafts(viewer);
}

/** @param {Viewer} viewer @returns {{grab: (node: string) => void, drag: (dx: number, dy: number) => void, drop: (done: boolean) => void}} */
export function puller(viewer) {
  let held = '';
  return {
    grab: (node) => { held = node; remember(viewer); },
    drag: (dx, dy) => shift(viewer, held, dx / viewer.camera.scale, dy / viewer.camera.scale),
    drop: (done) => {
      if (!done) { undo(viewer); viewer.redo.pop(); drawMoves(viewer); }
      else { land(viewer, held); viewer.say(nameOf(viewer.index, viewer.picture?.boxes.get(held)?.element || '') + ' is placed. u takes it back'); }
      held = '';
    },
  };
}

/** @param {Viewer} viewer @param {string} node The box that is selected is in the hands of the arrow keys until Enter or Escape. */
export function beginKeys(viewer, node) {
  viewer.moving = { node, before: new Map(movesOf(viewer)) };
  remember(viewer);
  viewer.parts.stage.classList.add('is-placing');
  drawMoves(viewer);
  viewer.say('Arrow keys place ' + nameOf(viewer.index, viewer.picture?.boxes.get(node)?.element || '') + ', Shift makes longer steps, Enter keeps it there, Escape puts it back');
}

/** @param {Viewer} viewer @param {boolean} keep */
export function endKeys(viewer, keep) {
  const { moving } = viewer;
  if (!moving) return;
  viewer.moving = null;
  viewer.parts.stage.classList.remove('is-placing');
  const same = JSON.stringify([...moving.before]) === JSON.stringify([...movesOf(viewer)]);
  if (!keep || same) viewer.undo.pop();
  if (!keep) { viewer.moves.set(viewer.picture?.key || '', moving.before); arrangeNow(viewer); }
  land(viewer, moving.node);
  viewer.say(keep && !same ? 'Placed. u takes it back' : 'It stands where it stood');
}

/** @param {Viewer} viewer @param {Point} by */
export function stepKeys(viewer, by) {
  const { moving, picture } = viewer;
  if (!moving || !picture) return;
  shift(viewer, moving.node, by.x, by.y);
  markSelected(viewer, false);
  const r = picture.plan?.boxes.get(moving.node)?.rect;
  if (r) { reveal(viewer, r); viewer.say('at ' + Math.round(r.x - picture.body.x) + ', ' + Math.round(r.y - picture.body.y)); }
  drawMoves(viewer);
}

/** @param {Viewer} viewer Puts back what was moved last, in this view or in another. */
export const undo = (viewer) => exchange(viewer, viewer.undo, viewer.redo, 'Undone', 'There is nothing to undo');

/** @param {Viewer} viewer Moves again what was put back last. */
export const redo = (viewer) => exchange(viewer, viewer.redo, viewer.undo, 'Placed again', 'There is nothing to place again');

/** @param {Viewer} viewer @param {Viewer['undo']} from @param {Viewer['undo']} to takes what was, for the way back @param {string} done @param {string} none */
function exchange(viewer, from, to, done, none) {
  if (viewer.moving) endKeys(viewer, true);
  const last = from.pop();
  if (!last) { viewer.say(none); return; }
  to.push({ view: last.view, moves: new Map(viewer.moves.get(last.view)) });
  viewer.moves.set(last.view, last.moves);
  if (last.view === viewer.picture?.key) { arrangeNow(viewer); keepSeats(viewer); markSelected(viewer, false); drawMap(viewer); } else showAgain(viewer, last);
  drawMoves(viewer);
  keepDrafts(viewer);
  viewer.say(done);
}

/** @param {Viewer} viewer @param {Viewer['undo'][number]} last What changes in another view is shown there. */
function showAgain(viewer, last) {
  const [view, open] = JSON.parse(last.view); // pictureKey of stage.js
  if (!last.moves.size) viewer.seats.delete(view);
  viewer.go({ view, open });
}

/** @param {Viewer} viewer @returns {string} the node that is to be moved when keys are asked to: of the element that is selected */
export const nodeToMove = (viewer) => boxesOf(viewer.picture, viewer.state.select)[0]?.id || '';

/** @param {Viewer} viewer Notes where everything is in the view that is shown, for the layout file. */
function keepSeats(viewer) {
  const { picture: p, view } = viewer;
  if (!p || !view) return;
  const moves = movesOf(viewer);
  if (!moves.size) { viewer.seats.delete(view.key); return; }
  const plan = planned(p, moves, new Set()), at = (/** @type {number} */ n) => Math.round(n);
  const nodes = [...p.boxes.values()].map((b) => {
    const r = /** @type {import('./arrange.js').BoxPlan} */ (plan.boxes.get(b.id)).rect;
    const seat = { id: b.id, x: at(r.x - p.body.x), y: at(r.y - p.body.y), w: at(r.w), h: at(r.h) };
    return moves.has(b.id) || b.g.hasAttribute('data-placed') ? { ...seat, placed: true } : seat;
  });
  viewer.seats.set(view.key, nodes.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

/** @param {Viewer} viewer @returns {Layout} of the views in which something was placed */
export function layoutOf(viewer) {
  const views = [...seatsOf(viewer)].map(([key, nodes]) => ({ key, nodes }));
  return { format: 'c4arch-layout', version: '1', views };
}

/** @param {Viewer} viewer Keeps the layout: where the source keeps it, or as a file. */
export async function saveLayout(viewer) {
  const layout = layoutOf(viewer);
  if (!layout.views.length) { viewer.say('Nothing was placed'); return; }
  if (!viewer.source.save) {
    offer('layout.json', JSON.stringify(layout, null, 1) + '\n', 'application/json');
    saved(viewer);
    viewer.say('The layout is saved as a file: put it beside the result, and the next scan keeps to it');
    return;
  }
  try {
    await viewer.source.save(layout);
    saved(viewer);
    viewer.say('The layout is saved');
  } catch (why) {
    viewer.say('The layout could not be saved: ' + String(why instanceof Error ? why.message : why));
  }
}

/** @param {Viewer} viewer */
function saved(viewer) {
  viewer.saved = placesOf(viewer);
  keepDrafts(viewer);
  drawMoves(viewer);
}
