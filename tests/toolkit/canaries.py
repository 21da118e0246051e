# SPDX-License-Identifier: Apache-2.0
"""Canaries: words that stand in one place of a book alone, and the search for them in all that came of it.

In the book in ``tests/canaries/book`` each word that begins with ``hush_`` and each number that begins with 90909 is to
be published nowhere, and each word that begins with ``open_`` is. A copy has words of its own in their places, which
stand nowhere else on this machine.
"""

from __future__ import annotations

import gzip
import io
import re
import secrets
import shutil
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

BOOK = ROOT / "tests/canaries/book"
_WORD = re.compile(r"\b(?:hush|open)_[a-z_]+[a-z]\b|\b90909\d{5}\b")


@dataclass(frozen=True)
class Planted:
    """The words of a copy, by what stands in the book in their places."""

    folder: Path
    words: Mapping[str, str]

    @property
    def hidden(self) -> dict[str, str]:
        """Those that are to be found nowhere."""
        return {name: word for name, word in self.words.items() if not name.startswith("open_")}

    @property
    def shown(self) -> dict[str, str]:
        """Those that are."""
        return {name: word for name, word in self.words.items() if name.startswith("open_")}


def planted(folder: Path) -> Planted:
    """A copy of the book in ``folder``, with words of its own."""
    words: dict[str, str] = {}

    def word(found: re.Match[str]) -> str:
        if found[0] not in words:
            number = f"9{secrets.randbelow(10**11):011}"
            words[found[0]] = number if found[0].isdecimal() else f"{found[0][:4]}{secrets.token_hex(6)}"
        return words[found[0]]

    for path in sorted(BOOK.rglob("*")):
        if path.is_file():
            place = folder / _WORD.sub(word, path.relative_to(BOOK).as_posix())
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(_WORD.sub(word, path.read_text("utf-8")), encoding="utf-8")
    return Planted(folder, words)


def found_in(data: bytes, words: Mapping[str, str], where: str = "") -> list[str]:
    """Which of the ``words`` stand in ``data``, as it is or in what it packs: their names, and where."""
    found = []
    for kind, piece in _pieces(data):
        lower = piece.lower()
        for name, word in words.items():
            ways = {"": word.encode(), " UTF-16": word.encode("utf-16-le"), " UTF-16 BE": word.encode("utf-16-be")}
            if word.isdecimal():  # as SQLite and Parquet keep numbers
                ways |= {" integer": int(word).to_bytes(6, "big"), " integer LE": int(word).to_bytes(6, "little")}
            found += [f"{where}{kind}{way}: {name}" for way, one in ways.items() if one in lower or one in piece]
    return found


def found_below(folder: Path, words: Mapping[str, str], but: Iterable[str] = ()) -> list[str]:
    """The same of every file in ``folder``, its name too."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part in but for part in Path(name).parts):
            continue
        found += found_in(name.encode(), words, f"name of {name}")
        if path.is_symlink() or not path.is_file():
            continue
        found += found_in(path.read_bytes(), words, name)
        if path.suffix in (".db", ".sqlite"):
            found += found_in(_indexed(path), words, f"{name} as it is searched")
        if path.suffix == ".parquet":
            found += found_in(_parquet(path), words, f"{name} as it is read")
    return found


def _pieces(data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Data as it is, and what it packs."""
    yield "", data
    if depth > 3:
        return
    inner: list[tuple[str, bytes]] = []
    if data[:2] == b"\x1f\x8b":
        with suppress(OSError, EOFError):
            inner.append((" in gzip", gzip.decompress(data)))
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inner += [(f" in {one}", archive.read(one)) for one in archive.namelist()]
    if not inner:
        with suppress(ImportError, ValueError, OSError):
            import brotlicffi

            with suppress(brotlicffi.error):
                inner.append((" in brotli", brotlicffi.decompress(data)))
    for kind, one in inner:
        yield from ((f"{kind}{more}", piece) for more, piece in _pieces(one, depth + 1))


def _indexed(path: Path) -> bytes:
    """Every value of a database, and every word of its indexes, which are kept without what they begin with alike."""
    told: list[str] = []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall():
            told.append(sql)
            if "USING fts5" in sql:
                connection.execute(f'CREATE VIRTUAL TABLE temp."v_{name}" USING fts5vocab(main, "{name}", row)')
                told += [row[0] for row in connection.execute(f'SELECT term FROM temp."v_{name}"')]
            else:
                told += (
                    [repr(row) for row in connection.execute(f'SELECT * FROM "{name}"')] if " INDEX " not in sql else []
                )
    return "\n".join(told).encode("utf-8", "surrogateescape")


def _parquet(path: Path) -> bytes:
    from pyarrow import parquet

    table = parquet.read_table(path)
    return f"{table.schema.metadata}{table.schema}{table.to_pylist()}".encode()


def copied(folder: Path, to: Path) -> None:
    """A copy of a folder, links and all."""
    shutil.copytree(folder, to, symlinks=True)
