// SPDX-License-Identifier: Apache-2.0
// The search page without a server. Nothing of the database is loaded before something is searched for.
import {Asking} from "./asking.js";
import {link, make, number, shortened} from "./dom.js";
import {Sought} from "./marking.js";
import {hit, page, record, referred} from "./records.js";
import {isBlank, split} from "./words.js";

const [SHOWN, FEWEST, MOST, MOST_TYPED, MOST_WORDS] = [16, 3, 10, 300, 40];
const book = JSON.parse(document.getElementById("book").textContent);
const [field, help, found, status] = ["search", "help", "found", "status"].map(id => document.getElementById(id));
const asking = new Asking(book.files, status);
const title = document.title;
let last = "";
const collections = new Map(book.collections.map(one => [one.name, one]));

async function shown() {
  const question = asking.begin();
  last = location.search;
  const typed = split((new URLSearchParams(location.search).get("q") ?? "").replaceAll("\0", " ")).join(" ");
  const words = split([...typed].slice(0, MOST_TYPED).join("")).slice(0, MOST_WORDS).join(" ");
  field.value = typed;
  help.hidden = !isBlank(words);
  found.replaceChildren();
  found.removeAttribute("aria-busy");
  document.title = isBlank(words) ? title : `${shortened(typed, 60)} · ${title}`;
  if (isBlank(words)) return;
  found.setAttribute("aria-busy", "true");
  try {
    const asked = {book: {records: book.records, collections: book.collections}, typed: words, most: MOST};
    const groups = await asking.ask("search", asked, question);
    const inner = groups.length ? await sections(groups, new Sought(words), question) : await nothing(words, question);
    question.throwIfAborted(); // the files of records came late
    if (words !== typed) inner.unshift(make("p", null, "Only the beginning is searched for: “", make("bdi", null, words), "”"));
    found.replaceChildren(...inner);
  } catch (error) {
    if (!question.aborted) found.replaceChildren(make("p.problem", {role: "alert"}, error.message));
  } finally {
    if (!question.aborted) found.removeAttribute("aria-busy"); // else it is another one's
  }
}

const amount = one => `${one.more ? "more than " : ""}${number(one.count)}`;

async function sections(groups, sought, question) {
  const most = Math.max(FEWEST, Math.floor(SHOWN / groups.length));
  const filled = await Promise.all(groups.map(async group => {
    const collection = collections.get(group.collection);
    const keys = group.keys.slice(0, most);
    return {group, collection, keys, records: await Promise.all(keys.map(key => record(book, collection, key, question)))};
  }));
  const names = await called(filled, sought, question);
  const line = filled.flatMap(({group, collection}, place) => [
    place ? " · " : "", make("a", {href: `#found-${group.collection}`, dir: "auto"}, collection.title), ` ${amount(group)}`,
  ]);
  return [make("p.quiet", {role: "status"}, line), ...filled.map(one => section(one, sought, names))];
}

// Label and address of what the records refer to, by collection and key.
async function called(filled, sought, question) {
  const wanted = new Map();
  for (const {collection, records} of filled) {
    for (const [name, key] of records.flatMap(one => one ? referred(collection, one, sought) : [])) {
      if (!wanted.has(name)) wanted.set(name, []);
      if (!wanted.get(name).includes(key)) wanted.get(name).push(key);
    }
  }
  if (!wanted.size) return new Map();
  const labels = await asking.ask("labels", {book: {collections: book.collections}, wanted}, question);
  const all = [...labels].flatMap(([name, some]) => [...some].map(one => [name, ...one]));
  return new Map(await Promise.all(all.map(async ([name, key, label]) =>
    [`${name}/${key}`, {label, href: await page(book, collections.get(name), key)}])));
}

function section({group, collection, keys, records}, sought, names) {
  const more = group.count > keys.length;
  return make("section", {id: `found-${group.collection}`},
    make("h2", null, link(collection.href, collection.title), " ", make("span.count", null, amount(group))),
    make("ul.cards", null, records.map((one, place) =>
      one ? hit(collection, one, group.labels.get(keys[place]), sought, names) : make("li.quiet", null, "A record whose file could not be loaded."))),
    more ? make("p.more", null, link(collection.href, `All of ${collection.title}`), `, of which ${amount(group)} have these words`) : null);
}

async function nothing(typed, question) {
  const all = [...new Set(split(typed.replaceAll('"', " ")))];
  const fewer = [];
  for (const word of all.length > 1 ? all.slice(0, 10) : []) {
    const count = await asking.ask("count", {typed: word}, question);
    if (count) fewer.push([word, count]);
  }
  const told = make("p", {role: "status"}, `No record has ${all.length > 1 ? "all of these words" : "this word"}.`);
  if (!fewer.length) return [told, make("p", null, "Try the beginning of a word, another spelling, or a word that the records themselves would use.")];
  return [told, make("p", null, "With fewer words:"), make("ul", null, fewer.map(([word, count]) =>
    make("li", null, link(`?${new URLSearchParams({q: word})}`, word), " ", make("span.count", null, number(count)))))];
}

// A new search needs no new page: what was loaded of the database is still there.
field.form.addEventListener("submit", event => {
  event.preventDefault();
  history.pushState(null, "", `?${new URLSearchParams({q: field.value})}`);
  shown();
});
addEventListener("popstate", () => {
  if (location.search !== last) shown(); // a link within the page is no search
});
shown();
