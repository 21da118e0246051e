// SPDX-License-Identifier: Apache-2.0
// A statement in SQL as a reader asked it: its rows as texts, and all of them as CSV. Runs in the worker.
import {own} from "./dom.js";
import {Trouble} from "./pieces.js";

const MOST_BYTES = 20_000_000; // of the rows that a page shows
const PART = 1_000_000; // characters of CSV that are handed on at once
const MOST_CSV = 400_000_000; // characters

// The statement prepared, with `values` for its parameters. There is to be one. `read` is told each table and column that
// it reads, those behind views too.
function prepared(database, sql, values, read = () => {}) {
  const {capi} = database.sqlite3;
  capi.sqlite3_set_authorizer(database.connection.pointer, (_, action, table, column) => {
    if (action === capi.SQLITE_READ) read(table, column);
    return 0;
  }, 0);
  let statement;
  try {
    statement = database.prepare(sql);
  } finally {
    capi.sqlite3_set_authorizer(database.connection.pointer, 0, 0);
  }
  const names = [];
  for (let place = 1; place <= statement.parameterCount; place++) {
    const name = capi.sqlite3_bind_parameter_name(statement.pointer, place)?.slice(1) ?? String(place);
    names.push(name);
    statement.bind(place, own(values, name) ?? "");
  }
  if (rest(database, sql)) {
    statement.finalize();
    throw new Trouble("One statement at a time: what follows the first semicolon was not run, nor what is before it.");
  }
  return {statement, names};
}

// Whether something follows the first statement but comments.
function rest({connection: {pointer}, sqlite3: {capi, wasm}}, sql) {
  const scope = wasm.scopedAllocPush();
  try {
    const [text, length] = wasm.scopedAllocCString(sql, true);
    const [statement, tail] = [wasm.scopedAllocPtr(), wasm.scopedAllocPtr()];
    let at = text;
    for (let round = 0; round < 2; round++) {
      wasm.pokePtr([statement, tail], 0);
      const left = length - Number(at) + Number(text);
      const code = capi.sqlite3_prepare_v3(pointer, at, left, 0, statement, tail);
      const one = wasm.peekPtr(statement);
      if (one) capi.sqlite3_finalize(one);
      if (round) return code !== 0 || !!one;
      at = wasm.peekPtr(tail);
      if (!at || Number(at) >= Number(text) + length) return false;
    }
  } finally {
    wasm.scopedAllocPop(scope);
  }
}

const names = statement => Array.from({length: statement.columnCount}, (_, place) => statement.getColumnName(place));

// The first `most` rows: each value as text with what it is: number, text, blob, or null.
export function run(database, sql, values, most) {
  const read = new Map();
  const {statement, names: parameters} = prepared(database, sql, values, (table, column) => read.set(`${table}\0${column}`, {table, column}));
  try {
    const [rows, columns] = [[], names(statement)];
    let [bytes, more] = [0, false];
    while (columns.length && database.step(statement)) {
      if (rows.length === most || bytes > MOST_BYTES) {
        more = true;
        break;
      }
      const row = statement.get([]).map(shown);
      bytes += row.reduce((sum, one) => sum + (one?.text.length ?? 0), 0);
      rows.push(row);
    }
    return {columns, rows, more, parameters, origins: origins(database, statement), read: ofTables(database, read), mixed: mixed(database, sql)};
  } finally {
    statement.finalize();
  }
}

// Which column of which table each column is, where it is one.
function origins({sqlite3: {capi}}, statement) {
  return names(statement).map((_, place) => ({
    table: capi.sqlite3_column_table_name(statement.pointer, place) ?? "",
    column: capi.sqlite3_column_origin_name(statement.pointer, place) ?? "",
  }));
}

// Of what is read, that which lies in tables, or in the pages of the file: not what is made of JSON, or of the statement
// itself; of a view it is told what it is made of.
function ofTables(database, read) {
  const there = database.rows("SELECT name FROM main.sqlite_master WHERE type = 'table' UNION SELECT 'sqlite_dbpage'");
  if (database.files.has("index")) there.push(...database.rows("SELECT name FROM site.sqlite_master WHERE type = 'table'"));
  const names = new Map(there.map(([name]) => [name.toLowerCase(), name]));
  return [...read.values()].filter(one => names.has(one.table.toLowerCase()))
    .map(({table, column}) => ({table: names.get(table.toLowerCase()), column}));
}

// Whether a column may have values of several origins, of which SQLite tells the first alone; where that cannot be told
// it is so.
function mixed(database, sql) {
  try {
    return database.rows(`EXPLAIN QUERY PLAN ${sql}`).some(([, , , told]) => /\b(COMPOUND|UNION|EXCEPT|INTERSECT|MERGE|RECURSIVE)\b/.test(told));
  } catch {
    return true;
  }
}

function shown(value) {
  if (value === null) return null;
  if (value instanceof Uint8Array) return {text: `(${value.length} bytes)`, kind: "blob"};
  return {text: String(value), kind: typeof value === "string" ? "text" : "number"};
}

// All rows, part by part; how many there were.
export function csv(database, sql, values, hand) {
  const {statement} = prepared(database, sql, values);
  try {
    let [text, all, rows] = [line(names(statement)), 0, 0];
    while (database.step(statement)) {
      text += line(statement.get([]));
      rows++;
      if (text.length < PART) continue;
      all += text.length;
      if (all > MOST_CSV) throw new Trouble("That is too much for a file made in a browser: ask for fewer rows.");
      hand(text);
      text = "";
    }
    hand(text);
    return rows;
  } finally {
    statement.finalize();
  }
}

const line = values => `${values.map(cell).join(",")}\r\n`;

function cell(value) {
  if (value === null) return "";
  const text = value instanceof Uint8Array ? btoa(Array.from(value, one => String.fromCharCode(one)).join("")) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
