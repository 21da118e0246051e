// SPDX-License-Identifier: Apache-2.0
// SQL without a server: what is asked runs in the reader's own browser, over the database that lies beside this page.
import {Asking, Stopped} from "./asking.js";
import {link, make, number, own} from "./dom.js";
import {answers, attribution, page, record} from "./records.js";

const [MOST, MOST_SAID] = [1_000, 100]; // rows that are shown; of a table, and of statements, each with its own file
const book = JSON.parse(document.getElementById("book").textContent);
const [area, parameters, answer, status, heading] =
  ["sql-editor", "parameters", "answer", "status", "heading"].map(id => document.getElementById(id));
const asking = new Asking(book.files, status);
const collections = new Map(book.collections.map(one => [one.table, one]));
const quoted = name => `"${name.replaceAll('"', '""')}"`;

// What an address asks for: a statement, with values for its parameters, or the rows of a table.
function asked() {
  const query = new URLSearchParams(location.search);
  if (query.has("sql")) {
    const sql = query.get("sql");
    query.delete("sql");
    return {sql, values: Object.fromEntries(query), unknown: []};
  }
  const table = query.get("table");
  if (table === null) return {sql: "", values: {}, unknown: []};
  query.delete("table");
  const [where, values, unknown] = [[], {}, []];
  for (const [name, value] of query) {
    const column = name === "key" ? collections.get(table)?.key : name.match(/^(.+)__exact$/)?.[1];
    if (!column) unknown.push(name);
    else {
      const parameter = `p${where.length}`;
      where.push(`${quoted(column)} = :${parameter}`);
      values[parameter] = value;
    }
  }
  const sql = `SELECT * FROM ${quoted(table)}${where.length ? ` WHERE ${where.join(" AND ")}` : ""}`;
  return {sql, values, unknown, table};
}

async function shown() {
  const question = asking.begin();
  const {sql, values, unknown, table} = asked();
  area.value = sql;
  heading.textContent = table ? own(book.titles, table) ?? table : "SQL";
  answer.replaceChildren();
  answer.removeAttribute("aria-busy");
  fields(Object.keys(values), values);
  if (!sql.trim()) return;
  answer.setAttribute("aria-busy", "true");
  try {
    const result = await asking.ask("run", {sql, values, most: table === undefined ? MOST : MOST_SAID}, question);
    fields(result.parameters, values);
    const inner = await rows(result, sql, values, question);
    question.throwIfAborted(); // the files of records came late
    if (unknown.length) inner.unshift(make("p.problem", null, `Not done here: ${unknown.join(", ")}. Write it in SQL.`));
    answer.replaceChildren(...inner);
  } catch (error) {
    if (question.aborted) return; // this place is another one's
    answer.replaceChildren(make("p.problem", {role: "alert"}, error.message));
  } finally {
    if (!question.aborted) answer.removeAttribute("aria-busy");
  }
}

// A field for each parameter of the statement.
function fields(names, values) {
  parameters.replaceChildren(...[...new Set(names)].map((name, place) => make("p", null,
    make("label", {for: `parameter-${place}`}, name), " ",
    make("input", {id: `parameter-${place}`, name, value: own(values, name) ?? "", dir: "auto"}))));
}

async function rows({columns, rows: all, more, origins, read, mixed}, sql, values, question) {
  if (!columns.length) return [make("p.problem", {role: "alert"}, "This page only reads: a statement that gives no rows was not run.")];
  const of = origins.map(({table, column}) => collections.get(table)?.key === column ? collections.get(table) : null);
  const keys = [...of.keys()].filter(place => of[place]?.statement); // the columns that have keys of statements
  const some = keys.length ? all.slice(0, Math.max(1, Math.floor(MOST_SAID / keys.length))) : all;
  const cut = more || some.length < all.length;
  const pages = await Promise.all(some.map(row => Promise.all(of.map((one, place) => one && row[place] && page(book, one, row[place].text)))));
  const files = await Promise.all(some.map(async row => new Map(await Promise.all(keys.filter(place => row[place])
    .map(async place => [place, await record(book, of[place], row[place].text, question)])))));
  const told = `${cut ? "The first " : ""}${number(some.length)} row${some.length === 1 ? "" : "s"}${cut ? "; there are more" : ""}`;
  const csv = make("button", {type: "button"}, "CSV of all rows");
  csv.addEventListener("click", () => save(csv, sql, values, question));
  const notes = unsaid(some, of, files, {origins, read, mixed}).map(one => make("p.of-answer", null,
    of.includes(one) ? "Other columns may have what more statements say," : "SQL gives what statements say",
    " without who says it: that, and what answers it, stands in ", link(one.href, one.title), "."));
  const head = make("tr", null, columns.flatMap((name, place) => [
    make("th", {scope: "col"}, name), keys.includes(place) ? make("th", {scope: "col"}, "Who says it") : null]));
  const body = some.map((row, line) => make("tr", null, row.flatMap((value, place) => [
    cell(value, columns[place], pages[line][place]),
    keys.includes(place) ? make("td.who", null, beside(value, files[line].get(place))) : null])));
  return [
    make("p.of-answer", {role: "status"}, told, all.length ? [" · ", csv] : null), ...notes,
    all.length ? make("div.box.rows", {tabindex: 0, role: "region", "aria-label": "Rows"},
      make("table.rows-and-columns", null, make("thead", null, head), make("tbody", null, body))) : null,
  ].filter(Boolean);
}

