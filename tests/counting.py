# SPDX-License-Identifier: Apache-2.0
"""What Datasette does for a page: how often it asks SQLite, and whether something may be seen.

``python -m tests.counting FOLDER ADDRESS...`` serves the release in FOLDER in its own process and prints for each
address a line of JSON, so that a test can ask both versions of Datasette, each by its own interpreter.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
from datasette.app import Datasette
from datasette.database import Database

from sourcebook.site.shown import Shown

_counted: Counter[str] = Counter()
_CHECK = "permission_allowed" if hasattr(Datasette, "permission_allowed") else "allowed_many"


def _count(what: type, method: str, name: str) -> None:
    original = getattr(what, method)

    async def counting(self: Any, *arguments: Any, **named: Any) -> Any:
        _counted[name] += 1
        return await original(self, *arguments, **named)

    setattr(what, method, counting)


async def counted(folder: Path, addresses: list[str]) -> list[dict[str, Any]]:
    """For each address its status and body, and how many statements, reads of the schema and checks it takes.

    It is asked for twice, and the second time is counted.
    """
    _count(Database, "execute", "statements")
    _count(Database, "execute_fn", "functions")  # in 0.65 each statement is one too
    _count(Datasette, _CHECK, "checks")
    shown = Shown(folder)
    await shown.start()
    found = []
    transport = httpx.ASGITransport(shown.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", follow_redirects=True) as client:
        for address in addresses:
            await client.get(address)
            _counted.clear()
            answer = await client.get(address)
            found.append({"status": answer.status_code, "text": answer.text, **_counted})
    await shown.stop()
    return found


if __name__ == "__main__":
    for one in asyncio.run(counted(Path(sys.argv[1]), sys.argv[2:])):
        print(json.dumps(one))
