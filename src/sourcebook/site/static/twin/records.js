// SPDX-License-Identifier: Apache-2.0
// Records as lists show them, made of their own files, which have who says a statement and what answers it. None is
// shown without its file.
import {link, make, marked, number, own, shortened} from "./dom.js";
import {interval, isLink, isSingle, parsed, words} from "./values.js";

const [MOST_REASONS, FEW] = [3, 5];
const AWKWARD = new Map(); // by the address of the list of names, the list

// What Python's quote() writes of a segment of an address.
const segment = text => encodeURIComponent(text).replace(/%(3A|40|24|2C|3B|3D|2B)/g, decodeURIComponent);

// Where the page of a record is, without its ending: a few have names of their own.
async function place(book, collection, key) {
  if (book.names) {
    if (!AWKWARD.has(book.names)) AWKWARD.set(book.names, (await fetch(book.names)).json());
    const name = (await AWKWARD.get(book.names))[`${collection.address}/${key}`];
    if (name) return `${book.base}-/records/${name}`;
  }
  return `${book.base}${segment(collection.address)}/${segment(key)}`;
}

// The address of the page of a record.
export const page = async (book, collection, key) => `${await place(book, collection, key)}/`;

// A record as its file has it, with `page`, its address; null where the file is not there. With a signal, nothing is
// loaded any more once that is aborted, and its reason is raised.
export async function record(book, collection, key, signal) {
  try {
    const above = await place(book, collection, key);
    const answer = await fetch(`${above}.json`, {signal});
    const found = answer.ok ? parsed(await answer.text()) : {};
    return found.collection === collection.name && found.key === key ? {...found, page: `${above}/`} : null;
  } catch {
    signal?.throwIfAborted();
    return null; // no answer, or another one
  }
}

const values = (some, sought) => (some ?? []).flatMap((one, place) => [
  place ? ", " : "",
  one.href ? link(one.href, marked(sought, one.text)) : isLink(one.text) ? outside(one.text) : make("bdi", null, marked(sought, one.text)),
]);

const outside = text => make("a.outside", {href: text, rel: "noopener nofollow", dir: "auto"}, text);

// Who says a statement, and where it was published.
export function attribution(one, sought) {
  return make("p.attribution", null,
    one.kind ? [make("span.kind", null, one.kind), " "] : null,
    make("span.by", null, "Said by ", make("b", null, values(one.by, sought))), " ",
    one.knowledge ? [make("span", null, "on the knowledge of ", values(one.knowledge, sought)), " "] : null,
    make("span", null, "in ", values(one.published_in, sought), one.at ? `, ${one.at}` : null), " ",
    one.on ? [make("span", null, one.on.date ? make("time", {datetime: one.on.date}, one.on.text) : make("bdi", null, one.on.text)), " "] : null,
    one.published_at ? [make("span", null, link(one.published_at, "read it where it was published")), " "] : null,
    one.hedge ? make("span", null, "with the reservation “", make("bdi", null, one.hedge), "”") : null);
}

function byHow(some) {
  const found = new Map();
  for (const one of some ?? []) found.set(one.how, [...(found.get(one.how) ?? []), one]);
  return [...found];
}

// Who answers a statement that is an answer itself: what they say stands on their own pages.
const answered = one => byHow(one.answered_by).map(([how, some]) => make("span.answered", null, ` ${how} `,
  some.slice(0, FEW).map((other, place) => [place ? ", " : "", link(other.href, other.by.map(by => by.text).join(", ") || other.key)]),
  some.length > FEW ? [" ", link(one.href, `and ${some.length - FEW} more`)] : null));

// What answers a statement, and what it answers.
export function answers(some) {
  if (!some?.length) return null;
  return make("div.answers", null, byHow(some).map(([how, others]) => [
    make("p.how", null, how),
    make("ul", null, others.map(other => make("li", null,
      make("p.said", null, link(other.href, other.said ?? other.key)), attribution(other),
      other.answered_by ? make("p.more", null, answered(other)) : null))),
  ]));
}

// A statement in a line of its own below what rests on it.
const brief = one => make("span.brief", null,
  link(one.href, one.said ?? one.key), " ",
  make("span.attribution", null,
    make("span", null, one.kind ? `${one.kind}: ` : null, values(one.by), ", in ", values(one.published_in), one.at ? `, ${one.at}` : null),
    one.hedge ? make("span", null, " “", make("bdi", null, one.hedge), "”") : null),
  byHow(one.answers).map(([how, some]) => make("span.answers", null, make("span.how", null, how), " ",
    some.map(other => make("span.answer", null, link(other.href, other.said ?? other.key), " ",
      make("span.attribution", null, values(other.by), ", in ", values(other.published_in)),
      other.hedge ? [" “", make("bdi", null, other.hedge), "”"] : null, answered(other))))));

