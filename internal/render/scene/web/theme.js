// Light, dark, or as the system has it.

const THEMES = ['auto', 'light', 'dark'];
let theme = 'auto';

/** @param {string} name */
function setTheme(name) {
  theme = THEMES.includes(name) ? name : 'auto';
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const button = byId('theme-button');
  button.replaceChildren(icon({ auto: 'auto', light: 'sun', dark: 'moon' }[theme] || 'auto'));
  button.setAttribute('aria-label', 'Theme: ' + theme);
  button.title = 'Theme: ' + theme + ' (t)';
}

function nextTheme() {
  setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]);
  try { localStorage.setItem('c4arch-theme', theme); } catch { /* a page from a file may keep nothing */ }
  say('Theme: ' + theme);
}
