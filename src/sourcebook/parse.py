# SPDX-License-Identifier: Apache-2.0
"""Text to plain data, strictly: the only reader of YAML.

Values are read by the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema): ``NO``, ``22:22`` and
``2014-05-01`` are strings, ``012`` is the integer 12. Mapping keys are the text as written. Whatever is not plain
data (duplicate keys, unknown tags, bombs, bytes that are not text) is a finding at its line.

The reader is a loop over libyaml's event stream: iterative, so that no input can exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sourcebook.exact import decimal_number
from sourcebook.finding import Finding, pointer

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may ask for; past a limit it is a finding, not a crash or a hang."""

    bytes: int = 64 * 1024 * 1024
    depth: int = 64
    expansion: int = 100_000  # nodes that aliases and merges may add to what is written
    digits: int = 1_000


class Place(NamedTuple):
    """A place in a file: line and column, both from 1, the column in characters."""

    line: int
    column: int


class Lossy(NamedTuple):
    """An unquoted number whose value no longer shows its text, such as ``1.10``, ``007`` or ``1e3``."""

    path: Path
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Positions:
    """Where each key and value of one document stands. Absent unless asked for: they cost time and memory."""

    values: dict[Path, Place]
    keys: dict[Path, Place]
    redirects: dict[Path, Path]

    def value(self, path: Path) -> Place:
        """Place of the value at ``path``, or of the nearest value that holds it."""
        return self._find(self.values, path) or self.values[()]

    def key(self, path: Path) -> Place:
        """Place of the mapping key at ``path``; of the value where ``path`` does not end in a key."""
        return self._find(self.keys, path, exact=True) or self.value(path)

    def _find(self, places: dict[Path, Place], path: Path, *, exact: bool = False) -> Place | None:
        found = None
        here: Path = ()
        for depth in range(len(path) + 1):
            if depth:
                # What stands under an alias or came by a merge is looked up where it was written.
                here = (*self.redirects.get(here, here), path[depth - 1])
                here = here if here in places or here not in self.redirects else self.redirects[here]
            if here in places:
                found = (depth, places[here])
        return found[1] if found and (not exact or found[0] == len(path)) else None


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: plain data (dict, list, str, int, float, Decimal, bool, None) and its first line."""

    value: Any
    line: int
    lossy: tuple[Lossy, ...] = ()
    positions: Positions | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds. Where ``findings`` has an error the documents are not to be published."""

    documents: tuple[Document, ...] = ()
    findings: tuple[Finding, ...] = ()


def parse(data: bytes, path: str, limits: Limits = Limits(), *, positions: bool = False) -> Parsed:
    """Read the bytes of one YAML or JSON file.

    ``path`` names the file in findings; with ``positions`` each document carries the place of every key and value.
    Whatever is wrong is returned as findings with line and column; nothing is raised for any input.
    """
    text, finding = _text(data, path, limits)
    if finding:
        return Parsed(findings=(finding,))
    if path.endswith(".json"):
        text = _join_surrogates(text)
    text, restore = _hide_line_separators(text)
    reader = _Reader(path, limits, restore, Positions({}, {}, {}) if positions else None)
    try:
        documents = tuple(reader.documents(text))
    except _Stop as stop:
        return Parsed(findings=(*reader.findings, stop.finding))
    except yaml.MarkedYAMLError as error:
        return Parsed(findings=(*reader.findings, _syntax(error, path)))
    return Parsed(documents, tuple(reader.findings))


# --- bytes to text --------------------------------------------------------------------------------------------------

# Everything that YAML 1.2 does not allow in a stream (c-printable), NUL and lone surrogates included.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _text(data: bytes, path: str, limits: Limits) -> tuple[str, Finding | None]:
    if len(data) > limits.bytes:
        message = f"the file has {len(data):,} bytes, more than the limit of {limits.bytes:,}"
        return "", Finding(path, 1, 1, "yaml-limit", message, hint="split it, or raise sourcebook: limits: bytes")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", Finding(path, 1, 1, "yaml-encoding", "the file is UTF-16", hint="save it as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        return "", _at_end_of(before, path, f"byte 0x{data[error.start]:02x} is not UTF-8")
    text = text.removeprefix("\ufeff")
    found = _UNPRINTABLE.search(text)
    if found:
        name = f"U+{ord(found[0]):04X}"
        return "", _at_end_of(text[: found.start()], path, f"the character {name} is not allowed in a text file")
    return text, None


