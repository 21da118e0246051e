// SPDX-License-Identifier: Apache-2.0
// A file at the host, read in pieces by HTTP Range while SQLite asks for them, or whole where that is less, or all that
// the host can. Every piece is held against its own checksum, which the page has, so that whatever SQLite reads is of the
// release of the page, whenever another one is put in its place. Runs in the worker: reading waits.

const PIECE = 64 * 1024; // bytes: sourcebook/site/in_browser.py sums as many
const AHEAD = 32; // pieces that are read at once where one is read after the other
const MOST_AT_ONCE = 100; // pieces
const KEPT = 4_000; // pieces: 250 MB
const SMALL = 10_000_000; // bytes: what is smaller is loaded whole
const ASKED = 50_000_000; // bytes: no more is loaded before the reader was asked
const MOST = 2_000_000_000; // bytes that browsers hold at once

// What went wrong, in words; `code` is "much" where the reader is to be asked first, and `bytes` how much it would be;
// and "other" where the file is not that of the page.
export class Trouble extends Error {
  constructor(told, code = "", bytes = 0) {
    super(told);
    this.code = code;
    this.bytes = bytes;
  }
}

// What was loaded since this page began, of all files; `left` is how much may be before the reader is asked.
export const loaded = {bytes: 0, requests: 0, left: ASKED};

// What may be loaded for a question: `allowed` by the reader, or as much as is loaded unasked.
export const allow = allowed => { loaded.left = allowed || ASKED; };

function count(bytes) {
  loaded.bytes += bytes;
  loaded.left -= bytes;
}

export class Pieces {
  noted = null; // a set, while pieces that are missing are noted and not waited for
  #pieces = new Map(); // by number; what was used last is at the end
  #runs = new Map(); // the piece after each run that was read, with how many pieces it had
  #whole = null;
  #known; // the checksums of all pieces

  // `file` is what the page says of it: `href`, `name`, `bytes`, `sha256`, and `sums`, the CRC-32 of each piece, of four
  // bytes each, in Base64.
  constructor(file, tell) {
    this.file = file;
    this.#known = new DataView(Uint8Array.from(atob(file.sums), one => one.charCodeAt(0)).buffer);
    this.size = file.bytes;
    this.tell = tell;
  }

