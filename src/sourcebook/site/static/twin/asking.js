// SPDX-License-Identifier: Apache-2.0
// The worker that has the database, as a page sees it: made when first asked, ended to cancel, asked again where the
// reader agrees to load more. What goes on is told below the form.
import {make, number, size} from "./dom.js";

const PATIENCE = 60_000; // milliseconds without an answer, while nothing is loaded either

const OFTEN = 3_000; // milliseconds between two lines of what goes on

// That a reader, or the clock, ended what was asked.
export class Stopped extends Error {}

export class Asking {
  #worker = null;
  #number = 0;
  #waiting = null; // what is to be settled: an answer of the worker, which `works` then, or of the reader
  #question = new AbortController();
  #timer = 0;
  #told = 0;

  // `files` is what the page says of the files that are read; `status` the element in which it is told what goes on.
  constructor(files, status) {
    this.files = files;
    this.status = status;
    this.parts = null; // of CSV
    document.getElementById("unserved")?.remove(); // says that scripts do not run, where a page is opened from a file
  }

  // Another question of the reader: all that goes on for the one before ends. The signal that is given goes with whatever
  // is asked and loaded for this one, and is aborted, with Stopped without words, when there is another.
  begin() {
    this.#question.abort(new Stopped(""));
    this.cancel("");
    this.#question = new AbortController();
    return this.#question.signal;
  }

  // What the worker answers for a question, the signal of `begin`. Raises Error with what is wrong, or Stopped: without
  // words where the question is not the reader's any more.
  async ask(what, asked, question) {
    question.throwIfAborted();
    this.cancel("");
    for (let allowed = 0;; allowed = Infinity) {
      try {
        const answer = await this.#once(what, {...asked, allowed});
        question.throwIfAborted();
        return answer;
      } catch (error) {
        if (error.code !== "much" || !(await this.#agreed(error))) throw error;
      }
      question.throwIfAborted();
    }
  }

  // End what is under way.
  cancel(why = "Cancelled.") {
    if (!this.#waiting) return;
    if (this.#waiting.works) this.#end(); // nothing else ends a statement that runs
    this.#settle("reject", new Stopped(why));
  }

  #end() {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #once(what, asked) {
    if (!this.#worker) {
      const worker = this.#worker = new Worker(new URL("worker.js", import.meta.url), {type: "module"});
      worker.addEventListener("message", ({data}) => {
        if (worker === this.#worker) this.#heard(data); // else it was ended, and this was on its way
      });
      worker.addEventListener("error", event => {
        event.preventDefault();
        if (worker !== this.#worker) return;
        this.#end();
        this.#settle("reject", new Error(`The browser could not run the database: ${event.message ?? "its script was not loaded"}.`));
      });
    }
    this.parts = [];
    this.status.replaceChildren();
    this.#tell({bytes: 0});
    return new Promise((resolve, reject) => {
      this.#waiting = {resolve, reject, works: true};
      this.#watch();
      this.#worker.postMessage({number: ++this.#number, what, files: this.files, ...asked});
    });
  }

  #heard(data) {
    if (!this.#waiting?.works) return;
    if (data.loaded) this.#tell(data.loaded);
    if (data.part !== undefined) this.parts.push(data.part);
    this.#watch();
    if (data.number !== this.#number) return;
    if (data.error === undefined) this.#settle("resolve", data.result);
    else this.#settle("reject", Object.assign(new Error(data.error), {code: data.code, bytes: data.bytes}));
  }

  #watch() {
    clearTimeout(this.#timer);
    if (this.#waiting?.works) this.#timer = setTimeout(() => this.cancel("Stopped after a minute without an answer."), PATIENCE);
  }

  #settle(how, what) {
    const waiting = this.#waiting;
    this.#waiting = null;
    clearTimeout(this.#timer);
    this.status.replaceChildren();
    waiting?.[how](what);
  }

  #tell({bytes, requests}) {
    const told = bytes ? `Reading: ${size(bytes)} so far, in ${number(requests)} requests. ` : "Loading the database program … ";
    if (this.status.firstChild) {
      if (Date.now() - this.#told > OFTEN) { // it is read aloud
        this.#told = Date.now();
        this.status.firstChild.textContent = told;
      }
      return;
    }
    this.#told = 0;
    const stop = make("button", {type: "button"}, "Cancel");
    stop.addEventListener("click", () => this.cancel());
    this.status.replaceChildren(make("span", null, told), stop);
  }

  // Whether the reader agrees to load as much as is needed. That may be cancelled, as an answer of the worker: then the
  // worker is kept, with what it has loaded.
  #agreed({message, bytes}) {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting = {resolve, reject, works: false};
      const all = this.files.database.bytes + (this.files.index?.bytes ?? 0);
      const [go, leave] = [make("button", {type: "button"}, "Go on"), make("button", {type: "button"}, "Leave it")];
      const done = answer => {
        if (this.#waiting === waiting) this.#settle("resolve", answer);
      };
      go.addEventListener("click", () => done(true));
      leave.addEventListener("click", () => done(false));
      this.status.replaceChildren(make("span", null,
        `${message} It has ${size(bytes)}; all that may be needed has ${size(all)}. `), go, " ", leave);
      go.focus();
    });
  }
}
