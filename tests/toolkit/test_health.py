# SPDX-License-Identifier: Apache-2.0
"""What containers and balancers ask of a server: whether it answers, and out of which release."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.site import releases
from sourcebook.site.releases import Releases
from tests.served import PYTHONS, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]
Copy = Callable[[str], Path]


@pytest.mark.parametrize("version", PYTHONS)
def test_it_is_told_by_any_name_and_kept_by_nobody(version: str, book: Copy) -> None:
    if not Path(PYTHONS[version]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = book("orchard")
    built = sourcebook.build(folder).release
    assert built
    with serving(PYTHONS[version], folder, "--host-name", "https://books.example") as client:
        for host in ("books.example", "10.1.2.3:8001", "elsewhere.example"):
            answer = client.get("/-/health", headers={"host": host})
            assert (answer.status_code, answer.json()) == (200, {"ok": True, "release": built.name})
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["sourcebook-release"] == built.name
            assert answer.headers["content-type"].startswith("application/json")
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 421  # as of all else
        assert client.get("/-/health/", headers={"host": "elsewhere.example"}).status_code == 421
        head = client.head("/-/health")
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) > 0
        assert client.post("/-/health", headers={"host": "books.example"}).status_code == 405


class Quiet:
    """In the place of a release that is served: it starts at once, and answers nothing."""

    def __init__(self, folder: Path, held: int, *_told: object) -> None:
        self.requests = 0
        self._folder = folder
        self._held = held

    @property
    def is_gone(self) -> bool:
        return not self._folder.is_dir()

    async def start(self) -> None:
        """Nothing is to be done."""

    def look(self) -> None:
        """Nothing is to be let go of."""

    def close(self) -> None:
        os.close(self._held)


def test_where_the_release_is_gone_that_is_told(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "OneRelease", Quiet)
    folder = book("orchard")
    sourcebook.build(folder)

    async def asked(app: Releases) -> tuple[int, Any]:
        told: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        await app({"type": "http", "path": "/-/health", "method": "GET"}, None, send)
        return told[0]["status"], json.loads(told[1]["body"])

    async def main() -> None:
        with closing(Releases(folder / "build")) as app:
            assert await asked(app) == (503, {"ok": False, "error": "there is no release to show"})
            await app.start()
            assert (await asked(app))[0] == 200
            shutil.rmtree(folder / "build/releases")
            assert (await asked(app))[0] == 503

    asyncio.run(main())
