# SPDX-License-Identifier: Apache-2.0
"""The rules about anchors: that each is one, and that its passage stands in its source's text, where that is held.

What cannot be read again is counted as unverifiable, never as well. No finding shows more of a text than a record
quotes. Whether a passage supports what is said of it is no rule's business.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sourcebook.book import SPECIAL, Book, Collection, steps
from sourcebook.book.passages import ITSELF
from sourcebook.evidence.anchors import Anchor, Malformed, Verdict, anchor_of, hashes_of
from sourcebook.evidence.held import FOLDER, Held, Text, Unread, file_of
from sourcebook.evidence.judging import judge
from sourcebook.evidence.quotes import count_words, spans_of
from sourcebook.evidence.tokens import words_of
from sourcebook.exact import loads
from sourcebook.finding import Finding, Ledger
from sourcebook.parse import Path
from sourcebook.records.model import Entry, Stand
from sourcebook.records.places import Positioner
from sourcebook.validation.wording import many

_OF_TEXTS = ("anchor-altered", "anchor-ambiguous", "anchor-gone", "anchor-moved")
_NOT_HELD = "the texts of their sources are not held here"
_FEW = 6
_AT_ONCE = 100_000  # anchors that wait for their texts


@dataclass(frozen=True, slots=True)
class Found:
    """An anchor in a record: where it stands, and the key of the source whose text it speaks of (None: no one key)."""

    entry: Entry
    path: Path
    value: Any
    source: Any


def anchors_in(collection: Collection, entry: Entry, record: Any) -> Iterator[Found]:
    """The anchors of one record of a collection."""
    for path, source in collection.anchors.items():
        for where, value in _several(record, steps(path)):
            yield Found(entry, where, value, _source(entry, record, source, steps(path), where))


def _several(value: Any, way: tuple[str, ...], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What stands at the end of a way; of a list there, each item."""
    if not way:
        if isinstance(value, list):
            yield from (((*path, index), item) for index, item in enumerate(value))
        elif value is not None:
            yield path, value
        return
    step, rest = way[0], way[1:]
    if step in SPECIAL:
        inside = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
        for key, item in inside:
            yield from _several(item, rest, (*path, key))
    elif isinstance(value, dict) and step in value:
        yield from _several(value[step], rest, (*path, step))


def _source(entry: Entry, record: Any, source: str, way: tuple[str, ...], where: Path) -> Any:
    """The key that stands at ``source``, in the same items of lists as the anchor; None where there is no one."""
    if source == ITSELF:
        return entry.key
    led = steps(source)
    shared = next(
        (n for n, (one, other) in enumerate(zip(led, way, strict=False)) if one != other), min(len(led), len(way))
    )
    found = [key for path, key in _several(record, led) if path[:shared] == where[:shared]]
    return found[0] if len(found) == 1 and not isinstance(found[0], dict | list) else None


def check(
    book: Book, documents: Callable[[str], Iterable[tuple[Stand, str]]], positioner: Positioner, ledger: Ledger
) -> Iterator[Finding]:
    """What is wrong with the anchors of records; ``documents`` gives those of a collection, as JSON."""
    checking = _Checking(book, positioner, ledger, Held.of(book.root, book.sources))
    waiting: dict[str, list[tuple[Found, Anchor]]] = {}
    count = 0
    for collection in book.collections:
        names = tuple({steps(path)[-1] if steps(path)[-1] not in SPECIAL else "" for path in collection.anchors})
        for stand, text in documents(collection.name) if names else ():
            if not any(name in text for name in names):
                continue
            for found in anchors_in(collection, Entry(collection.name, *stand), loads(text)):
                anchor = yield from checking.form(found)
                if anchor is None:
                    continue
                waiting.setdefault(str(found.source), []).append((found, anchor))
                count += 1
        if count > _AT_ONCE:
            yield from checking.all_texts(waiting)
            waiting, count = {}, 0
    yield from checking.all_texts(waiting)


