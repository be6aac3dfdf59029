// What the address says is drawn here, and everything is put together.

/** @param {string} at RFC 3339 @returns {Node | string} The time of collection in its own zone, and in the reader's on hover. */
function collected(at) {
  const time = new Date(at);
  if (!at || isNaN(time.getTime())) return at || 'at an unknown time';
  const zone = at.endsWith('Z') ? 'UTC' : at.slice(-6);
  return h('time', { datetime: at, title: time.toLocaleString() + ' where you are' }, at.slice(0, 10) + ' ' + at.slice(11, 19) + ' ' + zone);
}

function drawTop() {
  const name = model.name.trim() || 'Architecture';
  byId('name').textContent = name;
  byId('name').title = name;
  byId('facts').replaceChildren(model.scope.length ? h('span', { class: 'scope', title: model.scope.join('\n') }, model.scope.join(', ')) : '',
    h('span', { class: 'when' }, h('span', { class: 'word' }, 'collected '), collected(model.collectedAt)));
  const open = booked('unresolved') + booked('ambiguous') + model.notRead.length;
  byId('account-button').replaceChildren(icon('books'), h('span', { class: 'tool-name' }, 'Account'), open ? h('span', { class: 'tally', title: 'unresolved, ambiguous or not read' }, open.toLocaleString('en')) : '');
  byId('account-button').title = 'What was found, and what was not (a)';
  byId('account-button').setAttribute('aria-label', 'Account' + (open ? ', ' + count(open, 'open point') : ''));
  byId('rail-button').replaceChildren(icon('menu'));
  byId('help-button').replaceChildren(icon('help'));
  byId('help-button').title = 'Help and keys (?)';
  byId('colophon').textContent = name + (model.scope.length ? ' · ' + model.scope.join(', ') : '') + ' · collected ' + model.collectedAt + (model.snapshot ? ' · snapshot ' + model.snapshot.slice(0, 23) : '');
}

/** There is nothing to draw: say what was read, what was not, and what would help. */
function drawEmpty() {
  const sheet = byId('sheet');
  document.body.classList.add('is-empty');
  sheet.hidden = false;
  sheet.replaceChildren(h('div', { class: 'nothing' },
    h('h2', null, model.elements.length ? 'There are no views' : 'Nothing to draw yet'),
    h('p', null, model.elements.length ? 'The model has ' + count(model.elements.length, 'element') + ', but none that a view is made for. The account lists what was read.'
      : 'No resource was found in what was scanned. c4arch reads Terraform and OpenTofu state and plans, Azure exports, Kubernetes manifests and Compose files.'),
    h('p', null, 'What usually helps: scan the folder that holds the state or the export itself, for instance'),
    h('pre', null, 'terraform show -json > state.json\nc4arch scan state.json'),
    inputTable(), notRead()));
}

/** @type {string | null} */
let drawn = null;

function draw() {
  if (drawn === location.hash) return;
  drawn = location.hash;
  const before = current;
  current = readRoute();
  const changed = before.view !== current.view || before.page !== current.page;
  const account = current.page === 'account';
  document.body.classList.toggle('on-account', account);
  byId('account-button').setAttribute('aria-current', account ? 'page' : 'false');
  if (!current.view && !account) { drawEmpty(); return; }
  document.body.classList.toggle('is-empty', !current.view);
  byId('sheet').hidden = !account;
  if (account && changed) { drawAccount(); byId('sheet').scrollTop = 0; byId('sheet').focus({ preventScroll: true }); }
  const v = current.view;
  if (v && !account) {
    if (changed) {
      byId('title').textContent = v.title.trim() || v.key;
      byId('about').textContent = v.description || '';
      document.title = (v.title.trim() || v.key) + ' – ' + (model.name.trim() || 'Architecture');
      stage.el.setAttribute('aria-label', 'Picture: ' + (v.title.trim() || v.key));
      drawCrumbs();
      showPicture(v);
      if (stage.fitted) fit(false);
    }
  }
  drawPanel();
  if (v && !account) mark(current.select);
  if (changed) markRail();
  if (changed && v && !account) say((v.title.trim() || v.key) + ', ' + count(v.elements.length, 'element'));
}

function start() {
  let kept = 'auto';
  try { kept = localStorage.getItem('c4arch-theme') || 'auto'; } catch { /* as above */ }
  setTheme(kept);
  drawTop();
  drawRail();
  wireStage();
  wireSearch();
  byId('theme-button').addEventListener('click', nextTheme);
  byId('help-button').addEventListener('click', openHelp);
  byId('account-button').addEventListener('click', () => go(current.page ? { view: current.view?.key } : { page: 'account', view: current.view?.key }));
  byId('rail-button').addEventListener('click', () => { if (!closeRail()) openRail(); });
  byId('shade').addEventListener('click', closeRail);
  byId('skip').addEventListener('click', () => stage.el.focus());
  byId('help').addEventListener('click', (e) => { if (e.target === byId('help')) /** @type {HTMLDialogElement} */ (byId('help')).close(); });
  document.addEventListener('keydown', onKey);
  window.addEventListener('hashchange', draw);
  // Paper is white whatever the screen is.
  let screen = theme;
  window.addEventListener('beforeprint', () => { screen = theme; setTheme('light'); });
  window.addEventListener('afterprint', () => setTheme(screen));
  draw();
  document.documentElement.dataset.ready = 'true';
}

start();
