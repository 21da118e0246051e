# SPDX-License-Identifier: Apache-2.0
"""How a book, and a record of it, is cited: in words, as BibTeX, and as CSL-JSON.

A statement is cited with who says it, where that was published, and who denies it: a style that leaves out notes has
these in the title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import quote, urlsplit

from sourcebook.book import DENIES
from sourcebook.content.about_book import Agent
from sourcebook.content.addresses import Addresses
from sourcebook.content.statements import Statement
from sourcebook.content.values import Shown, date, is_link
from sourcebook.exact import dumps
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published

_MOST_OF_TITLE = 400  # characters of what is said


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation in its three forms."""

    text: str
    bibtex: str
    csl: str


@dataclass(frozen=True, slots=True)
class _Work:
    """What is cited: ``within`` is the title of the book that a record is of.

    ``notes`` are what must be said of the record, ``state`` what tells the release and the licence.
    """

    id: str
    title: str
    authors: tuple[Mapping[str, str], ...]
    publisher: str
    released: str
    version: str
    url: str
    within: str = ""
    notes: tuple[str, ...] = ()
    state: tuple[str, ...] = ()


def cite_book(opened: Published, asked: Asked) -> Citation:
    """The citation of a book as this release has it: in the words of its descriptor, where that has some."""
    work = _book(opened, asked)
    own = opened.about.citation
    return Citation(own or " ".join(_book_words(work)), _bibtex(work), _csl(work))


def cite_record(
    opened: Published, asked: Asked, collection: Collection, key: str, label: str, statement: Statement | None
) -> Citation:
    """The citation of a record; of a statement, with its attribution, which must be given.

    Where pages do not say of which release they are, nor does it: the reader is to add that.
    """
    book = _book(opened, asked)
    root = _root(asked)
    work = _Work(
        id=safe_id(opened.site.name, collection.name, key),
        title=_said(statement) if statement else label,
        authors=book.authors,
        publisher=book.publisher,
        released=book.released,
        version=book.version,
        url=Addresses(root, opened.site.name).record(collection.address, key) if root else book.url,
        within=book.title,
        notes=(f"{collection.title}, {key}", *(_attribution(statement) if statement else ())),
        state=book.state,
    )
    if not asked.at(opened.site.name).tells_release:
        work = replace(work, released="", version="", state=_licences(opened))
    first = (f"“{_cut(statement.said)}”", *_attribution(statement)) if statement else (f"“{_cut(label)}”",)
    own = f"{'Recorded as ' if statement else ''}{key} ({collection.title}) in: " + " ".join(
        _book_words(work, book.title)
    )
    return Citation(" ".join([*map(_sentence, first), own]), _bibtex(work), _csl(work))


# --- what is known of the book ----------------------------------------------------------------------------------------


def _book(opened: Published, asked: Asked) -> _Work:
    name = ("cited",)
    if name not in opened.kept:
        opened.kept[name] = _cited(opened)
    book: _Work = opened.kept[name]
    return replace(book, url=_root(asked) or opened.about.homepage)


def _cited(opened: Published) -> _Work:
    about = opened.about
    return _Work(
        id=safe_id(opened.site.name, about.version or opened.release),
        title=about.title,
        authors=tuple(map(_author, about.makers)),
        publisher="; ".join(one.name for one in about.publishers),
        released=about.released,
        version=about.version,
        url="",
        state=(f"Release {opened.release}", *_licences(opened)),
    )


def _licences(opened: Published) -> tuple[str, ...]:
    licences = ", ".join(one.name for one in opened.about.licences)
    return (f"Licence: {licences}",) if licences else ()


def _root(asked: Asked) -> str:
    """The address of the site, where it is one that others can open."""
    host = (urlsplit(asked.site).hostname or "") if asked.site else ""
    return "" if host in ("localhost", "::1") or host.startswith("127.") else asked.site


def _author(one: Agent) -> Mapping[str, str]:
    if not one.family:
        return {"literal": one.name}
    return {"family": one.family} | ({"given": one.given} if one.given else {})


# --- what is known of a statement -------------------------------------------------------------------------------------


def _said(one: Statement) -> str:
    denied = "; ".join(dict.fromkeys(by for other in _denials(one) for by in _texts(other.by)))
    answered = f"; denied by {denied}" if denied else ""
    return f"{_cut(one.said)} (said by {_joined(one.by)}, in {_joined(one.published_in)}{answered})"


