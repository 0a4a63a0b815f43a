/**
 * Imported before the charts, which make a number format of the browser's language while they load: a Chromium in the
 * locale C says `en-US@posix`, which is no language, and nothing would be drawn at all.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-GB' });
}