// What records refer to, in keys by the names of collections: where lists show it, or where words may stand.
export function referred(collection, found, sought) {
  const texts = [...told(collection, found.record)];
  const here = new Set(texts.flatMap(one => [...sought.found(one.text)]));
  const all = here.size < sought.phrases.length;
  return texts.filter(one => one.to && (all || collection.summary.includes(one.path))).map(one => [one.to, one.text]);
}

// The item of a list for a record that was found: as the served pages show it. `names` has label and address of what it
// refers to, by collection and key.
export function hit(collection, found, label, sought, names) {
  const shown = [];
  const texts = [...told(collection, found.record)].flatMap(one => {
    const name = one.to ? names.get(`${one.to}/${one.text}`) : null;
    return one.to ? (name ? [{...one, text: shortened(name.label), href: name.href}] : []) : [one];
  });
  let item;
  if (found.attribution) {
    const one = found.attribution;
    shown.push(one.said ?? "", ...[one.by, one.knowledge, one.published_in].flatMap(some => (some ?? []).map(by => by.text)));
    item = make("article.statement", null,
      make("p.said", null, link(found.page, marked(sought, one.said ?? found.key))), attribution(one, sought), answers(found.answers));
  } else {
    const name = shortened(label || found.key);
    const parts = collection.summary.flatMap(path => part(collection, found, path, texts, sought, shown));
    shown.push(name);
    const when = time(collection, texts);
    item = make("article.card", null,
      make("p.label", null, link(found.page, marked(sought, name)), when ? [" ", make("span.when", null, when)] : null),
      parts.length ? make("p.summary", null, parts.flatMap(one => [one, " "])) : null,
      found.rests_on ? make("p.reason", null, make("span.field", null, "Rests on:"), " ", found.rests_on.map(brief)) : null);
  }
  return make("li", null, item, reasons(texts, shown, sought));
}

// What the item of a list has of a field, whose texts are noted as `shown`: of what is taken apart further, how much it is.
function part(collection, found, path, texts, sought, shown) {
  const counted = own(collection.counted, path);
  if (counted) {
    const count = entries(collection, path.split(".").reduce((above, name) => own(Object(above), name), found.record), path);
    return count ? [field(counted, `${number(count)} ${count === 1 ? "entry" : "entries"}`)] : [];
  }
  const some = texts.filter(one => one.path === path);
  if (!some.length) return [];
  const text = some.map(one => one.text).join(", ");
  const short = text.length > 200 && !some.some(one => one.href || isLink(one.text)) ? sought.excerpt(text, 200) : null;
  shown.push(...short === null ? some.map(one => one.text) : [short]);
  return [field(some[0].title, short === null ? values(some, sought) : make("bdi", null, marked(sought, short)))];
}

const field = (title, ...inner) => make("span", null, make("span.field", null, `${title}:`), " ", inner);

// How many items a list or a map has, or a mapping members.
function entries(collection, value, path) {
  if (Array.isArray(value)) return value.length;
  if (value === null || typeof value !== "object") return 0;
  if (collection.maps.includes(path)) return Object.keys(value).length;
  return Object.entries(value).filter(([name, one]) => !told(collection, one, `${path}.${name}`).next().done).length;
}

// When a record was, where its collection has the role of an interval.
function time(collection, texts) {
  const [earliest, latest] = ["earliest", "latest"].map(name => texts.find(one => one.path === own(collection.interval, name))?.exact);
  return earliest || latest ? interval(earliest, latest) : null;
}

// Where words stand that are in none of the texts that are `shown`.
function reasons(texts, shown, sought) {
  const wanted = new Set(sought.phrases.keys());
  for (const text of shown) for (const number of sought.found(text)) wanted.delete(number);
  const lines = [];
  for (const {title, text, href} of texts) {
    const here = wanted.size && lines.length < MOST_REASONS ? [...sought.found(text)].filter(number => wanted.has(number)) : [];
    if (!here.length) continue;
    for (const number of here) wanted.delete(number);
    const words = marked(sought, sought.excerpt(text));
    lines.push(make("p.reason", null, href ? "linked: " : null, make("span.field", null, `${title}:`), " ", href ? link(href, words) : make("bdi", null, words)));
  }
  if (wanted.size && lines.length < MOST_REASONS) lines.push(make("p.reason", null, "Found by what it refers to."));
  return lines;
}

// The texts of a record that its page shows, each with its path and the title of its field; of a reference the key, and
// the name of the collection that it leads `to`, which is none of statements.
function* told(collection, value, path = "") {
  if (Array.isArray(value)) {
    for (const one of value) yield* told(collection, one, path);
  } else if (value !== null && !isSingle(value)) {
    const isMap = collection.maps.includes(path);
    for (const [name, one] of Object.entries(value)) {
      yield* told(collection, one, isMap ? path : path ? `${path}.${name}` : name);
    }
  } else if (value !== null && Object.hasOwn(collection.fields, path)) {
    const to = own(collection.references, path);
    yield {path, title: collection.fields[path], text: to ? String(value) : words(own(collection.kinds, path), value), exact: String(value), to};
  }
}
