// SPDX-License-Identifier: Apache-2.0
// What a reader searched for, found again in a text: what sourcebook/site/marking.py does for the served pages.
import {caseFolded, fold, split, taken} from "./words.js";

const RUN = /(?:[A-Za-z0-9]|[^\x00-\x7f])+/gu;
const ASCII = /^[\x00-\x7f]*$/;

// The words of a text as the index has them, folded, each with where it begins and ends.
export function words(text) {
  const found = [];
  for (const run of text.matchAll(RUN)) {
    if (ASCII.test(run[0])) found.push([run[0].toLowerCase(), run.index, run.index + run[0].length]);
    else for (const [folded, begin, end] of inRun(run[0])) found.push([folded, run.index + begin, run.index + end]);
  }
  return found;
}

function inRun(run) {
  const found = [];
  let [folded, begin, end] = ["", 0, 0];
  for (const piece of run.matchAll(/[^]\p{M}*/gu)) { // a character with the marks that follow it
    for (const letter of caseFolded(fold(piece[0]))) {
      if (/[\p{L}\p{N}\p{M}\p{Co}]/u.test(letter)) {
        begin = folded ? begin : piece.index;
        [folded, end] = [folded + letter, piece.index + piece[0].length];
      } else if (folded) {
        found.push([folded, begin, end]);
        folded = "";
      }
    }
  }
  if (folded) found.push([folded, begin, end]);
  return found;
}

export class Sought {
  constructor(typed) {
    this.phrases = [];
    this.goesOn = false; // whether the last word may be begun only
    for (const one of taken(typed.replaceAll("\0", " "))) {
      const some = words(one.text).map(([folded]) => folded);
      if (some.length) {
        this.phrases.push(some);
        this.goesOn = !one.closed;
      }
    }
    this.firsts = new Set(this.phrases.map(one => one[0]));
    this.begun = this.goesOn && this.phrases.at(-1).length === 1 ? this.phrases.at(-1)[0] : "";
  }

  // Which of the phrases stand in a text, by their numbers.
  found(text) {
    return new Set([...this.#places(text)].map(([number]) => number));
  }

  // Which part of a text was sought, of its words: 1 where it is all.
  share(text) {
    const [all, spans] = [words(text), this.spans(text)];
    if (!spans.length) return 0;
    return all.filter(word => spans.some(([begin, end]) => begin <= word[1] && word[1] < end)).length / all.length;
  }

  // The part of a text around the first word that was sought, as whole words, with … where something is cut.
  excerpt(text, most = 220) {
    text = split(text).join(" ");
    if (text.length <= most) return text;
    const first = this.spans(text)[0]?.[0] ?? 0;
    const begin = first < Math.floor(most * 2 / 3) ? 0 : text.lastIndexOf(" ", first - Math.floor(most / 3) - 1) + 1;
    const end = begin + most;
    const cut = text.slice(begin, end);
    const space = cut.lastIndexOf(" ");
    if (end >= text.length) return (begin ? "… " : "") + cut;
    return (begin ? "… " : "") + (space < 0 ? cut : cut.slice(0, space)) + " …";
  }

  // Where in a text something stands that was sought, in order, none within another.
  spans(text) {
    const spans = [];
    const places = [...this.#places(text)].map(([, begin, end]) => [begin, end]);
    for (const [begin, end] of places.sort((one, other) => one[0] - other[0] || one[1] - other[1])) {
      const done = spans.at(-1)?.[1] ?? 0;
      if (end > done) spans.push([Math.max(begin, done), end]);
    }
    return spans;
  }

  *#places(text) {
    const all = words(text);
    for (const [place, [folded, begin]] of all.entries()) {
      if (!this.firsts.has(folded) && !(this.begun && folded.startsWith(this.begun))) continue;
      for (const [number, phrase] of this.phrases.entries()) {
        const there = all.slice(place, place + phrase.length);
        if (stands(phrase, there, this.goesOn && number === this.phrases.length - 1)) {
          yield [number, begin, there.at(-1)[2]];
        }
      }
    }
  }
}

function stands(phrase, there, last) {
  if (there.length !== phrase.length) return false;
  const [end, meant] = [there.at(-1)[0], phrase.at(-1)];
  if (last ? !end.startsWith(meant) : end !== meant) return false;
  return phrase.slice(0, -1).every((one, place) => one === there[place][0]);
}
