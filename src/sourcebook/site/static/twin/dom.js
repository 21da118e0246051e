// SPDX-License-Identifier: Apache-2.0
// Elements made of data: texts stay texts, and links lead to the web alone.
import {split} from "./words.js";

// An element by its name and classes, `p.quiet`, with attributes and what stands in it. What is null is left out.
export function make(kind, attributes, ...inner) {
  const [name, ...classes] = kind.split(".");
  const made = document.createElement(name);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...inner.flat(Infinity).filter(one => one !== null && one !== undefined && one !== false));
  return made;
}

// A link, where the address is one of the web; else its words alone.
export function link(href, words, attributes) {
  const address = href ? URL.parse?.(href, location.href) ?? tried(href) : null;
  if (!address || !["http:", "https:"].includes(address.protocol)) return make("bdi", null, words);
  const outside = address.origin !== location.origin;
  return make(outside ? "a.outside" : "a", {href, dir: "auto", rel: outside ? "noopener nofollow" : null, ...attributes}, words);
}

function tried(href) {
  try {
    return new URL(href, location.href);
  } catch {
    return null;
  }
}

// A text with all that was sought in it marked.
export function marked(sought, text) {
  const pieces = [];
  let done = 0;
  for (const [begin, end] of sought?.spans(text) ?? []) {
    pieces.push(text.slice(done, begin), make("mark", null, text.slice(begin, end)));
    done = end;
  }
  return [...pieces, text.slice(done)];
}

// What an object made of data has by a name of data: what all objects have by theirs, as `constructor`, is none of it.
export const own = (some, name) => (Object.hasOwn(some, name) ? some[name] : undefined);

export const number = value => value.toLocaleString("en");

// A size as readers know it.
export function size(bytes) {
  let value = bytes;
  for (const unit of ["bytes", "kB", "MB"]) {
    if (value < 1000) return unit === "bytes" || value >= 10 ? `${value.toFixed(0)} ${unit}` : `${value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(1)} GB`;
}

// The beginning of a text, with … where something is left out, as the served pages have it.
export function shortened(text, most = 240) {
  const whole = split(text).join(" ");
  const letters = [...whole];
  if (letters.length <= most) return whole;
  const cut = letters.slice(0, most).join("");
  const space = cut.lastIndexOf(" ");
  return `${(space < 0 ? cut : cut.slice(0, space)).replace(/[ ,;.:]+$/, "")} …`;
}
