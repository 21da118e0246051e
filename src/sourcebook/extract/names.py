# SPDX-License-Identifier: Apache-2.0
"""File names of extracts: plain ASCII, one a table, whatever the table is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from sourcebook.book import Book
from sourcebook.tables.whole_book import Plans

Names = Mapping[str, str]


_LONGEST = 120  # characters: file systems have room for 255 bytes, and an ending and a number come to it


def file_names(book: Book, plans: Plans) -> Names:
    """The stem of each table's files, and its resource name in the Data Package; a collection's is its own name."""
    names = {collection.name: collection.name for collection in book.collections}
    taken = set(names)
    for plan in plans.values():
        for table in plan.tables[1:]:
            plain = unicodedata.normalize("NFKD", table.name).encode("ascii", "ignore").decode().lower()
            stem = re.sub(r"[^a-z0-9_.-]+", "-", plain)[:_LONGEST].strip("-.") or "table"
            number = 2
            name = stem
            while name in taken:
                name = f"{stem}-{number}"
                number += 1
            taken.add(name)
            names[table.name] = name
    return names
