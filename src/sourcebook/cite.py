# SPDX-License-Identifier: Apache-2.0
"""The verb ``cite``: where words stand in a text that is held here, and the anchor that a record keeps of the passage.

Of the text it shows what the person who holds it asked for; an anchor holds nothing of it but what is to be quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sourcebook.book import SPECIAL, Book, Folder, load_book, steps
from sourcebook.errors import UsageError
from sourcebook.evidence.held import Held, Text, Unread, file_of
from sourcebook.evidence.making import BLOCKS, Made, anchored
from sourcebook.evidence.quotes import as_typed, count_words, spans_of
from sourcebook.evidence.sentences import sentences
from sourcebook.evidence.tokens import Tokens, words_of
from sourcebook.exact import dumps
from sourcebook.finding import printable
from sourcebook.validation.wording import did_you_mean, many

FORMAT = "sourcebook cite 1"
Whole = Literal["sentence", "paragraph"]
_MOST = 50  # places that are told
_AROUND = 48  # characters of the text that are shown on each side


@dataclass(frozen=True, slots=True)
class Place:
    """A passage: where it stands in the normalised text, in which paragraph and line (0: its file has no lines).

    ``made`` is its anchor, ``shown`` what stands there and beside it, for who holds the text.
    """

    start: int
    end: int
    paragraph: int
    line: int
    words: int
    made: Made
    shown: str


@dataclass(frozen=True, slots=True)
class Cited:
    """What came of looking for words in the text of a ``source``, which is held in the file ``name``.

    ``by`` says what it was read by, ``field`` what records of the book call an anchor. ``told`` are lines for who
    asked; ``more`` says that there are more places than are here.
    """

    source: str
    name: str
    by: str
    field: str
    places: tuple[Place, ...] = ()
    more: bool = False
    told: tuple[str, ...] = ()

    @property
    def one(self) -> Place | None:
        """The only place, if there is but one."""
        return self.places[0] if len(self.places) == 1 else None

    def lines(self) -> Iterator[str]:
        """The anchor as YAML, if there is one place; else the places, to be chosen from."""
        if self.one:
            yield f"{self.field}:"
            for name, value in self.one.made.anchor.as_dict().items():
                yield f"  {name}: {dumps(value)}"
            yield f"# {self._at(self.one)}, {many(self.one.words, 'word')}"
            return
        for number, place in enumerate(self.places, start=1):
            yield f"{number}. {self._at(place)}: {printable(place.shown)}"

    def _at(self, place: Place) -> str:
        line = f", line {place.line}" if place.line else ""
        return printable(f"{self.name}, paragraph {place.paragraph}{line}")

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        places = [
            {
                "start": one.start,
                "end": one.end,
                "paragraph": one.paragraph,
                "line": one.line or None,
                "words": one.words,
                "alike": one.made.places,
                "anchor": one.made.anchor.as_dict(),
            }
            for one in self.places
        ]
        names = {"source": self.source, "file": self.name, "read_by": self.by, "field": self.field}
        return {"format": FORMAT, **names, "places": places, "more": self.more, "told": list(self.told)}


def cite(
    folder: Folder,
    source: str,
    words: str = "",
    *,
    at: tuple[int, int] | None = None,
    whole: Whole | None = None,
    number: int = 0,
    quote: bool = False,
    neighbours: int = BLOCKS,
    sources: Folder | None = None,
) -> Cited:
    """Find the passage of a ``source`` in which ``words`` stand, with … for what is left out, and make its anchor.

    Or the passage ``at`` two places of the normalised text. ``whole`` widens it to the sentences or paragraphs that it
    is in; of several places ``number`` (from 1) takes one. With ``quote`` the words stand in the anchor, ``neighbours``
    says by how many blocks of hashed tokens it is known again. The text is looked for in the folder ``sources``, by
    default where the environment says, or the book's own. Raises UsageError where ``folder`` is no book, no text of the
    source is held or it cannot be read, where there is no such place, or a quotation would be too long.
    """
    book = load_book(folder, sources=sources)
    text = held_text(book, source)
    if at is None and not words_of(words):
        raise UsageError('which words? sourcebook cite SOURCE "WORDS", or --at START:END')
    told: list[str] = []
    spans = [at] if at else _spans(text, words, told)
    spans = list(dict.fromkeys(_widened(text, start, end, whole) for start, end in spans))
    if number and not number <= len(spans):
        raise UsageError(f"there is no place {number}: the words stand at {many(len(spans), 'place')}")
    chosen = [spans[number - 1]] if number else spans[:_MOST]
    if quote and len(chosen) == 1:
        said = words if not at else ""
        quoted = as_typed(text.tokens, said, *chosen[0]) or text.text[slice(*chosen[0])]
        if (count := count_words(quoted)) > book.quote_words:
            raise UsageError(f"a quotation of {count} words; {book.quote_words} may be republished (quote_words)")
    else:
        quoted = ""
    try:
        places = tuple(_place(text, start, end, quoted, neighbours) for start, end in chosen)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if not neighbours and len(places) == 1 and places[0].made.places > 1:
        raise UsageError("the same words stand elsewhere too: without neighbours nothing tells the two apart")
    if len(places) == 1 and places[0].made.places > 1:
        alike = places[0].made.places
        told.append(f"the same words stand at {alike} places beside the same words: no check can tell them apart")
    if len(places) > 1:
        more = "more than " if len(spans) > _MOST else ""
        told.append(f"the words stand at {more}{len(places)} places: give more of them, or take one by --number")
    return Cited(source, text.name, text.by, _field(book), places, len(spans) > _MOST and not number, tuple(told))


def held_text(book: Book, source: str) -> Text:
    """The text of a source that is held here. Raises UsageError where none is, or it cannot be read."""
    held = Held.of(book.root, book.sources)
    text = held.text(source)
    if isinstance(text, Text):
        return text
    if isinstance(text, Unread):
        raise UsageError(f"{held.where / text.name}: {text.why}" + (f"; {text.hint}" if text.hint else ""))
    near = did_you_mean(file_of(source), held.names)
    hint = near or f"put it at {held.where / file_of(source)}.txt, .html or .pdf, or name a folder with --sources"
    raise UsageError(f"no text of {source!r} is held here; {hint}")


def _spans(text: Text, words: str, told: list[str]) -> list[tuple[int, int]]:
    """Where words stand; if nowhere, where they do with other capitals, quotation marks or dashes, which is told."""
    spans = list(spans_of(text.tokens, words, _MOST + 1))
    if spans:
        return spans
    alike = Tokens(_alike(text.text))
    spans = list(spans_of(alike, _alike(words), _MOST + 1))
    if spans:
        told.append("the words stand there with other capitals, quotation marks or dashes")
    elif text.text.find(words) >= 0:
        told.append("the words stand there only as part of other words, which is another thing to say")
    else:
        told.append("the words do not stand there in this order; … stands for what is left out between two of them")
    return spans


_ALIKE = str.maketrans("‘’‚‛ʼ´`“”„‟«»‐‑‒–—−", "'''''''\"\"\"\"\"\"------")


def _alike(text: str) -> str:
    """``text`` with quotation marks and dashes of one form, and without capitals, each character in its place."""
    plain = text.translate(_ALIKE)
    small = plain.lower()
    if len(small) == len(plain):
        return small
    return "".join(low if len(low := one.lower()) == 1 else one for one in plain)


def _widened(text: Text, start: int, end: int, whole: Whole | None) -> tuple[int, int]:
    """The sentences, or paragraphs, that a passage is in."""
    if not whole:
        return start, end
    touched = [(low, high) for low, high in text.paragraphs if low < end and start < high]
    if not touched:
        return start, end
    if whole == "paragraph":
        return touched[0][0], touched[-1][1]
    inside = [one for span in touched for one in sentences(text.text, *span) if one[0] < end and start < one[1]]
    return inside[0][0], inside[-1][1]


def _place(text: Text, start: int, end: int, quoted: str, neighbours: int) -> Place:
    made = anchored(text.tokens, start, end, quote=quoted, blocks=neighbours)
    whole = text.text
    inside = whole[start:end]
    if len(inside) > 4 * _AROUND:
        inside = f"{inside[: 2 * _AROUND]} … {inside[-2 * _AROUND :]}"
    before = whole[max(0, start - _AROUND) : start]
    after = whole[end : end + _AROUND]
    shown = f"{'…' * (start > _AROUND)}{before}[{inside}]{after}{'…' * (len(whole) > end + _AROUND)}"
    return Place(start, end, text.paragraph(start), text.line(start), count_words(whole[start:end]), made, shown)


def _field(book: Book) -> str:
    """What records of a book call an anchor."""
    paths = [path for collection in book.collections for path in collection.anchors]
    names = [step for path in paths[:1] for step in steps(path) if step not in SPECIAL]
    return names[-1] if names else "passage"