def _attribution(one: Statement) -> Iterator[str]:
    yield f"Said by {_joined(one.by)}" + (f", on the knowledge of {_joined(one.knowledge)}" if one.knowledge else "")
    where = f"In: {_joined(one.published_in)}" + (f", {one.at}" if one.at else "")
    yield where + (f", {one.published_at}" if one.published_at else "")
    if one.hedge:
        yield f"With the reservation “{one.hedge}”"
    for some in one.answers:
        if not some.forward:
            told = (f"{_joined(other.by)}, in {_joined(other.published_in)} ({other.key})" for other in some.statements)
            yield f"{some.how} {'; '.join(told)}"


def _denials(one: Statement) -> Iterator[Statement]:
    for some in one.answers:
        if some.kind == DENIES and not some.forward:
            yield from some.statements


def _texts(values: Iterable[Shown]) -> Iterator[str]:
    return (one.text for one in values)


def _joined(values: Iterable[Shown]) -> str:
    return ", ".join(_texts(values))


# --- forms ------------------------------------------------------------------------------------------------------------


def _book_words(work: _Work, title: str = "") -> Iterator[str]:
    """The sentences of a book's citation."""
    names = "; ".join(
        one.get("literal") or ", ".join(filter(None, (one["family"], one.get("given")))) for one in work.authors
    )
    if names:
        yield _sentence(names)
    version = f" (version {work.version})" if work.version else ""
    yield _sentence(f"{title or work.title}{version}")
    if work.publisher and work.publisher != names:
        yield _sentence(work.publisher)
    if work.released:
        yield _sentence(date(work.released).text)
    yield from map(_sentence, work.state)
    if work.url:
        yield work.url


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _note(work: _Work) -> str:
    return " ".join(map(_sentence, (*work.notes, *work.state)))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_OF_TITLE else text[:_MOST_OF_TITLE].rsplit(" ", 1)[0] + " …"


def safe_id(*parts: str) -> str:
    """A key that BibTeX takes: letters of ASCII, digits and - . : where others stood, a hash keeps it apart."""
    text = ":".join(parts)
    safe = re.sub(r"[^A-Za-z0-9.:-]+", "-", text)
    return safe if safe == text else f"{safe.strip('-')}-{sha256(text.encode('utf-8', 'replace')).hexdigest()[:6]}"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # \{ would count as a brace
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {one: f"\\{one}" for one in "%&#_$"}
_TO_ESCAPE = re.compile(f"[{re.escape(''.join(_ESCAPED))}]")


def _bibtex(work: _Work) -> str:
    """An entry of a kind that every style knows, in UTF-8."""
    year, month = _year_and_month(work.released)
    authors = " and ".join(_bibtex_name(one) for one in work.authors)
    fields = {
        "author": f"{{{authors}}}" if authors else "",
        "title": f"{{{{{tex(work.title)}}}}}",
        "howpublished": f"{{In: {tex(work.within)}}}" if work.within else "",
        "year": f"{{{year}}}" if year else "",
        "month": month,
        "publisher": f"{{{tex(work.publisher)}}}" if work.publisher else "",
        "version": f"{{{tex(work.version)}}}" if work.version else "",
        "note": f"{{{tex(_note(work))}}}",
        "url": f"{{{quote(work.url, safe=_IN_URL)}}}" if is_link(work.url) else "",
    }
    lines = [f"  {name} = {value}" for name, value in fields.items() if value]
    return f"@misc{{{work.id},\n" + ",\n".join(lines) + "\n}\n"


_IN_URL = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>\\^`{|}')


def _bibtex_name(one: Mapping[str, str]) -> str:
    if "literal" in one:
        return f"{{{tex(one['literal'])}}}"
    return ", ".join(f"{{{tex(part)}}}" for part in (one["family"], one.get("given", "")) if part)


def tex(text: str) -> str:
    if text.isprintable() and not _TO_ESCAPE.search(text):  # as nearly all is
        return " ".join(text.split())
    plain = " ".join("".join(" " if unicodedata.category(one) == "Cc" else one for one in text).split())
    return "".join(_ESCAPED.get(one, one) for one in plain)


def _year_and_month(released: str) -> tuple[str, str]:
    found = re.match(r"(\d{4})(?:-(\d\d))?", released)
    if not found:
        return "", ""
    return found[1], _MONTHS[int(found[2]) - 1] if found[2] and 1 <= int(found[2]) <= 12 else ""


def _csl(work: _Work) -> str:
    """A list of one item, as programs that manage references read it."""
    known = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", work.released)
    parts = [int(one) for one in known.groups() if one] if known else []
    item = {
        "id": work.id,
        "type": "entry" if work.within else "dataset",
        "title": work.title,
        "container-title": work.within,
        "author": list(work.authors),
        "issued": {"date-parts": [parts]} if parts else {},
        "version": work.version,
        "publisher": work.publisher,
        "URL": work.url,
        "note": _note(work),
    }
    return dumps([{name: value for name, value in item.items() if value}], indent=2)
