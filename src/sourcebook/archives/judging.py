# SPDX-License-Identifier: Apache-2.0
"""How it looks with the address of each document: signs for a human who looks, and no verdicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sourcebook.archives.documents import Document
from sourcebook.archives.seen import Look, Odd, Seen

FORMAT = "sourcebook links 1"
WORDS: Mapping[str, str] = {
    "dead": "does not answer, or says that it is gone",
    "failing": "answered with a failure of its own",
    "refused": "did not let the job in; a browser may see it",
    "home": "leads to a front page",
    "soft-404": "answers, and looks like a page that says that it is gone",
    "changed": "has other bytes than before",
    "moved": "leads elsewhere",
    "unchecked": "was never looked at",
    "no-address": "has no address",
    "no-archive": "has no archived copy that is known",
    "no-access-day": "does not tell on which day it was read",
}
"""What is said of a document, the gravest first."""
_GRAVE = ("dead", "home", "soft-404", "changed")
_FRONT = re.compile(r"/?((index|home|default|main)(\.\w+)?)?/?", re.IGNORECASE)
_GONE = re.compile(
    r"(^|[^a-z0-9])(404|not[-_ ]?found|page[-_ ]?not|missing[-_ ]?page|no[-_ ]?longer)([^a-z0-9]|$)", re.I
)
_TWINS = 3  # addresses of one host with the same bytes


@dataclass(frozen=True, slots=True)
class Sign:
    """What is to be said of a document: ``what`` (a name of `WORDS`), ``why``, and of which ``address``."""

    what: str
    why: str
    address: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A document with its signs; none: it was seen as it is to be."""

    document: Document
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class Links:
    """How it stands with all documents: each with its signs; ``odd`` lines of ``file``, looks at other addresses."""

    judged: tuple[Judged, ...]
    file: str
    odd: tuple[Odd, ...]
    elsewhere: int

    @property
    def grave(self) -> bool:
        """Whether something looks dead, or the file has lines that mean nothing."""
        return bool(self.odd) or any(sign.what in _GRAVE for one in self.judged for sign in one.signs)

    @property
    def counts(self) -> dict[str, int]:
        """How many documents have each sign, the gravest first."""
        counted = Counter(what for one in self.judged for what in {sign.what for sign in one.signs})
        return {what: counted[what] for what in WORDS if counted[what]}

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "format": FORMAT,
            "seen": self.file or None,
            "documents": len(self.judged),
            "counts": self.counts,
            "elsewhere": self.elsewhere,
            "odd": [{"line": one.line, "message": one.message} for one in self.odd],
            "signs": [
                {
                    "collection": one.document.collection,
                    "key": one.document.key,
                    "file": one.document.file,
                    "line": one.document.line,
                    "sign": sign.what,
                    "why": sign.why,
                    "address": sign.address or None,
                    "checked": sign.day or None,
                }
                for one in self.judged
                for sign in one.signs
            ],
        }


def judged(documents: Sequence[Document], seen: Seen | None) -> Links:
    """What is to be said of each document, by what was ``seen``; without that, what can be said by the book alone."""
    looks = seen.looks if seen else {}
    twins = _twins(looks)
    found = tuple(Judged(one, tuple(_signs(one, looks, twins))) for one in documents)
    known = {url for one in documents for url in (one.url, one.archive)}
    elsewhere = sum(url not in known for url in looks)
    return Links(found, seen.file if seen else "", seen.odd if seen else (), elsewhere)


def _signs(one: Document, looks: Mapping[str, Sequence[Look]], twins: Mapping[str, int]) -> Iterator[Sign]:
    if not one.url:
        yield Sign("no-address", "")
    for address, what in ((one.url, ""), (one.archive, "its archived copy ")):
        if not address:
            continue
        some = looks.get(address, ())
        if not some:
            yield Sign("unchecked", what.strip(), address)
            continue
        for sign, why in _of(some, twins, "" if what else one.sha256):
            if what and sign in ("moved", "home", "changed"):
                continue  # archives lead on to the copy of another day
            yield Sign(sign, what + why, address, some[-1].day)
    if "archive" in one.tells and not one.archive:
        yield Sign("no-archive", "")
    if "accessed" in one.tells and not one.accessed:
        yield Sign("no-access-day", "")


