# SPDX-License-Identifier: Apache-2.0
"""A quarrel from its publication to its takedown: what every file, page and feed says after each step, exactly.

``tests/withdrawn/STEP.txt`` is what a reader finds. ``python -m tests.toolkit.test_takedown`` writes them anew, to be
read. After the takedown not a byte of its words is left below ``build/``.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main
from sourcebook.edit.carry_out import write
from sourcebook.edit.model import Refused
from sourcebook.errors import EnvironmentFailure
from sourcebook.publish import versions
from sourcebook.publish.release import current
from sourcebook.sqlite import reading
from tests.conftest import ROOT
from tests.harbour import BOOK as HARBOUR
from tests.served import PYTHONS, serving

TOLD = ROOT / "tests" / "withdrawn"
WORDS = 'A sailor of the night boat tells that Nur al-Fanar sold "the oil" at a quay & laughed about it all week.'
EARLIER = WORDS.replace("all week", "for a whole week")
DENIAL = "Nur al-Fanar, as The Quay Gazette relates, denies that oil was sold at any quay."
PIECES = ("laughed about it", "of the night boat tells", "at a quay &", "at a quay \\u0026", "at a quay &amp;")
LOG = {"requested_by": "person concerned"}
CLAIM = {"kind": "alleges", "source": "quay-gazette-1911", "locator": "column 6", "people": ["nur-al-fanar"]}
FEEDS = ("feed.atom", "changes.atom", "claims/changes.atom", "claims/oil-sold/history.atom")
PAGES = (
    "claims/oil-sold",
    "claims/oil-sold.json",
    "claims/oil-sold.csv",
    "claims/oil-sold/history",
    "claims/oil-sold-denied",
)


class Book:
    """The book, in git, with what is done to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = shutil.copytree(HARBOUR, folder)
        (folder / ".gitignore").write_text("build/\n")
        descriptor = folder / "datapackage.yaml"
        said = descriptor.read_text().replace(
            "sourcebook:\n  about", "sourcebook:\n  downloads: [zip, gzip, flat]\n  about", 1
        )
        descriptor.write_text(said)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Nobody")
        self.git("config", "user.email", "nobody@harbour.example")
        self.day = 0

    def git(self, *arguments: str) -> None:
        day = f"2026-05-{getattr(self, 'day', 0) + 1:02}T10:00:00+00:00"
        environment = {"GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day, "PATH": "/usr/bin:/bin:/usr/local/bin"}
        command = ["git", "-C", str(self.folder), *arguments]
        subprocess.run(command, check=True, capture_output=True, env=environment)

    def committed(self) -> None:
        self.day += 1
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a change")

    def released(self, version: str) -> None:
        descriptor = self.folder / "datapackage.yaml"
        descriptor.write_text(re.sub(r'version: ".*"', f'version: "{version}"', descriptor.read_text(), count=1))
        self.committed()
        result = self.run("release", "--yes", "--tag", "--force")
        assert result.exit_code == 0, result.output

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, [arguments[0], "--book", str(self.folder), *arguments[1:]])


def publish(book: Book) -> None:
    """An accusation is published."""
    write(sourcebook.new(book.folder, "claims", "oil-sold", {**CLAIM, "origin": "unnamed-clerk", "statement": EARLIER}))
    book.released("1.2.0")


def dispute(book: Book) -> None:
    """It is denied."""
    denial = {**CLAIM, "origin": "nur-al-fanar", "statement": DENIAL, "kind": "denies", "denies": ["oil-sold"]}
    write(sourcebook.new(book.folder, "claims", "oil-sold-denied", denial))
    book.committed()
    assert sourcebook.build(book.folder).release


def correct(book: Book) -> None:
    """Its wording is corrected, and that is released."""
    write(sourcebook.set(book.folder, "claims[oil-sold].statement", WORDS))
    entry = {"date": "2026-05-03", "collection": "claims", "record": "oil-sold", "change": "A time was corrected."}
    write(sourcebook.new(book.folder, "corrections", "correction-0003", {**entry, "reason": "Misread.", **LOG}))
    book.released("1.3.0")


def retract(book: Book) -> None:
    """Another statement is taken back."""
    write(
        sourcebook.retract(
            book.folder, "claims", "lamp-unlit", reason="The paper withdrew it.", on="2026-05-04", values=LOG
        )
    )
    book.committed()
    assert sourcebook.build(book.folder).release


