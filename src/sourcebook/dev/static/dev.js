// SPDX-License-Identifier: Apache-2.0
// A preview's page: it is loaded again when the book is another, and what is told of it changes as that does.
"use strict";
{
  const told = () => document.getElementById("sourcebook-dev");
  const shown = told().dataset.version;
  const events = new EventSource("/-/dev/events");
  events.onmessage = (event) => {
    const now = JSON.parse(event.data);
    if (String(now.version) !== shown) {
      events.close();
      location.reload();
      return;
    }
    const made = new DOMParser().parseFromString(now.told, "text/html").getElementById("sourcebook-dev");
    const open = told().querySelector("details")?.open;
    told().replaceWith(document.adoptNode(made));
    if (open) told().querySelector("details")?.setAttribute("open", "");
  };
  events.onerror = () => { told().classList.add("gone"); };
  events.onopen = () => { told().classList.remove("gone"); };
  addEventListener("pagehide", () => events.close());
}
