// SPDX-License-Identifier: Apache-2.0
// What looks things up in the database for a page: asked by messages, one after the other. A page ends it to cancel.
import {Database} from "./database.js";
import {allow, loaded, Trouble} from "./pieces.js";
import {count, labels, search} from "./searching.js";
import {csv, run} from "./statements.js";
import {expression} from "./words.js";

const opened = new Map();
let database = null;
let told = 0;

const tell = () => {
  if (performance.now() - told < 200) return;
  told = performance.now();
  postMessage({loaded: {...loaded}});
};

const work = {
  search: ({book, typed, most}) => search(database.rows, book, typed, most, database.ahead),
  labels: ({book, wanted}) => labels(database.rows, book, wanted, database.ahead),
  count: ({typed}) => count(database.rows, typed),
  run: ({sql, values, most}) => run(database, sql, values, most),
  csv: ({sql, values}) => csv(database, sql, values, part => postMessage({part})),
};

addEventListener("message", async ({data: {number, what, files, allowed, ...asked}}) => {
  try {
    allow(allowed);
    if (!database) {
      database = await Database.opened(files, tell, opened);
      database.connection.createFunction("escape_fts", (_, typed) => expression(String(typed ?? "")), {deterministic: true});
    }
    postMessage({number, result: await work[what](asked), loaded: {...loaded}});
  } catch (error) {
    const known = error instanceof Trouble ? error : {message: plainly(error), code: "", bytes: 0};
    postMessage({number, error: known.message, code: known.code, bytes: known.bytes, loaded: {...loaded}});
  }
});

// What SQLite says, without the name of its function and the number of the error.
const plainly = error => String(error?.message ?? error).replace(/^sqlite3 result code \d+: |^SQLITE_\w+: sqlite3 result code \d+: /, "");
