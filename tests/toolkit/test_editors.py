# SPDX-License-Identifier: Apache-2.0
"""What editors, CI and pre-commit need to know of a book: written, kept, and understood by the real language server."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import sourcebook
from sourcebook.book import load_book
from sourcebook.cli import main
from sourcebook.init.editors import editor_files
from tests.conftest import ROOT
from tests.editor import SERVER, Editor

needs_server = pytest.mark.skipif(
    not (SERVER.exists() and shutil.which("node")), reason="the language server is not installed: scripts/test does it"
)

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["colour"],
    "properties": {
        "id": {"type": "string"},
        "colour": {"enum": ["red", "green"]},
        "lit": {"type": "boolean"},
        "next": {"$ref": "parts.schema.json#/$defs/next"},
    },
    "additionalProperties": False,
}
PARTS = {"$defs": {"next": {"type": "string", "minLength": 2}}}
LAYOUTS = {
    "ones": "records: data/ones/*.yaml",
    "listed": "records: data/listed.yaml, layout: list, key: id",
    "mapped": "records: data/mapped.yaml, layout: map, key: name",
    "many": "records: data/many.yaml, layout: documents, key: id",
    "inner": "records: data/inner.yaml, layout: list, key: id, at: /all/of/them",
    "pages": "records: data/pages/*.md, layout: front-matter",
}
# For each layout a file with a mistake in its last line but one, where a property may follow.
FILES = {
    "data/ones/a.yaml": "id: a\ncolour: rde\n",
    "data/listed.yaml": "- id: a\n  colour: red\n- id: b\n  colour: rde\n  ",
    "data/mapped.yaml": "a:\n  colour: red\nb:\n  colour: rde\n  ",
    "data/many.yaml": "id: a\ncolour: red\n---\nid: b\ncolour: rde\n",
    "data/inner.yaml": "all:\n  of:\n    them:\n      - id: a\n        colour: rde\n        ",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with a collection of every layout, made ready for editors."""
    folder = tmp_path_factory.mktemp("editors") / "book"
    resources = "".join(
        f"  - name: {name}\n    path: build/csv/{name}.csv\n    schema: build/tableschema/{name}.json\n"
        f"    sourcebook: {{{settings}, schema: schemas/one.schema.json}}\n"
        for name, settings in LAYOUTS.items()
    )
    files = {
        "datapackage.yaml": f"name: every-layout\nresources:\n{resources}",
        "schemas/one.schema.json": json.dumps(SCHEMA),
        "schemas/parts.schema.json": json.dumps(PARTS),
        "data/pages/a.md": "---\ncolour: red\n---\nText\n",
        **{path: text.replace("rde", "green") for path, text in FILES.items()},
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    made = sourcebook.init(folder, editors=True)
    assert made.checked.book.findings == ()
    assert set(made.written) == set(editor_files(load_book(folder)))
    return folder


@pytest.fixture(scope="module")
def editor(folder: Path) -> Iterator[Editor]:
    with Editor(folder) as editor:
        yield editor


@needs_server
@pytest.mark.parametrize("path", FILES)
def test_a_mistake_is_shown_at_its_line_and_properties_are_offered(editor: Editor, path: str) -> None:
    text = FILES[path]
    assert editor.diagnostics(path, text.replace("rde", "green")) == []
    (told,) = editor.diagnostics(path, text)
    lines = text.split("\n")
    line = next(number for number, one in enumerate(lines) if "rde" in one)
    assert told["range"]["start"] == {"line": line, "character": lines[line].index("rde")}
    assert '"red", "green"' in told["message"]
    offered = editor.completions(path, text, len(lines), len(lines[-1]) + 1)
    assert {"lit", "next"} <= offered
    assert "colour" not in offered


@needs_server
def test_values_are_read_by_yaml_1_2_and_references_followed_to_other_files(editor: Editor) -> None:
    told = editor.diagnostics("data/ones/b.yaml", "colour: red\nlit: NO\nnext: x\nother: 1\n")
    assert [one["range"]["start"]["line"] for one in told] == [1, 2, 3]


@needs_server
def test_the_descriptor_is_checked_and_completed(editor: Editor, folder: Path) -> None:
    text = (folder / "datapackage.yaml").read_text("utf-8")
    assert editor.diagnostics("datapackage.yaml", text) == []
    (told,) = editor.diagnostics("datapackage.yaml", text.replace("layout: map", "layout: mop"))
    assert told["range"]["start"]["line"] == text[: text.index("layout: map")].count("\n")
    assert "resources" in editor.completions("datapackage.yaml", "name: x\n", 2, 1)


@needs_server
def test_editors_find_nothing_wrong_in_the_reference_book() -> None:
    paths = [*sorted(ROOT.glob("data/*.yaml")), *sorted(ROOT.glob("data/*/*.yaml"))[::5], ROOT / "datapackage.yaml"]
    with Editor(ROOT) as editor:
        told = editor.diagnostics_of({str(path.relative_to(ROOT)): path.read_text("utf-8") for path in paths})
    assert {path: told for path, told in told.items() if told} == {}
    assert len(told) > 20


def test_the_reference_book_has_the_settings_that_its_descriptor_makes() -> None:
    for path, text in editor_files(load_book(ROOT)).items():
        found = (ROOT / path).read_text("utf-8")
        assert json.loads(found) == json.loads(text), f"{path} is stale: sourcebook init . --editors"


def settings(folder: Path) -> Any:
    return json.loads((folder / ".vscode/settings.json").read_text("utf-8"))


def test_settings_lead_to_files_of_the_book(folder: Path) -> None:
    schemas = settings(folder)["yaml.schemas"]
    assert all((folder / path).is_file() for path in schemas)
    assert schemas["schemas/one.schema.json"] == ["data/ones/*.yaml", "data/many.yaml"]
    assert "data/pages/*.md" not in str(schemas)  # which an editor does not read as YAML


def test_a_file_that_two_collections_share_has_a_schema_of_both(book: Any) -> None:
    files = editor_files(load_book(book("file-part-unclaimed")))
    assert files[".vscode/settings.json"]
    mixed = book("layouts")
    (mixed / "schemas").mkdir()
    (mixed / "schemas/any.schema.json").write_text('{"type": "object"}')
    text = (mixed / "datapackage.yaml").read_text("utf-8").replace("layout: documents,", "layout: documents, ")
    text = text.replace("select: {kind", "schema: schemas/any.schema.json, select: {kind")
    (mixed / "datapackage.yaml").write_text(text, encoding="utf-8")
    both = json.loads(editor_files(load_book(mixed))[".vscode/schemas/towns-rivers.schema.json"])
    assert [one["$ref"] for one in both["anyOf"]] == ["../../schemas/any.schema.json"] * 2


def test_settings_that_are_there_keep_what_is_not_about_the_book(tmp_path: Path) -> None:
    made = sourcebook.init(tmp_path / "b")
    path = made.folder / ".vscode/settings.json"
    path.write_text('{"editor.rulers": [120], "yaml.schemas": {"gone.json": "x.yaml"}}')
    again = sourcebook.init(made.folder, editors=True)
    assert settings(made.folder)["editor.rulers"] == [120]
    assert "gone.json" not in settings(made.folder)["yaml.schemas"]
    assert again.undecided == ()
    path.write_text("{ // with a comment\n}")
    again = sourcebook.init(made.folder, editors=True)
    assert ".vscode/settings.json is not plain JSON" in again.undecided[0]
    assert path.read_text() == "{ // with a comment\n}"
    assert CliRunner().invoke(main, ["init", str(made.folder), "--editors", "--adopt"]).exit_code == 2
    assert CliRunner().invoke(main, ["init", str(tmp_path), "--editors"]).exit_code == 2


def test_a_descriptor_that_names_a_schema_elsewhere_is_told(tmp_path: Path) -> None:
    path = sourcebook.init(tmp_path / "b").folder / "datapackage.yaml"
    text = path.read_text("utf-8")
    path.write_text(f"$schema: https://datapackage.org/profiles/2.0/datapackage.json\n{text}", encoding="utf-8")
    (note,) = sourcebook.init(tmp_path / "b", editors=True).undecided
    line = note[note.index("# yaml-language-server:") :]
    path.write_text(f"{line}\n{path.read_text('utf-8')}", encoding="utf-8")
    assert sourcebook.init(tmp_path / "b", editors=True).undecided == ()


TOOLS = {".vscode/settings.json", ".github/workflows/sourcebook.yml", ".pre-commit-config.yaml"}


def test_a_new_book_and_an_adopted_one_have_them_and_what_is_there_stays(tmp_path: Path) -> None:
    assert set(sourcebook.init(tmp_path / "new").written) >= TOOLS
    found = tmp_path / "found"
    for path in ("data/a.yaml", "data/b.yaml", ".pre-commit-config.yaml", ".vscode/settings.json"):
        (found / path).parent.mkdir(parents=True, exist_ok=True)
        (found / path).write_text("{name: x}\n")
    made = sourcebook.init(found, adopt=True)
    assert set(made.written) & TOOLS == {".github/workflows/sourcebook.yml"}
    assert [one.records for one in made.collections] == [2]
    assert [note.split(" ")[0] for note in made.undecided] == [
        ".vscode/settings.json",
        ".pre-commit-config.yaml",
    ]
    assert (found / ".pre-commit-config.yaml").read_text() == "{name: x}\n"
    assert [one.rule for one in sourcebook.check(found).findings] == ["licence-missing"]


def test_the_workflow_gives_forks_nothing(tmp_path: Path) -> None:
    made = sourcebook.init(tmp_path / "b")
    text = (made.folder / ".github/workflows/sourcebook.yml").read_text("utf-8")
    workflow = yaml.safe_load(text)
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML 1.1 reads `on` as true
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets" not in str(workflow)
    (job,) = workflow["jobs"].values()
    uses = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [one.partition("@")[0] for one in uses] == [
        "actions/checkout",
        "actions/setup-python",
        "actions/upload-artifact",
    ]
    assert all(len(one.partition("@")[2]) == 40 for one in uses)
    command = next(step["run"] for step in job["steps"] if "check" in step.get("run", "")).split()
    assert command == ["sourcebook", "check", "--format", "github"]
    assert CliRunner().invoke(main, [*command[1:], "--book", str(made.folder)]).exit_code == 0
    assert "VERSION" not in text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hooks", "config"])
def test_the_hook_checks_the_book_it_runs_in(tmp_path: Path, name: str) -> None:
    folder = sourcebook.init(tmp_path / "b").folder
    if name == "hooks":
        (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    else:
        (repository,) = yaml.safe_load((folder / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
        (hook,) = repository["hooks"]
    assert (hook["id"], hook["pass_filenames"], hook["always_run"]) == ("sourcebook-check", False, True)
    program, *arguments = shlex.split(hook["entry"])
    assert program == "sourcebook"
    command = [sys.executable, "-m", "sourcebook.cli", *arguments]
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0
    (folder / "data/lighthouses/gull-rock.yaml").write_text("name: [\n")
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 1
