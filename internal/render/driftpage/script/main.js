// What the address says is drawn here, and everything is put together.

Object.assign(ICONS, { left: 'M14 8H3M7 4L3 8l4 4' });

/** @type {Record<string, string>} */
const AGAINST = {
  baseline: 'What is live against what was approved', snapshots: 'Two scans', plan: 'What a plan would do', code: 'What is live against what code declares', environments: 'Two environments',
};

function drawTop() {
  byId('name').textContent = (report.name || 'Architecture').trim() || 'Architecture';
  byId('facts').replaceChildren(AGAINST[report.mode] || 'A comparison', ' · made ', time(report.at));
  byId('help-button').replaceChildren(icon('help'));
  byId('help-button').title = 'Help and keys (?)';
}

/** @param {Side} s */
const sideText = (s) => [h('b', { title: [s.root && 'snapshot ' + s.root, s.resources && count(s.resources, 'resource')].filter(Boolean).join('\n') }, s.label || 'unnamed'), s.collectedAt ? h('span', { class: 'quiet' }, ' ', time(s.collectedAt)) : '', s.root ? h('span', { class: 'quiet' }, ' ', shortRoot(s.root)) : ''];

function drawSummary() {
  const s = report.summary, b = report.old.baseline;
  const verdict = { clean: ['done', 'Clean', 'nothing at or above ' + (s.failOn || 'the threshold')], drift: ['', 'Drift', 'at or above ' + (s.failOn || 'the threshold')], incomplete: ['help', 'Incomplete', 'something that was readable is not any more'] }[/** @type {string} */ (s.verdict)] || ['help', String(s.verdict || 'unknown'), ''];
  const grave = ['critical', 'high', 'medium', 'low'].find((g) => s[g] > 0) || 'low';
  byId('summary').replaceChildren(
    h('div', { class: 'verdict is-' + (s.verdict || 'unknown') }, s.verdict === 'drift' ? shape(grave) : icon(verdict[0]), h('p', null, h('b', null, verdict[1]), h('span', null, verdict[2] + (s.exit === undefined ? '' : ' · exit code ' + s.exit)))),
    h('ul', { class: 'counts' },
      ...['critical', 'high', 'medium', 'low'].map((g) => h('li', { class: s[g] ? '' : 'is-zero' }, h('b', null, String(s[g] || 0)), gradeTag(g))),
      h('li', { class: report.improvements ? '' : 'is-zero' }, h('b', null, String(report.improvements || 0)), gradeTag('improved')),
      h('li', { class: s.excepted ? '' : 'is-zero' }, h('b', null, String(s.excepted || 0)), gradeTag('accepted')),
      h('li', { class: s.unknown ? '' : 'is-zero' }, h('b', null, String(s.unknown || 0)), gradeTag('unknown'))),
    h('div', { class: 'sides' },
      h('p', null, ...sideText(report.old), ' → ', ...sideText(report.new)),
      b ? h('p', null, 'Approved by ', h('b', null, b.by), b.claimed ? h('span', { class: 'claimed', title: 'The name was typed, and nobody checked that it was they' }, 'claimed') : '', ' ', time(b.at), b.reason ? h('span', { class: 'quiet' }, ': ' + b.reason) : '') : null,
      h('p', { class: 'quiet' }, [resourceText(), s.noise ? count(s.noise, 'difference') + ' hidden as noise' : '', ...(report.notes || [])].filter(Boolean).join('. '))));
}

function resourceText() {
  const s = report.summary;
  return 'Resources: ' + [['same', s.same], ['added', s.added], ['removed', s.removed], ['changed', s.changed], ['moved', s.moved], ['replaced', s.replaced]].filter(([, n]) => n).map(([k, n]) => Number(n).toLocaleString('en') + ' ' + k).join(', ');
}

/** On a small screen one part is seen at a time. @param {'side' | 'main'} part */
function showPart(part) {
  if (part === 'side' && document.body.classList.contains('is-wide')) toggleWide();
  document.body.dataset.part = part;
  for (const b of byId('switch').children) b.setAttribute('aria-pressed', String(b.getAttribute('data-part') === part));
  if (part !== 'main' || panes.every((p) => p.cut || !p.svg)) return;
  panes.forEach(cutHead); // it was not to be seen, and could not be measured
  fit(false);
  markSelected(Boolean(state.select));
}

/** @type {string | null} */
let drawn = null;

function draw() {
  if (drawn === location.hash) return;
  const first = drawn === null;
  drawn = location.hash;
  const before = state;
  state = readState();
  drawHeading();
  drawSlider();
  const staged = drawStage();
  const listed = drawList();
  drawSelected();
  const selected = before.select !== state.select;
  if (staged || selected) markSelected(Boolean(state.select) && (selected || state.mode !== 'history'));
  if (staged && !state.select && state.mode !== 'history') openAtGravest();
  if (before.finding !== state.finding || listed || first) markFinding(Boolean(state.finding));
  const v = state.view;
  document.title = (report.name || 'Architecture') + ' – drift' + (v ? ' – ' + v.title : '');
  if (staged && !first) say(state.mode === 'history' ? data.moments[state.at]?.label || '' : (MODE_NAMES.find((m) => m[0] === state.mode) || ['', ''])[1] + (v ? ': ' + v.title : ''));
  else if (selected && state.select) say(wordsOf(state.select) + (marks.has(state.select) ? ', ' + markText(/** @type {Mark} */ (marks.get(state.select))) : ''));
}

/** Paper has no slider and no clicks: every finding is written out. */
function beforePrint() {
  screen_ = theme;
  setTheme('light');
  if (state.list !== 'findings' && state.list !== 'improvements') return;
  for (let more = document.querySelector('#list .more'); more && !(/** @type {HTMLElement} */ (more).hidden); more = document.querySelector('#list .more')) /** @type {HTMLElement} */ (more).click();
  for (const li of document.querySelectorAll('.finding:not(.is-open)')) {
    const f = findings.get(/** @type {HTMLElement} */ (li).dataset.finding || '');
    if (f && !li.querySelector('.detail')) { const d = detailOf(f); d.classList.add('for-paper'); li.append(d); }
  }
}

let screen_ = 'auto';

function afterPrint() {
  setTheme(screen_);
  for (const d of document.querySelectorAll('.detail.for-paper')) d.remove();
}

function start() {
  let kept = 'auto';
  try { kept = localStorage.getItem('c4arch-theme') || 'auto'; } catch { /* as above */ }
  setTheme(kept);
  drawTop();
  drawSummary();
  drawModes();
  drawTabs();
  wireStage();
  byId('switch').replaceChildren(
    h('button', { 'data-part': 'side', 'aria-pressed': 'true', onclick: () => showPart('side') }, 'Findings'),
    h('button', { 'data-part': 'main', 'aria-pressed': 'false', onclick: () => showPart('main') }, 'Picture'));
  showPart('side');
  byId('theme-button').addEventListener('click', nextTheme);
  byId('help-button').addEventListener('click', openHelp);
  byId('skip').addEventListener('click', () => { showPart('side'); byId('side-body').focus(); });
  byId('help').addEventListener('click', (e) => { if (e.target === byId('help')) /** @type {HTMLDialogElement} */ (byId('help')).close(); });
  document.addEventListener('keydown', onKey);
  window.addEventListener('hashchange', draw);
  window.addEventListener('beforeprint', beforePrint);
  window.addEventListener('afterprint', afterPrint);
  draw();
  document.documentElement.dataset.ready = 'true';
}

start();
