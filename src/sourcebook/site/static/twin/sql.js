// SPDX-License-Identifier: Apache-2.0
// SQL without a server: what is asked runs in the reader's own browser, over the database that lies beside this page.
import {Asking, Stopped} from "./asking.js";
import {link, make, number} from "./dom.js";
import {answers, attribution, page, record} from "./records.js";

const [MOST, MOST_SAID] = [1_000, 100]; // rows that are shown; of a table, and of statements, each with its own file
const RAW = ["_records", "_changes"]; // tables that have what all records say
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
  heading.textContent = table ? book.titles[table] ?? table : "SQL";
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
    make("input", {id: `parameter-${place}`, name, value: values[name] ?? "", dir: "auto"}))));
}

async function rows({columns, rows: all, more, origins}, sql, values, question) {
  if (!columns.length) return [make("p.problem", {role: "alert"}, "This page only reads: a statement that gives no rows was not run.")];
  const of = origins.map(({table, column}) => collections.get(table)?.key === column ? collections.get(table) : null);
  const said = of.findIndex(one => one?.statement);
  const some = said < 0 ? all : all.slice(0, MOST_SAID);
  const cut = more || some.length < all.length;
  const pages = await Promise.all(some.map(row => Promise.all(of.map((one, place) => one && row[place] && page(book, one, row[place].text)))));
  const files = said < 0 ? [] : await Promise.all(some.map(row => row[said] && record(book, of[said], row[said].text, question)));
  const told = `${cut ? "The first " : ""}${number(some.length)} row${some.length === 1 ? "" : "s"}${cut ? "; there are more" : ""}`;
  const csv = make("button", {type: "button"}, "CSV of all rows");
  csv.addEventListener("click", () => save(csv, sql, values, question));
  const typed = sql.toLowerCase(); // names of tables are the same in capitals; and a view may have another one
  const unsaid = said < 0 ? book.collections.filter(one => one.statement && (origins.some(({table}) => table === one.table) ||
    [one.table.toLowerCase(), ...RAW].some(name => typed.includes(name)))) : [];
  const notes = unsaid.map(one => make("p.of-answer", null,
    "SQL gives what statements say without who says it: that, and what answers it, stands in ", link(one.href, one.title), "."));
  const head = make("tr", null, columns.flatMap((name, place) => [
    make("th", {scope: "col"}, name), place === said ? make("th", {scope: "col"}, "Who says it") : null]));
  const body = some.map((row, line) => make("tr", null, row.flatMap((value, place) => [
    cell(value, columns[place], pages[line][place]),
    place === said ? make("td.who", null, files[line]?.attribution
      ? saidBy(files[line]) : "its file could not be loaded") : null])));
  return [
    make("p.of-answer", {role: "status"}, told, all.length ? [" · ", csv] : null), ...notes,
    all.length ? make("div.box.rows", {tabindex: 0, role: "region", "aria-label": "Rows"},
      make("table.rows-and-columns", null, make("thead", null, head), make("tbody", null, body))) : null,
  ].filter(Boolean);
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