def take_down(book: Book) -> None:
    """The accusation is taken down, with its denial."""
    log = ("--set", "requested_by=person concerned", "--on", "2026-05-05", "--with-answers")
    result = book.run("takedown", "claims/oil-sold", "--reason", "Asked for.", *log, "--yes", "--sweep")
    assert result.exit_code == 0, result.output
    assert "it is not in any of them" in result.output
    assert not any(piece in result.output for piece in PIECES)
    book.committed()
    assert sourcebook.build(book.folder).release


STEPS: dict[str, Callable[[Book], None]] = {
    "1-published": publish,
    "2-disputed": dispute,
    "3-corrected": correct,
    "4-retracted": retract,
    "5-taken-down": take_down,
}


# --- what a reader finds --------------------------------------------------------------------------------------------


def found(book: Book, client: httpx.Client) -> str:
    """What is published of the statements that this is about, in every form."""
    build = book.folder / "build"
    made = current(build)
    lines: list[str] = []
    for title, some in (
        ("database", _database(made)),
        ("search", _search(client)),
        ("csv/claims.csv", _csv(made / "csv/claims.csv")),
        ("json/claims.json", _json(made / "json/claims.json")),
        ("keys.csv", _csv(made / "keys.csv", "key")),
        ("pages", _pages(client)),
        ("feeds", _feeds(client)),
        ("kept versions", _versions(build, client)),
    ):
        lines += [f"# {title}", *some, ""]
    return "\n".join(lines)


KEYS = ("oil-sold", "oil-sold-denied", "lamp-unlit")


def _database(made: Path) -> Iterator[str]:
    with reading(made / "lantern-harbour.db") as connection:
        marks = ", ".join("?" for _ in KEYS)
        sql = f"SELECT id, statement, origin, answers FROM claims WHERE id IN ({marks}) ORDER BY id"
        for row in connection.execute(sql, KEYS):
            yield " | ".join(map(str, row))
        sql = f"SELECT collection, key, kind, property, old, new FROM _changes WHERE key IN ({marks}) ORDER BY _change"
        for row in connection.execute(sql, KEYS):
            yield "change: " + " | ".join(map(str, row))
        for row in connection.execute("SELECT collection, record, change, reason FROM corrections ORDER BY id"):
            yield "correction: " + " | ".join(map(str, row))


def _search(client: httpx.Client) -> Iterator[str]:
    for word in ("laughed", "quay", "Leuchtturm", "לא"):
        page = client.get("search", params={"q": word}).text
        hits = sorted({key for key in KEYS if f'/claims/{key}"' in page})
        yield f"{word}: {', '.join(hits) or 'nothing of these'}"


def _csv(path: Path, column: str = "id") -> Iterator[str]:
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8")))
    for row in rows:
        if row[column] in KEYS:
            day = {"since": "", "until": ""} if column == "key" else {}
            kept = {name: value for name, value in row.items() if value and not (column == "key" and name in day)}
            yield ", ".join(f"{name}: {value}" for name, value in kept.items())


def _json(path: Path) -> Iterator[str]:
    for one in json.loads(path.read_text("utf-8")):
        if one["id"] in KEYS:
            yield json.dumps(one, ensure_ascii=False)


def _pages(client: httpx.Client) -> Iterator[str]:
    for path in (*PAGES, "claims/lamp-unlit", "claims/lamp-unlit.json", "as-of/1.2.0/claims/oil-sold"):
        answer = client.get(path)
        says = [
            said
            for said in ("laughed about it", "denies that oil", "Asked for.", "The paper withdrew it.")
            if said in answer.text
        ]
        yield f"{path}: {answer.status_code}{', says ' if says else ''}{', '.join(map(repr, says))}"


def _feeds(client: httpx.Client) -> Iterator[str]:
    for path in FEEDS:
        answer = client.get(path)
        titles = re.findall(r"<title[^>]*>([^<]*(?:oil-sold|lamp-unlit|sailor|quay)[^<]*)</title>", answer.text)
        yield f"{path}: {answer.status_code}, {'has' if 'laughed' in answer.text else 'has not'} the words; {titles}"