def _at_end_of(before: str, path: str, message: str) -> Finding:
    lines = re.split("\r\n|\r|\n", before)
    return Finding(path, len(lines), len(lines[-1]) + 1, "yaml-encoding", message, hint="save the file as UTF-8 text")


_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)", re.DOTALL)


def _join_surrogates(text: str) -> str:
    """JSON with each character past U+FFFF written itself, where it is escaped as a pair, which YAML does not know."""

    def joined(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0]
        return chr(0x10000 + ((int(found[1], 16) - 0xD800) << 10) + (int(found[2], 16) - 0xDC00))

    return _ESCAPE.sub(joined, text) if "\\u" in text else text


_SEPARATORS = "\x85\u2028\u2029"


def _hide_line_separators(text: str) -> tuple[str, dict[int, str] | None]:
    """Swap NEL, LS and PS for unused private characters: libyaml breaks lines at them, YAML 1.2 does not."""
    if text.isascii() or not any(c in text for c in _SEPARATORS):
        return text, None
    unused = (c for c in map(chr, range(0xE000, 0xF8FF)) if c not in text)
    swap = {ord(separator): next(unused) for separator in _SEPARATORS}
    return text.translate(swap), {ord(stand_in): chr(separator) for separator, stand_in in swap.items()}


# --- events to data -------------------------------------------------------------------------------------------------

_CORE = "tag:yaml.org,2002:"
_CONSTANTS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_CONSTANTS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_START = frozenset("-+.0123456789")
_MERGE = object()  # stands for the key "<<" until its value is there


