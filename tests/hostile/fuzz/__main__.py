# SPDX-License-Identifier: Apache-2.0
"""``scripts/fuzz``: mutants of all targets, or of one, by an engine; at the end one line of counts."""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice

from sourcebook.finding import printable
from tests.hostile.fuzz.mutants import Mutants
from tests.hostile.fuzz.smaller import smaller
from tests.hostile.fuzz.targets import CORPUS, Target, Targets, targets
from tests.hostile.fuzz.tried import Failure
from tests.hostile.fuzz.watched import Tally, run_watched

ENGINES = ("mutants", "structured", "covering")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run targets as the arguments say; 1 where something failed."""
    asked = _asked(arguments)
    seed = asked.seed or f"{random.SystemRandom().randrange(10**9)}"
    with targets() as known:
        names = asked.target or list(known.makers)
        for name in names:
            if name not in known.makers:
                print(f"there is no target {name!r}; there are {', '.join(known.makers)}", file=sys.stderr)
                return 2
        start = time.monotonic()
        tallies = [_run(known, name, asked, seed, asked.seconds / len(names)) for name in names]
    count, failed = sum(one.count for one in tallies), sum(one.failed for one in tallies)
    print(
        f"fuzz: {count:,} inputs of {len(tallies)} targets by {asked.engine}, {failed:,} failed"
        f" in {sum(len(one.failures) for one in tallies)} ways, {time.monotonic() - start:.0f} s, seed {seed}"
    )
    return 1 if failed else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--target", action="append", help="one of them; may be said several times (all)")
    parser.add_argument("--engine", choices=ENGINES, default="mutants")
    parser.add_argument("--seconds", type=float, default=60.0, help="in all (60)")
    parser.add_argument("--count", type=int, default=10**12, help="inputs of each target at most")
    parser.add_argument("--seed", default="", help="a word: the same one gives the same mutants")
    parser.add_argument("--smaller", type=float, default=20.0, help="seconds to make each failure smaller (20)")
    return parser.parse_args(arguments)


def _run(known: Targets, name: str, asked: argparse.Namespace, seed: str, seconds: float) -> Tally:
    target = known(name)
    if asked.engine == "covering":
        from tests.hostile.fuzz.covering import run_covering

        tally = run_covering(target, seconds, asked.count, seed)
    elif asked.engine == "structured":
        from tests.hostile.fuzz.structured import structured

        tally = run_watched(target, structured(target, seed, asked.count), seconds)
    else:
        tally = run_watched(target, mutants(target, seed, asked.count), seconds)
    rate = tally.count / max(tally.seconds, 0.001)
    print(f"{name}: {tally.count:,} inputs, {tally.failed:,} failed, {tally.seconds:.0f} s, {rate:,.0f}/s", flush=True)
    for failure in tally.failures.values():
        _tell(smaller(target, failure, asked.smaller), tally)
    return tally


def mutants(target: Target, seed: str, count: int) -> Iterator[bytes]:
    """So many mutants of a target: always the same ones for the same seed."""
    chance = random.Random(f"{target.name} {seed}")
    made = Mutants(target.everything, chance, target.words, headed=target.headed, shaped=target.shaped)
    return islice(iter(made, None), count)


def _tell(failure: Failure, tally: Tally) -> None:
    """Print a failure, and keep its input where it is ready for the corpus."""
    name = hashlib.sha256(failure.data).hexdigest()[:12]
    folder = CORPUS.parent / "failed" / failure.target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(failure.data)
    print(f"  {printable(failure.sign)}\n    {failure.data[:200]!r}\n    kept as {folder / name}")
    print("    " + "\n    ".join(printable(line) for line in failure.told.splitlines()[-6:]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