  // Find out how the host gives it, and load it where that is whole.
  async open() {
    if (this.size < SMALL) return this.#load();
    const answer = await asked(this.file, {Range: `bytes=0-${PIECE - 1}`}, "no-store"); // it may be all, and is cut off then
    if (answer.status === 206 && fits(answer.headers, 0, PIECE, this.size)) {
      const piece = new Uint8Array(await answer.arrayBuffer());
      count(piece.length);
      if (piece.length === PIECE && begins(piece)) {
        if (!this.#are(0, piece)) throw this.#other();
        this.#keep(0, piece);
        if (this.#gives(Math.floor(this.size / PIECE / 2))) return;
      }
      this.#pieces.clear();
    } else {
      answer.body?.cancel();
    }
    await this.#load(); // no ranges here, or none that can be believed
  }

  // `length` bytes from `at` on; what is behind the end is zero.
  read(at, length, into) {
    if (this.#whole) return into.set(this.#whole.subarray(at, at + length));
    for (let done = 0; done < length && at + done < this.size;) {
      const [number, within] = [Math.floor((at + done) / PIECE), (at + done) % PIECE];
      const some = this.#piece(number).subarray(within, within + length - done);
      into.set(some, done);
      done += some.length;
    }
  }

  // Load all pieces that were noted instead of being waited for; whether there were any. Where it fails, it is told when
  // a piece is waited for.
  async take() {
    const numbers = [...this.noted ?? []].slice(0, MOST_AT_ONCE);
    this.noted = null;
    if (loaded.left < numbers.length * PIECE) return false;
    await Promise.all(numbers.map(async number => {
      const [begin, end] = [number * PIECE, Math.min(this.size, (number + 1) * PIECE)];
      try {
        // A browser's cache has those of one address wait for each other.
        const answer = await asked(this.file, {Range: `bytes=${begin}-${end - 1}`}, "no-store");
        if (answer.status !== 206 || !fits(answer.headers, begin, end, this.size)) return answer.body?.cancel();
        const bytes = new Uint8Array(await answer.arrayBuffer());
        count(bytes.length);
        if (bytes.length === end - begin && this.#are(number, bytes)) this.#keep(number, bytes);
      } catch {
        // no answer
      }
    }));
    this.tell?.();
    return numbers.length > 0;
  }

  #piece(number) {
    const known = this.#pieces.get(number);
    if (known) {
      this.#pieces.delete(number); // it is the last that was used
      this.#pieces.set(number, known);
      return known;
    }
    if (this.noted) {
      this.noted.add(number);
      throw new Trouble("", "later");
    }
    // Where a run of pieces ended here, this one goes on with it: then twice as many are read.
    let many = Math.min(AHEAD, 2 * (this.#runs.get(number) ?? 0.5), Math.ceil(this.size / PIECE) - number);
    for (let next = 1; next < many; next++) if (this.#pieces.has(number + next)) many = next;
    const bytes = this.#range(number * PIECE, Math.min(this.size, (number + many) * PIECE));
    this.#runs.delete(number);
    this.#runs.set(number + many, many);
    if (this.#whole) return this.#whole.subarray(number * PIECE, (number + 1) * PIECE);
    for (let next = many - 1; next >= 0; next--) this.#keep(number + next, bytes.slice(next * PIECE, (next + 1) * PIECE));
    return this.#pieces.get(number);
  }

  #keep(number, bytes) {
    this.#pieces.set(number, bytes);
    if (this.#pieces.size > KEPT) this.#pieces.delete(this.#pieces.keys().next().value);
  }

  #range(begin, end) {
    if (loaded.left < end - begin) {
      throw new Trouble(`This reads very much of ${this.file.name}: more than a part of it is needed.`, "much", this.size);
    }
    let [told, anew] = ["", false];
    for (let tried = 0; tried < 3; tried++) {
      const request = new XMLHttpRequest();
      try {
        request.open("GET", this.file.href, false); // SQLite waits for it
        request.responseType = "arraybuffer";
        request.setRequestHeader("Range", `bytes=${begin}-${end - 1}`);
        if (anew) request.setRequestHeader("Cache-Control", "no-cache");
        request.send();
      } catch {
        told = "no answer";
        continue;
      }
      loaded.requests++;
      const bytes = new Uint8Array(request.response ?? new ArrayBuffer(0));
      count(bytes.length);
      this.tell?.();
      const headers = {get: name => request.getResponseHeader(name)};
      if (request.status === 206 && fits(headers, begin, end, this.size) && bytes.length === end - begin) {
        if (this.#are(begin / PIECE, bytes)) return bytes;
        if (begin && begins(bytes)) {
          told = "the beginning of the file instead";
          break;
        }
        if (anew) throw this.#other();
        anew = true; // a browser's cache may have it from before
      }
      if (request.status === 200 && bytes.length === this.size) {
        if (!this.#are(0, bytes)) throw this.#other();
        this.#whole = bytes; // it gives no ranges any more, but gave all
        return bytes;
      }
      told = `status ${request.status}, ${bytes.length} bytes, Content-Range: ${headers.get("content-range")}`;
      if (request.status === 404 || request.status === 410 || request.status === 200) break;
    }
    throw new Trouble(`The host did not give bytes ${begin} to ${end - 1} of ${this.file.name}: ${told}. ${AGAIN}`);
  }

  async #load() {
    if (this.size > MOST) {
      throw new Trouble(`This host gives no parts of files, and ${this.file.name} is too large to be loaded whole.`);
    }
    if (loaded.left < this.size) {
      throw new Trouble(`This host gives no parts of files: ${this.file.name} would be loaded whole.`, "much", this.size);
    }
    const answer = await asked(this.file, {}, "no-cache"); // what a browser's cache has is asked about
    if (answer.status !== 200) throw new Trouble(`The host did not give ${this.file.name}: status ${answer.status}.`);
    const bytes = new Uint8Array(this.size);
    const reader = answer.body.getReader();
    let done = 0;
    for (let part; !(part = await reader.read()).done; done += part.value.length) {
      if (done + part.value.length > this.size) {
        reader.cancel();
        throw new Trouble(`${this.file.name} at the host is longer than this page says. ${AGAIN}`);
      }
      bytes.set(part.value, done);
      count(part.value.length);
      this.tell?.();
    }
    if (done !== this.size || !(await this.#is(bytes))) throw this.#other();
    this.#whole = bytes;
  }

  // Whether the host gives a piece where that is asked for; one that takes a range for another gives the beginning.
  #gives(number) {
    try {
      this.#piece(number);
      return true;
    } catch (trouble) {
      if (trouble.code) throw trouble;
      return false;
    }
  }

  // Whether these are the pieces from a number on, by the checksum of each.
  #are(number, bytes) {
    for (let at = 0; at < bytes.length; at += PIECE) {
      if (sum(bytes.subarray(at, at + PIECE)) !== this.#known.getUint32(4 * (number + at / PIECE))) return false;
    }
    return true;
  }

  // Whether these are all bytes of the file. Browsers have SHA-256 where the connection is safe.
  async #is(bytes) {
    if (!globalThis.crypto?.subtle) return this.#are(0, bytes);
    return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))) === this.file.sha256;
  }

  #other() {
    return new Trouble(`${this.file.name} at the host is another one than this page belongs to. ${AGAIN}`, "other");
  }
}

const AGAIN = "It may have been published anew: load this page again.";

// CRC-32, as zlib has it: it is worked out while SQLite waits, which browsers' own sums do not allow.
const TABLE = Uint32Array.from({length: 256}, (_, one) => {
  for (let bit = 0; bit < 8; bit++) one = one & 1 ? 0xedb88320 ^ (one >>> 1) : one >>> 1;
  return one;
});

function sum(bytes) {
  let found = -1;
  for (let at = 0; at < bytes.length; at++) found = TABLE[(found ^ bytes[at]) & 0xff] ^ (found >>> 8);
  return ~found >>> 0;
}

const begins = bytes => String.fromCharCode(...bytes.subarray(0, 15)) === "SQLite format 3";

const hex = bytes => [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");

const fits = (headers, begin, end, size) =>
  (headers.get("content-range") ?? "").trim().toLowerCase() === `bytes ${begin}-${end - 1}/${size}` &&
  !headers.get("content-encoding");

async function asked(file, headers, cache = "default") {
  loaded.requests++;
  try {
    return await fetch(file.href, {headers, cache, credentials: "same-origin"});
  } catch {
    throw new Trouble(`The host did not answer when it was asked for ${file.name}.`);
  }
}