@dataclass
class _Checking:
    book: Book
    positioner: Positioner
    ledger: Ledger
    held: Held

    def form(self, found: Found) -> Generator[Finding, None, Anchor | None]:
        """What is wrong with an anchor by itself; it is returned, where it can be looked for."""
        self.ledger.performed("anchor-form")
        try:
            anchor = anchor_of(found.value)
        except Malformed as error:
            path = (*found.path, error.name) if error.name else found.path
            yield self._finding(found, path, "anchor-form", error.message, _FORM)
            return None
        self.ledger.performed("anchor-quote")
        yield from self._length(found, anchor)
        if found.source is None:
            message = "the record does not say of which one source this is a passage"
            yield self._finding(found, found.path, "anchor-form", message, "name the document beside it")
            return None
        return anchor

    def _length(self, found: Found, anchor: Anchor) -> Iterator[Finding]:
        most = self.book.quote_words
        words = count_words(anchor.quote)
        beside = sum(len(words_of(one)) for one in (anchor.before, anchor.after) if not hashes_of(one))
        if words + beside > most:
            name = "quote" if words else "before" if anchor.before and not hashes_of(anchor.before) else "after"
            what = "the quotation has" if not beside else "the quotation and its neighbours have"
            message = f"{what} {words + beside} words, and {most} may be republished"
            hint = "leave some out, with … in their place" if words > most else _HASHED
            yield self._finding(found, (*found.path, name), "anchor-quote", message, hint)

    def all_texts(self, waiting: Mapping[str, list[tuple[Found, Anchor]]]) -> Iterator[Finding]:
        """What is found of anchors in the texts that are held."""
        for key, anchors in waiting.items():
            text = self.held.text(key)
            if isinstance(text, Text):
                yield from self._in_text(text, anchors)
                continue
            why = _NOT_HELD if text is None else "the texts that are held of their sources cannot be read"
            for rule in _OF_TEXTS:
                self.ledger.unverifiable(rule, why, len(anchors))
            if quoting := sum(bool(anchor.quote) for _, anchor in anchors):
                self.ledger.unverifiable("anchor-quote", why, quoting)
            if text is not None:
                yield from self._unread(text)

    def _unread(self, text: Unread) -> Iterator[Finding]:
        self.ledger.performed("anchor-source")
        message = f"this text is held, and not read: {text.why}"
        yield Finding(
            f"{FOLDER}/{text.name}", 0, 0, "anchor-source", message, hint=text.hint or "put a text in its place"
        )

    def _in_text(self, text: Text, anchors: list[tuple[Found, Anchor]]) -> Iterator[Finding]:
        self.ledger.performed("anchor-source")
        if others := self.held.others(text.key):
            message = f"the text of {text.key} is held in {text.name} too, which alone is read"
            yield Finding(f"{FOLDER}/{others[0]}", 0, 0, "anchor-source", message, hint="keep one of them elsewhere")
        judged = judge([anchor for _, anchor in anchors], text.text, text.tokens)
        for (found, anchor), verdict in zip(anchors, judged, strict=True):
            if verdict.kind == "unverifiable":
                for rule in _OF_TEXTS:
                    self.ledger.unverifiable(rule, verdict.why)
                continue
            for rule in _OF_TEXTS:
                self.ledger.performed(rule)
            if verdict.kind != "same":
                message, hint = told(text, anchor, verdict)
                yield self._finding(found, found.path, f"anchor-{verdict.kind}", message, hint)
            if verdict.kind in ("same", "moved") and anchor.quote and not _quotes(text, verdict, anchor.quote):
                message = "the quotation does not stand in the passage, word for word and in this order"
                hint = "quote it as it is written; … stands for what is left out"
                yield self._finding(found, (*found.path, "quote"), "anchor-quote", message, hint)
            elif anchor.quote and verdict.kind not in ("same", "moved"):
                self.ledger.unverifiable("anchor-quote", "the passages that they are from are not found")

    def _finding(self, found: Found, path: Path, rule: str, message: str, hint: str) -> Finding:
        return self.positioner.finding(found.entry, path, rule, message, hint)


_FORM = '`sourcebook cite SOURCE "WORDS"` writes one'
_HASHED = "`sourcebook cite` writes neighbours as hashes, which can be known again and not be read"


def _quotes(text: Text, verdict: Verdict, quote: str) -> bool:
    """Whether a quotation stands in the passage."""
    return any(
        verdict.start <= start and end <= verdict.end
        for start, end in spans_of(text.tokens, quote, low=verdict.start, high=verdict.end)
    )


def told(text: Text, anchor: Anchor, verdict: Verdict) -> tuple[str, str]:
    """What is said of a passage that is not as it was, and what may be done; nothing of the text stands in it."""
    name = file_of(text.key)
    if verdict.kind == "moved":
        message = f"the passage of {name} has moved: it begins at {verdict.start}, and not at {anchor.start} any more"
        return message, f"write start: {verdict.start}, end: {verdict.end} (`sourcebook fix` does)"
    if verdict.kind == "altered":
        place = f"paragraph {text.paragraph(verdict.start)}"
        message = f"the passage of {name} is not what it was: {verdict.why} ({place})"
        return (
            message,
            f"read it: `sourcebook cite {name} --at {verdict.start}:{verdict.end}` anchors what stands there now",
        )
    if verdict.kind == "ambiguous":
        numbers = list(dict.fromkeys(text.paragraph(place) for place in verdict.places))
        shown = ", ".join(map(str, numbers[:_FEW])) + (
            f" and {many(len(numbers) - _FEW, 'more')}" if len(numbers) > _FEW else ""
        )
        message = f"which passage of {name} is meant cannot be told: {verdict.why} (paragraph {shown})"
        return message, f'look which it is, and anchor it anew: `sourcebook cite {name} "WORDS"`, or --at START:END'
    message = f"the passage is gone from the text of {name}: {verdict.why}"
    return (
        message,
        f'look whether it stands there in other words: `sourcebook cite {name} "WORDS"`; or say what became of it',
    )
