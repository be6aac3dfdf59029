// @ts-check
// The places of a viewer, empty.
import { h, icon, iconButton } from './dom.js';

/** @param {string} id begins the ids @param {boolean} [inside] a page around it has its heading and its main part @returns {Record<string, HTMLElement>} the places by their names; top and desk are the outermost */
export function framed(id, inside) {
  /** @type {Record<string, any>} */
  const p = {};
  const part = (/** @type {string} */ name, /** @type {string} */ tag, /** @type {Record<string, any>} */ props, /** @type {(Node | string | null)[]} */ ...kids) =>
    (p[name] = h(tag, { ...props, class: ['v-' + name, props.class].filter(Boolean).join(' ') }, ...kids));
  const button = (/** @type {string} */ name, /** @type {string} */ sign, /** @type {string} */ label, /** @type {Record<string, any>} */ more = {}) => (p[name] = iconButton(sign, label, () => {}, { 'data-part': name, ...more }));
  part('bar', 'div', { role: 'toolbar', 'aria-label': 'Picture' },
    (p.filterButton = h('button', { class: 'v-tool', 'data-part': 'filterButton', 'aria-expanded': 'false', title: 'Filters (i)' }, icon('filter'), h('span', { class: 'tool-name' }, 'Filters'), (p.filterTally = h('span', { class: 'tally' })))),
    button('foldButton', 'fold', 'Close or open all boundaries (C)'), button('moveButton', 'move', 'Place boxes by hand (Shift and pull)', { 'aria-pressed': 'false' }),
    button('undoButton', 'undo', 'Undo what was placed (u)', { hidden: true }), button('redoButton', 'redo', 'Place again what was undone (U)', { hidden: true }), button('saveButton', 'save', 'Save the layout (s)', { hidden: true }),
    h('div', { class: 'menu-box' }, (p.menuButton = h('button', { class: 'v-tool', 'data-part': 'menuButton', 'aria-expanded': 'false', 'aria-haspopup': 'true', title: 'Save or print what is seen' }, icon('copy'), h('span', { class: 'tool-name' }, inside ? 'Picture' : 'Export'))),
      part('menu', 'div', { role: 'menu', hidden: true, 'aria-label': 'What is seen' }, ...[['svg', 'Save as SVG'], ['png', 'Save as PNG'], ['A4', 'Print on A4'], ['A3', 'Print on A3']].map(([k, text]) => h('button', { role: 'menuitem', 'data-export': k }, text)))));
  const about = h('div', { class: 'about-view' }, part('crumbs', 'nav', { 'aria-label': 'Where this view lies' }), part('title', 'h2', { tabindex: '-1', dir: 'auto' }), part('about', 'p', {}));
  const brand = h('div', { class: 'brand' }, part('name', inside ? 'p' : 'h1', { dir: 'auto' }), part('facts', 'p', {}));
  part('top', inside ? 'div' : 'header', {},
    button('railButton', 'menu', 'List of views', { 'aria-controls': id + 'rail', 'aria-expanded': 'false' }),
    inside ? about : brand, // the page around says what it is of, and of when
    h('div', { class: 'searching', role: 'search' },
      part('search', 'input', { type: 'search', role: 'combobox', 'aria-expanded': 'false', 'aria-controls': id + 'results', 'aria-autocomplete': 'list', 'aria-label': 'Search elements, resources, technologies and ids', placeholder: 'Search', autocomplete: 'off', spellcheck: 'false' }),
      h('kbd', { 'aria-hidden': 'true' }, '/'),
      part('results', 'ul', { id: id + 'results', role: 'listbox', 'aria-label': 'Found', hidden: true })),
    inside ? p.bar : null,
    h('div', { class: 'tools' }, part('accountButton', 'button', { class: 'v-tool', 'data-part': 'accountButton' }), button('themeButton', 'auto', 'Theme'), button('helpButton', 'help', 'Help and keys (?)')));
  part('zoom', 'div', { class: 'v-over', role: 'group', 'aria-label': 'Zoom' }, button('mapButton', 'map', 'The small map (m)', { 'aria-pressed': 'true' }), button('inButton', 'in', 'Zoom in (+)'), button('outButton', 'out', 'Zoom out (-)'),
    button('fitButton', 'fit', 'Fit the picture (0)'), button('wideButton', 'wide', 'The picture alone (f)', { 'aria-pressed': 'false' }), part('percent', 'span', { 'aria-hidden': 'true' }));
  part('map', 'div', { class: 'v-over', 'aria-hidden': 'true', hidden: true }, (p.mapCanvas = h('canvas', null)), (p.mapFrame = h('div', { class: 'map-frame' })));
  part('stage', 'div', { tabindex: '0', role: 'application', 'aria-roledescription': 'picture', 'aria-describedby': id + 'stage-help' }, part('canvas', 'div', {}));
  part('main', inside ? 'div' : 'main', {},
    part('heading', 'div', { hidden: Boolean(inside) }, ...(inside ? [] : [about, p.bar])),
    part('status', 'div', { hidden: true }),
    h('div', { class: 'around' }, p.stage, p.map, p.zoom, part('filters', 'section', { class: 'v-over', 'aria-label': 'Filters', hidden: true })),
    h('p', { class: 'v-unseen', id: id + 'stage-help' }, 'Arrow keys go from element to element, Enter goes inside, Backspace goes up, plus and minus zoom, zero fits, question mark lists all keys.'),
    part('sheet', 'div', { tabindex: '-1', hidden: true }), part('colophon', 'p', {}));
  part('desk', 'div', {}, part('rail', 'nav', { id: id + 'rail', 'aria-label': 'Views' }), part('shade', 'div', { hidden: true }), p.main, part('panel', 'aside', { 'aria-label': 'Evidence', tabindex: '-1' }));
  part('help', 'dialog', { 'aria-labelledby': id + 'help-title' });
  part('live', 'div', { class: 'v-unseen', role: 'status', 'aria-live': 'polite' });
  part('skip', 'button', {}, 'Skip to the picture');
  return p;
}

/** @param {Record<string, HTMLElement>} p @returns {HTMLElement[]} what stands in the root, in order */
export const outermost = (p) => [p.skip, p.top, p.desk, p.help, p.live];