def _of(looks: Sequence[Look], twins: Mapping[str, int], wanted: str) -> Iterator[tuple[str, str]]:
    """The signs of the last look at an address."""
    last = looks[-1]
    if not last.status:
        yield "dead", f"no answer: {last.error}" + _since(looks)
        return
    if last.status in (404, 410):
        yield "dead", f"status {last.status}" + _since(looks)
        return
    if last.status >= 500:
        yield "failing", f"status {last.status}"
        return
    if last.status >= 400:
        yield "refused", f"status {last.status}"
        return
    if 300 <= last.status < 400:
        yield "moved", f"status {last.status}" + (f" to {last.final}" if last.final else "")
        return
    soft = _soft(last, twins)
    if _is_front(last):
        yield "home", f"leads to {last.final}"
    elif soft:
        yield "soft-404", soft
    elif last.final and _plain(last.final) != _plain(last.url):
        yield "moved", f"leads to {last.final}"
    yield from _changed(looks, wanted)


def _changed(looks: Sequence[Look], wanted: str) -> Iterator[tuple[str, str]]:
    last = looks[-1]
    if not last.sha256:
        return
    if wanted and wanted.lower() != last.sha256:
        yield "changed", "its bytes are not those that were read"
        return
    earlier = [one for one in looks[:-1] if one.sha256 and one.sha256 != last.sha256]
    if earlier and not wanted:
        yield "changed", f"its bytes are others than on {earlier[-1].day}"


def _since(looks: Sequence[Look]) -> str:
    good = [one for one in looks if 200 <= one.status < 300]
    return f"; it answered on {good[-1].day}" if good else ""


def _is_front(look: Look) -> bool:
    """Whether the address of a page leads to a front page."""
    if not look.final:
        return False
    asked, came = urlsplit(look.url), urlsplit(look.final)
    if _FRONT.fullmatch(asked.path) and not asked.query:
        return False
    return bool(_FRONT.fullmatch(came.path)) and not came.query and (asked.path, asked.query) != (came.path, came.query)


def _soft(look: Look, twins: Mapping[str, int]) -> str:
    """Why an answer looks like a page that says that there is none; the empty text where it does not."""
    if look.final and _GONE.search(urlsplit(look.final).path) and not _GONE.search(urlsplit(look.url).path):
        return f"leads to {look.final}"
    if look.title and _GONE.search(look.title):
        return f"its title is {look.title[:80]!r}"
    if look.sha256 and twins.get(look.sha256, 0) >= _TWINS:
        return f"{twins[look.sha256] - 1} other addresses of that host have the same bytes"
    return ""


def _twins(looks: Mapping[str, Sequence[Look]]) -> dict[str, int]:
    """How many addresses of one host have the same bytes, by their hash."""
    pairs = {(one[-1].sha256, urlsplit(url).netloc.lower(), url) for url, one in looks.items() if one[-1].sha256}
    counted = Counter((mark, host) for mark, host, _ in pairs)
    found: dict[str, int] = {}
    for (mark, _), count in counted.items():
        found[mark] = max(found.get(mark, 0), count)
    return found


def _plain(url: str) -> str:
    """An address without what servers add and leave out: the scheme, ``www.``, a slash at the end, a fragment."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def shown(links: Links) -> Iterable[str]:
    """The signs in words, the gravest first; then how many there are."""
    for what in WORDS:
        some = [(one.document, sign) for one in links.judged for sign in one.signs if sign.what == what]
        if some:
            yield f"{len({(one.collection, one.key) for one, _ in some}):,}: {WORDS[what]}"
        for document, sign in some:
            day = f"seen on {sign.day}" if sign.day else ""
            told = ", ".join(part for part in (sign.address, sign.why, day) if part)
            where = f"  {document.file}:{document.line}: {document.collection} {document.key}"
            yield f"{where}: {told}" if told else where
    for one in links.odd:
        yield f"{links.file}:{one.line}: left out: {one.message}"
    if links.elsewhere:
        yield f"{links.elsewhere:,} addresses of {links.file} are no document's"
    good = sum(not one.signs for one in links.judged)
    yield f"{len(links.judged):,} documents, {good:,} of them with nothing to be said"


__all__ = ["FORMAT", "WORDS", "Judged", "Links", "Sign", "judged", "shown"]
