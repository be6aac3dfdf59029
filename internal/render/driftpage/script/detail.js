// @ts-check
// What a finding says in full.
/** @import {Excepted, Finding} from './data.js' */
import { say } from './body.js';
import { about } from './data.js';
import { chip, copyButton, h } from './dom.js';
import { facts, markTag, placeText, showLink, time, valueBox } from './text.js';

/** @param {Finding} f */
export function detailOf(f) {
  const ids = about.get(f.id) || [], x = f.exception;
  const box = h('div', { class: 'detail' },
    h('p', { class: 'reason' }, f.reason),
    f.path || f.old !== null || f.new !== null ? h('div', { class: 'values' }, valueBox(f.old, 'Before'), valueBox(f.new, 'After')) : null,
    f.remediation ? h('div', { class: 'what-to-do' }, h('p', { class: 'label' }, 'What to do'), h('p', null, f.remediation)) : null,
    x ? exceptionBox(x) : null,
    facts([
      ['Resource', h('span', { class: 'copyable' }, h('span', { class: 'mono' }, f.resource), copyButton(f.resource, 'the id of the resource', say))],
      ['Type', f.type && h('span', { class: 'mono' }, f.type)],
      ['Path', f.path && h('span', { class: 'copyable' }, h('span', { class: 'mono' }, f.path), copyButton(f.path, 'the path', say))],
      ['Change', f.change + ', ' + f.direction],
      ['Rule', h('span', null, chip(f.rule, 'rule-id'))],
      ['Controls', (f.controls || []).length > 0 && h('span', { class: 'chips' }, ...(f.controls || []).map((c) => chip(c)))],
      ['Labels', (f.labels || []).length > 0 && h('span', { class: 'chips' }, ...(f.labels || []).map((l) => chip(l)))],
      ['First seen', f.firstSeen && time(f.firstSeen)],
      ['Last seen', f.lastSeen && f.lastSeen !== f.firstSeen && time(f.lastSeen)],
      ['Where', (f.places || []).length > 0 && h('ul', { class: 'places' }, ...(f.places || []).slice(0, 8).map((p) => h('li', null, h('span', { class: 'mono' }, placeText(p)), ' ', h('span', { class: 'v-quiet' }, [p.declared ? 'declared in code' : 'read', p.side === 'old' ? 'before' : 'after'].join(', ')), copyButton(placeText(p), 'the place', say))))],
      ['Shown', ids.length > 0 ? h('ul', { class: 'places' }, ...ids.slice(0, 6).map((id) => h('li', null, showLink(id), ' ', markTag(id)))) : h('span', { class: 'v-quiet' }, 'in no picture')],
      ['Finding', h('span', { class: 'copyable' }, h('span', { class: 'mono faint' }, f.id), copyButton(f.id, 'the id of the finding', say))],
    ]));
  return box;
}

/** @param {Excepted} x */
function exceptionBox(x) {
  const says = { active: 'Accepted by an exception', expired: 'Its exception has expired', unapproved: 'Its exception needs another approver' }[x.state] || 'Exception: ' + x.state;
  return h('div', { class: 'exception is-' + (x.state === 'active' ? 'active' : 'open') }, h('p', { class: 'label' }, says), h('p', null, x.reason),
    h('p', { class: 'v-quiet' }, [x.id, x.owner && 'owner ' + x.owner, x.expires && (x.state === 'expired' ? 'expired ' : 'until ') + x.expires].filter(Boolean).join(' · ')));
}
