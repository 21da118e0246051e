# SPDX-License-Identifier: Apache-2.0
"""What was followed last, kept in ``build/``: by it a target that goes back to something older is known."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

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
    are what the manifest said.
    """

    name: str
    serial: int
    manifest: str
    signers: str
    version: str
    taken_down: str
    release: str = ""
    done: bool = False


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
        known = Remembered(**told)
        texts = (known.name, known.manifest, known.signers, known.version, known.taken_down, known.release)
        if type(known.serial) is not int or not all(isinstance(text, str) for text in texts):
            raise ValueError("it has other values")
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise EnvironmentFailure(
            f"{path} does not say what was followed last ({error}); remove it if you trust what is followed"
        ) from error
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
