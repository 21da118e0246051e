# SPDX-License-Identifier: Apache-2.0
"""What was followed last, kept in ``build/``: by it a target that goes back to something older is known."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from sourcebook.channel.form import FORMAT
from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import dumps, loads
from sourcebook.files import Written, flush, kind, open_below, remove
from sourcebook.publish.ground import FOLLOWED, in_the_way

_MOST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Remembered:
    """The release that was followed last: of which book, its ``serial`` and its ``manifest``, by which list of signers.

    ``done`` says that it became current here; ``release`` is what it is called here. ``version`` and ``taken_down``
    are what the manifest said. ``coming`` was judged too, and is being put in its place: whoever is killed meanwhile
    has the one or the other, and none that is older than ``coming`` is taken any more.
    """

    name: str
    serial: int
    manifest: str
    signers: str
    version: str
    taken_down: str
    release: str = ""
    done: bool = False
    coming: Remembered | None = None

    @property
    def newest(self) -> Remembered:
        """What was judged last."""
        return self.coming or self

    @property
    def here(self) -> tuple[Remembered, ...]:
        """What may be current here: each was judged."""
        return tuple(one for one in (self, self.coming) if one is not None and one.release)


def recall(build: Path) -> Remembered | None:
    """What was followed last; None where nothing was. Raises EnvironmentFailure where it cannot be told."""
    path = build / FOLLOWED
    found = kind(path)
    if not found:
        return None
    if found != "file":
        raise in_the_way(path, found)
    try:
        with open(open_below(build, FOLLOWED), "rb") as file:
            told = loads(file.read(_MOST))
        if told.pop("format") != FORMAT:
            raise ValueError("it has another format")
        coming = told.pop("coming", None)
        known = replace(_one(told), coming=None if coming is None else _one(coming))
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise EnvironmentFailure(
            f"{path} does not say what was followed last ({error}): if you trust what is followed now, remove {build}, "
            "and follow again"
        ) from error
    return known


def _one(told: dict[str, Any]) -> Remembered:
    names = {one.name for one in fields(Remembered)}
    # What a newer toolkit wrote besides is none to stop for: who goes back to this one shows what is here.
    known = Remembered(**{name: value for name, value in told.items() if name in names})
    texts = (known.name, known.manifest, known.signers, known.version, known.taken_down, known.release)
    if type(known.serial) is not int or known.coming or not all(isinstance(text, str) for text in texts):
        raise ValueError("it has other values")
    return known


def note_look(build: Path) -> None:
    """Have it known that what is current here was found to be current there just now."""
    # Nothing depends on it but what a server that is started anew tells: a disk that cannot be written to says so
    # when there is something to be written.
    with suppress(OSError):
        os.utime(build / FOLLOWED, follow_symlinks=os.utime not in os.supports_follow_symlinks)


def last_look(build: Path) -> float:
    """When it was last found so, in seconds since 1970; 0 where it never was. Raises as `recall` does, and OSError."""
    known = recall(build)
    return (build / FOLLOWED).stat().st_mtime if known and known.done else 0.0


def remember(build: Path, what: Remembered) -> None:
    """Have it known. Raises OSError where the disk fails."""
    aside = build / f"{FOLLOWED}.new-{os.getpid()}"
    remove(aside)
    with Written(aside) as file:
        file.add(dumps({"format": FORMAT, **asdict(what)}, indent=2) + "\n")
    aside.replace(build / FOLLOWED)
    flush(build)
