# SPDX-License-Identifier: Apache-2.0
"""Names of files and folders, and what lies there instead of a file: links, pipes, devices, folders without end."""

from __future__ import annotations

import contextlib
from pathlib import Path
from random import Random

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.model import RECORD, Case, Kind, book, descriptor, pipe, raw_file, resource, symlink

names = Kind("names")
_RECORDS = "data/lights/**"


@names
def odd_names(random: Random) -> Case:
    """A record in a file whose name steers, escapes, or means something else."""
    name = random.choice(
        (
            "-rf.yaml",
            "--help.yaml",
            "a\nb.yaml",
            "a\rb.yaml",
            "a\x1b[2Jb.yaml",
            "\u202egpj.yaml",
            "::error::x.yaml",
            "##[error].yaml",
            "a b.yaml",
            "'.yaml",
            '".yaml',
            "%2e.yaml",
            "a:1:1: error x: y.yaml",
            "~.yaml",
            "$HOME.yaml",
            "`id`.yaml",
            ";id;.yaml",
            "a\u2028b.yaml",
            "a\x7f.yaml",
            "\x9b.yaml",
            " .yaml",
            ".yaml",
            "..yaml",
            "a..yaml",
            "\U0001f9a9.yaml",
            "a\\b.yaml",
            "con.yaml",
            "a?b.yaml",
            "a#b.yaml",
            "*.yaml",
            "[a].yaml",
            "<x>.yaml",
            "&.yaml",
            "]]>.yaml",
            "a\u200bb.yaml",
        )
    )
    return book({name: RECORD, "low.yaml": RECORD}, records=_RECORDS, adopt=True)


@names
def odd_folders(random: Random) -> Case:
    """The same of a folder."""
    name = hostile_values.text(random).replace("/", "_").replace("\0", "")[:100]
    if "\ud800" in name or "\udfff" in name or name in ("", ".", ".."):
        name = "x"
    return book(
        {f"{name}/low.yaml": RECORD},
        records=_RECORDS,
        key=random.choice((None, "{parent}/{stem}", "{path}")),
        adopt=True,
    )


@names
def long_names(random: Random) -> Case:
    """Names as long as a disk allows, of files that are published by their keys."""
    name = random.choice(("a" * 250, "é" * 124, "\U0001f9a9" * 62, "a" * 245, "a." * 120))
    folder = random.choice(("", "b" * 250 + "/", ("c" * 200 + "/") * 10))
    commands = (
        ("where", "lights", name, "--book", "BOOK", "--format", "json"),
        ("mutate", "--book", "BOOK", "--each", "1", "--jobs", "1"),
    )
    return book({f"{folder}{name}.yaml": RECORD}, records=_RECORDS, commands=commands, adopt=True)


@names
def long_key(random: Random) -> Case:
    """A key that is very long, in a file with a short name."""
    record = b"name: " + b"a" * random.choice((255, 300, 5_000, 1_000_000)) + b"\n"
    return book(record, key="name")


@names
def bytes_in_names(random: Random) -> Case:
    """A name that is not UTF-8."""
    name = random.choice((b"\xff.yaml", b"a\x80b.yaml", b"\xed\xa0\x80.yaml", b"\xc0\xaf.yaml", b"\x1b[2J\xff.yaml"))
    where = random.choice(
        (b"data/lights/", b"schemas/", b"scripts/checks/", b"data/\xff\xfe/", b"data/lights/\xff/", b"")
    )
    return book(links=(raw_file(where + name, RECORD),), records=_RECORDS, adopt=True)


@names
def twins(random: Random) -> Case:
    """Files whose names differ in case, or in how a letter is composed."""
    one, other = random.choice(
        (
            ("a", "A"),
            ("é", "e\u0301"),
            ("ß", "ss"),
            ("K", "\u212a"),
            ("a.b", "a-b"),
            ("a", "a "),
            ("i", "İ"),
            ("straße", "STRASSE"),
        )
    )
    return book({f"{one}.yaml": RECORD, f"{other}.yaml": RECORD}, records=_RECORDS, adopt=True)


@names
def same_stems(random: Random) -> Case:
    """Files of one stem, with other endings or in other folders."""
    return book(
        {
            "low.yaml": RECORD,
            "low.yml": RECORD,
            "x/low.yaml": RECORD,
            "low.json": b'{"name": "a"}',
            "low.yaml.yaml": RECORD,
        },
        records=random.choice((_RECORDS, "data/**/low.*")),
        key=random.choice((None, "{stem}", "{path}")),
        adopt=True,
    )


@names
def links(random: Random) -> Case:
    """Links to a file or a folder outside of the book, to itself, to nothing, in the place of any file."""
    where, target = random.choice(
        (
            ("data/lights/x.yaml", "../../../beside/secret.yaml"),
            ("data/lights/x", "../../../beside/data"),
            ("data/x", "/"),
            ("data/lights/x.yaml", "x.yaml"),
            ("data/lights/x.yaml", "nothing"),
            ("data/lights/x.yaml", "/dev/zero"),
            ("data/lights/x.yaml", "/proc/self/environ"),
            ("data/lights/x", ".."),
            ("schemas/x.json", "../../beside/secret.json"),
            ("schemas/more", "../../beside"),
            ("scripts/checks/x.sql", "../../../beside/secret.yaml"),
            ("scripts/checks", "../../beside"),
            ("baseline.json", "../beside/secret.json"),
            ("README.md", "../beside/secret.yaml"),
            ("data/lights/low2.yaml", "low.yaml"),
            ("CITATION.cff", "../beside/secret.yaml"),
            (".gitmodules", "../beside/secret.yaml"),
            (".git", "../beside"),
            ("scripts", "../beside"),
            (".vscode", "../beside"),
            (".github", "../beside"),
        )
    )
    return book(links=(symlink(where, target),), records=_RECORDS, adopt=True)