class _Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that is being read."""

    value: dict[str, Any] | list[Any]
    place: Place
    anchor: str | None
    key: Any = None
    has_key: bool = False
    key_places: dict[str, Place] = field(default_factory=dict)
    merged: dict[str, tuple[Any, Path | None]] | None = None
    dropping: bool = False  # the value of a duplicate key: read, but not kept
    nodes: int = 1


class _Reader:
    def __init__(self, path: str, limits: Limits, restore: dict[int, str] | None, positions: Positions | None) -> None:
        self.path = path
        self.limits = limits
        self.restore = restore
        self.positions = positions
        self.findings: list[Finding] = []

    def documents(self, text: str) -> Iterator[Document]:
        get_event: Any = CParser(text).get_event
        while (event := get_event()) is not None:
            if type(event) is DocumentStartEvent:
                yield self._document(get_event, _place(event).line)

    def _document(self, get_event: Any, line: int) -> Document:
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int, Path]] = {}
        self.open_anchors: dict[str, Place] = {}
        self.expanded = 0
        self.lossy: list[Lossy] = []
        self.root: Any = None
        if self.positions is not None:
            self.positions = Positions({}, {}, {})
        while True:
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent:
                self._open(event, {}, "map")
            elif kind is SequenceStartEvent:
                self._open(event, [], "seq")
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close()
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentEndEvent:
                return Document(self.root, line, tuple(self.lossy), self.positions)

    # One method a kind of event.

    def _scalar(self, event: Any) -> None:
        text = event.value
        if self.restore:
            text = text.translate(self.restore)
        top = self.stack[-1] if self.stack else None
        if top is not None and not top.has_key and type(top.value) is dict:
            self._key(top, text, event)
            if event.anchor:
                self.anchors[event.anchor] = (text, 1, ())
            return
        if event.tag is None and event.implicit[0]:
            value = self._plain(text, event)
        elif event.tag is None:
            value = text
        else:
            value = self._tagged(text, event)
        if "\0" in text:
            self._report("yaml-encoding", "the text holds a NUL character", event, "no column or file can keep it")
        if self.positions is not None:
            self.positions.values[self._path()] = _place(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1, self._path())
        self._add(value, 1)

    def _key(self, top: _Open, text: str, event: Any) -> None:
        if event.tag is not None and event.tag not in (f"{_CORE}str", "!"):
            self._report(
                "yaml-tag", f"the key {text!r} has a tag", event, "keys are text as written: leave the tag out"
            )
        top.has_key = True
        if text == "<<" and event.implicit[0]:
            top.key = _MERGE
            top.dropping = False
            return
        top.key = text
        place = _place(event)
        if self.positions is not None:
            self.positions.keys.setdefault(self._path(), place)
        first = top.key_places.setdefault(text, place)
        top.dropping = first is not place
        if top.dropping:
            message = f"the key {text!r} stands here again; it was given on line {first.line}"
            self._report("yaml-duplicate-key", message, event, "keep one of the two")

    def _plain(self, text: str, event: Any) -> Any:
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if text[0] not in _NUMBER_START:
            return text
        number = self._number(text, event)
        if number is None:
            return text
        if str(number) != text:
            self.lossy.append(Lossy(self._path(), text, _place(event)))
        return number

    def _number(self, text: str, event: Any) -> Any:
        """The number that ``text`` denotes by the core schema, or None."""
        if _DECIMAL.fullmatch(text) or _INTEGER.fullmatch(text):
            if len(text) > self.limits.digits:
                message = f"a number of {len(text):,} characters; the limit is {self.limits.digits:,}"
                self._report("yaml-number", message, event, "quote it if it is an identifier or other text")
                return 0
            if _INTEGER.fullmatch(text):
                return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
            try:
                return decimal_number(text)
            except (ValueError, ArithmeticError):
                self._report(
                    "yaml-number", f"the exponent of {text} is out of all proportion", event, "quote it if it is text"
                )
                return 0
        if _NOT_FINITE.fullmatch(text):
            message = f"YAML reads {text} as a number that neither JSON nor SQLite has"
            self._report("yaml-number", message, event, "quote it if it is text, or leave the value out")
            return 0
        return None

    def _tagged(self, text: str, event: Any) -> Any:
        kind = event.tag.removeprefix(_CORE)
        if kind in ("str", "!"):
            return text
        if kind in ("int", "float"):
            number = self._number(text, event)
            if number is not None and (kind == "float" or type(number) is int):
                return float(number) if type(number) is int and abs(number) < 2**53 and kind == "float" else number
        elif kind == "null" and text in _CONSTANTS and _CONSTANTS[text] is None:
            return None
        elif kind == "bool" and isinstance(_CONSTANTS.get(text), bool):
            return _CONSTANTS[text]
        elif kind not in ("null", "bool"):
            return self._unknown_tag(event)
        self._report("yaml-tag", f"{text!r} is not a value of the tag !!{kind}", event, "leave the tag out")
        return None

    def _unknown_tag(self, event: Any) -> None:
        shown = event.tag.replace(_CORE, "!!") if event.tag.startswith(_CORE) else event.tag
        message = f"the tag {shown} is unknown: only the core schema's tags have a meaning here"
        self._report("yaml-tag", message, event, "leave the tag out, and quote the value if it is text")

    def _open(self, event: Any, value: dict[str, Any] | list[Any], kind: str) -> None:
        if len(self.stack) >= self.limits.depth:
            message = f"nested more than {self.limits.depth} levels deep"
            raise _Stop(self._finding("yaml-limit", message, event, "flatten it, or raise sourcebook: limits: depth"))
        if event.tag is not None and event.tag not in (f"{_CORE}{kind}", "!"):
            self._unknown_tag(event)
        self._no_key_here(event)
        place = _place(event)
        if self.positions is not None:
            self.positions.values[self._path()] = place
        if event.anchor:
            self.open_anchors[event.anchor] = place
        self.stack.append(_Open(value, place, event.anchor))

    def _close(self) -> None:
        done = self.stack.pop()
        if done.merged:
            self._merge_into(done)
        if done.anchor:
            self.open_anchors.pop(done.anchor, None)
            self.anchors[done.anchor] = (done.value, done.nodes, self._path())
        self._add(done.value, done.nodes)

    def _alias(self, event: Any) -> None:
        if event.anchor in self.open_anchors:
            message = f"the alias *{event.anchor} stands inside what it names"
            raise _Stop(self._finding("yaml-alias", message, event, "data cannot contain itself"))
        if event.anchor not in self.anchors:
            message = f"the alias *{event.anchor} names no anchor before it"
            raise _Stop(self._finding("yaml-alias", message, event, f"write &{event.anchor} before the value it means"))
        value, nodes, path = self.anchors[event.anchor]
        top = self.stack[-1]
        if type(top.value) is dict and not top.has_key:
            if not isinstance(value, str):
                self._no_key_here(event)
            self._key(top, value, ScalarEvent(None, None, (True, False), value, event.start_mark, event.end_mark))
            return
        self.expanded += nodes
        if self.expanded > self.limits.expansion:
            message = f"aliases expand to more than {self.limits.expansion:,} values"
            raise _Stop(
                self._finding(
                    "yaml-limit", message, event, "write the values out, or raise sourcebook: limits: expansion"
                )
            )
        if self.positions is not None:
            self.positions.values[self._path()] = _place(event)
            if path != self._path():
                self.positions.redirects[self._path()] = path
        self._add(value, nodes, path, event)

    # What the events share.

    def _no_key_here(self, event: Any) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and type(top.value) is dict and not top.has_key:
            raise _Stop(
                self._finding("yaml-key", "a mapping key that is itself a list or a mapping", event, "keys are text")
            )

    def _add(self, value: Any, nodes: int, path: Path | None = None, event: Any = None) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        top.nodes += nodes
        if type(top.value) is list:
            top.value.append(value)
            return
        if top.key is _MERGE:
            self._merge(top, value, path, event)
        elif not top.dropping:
            top.value[top.key] = value
        top.has_key = False

    def _merge(self, top: _Open, value: Any, path: Path | None, event: Any) -> None:
        """Note the keys of a ``<<`` merge; they are filled in at the mapping's end, so that explicit keys win."""
        base = self._path() if path is None else path
        sources = [(value, base)] if isinstance(value, dict) else []
        if isinstance(value, list):
            sources = [(item, (*base, index)) for index, item in enumerate(value)]
        if not sources or not all(isinstance(source, dict) for source, _ in sources):
            place = top.place if event is None else _place(event)
            message = "the value of a merge key << is neither a mapping nor a list of mappings"
            self.findings.append(Finding(self.path, *place, "yaml-alias", message, hint="merge an alias of a mapping"))
            return
        top.merged = {} if top.merged is None else top.merged
        for source, where in sources:
            for key, item in source.items():
                top.merged.setdefault(key, (item, (*where, key)))

    def _merge_into(self, done: _Open) -> None:
        assert isinstance(done.value, dict)
        assert done.merged is not None
        here = self._path()
        for key, (item, where) in done.merged.items():
            if key not in done.value:
                done.value[key] = item
                if self.positions is not None and where is not None:
                    self.positions.redirects[(*here, key)] = where

    def _path(self) -> Path:
        """Path of the value that comes next, from the document's root."""
        parts: list[str | int] = []
        for level in self.stack:
            if type(level.value) is list:
                parts.append(len(level.value))
            else:
                parts.append("<<" if level.key is _MERGE else level.key)
        return tuple(parts)

    def _finding(self, rule: str, message: str, event: Any, hint: str) -> Finding:
        where = self._path() if all(o.has_key or type(o.value) is list for o in self.stack) else ()
        return Finding(self.path, *_place(event), rule, message, hint=hint, pointer=pointer(where))

    def _report(self, rule: str, message: str, event: Any, hint: str) -> None:
        self.findings.append(self._finding(rule, message, event, hint))


