# SPDX-License-Identifier: Apache-2.0
"""Packed copies of texts, and the Data Package as one archive: what they hold, and that damage to them is found."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import frictionless
import pytest

import sourcebook
from sourcebook.book.formats import FORMATS
from sourcebook.files import Written
from sourcebook.formats import zip_file
from sourcebook.formats.model import File
from sourcebook.formats.packed import Before, copies, pack, unpacked
from sourcebook.formats.paths import coding_of, format_of, is_text, media_type
from tests.served import ROOT

BOOK = ROOT / "tests" / "site" / "book"
TEXT = b"".join(b"%d,The lamp oil of pier %d\r\n" % (number, number % 7) for number in range(2_000))


def files(folder: Path, *paths: str) -> list[File]:
    return [File(path, format_of(path), "", (folder / path).stat().st_size, "") for path in paths]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder with a text that packing makes smaller, and with what it does not."""
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv/long.csv").write_bytes(TEXT)
    (tmp_path / "csv/short.csv").write_bytes(TEXT[:900])
    (tmp_path / "csv/noise.csv").write_bytes(b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(500)))
    (tmp_path / "book.db").write_bytes(TEXT)
    return tmp_path


ALL = ("csv/long.csv", "csv/short.csv", "csv/noise.csv", "book.db")


def test_a_text_is_packed_where_that_gains(texts: Path) -> None:
    packed = pack(texts, files(texts, *ALL), ("gzip",))
    assert packed.keys() == {"csv/long.csv"}
    copy = packed["csv/long.csv"]["gzip"]
    data = (texts / copy.path).read_bytes()
    assert copy == File("csv/long.csv.gz", "gzip", "", len(data), hashlib.sha256(data).hexdigest())
    assert gzip.decompress(data) == TEXT
    assert data[4:8] == bytes(4)  # no date
    assert b"".join(unpacked(texts / copy.path, "gzip")) == TEXT
    assert {path.name for path in texts.rglob("*.gz")} == {"long.csv.gz"}
    assert copies(texts, files(texts, *ALL)) == packed


def test_the_same_text_is_packed_to_the_same_bytes_by_any_number_of_threads(texts: Path) -> None:
    (texts / "csv/large.csv").write_bytes(TEXT * 30)
    found = []
    for jobs in (1, 2, 5):
        found.append(pack(texts, files(texts, *ALL, "csv/large.csv"), ("gzip",), jobs))
        for path in texts.rglob("*.gz"):
            path.unlink()
    assert found[0] == found[1] == found[2]
    assert found[0].keys() == {"csv/long.csv", "csv/large.csv"}


def test_brotli(texts: Path) -> None:
    pytest.importorskip("brotli")
    packed = pack(texts, files(texts, *ALL), ("gzip", "br"))
    both = packed["csv/long.csv"]
    assert both["br"].bytes < both["gzip"].bytes
    assert b"".join(unpacked(texts / both["br"].path, "br")) == TEXT
    for damaged in (b"no brotli" * 20, (texts / both["br"].path).read_bytes()[:-9]):
        (texts / "damaged.csv.br").write_bytes(damaged)
        with pytest.raises(ValueError, match=r"unpacked|not whole"):
            list(unpacked(texts / "damaged.csv.br", "br"))


@pytest.mark.parametrize("damage", [lambda data: data[:-3], lambda data: data + b"more", lambda _: b"no gzip" * 9])
def test_a_damaged_copy_is_none(texts: Path, damage: Callable[[bytes], bytes]) -> None:
    copy = texts / pack(texts, files(texts, *ALL), ("gzip",))["csv/long.csv"]["gzip"].path
    copy.write_bytes(damage(copy.read_bytes()))
    with pytest.raises(ValueError, match=r"unpacked|not whole"):
        list(unpacked(copy, "gzip"))


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_copy_that_unpacks_to_much_is_unpacked_piece_by_piece(texts: Path, coding: str) -> None:
    copy = texts / f"bomb.{coding}"
    if coding == "br":
        brotli = pytest.importorskip("brotli", minversion="1.2")
        copy.write_bytes(brotli.compress(bytes(50_000_000), quality=5))
    else:
        copy.write_bytes(gzip.compress(bytes(50_000_000), 9))
    sizes = [len(piece) for piece in unpacked(copy, coding)]
    assert sum(sizes) == 50_000_000
    assert max(sizes) < 5_000_000


