# SPDX-License-Identifier: Apache-2.0
"""The documentation says what the code does: help texts, rules, settings, links.

``python -m tests.toolkit.test_docs`` writes the help texts anew.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click import Context, Group
from click.testing import CliRunner

import sourcebook
from sourcebook.book import descriptor_schema
from sourcebook.cli import main
from tests.conftest import ROOT

PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def verbs() -> list[str]:
    """Every command as it is written, those of groups too: ``check``, ``schema show``."""
    found = []
    context = Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        found += [f"{name} {inner}" for inner in command.commands] if isinstance(command, Group) else [name]
    return sorted(found)


def helped(verb: str) -> str:
    told = CliRunner().invoke(main, [*verb.split(), "--help"], prog_name="sourcebook", terminal_width=80).stdout
    return f"\n```text\n{told.rstrip()}\n```\n"


@pytest.mark.parametrize("verb", verbs())
def test_help_texts_are_those_of_the_commands(verb: str) -> None:
    shown = page("reference/cli.md").split(f"<!-- help: {verb} -->")[1].split("<!-- end -->")[0]
    assert shown == helped(verb)
    assert "Example:" in shown


def test_every_setting_of_the_descriptor_is_documented() -> None:
    def names(schema: Any) -> set[str]:
        found = set(schema.get("properties", {}))
        return found.union(*(names(sub) for sub in schema.get("properties", {}).values()))

    definitions = descriptor_schema()["$defs"]
    text = page("reference/descriptor.md")
    known = {name for part in ("settings", "collection") for name in names(definitions[part])}
    assert {name for name in known if f"`{name}`" not in text and f"### {name}\n" not in text} == set()


def test_every_public_name_is_documented() -> None:
    text = page("reference/api.md")
    assert [name for name in sourcebook.__all__ if name != "__version__" and name not in text] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in _anchors(there)):
            broken.append(target)
    assert broken == []


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def rooms() -> dict[str, str]:
    """Every room of the package, and what its ``__init__`` says of it."""
    package = ROOT / "src/sourcebook"
    inits = sorted(package.glob("*/__init__.py"))
    return {init.parent.name: ast.get_docstring(ast.parse(init.read_text("utf-8"))) or "" for init in inits}


def test_every_room_and_leaf_is_in_the_drawing() -> None:
    drawing = page("contributing/README.md").split("## The rooms")[1].split("```text")[1].split("```")[0]
    drawn = {word for line in drawing.strip().splitlines() for word in re.split(" {3,}", line)[0].split("  ")}
    leaves = {path.stem for path in (ROOT / "src/sourcebook").glob("*.py")} - {"__init__"}
    assert drawn == {*rooms(), *leaves}
    assert (
        len(leaves - {"cite", "coverage", "explain", "offered", "push", "schema", "where"}) <= 10
    )  # which are verbs, and names of what they take


def test_every_module_of_the_way_of_a_record_and_every_file_to_add_to_is_there() -> None:
    package, said = ROOT / "src/sourcebook", page("contributing/README.md")
    way = said.split("### The way of one record")[1].split("```text")[1].split("```")[0]
    modules = re.findall(rf"\b((?:{'|'.join(rooms())})\.[a-z_]+)\b", way)
    files = re.findall(r"`([a-z]+/[a-z_./]+)`", said.split("### I want to add")[1].split("\n## ")[0])
    inner = {module for module in modules if (package / module.replace(".", "/") / "__init__.py").exists()}
    named = [*(f"{module.replace('.', '/')}.py" for module in modules if module not in inner), *files]
    assert [one for one in named if not ((package / one).exists() or (ROOT / one).exists())] == []
    assert min(len(modules), len(files)) > 20


@pytest.mark.parametrize("room", rooms())
def test_a_room_says_what_comes_in_what_goes_out_and_what_it_may_not_know(room: str) -> None:
    said = " ".join(rooms()[room].split())
    assert re.search(r"\bIn comes? ", said)
    assert re.search(r"; out (go|goes|comes) ", said)
    assert re.search(r"\b(knows?|changes|never)\b", said)


@pytest.mark.parametrize("room", ["", *rooms()])
def test_no_two_modules_differ_by_an_ending(room: str) -> None:
    """Such as plan, plans, planned: who reads the folder's list could not tell them apart."""
    folder = ROOT / "src/sourcebook" / room
    names = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    stems = Counter(re.sub(r"(e?s|e?d|ing|e)$", "", name) for name in names if len(name) > 4)
    assert [stem for stem, count in stems.items() if count > 1] == []


def test_long_modules_give_their_reason() -> None:
    paths = [
        path for path in (ROOT / "src/sourcebook").rglob("*.py") if len(path.read_text("utf-8").splitlines()) > 310
    ]
    silent = [path.name for path in paths if "Longer than most" not in path.read_text("utf-8")]
    assert silent == []


def test_every_decision_is_in_the_index() -> None:
    index = page("decisions/README.md")
    notes = {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}
    assert {note for note in notes if f"]({note})" not in index} == set()


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert text.startswith("# Changelog")
    assert re.search(r"^## \[Unreleased\]", text, re.MULTILINE)


def test_lock_files_name_no_registry() -> None:
    for path in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in path.read_text("utf-8"), path.name


if __name__ == "__main__":
    text = page("reference/cli.md")
    for one in verbs():
        before, _, rest = text.partition(f"<!-- help: {one} -->")
        text = f"{before}<!-- help: {one} -->{helped(one)}<!-- end -->{rest.partition('<!-- end -->')[2]}"
    (ROOT / "docs/reference/cli.md").write_text(text, encoding="utf-8")
