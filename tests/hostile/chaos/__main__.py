# SPDX-License-Identifier: Apache-2.0
"""``scripts/chaos``: fail a build at thousands of points, and count what held."""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.hostile.chaos import calls, full_disks, races, warm
from tests.hostile.chaos.points import Point, Tried, attempt, limits, points, record
from tests.hostile.chaos.states import ALL, BOOK, SHARED, STATES, Made, make, tuned

_END_WITH_PARENT = 1  # of prctl
RACED = ("again", "patch")


def main() -> int:
    """Run the points that are asked for; 1 if one failed."""
    options = _options()
    if not calls.usable():
        print("chaos: the kernel here does not let system calls be stopped: nothing was tried", file=sys.stderr)
        return 2
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    chance = random.Random(seed)
    begun = time.monotonic()
    memory = Path("/dev/shm")  # noqa: S108  (nothing is to be written to a disk thousands of times)
    only = [Point.of(one) for one in options.only or ()]
    names = dict.fromkeys(one.state for one in only) or options.states or list(STATES)
    tried: list[Tried] = []
    whole = 0
    with tempfile.TemporaryDirectory(prefix="chaos-", dir=memory if memory.is_dir() else None) as above:
        folder = Path(above)
        plain = [name for name in names if STATES[name].options not in (ALL, SHARED)]
        for group in filter(None, (plain, [name for name in names if name not in plain])):
            all_made = prepared(folder, group)
            wanted = only or [
                point for made in all_made.values() for point in possible(made, folder, options.moments, chance)
            ]
            wanted = [point for point in wanted if point.state in group]
            whole += len(wanted)
            chance.shuffle(wanted)
            share = len(group) / len(names)
            wanted = wanted[: int(options.count * share) or None]
            tried += tried_all(all_made, wanted, folder, options.workers, options.seconds * share)
    return _told(tried, whole, seed, time.monotonic() - begun, options.failures)


def prepared(folder: Path, names: Sequence[str]) -> dict[str, Made]:
    """The states of these names, below ``folder``, with everything imported that they want."""
    book = Path(tempfile.mkdtemp(dir=folder)) / "book"
    shutil.copytree(BOOK, book)
    warm.imported(book, STATES[names[0]].options)
    found = {}
    for name in names:
        (folder / name).mkdir()
        with tuned(STATES[name]):
            found[name] = make(STATES[name], folder / name)
    return found


def possible(made: Made, folder: Path, moments: int, chance: random.Random) -> list[Point]:
    """All points of a state that can be had here."""
    recorded = record(made, folder)
    lacking = limits(made, recorded) if made.state.name in ("first", "again", "formats") else ()
    mounts = full_disks.usable()
    return [
        *points(made, recorded, moments, chance),
        *(races.races(made, moments, recorded.seconds, chance) if made.state.name in RACED else ()),
        *(one for one in lacking if mounts or one.which == "size"),
    ]


def tried_all(
    all_made: dict[str, Made], wanted: Sequence[Point], folder: Path, workers: int, seconds: float
) -> list[Tried]:
    """Try all points, by several processes, as long as there are ``seconds``."""
    end = time.monotonic() + (seconds or 1e9)
    children = []
    for number in range(workers):
        own = Path(tempfile.mkdtemp(dir=folder))
        child = os.fork()
        if not child:
            _work(all_made, wanted[number::workers], own, end)
        children.append((child, own / "tried"))
    for child, _ in children:
        os.waitpid(child, 0)
    return [Tried(**json.loads(line)) for _, path in children for line in path.read_text("utf-8").splitlines()]


def _work(all_made: dict[str, Made], wanted: Sequence[Point], own: Path, end: float) -> None:
    try:
        ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
        disk = None
        if any(point.what == "lacks" for point in wanted) and full_disks.usable():
            full_disks.apart()
            (own / "disk").mkdir()
            disk = full_disks.Disk(own / "disk")
        with (own / "tried").open("w", encoding="utf-8") as out:
            for point in wanted:
                if time.monotonic() > end:
                    break
                small = point.what == "lacks" and point.which != "size"
                made = all_made[point.state]
                if point.what == "race":
                    tried = races.raced(made, point, own)
                else:
                    tried = attempt(made, point, own, disk if small else None)
                print(
                    json.dumps({name: getattr(tried, name) for name in Tried.__dataclass_fields__}),
                    file=out,
                    flush=True,
                )
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(0)


def _told(tried: Sequence[Tried], whole: int, seed: int, seconds: float, most: int) -> int:
    happened = [one for one in tried if one.happened]
    failed = [one for one in happened if one.wrong]
    for one in failed[:most]:
        print(f"{one.point}  {one.call}  exit {one.code}")
        for wrong in one.wrong:
            print(f"    {wrong}")
    groups = Counter(one.kind for one in happened)
    bad = Counter(one.kind for one in failed)
    for kind, count in sorted(groups.items()):
        print(f"{kind:32} {count:6,} points, {bad[kind]:5,} failed")
    states = Counter(one.point.partition(":")[0] for one in happened)
    print("by state: " + ", ".join(f"{name} {count:,}" for name, count in sorted(states.items())))
    ends = Counter("killed" if one.code < 0 else f"exit {one.code}" for one in happened)
    print("ends: " + ", ".join(f"{name} {count:,}" for name, count in sorted(ends.items())))
    print(
        f"chaos: {len(happened):,} points of {whole:,} happened ({len(tried) - len(happened):,} tried did not), "
        f"{len(failed):,} failed, {seconds:.0f} s, seed {seed}"
    )
    return 1 if failed or not happened else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("--count", type=int, default=0, help="how many points, by chance; by default all")
    parser.add_argument("--seconds", type=float, default=0, help="stop after so many seconds")
    parser.add_argument("--seed", type=int, help="of the choice of points")
    parser.add_argument("--moments", type=int, default=100, help="moments at which each state's build is killed")
    parser.add_argument("--workers", type=int, default=1, help="processes that try points")
    parser.add_argument("--states", nargs="*", choices=list(STATES), help="which states; by default all")
    parser.add_argument("--only", nargs="*", help="these points alone, as they are printed")
    parser.add_argument("--failures", type=int, default=40, help="how many failed points to print")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