@names
def links_at_the_top(random: Random) -> Case:
    """Links in the place of what every book has: its descriptor, its schemas, its data."""
    what = random.choice(
        ("datapackage.yaml", "schemas", "data", "data/lights", "schemas/lights.schema.json", "data/lights/low.yaml")
    )

    def make(folder: Path) -> None:
        import shutil

        there = folder / what
        if there.is_dir():
            shutil.rmtree(there)
        else:
            there.unlink()
        depth = what.count("/") + 1
        inside = (
            "beside" if "." not in what else "beside/secret.yaml" if what.endswith("yaml") else "beside/secret.json"
        )
        there.symlink_to("../" * depth + inside)

    return book(links=(make,), adopt=True)


@names
def build_is_a_link(random: Random) -> Case:
    """A folder ``build`` that somebody committed: a link to elsewhere, or with links and pipes in it."""
    way = random.choice(
        (
            symlink("build", "../beside"),
            symlink("build/releases", "../../beside"),
            symlink("build/current", "../../beside"),
            symlink("build/.cache", "../../beside"),
            symlink("build/.cache/chunks", "../../../beside"),
            symlink("build/.lock", "../../beside/secret.yaml"),
            pipe("build/.lock"),
            pipe("build/state"),
            symlink("build/state", "../../beside/secret.json"),
            raw_file(b"build", b"x"),
            raw_file(b"build/releases", b"x"),
            raw_file(b"build/current", b"x"),
        )
    )
    return book(links=(way,))


@names
def pipes(random: Random) -> Case:
    """A pipe in the place of a file: reading it waits for ever."""
    where = random.choice(
        (
            "data/lights/x.yaml",
            "schemas/x.json",
            "scripts/checks/x.sql",
            "baseline.json",
            ".gitmodules",
            "README.md",
            "CITATION.cff",
            "data/lights/x.md",
            "LICENSE",
        )
    )
    return book(links=(pipe(where),), records=_RECORDS, adopt=True)


@names
def folders_as_files(random: Random) -> Case:
    """A folder that has the name of a file."""
    where = random.choice(
        (
            "data/lights/x.yaml",
            "schemas/x.json",
            "scripts/checks/x.sql",
            "baseline.json",
            "README.md",
            "data/lights/low.json",
        )
    )
    return book(more={f"{where}/low.yaml": RECORD}, records=_RECORDS, adopt=True)


@names
def deep_folders(random: Random) -> Case:
    """Folders in folders, deeper than a path may be long."""
    where, depth = (
        random.choice(("data/lights", "schemas", "scripts/checks", "data/other", "")),
        random.choice((100, 900, 1_500)),
    )

    def make(folder: Path) -> None:
        import os

        here = os.open(folder, os.O_RDONLY)
        for part in [*(where.split("/") if where else []), *["d"] * depth]:
            with contextlib.suppress(FileExistsError):
                os.mkdir(part, dir_fd=here)
            below = os.open(part, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        file = os.open("low.yaml", os.O_WRONLY | os.O_CREAT, dir_fd=here)
        os.write(file, RECORD)
        os.close(file)
        os.close(here)

    return book(links=(make,), records=random.choice((_RECORDS, "data/lights/*.yaml", "**/*.yaml")), adopt=depth < 300)


@names
def many_files(random: Random) -> Case:
    """Very many files, or folders, that nothing claims."""
    count = random.choice((50, 800))
    files = {random.choice((f"x{n}.txt", f"f{n}/x.yaml", f"x{n}.yml")): RECORD for n in range(count)}
    return book({"low.yaml": RECORD, **files}, adopt=True)


@names
def rights(random: Random) -> Case:
    """Files and folders that may not be read."""
    where = random.choice(
        ("data/lights/low.yaml", "data/lights", "schemas", "schemas/lights.schema.json", "datapackage.yaml", "data")
    )

    def make(folder: Path) -> None:
        (folder / where).chmod(0 if random.random() < 0.5 else 0o111)

    return book(links=() if _is_root() else (make,))


@names
def hidden(random: Random) -> Case:
    """Dotfiles, leavings of editors, and folders of other tools among the records."""
    name = random.choice(
        (
            ".low.yaml",
            "low.yaml~",
            "#low.yaml#",
            ".low.yaml.swp",
            "low.yaml.orig",
            ".git/config",
            ".DS_Store",
            "Thumbs.db",
            "node_modules/x/package.json",
            "__pycache__/x.pyc",
            "low.yaml.bak",
            ".gitkeep",
        )
    )
    return book(
        {"low.yaml": RECORD, name: RECORD},
        records=random.choice((_RECORDS, "data/lights/*", "data/lights/*.yaml")),
        adopt=True,
    )


@names
def schema_names(random: Random) -> Case:
    """Schemas in files with odd names, which references name."""
    name = random.choice(
        ("a b", "é", "a#b", "a?b", "a%20b", "%", "..", "a\\b", "\x1b[2J", "-", "a:b", "\U0001f9a9", "a" * 240)
    )
    more = {f"schemas/{name}.json": b'{"type": "string"}'}
    schema = {"type": "object", "properties": {"name": {"$ref": f"{name}.json"}}}
    return book(
        RECORD,
        schema,
        more=more,
        said=descriptor(
            resource(), resource("others", records="data/o/*.yaml", schema=f"schemas/{name}.json", may_be_empty=True)
        ),
    )


def _is_root() -> bool:
    import os

    return os.geteuid() == 0