def test_what_was_packed_before_is_taken_over(texts: Path, tmp_path: Path) -> None:
    (texts / "csv/other.csv").write_bytes(TEXT + b"9,Another\r\n")
    every = [
        replace(one, sha256=hashlib.sha256((texts / one.path).read_bytes()).hexdigest())
        for one in files(texts, *ALL, "csv/other.csv")
    ]
    packed = pack(texts, every, ("gzip",))
    before = Before(texts, {one.path: one for one in every}, packed)
    new = Path(shutil.copytree(texts, tmp_path / "new", ignore=shutil.ignore_patterns("*.gz", "new")))
    (new / "csv/other.csv").write_bytes(TEXT + b"9,Changed\r\n")
    changed = [replace(one, sha256="0" * 64) if one.path == "csv/other.csv" else one for one in every]
    again = pack(new, changed, ("gzip",), before=before)
    assert again["csv/long.csv"] == packed["csv/long.csv"]
    assert (new / "csv/long.csv.gz").stat().st_ino == (texts / "csv/long.csv.gz").stat().st_ino
    assert gzip.decompress((new / "csv/other.csv.gz").read_bytes()).endswith(b"Changed\r\n")
    assert "csv/noise.csv" not in again
    if FORMATS["br"].is_there:  # which was not wanted before
        more = pack(new, [one for one in changed if one.path == "csv/long.csv"], ("br",), before=before)
        assert more["csv/long.csv"]["br"].path == "csv/long.csv.br"


def test_what_a_file_is_by_its_path() -> None:
    assert (format_of("csv/a.csv"), format_of("spreadsheet/a.csv")) == ("csv", "flat")
    assert coding_of("csv/a.csv.gz") == ("gzip", "csv/a.csv")
    assert coding_of("csv/a.csv") == ("", "csv/a.csv")
    assert media_type("geojson/a.geojson") == "application/geo+json"
    assert media_type("csv/a.csv.br") == "application/octet-stream"
    assert media_type("SHA256SUMS") == "text/plain; charset=utf-8"
    texts = ("a.csv", "a.json", "a.ndjson", "a.geojson", "dcat.jsonld", "dcat.ttl", "CITATION.cff", "README.txt")
    assert all(map(is_text, texts))
    assert not any(map(is_text, ("a.xlsx", "a.parquet", "a.db", "a.sqlite", "a.zip", "a.csv.gz", "a.csv.br")))


# --- ZIP --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wide", [2**32 - 1, 10], ids=["as it is", "as if all were large"])
def test_a_zip_file_that_others_read(texts: Path, wide: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_file, "_WIDE", wide)
    pack(texts, files(texts, *ALL), ("gzip",))
    with Written(texts / "all.zip") as written:
        archive = zip_file.ZipFile(written)
        archive.add_text("Über uns.txt", "whole\n")
        archive.add("csv/long.csv", texts / "csv/long.csv", texts / "csv/long.csv.gz")
        archive.add("csv/noise.csv", texts / "csv/noise.csv")
        archive.end()
    with zipfile.ZipFile(texts / "all.zip") as there:
        assert there.testzip() is None
        assert there.namelist() == ["Über uns.txt", "csv/long.csv", "csv/noise.csv"]
        assert there.read("Über uns.txt") == b"whole\n"
        assert there.read("csv/long.csv") == TEXT
        assert there.read("csv/noise.csv") == (texts / "csv/noise.csv").read_bytes()
        assert {one.date_time for one in there.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    if shutil.which("unzip"):
        assert subprocess.run(["unzip", "-tq", texts / "all.zip"], capture_output=True, check=False).returncode == 0


def test_a_copy_of_something_else_is_refused(texts: Path) -> None:
    pack(texts, files(texts, *ALL), ("gzip",))
    with Written(texts / "all.zip") as written:
        archive = zip_file.ZipFile(written)
        with pytest.raises(ValueError, match="no copy"):
            archive.add("csv/noise.csv", texts / "csv/noise.csv", texts / "csv/long.csv.gz")
        with pytest.raises(ValueError, match="no plain gzip"):
            archive.add("csv/noise.csv", texts / "csv/noise.csv", texts / "book.db")


# --- of a release -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(BOOK, tmp_path_factory.mktemp("packed") / "book"))
    assert sourcebook.build(folder, formats=("ndjson", "zip", "gzip")).release
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "book", symlinks=True))


