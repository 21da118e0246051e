// SPDX-License-Identifier: Apache-2.0
// Words as full-text search compares them: what sourcebook/tables/search.py does, which made the index. The tests hold
// the one against the other, and the tables here against those there.

// Marks that words are written with and without, and what is not seen: joiners, directions of writing.
export const MARKS =
  "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f" +
  "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff\u0711\u0730-\u074a\u093c" +
  "\u0951-\u0954\u180b-\u180d\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u2de0-\u2dff\ua66f-\ua672\ua674-\ua67d" +
  "\ua69e-\ua69f\ufe00-\ufe0f\ufe20-\ufe2f\u{e0100}-\u{e01ef}";
export const UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0001}-\u{e007f}";
// Scripts that put no spaces between words: each character is a word of its own.
export const UNSPACED =
  "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u1b00-\u1b7f\u2e80-\u2fdf" +
  "\u3005-\u3007\u3021-\u303b\u3041-\u30fa\u30fc-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff" +
  "\ua000-\ua4cf\ua960-\ua97f\ua980-\ua9ff\uaa60-\uaadf\uac00-\ud7ff\uf900-\ufaff\u{12000}-\u{1467f}" +
  "\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{323af}";
export const LETTERS = {
  "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e", "ɛ": "e",
  "ɔ": "o", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƒ": "f", "ƙ": "k", "ƴ": "y", "æ": "ae", "œ": "oe", "þ": "th",
  "ʻ": "'", "ʼ": "'", "ʹ": "", "ʾ": "", "ʿ": "", "ґ": "г",
  "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ە": "ه", "ھ": "ه",
};
// What Python takes for a space, which is not quite what browsers do.
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const SPACES = new RegExp(`[${SPACE}]+`, "gu");
const DROPPED = new RegExp(`[${MARKS}${UNSEEN}]+`, "gu");
const LETTER = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "gu");
const DIGIT = /(?![0-9])\p{Nd}/gu;
const RUN = new RegExp(`[${UNSPACED}]+`, "gu");
const BLANK = new RegExp(`[\\0-\\x20"${SPACE}${UNSEEN}]+`, "gu");
const TYPED = new RegExp(`"([^"]*)("?)|([^"${SPACE}]+)`, "gu");
const ASCII = /^[\x00-\x7f]*$/;
const MOST_WORDS = 40;
const MOST_CHARACTERS = 1000;

// The words between spaces, as Python's split() has them.
export const split = text => text.split(SPACES).filter(Boolean);

// Small letters, and those alike that only differ as capitals: Unicode's case folding, which JavaScript lacks.
export const caseFolded = text => text.toLowerCase().replace(/[ßς\uab70-\uabbf\u13f8-\u13fd]/g, letter => {
  if (letter === "ß") return "ss";
  if (letter === "ς") return "σ";
  const code = letter.charCodeAt(0);
  return String.fromCharCode(code < 0xab70 ? code - 8 : code - 0x97d0); // Cherokee, whose capitals came first
});

const decimal = digit => {
  let [first, code] = [digit.codePointAt(0), digit.codePointAt(0)];
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
};

// A text spelled as all others that are to be found by it: without marks, small, one character for alike ones.
export function fold(text) {
  if (ASCII.test(text)) return text;
  return caseFolded(text.normalize("NFKD").replace(DROPPED, ""))
    .replace(LETTER, letter => LETTERS[letter])
    .replace(DIGIT, decimal)
    .normalize("NFC")
    .replace(RUN, run => ` ${[...run].join(" ")} `);
}

export const isBlank = typed => !typed.replace(BLANK, "");

// Phrases and words as they were typed: each with whether it was a phrase that is closed.
export function* taken(typed) {
  for (const [, phrase, closed, word] of typed.matchAll(TYPED)) yield {text: phrase || word || "", closed: !!closed};
}

const unquoted = text => text.replaceAll('"', " ");
const isWord = text => /[\p{L}\p{N}\p{M}\p{Co}]/u.test(text);

// What a reader types, as an expression of FTS5: all words, and phrases in quotes. With `prefix` the last word may go
// on, and no more is looked at than `MOST_WORDS` and `MOST_CHARACTERS`.
export function expression(typed, prefix = false) {
  typed = typed.replaceAll("\0", " ");
  if (!prefix) {
    const words = [...taken(typed)].map(one => trimmed(unquoted(fold(one.text)))).filter(Boolean);
    return words.map(one => `"${one}"`).join(" ") || '""';
  }
  const parts = [];
  let [left, goesOn] = [MOST_WORDS, false];
  for (const one of taken([...typed].slice(0, MOST_CHARACTERS).join(""))) {
    const words = split(unquoted(fold(one.text))).filter(isWord).slice(0, left);
    if (words.length) {
      parts.push(`"${words.join(" ")}"`);
      goesOn = !one.closed;
    }
    left -= words.length;
  }
  return parts.join(" ") + (goesOn ? " *" : "") || '""';
}

const trimmed = text => text.replace(new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "gu"), "");
