// @ts-check
// What the address says is drawn here, and everything is put together.
/** @import {Mark, Side} from './data.js' */
import { follow, state, whenMoved } from './address.js';
import { byId, say } from './body.js';
import { data, findings, marks, report, wordsOf } from './data.js';
import { detailOf } from './detail.js';
import { count, h, icon } from './dom.js';
import { markFinding } from './findings.js';
import { drawSlider } from './history.js';
import { onKey, openHelp } from './keyboard.js';
import { drawList, drawTabs } from './lists.js';
import { markSelected } from './pane.js';
import { showPart } from './part.js';
import { openAtGravest } from './sight.js';
import { gradeTag, markText, shape, shortRoot, time } from './text.js';
import { keptTheme, nextTheme, setTheme, themeNow } from './theme.js';
import { MODE_NAMES, drawHeading, drawModes, drawSelected, drawStage, wireStage } from './ways.js';

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
const sideText = (s) => [h('b', { title: [s.root && 'snapshot ' + s.root, s.resources && count(s.resources, 'resource')].filter(Boolean).join('\n') }, s.label || 'unnamed'), s.collectedAt ? h('span', { class: 'v-quiet' }, ' ', time(s.collectedAt)) : '', s.root ? h('span', { class: 'v-quiet' }, ' ', shortRoot(s.root)) : ''];

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
      b ? h('p', null, 'Approved by ', h('b', null, b.by), b.claimed ? h('span', { class: 'claimed', title: 'The name was typed, and nobody checked that it was they' }, 'claimed') : '', ' ', time(b.at), b.reason ? h('span', { class: 'v-quiet' }, ': ' + b.reason) : '') : null,
      h('p', { class: 'v-quiet' }, [resourceText(), s.noise ? count(s.noise, 'difference') + ' hidden as noise' : '', ...(report.notes || [])].filter(Boolean).join('. '))));
}

function resourceText() {
  const s = report.summary;
  return 'Resources: ' + [['same', s.same], ['added', s.added], ['removed', s.removed], ['changed', s.changed], ['moved', s.moved], ['replaced', s.replaced]].filter(([, n]) => n).map(([k, n]) => Number(n).toLocaleString('en') + ' ' + k).join(', ');
}

/** @type {string | null} */
let drawn = null;

function draw() {
  if (drawn === location.hash) return;
  const first = drawn === null;
  drawn = location.hash;
  const before = follow();
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

/** What the viewer's themes need of a page: the button that shows the theme, and the voice. */
const themed = { parts: { themeButton: byId('theme-button') }, say };

/** Paper has no slider and no clicks: every finding is written out. */
function beforePrint() {
  screen_ = themeNow();
  setTheme(themed, 'light');
  if (state.list !== 'findings' && state.list !== 'improvements') return;
  for (let more = document.querySelector('#list .v-more'); more && !(/** @type {HTMLElement} */ (more).hidden); more = document.querySelector('#list .v-more')) /** @type {HTMLElement} */ (more).click();
  for (const li of document.querySelectorAll('.finding:not(.is-open)')) {
    const f = findings.get(/** @type {HTMLElement} */ (li).dataset.finding || '');
    if (f && !li.querySelector('.detail')) { const d = detailOf(f); d.classList.add('for-paper'); li.append(d); }
  }
}

let screen_ = 'auto';

function afterPrint() {
  setTheme(themed, screen_);
  for (const d of document.querySelectorAll('.detail.for-paper')) d.remove();
}

function start() {
  whenMoved(draw);
  keptTheme(themed);
  drawTop();
  drawSummary();
  drawModes();
  drawTabs();
  wireStage();
  byId('switch').replaceChildren(
    h('button', { 'data-part': 'side', 'aria-pressed': 'true', onclick: () => showPart('side') }, 'Findings'),
    h('button', { 'data-part': 'main', 'aria-pressed': 'false', onclick: () => showPart('main') }, 'Picture'));
  showPart('side');
  byId('theme-button').addEventListener('click', () => nextTheme(themed));
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
