// @ts-check
// The slider over the history. It is a range of the browser's own, so keys and screen readers know it.
import { go, state } from './address.js';
import { byId } from './body.js';
import { data } from './data.js';
import { count, h, icon } from './dom.js';
import { shortRoot, time } from './text.js';

let slid = false;

export function drawSlider() {
  const box = byId('slider');
  box.hidden = state.mode !== 'history' || !data.moments.length;
  if (box.hidden) return;
  if (!slid) {
    slid = true;
    const last = data.moments.length - 1;
    box.append(
      h('button', { class: 'v-icon', id: 'moment-back', 'aria-label': 'The moment before', title: 'The moment before', onclick: () => moment(-1) }, icon('left')),
      h('div', { class: 'track' },
        h('input', { type: 'range', id: 'moment', min: '0', max: String(last), step: '1', 'aria-label': 'Moment', oninput: (/** @type {Event} */ e) => go({ at: Number(/** @type {HTMLInputElement} */ (e.target).value) }) }),
        h('div', { class: 'ticks', 'aria-hidden': 'true' }, ...data.moments.map((m) => h('span', { class: m.changes.length ? 'tick is-change' : 'tick' })))),
      h('button', { class: 'v-icon', id: 'moment-on', 'aria-label': 'The moment after', title: 'The moment after', onclick: () => moment(1) }, icon('right')),
      h('div', { class: 'moment', id: 'moment-text' }));
  }
  const m = data.moments[state.at], range = /** @type {HTMLInputElement} */ (byId('moment'));
  range.value = String(state.at);
  range.setAttribute('aria-valuetext', m.label + (m.at ? ', ' + m.at.slice(0, 16).replace('T', ' ') : '') + ', ' + (state.at + 1) + ' of ' + data.moments.length);
  range.style.setProperty('--done', (data.moments.length > 1 ? (state.at / (data.moments.length - 1)) * 100 : 100) + '%');
  /** @type {HTMLButtonElement} */ (byId('moment-back')).disabled = state.at === 0;
  /** @type {HTMLButtonElement} */ (byId('moment-on')).disabled = state.at === data.moments.length - 1;
  byId('moment-text').replaceChildren(...[
    h('p', null, h('b', null, m.label || 'A scan'), ' ', m.at ? time(m.at) : null, m.root ? h('span', { class: 'v-quiet' }, ' snapshot ', shortRoot(m.root)) : null),
    m.changes.length ? h('details', { class: 'changes' }, h('summary', null, count(m.changes.length, 'change') + ' since the moment before'), h('ul', null, ...m.changes.map((c) => h('li', null, c))))
      : h('p', { class: 'v-quiet' }, state.at ? 'The architecture is as it was at the moment before.' : 'The first moment.'),
    data.momentsLeft && state.at === 0 ? h('p', { class: 'faint' }, count(data.momentsLeft, 'moment') + ' between these are left out.') : null,
  ].filter(Boolean));
}

/** @param {number} by */
export function moment(by) {
  const at = Math.min(Math.max(state.at + by, 0), data.moments.length - 1);
  go({ mode: 'history', at });
}
