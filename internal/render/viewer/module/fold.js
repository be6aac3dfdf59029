// @ts-check
// Boundaries that are closed to one box with a count, and opened again: in the picture itself, or by another picture of the source.
/** @import {Viewer, Box} from './types.js' */
import { inside } from './arrange.js';
import { count } from './dom.js';
import { nameOf } from './model.js';
import { boxesOf } from './picture.js';

/** @param {Viewer} viewer @param {string} element @returns {Box[]} the boundaries of an element that have something in them, or had before the picture folded it */
const framesOf = (viewer, element) => boxesOf(viewer.picture, element).filter((b) => b.frame || viewer.picture?.folded.has(b.id));

/** @param {Viewer} viewer @param {string} element */
export const foldable = (viewer, element) => framesOf(viewer, element).length > 0;

/** @param {Viewer} viewer @param {string} element */
export const isClosed = (viewer, element) => framesOf(viewer, element).some((b) => viewer.picture?.folded.has(b.id) || viewer.state.closed.includes(b.id) || viewer.picture?.closed.includes(b.id));

/** @param {Viewer} viewer @param {string} element */
export function toggleFold(viewer, element) {
  const frames = framesOf(viewer, element), p = viewer.picture, { state } = viewer;
  if (!p || !frames.length) { viewer.say(nameOf(viewer.index, element) + ' is no boundary here'); return; }
  const ids = frames.map((b) => b.id);
  if (frames.some((b) => p.folded.has(b.id) || p.closed.includes(b.id))) {
    viewer.go({ open: [...new Set([...state.open, ...ids])], closed: state.closed.filter((id) => !ids.includes(id)) });
    viewer.say(nameOf(viewer.index, element) + ' is open');
    return;
  }
  const closed = isClosed(viewer, element);
  const drawn = state.open.filter((id) => !ids.includes(id)); // what a picture opened, the picture before it has closed
  if (!closed && drawn.length < state.open.length) viewer.go({ open: drawn });
  else viewer.go({ closed: closed ? state.closed.filter((id) => !ids.includes(id)) : [...state.closed, ...ids] });
  viewer.say(nameOf(viewer.index, element) + (closed ? ' is open' : ' is closed, with ' + count(frames.reduce((n, b) => n + inside(p, b), 0), 'element') + ' inside'));
}

/** @param {Viewer} viewer Closes the outermost boundaries that have boundaries or boxes in them; opens all where one is closed. */
export function toggleAll(viewer) {
  const p = viewer.picture, { state } = viewer;
  if (!p) return;
  const frames = [...p.boxes.values()].filter((b) => b.frame);
  if (state.closed.length || p.folded.size || p.closed.length) {
    const more = p.folded.size + p.closed.length > 0;
    viewer.go({ closed: [], open: more ? ['*'] : state.open });
    viewer.say(viewer.picture?.folded.size ? 'This view is too large to be opened at once: open its boundaries one by one' : 'All boundaries are open');
    return;
  }
  if (state.open.length) { viewer.go({ open: [] }); viewer.say('Boundaries are closed as at first'); return; }
  // The boundary around everything says nothing when it is closed: what is closed are those in it.
  const top = frames.filter((b) => !p.boxes.get(b.parent)), alone = top.length === 1 && [...p.boxes.values()].filter((b) => !p.boxes.get(b.parent)).length === 1;
  const inner = alone ? frames.filter((b) => b.parent === top[0].id) : top, ids = (inner.length ? inner : top).map((b) => b.id);
  if (!ids.length) { viewer.say('There are no boundaries in this view'); return; }
  viewer.go({ closed: ids });
  viewer.say(count(ids.length, 'boundary', 'boundaries') + ' closed');
}
