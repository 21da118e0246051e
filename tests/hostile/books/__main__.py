# SPDX-License-Identifier: Apache-2.0
"""``python -m tests.hostile.books``: makes cases, tells each that went wrong, and one line at the end."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from random import Random

from tests.hostile.books import kinds
from tests.hostile.books.run import named, results, seconds


def main() -> int:
    """Run the cases that were asked for; 1 where one went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--count", type=int, default=2000, help="how many cases")
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--only", default="", help="a kind, or the beginning of a generator's name")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="say what kinds and generators there are")
    parser.add_argument("--write", type=Path, help="write the first case that is asked for to this folder, to look at")
    asked = parser.parse_args()
    generators = named(asked.only)
    if asked.list:
        for name, generator in generators:
            print(f"{name}: {(generator.__doc__ or '').splitlines()[0]}")
        return 0
    if asked.write:
        generators[asked.first % len(generators)][1](Random(f"{asked.seed}:{asked.first}")).write(asked.write)
        return 0
    begun, ended, failed, slowest, largest = seconds(), Counter[str](), 0, (0.0, ""), (0, "")
    for one in results(asked.seed, range(asked.first, asked.first + asked.count), asked.only, asked.jobs):
        ended.update(one.ended)
        slowest, largest = max(slowest, (one.slowest, one.name)), max(largest, (one.largest, one.name))
        if one.wrong:
            failed += 1
            print(f"{one.number} {one.name} ({', '.join(one.ended)})", *one.wrong, sep="\n    ", flush=True)
    print(", ".join(f"{count} x {how}" for how, count in sorted(ended.items())))
    print(
        f"hostile-books: {asked.count} cases of {len(generators)} generators in {len(kinds.ALL)} kinds, "
        f"{ended.total()} commands, {failed} failed, {seconds() - begun:.0f} s, slowest {slowest[0]:.1f} s of CPU "
        f"({slowest[1]}), most memory {largest[0] >> 20} MB ({largest[1]}), seed {asked.seed}"
    )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