def _versions(build: Path, client: httpx.Client) -> Iterator[str]:
    for one in reversed(versions.kept(build)):
        with reading(one.folder / "lantern-harbour.db") as connection:
            marks = ", ".join("?" for _ in KEYS)
            keys = [
                key for (key,) in connection.execute(f"SELECT id FROM claims WHERE id IN ({marks}) ORDER BY id", KEYS)
            ]
        told = "as it was released" if one.replaced is None else f"made anew: {one.replaced['reason']}"
        yield f"{one.version}: {', '.join(keys)}; {told}"
        changes = one.folder / versions.CHANGES
        if changes.is_file():
            text = changes.read_text("utf-8")
            named = [key for key in KEYS if json.dumps(key) in text]
            yield f"{one.version}, change set: {', '.join(named) or 'none of these'}"
        data = client.get(f"releases/{one.version}/json/claims.json")
        yield f"{one.version}, served: {data.status_code}, {'has' if 'laughed' in data.text else 'has not'} the words"


def everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, with its bytes; and what is packed in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            yield str(path), data
            if data[:2] == b"\x1f\x8b":
                yield f"{path}, unpacked", zlib.decompress(data, wbits=31)
            if data[:4] == b"PK\x03\x04":
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    for name in archive.namelist():
                        yield f"{path}, {name}", archive.read(name)


def with_words(folder: Path) -> list[str]:
    """The files that have a piece of the words."""
    pieces = [one.encode() for one in PIECES]
    return [name for name, data in everything(folder) if any(piece in data for piece in pieces)]


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_a_quarrel_from_its_publication_to_its_takedown(tmp_path: Path, python: str) -> None:
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    book = Book(tmp_path / "harbour")
    publish(book)
    with serving(python, book.folder) as client:  # one server all the time
        for name, step in STEPS.items():
            if step is not publish:
                step(book)
            _shown(client, book)
            assert found(book, client) == (TOLD / f"{name}.txt").read_text("utf-8"), name
            assert bool(with_words(book.folder / "build")) == (step is not take_down)
        assert _open_files(book.folder) == []
        cut = book.run("takedown", "--check")
        assert cut.exit_code == 0, cut.output
    assert sourcebook.verify(book.folder).ok


@pytest.mark.slow
def test_a_server_that_nobody_asks_lets_go_too(tmp_path: Path) -> None:
    book = Book(tmp_path / "harbour")
    publish(book)
    with serving(sys.executable, book.folder) as client:
        assert client.get("as-of/1.2.0/claims/oil-sold").status_code == 200
        log = ("--set", "requested_by=editor", "--yes", "--sweep")
        assert book.run("takedown", "claims/oil-sold", "--reason", "Asked for.", *log).exit_code == 0
        until = time.monotonic() + 30
        while left := _open_files(book.folder):
            assert time.monotonic() < until, left
            time.sleep(0.2)
        assert client.get("claims/oil-sold").status_code == 410


def _shown(client: httpx.Client, book: Book) -> None:
    """Wait until the server shows the current release."""
    name = current(book.folder / "build").name
    for _ in range(200):
        if client.get("").headers.get("sourcebook-release") == name:
            return
    raise AssertionError("the server does not go on to the new release")


def _open_files(folder: Path) -> list[str]:
    """Files below ``build/`` that some process has open though they are gone."""
    found = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith(str(folder / "build")) and target.endswith("(deleted)"):
            found.append(target)
    return found


