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
  #waiting = null;
  #timer = 0;
  #told = 0;

  // `files` is what the page says of the files that are read; `status` the element in which it is told what goes on.
  constructor(files, status) {
    this.files = files;
    this.status = status;
    this.parts = null; // of CSV
    document.getElementById("unserved")?.remove(); // says that scripts do not run, where a page is opened from a file
  }

  // What the worker answers. Raises Error with what is wrong, or Stopped.
  async ask(what, asked) {
    this.cancel("");
    for (let allowed = 0;; allowed = Infinity) {
      try {
        return await this.#once(what, {...asked, allowed});
      } catch (error) {
        if (error.code !== "much" || !(await this.#agreed(error))) throw error;
      }
    }
  }

  // End what is under way.
  cancel(why = "Cancelled.") {
    if (!this.#waiting) return;
    this.#worker.terminate(); // nothing else ends a statement that runs
    this.#worker = null;
    this.#settle("reject", new Stopped(why));
  }

  #once(what, asked) {
    if (!this.#worker) {
      this.#worker = new Worker(new URL("worker.js", import.meta.url), {type: "module"});
      this.#worker.addEventListener("message", ({data}) => this.#heard(data));
      this.#worker.addEventListener("error", event => {
        event.preventDefault();
        this.#worker?.terminate();
        this.#worker = null;
        this.#settle("reject", new Error(`The browser could not run the database: ${event.message ?? "its script was not loaded"}.`));
      });
    }
    this.parts = [];
    this.#tell({bytes: 0});
    return new Promise((resolve, reject) => {
      this.#waiting = {resolve, reject};
      this.#watch();
      this.#worker.postMessage({number: ++this.#number, what, files: this.files, ...asked});
    });
  }

  #heard(data) {
    if (data.loaded) this.#tell(data.loaded);
    if (data.part !== undefined) this.parts.push(data.part);
    this.#watch();
    if (data.number !== this.#number) return;
    if (data.error === undefined) this.#settle("resolve", data.result);
    else this.#settle("reject", Object.assign(new Error(data.error), {code: data.code, bytes: data.bytes}));
  }

  #watch() {
    clearTimeout(this.#timer);
    if (this.#waiting) this.#timer = setTimeout(() => this.cancel("Stopped after a minute without an answer."), PATIENCE);
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

  // Whether the reader agrees to load as much as is needed.
  #agreed({message, bytes}) {
    return new Promise(resolve => {
      const all = this.files.database.bytes + (this.files.index?.bytes ?? 0);
      const [go, leave] = [make("button", {type: "button"}, "Go on"), make("button", {type: "button"}, "Leave it")];
      const done = answer => {
        this.status.replaceChildren();
        resolve(answer);
      };
      go.addEventListener("click", () => done(true));
      leave.addEventListener("click", () => done(false));
      this.status.replaceChildren(make("span", null,
        `${message} It has ${size(bytes)}; all that may be needed has ${size(all)}. `), go, " ", leave);
      go.focus();
    });
  }
}
