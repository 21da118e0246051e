# SPDX-License-Identifier: Apache-2.0
"""Addresses of the static twin, in which every page is a file: what has no file has no address.

A page at ``/a/b`` is the file ``a/b/index.html``, and links lead to ``/a/b/``: no server has to lead on. What has an
ending is a file of that name. A query chooses no file, so that pages that are turned have segments below ``/-/``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlencode

from sourcebook.book.taken import FORMS
from sourcebook.content.addresses import LONGEST, Addresses

SAFE = "records"
"""Where below ``/-/`` records lie whose keys no file can be named by."""
NAMES = f"-/{SAFE}/names.json"
"""The list of these names, by the address of the collection and the key: there where there are such records."""
ALWAYS = ("json",)
"""Forms of records that the twin has by default, beside the page itself."""
OPTIONAL = (
    "csv",
    "yaml",
    "bib",
    "history",
    "history.json",
    "history.atom",
    "coverage",
    "coverage.json",
    "as-of",
)
"""Forms that may be asked for; ``history`` is there by default, of records that were changed."""
_ENDINGS = tuple(f".{form}" for form in FORMS)  # with which no page's address ends
_TURNED = ("page", "before", "collection")
"""Parameters of pages that are turned: each may be two segments of an address."""


@dataclass(frozen=True)
class Twin:
    """What a static twin has: ``forms`` of its records; ``names`` for those whose keys no file can be named by.

    These are by the address of a collection and the key. ``changed`` are the records that have a page of their history,
    by the same; None where all have one. Where the ``release`` stands ``apart``, it is named at one place, and not on
    every page.
    """

    forms: frozenset[str]
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    changed: frozenset[tuple[str, str]] | None = None
    release_apart: bool = False

    def at(self, base: str, database: str) -> Frozen:
        """The addresses of its pages below ``base``, which ends in a slash."""
        return Frozen(base, database, self)

    def has(self, form: str, address: str, key: str) -> bool:
        """Whether there is a file of a record's ``form``; the page itself is the empty one."""
        if form == "history" and self.changed is not None:
            return form in self.forms and (address, key) in self.changed
        return not form or form in self.forms


class Frozen(Addresses):
    """The addresses of a static twin. An address is empty where there is no file: a page shows no link then."""

    narrows = False
    limits_of_sql = "it runs in your browser, reads only, and shows a thousand rows"
    most_turned = 10

    def __init__(self, base: str, database: str, twin: Twin) -> None:
        super().__init__(base, database)
        self._twin = twin
        self.has_past = "as-of" in twin.forms
        self.tells_release = not twin.release_apart

    def page(self, *segments: str, **query: str) -> str:
        """A page or a file by the segments of its address; with a ``query`` there is none but of pages turned."""
        turned = _turned(query.items())
        if turned is None:
            return ""
        found = super().page(*segments, *turned)
        return found if not turned and _is_file(segments) else f"{found.rstrip('/')}/"

    def listing(self, address: str, query: Iterable[tuple[str, str]] = (), form: str = "") -> str:
        """The listing of a collection, or a page of it; what is narrowed down has none."""
        return self.page(address + (f".{form}" if form else ""), **dict(query))

    def record(self, address: str, key: object, form: str = "") -> str:
        """The page of a record, or a form of it."""
        return self._of_record(address, str(key), form, f".{form}" if form else "/")

    def history(self, address: str, key: object, form: str = "", *, name: str = "history") -> str:
        """The history of a record, where there is a file of it."""
        name += f".{form}" if form else ""
        return self._of_record(address, str(key), name, f"/{name}{'' if form else '/'}")

    def changes(self, collection: str = "", before: str = "", form: str = "") -> str:
        """What was changed. As data there is the newest alone."""
        query = {name: value for name, value in (("collection", collection), ("before", before)) if value}
        return self.page("changes" + (f".{form}" if form else ""), **query) if not (form and query) else ""

    def as_of(self, version: str) -> FrozenPast:
        """The addresses of the records of a version that was kept."""
        return FrozenPast(self.base, self._database, version, self._twin)

    def kept(self, version: str, file: str = "") -> str:
        """The page of a version that was kept, or a file of it."""
        found = Addresses.page(self, "releases", version)
        return found + (f"/{quote(file)}" if file else "/")

    def records(self, address: str, keys: Iterable[str]) -> list[str]:
        """The pages of many records of the collection at ``address``."""
        return [self.record(address, key) for key in keys]

    def search(self, typed: str = "") -> str:
        """The search page, which searches in the browser."""
        return f"{self.base}search/" + (f"?{urlencode({'q': typed})}" if typed else "")

    def question(self, name: str, form: str = "", values: Mapping[str, str] | None = None) -> str:
        """The page of a question, or its answer as a file; with other values than it has by itself there is none."""
        if values:
            return ""
        return self._file("questions", f"{name}.{form}") if form else f"{self._file('questions', name)}/"

    def table(self, table: str, query: Iterable[tuple[str, str]] = ()) -> str:
        """The rows of a table, in the page that runs SQL in the browser."""
        return f"{self.base}sql/?{urlencode([('table', table), *query])}"

    def row(self, table: str, key: object) -> str:
        """The row of a record, there too."""
        return self.table(table, [("key", str(key))])

    def sql(self, sql: str = "", values: Mapping[str, str] | None = None) -> str:
        """The page that runs SQL in the browser."""
        whole = f"{self.base}sql/" + (f"?{urlencode({**(values or {}), 'sql': sql})}" if sql else "")
        return whole if len(whole) <= LONGEST else f"{self.base}sql/"

    def cited(self, href: str) -> str:
        """The address by which a page is cited: that of the served site, where it has one."""
        found = super().cited(href)
        return found if found.startswith("-/") or "/-/" in found else found.rstrip("/")

    def _file(self, *segments: str) -> str:
        return Addresses.page(self, *segments)

    def _of_record(self, address: str, key: str, form: str, ending: str) -> str:
        if not self._twin.has(form, address, key):
            return ""
        safe = self._twin.names.get((address, key))
        return (Addresses.page(self, address, key) if safe is None else self._file("-", SAFE, safe)) + ending


class FrozenPast(Frozen):
    """Addresses of the records of a version, where the twin has such; all else leads to what is there today."""

    def __init__(self, base: str, database: str, version: str, twin: Twin) -> None:
        super().__init__(base, database, twin)
        self._version = version

    def record(self, address: str, key: object, form: str = "") -> str:
        """The page of a record as it was."""
        if "as-of" not in self._twin.forms or form not in ("", "json"):
            return ""
        safe = self._twin.names.get((address, str(key)))
        above = ("as-of", self._version, address, str(key)) if safe is None else ("-", "as-of", self._version, safe)
        return self._file(*above) + (f".{form}" if form else "/")


def file_of(href: str, base: str) -> str:
    """The path of the file that an address of the twin stands for, below the folder of the twin."""
    path = unquote(href.removeprefix(base).partition("#")[0].partition("?")[0])
    return f"{path}index.html" if not path or path.endswith("/") else path


def _turned(query: Iterable[tuple[str, str]]) -> tuple[str, ...] | None:
    """The segments that say which page is meant; None where a query says more than that."""
    given = {name: value for name, value in query if value or name not in _TURNED}
    if not given.keys() <= set(_TURNED):
        return None
    if not given:
        return ()
    return ("-", *(part for name in _TURNED if name in given for part in (name, given[name])))


def _is_file(segments: tuple[str, ...]) -> bool:
    return bool(segments) and segments[-1].endswith(_ENDINGS)
