// @ts-check
// The viewer of a page that holds everything itself: the model and the pictures lie in inert blocks.
/** @import {Source, Drawing} from './types.js' */
import { mount } from './mount.js';
import { pageAddress } from './state.js';

/** @param {Document} doc @returns {Source} */
function embedded(doc) {
  const block = (/** @type {string} */ kind, /** @type {string} */ key) => doc.querySelector('script[data-' + kind + '="' + CSS.escape(key) + '"]');
  const drawing = (/** @type {string} */ key) => {
    const picture = block('picture', key), view = block('view', key), text = picture?.textContent || '';
    /** @type {Drawing} */
    const out = { svg: picture?.getAttribute('type') === 'application/json' ? JSON.parse(text) : text };
    if (view) out.view = JSON.parse(view.textContent || '{}');
    return out;
  };
  return {
    model: JSON.parse(doc.querySelector('script[data-model]')?.textContent || '{}'),
    picture: (key, { open }) => {
      if (open.length === 1 && block('picture', key + '~' + open[0])) return drawing(key + '~' + open[0]);
      if (open.length && block('picture', key + '~all')) return drawing(key + '~all');
      return drawing(key);
    },
  };
}

mount(/** @type {HTMLElement} */ (document.querySelector('[data-viewer-here]')), embedded(document), { address: pageAddress(window), titles: true, themes: true });
document.documentElement.dataset.ready = 'true';
