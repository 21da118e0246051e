// SPDX-License-Identifier: Apache-2.0
// SQLite over files that are read in pieces: its view of a disk on which nothing can be written. Runs in the worker.
import sqlite3InitModule from "./sqlite3.js";
import {Pieces, Trouble} from "./pieces.js";

const VFS = "pieces";
const LONGEST = 20_000_000; // bytes of a value: nobody's link is to fill a reader's memory
const MOST_MEMORY = 512_000_000; // bytes, of all that a statement sorts and keeps
const WIDEST_LIKE = 1_000;
const ROUNDS = 8; // the levels of an index and of a table, and some

globalThis.sqlite3ApiConfig = {
  disable: {vfs: {kvvfs: true, opfs: true, "opfs-vfs": true, "opfs-sahpool": true, "opfs-wl": true}}, // nothing is kept
};

export class Database {
  // The trouble of the last read, which SQLite knows as an error of the disk alone.
  #trouble = null;

  // Open the database of a release, with the site's index attached as `site`. `files` are those that were opened when
  // this was tried before, so that none is loaded twice.
  static async opened({database, index}, tell, files = new Map()) {
    const own = new Database();
    own.files = files;
    for (const [name, file] of [["index", index], ["database", database]]) {
      if (!file || files.has(name)) continue;
      const pieces = new Pieces(file, tell);
      await pieces.open();
      files.set(name, pieces);
    }
    own.sqlite3 = await sqlite3InitModule();
    own.#install();
    own.#connect();
    return own;
  }

  // Rows of a statement of ours, each an array.
  rows = (sql, values = []) => {
    const statement = this.prepare(sql);
    try {
      if (values.length) statement.bind(values);
      const found = [];
      while (this.step(statement)) found.push(statement.get([]));
      return found;
    } finally {
      statement.finalize();
    }
  };

  // Load at once what several statements will need, each an array of SQL and values: where one of them would wait for a
  // piece, it is ended, and goes on from there when the pieces of all have come.
  ahead = async statements => {
    const all = [...this.files.values()];
    for (let round = 0; round < ROUNDS; round++) {
      for (const pieces of all) pieces.noted = new Set();
      for (const [sql, values] of statements) {
        try {
          this.rows(sql, values);
        } catch {
          // what is really wrong is told when it is run
        }
      }
      const noted = all.map(pieces => pieces.take());
      if (!(await Promise.all(noted)).some(Boolean)) return;
    }
  };

  prepare(sql) {
    return this.#trying(() => this.connection.prepare(sql));
  }

  // Whether there is another row.
  step(statement) {
    return this.#trying(() => statement.step());
  }

  #trying(work) {
    this.#trouble = null;
    try {
      return work();
    } catch (error) {
      throw this.#trouble ?? error;
    }
  }

  #connect() {
    const {capi, oo1} = this.sqlite3;
    this.connection = new oo1.DB({filename: `file:/database?vfs=${VFS}&immutable=1&mode=ro`, flags: "r"});
    const {pointer} = this.connection;
    this.connection.exec(`PRAGMA hard_heap_limit = ${MOST_MEMORY}`); // no statement can raise it again
    if (this.files.has("index")) {
      this.#trying(() => this.connection.exec(`ATTACH 'file:/index?vfs=${VFS}&immutable=1&mode=ro' AS site`));
    }
    for (const [limit, most] of [["LENGTH", LONGEST], ["LIKE_PATTERN_LENGTH", WIDEST_LIKE], ["ATTACHED", 1]]) {
      capi.sqlite3_limit(pointer, capi[`SQLITE_LIMIT_${limit}`], most);
    }
  }

  #install() {
    const {capi, wasm, vfs: helper} = this.sqlite3;
    const opened = new Map(); // by the pointer of SQLite's file
    const [io, vfs] = [new capi.sqlite3_io_methods(), new capi.sqlite3_vfs()];
    const usual = new capi.sqlite3_vfs(capi.sqlite3_vfs_find(null));
    vfs.$iVersion = 2;
    vfs.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
    vfs.$mxPathname = 256;
    vfs.$xRandomness = usual.$xRandomness;
    vfs.$xSleep = usual.$xSleep;
    usual.dispose();
    io.$iVersion = 1;
    const ok = () => 0;
    const never = () => capi.SQLITE_READONLY;
    helper.installVfs({
      io: {struct: io, methods: {
        xClose: file => { opened.delete(file); return 0; },
        xRead: (file, into, length, at) => {
          const [pieces, from] = [opened.get(file), Number(at)];
          try {
            const bytes = new Uint8Array(length);
            pieces.read(from, length, bytes);
            wasm.heap8u().set(bytes, Number(into));
          } catch (error) {
            this.#trouble = error instanceof Trouble ? error : new Trouble(String(error));
            return capi.SQLITE_IOERR_READ;
          }
          return from + length > pieces.size ? capi.SQLITE_IOERR_SHORT_READ : 0;
        },
        xWrite: never,
        xTruncate: never,
        xSync: ok,
        xFileSize: (file, into) => { wasm.poke64(into, BigInt(opened.get(file).size)); return 0; },
        xLock: ok,
        xUnlock: ok,
        xCheckReservedLock: (file, into) => { wasm.poke32(into, 0); return 0; },
        xFileControl: () => capi.SQLITE_NOTFOUND,
        xSectorSize: () => 4096,
        xDeviceCharacteristics: () => capi.SQLITE_IOCAP_IMMUTABLE,
      }},
      vfs: {struct: vfs, name: VFS, methods: {
        xOpen: (own, name, file, flags, outFlags) => {
          const pieces = name ? this.files.get(wasm.cstrToJs(name).replace("/", "")) : null;
          if (!pieces) return capi.SQLITE_CANTOPEN; // files of SQLite's own would be written
          const struct = new capi.sqlite3_file(file);
          struct.$pMethods = io.pointer;
          struct.dispose();
          opened.set(file, pieces);
          if (outFlags) wasm.poke32(outFlags, capi.SQLITE_OPEN_READONLY);
          return 0;
        },
        xDelete: never,
        xAccess: (own, name, flags, into) => { wasm.poke32(into, 0); return 0; },
        xFullPathname: (own, name, most, into) => (wasm.cstrncpy(into, name, most) < most ? 0 : capi.SQLITE_CANTOPEN),
        xGetLastError: ok,
        xCurrentTime: (own, into) => { wasm.poke(into, 2440587.5 + Date.now() / 864e5, "double"); return 0; },
        xCurrentTimeInt64: (own, into) => {
          wasm.poke64(into, BigInt(Math.round(2440587.5 * 864e5)) + BigInt(Date.now()));
          return 0;
        },
      }},
    });
  }
}
