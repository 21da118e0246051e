# SPDX-License-Identifier: Apache-2.0
"""Which addresses are Datasette's, or of a plugin beside this one: plain data, so that another process can be told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from datasette.utils import tilde_encode


@dataclass(frozen=True, slots=True)
class Theirs:
    """The ``names`` by which addresses of databases begin, and the patterns that are the ``routes`` of plugins."""

    names: frozenset[str]
    routes: tuple[re.Pattern[str], ...]

    @staticmethod
    def of(names: list[str], routes: list[str]) -> Theirs:
        """The same of what was told as plain data."""
        return Theirs(frozenset(names), tuple(map(re.compile, routes)))

    def __call__(self, path: str) -> bool:
        """Whether a path below the site's root, with its leading slash, is theirs."""
        first = path.split("/", 2)[1].partition(".")[0]
        return first in self.names or self.is_of_plugin(path)

    def is_of_plugin(self, path: str) -> bool:
        """Whether a plugin beside this one answers at a path: what it shows there is its own concern."""
        return any(one.match(path) for one in self.routes)


def theirs(datasette: Any) -> Theirs:
    """What a Datasette answers at."""
    from datasette.plugins import pm  # not above: it loads all plugins, and this one is not whole there

    names = [tilde_encode(database.route) for database in datasette.databases.values()]
    found = pm.hook.register_routes(datasette=datasette)
    routes = [one if isinstance(one, str) else one.pattern for some in found for one, _ in some or ()]
    return Theirs.of([*names, "-"], routes)