def _place(event: Any) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1)


# --- what libyaml says, in a curator's words ------------------------------------------------------------------------

_SAID = {
    "mapping values are not allowed in this context": (
        "a colon with a space after it, where no key can stand",
        "put the text in quotes; or mend the indentation of this line",
    ),
    "found character that cannot start any token": (
        "a character that cannot begin a value here",
        "indent with spaces, not tabs; put text that begins with @, ` or % in quotes",
    ),
    "could not find expected ':'": (
        "a line that is neither a key with its value nor part of the text before it",
        "write `key: value`; indent the lines of a long text; put text with special characters in quotes",
    ),
    "did not find expected key": (
        "this line is not at the indentation of the keys before it",
        "align it with the keys it belongs to; quote a value that begins with a quote or *",
    ),
    "did not find expected '-' indicator": (
        "this line is not at the indentation of the list before it",
        "align it with the other items",
    ),
    "found unexpected end of stream": ("a quoted text that begins here is not closed", "close the quote"),
    "did not find expected ',' or ']'": ("a list in square brackets is not closed", "close it with ]"),
    "did not find expected ',' or '}'": ("a mapping in braces is not closed", "close it with }"),
    "did not find expected node content": (
        "a value is expected here",
        "give the value; put text that begins with a special character in quotes",
    ),
    "found a tab character that violates indentation": ("a tab where only spaces may be", "indent with spaces"),
    "did not find expected <document start>": (
        "text after the end of the document",
        "indent it into the value above; or begin a second document with ---",
    ),
}


def _syntax(error: yaml.MarkedYAMLError, path: str) -> Finding:
    problem = str(error.problem or error)
    message, hint = _SAID.get(problem, (problem, ""))
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    if problem == "found unexpected end of stream" and begun:
        mark = begun  # what was not closed is of more use than where the file ends
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if begun and begun.line + 1 != line:
        message += f" (begun on line {begun.line + 1})"
    return Finding(path, line, column, "yaml-syntax", message, hint=hint)
