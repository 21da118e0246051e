// SPDX-License-Identifier: Apache-2.0
// dom-anchor-text-quote, asked by lines of JSON: where a quotation stands, by its text, prefix, suffix and place.
const quote = require("dom-anchor-text-quote");
const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
for (const line of lines) {
  const { exact, prefix, suffix, hint, text } = JSON.parse(line);
  const given = prefix === undefined ? { exact } : { exact, prefix, suffix };
  let found = null;
  try {
    found = quote.toTextPosition({ textContent: text }, given, { hint });
  } catch (error) {
    if (!/no match/i.test(String(error))) found = null;
  }
  console.log(JSON.stringify(found && [found.start, found.end]));
}
