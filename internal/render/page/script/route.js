// What the page shows is what the address says: #view=KEY&select=ID or #page=account. Everything that moves
// changes the address, and one listener draws what it then says, so back, forward, reload and links agree.

/** @typedef {{view?: View, select: string, page: string}} Route */

/** @returns {Route} */
function readRoute() {
  const q = new URLSearchParams(location.hash.slice(1));
  const select = q.get('select') || '';
  let view = views.get(q.get('view') || '');
  if (!view && select && elements.has(select)) view = viewsShowing(select)[0];
  return { view: view || firstView, select, page: q.get('page') === 'account' ? 'account' : '' };
}

/** @param {{view?: string, select?: string, page?: string}} to */
function address(to) {
  const q = new URLSearchParams();
  if (to.page) q.set('page', to.page);
  if (to.view) q.set('view', to.view);
  if (to.select) q.set('select', to.select);
  return '#' + q.toString();
}

/**
 * @param {{view?: string, select?: string, page?: string}} to
 * @param {{quiet?: boolean}} [how] quiet: the way back does not pass here
 */
function go(to, how) {
  const hash = address(to);
  if (hash === location.hash) return;
  if (how && how.quiet) location.replace(hash);
  else location.hash = hash;
  draw(); // at once: the event comes later, and the next key may come before it
}

/** @param {string} id Shows an element where it is best seen; stays in the view if it is there. */
function goToElement(id) {
  const shown = viewsShowing(id);
  const here = shown.find((v) => v === current.view && !current.page) || shown[0];
  go({ view: (here || current.view || {}).key, select: id });
}

/** @param {string} id */
function goToRelationship(id) {
  const r = relationships.get(id);
  const has = (/** @type {View} */ v) => v.lines.some((l) => l.relationships.includes(id));
  const here = current.view && !current.page && has(current.view) ? current.view
    : model.views.find((v) => v.kind === 'containers' && has(v)) || model.views.find(has);
  if (r) go({ view: (here || current.view || {}).key, select: id });
}

/** @param {string} id @returns {boolean} */
function drillInto(id) {
  const v = viewInside(id, current.view);
  if (!v) { say('There is nothing deeper inside ' + nameOf(id)); return false; }
  go({ view: v.key });
  return true;
}

/** Goes up one view, and marks there what one comes from. */
function goUp() {
  if (current.page) { go({ view: current.view?.key }); return; }
  const v = current.view && viewAround(current.view);
  if (!v || !current.view) return;
  const from = current.view.subject || '';
  go({ view: v.key, select: [from, ...ancestors(from)].find((id) => v.elements.includes(id)) });
}

/** @type {Route} */
let current = { view: undefined, select: '', page: '' };
