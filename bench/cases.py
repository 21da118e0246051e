# SPDX-License-Identifier: Apache-2.0
"""Which commands are run on which book, and what of Sourcebook's work each of them does."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench import inputs
from bench.books import ROOT, Input
from bench.measure import Case, environment, nothing

PEERS = ROOT / ".venv-bench/bin"
PEERS_PYTHON = PEERS / "python"

CLEAN = "sourcebook build"
CHECK = "sourcebook check"
PEER_NAMES = (
    *("plain check", "check-jsonschema", "linkml-validate", "plain script", "yaml-to-sqlite"),
    *("flatterer", "flatten-tool", "frictionless validate", "floor"),
)
_OWN_LIMIT = 3_600  # seconds


@dataclass(frozen=True, slots=True)
class Setting:
    """How peers are run: their limit in seconds, the folder of their inputs and output, the floor's parser and the
    speeds it was chosen by, in MB/s.
    """

    limit: float
    aside: Path
    parser: str = "libyaml"
    speeds: Mapping[str, float] = field(default_factory=dict)


def cases(book: Input, setting: Setting) -> Iterator[Case]:
    """Every case on ``book``, in the order of their turns."""
    yield from _own(book)
    if book.checked:
        yield from _checkers(book, setting)
    if book.synthetic:
        yield from _builders(book, setting)


def sourcebook(*arguments: str) -> list[str]:
    """The command line of Sourcebook, in the environment of the benchmark itself."""
    return [sys.executable, "-m", "sourcebook.cli", *arguments]


def build_once(book: Input) -> None:
    """Build the book outside of the timing. Raises RuntimeError where it cannot be built."""
    command = sourcebook("build", "--book", str(book.folder))
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"{book.name} cannot be built:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")


def _own(book: Input) -> Iterator[Case]:
    where = ("--book", str(book.folder))
    helped = subprocess.run(
        sourcebook("build", "--help"), env=environment(), capture_output=True, text=True, check=True
    )
    clean = ("--clean",) if "--clean" in helped.stdout else ()

    def emptied(_round: int) -> None:
        shutil.rmtree(book.folder / "build", ignore_errors=True)

    def changed(count: int, offset: int) -> Callable[[int], None]:
        return lambda number: book.change(count, 3 * number + offset)

    everything = "all of it, with an empty build folder"
    yield Case(CHECK, "reads and checks everything, with an empty build folder", sourcebook("check", *where), ROOT,
               emptied, limit=_OWN_LIMIT)  # fmt: skip
    yield Case(CLEAN, everything, sourcebook("build", *clean, *where), ROOT, emptied, limit=_OWN_LIMIT)
    again = sourcebook("build", *where)
    same = "sourcebook build, nothing changed"
    yield Case(same, "the same build once more", again, ROOT, limit=_OWN_LIMIT, base=CLEAN)
    one = "sourcebook build, 1 record changed"
    yield Case(one, "a build after one file was edited", again, ROOT, changed(1, 0), limit=_OWN_LIMIT, base=CLEAN)
    if book.percent > 1:
        some = "sourcebook build, 1 % changed"
        yield Case(
            some,
            "a build after one file in a hundred was edited",
            again,
            ROOT,
            changed(book.percent, 1),
            limit=_OWN_LIMIT,
            base=CLEAN,
        )
    yield Case(
        "sourcebook build --no-extracts, 1 record changed",
        "the same after one file was edited, but only the database",
        [*again, "--no-extracts"],
        ROOT,
        changed(1, 2),
        limit=_OWN_LIMIT,
        base=CLEAN,
    )


def _checkers(book: Input, setting: Setting) -> Iterator[Case]:
    """Peers that validate and write nothing."""
    assert book.checked
    schema, folders, suffix = book.checked
    found = " ".join(map(shlex.quote, folders))
    python = str(PEERS_PYTHON)
    plain = [python, "-m", "bench.peers.plain_check", str(book.folder / schema), suffix]
    plain += [str(book.folder / folder) for folder in folders]
    share = (
        "reads one collection with libyaml and validates it with jsonschema; no references, keys, places of mistakes"
    )
    yield _peer("plain check", share, plain, ROOT, setting, base=CHECK, codes={0, 1})
    command = _each(f"find {found} -name '*{suffix}'", [str(PEERS / "check-jsonschema"), "--schemafile", schema])
    share = "validates one collection; names pointers, no lines"
    yield _peer("check-jsonschema", share, command, book.folder, setting, base=CHECK, codes={0, 1, 123})
    if book.synthetic:
        model = str(ROOT / "bench/peers/linkml.yaml")
        command = _each(
            "find data/objects -name '*.yaml'", [str(PEERS / "linkml-validate"), "-s", model, "-C", "Object"]
        )
        share = "validates one collection against a LinkML schema of the same records (dates put in quotes for it)"
        quoted = setting.aside / "quoted"
        yield _peer("linkml-validate", share, command, quoted, setting, base=CHECK, codes={0, 1, 123})


def _builders(book: Input, setting: Setting) -> Iterator[Case]:
    """Peers that write tables, and the floor."""
    folder, aside = str(book.folder), setting.aside
    out = aside / "out"
    python = str(PEERS_PYTHON)

    def emptied(_round: int) -> None:
        shutil.rmtree(out, ignore_errors=True)

    def with_folder(_round: int) -> None:
        emptied(0)
        out.mkdir()

    plain = [python, "-m", "bench.peers.plain", folder, str(out)]
    share = (
        "the same tables, rows, indexes, search, documents, CSV and JSON; no places of mistakes, duplicate keys, "
        "hashes, Data Package, verified and atomic release"
    )
    yield _peer("plain script", share, plain, ROOT, setting, emptied, codes={0, 1})
    share = "one table from one YAML list (dates in quotes), nested parts as JSON; no checks, child tables, extracts"
    command = [str(PEERS / "yaml-to-sqlite"), str(out / "out.db"), "objects", str(aside / "objects.yaml"), "--pk", "id"]
    yield _peer("yaml-to-sqlite", share, command, ROOT, setting, with_folder)
    share = "from JSON: CSV and SQLite with child tables; no YAML, checks, search"
    command = [str(PEERS / "flatterer"), "--sqlite", "-y", str(aside / "objects.json"), str(out)]
    yield _peer("flatterer", share, command, ROOT, setting, emptied)
    share = "from JSON: CSV with child tables; no YAML, checks, database"
    command = [str(PEERS / "flatten-tool"), "flatten", "-f", "csv", "--root-is-list", "-o", str(out)]
    yield _peer("flatten-tool", share, [*command, str(aside / "objects.json")], ROOT, setting, emptied)
    share = "validates the CSV that Sourcebook published, rows, keys and links; reads no YAML"
    command = [str(PEERS / "frictionless"), "validate", "datapackage.json"]
    yield _peer("frictionless validate", share, command, aside / "package", setting)
    share = f"reads all bytes, parses them with {setting.parser}, inserts the rows; no checks, one process"
    command = [python, "-m", "bench.peers.floor", folder, str(out), setting.parser]
    yield _peer("floor", share, command, ROOT, setting, emptied)


def _peer(
    name: str,
    share: str,
    command: list[str],
    cwd: Path,
    setting: Setting,
    prepare: Callable[[int], None] = nothing,
    base: str = CLEAN,
    codes: set[int] | None = None,
) -> Case:
    program = PEERS_PYTHON if command[0].endswith("bash") else Path(command[0])
    missing = "" if program.exists() else "is not installed in .venv-bench"
    done = frozenset(codes or {0})
    return Case(name, share, command, cwd, prepare, done, setting.limit, base=base, missing=missing)


def _each(find: str, command: list[str]) -> list[str]:
    """A command on all the files that ``find`` finds, in as few processes as the length of a command line allows."""
    bash = shutil.which("bash") or "/bin/bash"
    return [bash, "-c", f"{find} -print0 | xargs -0 -s 1000000 {shlex.join(command)}"]


def prepared(book: Input, folder: Path, limit: float, tell: Callable[[str], None]) -> Setting:
    """Build the book once, make the peers' inputs and choose the floor's parser, outside of the timing."""
    tell(f"{book.title}: building once, and preparing what peers read")
    build_once(book)
    aside = folder / f"{book.name}-aside"
    if not book.synthetic:
        return Setting(limit, aside)
    inputs.make(book, aside)
    if not PEERS_PYTHON.exists():
        return Setting(limit, aside)
    command = [str(PEERS_PYTHON), "-m", "bench.peers.parsers", str(book.folder)]
    ran = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    return Setting(limit, aside, found["fastest"], found["megabytes_per_second"])