// The collections of statements of which something is read that may stand in rows without who says it: those of which
// these have no key, and those of which they have more than what the statements of their keys say.
function unsaid(rows, of, files, {origins, read, mixed}) {
  return book.collections.filter(one => one.statement && read.some(({table}) => isOf(one, table)) && (!of.includes(one) ||
    rows.some((row, line) => row.some((value, place) => {
      if (of[place] === one) return value !== null && !files[line].get(place);
      if (value === null || value.kind === "number") return false;
      const origin = origins[place];
      if (mixed || own(book.tables, origin.table) === undefined) return read.some(some => hasWords(one, some)); // an expression
      return hasWords(one, origin) && ![...files[line]].some(([key, file]) => of[key] === one && file?.attribution?.said === value.text);
    }))));
}

// Whether a table has something of a collection: what is no table of records may have something of all.
function isOf(one, table) {
  const found = own(book.tables, table) ?? own(book.tables, table.replace(/_fts$/, ""));
  return found === undefined ? table === "sqlite_dbpage" || !table.startsWith("sqlite_") : found === one.name;
}

// Whether a column may have what statements of a collection say.
const hasWords = (one, {table, column}) =>
  isOf(one, table) && (!one.words || own(book.tables, table) === undefined || (table === one.table && column === one.words));

// What stands beside a statement's key: nothing where there is none.
function beside(value, file) {
  if (value === null) return null;
  return file?.attribution ? saidBy(file) : "its file could not be loaded";
}

// Who says a statement: beside its own words, since other columns of the row may have whatever was asked for.
const saidBy = file => [
  make("p.said", null, link(file.page, file.attribution.said ?? file.key)), attribution(file.attribution), answers(file.answers),
];

function cell(value, column, href) {
  if (value === null) return make("td.short", {"data-column": column});
  const {text, kind} = value;
  const classes = [text.length > 90 ? "longer" : text.length > 30 ? "long" : text.length < 16 ? "short" : "", kind === "number" ? "type-int" : ""];
  return make(["td", ...classes.filter(Boolean)].join("."), {"data-column": column, dir: "auto"}, href ? link(href, text) : text);
}

async function save(button, sql, values, question) {
  button.disabled = true;
  try {
    const count = await asking.ask("csv", {sql, values}, question);
    const file = URL.createObjectURL(new Blob(asking.parts, {type: "text/csv;charset=utf-8"}));
    const given = make("a", {href: file, download: `${book.name}.csv`});
    document.body.append(given);
    given.click();
    given.remove();
    setTimeout(() => URL.revokeObjectURL(file), 60_000);
    button.textContent = `CSV of all rows: ${number(count)} saved`;
  } catch (error) {
    if (!(error instanceof Stopped && !error.message)) button.after(make("span.problem", {role: "alert"}, ` ${error.message}`));
  } finally {
    button.disabled = false;
  }
}

function run() {
  const query = new URLSearchParams();
  for (const one of parameters.querySelectorAll("input")) query.set(one.name, one.value);
  query.set("sql", area.value);
  history.pushState(null, "", `?${query}`);
  shown();
}
area.form.addEventListener("submit", event => {
  event.preventDefault();
  run();
});
area.addEventListener("keydown", event => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
  event.preventDefault();
  run();
});
// Lines of this page that run something need no new page.
document.querySelector(".schema").addEventListener("click", event => {
  const one = event.target.closest("a[href]");
  if (!one || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const address = new URL(one.href);
  if (address.origin + address.pathname !== location.origin + location.pathname) return;
  event.preventDefault();
  history.pushState(null, "", address.search);
  shown();
  area.focus();
});
addEventListener("popstate", shown);
shown();
