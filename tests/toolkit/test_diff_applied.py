# SPDX-License-Identifier: Apache-2.0
"""The old records with what a comparison says are the new ones exactly, of random pairs of books in every layout."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.book import load_book
from sourcebook.diff import Compared, Name, applied
from sourcebook.diff.data import diff_schema
from sourcebook.exact import dumps, loads
from sourcebook.records.read import read
from sourcebook.validation.schemas import check
from tests.toolkit.plain_data import mappings

Records = Mapping[str, Mapping[str, Any]]

# By the layout: the block of the descriptor, and whether the key stands in the record.
LAYOUTS: dict[str, tuple[str, bool]] = {
    "file": ("records: data/things/*.yaml", False),
    "json": ("records: data/things/*.json", False),
    "pages": ("{records: data/things/*.md, layout: front-matter}", False),
    "list": ("{records: data/things.yaml, layout: list, key: key}", True),
    "lists": ("{records: data/things/*.yaml, layout: list, key: key}", True),
    "map": ("{records: data/things.yaml, layout: map}", False),
    "deep": ("{records: data/things.json, layout: map, at: /all/of them}", False),
    "documents": ("{records: data/things.yaml, layout: documents, key: key}", True),
    "lines": ("{records: data/things.jsonl, layout: documents, key: key}", True),
}


def write(folder: Path, layout: str, records: Mapping[str, Any], ending: str = "\n") -> None:
    """A book with one collection in a layout."""
    block, inside = LAYOUTS[layout]
    block = block if block.startswith("{") else f"{{{block}}}"
    block = block.replace("{", "{may_be_empty: true, ", 1)
    head = "name: random\nlicenses: [{name: CC0-1.0}]\nresources:\n"
    paths = "path: build/csv/things.csv, schema: build/tableschema/things.json"
    resource = f"  - {{name: things, {paths}, sourcebook: {block}}}\n"
    values = {key: {"key": key, **value} if inside else value for key, value in records.items()}
    files: dict[str, str] = {"datapackage.yaml": head + resource}
    if layout in ("file", "json", "pages"):
        form = {"file": ("yaml", "{}\n"), "json": ("json", "{}"), "pages": ("md", "---\n{}\n---\nSome text.\n")}[layout]
        for key, value in values.items():
            files[f"data/things/{key}.{form[0]}"] = form[1].replace("{}", dumps(value))
    elif layout == "lists":
        for name, some in (("a", list(values.values())[::2]), ("b", list(values.values())[1::2])):
            files[f"data/things/{name}.yaml"] = "".join(f"- {dumps(value)}\n" for value in some) or "[]\n"
    elif layout == "list":
        files["data/things.yaml"] = "# A comment.\n" + ("".join(f"- {dumps(one)}\n" for one in values.values()) or "[]")
    elif layout == "map":
        files["data/things.yaml"] = "".join(f"{key}: {dumps(one)}\n" for key, one in values.items()) or "{}\n"
    elif layout == "deep":
        files["data/things.json"] = dumps({"all": {"of them": values}})
    elif layout == "documents" and values:
        files["data/things.yaml"] = "\ufeff" + "".join(f"---\n{dumps(value)}\n" for value in values.values())
    elif layout == "lines" and values:
        files["data/things.jsonl"] = "\n".join(dumps(value) for value in values.values())
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.replace("\n", ending).encode())


def records_of(folder: Path) -> dict[Name, Any]:
    reading = read(load_book(folder))
    assert [one for one in reading.findings if one.level == "error"] == []
    return {Name(one.collection, str(one.key), one.path): one.value for one in reading.records}


def as_texts(records: Mapping[Name, Any]) -> dict[Name, str]:
    return {name: dumps(value) for name, value in records.items()}


def holds(compared: Compared, old: Mapping[Name, Any], new: Mapping[Name, Any]) -> None:
    told = loads(dumps(compared.as_dict()))
    assert [one.message for one in check(told, diff_schema())] == []
    assert as_texts(applied(old, told)) == as_texts(new)
    assert told["differs"] or as_texts(old) == as_texts(new)


KEYS = st.sampled_from(["ash", "beech", "cedar", "dulse", "elm"])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """The records of a book before and after: some are the same, some have another key."""
    old = draw(st.dictionaries(KEYS, mappings().filter(lambda one: "key" not in one), max_size=5))
    new = draw(st.dictionaries(KEYS, mappings().filter(lambda one: "key" not in one), max_size=3))
    kept = draw(st.lists(st.sampled_from(sorted(old)), unique=True)) if old else []
    renamed = draw(st.booleans())
    return old, {**{f"{key}-2" if renamed else key: old[key] for key in kept}, **new}


LAYOUT = st.sampled_from(sorted(LAYOUTS))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs(), LAYOUT, LAYOUT, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_old_records_and_changes_are_the_new_records(
    both: tuple[dict[str, Any], dict[str, Any]], one: str, other: str, same: bool, ending: str
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        old, new = Path(temporary) / "old", Path(temporary) / "new"
        write(old, one, both[0])
        write(new, one if same else other, both[1], ending)
        holds(sourcebook.diff(new, str(old)), records_of(old), records_of(new))


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as temporary:
        git(Path(temporary), "init", "--quiet")
        yield Path(temporary)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs(), LAYOUT, LAYOUT, st.booleans(), st.booleans())
def test_revisions_differ_as_their_folders_do(
    repository: Path, both: tuple[dict[str, Any], dict[str, Any]], one: str, other: str, same: bool, committed: bool
) -> None:
    found = []
    for layout, records, name in ((one, both[0], "old"), (one if same else other, both[1], "new")):
        for path in repository.iterdir():
            if path.name != ".git":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        write(repository, layout, records)
        found.append(records_of(repository))
        if name == "old" or committed:
            git(repository, "add", "--all")
            git(repository, "commit", "--quiet", "--allow-empty", "--message", name)
            git(repository, "tag", "--force", name)
    compared = sourcebook.diff(repository, "old", "new" if committed else None)
    holds(compared, *found)
    assert compared.new.kind == ("revision" if committed else "working-tree")
    assert compared.unreadable == ()
