// @ts-check
// Where one goes from here: to an element, to a relationship, inside, and up.
/** @import {Viewer, View} from './types.js' */
import { ancestors, nameOf, viewAround, viewInside, viewsShowing } from './model.js';

/** @param {Viewer} viewer @param {string} id */
export function select(viewer, id) {
  const { state } = viewer;
  if (state.from && !state.to && id && id !== state.from && viewer.index.elements.has(id)) { viewer.go({ to: id, select: id }); return; }
  viewer.go({ select: id }, { quiet: true });
}

/** @param {Viewer} viewer @param {string} id Shows an element where it is best seen; stays in the view if it is there. */
export function goToElement(viewer, id) {
  const shown = viewsShowing(viewer.index, id);
  const here = shown.find((v) => v === viewer.view && !viewer.state.page) || shown[0] || viewer.view;
  if (here === viewer.view && !viewer.state.page) { select(viewer, id); return; }
  const { state } = viewer, ends = state.from && !state.to && id !== state.from ? { to: id } : {};
  viewer.go({ view: here?.key || '', select: id, page: '', ...ends });
}

/** @param {Viewer} viewer @param {string} id */
export function goToRelationship(viewer, id) {
  const { index, view, state } = viewer;
  const has = (/** @type {View} */ v) => v.lines.some((l) => l.relationships.includes(id));
  const here = view && !state.page && has(view) ? view : index.model.views.find((v) => v.kind === 'containers' && has(v)) || index.model.views.find(has) || view;
  if (index.relationships.has(id)) viewer.go({ view: here?.key || '', select: id, page: '' });
}

/** @param {Viewer} viewer @param {string} id @returns {boolean} */
export function drillInto(viewer, id) {
  const v = viewInside(viewer.index, id, viewer.view);
  if (!v) { viewer.say('There is nothing deeper inside ' + nameOf(viewer.index, id)); return false; }
  viewer.go({ view: v.key });
  return true;
}

/** @param {Viewer} viewer Goes up one view, and marks there what one comes from. */
export function goUp(viewer) {
  const { view, index } = viewer;
  if (viewer.state.page) { viewer.go({ page: '' }); return; }
  const v = view && viewAround(index, view);
  if (!v || !view) return;
  const from = view.subject || '';
  viewer.go({ view: v.key, select: [from, ...ancestors(index, from)].find((id) => v.elements.includes(id)) || '' });
}

/** @param {Viewer} viewer */
export const showAccount = (viewer) => viewer.go({ page: viewer.state.page ? '' : 'account' });
