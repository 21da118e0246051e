# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a text that is not JSON, in a curator's words: what other languages have, and JSON has not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from sourcebook.parse.events import NotYaml

_WORD = re.compile(r"[^\W\d][\w$.-]*+|\$[\w$.-]++")
_NUMBER = re.compile(r"[-+.\w]+")
_BARE = re.compile(r"[^,\[\]{}\":\n]{1,40}")
_LEADING = re.compile(r"([-+]?)0+(?=[0-9])")
_BLANK = re.compile("[\u00a0\u0085\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
_QUOTES = (
    "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u00ab\u00bb\u2032\u2033\u300c\u300d\uff02\uff07`'"
)
_CONSTANTS = {"true": "true", "false": "false", "null": "null", "none": "null", "nil": "null", "undefined": "null"}
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_SURROGATE = re.compile("[\ud800-\udfff]")

YAML_INSTEAD = "name the file .yaml if it is to be read as YAML"
_ANOTHER_NAME = "write it in double quotes if it is text"


def no_value(text: str, at: int, opened: Sequence[int]) -> NoReturn:
    """No value begins at ``at``, where one is expected."""
    character = text[at : at + 1]
    if not character:
        _not_closed(text, opened)
    _foreign(text, at)
    if character in _QUOTES:
        _quote(text, at)
    if text.startswith(("---", "- ", "-\n"), at):
        raise NotYaml(at, "a list item or a document as in YAML", YAML_INSTEAD)
    if character in "-+.0123456789":
        _number(text, at)
    if character in "]},:":
        raise NotYaml(
            at, f"a value is expected before this {character}", "write the value, or null where there is none"
        )
    found = _WORD.match(text, at)
    if found:
        _word(text, at, found[0])
    if character == "<":
        raise NotYaml(at, "a value cannot begin with <", "it looks like HTML or XML, and not like data; fetch it again")
    raise NotYaml(at, f"a value cannot begin with {character}", _ANOTHER_NAME)


def no_key(text: str, at: int, opened: Sequence[int]) -> NoReturn:
    """No key begins at ``at``, where one is expected."""
    character = text[at : at + 1]
    if not character:
        _not_closed(text, opened)
    _foreign(text, at)
    if character in _QUOTES:
        _quote(text, at)
    word = _WORD.match(text, at)
    if word:
        raise NotYaml(at, f"the key {word[0]} stands without quotes", f'write "{word[0]}"; or {YAML_INSTEAD}')
    if character == ",":
        raise NotYaml(at, "a comma where a key is expected", "remove it")
    number = re.compile("[-+]?[.]?[0-9][.0-9]*").match(text, at)
    if number and re.compile("[0-9],").match(text, at - 2) and not text.startswith(":", number.end()):
        hint = f'write the decimal point as a dot; or write `"key": {number[0]}`'
        raise NotYaml(at, f"a key is expected after the comma, and not the number {number[0]}", hint)
    if number:
        raise NotYaml(at, f"the key {number[0]} stands without quotes", f'write "{number[0]}": keys are text')
    raise NotYaml(at, "a key in double quotes is expected here", 'write `"key": value`')


def no_colon(text: str, at: int, opened: Sequence[int]) -> NoReturn:
    """No colon follows a key."""
    if at == len(text):
        _not_closed(text, opened)
    _foreign(text, at)
    if text[at] == "=":
        raise NotYaml(at, "an equals sign where a colon is expected", "write `:` between a key and its value")
    hint = 'write `"key": value`; in a list, in square brackets, values stand without keys'
    raise NotYaml(at, "a colon is expected after the key", hint)


def no_comma(text: str, at: int, opened: Sequence[int]) -> NoReturn:
    """What follows a value is neither a comma nor the end of what holds it."""
    if at == len(text):
        _not_closed(text, opened)
    _foreign(text, at)
    character, what = text[at], "list" if text[opened[-1]] == "[" else "mapping"
    if character in "]}":
        end = "]" if what == "list" else "}"
        raise NotYaml(
            at, f"a {character} where the {what} is to be closed with {end}", f"write {end}; or close what is inside"
        )
    if character == ";":
        raise NotYaml(at, "a semicolon where a comma is expected", "write a comma")
    if character == ":" and what == "list":
        raise NotYaml(at, "a colon in a list", "write a mapping in braces, {…}, where values have keys")
    if character == "+":
        raise NotYaml(at, "a sum, which JSON does not have", "write the whole text in one pair of quotes")
    if character == '"' or character in _QUOTES or character in "{[" or character.isalnum() or character == "-":
        raise NotYaml(at, "a comma is missing before this", "put a comma after the value before it")
    raise NotYaml(at, f"a comma, or the end of the {what}, is expected here", "put text in double quotes")


def after_comma(text: str, comma: int, at: int, opened: Sequence[int]) -> NoReturn:
    """The ``comma`` has nothing after it."""
    if at == len(text):
        _not_closed(text, opened)
    raise NotYaml(comma, f"a comma before the closing {text[at]}", "remove it: in JSON no comma stands after the last")


def after_end(text: str, at: int) -> NoReturn:
    """Something follows the one value of the text."""
    _foreign(text, at)
    character = text[at]
    if character in "]}":
        raise NotYaml(at, f"a {character} that closes nothing", "remove it")
    if character in ",;":
        raise NotYaml(at, f"a {character} after the end of the value", "remove it; put several values in a list, [ … ]")
    hint = "put several values in a list, [ … ]; or one on each line, and name the file .jsonl"
    raise NotYaml(at, "a second value after the end of the first", hint)


def bad_text(text: str, at: int) -> NoReturn:
    """The text in double quotes that begins at ``at`` is not one of JSON."""
    here = at + 1
    while here < len(text) and text[here] != '"':
        character = text[here]
        if character == "\n":
            hint = r'close it with "; inside a text write a quote as \" and a line break as \n'
            raise NotYaml(at, "a text that begins here is not closed on its line", hint)
        if character < " ":
            name = "a tab" if character == "\t" else f"the character U+{ord(character):04X}"
            written = r"\t" if character == "\t" else f"\\u{ord(character):04x}"
            raise NotYaml(here, f"{name} inside a text", f"write it as {written}")
        if character == "\\":
            escape = _ESCAPE.match(text, here)
            if not escape:
                _bad_escape(text, here)
            here = escape.end()
        else:
            here += 1
    raise NotYaml(at, "a text that begins here is not closed", 'close it with "')


def _bad_escape(text: str, at: int) -> NoReturn:
    written = text[at : at + 2]
    if len(written) < 2:
        raise NotYaml(at, "the file ends inside a text", "close it; or the file was cut short")
    if written == "\\'":
        raise NotYaml(at, r"the escape \' is not one of JSON", "write ' without a backslash")
    if written == "\\\n":
        raise NotYaml(at, "a text goes on in the next line", r"write it on one line, and a line break in it as \n")
    if written == "\\u":
        raise NotYaml(
            at, r"the escape \u needs four hexadecimal digits", r"write it as \u00e9; or the character itself"
        )
    if written == "\\x" and (found := re.compile(r"[0-9a-fA-F]{2}").match(text, at + 2)):
        raise NotYaml(at, f"the escape \\x{found[0]} is not one of JSON", f"write it as \\u00{found[0]}")
    raise NotYaml(at, f"the escape {written} is not one of JSON", r"write a backslash as \\")


def check_surrogates(text: str, at: int, end: int, value: str) -> None:
    """Raise NotYaml where a text, which begins at ``at``, has half of a surrogate pair as an escape."""
    if not _SURROGATE.search(value):
        return
    escapes = list(re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)").finditer(text, at, end))
    for number, escape in enumerate(escapes):
        code = int(escape[1] or "0", 16)
        if 0xDC00 <= code <= 0xDFFF and not _pairs(escapes[number - 1] if number else None, escape):
            break
        follows = escapes[number + 1] if number + 1 < len(escapes) else None
        if 0xD800 <= code <= 0xDBFF and not (follows and _pairs(escape, follows)):
            break
    raise NotYaml(
        escape.start(), f"the escape {escape[0]} is no character", "write the character itself", "yaml-encoding"
    )


def _pairs(high: re.Match[str] | None, low: re.Match[str]) -> bool:
    """Whether two escapes make a surrogate pair."""
    if high is None or high.end() != low.start() or not high[1] or not low[1]:
        return False
    return 0xD800 <= int(high[1], 16) <= 0xDBFF and 0xDC00 <= int(low[1], 16) <= 0xDFFF


# --- what may stand anywhere in other languages ---


def _foreign(text: str, at: int) -> None:
    """Raise NotYaml for a comment, or for a blank that JSON does not have."""
    if text[at] == "#":
        hint = "remove it; or name the file .yaml, where # begins a comment"
        raise NotYaml(at, "a comment, which JSON does not have", hint)
    if text.startswith(("//", "/*", "<!--"), at):
        hint = "remove it; in a .yaml file a comment begins with #"
        raise NotYaml(at, "a comment, which JSON does not have", hint)
    blank = _BLANK.match(text, at)
    if blank:
        message = f"the blank U+{ord(blank[0]):04X} where only spaces may be"
        raise NotYaml(
            at, message, "put a space in its place; it looks like one, or like nothing, and is another character"
        )


def _quote(text: str, at: int) -> NoReturn:
    character = text[at]
    names = {"'": "single quotes", "`": "backquotes"}
    what = names.get(character, f"the quotation mark {character} (U+{ord(character):04X})")
    hint = 'put the text in double quotes, "…"' + (f"; or {YAML_INSTEAD}" if character == "'" else "")
    raise NotYaml(at, f"{what} around a text" if character in names else f"{what} before a text", hint)


def _number(text: str, at: int) -> NoReturn:
    found = _NUMBER.match(text, at)
    written = found[0] if found else text[at]
    plain = written.lstrip("+")
    if written.lstrip("+-").lower() in ("infinity", "inf", "nan"):
        _not_finite(at, written)
    ways = [
        (r"-?0+[0-9]+(?:\.[0-9]+)?", "a number does not begin with 0", _without_zeros(plain)),
        (r"-?\.[0-9].*", "a number does not begin with a point", plain.replace(".", "0.", 1)),
        (r"-?[0-9]+\.", "a number does not end in a point", plain.rstrip(".")),
        (r"-?0[xX][0-9a-fA-F]+", "a number in hexadecimal, which JSON does not have", _decimal(plain, 16)),
        (r"-?0[oO][0-7]+", "a number in octal, which JSON does not have", _decimal(plain, 8)),
        (r"-?0[bB][01]+", "a number in binary, which JSON does not have", _decimal(plain, 2)),
        (r"-?[0-9]+(?:_[0-9]+)+", "a number with underscores", plain.replace("_", "")),
        (r"-?[0-9][0-9.eE]*", "a number begins with a plus sign", plain),
    ]
    for form, message, right in ways:
        if re.fullmatch(form, plain) and (form != ways[-1][0] or plain != written):
            way = f"write {right}, or " if right else ""
            raise NotYaml(at, f"{written}: {message}", f'{way}"{written}" in quotes if it is text')
    what = "is not a number" if written[-1:] in "-+." or not re.match("[0-9]+-", written) else "stands without quotes"
    raise NotYaml(at, f"{written} {what}", f'write "{written}" in quotes if it is text')


def _without_zeros(number: str) -> str:
    return _LEADING.sub(r"\1", number)


def _decimal(number: str, base: int) -> str:
    try:
        return str(int(number, base)) if len(number) < 40 else ""
    except ValueError:
        return ""


def _not_finite(at: int, written: str) -> NoReturn:
    message = f"{written} is no number in JSON"
    raise NotYaml(at, message, "write null or leave the value out; put it in quotes if it is text", "yaml-number")


def _word(text: str, at: int, word: str) -> NoReturn:
    if word.lower() in ("nan", "infinity", "inf"):
        _not_finite(at, word)
    right = _CONSTANTS.get(word.lower())
    if right == word:  # and more after it
        raise NotYaml(at, f"{right} is not the end of the value", "put a comma after it, or all of it in quotes")
    if right:
        raise NotYaml(at, f"{word} is not a value of JSON", f'write {right}; or "{word}" if it is text')
    after = re.compile(r"[ \t]*(:|\()").match(text, at + len(word))
    if after and after[1] == ":":
        raise NotYaml(
            at, f"the key {word} stands without quotes and braces", f'write {{"{word}": …}}; or {YAML_INSTEAD}'
        )
    if after:
        raise NotYaml(at, f"a call of {word}, which JSON does not have", "write the value itself")
    bare = _BARE.match(text, at)
    shown = bare[0].strip() if bare else word
    raise NotYaml(at, f"the text {shown} stands without quotes", f'write "{shown}" in double quotes; or {YAML_INSTEAD}')


def _not_closed(text: str, opened: Sequence[int]) -> NoReturn:
    """The text ends where a value is expected, or what was opened is to be closed."""
    if not opened:
        raise NotYaml(len(text), "a value is expected here", "write the value")
    begin = opened[-1]
    what, end = ("a list", "]") if text[begin] == "[" else ("a mapping", "}")
    raise NotYaml(begin, f"{what} that begins here is not closed", f"close it with {end}; or the file was cut short")
