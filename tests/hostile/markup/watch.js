// SPDX-License-Identifier: Apache-2.0
// Runs before a page's own scripts, in each of its frames, and tells what payloads call. A dialog would hold the page.
(() => {
  const tell = what => {
    try {
      top.__told(String(what).slice(0, 200));
    } catch {
      window.__told?.(`in a frame: ${what}`);
    }
  };
  for (const name of ['pwned', 'alert', 'confirm', 'prompt', 'print']) {
    Object.defineProperty(window, name, {value: () => tell(`ran: ${name}()`), writable: false});
  }
  addEventListener('securitypolicyviolation', event =>
    tell(`policy: ${event.violatedDirective} stopped ${event.blockedURI} ${event.sample} at line ${event.lineNumber}`));
})();
