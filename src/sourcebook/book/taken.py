# SPDX-License-Identifier: Apache-2.0
"""Which files a page has by its name, and which two pages may not have one: the rule for whatever names pages.

A static twin has a folder for each page, and beside it a file for each form in which the same is asked for: a
collection at ``/notes`` has ``notes/``, ``notes.csv`` and so on, a question below ``questions/`` the same. Names are
compared as those disks do that tell apart neither case nor how letters are put together; and what counts is every
machine that files may be taken to, not the one that a book is on.

Names that somebody gives, of collections and questions, are refused where they do not fit. Keys of records are data:
those that fit no file have another name in the twin (`sourcebook.freeze.names`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

LISTED = ("csv", "json", "xlsx")
"""Forms that the listing of a collection has beside HTML."""
ANSWERED = ("json", "csv")
"""Forms that the answer to a question has beside HTML."""
FORMS = frozenset(
    {
        *("atom", "bib", "csv", "html", "json", "xlsx", "yaml"),  # of pages
        *("cff", "jsonld", "ttl", "txt", "xml"),  # what other programs ask for
    }
)
"""Endings of addresses at which a file is, and no page: none is at an address that ends so, but it is a record's."""
LONGEST = 180
"""Bytes of a name: file systems take 255, and there are endings, and what is written aside."""

_BAD = re.compile('[\x00-\x1f\x7f-\x9f<>:"/\\\\|?*\ud800-\udfff]|[. ]$|^[. ]')
_DEVICES = re.compile(r"(con|conin\$|conout\$|prn|aux|nul|(com|lpt)[\d¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)


def folded(name: str) -> str:
    """A name as it is compared with others."""
    return name.lower() if name.isascii() else normalize("NFC", normalize("NFKC", name).casefold())


def is_device(name: str) -> bool:
    """Whether a name is one of those that Windows takes for a device, whatever its ending."""
    return _DEVICES.fullmatch(name) is not None


def unfit(name: str) -> str:
    """Why no file can have a name, on some machine or host of sites; empty where one can."""
    if is_device(name):
        return f"no file can be called {name!r} on Windows, where it is the name of a device"
    if not name or _BAD.search(name):
        return f"no file can be called {name!r} everywhere: Windows or hosts of sites refuse such a name"
    if normalize("NFC", name) != name:
        return f"no file can be called {name!r} everywhere: its letters are put together otherwise on some disks"
    if len(name.encode("utf-8", "surrogatepass")) > LONGEST:
        return f"no file can be called so everywhere: a name has {LONGEST} bytes at most"
    return ""


class Taken:
    """What has which names in one folder, where each that comes has ``forms`` beside its page.

    ``there`` are the names that are taken before any comes, each with what has it, in words.
    """

    def __init__(self, forms: Iterable[str], there: Mapping[str, str]) -> None:
        self._forms = tuple(forms)
        self._holders = {folded(name): holder for name, holder in there.items()}

    def met(self, name: str) -> tuple[str, str] | None:
        """The first of the files of ``name`` that is taken, and what has it; None where all are free."""
        for file in self._files(name):
            if holder := self._holders.get(folded(file)):
                return file, holder
        return None

    def take(self, name: str, holder: str) -> None:
        """Give ``name`` its files, those that nothing has."""
        for file in self._files(name):
            self._holders.setdefault(folded(file), holder)

    def _files(self, name: str) -> tuple[str, ...]:
        return (name, *(f"{name}.{form}" for form in self._forms))


def taken_by_questions() -> Taken:
    """The names below ``/questions/`` that no question may have, before there is any."""
    return Taken(ANSWERED, {"index.html": "the list of questions"})