@pytest.mark.slow
def test_a_sweep_that_was_killed_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Book(tmp_path / "harbour")
    publish(book)
    folder = book.folder
    write(sourcebook.takedown(folder, "claims", "oil-sold", reason="Asked for.", on="2026-05-05", values=LOG))
    with pytest.raises(Refused, match="build` first"):
        sourcebook.sweep(folder)  # readers would have no release
    assert with_words(folder / "build")
    book.committed()

    def killed(*_: object, **__: object) -> None:
        raise EnvironmentFailure("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(versions, "replace", killed)
        patched.setattr("sourcebook.withdraw.rebuilding.versions.replace", killed)
        result = book.run("build")
    assert result.exit_code == 4
    assert "the disk is full" in result.output
    assert [one.withdrawn for one in versions.kept(folder / "build")] == [None]  # it is not lost
    assert sourcebook.pending(folder)
    left = folder / "build/.judged-left/harbour"
    left.mkdir(parents=True)
    (left / "claims.yaml").write_text(WORDS)
    told = book.run("build").stdout
    assert "what was taken down is swept out of build/:\n" in told
    assert "1.2.0: made anew without it\n" in told
    assert with_words(folder / "build") == []
    assert sourcebook.pending(folder) == ()
    assert "swept" not in book.run("build").stdout


@pytest.mark.slow
def test_a_version_that_cannot_be_made_anew_is_emptied(tmp_path: Path) -> None:
    book = Book(tmp_path / "harbour")
    publish(book)
    folder = book.folder
    write(sourcebook.takedown(folder, "claims", "oil-sold", reason="Asked for.", on="2026-05-05", values=LOG))
    shutil.rmtree(folder / ".git")  # and with it, the commit
    result = book.run("takedown", "--sweep")
    assert result.exit_code == 0, result.output
    assert (
        "1.2.0: emptied: it could not be made anew without it (the commit that it was built from is not here)"
        in result.output
    )
    kept = versions.kept(folder / "build")[0]
    assert dict(kept.withdrawn or {})["reason"] == "claims oil-sold was taken down: Asked for."
    names = {path.name for path in kept.folder.iterdir()}
    assert names == {"SHA256SUMS", "WITHDRAWN.txt", "keys.csv", "report.json", "version.json"}
    assert with_words(folder / "build") == []


@pytest.mark.slow
def test_a_short_value_goes_from_kept_versions_too(tmp_path: Path) -> None:
    book = Book(tmp_path / "harbour")
    claim = {**CLAIM, "origin": "unnamed-clerk", "statement": EARLIER, "hedge": "as Ole has it"}
    write(sourcebook.new(book.folder, "claims", "oil-sold", claim))
    book.released("1.2.0")
    log = ("--set", "requested_by=editor", "--yes", "--sweep")
    result = book.run("takedown", "claims/oil-sold", "--property", "hedge", "--reason", "Asked for.", *log)
    assert result.exit_code == 0, result.output
    assert "claims oil-sold: 1 text too short to be known again" in result.output
    assert "of 1 of 1 things taken down no words can be looked for" in result.output
    kept = versions.kept(book.folder / "build")[0].folder
    rows = json.loads((kept / "json/claims.json").read_text("utf-8"))
    assert [one.get("hedge") for one in rows if one["id"] == "oil-sold"] == [None]
    told = json.loads((book.folder / "build/versions/releases.json").read_text("utf-8"))["releases"]
    assert [(one["tag"], one["replaced"] is None) for one in told] == [("v1.2.0", False)], "it is tagged as before"
    assert not any(b"as Ole has it" in data for _, data in everything(book.folder / "build"))
    assert book.run("takedown", "--check").exit_code == 0


@pytest.mark.slow
def test_what_somebody_put_there_is_found(tmp_path: Path) -> None:
    book = Book(tmp_path / "harbour")
    publish(book)
    folder = book.folder
    write(sourcebook.takedown(folder, "claims", "oil-sold", reason="Asked for.", on="2026-05-05", values=LOG))
    assert book.run("takedown", "--sweep").exit_code == 0
    aside = folder / "build/aside"
    aside.mkdir()
    text = f"before {EARLIER} after"
    (aside / "plain.html").write_text(text.replace("&", "&amp;"))
    (aside / "packed.gz").write_bytes(zlib.compress(text.encode(), wbits=31))
    with zipfile.ZipFile(aside / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.csv", text.replace('"', '""'))
    (aside / "damaged.zip").write_bytes(b"PK\x03\x04 and no more")
    result = book.run("takedown", "--check")
    assert result.exit_code == 1
    assert result.output.splitlines()[:4] == [
        "build/aside/archive.zip: words, in inner.csv",
        "build/aside/packed.gz: words",
        "build/aside/plain.html: words",
        "build/aside/damaged.zip: could not be looked into",
    ]


def main_() -> None:
    """Write what is found after each step anew."""
    TOLD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        book = Book(Path(folder, "harbour"))
        publish(book)
        with serving(sys.executable, book.folder) as client:
            for name, step in STEPS.items():
                if step is not publish:
                    step(book)
                _shown(client, book)
                (TOLD / f"{name}.txt").write_text(found(book, client), "utf-8")


if __name__ == "__main__":
    main_()
