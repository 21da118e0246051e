# SPDX-License-Identifier: Apache-2.0
"""Whatever keys records have: each file of a twin is found by the address that pages name, by a plain server too, and
no two files share a place, also where names are told apart by neither case nor composition.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sourcebook.content.frozen import ALWAYS, OPTIONAL, Frozen, Twin, file_of
from sourcebook.freeze.names import awkward

_ODD = ["", ".", "..", "-", "index.html", "a.json", "a", "A", "a.json.json", "a/b", "a%2Fb", "a?b", "a#b", "con", "é"]
_ODD += ["e\u0301", "ﬁ", "fi", "changes.atom", "history", "a ", " a", "a.", "x" * 300, "\u202e", "%", "ß", "SS", "ss"]
KEYS = st.one_of(st.sampled_from(_ODD), st.text(max_size=12), st.text(alphabet="aA./%-~é#?\\ \0", max_size=6))


FEW = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def frozen(keys: list[str], base: str) -> Frozen:
    twin = Twin(frozenset((*ALWAYS, *OPTIONAL)), dict(awkward("people", keys)))
    return twin.at(base, "book")


def hrefs(at: Frozen, key: str) -> Iterator[str]:
    """The addresses of all files of a record."""
    for form in ("", "json", "csv", "yaml", "bib"):
        yield at.record("people", key, form)
    for form in ("", "json", "atom"):
        yield at.history("people", key, form)
    for form in ("", "json"):
        yield at.coverage("people", key, form)


def looked_for(href: str, base: str) -> str:
    """The file that a plain server looks for, below the folder of the twin: as `http.server` does."""
    path = unquote(urlsplit(href).path, errors="surrogatepass").removeprefix(base)
    return f"{path}index.html" if not path or path.endswith("/") else path


def as_the_poorest_disk_has_it(path: str) -> str:
    return normalize("NFKC", normalize("NFKC", path).casefold())


@pytest.mark.parametrize("base", ["/", "/a repo/"])
@FEW
@given(st.lists(KEYS, min_size=1, max_size=12, unique=True))
@example(_ODD)
def test_each_file_has_its_own_place_and_is_found_there(base: str, keys: list[str]) -> None:
    at = frozen(keys, base)
    taken: dict[str, str] = {}
    folders, files = set(), set()
    for key in keys:
        for href in hrefs(at, key):
            path = file_of(href, base)
            assert looked_for(href, base) == path
            parts = PurePosixPath(path).parts
            assert not path.startswith("/")
            assert ".." not in parts
            assert all(len(part.encode("utf-8", "surrogatepass")) <= 255 for part in parts)
            place = as_the_poorest_disk_has_it(path)
            assert place not in taken, f"{key!r} and {taken[place]!r} share {path}"
            taken[place] = key
            files.add(place)
            folders |= {str(above) for above in PurePosixPath(place).parents}
    assert files & folders == set(), "a file stands where a folder is needed"


@FEW
@given(st.lists(KEYS, min_size=1, max_size=8, unique=True), KEYS)
def test_a_key_that_comes_takes_no_place_from_one_that_names_a_file(keys: list[str], new: str) -> None:
    """What has a place keeps it, unless the new key is the same to some disk."""
    before, after = frozen(keys, "/"), frozen([*dict.fromkeys([*keys, new])], "/")
    for key in keys:
        if as_the_poorest_disk_has_it(key) != as_the_poorest_disk_has_it(new):
            assert before.record("people", key) == after.record("people", key)
