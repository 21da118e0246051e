# SPDX-License-Identifier: Apache-2.0
"""Two that are at a book at the same time: a build with another, with ``verify``, with readers, with a server.

Each race begins anew, its second runner a moment later by chance; some builds are killed in the middle of it.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.chaos import warm
from tests.hostile.chaos.points import Point, Tried, next_wrong, published_wrong, restored
from tests.hostile.chaos.states import Made, command, tuned
from tests.hostile.chaos.wholeness import current, is_locked, release_wrong

KINDS = ("build", "killed build", "verify", "readers")


def races(made: Made, count: int, seconds: float, chance: random.Random) -> Iterator[Point]:
    """So many races of a state, by turns of each kind, in a build that takes so many ``seconds``."""
    for number in range(count):
        yield Point(made.state.name, "race", number, KINDS[number % len(KINDS)], chance.uniform(0, 1.2 * seconds))


def raced(made: Made, point: Point, folder: Path) -> Tried:
    """Run one race; what was wrong."""
    book = restored(made, folder)
    build = book / "build"
    tried = Tried(str(point), happened=True, kind=f"race with {point.which}")
    again = command(book, made.state.options)
    with tuned(made.state):
        if point.which == "readers":
            said, ran = _beside(folder, lambda aside: _read(build, aside), lambda: warm.run(again, folder, book))
        elif point.which == "verify":
            verify = ["verify", "--book", str(book)]
            said, ran = _beside(
                folder, lambda aside: _told(verify, aside, book, {0, 1, 4}), lambda: warm.run(again, folder, book)
            )
        else:
            after = point.seconds if point.which == "killed build" else 0.0

            def second(aside: Path) -> list[str]:
                time.sleep(0.0 if after else point.seconds)
                return _told(again, aside, book, {0})

            said, ran = _beside(folder, second, lambda: warm.run(again, folder, book, after=after))
        tried.code = ran.code
        tried.wrong += said
        if ran.code and not (point.which == "killed build" and ran.code < 0):
            tried.wrong.append(f"the build fails, exit code {ran.code}: {ran.err[-300:]}")
        if is_locked(build):
            tried.wrong.append("the lock is still held")
        tried.wrong += published_wrong(made, build, made.state.edition)
        tried.wrong += next_wrong(made, book, folder, ran, point)
    return tried


def _beside(
    folder: Path, other: Callable[[Path], list[str]], run: Callable[[], warm.Ran]
) -> tuple[list[str], warm.Ran]:
    """Run one while a process does the ``other``, which is told to end by the file ``end`` in its folder."""
    aside = folder / "aside"
    aside.mkdir(exist_ok=True)
    for name in ("end", "wrong"):
        (aside / name).unlink(missing_ok=True)
    child = os.fork()
    if not child:
        found = ["it ended by itself"]
        try:
            found = other(aside)
        except BaseException as error:
            found = [repr(error)]
        finally:
            (aside / "wrong").write_text("\n".join(found), encoding="utf-8")
            os._exit(0)
    ran = run()
    (aside / "end").touch()
    deadline = time.monotonic() + warm.SECONDS
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return ["the other one hangs"], ran
        time.sleep(0.005)
    return (aside / "wrong").read_text("utf-8").splitlines(), ran


def _told(arguments: list[str], aside: Path, book: Path, codes: set[int]) -> list[str]:
    """What is wrong with how another command ended."""
    ran = warm.run(arguments, aside, book)
    if ran.code in codes and "Traceback" not in ran.err:
        return []
    return [f"{arguments[0]} beside it: exit code {ran.code}: {ran.err[-300:]!r} {ran.out[-200:]!r}"]


def _read(build: Path, aside: Path) -> list[str]:
    """Read what is current, again and again, as a reader does who follows the link once."""
    seen = 0
    while not (aside / "end").exists() or not seen:
        name = current(build)
        if wrong := release_wrong(build / "releases" / name):
            return [f"a reader of {name}: {one}" for one in wrong]
        seen += 1
    return []
