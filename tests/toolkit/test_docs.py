# SPDX-License-Identifier: Apache-2.0
"""The documentation says what the code does: help texts, rules, settings, links.

``python -m tests.toolkit.test_docs`` writes the help texts anew.
"""

from __future__ import annotations

import re
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
