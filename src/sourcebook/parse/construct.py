# SPDX-License-Identifier: Apache-2.0
"""Events to plain data: duplicate keys, anchors, merges, tags, limits, places.

A loop over events with a stack of its own, so that no nesting can exhaust the interpreter's stack. Longer than most
modules: what each kind of event does is a method of the one state that all of them change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sourcebook.alike import difference
from sourcebook.finding import Finding, Level, pointer
from sourcebook.parse import core
from sourcebook.parse.decode import Places
from sourcebook.parse.events import (
    ALIAS,
    CORE,
    DOCUMENT_END,
    DOCUMENT_START,
    MAPPING_START,
    SCALAR,
    SEQUENCE_START,
    Event,
)
from sourcebook.parse.lookalike import lookalikes
from sourcebook.parse.mistakes import Double, joined
from sourcebook.parse.model import Document, Limits, Lossy, Path, Positions

NONE, ALL = -1, 1 << 30  # how deep places are noted
_ALIASED_TEXT = 16 << 20  # characters that aliases and merges may add to a file, whatever its book says
_MOST = 1_000  # findings of one rule in one file
_MERGE = object()  # stands for the key "<<" until its value is there


class Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that is being read."""

    value: dict[str, Any] | list[Any]
    offset: int
    anchor: str | None
    key: Any = None
    has_key: bool = False
    key_offsets: dict[str, int] = field(default_factory=dict)
    ascii: bool = True  # whether every key is
    merged: dict[str, tuple[Any, Path | None]] | None = None
    dropping: bool = False  # the value of a duplicate key: read, but not kept
    doubles: list[Double] = field(default_factory=list)
    first_double: int = 0  # number of the finding about the first of them
    nodes: int = 1
    size: int = 0  # characters of all texts in it


