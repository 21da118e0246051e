// SPDX-License-Identifier: Apache-2.0
// Values of records in the words of the served pages: what sourcebook/content/values.py does for these.
import {SPACE} from "./words.js";

const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];
const LINKED = /^(?:https?:\/\/|mailto:(?=.))/;
const NO_ADDRESS = new RegExp(`[${SPACE}\\0-\\x20\\x7f<>"]`, "u");

// Whether a text is an address that a page may link to: of the web, or of mail, and nothing else.
export const isLink = text => LINKED.test(text) && !NO_ADDRESS.test(text);

// A number as it is written, where a script would write it otherwise.
class Written {
  constructor(source) {
    this.source = source;
  }

  toString() {
    return this.source;
  }
}

// JSON as data, in which numbers are as they are written: 8.0, and integers of any length. Older browsers cannot tell.
export const parsed = text => JSON.parse(text, (_, value, context) =>
  typeof value === "number" && context?.source && context.source !== String(value) ? new Written(context.source) : value);

// Whether a value has no others in it.
export const isSingle = value => value !== null && (typeof value !== "object" || value instanceof Written);

// A value that stands in the field at a path, which has a kind where its text is not as the value is written.
export function words(kind, value) {
  const text = String(value);
  if (kind === "boolean") return value === true ? "yes" : value === false ? "no" : text;
  if (kind === "number") return /^-?\d+$/.test(text) ? text : String(Number(text));
  return kind === "date" && !isLink(text) ? date(text) : text;
}

// A date as a reader knows it, in part where only a part is known.
export function date(text) {
  const found = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(text);
  const month = found && MONTHS[Number(found[2]) - 1];
  return month ? `${found[3] ? `${Number(found[3])} ` : ""}${month} ${found[1]}` : text;
}

// When something was that is known between two dates only, either of which may be missing.
export function interval(earliest, latest) {
  if (earliest && latest && earliest !== latest) return `between ${date(earliest)} and ${date(latest)}`;
  const known = date(earliest || latest);
  return earliest && latest ? known : `${earliest ? "from" : "until"} ${known}`;
}
