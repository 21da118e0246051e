# SPDX-License-Identifier: Apache-2.0
"""What a build begins with when the machine fails: a small book, its releases so far, and what is asked for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.chaos import warm
from tests.hostile.chaos.wholeness import content, current, listing

BOOK = Path(__file__).parent / "book"
PLAIN = ("--jobs", "1")  # what a build shares goes by the time it takes: here it is to make the same calls every time
ALL = ("--formats", "all", "--jobs", "1")
SHARED = ("--formats", "all", "--jobs", "2")


@dataclass(frozen=True)
class State:
    """How it was made: builds of some edition with some options, then ``harm``; and what is tried: another.

    ``small`` has what is done for large books alone done for this one. With ``wrong`` the book has an error. Unless
    ``apart`` everything is done by one process, which is much faster.
    """

    name: str
    before: Sequence[tuple[int, Sequence[str]]] = ()
    edition: int = 2
    options: Sequence[str] = PLAIN
    harm: Callable[[Path], None] | None = None
    small: bool = False
    wrong: bool = False
    apart: bool = False


def _damage(book: Path) -> None:
    file = book / "build" / "current" / "csv" / "lamps.csv"
    file.write_bytes(file.read_bytes().replace(b"north", b"nroth"))


def _litter(book: Path) -> None:
    """What builds that were killed in other places leave."""
    build = book / "build"
    for name in (".work-dead", ".work-empty"):
        (build / name / "csv").mkdir(parents=True)
    (build / ".work-dead" / "csv" / "half.csv").write_text("a,b\n1", encoding="utf-8")
    (build / ".link-current").symlink_to("releases/0000000000000000")
    (build / ".link-csv").symlink_to("current/csv")
    (build / "gone.json").symlink_to("current/gone.json")
    (build / ".cache" / "chunks" / ".abc-123").write_bytes(b"half")
    (build / ".cache" / ".state-123").write_bytes(b"half")


STATES: Mapping[str, State] = {
    one.name: one
    for one in (
        State("first", apart=True),
        State("again", [(0, PLAIN), (1, PLAIN)]),
        State("formats", [(0, ALL), (1, ALL)], options=ALL),
        State("shared", [(0, SHARED), (1, SHARED)], options=SHARED, small=True, apart=True),
        State("patch", [(0, ALL), (1, ALL)], options=ALL, small=True),
        State("wider", [(0, PLAIN), (1, PLAIN)], options=ALL),
        State("narrower", [(0, ALL), (1, ALL)]),
        State("clean", [(0, PLAIN), (1, PLAIN)], options=(*PLAIN, "--clean")),
        State("same", [(1, PLAIN), (2, PLAIN)]),
        State("back", [(2, PLAIN), (1, PLAIN)]),
        State("damaged", [(1, PLAIN), (2, PLAIN)], harm=_damage),
        State("littered", [(0, PLAIN), (1, PLAIN)], harm=_litter),
        State("wrong", [(0, PLAIN), (1, PLAIN)], wrong=True),
    )
}


@dataclass(frozen=True)
class Made:
    """A state on disk.

    ``old`` is the current release. By edition: ``names`` and ``contents`` of the release that is to come of it,
    ``lists`` of what is in ``build/`` then, without releases. ``released`` is what is in a release, by its name.
    """

    state: State
    book: Path
    old: str
    names: Mapping[int, frozenset[str]]
    contents: Mapping[int, frozenset[str]]
    lists: Mapping[int, Mapping[str, str]]
    released: Mapping[str, Mapping[str, str]]

    def is_of(self, edition: int, build: Path) -> bool:
        """Whether the current release is that of an edition; a patched database, by what was made of its rows.

        So it is with one that stands beside a release of its name which could not be read.
        """
        name = current(build)
        beside = name.rpartition("-")[0] in self.names[edition]
        if name in self.names[edition] or not (name and (self.state.small or beside)):
            return name in self.names[edition]
        return content(build / "releases" / name) == self.contents[edition]


def edit(book: Path, edition: int, *, wrong: bool = False) -> None:
    """Have the book say something else, with as many rows as before."""
    file = book / "data" / "lamps" / "north.yaml"
    text = re.sub(r"oil: .*", f"oil: {'low' if wrong else 20 + edition}", file.read_text("utf-8"))
    file.write_text(text, encoding="utf-8")


def command(book: Path, options: Sequence[str]) -> list[str]:
    """The command that builds it."""
    return ["build", "--book", str(book), *options]


@contextmanager
def tuned(state: State) -> Iterator[None]:
    """For builds of a state: small books patched, and their extracts written beside, as otherwise only large ones."""
    from sourcebook import apart
    from sourcebook.extract import extracts
    from sourcebook.publish import cache

    before = cache._LARGE, cache._FEW, extracts._WORTH_SHARING, apart.FORKS
    if state.small:
        cache._LARGE, cache._FEW, extracts._WORTH_SHARING = 0, 1.0, 0
    apart.FORKS = before[3] and state.apart
    try:
        yield
    finally:
        cache._LARGE, cache._FEW, extracts._WORTH_SHARING, apart.FORKS = before


def make(state: State, folder: Path) -> Made:
    """Make a state below ``folder``, and find out what is to come of it by builds that nothing disturbs."""
    book = folder / "book"
    shutil.copytree(BOOK, book)
    for edition, options in state.before:
        edit(book, edition)
        _built(book, options, folder)
    old = current(book / "build")
    if state.harm:
        state.harm(book)
    names, contents, lists, released = {}, {}, {}, {}
    for edition in (state.edition, state.edition + 1):
        found = set()
        for start in (BOOK, book):  # from nothing, and as it will be
            other = folder / f"clean-{edition}-{len(found)}-{start.name}"
            shutil.copytree(start, other, symlinks=True)
            if warm.home_of(start).is_dir():
                shutil.copytree(warm.home_of(start), warm.home_of(other))
            edit(other, edition)
            _built(other, state.options, folder)
            found.add(current(other / "build"))
            contents[edition] = content((other / "build" / "current").resolve())
            whole = listing(other / "build")
            if start != book:
                lists[edition] = {path: kind for path, kind in whole.items() if not _of_release(path)}
            shape = _released(whole, current(other / "build"))
            released[current(other / "build")] = shape
            shutil.rmtree(other)
            shutil.rmtree(warm.home_of(other))
        names[edition] = frozenset(found)
    return Made(state, book, old, names, contents, lists, released)


def _released(whole: Mapping[str, str], name: str) -> dict[str, str]:
    above = f"releases/{name}/"
    return {path.removeprefix(above): kind for path, kind in whole.items() if path.startswith(above)}


def _of_release(path: str) -> bool:
    return path.startswith("releases/") or path == "current"


def _built(book: Path, options: Sequence[str], aside: Path) -> None:
    ran = warm.run(command(book, options), aside, book)
    if ran.code:
        raise RuntimeError(f"an undisturbed build failed: {ran.out}{ran.err}")
