# SPDX-License-Identifier: Apache-2.0
"""Addresses of the site's pages: one place for how a name becomes a part of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, urlencode

DOWNLOADS = "-/downloads/"
STATIC = "-/sourcebook/"
FORMS = ("json", "csv", "yaml", "bib")
"""Forms that a record's page has beside HTML, each by its ending."""
OWN = ("q", "sort", "page")
"""Parameters of a listing that are no names of properties."""
LONGEST = 7_500
"""Characters of an address: of a longer one the site does not take the query."""
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.~-]*")
"""Segments that are written as they are."""
FEED = "changes.atom"
"""The feed of what was changed: of the book, or below the address of a collection."""
UNSAID = frozenset({"", ".", "..", "-", FEED})
"""Keys that are no segment: browsers and servers, or the site itself, take them for something else."""


class Addresses:
    """The addresses of pages below ``base``, which ends in a slash; those of Datasette's pages for its database."""

    narrows = True
    """Whether a page may be asked for with parameters: narrowed down, in another order, another part of a picture."""
    most_turned = 0
    """Pages that the rows below a picture are turned to at most, all of which draw it anew; 0 where all are."""
    limits_of_sql = "it reads only, and stops after a second or a thousand rows"
    """What the editor of SQL does, in words."""
    has_past = True
    """Whether there is a page of every record as it was in each version that is kept."""
    tells_release = True
    """Whether every page and all data say of which release they are. Else what is of a release as a whole says it:
    the home page, the downloads, ``/downloads.json``."""

    def __init__(self, base: str, database: str) -> None:
        self.base = base
        self._database = database

    def home(self) -> str:
        """The home page."""
        return self.base

    def page(self, *segments: str, **query: str) -> str:
        """A page by the segments of its address."""
        return self.base + "/".join(map(_segment, segments)) + _query(query)

    def listing(self, address: str, query: Iterable[tuple[str, str]] = (), form: str = "") -> str:
        """The listing of the collection at ``address``: narrowed down by parameters, in a form of `LISTED`."""
        query = list(query)
        return self.page(address + (f".{form}" if form else "")) + (f"?{urlencode(query)}" if query else "")

    def record(self, address: str, key: object, form: str = "") -> str:
        """The page of a record of the collection at ``address``, in a form of `FORMS` if one is given."""
        key = str(key)
        if key in UNSAID or (form and key.endswith(tuple(f".{one}" for one in FORMS))):
            return self.page(address, "-", **{"key": key} | ({"form": form} if form else {}))
        return self.page(address, key + (f".{form}" if form else ""))

    def coverage(self, address: str, key: object, form: str = "") -> str:
        """Which passages of a document carry records, in ``json`` if that is given."""
        return self.history(address, key, form, name="coverage")

    def history(self, address: str, key: object, form: str = "", *, name: str = "history") -> str:
        """The history of a record of the collection at ``address``, in ``json`` or ``atom`` if one is given."""
        name, key = name + (f".{form}" if form else ""), str(key)
        if key in UNSAID:
            return self.page(address, "-", name, key=key)
        return self.page(address, key, name)

    def changes(self, collection: str = "", before: str = "", form: str = "") -> str:
        """What was changed: of a collection by its name, if one is given, and before a place, in the form asked for."""
        query = {name: value for name, value in (("collection", collection), ("before", before)) if value}
        return self.page("changes" + (f".{form}" if form else ""), **query)

    def as_of(self, version: str) -> Addresses:
        """The addresses of the records of a version that was kept."""
        return Past(self.base, self._database, version)

    def kept(self, version: str, file: str = "") -> str:
        """The page of a version that was kept, or a file of it."""
        return self.page("releases", version) + (f"/{quote(file)}" if file else "")

    def records(self, address: str, keys: Iterable[str]) -> list[str]:
        """The pages of many records of the collection at ``address``."""
        above = self.page(address, "")
        return [
            above + key if _PLAIN.fullmatch(key) and key not in UNSAID else self.record(address, key) for key in keys
        ]

    def search(self, typed: str = "") -> str:
        """The search page."""
        return self.page("search", **({"q": typed} if typed else {}))

    def question(self, name: str, form: str = "", values: Mapping[str, str] | None = None) -> str:
        """The page of a question, or its answer as a file, with ``values`` for its parameters."""
        return self.page("questions", name + (f".{form}" if form else "")) + _query(values or {})

    def download(self, file: str) -> str:
        """A file of the release."""
        return self.base + DOWNLOADS + quote(file)

    def table(self, table: str, query: Iterable[tuple[str, str]] = ()) -> str:
        """Datasette's page of a table, with arguments of its own."""
        query = list(query)
        return f"{self.base}{_tilded(self._database)}/{_tilded(table)}" + (f"?{urlencode(query)}" if query else "")

    def row(self, table: str, key: object) -> str:
        """Datasette's page of the row of a record."""
        return f"{self.table(table)}/{_tilded(str(key))}"

    def sql(self, sql: str = "", values: Mapping[str, str] | None = None) -> str:
        """Datasette's editor, with ``sql`` in it, and ``values`` for its parameters.

        This is the address of 0.65, from which the 1.0 alpha leads on to its own. SQL that is too long for one is left
        out: then it is for the reader to put in, as `fits` tells.
        """
        address = self.base + _tilded(self._database)
        whole = address + (_query({**(values or {}), "sql": sql}) if sql else "")
        return whole if len(whole) <= LONGEST else address

    def cited(self, href: str) -> str:
        """The address by which the page at ``href`` is cited, below the root that is the book's."""
        return href.removeprefix(self.base)

    def fits(self, sql: str, values: Mapping[str, str] | None = None) -> bool:
        """Whether ``sql`` is not too long for the address of the editor."""
        return "?" in self.sql(sql, values)


class Past(Addresses):
    """Addresses of pages as of a ``version``: those of its records; all else leads to what is there today."""

    def __init__(self, base: str, database: str, version: str) -> None:
        super().__init__(base, database)
        self._version = version

    def record(self, address: str, key: object, form: str = "") -> str:
        """The page of a record as it was."""
        key = str(key)
        if key in UNSAID or (form and key.endswith(tuple(f".{one}" for one in FORMS))):
            query = {"key": key} | ({"form": form} if form else {})
            return self.page("as-of", self._version, address, "-", **query)
        return self.page("as-of", self._version, address, key + (f".{form}" if form else ""))

    def records(self, address: str, keys: Iterable[str]) -> list[str]:
        """The pages of many records as they were."""
        return [self.record(address, key) for key in keys]


def parameter(path: str, to: str = "") -> str:
    """The parameter by which a listing is narrowed down to what a property has: its path without brackets.

    That of the keys of a map ends in ``{key}``. A dot leads those that would be taken for a parameter of the listing's
    own. With ``to`` it asks for references to that collection alone, where the property may lead to several.
    """
    name = re.sub(r"\[\]|\{\}", "", path)
    name = f".{name}" if name in OWN or name.startswith(".") or not name else name
    return f"{name}:{to}" if to else name


@lru_cache(1_000)
def _tilded(name: str) -> str:
    from datasette.utils import tilde_encode  # slow to import, and files have no address of Datasette's

    return str(tilde_encode(name))


@lru_cache(10_000)
def _segment(one: str) -> str:
    """A part of an address; a page has the same ones many times."""
    return quote(one, safe="~:@!$'()*,;=+")


def _query(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""
