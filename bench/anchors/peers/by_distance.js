// SPDX-License-Identifier: Apache-2.0
// approx-string-match, as the client of Hypothesis weighs what it finds: half of the quotation may differ; of all such
// places the best by quotation (50), what stands before and after it (20 each) and distance (2) is taken.
const search = require("approx-string-match").default;
const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean);

function places(text, words, most) {
  const exact = [];
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    exact.push({ start: at, end: at + words.length, errors: 0 });
  }
  return exact.length ? exact : search(text, words, most);
}

function likeness(text, words) {
  if (!text || !words) return 0;
  return 1 - Math.min(...places(text, words, words.length).map((one) => one.errors)) / words.length;
}

for (const line of lines) {
  const { exact, prefix, suffix, hint, text } = JSON.parse(line);
  let best = null;
  for (const one of places(text, exact, Math.min(256, exact.length / 2))) {
    const before = prefix ? likeness(text.slice(Math.max(0, one.start - prefix.length), one.start), prefix) : 1;
    const after = suffix ? likeness(text.slice(one.end, one.end + suffix.length), suffix) : 1;
    const near = 1 - Math.abs(one.start - hint) / text.length;
    const score = 50 * (1 - one.errors / exact.length) + 20 * before + 20 * after + 2 * near;
    if (!best || score > best.score) best = { score, place: [one.start, one.end] };
  }
  console.log(JSON.stringify(best && best.place));
}