STATEMENTS = """\
Each row of csv/claims.csv is what somebody said, which need not be true. Give it with who says it and what answers it:
- Who says it: column "origin"
- Where that was published: column "source"
- With which reservation: column "hedge"
- Denied by: rows that have its key in column "_value" of csv/claims_denies.csv
- Contradicted by: rows that have its key in column "_value" of csv/claims_contradicts.csv
- Replaced by: rows that have its key in column "_value" of csv/claims_supersedes.csv
flat/claims.csv has with each of them who says it and what answers it."""


def test_the_archive_is_a_data_package(built: Path, tmp_path: Path) -> None:
    release = built / "build/current"
    with zipfile.ZipFile(release / "lantern-harbour.zip") as there:
        names = there.namelist()
        there.extractall(tmp_path)
    for name in ("datapackage.json", "README.txt", "csv/claims.csv", "tableschema/claims.json", "json/claims.json"):
        assert name in names
    assert not [name for name in names if name.endswith((".gz", ".db", ".ndjson"))]
    for name in names:
        if name not in ("README.txt", "ro-crate-metadata.json"):
            assert (tmp_path / name).read_bytes() == (release / name).read_bytes()
    crate = json.loads((tmp_path / "ro-crate-metadata.json").read_text("utf-8"))
    parts = [one["@id"] for one in crate["@graph"] if one["@type"] == "File"]
    assert "csv/claims.csv" in parts
    assert all((tmp_path / part).is_file() for part in parts)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])


