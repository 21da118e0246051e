# SPDX-License-Identifier: Apache-2.0
"""What has been swept out of a ``build/`` folder already, kept there: a machine that pulls a takedown has it to do yet.

It carries a code of the user's key, so that one which came with the book spares nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from pathlib import Path

from sourcebook import files
from sourcebook.book import Withdrawn
from sourcebook.publish.ground import TAKEN, in_the_way
from sourcebook.publish.key import key_of

_WHAT = "what was swept"
_MOST = 64 * 1024 * 1024


def mark(one: Withdrawn) -> str:
    """What names an entry, whatever is said of it otherwise."""
    told = json.dumps([one.collection, one.key, one.property, sorted(one.hashes)])
    return hashlib.sha256(told.encode()).hexdigest()


def pending(build: Path, entries: Iterable[Withdrawn]) -> tuple[Withdrawn, ...]:
    """Those of what was taken down that was not swept out of ``build`` yet."""
    swept = _read(build)
    return tuple(one for one in entries if mark(one) not in swept)


def keep(build: Path, entries: Iterable[Withdrawn]) -> None:
    """Have it known that these are swept. Raises OSError where the disk fails."""
    said = sorted(mark(one) for one in entries)
    aside = build / f"{TAKEN}.new"
    files.remove(aside)
    with files.Written(aside) as file:
        file.add(json.dumps({"code": _code(build, said), "swept": said}))
    aside.replace(build / TAKEN)
    files.flush(build)


def _read(build: Path) -> frozenset[str]:
    path = build / TAKEN
    found = files.kind(path)
    if found not in ("", "file"):
        raise in_the_way(path, found)
    if not found:
        return frozenset()
    try:
        with open(files.open_below(build, TAKEN), "rb") as file:
            if os.fstat(file.fileno()).st_size > _MOST:
                return frozenset()
            read = json.loads(file.read())
        said = read["swept"]
        if hmac.compare_digest(read["code"], _code(build, said)):
            return frozenset(said)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return frozenset()


def _code(build: Path, said: list[str]) -> str:
    return key_of(build.parent).code(_WHAT, json.dumps([str(build.resolve()), said]).encode())
