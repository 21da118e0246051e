// SPDX-License-Identifier: Apache-2.0
// Searching all records of a release: what sourcebook/site/hits.py and sourcebook/site/searching.py do for the served
// pages, with the same statements, so that the same is found in the same order. Runs in the worker.
import {Sought} from "./marking.js";
import {caseFolded, expression, fold, isBlank, split} from "./words.js";

const [FEW, MOST_COUNTED, RANKED, RANKED_IN] = [5_000, 5_000, 1_000, 20_000];
const COLUMNS = ["name", "name text", "name text linked"];
const SPAN = 2 ** 32; // the number of a row is that of its collection, times this, and the record's
const [LOOKED_AT, LONGEST, NAME, AT_ONCE] = [60, 400, 100, 500];
const HITS = "SELECT rowid FROM site.search WHERE search MATCH ?";

// `rows(sql, values)` gives the rows of a statement, and `ahead` loads at once what several will need; `collections` are those of the book, as its page tells them:
// `number`, `name` and `labels`, the beginning and the end of the statement that gives labels.
export async function search(rows, book, typed, most, ahead = async () => {}) {
  if (isBlank(typed)) return [];
  const [sought, whole, found] = [new Sought(typed), plain(typed), []];
  const byNumber = new Map(hits(rows, typed, LOOKED_AT).map(one => [one.collection, one]));
  for (const collection of book.collections) {
    let exact = rows(`SELECT key FROM ${book.records} WHERE collection = ? AND key = ?`, [collection.name, typed])
      .map(([key]) => String(key));
    const hit = byNumber.get(collection.number);
    if (!hit && !exact.length) continue;
    let keys = hit ? await keysOf(rows, book, hit.records, ahead) : [];
    const called = await labelsOf(rows, collection, keys, ahead);
    exact = [...exact, ...keys.filter(key => called.has(key) && plain(called.get(key)) === whole)];
    const wholeNames = keys.filter(key => isAll(called.get(key) ?? "", sought));
    keys = [...new Set([...exact, ...wholeNames, ...keys])].slice(0, most);
    const share = Math.max(0, ...keys.map(key => sought.share(called.get(key) ?? key)));
    const labels = await labelsOf(rows, collection, keys, ahead);
    const count = Math.max(hit?.count ?? 0, exact.length);
    found.push({rank: [exact.length ? 0 : 1, -share, collection.number], group: {
      collection: collection.name, count, more: hit?.more ?? false, keys, labels,
    }});
  }
  return found.sort((one, other) => compared(one.rank, other.rank)).map(one => one.group);
}

// The labels of records by the names of their collections, as is what is `wanted`; of those that have one.
export async function labels(rows, book, wanted, ahead) {
  const found = new Map(); // as all that is looked up by names of data: an object has `constructor` too
  for (const one of book.collections) {
    if (wanted.has(one.name)) found.set(one.name, await labelsOf(rows, one, wanted.get(one.name), ahead));
  }
  return found;
}

// How many records are found, or that there are so many at least.
export const count = (rows, typed) => hits(rows, typed, 0).reduce((sum, one) => sum + one.count, 0);

const isAll = (label, sought) => [...label].length <= NAME && sought.share(label) === 1;

const plain = text => split(caseFolded(fold([...text].slice(0, LONGEST).join("")))).join(" ");

const compared = (one, other) => {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place < 0 ? 0 : one[place] - other[place];
};

function* chunks(all) {
  for (let begin = 0; begin < all.length; begin += AT_ONCE) yield all.slice(begin, begin + AT_ONCE);
}

async function keysOf(rows, book, records, ahead) {
  const found = new Map();
  const sql = some => `SELECT rowid, key FROM ${book.records} WHERE rowid IN (${some.join(", ")})`;
  await ahead(records.map(one => [sql([one])]));
  for (const some of chunks(records)) {
    for (const [record, key] of rows(sql(some))) found.set(record, String(key));
  }
  return records.map(one => found.get(one));
}

async function labelsOf(rows, collection, keys, ahead) {
  const found = new Map();
  const sql = some => collection.labels.join(some.map(() => "?").join(", "));
  await ahead(keys.map(one => [sql([one]), [one]]));
  for (const some of chunks(keys)) {
    for (const [key, label] of rows(sql(some), some)) if (label !== null && label !== "") found.set(String(key), String(label));
  }
  return found;
}

// What is found in each collection, best first, with an amount of work that is bounded.
export function hits(rows, typed, most) {
  const asked = expression(typed, true);
  const numbers = (expressed, limit, first = 0, end = 2 ** 53) =>
    rows(`${HITS} AND rowid >= ? AND rowid < ? LIMIT ?`, [expressed, first, end, limit]).map(([row]) => row);
  const within = columns => `{${columns}} : (${asked})`;
  const all = numbers(asked, FEW + 1);
  return all.length <= FEW ? few(rows, asked, all, most, numbers, within) : many(rows, asked, most, numbers, within);
}

const collectionOf = row => Math.floor(row / SPAN);
const recordOf = row => row % SPAN;

function few(rows, asked, all, most, numbers, within) {
  const ranks = most ? ranksOf(rows, asked, all, numbers, within) : null;
  const byCollection = new Map();
  for (const row of all) {
    if (!byCollection.has(collectionOf(row))) byCollection.set(collectionOf(row), []);
    byCollection.get(collectionOf(row)).push(row);
  }
  return [...byCollection].map(([collection, some]) => {
    const records = most
      ? [...some].sort((one, other) => compared(ranks.get(one), ranks.get(other))).slice(0, most).map(recordOf)
      : [];
    return {collection, count: some.length, more: false, records};
  });
}

function ranksOf(rows, asked, all, numbers, within) {
  const stages = new Map(all.map(row => [row, COLUMNS.length]));
  if (all.length) {
    for (const stage of [1, 0]) for (const row of numbers(within(COLUMNS[stage]), FEW)) stages.set(row, stage);
  }
  const [[records]] = rows("SELECT coalesce(sum(rows), 0) FROM site.counts");
  const weighs = all.length <= RANKED && records <= RANKED_IN;
  const sql = "SELECT rowid, bm25(search) FROM site.search WHERE search MATCH ?";
  const weights = new Map(weighs ? rows(sql, [asked]) : []);
  return new Map(all.map(row => [row, [stages.get(row), weights.get(row) ?? 0, row]]));
}

function many(rows, asked, most, numbers, within) {
  const found = [];
  for (const [number] of rows("SELECT rowid FROM site.counts WHERE rows > 0 ORDER BY rowid")) {
    const span = [number * SPAN, (number + 1) * SPAN];
    const counted = `SELECT count(*) FROM (${HITS} AND rowid >= ? AND rowid < ? LIMIT ${MOST_COUNTED + 1})`;
    const [[amount]] = rows(counted, [asked, ...span]);
    if (!amount) continue;
    const first = new Set();
    for (const columns of COLUMNS) {
      if (first.size < most) for (const row of numbers(within(columns), most, ...span)) first.add(row);
    }
    const records = [...first].slice(0, most).map(recordOf);
    found.push({collection: number, count: Math.min(amount, MOST_COUNTED), more: amount > MOST_COUNTED, records});
  }
  return found;
}
