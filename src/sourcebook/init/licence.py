# SPDX-License-Identifier: Apache-2.0
"""The licence that a folder's own file names, for a descriptor that names none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sourcebook import files

_NAMES = ("license", "licence", "copying")
_LIMIT = 1024 * 1024
# What the text of a licence begins with, or says early on, with its name by https://spdx.org/licenses and its address.
_KNOWN = (
    ("cc0 1.0 universal", "CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ("attribution-sharealike 4.0", "CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    ("attribution-noncommercial 4.0", "CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    ("attribution 4.0 international", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    ("open database license", "ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    ("apache license", "Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    ("mit license", "MIT", "https://opensource.org/license/mit"),
)


def without_licence(root: Path, *, told: bool = False) -> Iterator[str]:
    """That nobody knows what may be done with the data, and the licence that a file of the folder names.

    Where a finding has ``told`` the first already, only what the file says is left.
    """
    ask = "" if told else "no licence is named, so nobody knows what may be done with the data"
    for path in sorted(root.iterdir()):
        if path.name.lower().startswith(_NAMES) and path.is_file() and not path.is_symlink():
            ask += "; " if ask else ""
            data, finding = files.read_bytes(root, path.name, _LIMIT)
            start = " ".join(data[:4000].decode("utf-8", "replace").lower().split()) if not finding else ""
            for words, name, address in _KNOWN:
                if words in start:
                    written = f"licenses: [{{name: {name}, path: {address}}}]"
                    yield f"{ask}{path.name} looks like {name}: if so, write {written}"
                    return
            yield f"{ask}see {path.name}, and write licenses: [{{name: ..., path: https://...}}]"
            return
    if not told:
        yield f"{ask}: write licenses: [{{name: ..., path: https://...}}]"