def test_the_archive_has_statements_with_who_says_them_and_what_answers_them(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    release = sourcebook.build(folder, formats=("flat", "zip")).release
    assert release
    with zipfile.ZipFile(release / "lantern-harbour.zip") as there:
        names = there.namelist()
        assert [name for name in names if name.startswith(("flat/", "spreadsheet/"))] == ["flat/claims.csv"]
        assert there.read("flat/claims.csv") == (release / "flat/claims.csv").read_bytes()
        readme = there.read("README.txt").decode()
        there.extractall(tmp_path / "out")
    told = readme[readme.index("Each row of csv/claims.csv") :].partition("\n\n")[0]
    assert told == STATEMENTS
    with (release / "csv/claims.csv").open(encoding="utf-8") as file:
        header = file.readline().strip().split(",")
    assert {*re.findall('column "([^"]+)"(?! of)', told)} <= {*header}
    for column, path in re.findall('column "([^"]+)" of ([^ \n]+)', told):
        assert column in (release / path).read_text("utf-8").splitlines()[0].split(",")
    crate = json.loads((tmp_path / "out/ro-crate-metadata.json").read_text("utf-8"))
    assert crate == json.loads((release / "ro-crate-metadata.json").read_text("utf-8"))
    assert "flat/claims.csv" in [one["@id"] for one in crate["@graph"]]
    report = frictionless.validate(str(tmp_path / "out/datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    assert not sourcebook.verify(folder).differences


def test_the_archive_has_the_same_bytes_without_copies_by_gzip(built: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    release = sourcebook.build(folder, formats=("ndjson", "zip")).release
    assert release
    assert not [*release.rglob("*.gz")]
    name = "lantern-harbour.zip"
    there = (built / "build/current" / name).read_bytes()
    # All but datapackage.json, which names no copies, is the same: so is the archive.
    assert (release / name).read_bytes() == there


def test_everything_that_tells_of_the_files_tells_the_same(built: Path) -> None:
    release = built / "build/current"
    sums = {}
    for line in (release / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        sums[path] = digest
    index = json.loads((release / "index.json").read_text("utf-8"))
    told = {}
    for one in index["files"]:
        told[one["path"]] = one["sha256"]
        assert one["bytes"] == (release / one["path"]).stat().st_size
        told |= {copy["path"]: copy["sha256"] for copy in one.get("encodings", {}).values()}
    assert told.items() <= sums.items()
    assert "csv/claims.csv.gz" in told
    assert "lantern-harbour.zip" in told
    package = json.loads((release / "datapackage.json").read_text("utf-8"))
    own = package["sourcebook"]
    described = [*package["resources"], *own["documents"], *own["files"], own["database"]]
    assert {one["path"]: one["hash"].removeprefix("sha256:") for one in described}.items() <= told.items()
    # All but what the site is made of.
    assert sums.keys() - told.keys() == {
        "keys.csv",
        "site.json",
        "site.sqlite",
        "metadata.json",
        "datasette.json",
        "index.json",
    } | {path for path in sums if path == "index.json.gz"}
    schemas = {one["path"]: one for one in index["files"] if one["format"] == "tableschema"}
    assert schemas["tableschema/claims_denies.json"]["of"] == "claims_denies"
    assert len(schemas) == len(package["resources"])
    for name in ("dcat.jsonld", "croissant.json", "ro-crate-metadata.json"):
        assert "tableschema/" not in (release / name).read_text("utf-8")


def rehash(release: Path) -> None:
    """Make the checksums anew, as somebody would who wants damage to pass."""
    sums = release / "SHA256SUMS"
    names = [line.partition("  ")[2] for line in sums.read_text("utf-8").splitlines()]
    names = [name for name in names if (release / name).is_file()]
    lines = [f"{hashlib.sha256((release / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    sums.write_text("".join(lines), encoding="utf-8")


def zipped(change: Callable[[dict[str, bytes]], object]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        with zipfile.ZipFile(path) as there:
            held = {name: there.read(name) for name in there.namelist()}
        change(held)
        with zipfile.ZipFile(path, "w") as there:
            for name, data in held.items():
                there.writestr(name, data)

    return damage


def packed(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        path.write_bytes(gzip.compress(change(gzip.decompress(path.read_bytes()))))

    return damage


def bytes_of(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        path.write_bytes(change(path.read_bytes()))

    return damage


DAMAGE: list[tuple[str, Callable[[Path], None], str]] = [
    ("csv/claims.csv.gz", packed(lambda text: text.replace(b"oil", b"gold", 1)), "no copy"),
    ("index.json.gz", packed(lambda text: text + b"\n"), "no copy"),
    ("json/claims.json.gz", bytes_of(lambda data: data[:-20]), "not whole"),
    ("ndjson/claims.ndjson.gz", bytes_of(lambda _: b"no gzip" * 99), "unpacked"),
    ("lantern-harbour.zip", zipped(lambda held: held.pop("csv/claims.csv")), "does not hold"),
    ("lantern-harbour.zip", zipped(lambda held: held.update({"csv/more.csv": b"id\r\n"})), "does not hold"),
    (
        "lantern-harbour.zip",
        zipped(lambda held: held.update({"json/claims.json": b"[]\n"})),
        "another json/claims.json",
    ),
    ("lantern-harbour.zip", zipped(lambda held: held.update({"README.txt": b"True.\n"})), "another README.txt"),
    ("lantern-harbour.zip", bytes_of(lambda data: b"<script>" + data), "other bytes before"),
    ("lantern-harbour.zip", bytes_of(lambda _: b"no zip" * 99), "no archive"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("file", "damage", "why"), DAMAGE, ids=[f"{n}-{one[0]}" for n, one in enumerate(DAMAGE)])
def test_damage_is_found_though_the_checksums_were_made_anew(
    folder: Path, file: str, damage: Callable[[Path], None], why: str
) -> None:
    release = (folder / "build/current").resolve()
    damage(release / file)
    rehash(release)
    found = [one.message for one in sourcebook.verify(folder).differences if one.file == file]
    assert any(why in message for message in found), found


@pytest.mark.slow
def test_a_release_as_it_is_passes_and_a_copy_that_is_missed_is_told(folder: Path) -> None:
    verified = sourcebook.verify(folder)
    assert not verified.differences
    release = (folder / "build/current").resolve()
    (release / "csv/claims.csv.gz").unlink()
    rehash(release)
    assert "index.json" in {one.file for one in sourcebook.verify(folder).differences}
