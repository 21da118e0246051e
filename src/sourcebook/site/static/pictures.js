// SPDX-License-Identifier: Apache-2.0
// Pictures that can be made larger, and marks that say in words what they are. Pages are whole without this file: every
// mark is a link with a title, and the table below has all of it.
"use strict";
for (const figure of document.querySelectorAll("figure.picture")) {
  const svg = figure.querySelector("svg[viewBox]");
  if (!svg) continue;
  const [, , wide, high] = svg.getAttribute("viewBox").split(/\s+/).map(Number);
  const most = 16; // times as large
  let view = {x: 0, y: 0, zoom: 1};

  const show = (x, y, zoom) => {
    zoom = Math.min(most, Math.max(1, zoom));
    const inside = (at, all) => Math.min(all - all / zoom, Math.max(0, at));
    view = {x: inside(x, wide), y: inside(y, high), zoom};
    svg.setAttribute("viewBox", [view.x, view.y, wide / zoom, high / zoom].map(one => +one.toFixed(2)).join(" "));
    svg.style.setProperty("--zoom", zoom);
    svg.classList.toggle("zoomed", zoom > 1);
    hide();
  };
  // Larger by a factor, with the point at the parts `across` and `down` of the picture where it is.
  const zoom = (factor, across = 0.5, down = 0.5) => {
    const to = Math.min(most, Math.max(1, view.zoom * factor));
    const kept = (at, all, part) => at + all * part * (1 / view.zoom - 1 / to);
    show(kept(view.x, wide, across), kept(view.y, high, down), to);
  };
  const pan = (across, down) => show(view.x + across * wide / view.zoom, view.y + down * high / view.zoom, view.zoom);
  const ways = {
    in: () => zoom(1.6), out: () => zoom(1 / 1.6), whole: () => show(0, 0, 1),
    left: () => pan(-0.2, 0), right: () => pan(0.2, 0), up: () => pan(0, -0.2), down: () => pan(0, 0.2),
  };
  const keys = {
    "+": "in", "=": "in", "-": "out", "0": "whole",
    ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  };

  const buttons = figure.querySelector(".zoom");
  if (buttons) {
    buttons.hidden = false;
    buttons.addEventListener("click", event => ways[event.target.dataset.zoom]?.());
  }
  svg.setAttribute("tabindex", "0");
  figure.addEventListener("keydown", event => {
    if (event.key === "Escape") return hide();
    const way = keys[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow") && view.zoom === 1) return; // then it is the page that moves
    event.preventDefault();
    ways[way]();
  });
  svg.addEventListener("wheel", event => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    const part = (at, from, size) => (at - from) / size;
    zoom(event.deltaY < 0 ? 1.25 : 0.8, part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height));
  }, {passive: false});

  // A picture that was made larger is moved by the mouse; what was pressed and moved is not followed as a link.
  let held = null;
  let moved = false;
  svg.addEventListener("pointerdown", event => {
    moved = false;
    held = event.button === 0 && event.pointerType === "mouse" && view.zoom > 1 ? {...view, at: event} : null;
  });
  window.addEventListener("pointermove", event => {
    if (!held) return;
    const box = svg.getBoundingClientRect();
    const [across, down] = [event.clientX - held.at.clientX, event.clientY - held.at.clientY];
    if (Math.abs(across) + Math.abs(down) > 4) moved = true;
    if (moved) show(held.x - across / box.width * wide / view.zoom, held.y - down / box.height * high / view.zoom, view.zoom);
  });
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => { held = null; });
  svg.addEventListener("click", event => { if (moved) event.preventDefault(); }, true);
  svg.addEventListener("dragstart", event => event.preventDefault());

  // What a mark says stands beside it while it is pointed at or has the focus, and its row in the table is lit.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // it says no more than the mark's own name
  figure.append(tip);
  let lit = [];
  let leaving = 0;
  function hide() {
    clearTimeout(leaving);
    tip.hidden = true;
    for (const one of lit) one.classList.remove("lit");
    lit = [];
  }
  const later = () => { leaving = setTimeout(hide, 200); };
  const light = (...some) => {
    lit = some.filter(Boolean);
    for (const one of lit) one.classList.add("lit");
  };
  const tell = mark => {
    hide();
    light(mark, mark.dataset.row && document.getElementById(mark.dataset.row));
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    const [around, box] = [figure.getBoundingClientRect(), mark.getBoundingClientRect()];
    const left = box.left + box.width / 2 - around.left - tip.offsetWidth / 2;
    tip.style.left = `${Math.max(0, Math.min(left, around.width - tip.offsetWidth))}px`;
    tip.style.top = `${box.bottom - around.top + 4}px`;
  };
  const marks = [...svg.querySelectorAll("a.mark")];
  for (const mark of marks) {
    const title = mark.querySelector("title"); // the browser's own tip would stand over ours
    if (title) {
      mark.setAttribute("aria-label", title.textContent);
      title.remove();
    }
    mark.addEventListener("pointerenter", () => { if (!held) tell(mark); });
    mark.addEventListener("pointerleave", later);
    mark.addEventListener("focus", () => {
      const box = mark.getBBox();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const out = (at, from, all) => at < from || at > from + all / view.zoom;
      if (view.zoom > 1 && (out(x, view.x, wide) || out(y, view.y, high))) {
        show(x - wide / view.zoom / 2, y - high / view.zoom / 2, view.zoom);
      }
      tell(mark);
    });
    mark.addEventListener("blur", hide);
  }
  tip.addEventListener("pointerenter", () => clearTimeout(leaving));
  tip.addEventListener("pointerleave", later);

  // And the other way round: a row that is pointed at lights its marks.
  for (const [id, some] of Map.groupBy?.(marks.filter(mark => mark.dataset.row), mark => mark.dataset.row) ?? []) {
    const row = document.getElementById(id);
    row?.addEventListener("pointerenter", () => { hide(); light(row, ...some); });
    row?.addEventListener("pointerleave", hide);
  }
}
