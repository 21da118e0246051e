// SPDX-License-Identifier: Apache-2.0
// Buttons that copy. Pages are whole without this file: the buttons are hidden then, and the texts can be selected.
"use strict";
for (const button of document.querySelectorAll("button[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const words = button.textContent;
  const select = () => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };
  const copied = async () => {
    try {
      await navigator.clipboard.writeText(text.textContent); // there is none where the connection is not safe
      return true;
    } catch {
      select();
      return document.execCommand("copy");
    }
  };
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    button.textContent = (await copied()) ? "Copied" : "Selected: copy it with the keyboard";
    setTimeout(() => { button.textContent = words; }, 2500);
  });
  button.hidden = false;
}
