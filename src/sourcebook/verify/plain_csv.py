# SPDX-License-Identifier: Apache-2.0
"""How frictionless reads a CSV here: as its description says, and as RFC 4180 where that says nothing.

By itself it guesses first what stands between the cells of a file (``csv.Sniffer``), by expressions whose time grows
with the square of the text: a cell of half a megabyte of JSON took minutes. It believed the guess, too, where a text
with blanks and quotes looked like another way of writing tables.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NAME = "sourcebook-plain-csv"


@contextmanager
def unguessed() -> Iterator[None]:
    """Within, frictionless guesses nothing of a CSV."""
    from frictionless import Plugin, system
    from frictionless.formats.csv import CsvControl, CsvParser

    class Parser(CsvParser):
        """Its own, but for the guess."""

        def read_cell_stream_create(self) -> Iterator[list[str]]:
            control = CsvControl.from_dialect(self.resource.dialect)
            yield from csv.reader(self.loader.text_stream, dialect=control.to_python())

    class Plain(Plugin):
        """What is asked before frictionless's own readers of tables are."""

        def create_parser(self, resource: Any) -> Any:
            return Parser(resource) if resource.format == "csv" else None

    system.register(_NAME, Plain())
    try:
        yield
    finally:
        system.deregister(_NAME)
