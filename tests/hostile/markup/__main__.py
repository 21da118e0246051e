# SPDX-License-Identifier: Apache-2.0
"""``scripts/hostile-markup``: every payload through every field of a book, opened in a browser on both Datasettes."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import sourcebook
from tests.hostile.markup import addresses, book, every, looking, reading
from tests.served import PYTHONS, serving


def main(arguments: Sequence[str]) -> int:
    """Run it; 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="scripts/hostile-markup", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="which addresses are drawn, and which payload is where")
    parser.add_argument("--payloads", type=int, default=0, help="how many of them; all by default")
    parser.add_argument("--count", type=int, default=0, help="how many pages, and how many addresses; all by default")
    parser.add_argument("--datasette", choices=[*PYTHONS, "both"], default="both")
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    payloads = every(asked.payloads)
    versions = list(PYTHONS) if asked.datasette == "both" else [asked.datasette]
    with tempfile.TemporaryDirectory(prefix="sourcebook-markup-") as above:
        folder = book.write(Path(above) / "book", payloads, asked.seed)
        book.commit(folder)
        built = sourcebook.build(folder)
        if built.release is None:
            print(*built.checked.findings, sep="\n")
            return 1
        wrong = [str(one) for one in sourcebook.verify(folder).differences]
        opened = read = 0
        for version in versions:
            one = run(folder, payloads, version, asked.count, asked.seed)
            opened, read, wrong = opened + one[0], read + one[1], wrong + [f"{version}: {what}" for what in one[2]]
            print(f"{version}: {one[0]} pages opened, {one[1]} answers read, {len(one[2])} wrong", flush=True)
    print(*wrong[:100], sep="\n", end="\n" if wrong else "")
    seconds = time.monotonic() - began
    print(
        f"{len(payloads)} payloads on {len(versions)} Datasettes: {opened} pages opened in a browser, "
        f"{read} answers read, {len(wrong)} wrong, {seconds:.0f} s, seed {asked.seed}"
    )
    return 1 if wrong else 0


def run(folder: Path, payloads: Sequence[str], version: str, count: int, seed: int) -> tuple[int, int, list[str]]:
    """Serve the book in ``folder``; how many pages were opened, how many answers read, and what was wrong."""
    rng = random.Random(seed)
    release = (folder / "build" / "current").resolve()
    with serving(PYTHONS[version], folder) as client:
        site = str(client.base_url).rstrip("/")
        pages = list(addresses.pages(release, version))
        if count:
            kept = pages[: min(60, count)]  # the fixed ones: each is a type of its own
            pages = kept + rng.sample(pages[len(kept) :], max(0, min(count, len(pages)) - len(kept)))
            asked = addresses.sample(payloads, version, count, rng)
        else:
            asked = [address for one in payloads for address in addresses.asked(one, version)]
        read = [*reading.read(client, release, payloads), *reading.headers(client, asked)]
        looked = asyncio.run(_look(site, [*pages, *asked]))
    return looked.opened, len(read), [*filter(None, read), *looked.wrong]


async def _look(site: str, opened: Sequence[str]) -> looking.Looked:
    async with looking.browser() as browser:
        with_policy = await looking.look(browser, site, opened, policy=True)
        without = await looking.look(browser, site, opened, policy=False)
    wrong = [f"with its policy: {one}" for one in with_policy.wrong] + [f"without: {one}" for one in without.wrong]
    return looking.Looked(with_policy.opened + without.opened, wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