class Construction:
    """The documents of one file. ``findings`` fills while they are read; each has the place of what it is about.

    Documents carry the places of keys and values at most ``depth`` deep.
    """

    def __init__(self, path: str, places: Places, limits: Limits, *, depth: int) -> None:
        self.path = path
        self.places = places
        self.limits = limits
        self.depth = depth
        self.findings: list[Finding] = []
        self.expanded = 0
        self.added = 0  # characters
        self._reported: Counter[str] = Counter()  # findings, by rule
        self._from: dict[str, int] = {}  # the place of the first that is not told

    @property
    def told(self) -> tuple[Finding, ...]:
        """The findings, with one more for each rule of which there are too many to be told: how many more there are."""
        return (*self.findings, *(self._more(rule, offset) for rule, offset in self._from.items()))

    def _more(self, rule: str, offset: int) -> Finding:
        message = f"{self._reported[rule] - _MOST:,} more such mistakes, from here on"
        return Finding(self.path, *self.places(offset), rule, message, hint="mend those before, and these are told")

    def documents(self, events: Iterable[Event]) -> Iterator[Document]:
        """Each document. Raises Stop where a limit or an alias ends the reading, and what ``events`` raises."""
        for event in events:
            kind = event[0]
            if kind == SCALAR:
                self._scalar(event)
            elif kind == MAPPING_START:
                self._open(event, {}, "map")
            elif kind == SEQUENCE_START:
                self._open(event, [], "seq")
            elif kind == ALIAS:
                self._alias(event)
            elif kind == DOCUMENT_START:
                line = self.places.line(event[1])
                self._begin()
            elif kind == DOCUMENT_END:
                yield Document(self.root, line, tuple(self.lossy), self.positions)
            else:
                self._close()

    def _begin(self) -> None:
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int, Path, int]] = {}  # value, nodes, path, size
        self.open_anchors: set[str] = set()
        self.lossy: list[Lossy] = []
        self.root: Any = None
        self.positions = None if self.depth == NONE else Positions({}, {}, {})

    # --- scalars ---

    def _scalar(self, event: Event) -> None:
        _, offset, text, anchor, tag, style = event
        top = self.stack[-1] if self.stack else None
        if top is not None and not top.has_key and type(top.value) is dict:
            self._key(top, event)
            if anchor:
                self.anchors[anchor] = (text, 1, (), len(text))
            return
        value = text
        if tag is not None:
            value = self._tagged(text, tag, offset)
        elif style == "":
            value = self._plain(text, offset)
        if "\0" in text:
            self._report("yaml-encoding", "the text holds a NUL character", offset, "no column or file can keep it")
        if self.positions is not None and len(self.stack) <= self.depth:
            self.positions.values[self._path()] = self.places(offset)
        if anchor:
            self.anchors[anchor] = (value, 1, self._path(), len(text))
        self._add(value, 1, len(text))

    def _key(self, top: _Open, event: Event) -> None:
        _, offset, text, _, tag, style = event
        if tag is not None and tag not in (f"{CORE}str", "!"):
            hint = "keys are text as written: leave the tag out"
            self._report("yaml-tag", f"the key {text!r} has a tag", offset, hint)
        top.has_key = True
        if text == "<<" and tag is None and style == "":
            top.key = _MERGE
            top.dropping = False
            return
        top.key = text
        top.size += len(text)
        if self.positions is not None and len(self.stack) <= self.depth:
            self.positions.keys.setdefault(self._path(), self.places(offset))
        first = top.key_offsets.setdefault(text, offset)
        top.dropping = first != offset
        if top.dropping:
            line = self.places(first).line
            message = f"the key {text!r} stands here again; it was given on line {line}"
            if self._report("yaml-duplicate-key", message, offset, "keep one of the two"):
                top.first_double = top.first_double if top.doubles else len(self.findings) - 1
                top.doubles.append(Double(text, first, offset, self.findings[-1]))
        if not text.isascii():
            top.ascii = False
        if "\0" in text:
            self._report("yaml-encoding", "the key holds a NUL character", offset, "no column or file can keep it")

    def _plain(self, text: str, offset: int) -> Any:
        if text in core.CONSTANTS:
            return core.CONSTANTS[text]
        if text[0] not in core.NUMBER_START:
            return text
        number = self._number(text, offset)
        if number is None:
            return text
        if str(number) != text:
            self.lossy.append(Lossy(self._path(), text, self.places(offset)))
        return number

    def _number(self, text: str, offset: int) -> int | float | Decimal | None:
        try:
            return core.number(text, self.limits.digits)
        except core.NotHeld as error:
            self._report("yaml-number", str(error), offset, error.hint)
            return 0

    def _tagged(self, text: str, tag: str, offset: int) -> Any:
        kind = tag.removeprefix(CORE)
        if kind in ("str", "!"):
            return text
        if kind in ("int", "float"):
            number = self._number(text, offset)
            if number is not None and (kind == "float" or type(number) is int):
                return float(number) if type(number) is int and abs(number) < 2**53 and kind == "float" else number
        elif kind == "null" and text in core.CONSTANTS and core.CONSTANTS[text] is None:
            return None
        elif kind == "bool" and isinstance(core.CONSTANTS.get(text), bool):
            return core.CONSTANTS[text]
        elif kind not in ("null", "bool"):
            return self._unknown_tag(tag, offset)
        self._report("yaml-tag", f"{text!r} is not a value of the tag !!{kind}", offset, "leave the tag out")
        return None

    def _unknown_tag(self, tag: str, offset: int) -> None:
        shown = tag.replace(CORE, "!!") if tag.startswith(CORE) else tag
        message = f"the tag {shown} is unknown: only the core schema's tags have a meaning here"
        self._report("yaml-tag", message, offset, "leave the tag out, and quote the value if it is text")

    # --- collections ---

    def _open(self, event: Event, value: dict[str, Any] | list[Any], kind: str) -> None:
        _, offset, _, anchor, tag, _ = event
        if len(self.stack) >= self.limits.depth:
            message = f"nested more than {self.limits.depth} levels deep"
            self._stop("yaml-limit", message, offset, "flatten it, or raise sourcebook: limits: depth")
        if tag is not None and tag not in (f"{CORE}{kind}", "!"):
            self._unknown_tag(tag, offset)
        self._no_key_here(offset)
        if self.positions is not None and len(self.stack) <= self.depth:
            self.positions.values[self._path()] = self.places(offset)
        if anchor:
            self.open_anchors.add(anchor)
        self.stack.append(_Open(value, offset, anchor))

    def _close(self) -> None:
        done = self.stack.pop()
        if done.merged:
            self._merge_into(done)
        if not done.ascii:
            self._lookalikes(done)
        if done.doubles:
            self._joined(done)
        if done.anchor:
            self.open_anchors.discard(done.anchor)
            self.anchors[done.anchor] = (done.value, done.nodes, self._path(), done.size)
        self._add(done.value, done.nodes, done.size)

    def _joined(self, done: _Open) -> None:
        """One finding for keys that come again together: what was to be two mappings was written as one."""
        in_list = bool(self.stack) and type(self.stack[-1].value) is list
        told: dict[int, Finding | None] = dict.fromkeys(id(double.finding) for double in done.doubles)
        told.update(joined(done.doubles, next(iter(done.key_offsets)), in_list=in_list))
        since = self.findings[done.first_double :]
        self.findings[done.first_double :] = [now for one in since if (now := told.get(id(one), one))]

    def _lookalikes(self, done: _Open) -> None:
        for key, earlier in lookalikes(done.key_offsets):
            line = self.places(done.key_offsets[earlier]).line
            message = f"the key {key!r} looks like {earlier!r} on line {line}, and is another"
            hint = f"it has {difference(key, earlier)}: write both in one way, or give one another name"
            offset = done.key_offsets[key]
            where = (*self._path(), key)
            self.findings.append(self._finding("yaml-key-lookalike", message, offset, hint, where, "warning"))

    def _alias(self, event: Event) -> None:
        _, offset, name, *_ = event
        if name in self.open_anchors:
            message = f"the alias *{name} stands inside what it names"
            self._stop("yaml-alias", message, offset, "data cannot contain itself")
        if name not in self.anchors:
            message = f"the alias *{name} names no anchor before it"
            hint = f"write &{name} before the value it means; or put the text in quotes, if it is text"
            if name.endswith("*"):
                hint = "put the text in quotes: without them * begins an alias"
            self._stop("yaml-alias", message, offset, hint)
        value, nodes, path, size = self.anchors[name]
        top = self.stack[-1]
        self.added += size
        if self.added > _ALIASED_TEXT:
            message = f"aliases repeat more than {_ALIASED_TEXT >> 20} million characters of text"
            self._stop("yaml-limit", message, offset, "write the text once, in a record of its own, and refer to that")
        if type(top.value) is dict and not top.has_key:
            if not isinstance(value, str):
                self._no_key_here(offset)
            self._key(top, (SCALAR, offset, value, None, None, "*"))  # no merge, whatever its text
            return
        self.expanded += nodes
        if self.expanded > self.limits.expansion:
            message = f"aliases expand to more than {self.limits.expansion:,} values"
            self._stop("yaml-limit", message, offset, "write the values out, or raise sourcebook: limits: expansion")
        if self.positions is not None and len(self.stack) <= self.depth:
            self.positions.values[self._path()] = self.places(offset)
            if path != self._path():
                self.positions.redirects[self._path()] = path
        self._add(value, nodes, size, path, offset)

    # --- what the events share ---

    def _no_key_here(self, offset: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and type(top.value) is dict and not top.has_key:
            hint = "keys are text; a placeholder in braces, {{ … }}, is to be filled in, or put in quotes"
            self._stop("yaml-key", "a mapping key that is itself a list or a mapping", offset, hint)

    def _add(self, value: Any, nodes: int, size: int, path: Path | None = None, offset: int | None = None) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        top.nodes += nodes
        top.size += size
        if type(top.value) is list:
            top.value.append(value)
            return
        if top.key is _MERGE:
            self._merge(top, value, path, offset)
        elif not top.dropping:
            top.value[top.key] = value
        top.has_key = False

    def _merge(self, top: _Open, value: Any, path: Path | None, offset: int | None) -> None:
        """Note the keys of a ``<<`` merge; they are filled in at the mapping's end, so that explicit keys win."""
        base = self._path() if path is None else path
        sources = [(value, base)] if isinstance(value, dict) else []
        if isinstance(value, list):
            sources = [(item, (*base, index)) for index, item in enumerate(value)]
        if not sources or not all(isinstance(source, dict) for source, _ in sources):
            place = self.places(top.offset if offset is None else offset)
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
                if self.positions is not None and where is not None and len(here) < self.depth:
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

    def _finding(self, rule: str, message: str, offset: int, hint: str, where: Path, level: Level = "error") -> Finding:
        return Finding(self.path, *self.places(offset), rule, message, level, hint, pointer(where))

    def _report(self, rule: str, message: str, offset: int, hint: str) -> bool:
        """Add a finding; False where there are too many of its rule already, so that it is only counted."""
        self._reported[rule] += 1
        if self._reported[rule] > _MOST:
            self._from.setdefault(rule, offset)
            return False
        self.findings.append(self._here(rule, message, offset, hint))
        return True

    def _here(self, rule: str, message: str, offset: int, hint: str) -> Finding:
        where = self._path() if all(o.has_key or type(o.value) is list for o in self.stack) else ()
        return self._finding(rule, message, offset, hint, where)

    def _stop(self, rule: str, message: str, offset: int, hint: str) -> None:
        raise Stop(self._here(rule, message, offset, hint))
