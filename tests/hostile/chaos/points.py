# SPDX-License-Identifier: Apache-2.0
"""One failure of the machine at one point of a build, and what is to hold after it."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.hostile.chaos import warm
from tests.hostile.chaos.calls import Call
from tests.hostile.chaos.full_disks import PAGE, Disk
from tests.hostile.chaos.states import Made, command, edit, tuned
from tests.hostile.chaos.warm import Ran
from tests.hostile.chaos.wholeness import current, is_locked, listing, release_wrong

_FULL = ("ENOSPC", "EIO", "EDQUOT")
_NAMES = ("ENOSPC", "EIO", "EACCES", "EDQUOT")
FAILS: Mapping[str, Sequence[str]] = {
    "write": _FULL,
    "fsync": _FULL,
    "truncate": _FULL,
    "open": _NAMES,
    "rename": _NAMES,
    "link": (*_NAMES, "EXDEV"),
    "symlink": _NAMES,
    "mkdir": _NAMES,
    "read": ("EIO", "EACCES"),
    "unlink": ("EIO", "EACCES"),
    "rmdir": ("EIO", "EACCES"),
    "chmod": ("EIO", "EPERM"),
    "times": ("EIO", "EPERM"),
    "lock": ("EIO", "ENOLCK"),
}
"""By the kind of a call, what it may fail with."""
_GROWS = {"write", "open", "mkdir", "link", "symlink", "truncate", "rename"}
_PLAIN = "sourcebook: "


@dataclass(frozen=True, slots=True)
class Point:
    """``what`` is done at the call of that number: ``kill`` (with whom), ``fail`` (with what), or ``stays``: fail from
    there on; or ``moment``: kill after so many ``seconds``. Or the machine has so little of ``which``: ``pages`` or
    ``names`` on a disk that is really full, ``size`` of a file; or its disk is ``read-only``. Or the build is in a
    ``race`` with something else (see `races`)."""

    state: str
    what: str
    number: int = 0
    which: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.state}:{self.what}:{self.number}:{self.which}:{self.seconds:.4f}"

    @classmethod
    def of(cls, text: str) -> Point:
        """The point that was printed so."""
        state, what, number, which, seconds = text.split(":")
        return cls(state, what, int(number), which, float(seconds))


@dataclass
class Tried:
    """What came of a point: whether it ``happened`` (the call was made), what kind it was of, what was ``wrong``."""

    point: str
    happened: bool = False
    kind: str = ""
    call: str = ""
    code: int = 0
    wrong: list[str] = field(default_factory=list)


def points(made: Made, recorded: Ran, moments: int, chance: random.Random) -> Iterator[Point]:
    """All points of a state, whose undisturbed build made the calls ``recorded``; and some moments to kill it."""
    name = made.state.name
    for number, (call, own) in enumerate(recorded.calls):
        said = _is_said(call)
        if call.kind != "read":
            yield Point(name, "kill", number, "all")
        if not own:
            yield Point(name, "kill", number, "child")
        if not own or (made.state.name == "shared" and call.kind not in ("read", "write")):
            yield Point(name, "kill", number, "parent")
        for which in FAILS[call.kind]:
            yield Point(name, "fail", number, which)
        if call.kind in _GROWS and not said:
            yield Point(name, "stays", number, "ENOSPC")
        if call.kind not in ("read", "write") and not said:
            yield Point(name, "stays", number, "EIO")
    for number in range(moments):
        who = "parent" if number % 4 == 0 else "all"
        yield Point(name, "moment", number, who, chance.uniform(0.0005, 1.1 * recorded.seconds))


def limits(made: Made, recorded: Ran) -> Iterator[Point]:
    """The points of a state at which the machine really has too little, from nothing to about enough."""
    name = made.state.name
    yield Point(name, "lacks", 0, "read-only")
    for number in range(sum(call.kind in ("open", "mkdir", "symlink") for call, _ in recorded.calls)):
        yield Point(name, "lacks", number, "names")
    for number in range(sum(call.kind == "write" for call, _ in recorded.calls) * 3):
        yield Point(name, "lacks", number, "pages")
    for number in range(128):
        yield Point(name, "lacks", number, "size")


def record(made: Made, folder: Path) -> Ran:
    """The undisturbed build of a state, with all its calls."""
    book = restored(made, folder)
    with tuned(made.state):
        return warm.run(command(book, made.state.options), folder, book, lambda *_: 0)


def attempt(made: Made, point: Point, folder: Path, disk: Disk | None = None) -> Tried:
    """Have the machine fail at a point, and say what was wrong afterwards.

    ``disk`` is the one that is to be full, mounted at ``disk`` below the folder.
    """
    above = folder / "disk" if disk else folder
    book = restored(made, above)
    tried = Tried(str(point), kind=f"{point.what} {point.which}")
    arguments = command(book, made.state.options)
    with tuned(made.state):
        if point.what == "moment":
            ran = warm.run(arguments, folder, book, after=point.seconds)
            tried.happened = ran.code < 0
        elif point.what == "lacks":
            ran = _lacking(point, arguments, folder, book, disk)
            tried.happened = ran.code != 0
        else:
            ran = warm.run(arguments, folder, book, lambda *call: _stop(point, tried, *call))
        tried.code = ran.code
        if tried.happened:
            tried.wrong = [
                *_after(made, book / "build", point, tried, ran),
                *next_wrong(made, book, folder, ran, point),
            ]
    return tried


def _lacking(point: Point, arguments: Sequence[str], folder: Path, book: Path, disk: Disk | None) -> Ran:
    if point.which == "size":
        return warm.run(arguments, folder, book, most=point.number * PAGE)
    assert disk
    pages, names = (point.number if point.which == one else None for one in ("pages", "names"))
    disk.left(pages=pages, names=names, read_only=point.which == "read-only")
    try:
        return warm.run(arguments, folder, book)
    finally:
        disk.left()


def _stop(point: Point, tried: Tried, number: int, call: Call, _own: bool) -> int | str:
    if number == point.number:
        tried.call = f"{call.name} {call.path}"
        tried.happened = point.what == "kill" or point.which in FAILS[call.kind]
        tried.kind = f"{point.what} {point.which} at {'say' if _is_said(call) else call.kind}"
        if point.what == "kill":
            return point.which
    if point.what == "fail" and number == point.number and tried.happened:
        return getattr(errno, point.which)  # type: ignore[no-any-return]
    if point.what == "stays" and number >= point.number and point.which in FAILS[call.kind] and not _is_said(call):
        tried.happened = True
        if point.which == "EIO" or call.kind in _GROWS:
            return getattr(errno, point.which)  # type: ignore[no-any-return]
    return 0


def _is_said(call: Call) -> bool:
    return call.path.endswith(("/out", "/err"))


def restored(made: Made, folder: Path) -> Path:
    """The book of a state below ``folder``, as it is before the build."""
    book = folder / "book"
    shutil.rmtree(book, ignore_errors=True)
    shutil.copytree(made.book, book, symlinks=True, copy_function=_second_name)
    home = warm.home_of(book)
    shutil.rmtree(home, ignore_errors=True)
    if warm.home_of(made.book).is_dir():
        shutil.copytree(warm.home_of(made.book), home)
    edit(book, made.state.edition, wrong=made.state.wrong)
    return book


def _second_name(old: str, new: str) -> None:
    """A file of a release by a second name, since releases never change; else a copy."""
    if "/build/releases/" in old and "/disk/" not in new:
        os.link(old, new)
    else:
        shutil.copy2(old, new)


def _after(made: Made, build: Path, point: Point, tried: Tried, ran: Ran) -> Iterator[str]:
    """What is wrong after the build that was disturbed."""
    if ran.hung:
        yield "it hangs"
    if ran.left:
        yield f"processes are left: {ran.left}"
    if is_locked(build):
        yield "the lock is still held"
    yield from published_wrong(made, build, None if made.state.wrong else made.state.edition)
    if ran.code >= 0:
        yield from _said(made, build, ran, " at say" in tried.kind and tried.call.endswith("/err"))
    elif point.what in ("fail", "stays", "lacks") or point.which == "child":
        yield f"ended by signal {-ran.code}"


def published_wrong(made: Made, build: Path, edition: int | None) -> Iterator[str]:
    """What is wrong with what is published: the old release, or that of an edition."""
    name = current(build)
    if name != made.old and not (edition and made.is_of(edition, build)):
        yield f"the current release is {name or 'none'}: neither the old one nor the new one"
    damaged = {made.old} if made.state.name == "damaged" else set()
    for one in {name, made.old} - {""} - damaged:
        yield from (f"release {one}: {wrong}" for wrong in release_wrong(build / "releases" / one))
        if one in made.released and listing(build / "releases" / one) != made.released[one]:
            yield f"release {one} has other files or permissions"


def _said(made: Made, build: Path, ran: Ran, deaf: bool) -> Iterator[str]:
    """What is wrong with how a build that was not killed ended."""
    lines = [line for line in ran.err.splitlines() if line.startswith(_PLAIN)]
    odd = [word for word in ("Traceback", "this is a bug", "Exception ignored") if word in ran.err + ran.out]
    if odd:
        yield f"{odd[0]}, exit code {ran.code}: {ran.err[-300:]}"
    elif ran.code == 0 and not made.is_of(made.state.edition, build):
        yield "exit code 0, and nothing new is published"
    elif ran.code == 4 and len(lines) != 1 and not deaf:
        yield f"exit code 4, and {len(lines)} sentences: {ran.err[-300:]!r}"
    elif ran.code not in ((1, 4) if made.state.wrong else (0, 4)):
        yield f"exit code {ran.code}: {ran.err[-200:]} {ran.out[-200:]}"


def next_wrong(made: Made, book: Path, folder: Path, ran: Ran, point: Point) -> Iterator[str]:
    """What is wrong with the next build, of the same edition or another; with more after it, if the first was whole."""
    build, first = book / "build", made.state.edition
    other = point.number % 2 == 1
    before = current(build)
    yield from _undisturbed(made, book, folder, first + other, before, grown=ran.code == 0 and not other)
    if ran.code == 0 and not other:  # a failure that was borne: what it left is swept once there is something new
        yield from _undisturbed(made, book, folder, first + 1, current(build), grown=False)


def _undisturbed(made: Made, book: Path, folder: Path, edition: int, before: str, *, grown: bool) -> Iterator[str]:
    build = book / "build"
    edit(book, edition)
    ran = warm.run(command(book, [one for one in made.state.options if one != "--clean"]), folder, book)
    if ran.code or ran.hung:
        yield f"the next build fails, exit code {ran.code}: {ran.err[-300:]}"
        return
    name = current(build)
    if not made.is_of(edition, build):
        yield f"the next build published {name}, not {' or '.join(sorted(made.names[edition]))}"
    yield from (f"the next build, {name}: {wrong}" for wrong in release_wrong(build / "releases" / name))
    there = listing(build)
    rest = {path: kind for path, kind in there.items() if not path.startswith("releases/") and path != "current"}
    wanted = made.lists[edition]
    if rest != wanted:
        missing, more = sorted(wanted.items() - rest.items())[:3], sorted(rest.items() - wanted.items())[:3]
        yield f"after the next build, lacking {missing}, too much {more}"
    at_home = sorted(path for path, kind in listing(warm.home_of(book)).items() if not kind.startswith("d"))
    if at_home != [".local/state/sourcebook/key"]:
        yield f"at home, there is {at_home}"
    kept = {path.split("/")[1] for path in there if path.startswith("releases/")}
    expected = {name, before} - {""}
    if not expected <= kept:
        yield f"a release that readers may be on was removed: {sorted(expected - kept)}"
    if len(kept) > 2 and not grown:
        yield f"releases are left: {sorted(kept)}"
    if name in made.released and listing(build / "releases" / name) != made.released[name]:
        yield f"the next build, {name}: other files or permissions"
