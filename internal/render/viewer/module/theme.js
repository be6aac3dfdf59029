// @ts-check
// Light, dark, high contrast, or as the system has it. Pictures go by data-theme on the root of the document, and so does the viewer.
import { icon } from './dom.js';

/** @typedef {{parts: Record<string, HTMLElement>, say: (text: string) => void}} Themed what themes need: a viewer has it, and so may another page */

const THEMES = ['auto', 'light', 'dark', 'contrast'];

// A page of the service says what its reader allowed to be kept (/consent); a page that was saved says nothing, and keeps what it likes.
const mayKeep = () => { const said = document.querySelector('meta[name="c4arch-storage"]'); return !said || (said.getAttribute('content') || '').split(' ').includes('preferences'); };

/** @returns {string} */
export const themeNow = () => document.documentElement.dataset.theme || 'auto';

/** @param {Themed} viewer @param {string} name */
export function setTheme(viewer, name) {
  const theme = THEMES.includes(name) ? name : 'auto', button = viewer.parts.themeButton;
  if (theme === 'auto') delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
  button.replaceChildren(icon({ auto: 'auto', light: 'sun', dark: 'moon', contrast: 'contrast' }[theme] || 'auto'));
  button.setAttribute('aria-label', 'Theme: ' + theme);
  button.title = 'Theme: ' + theme + ' (t)';
}

/** @param {Themed} viewer */
export function nextTheme(viewer) {
  setTheme(viewer, THEMES[(THEMES.indexOf(themeNow()) + 1) % THEMES.length]);
  if (mayKeep()) try { localStorage.setItem('c4arch-theme', themeNow()); } catch { /* a page from a file may keep nothing */ }
  viewer.say('Theme: ' + themeNow());
}

/** @param {Themed} viewer */
export function keptTheme(viewer) {
  let kept = 'auto';
  if (mayKeep()) try { kept = localStorage.getItem('c4arch-theme') || 'auto'; } catch { /* as above */ }
  setTheme(viewer, kept);
}
