# SPDX-License-Identifier: Apache-2.0
"""What ordinary readers ask for, and how they do: at a steady rate, however long answers take."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from urllib.parse import quote

from tests.hostile.load.connection import Broken, Connection, Reply, Request
from tests.hostile.load.survey import Site
from tests.hostile.load.tally import Tallies, Tally

PATIENCE = 20.0  # seconds after which a reader has no answer
_NEW = itertools.count()  # what nobody has asked for yet is in no cache
Judge = Callable[[Request, Reply], str]


def page(site: Site, chance: random.Random) -> Request:
    """The next thing that somebody asks for, with what a browser sends."""
    table = chance.choice(list(site.tables))
    at = f"{site.database}/{quote(table)}"
    column = quote(chance.choice(site.tables[table]))
    words = quote(" ".join(chance.sample(site.words, chance.randint(1, min(2, len(site.words))))))
    kinds: list[tuple[int, str, list[str]]] = [
        (3, "home", ["/"]),
        (8, "entity", site.entities),
        (2, "entity as JSON", [f"{one}.json" for one in site.entities]),
        (4, "search", [f"/search?q={words}", f"/search?q={words[: len(words) // 2 + 1]}"]),
        (4, "listing", site.listings),
        (4, "link with parameters", site.links),
        (2, "picture", site.pictures),
        (2, "question", site.questions),
        (4, "download", site.files),
        (1, "large download", site.large),
        (3, "Datasette's table", [at, f"{at}?_sort={column}", f"{at}.json?_shape=array&_size=20"]),
        (2, "Datasette's row", site.rows),
        (1, "page about", ["/downloads", "/schema", "/openapi.json"]),
        (1, "not there", [f"/nothing-{chance.randrange(10**6)}"]),
    ]
    there = [(weight, kind, targets) for weight, kind, targets in kinds if targets]
    ((_, kind, targets),) = chance.choices(there, [weight for weight, *_ in there])
    accept = "*/*" if kind in ("download", "large download", "entity as JSON") else "text/html,*/*;q=0.8"
    return Request(kind, chance.choice(targets), headers=(("accept", accept), ("accept-encoding", "gzip")))


def status_is_right(request: Request, reply: Reply) -> str:
    """What is wrong with the status that an ordinary reader gets."""
    right = (404,) if request.kind == "not there" else (200, 302)
    return "" if reply.status in right else f"status {reply.status}"


def read(site: Site, seconds: float, rate: float, seed: int) -> Tallies:
    """Ask as ordinary readers do, ``rate`` times a second."""
    chance = random.Random(seed)
    return asyncio.run(steadily(site.port, seconds, rate, lambda: page(site, chance), status_is_right))


def all_at_once(port: int, database: str, readers: int = 8, rounds: int = 3) -> None:
    """Have workers of each kind started, as far as those are asked whom so many ``readers`` come to."""

    async def ask() -> None:
        connections = [Connection(port) for _ in range(readers)]
        targets = ("{1}?_size=1&_n={0}", "{1}.json?sql=select+{0}", "{1}/-/query.json?sql=select+{0}", "/search?q=a{0}")
        for _ in range(rounds):
            requests = [Request("", targets[n % 4].format(next(_NEW), database)) for n in range(readers)]
            pairs = zip(connections, requests, strict=True)
            await asyncio.gather(*(connection.ask(request, PATIENCE) for connection, request in pairs))
        for connection in connections:
            connection.close()

    asyncio.run(ask())


async def steadily(port: int, seconds: float, rate: float, following: Callable[[], Request], judge: Judge) -> Tallies:
    """Ask for what is ``following``, ``rate`` times a second for some ``seconds``, and wait for what is under way.

    An answer's time runs from when it was to be asked for: a server that stalls is not asked less for that.
    """
    tallies: Tallies = {}
    idle: list[Connection] = []
    begun = time.perf_counter()

    async def ask(request: Request, due: float) -> None:
        connection = idle.pop() if idle else Connection(port)
        try:
            reply = await connection.ask(request, PATIENCE)
        except Broken as error:
            status, wrong = "none", str(error)
        else:
            assert reply is not None
            status, wrong = str(reply.status), judge(request, reply)
        idle.append(connection)
        taken = time.perf_counter() - due
        tallies.setdefault(request.kind, Tally()).add(taken, status, request.target, wrong)

    async with asyncio.TaskGroup() as tasks:
        for number in range(int(seconds * rate)):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(ask(following(), due))
    for connection in idle:
        connection.close()
    return tallies
