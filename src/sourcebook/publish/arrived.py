# SPDX-License-Identifier: Apache-2.0
"""Whether a release that somebody copies here is all here, told at a glance: by names and sizes, without reading it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sourcebook.errors import EnvironmentFailure
from sourcebook.formats import index_json
from sourcebook.sqlite import is_cut

_DATABASES = (".db", ".sqlite")


class Arriving(EnvironmentFailure):
    """A release is not all there, and may be in a moment."""


def lacking(release: Path, listed: Collection[str]) -> str:
    """The first file of a ``release`` that is not there, or is shorter than it is to be; "" where there is none.

    ``listed`` are its files; how long one is, ``index.json`` of the release says of some, and a database of itself.
    A file of that length may have other content than it should: that is told by its checksum alone.
    """
    sizes = _sizes(release)
    for name in sorted({*listed, *sizes}):
        path = release / name
        try:
            if path.lstat().st_size < sizes.get(name, 0) or (path.suffix in _DATABASES and is_cut(path)):
                return name
        except (OSError, ValueError):  # the latter for what is the name of no file
            return name
    return ""


def _sizes(release: Path) -> dict[str, int]:
    try:
        copies = [copy for codings in index_json.packed(release).values() for copy in codings.values()]
        return {one.path: one.bytes for one in (*index_json.files(release).values(), *copies)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # there is none, or it is not whole itself
        return {}
