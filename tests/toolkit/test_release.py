# SPDX-License-Identifier: Apache-2.0
"""``sourcebook release``: the next version prepared from what changed, and made of its commit alone. All is made up."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

import sourcebook
from sourcebook.book import formats
from sourcebook.cli import main
from sourcebook.edit.carry_out import write
from sourcebook.edit.model import Proposal, Refused
from sourcebook.errors import EnvironmentFailure
from sourcebook.publish.release import current, damaged
from sourcebook.publish.versions import kept
from tests.toolkit.test_diff import git

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]

BOOK = """\
name: quay
title: What was said at the quay
description: Who said what of a boat that does not exist.
version: "1.0.0"
licenses: [{name: CC0-1.0}]
contributors: [{title: Wick Trimmer, givenName: Wick, familyName: Trimmer, email: wick@example.org, roles: [editor]}]
resources:
  - name: people
    title: People
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: {records: data/people/*.yaml, schema: schemas/person.schema.json, key: id, label: name}
  - name: papers
    title: Papers
    path: build/csv/papers.csv
    schema: build/tableschema/papers.json
    sourcebook: {records: data/papers.yaml, layout: list, key: id, label: name}
  - name: claims
    title: Claims
    path: build/csv/claims.csv
    schema: build/tableschema/claims.json
    sourcebook:
      records: data/claims/*.yaml
      schema: schemas/claim.schema.json
      key: id
      references: {by: people, about: people, in: papers, denies: claims}
      role: {statement: {text: said, by: by, in: in, about: [about], denies: denies}}
"""
PERSON: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "additionalProperties": False,
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "born": {"type": "integer"}},
}
CLAIM: dict[str, Any] = {
    "type": "object",
    "required": ["id", "said", "by", "in"],
    "additionalProperties": False,
    "properties": {name: {"type": "string"} for name in ("id", "said", "by", "in", "about", "denies")},
}
ACCUSED = "sank the tin boat for the money of the insurance"
FILES = {
    "datapackage.yaml": BOOK,
    ".gitignore": "/build/\n",
    "schemas/person.schema.json": json.dumps(PERSON, indent=1),
    "schemas/claim.schema.json": json.dumps(CLAIM, indent=1),
    "data/people/ada.yaml": "id: ada\nname: Ada Brook\nborn: 1950\n",
    "data/people/cole.yaml": "id: cole\nname: Cole Ferry\n",
    "data/papers.yaml": "- id: gazette\n  name: The Quay Gazette\n",
    "data/claims/tin.yaml": f"id: tin\nsaid: Cole Ferry {ACCUSED}.\nby: ada\nin: gazette\nabout: cole\n",
    "data/claims/no.yaml": "id: not-so\nsaid: I did no such thing.\nby: cole\nin: gazette\ndenies: tin\n",
}


def put(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796169600")  # 2 December 2026
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A Test")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "hidden@example.org")


@pytest.fixture
def quay(tmp_path: Path) -> Path:
    """The book, committed and not released."""
    folder = tmp_path / "quay"
    put(folder, **FILES)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    committed(folder)
    return folder


@pytest.fixture(scope="module")
def _released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "quay"
    put(folder, **FILES)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOURCE_DATE_EPOCH", "1793577600")  # a month before
        patched.setenv("GIT_COMMITTER_NAME", "A Test")
        patched.setenv("GIT_COMMITTER_EMAIL", "hidden@example.org")
        prepared(folder, version="1.0.0")
        committed(folder)
        made(folder, tag=True)
    return folder


@pytest.fixture
def released(tmp_path: Path, _released: Path) -> Path:
    """The same book, whose version 1.0.0 is released."""
    return Path(shutil.copytree(_released, tmp_path / "quay", symlinks=True))


def committed(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "A state of the book")


def prepared(folder: Path, **asked: Any) -> Proposal:
    """A release prepared, and written."""
    proposal = sourcebook.release(folder, **asked)
    assert isinstance(proposal, Proposal)
    write(proposal)
    return proposal


def made(folder: Path, **asked: Any) -> sourcebook.Made:
    step = sourcebook.release(folder)
    assert isinstance(step, sourcebook.Making)
    found = step.make(**asked)
    assert found.version is not None, [*found.findings, *found.differences]
    return found


def ran(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["release", "--book", str(folder), *arguments])


def text(folder: Path, name: str) -> str:
    return (folder / name).read_text("utf-8")


def add_a_person(folder: Path) -> None:
    put(folder, **{"data/people/dot.yaml": "id: dot\nname: Dot Mast\n"})


def correct(folder: Path) -> None:
    put(folder, **{"data/people/ada.yaml": "id: ada\nname: Ada Brook\nborn: 1951\n"})


def break_readers(folder: Path) -> None:
    schema = {**PERSON, "properties": {**PERSON["properties"], "born": {"type": "string"}}}
    put(folder, **{"schemas/person.schema.json": json.dumps(schema)})
    put(folder, **{"data/people/ada.yaml": 'id: ada\nname: Ada Brook\nborn: "1951"\n'})


# --- prepared ---


def test_the_first_release_is_prepared_where_its_version_is_said(quay: Path) -> None:
    proposal = prepared(quay, version="1.0.0")
    assert proposal.what == "release 1.0.0, the first"
    assert sorted(one.path for one in proposal.changes if one.before != one.after) == [
        ".zenodo.json",
        "CHANGELOG.md",
        "CITATION.cff",
        "datapackage.yaml",
    ]
    assert "## [Unreleased]\n\n## [1.0.0] - 2026-12-02\n\n### Added\n\n- People: 2 records\n" in text(
        quay, "CHANGELOG.md"
    )
    assert 'released: "2026-12-02"' in text(quay, "datapackage.yaml")
    committed(quay)
    assert isinstance(sourcebook.release(quay), sourcebook.Making), "and is made then"
    assert isinstance(sourcebook.release(quay, version="1.0.0"), sourcebook.Making)


def test_what_cannot_be_written_here_is_told_before_a_tag_is_spoken_of(
    quay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    descriptor = quay / "datapackage.yaml"
    descriptor.write_text(text(quay, "datapackage.yaml") + "sourcebook: {downloads: all}\n")
    prepared(quay, version="1.0.0")
    committed(quay)
    monkeypatch.setattr(formats, "find_spec", lambda name: None if name == "brotli" else find_spec(name))
    result = ran(quay, "--tag", "--yes")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "cannot be written here: br; run `pip install 'sourcebook[brotli]'`" in result.stderr
    assert isinstance(sourcebook.release(quay, force=True), sourcebook.Making)


@pytest.mark.parametrize(
    ("changes", "version"),
    [
        ((correct,), "1.0.1"),
        ((add_a_person,), "1.1.0"),
        ((correct, add_a_person), "1.1.0"),
        ((break_readers,), "2.0.0"),
    ],
    ids=["corrections", "more", "both", "breaking"],
)
def test_the_version_comes_from_what_changed(
    released: Path, changes: tuple[Callable[[Path], None], ...], version: str
) -> None:
    for change in changes:
        change(released)
    proposal = prepared(released)
    assert proposal.what == f"release {version}, after 1.0.0"
    assert yaml.safe_load(text(released, "datapackage.yaml"))["version"] == version
    citation = yaml.safe_load(text(released, "CITATION.cff"))
    assert (citation["version"], str(citation["date-released"])) == (version, "2026-12-02")
    zenodo = json.loads(text(released, ".zenodo.json"))
    assert (zenodo["version"], zenodo["publication_date"]) == (version, "2026-12-02")
    versions = [line for line in text(released, "CHANGELOG.md").splitlines() if line.startswith("## ")]
    assert versions == ["## [Unreleased]", f"## [{version}] - 2026-12-02", "## [1.0.0] - 2026-11-02"]


def test_a_smaller_version_than_changes_ask_for_is_refused_unless_it_is_forced(released: Path) -> None:
    break_readers(released)
    for asked in ("minor", "patch"):
        with pytest.raises(Refused, match=r"people\.born is text now, and was integer"):
            sourcebook.release(released, level=asked)
    with pytest.raises(Refused, match="does not come after"):
        sourcebook.release(released, version="0.9.0")
    forced = sourcebook.release(released, level="minor", force=True)
    assert isinstance(forced, Proposal)
    assert forced.what == "release 1.1.0, after 1.0.0"
    larger = sourcebook.release(released, version="3.0.0")
    assert isinstance(larger, Proposal)


def test_where_nothing_changed_there_is_nothing_to_release(released: Path) -> None:
    with pytest.raises(Refused, match="nothing that is published has changed since 1"):
        sourcebook.release(released)
    put(released, **{"notes.txt": "for ourselves\n", "data/people/ada.yaml": "name: Ada Brook\nborn: 1950\nid: ada\n"})
    with pytest.raises(Refused, match="nothing that is published has changed"):
        sourcebook.release(released)


def test_a_version_that_was_prepared_too_small_is_prepared_again(released: Path) -> None:
    correct(released)
    prepared(released)
    add_a_person(released)
    proposal = sourcebook.release(released, level="minor")
    assert isinstance(proposal, Proposal)
    assert proposal.what == "release 1.1.0, after 1.0.0"


def test_a_changelog_names_records_and_never_says_what_is_said_of_somebody(released: Path) -> None:
    put(
        released,
        **{
            "data/claims/more.yaml": f"id: again\nsaid: Once more, Cole Ferry {ACCUSED}.\nby: ada\nin: gazette\n",
            "data/claims/tin.yaml": f"id: tin\nsaid: They say Cole {ACCUSED}.\nby: ada\nin: gazette\nabout: cole\n",
        },
    )
    (released / "data/claims/no.yaml").unlink()
    prepared(released)
    changelog = text(released, "CHANGELOG.md")
    assert "insurance" not in changelog
    assert "no such thing" not in changelog
    assert "- Claims: 1 record added: `again`\n" in changelog
    assert "- Claims: 1 record corrected: `tin` (said)\n" in changelog
    assert "- Claims: 1 record taken out: `not-so`\n" in changelog
    assert "claims/tin lost its answer claims/not-so" in changelog, "what lost its answer is told"


def test_what_a_person_noted_becomes_part_of_the_section(released: Path) -> None:
    noted = text(released, "CHANGELOG.md").replace(
        "## [Unreleased]\n",
        "## [Unreleased]\n\nA word before.\n\n### Added\n\n- A drawing of the quay.\n\n### Fixed\n\n- Ink.\n",
    )
    put(released, **{"CHANGELOG.md": noted})
    add_a_person(released)
    correct(released)
    prepared(released)
    assert (
        "## [Unreleased]\n\n## [1.1.0] - 2026-12-02\n\nA word before.\n\n### Added\n\n- A drawing of the quay.\n"
        "- People: 1 record added: `dot`\n\n### Fixed\n\n- Ink.\n- People: 1 record corrected: `ada` (born)\n\n"
        "## [1.0.0] - 2026-11-02\n"
    ) in text(released, "CHANGELOG.md")


def test_a_citation_is_edited_by_position_and_keeps_what_a_person_wrote(released: Path) -> None:
    before = (
        "# ours\ncff-version: 1.2.0\ntype: dataset # really\ntitle: 'The quay'\nauthors: [{name: All of us}]\n"
        "version: 1.0.0\n"
    )
    put(
        released,
        **{"CITATION.cff": before, ".zenodo.json": '{"title": "Quay", "notes": "kept",\n "version": "1.0.0"}\n'},
    )
    correct(released)
    prepared(released)
    after = text(released, "CITATION.cff")
    assert after.startswith(before.replace("version: 1.0.0", "version: 1.0.1").removesuffix("version: 1.0.1\n"))
    assert yaml.safe_load(after)["version"] == "1.0.1"
    assert str(yaml.safe_load(after)["date-released"]) == "2026-12-02"
    assert json.loads(text(released, ".zenodo.json")) == {
        "title": "Quay",
        "notes": "kept",
        "version": "1.0.1",
        "publication_date": "2026-12-02",
    }


def test_files_of_a_program_are_left_alone_and_that_is_told(released: Path) -> None:
    program = {
        "CHANGELOG.md": "# Changelog\n\n## [0.3.0] - 2020-01-01\n\n- Our program.\n",
        "CITATION.cff": "cff-version: 1.2.0\ntitle: Our program\nauthors: [{name: All of us}]\nversion: 0.3.0\n",
        ".zenodo.json": '{"upload_type": "software", "version": "0.3.0"}\n',
    }
    put(released, **program)
    correct(released)
    proposal = prepared(released)
    assert {name: text(released, name) for name in program} == program
    for name in program:
        assert any(line.startswith(f"{name} is left as it is") for line in proposal.told), proposal.told


def test_a_changelog_beside_a_program_is_not_taken_for_the_books(released: Path) -> None:
    put(
        released,
        **{"CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n- Our program.\n", "pyproject.toml": "[project]\n"},
    )
    correct(released)
    proposal = prepared(released)
    assert "1.0.1" not in text(released, "CHANGELOG.md")
    assert any("release.changelog" in line for line in proposal.told)
    said = "sourcebook: {release: {changelog: docs/CHANGES.md, citation: false, zenodo: false}}\nresources:"
    put(released, **{"datapackage.yaml": BOOK.replace("resources:", said)})
    proposal = prepared(released)
    assert "## [1.0.1] - 2026-12-02" in text(released, "docs/CHANGES.md")
    assert sorted(one.path for one in proposal.changes) == ["datapackage.yaml", "docs/CHANGES.md"]


def test_what_can_be_no_place_of_a_changelog_is_a_finding(quay: Path) -> None:
    for path in ("../CHANGES.md", "/etc/motd", "build/CHANGES.md", ".git/config", "docs/"):
        said = f"sourcebook: {{release: {{changelog: {path}}}}}\nresources:"
        put(quay, **{"datapackage.yaml": BOOK.replace("resources:", said)})
        assert [one.rule for one in sourcebook.check(quay).findings] == ["descriptor"], path


def test_a_link_in_the_place_of_a_file_is_not_followed(released: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("secret", "utf-8")
    for name in ("CHANGELOG.md", "CITATION.cff"):
        (released / name).unlink()
        (released / name).symlink_to(tmp_path / "elsewhere")
    correct(released)
    proposal = sourcebook.release(released)
    assert isinstance(proposal, Proposal)
    assert "secret" not in proposal.diff()
    assert sum("a symbolic link" in line for line in proposal.told) == 2


def test_versions_by_the_calendar_go_on_as_such(quay: Path) -> None:
    put(quay, **{"datapackage.yaml": BOOK.replace("1.0.0", "2026.11.0")})
    committed(quay)
    git(quay, "tag", "v2026.11.0")
    git(quay, "tag", "v3.4.5")  # of a program in the same repository
    break_readers(quay)
    committed(quay)
    with pytest.raises(Refused, match="by the calendar"):
        sourcebook.release(quay, level="major")
    proposal = prepared(quay)
    assert proposal.what == "release 2026.12.0, after 2026.11.0"
    assert any("does not show that" in line for line in proposal.told)
    assert "**Breaks readers of the database**" in text(quay, "CHANGELOG.md")


# --- made ---


@pytest.mark.parametrize("links", ["", "file"], ids=["by links", "by a file"])
def test_a_release_is_made_of_its_commit_verified_current_tagged_and_kept(
    released: Path, monkeypatch: pytest.MonkeyPatch, links: str
) -> None:
    monkeypatch.setenv("SOURCEBOOK_LINKS", links)
    add_a_person(released)
    prepared(released)
    committed(released)
    found = made(released, tag=True)
    version = found.version
    assert version is not None
    assert (version.version, version.day, version.after, found.tag) == ("1.1.0", "2026-12-02", "1.0.0", "v1.1.0")
    head = git(released, "rev-parse", "HEAD")
    assert version.commit == head == git(released, "rev-parse", "v1.1.0^{commit}")
    assert git(released, "cat-file", "-t", "v1.1.0") == "tag", "an annotated one"
    report = json.loads((version.folder / "report.json").read_bytes())
    assert report["source"] == {**report["source"], "commit": head, "changed": False}
    assert not [path for path in (released / "build").iterdir() if path.name.startswith(".work")]
    assert (version.folder / "csv/people.csv").samefile(current(released / "build") / "csv/people.csv")
    assert sourcebook.verify(released).ok
    told = json.loads(text(released, "build/versions/releases.json"))
    schema = json.loads((Path(sourcebook.__file__).parent / "publish/releases.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(told)) == []
    assert [(one["version"], one["tag"]) for one in told["releases"]] == [("1.1.0", "v1.1.0"), ("1.0.0", "v1.0.0")]
    assert told["releases"][0]["changes"] == {"added": 1, "changed": 0, "removed": 0, "renamed": 0}
    assert told["releases"][1]["changes"]["added"] == 5, "of the first one all records are new"


def test_no_address_of_mail_and_no_name_of_this_machine_is_in_what_is_kept(released: Path) -> None:
    folder = kept(released / "build")[0].folder
    for path in (one for one in folder.rglob("*") if one.is_file()):
        data = path.read_bytes()
        assert b"hidden@example.org" not in data, path
        assert str(released.parent).encode() not in data, path


def test_a_mirror_makes_the_next_version_of_what_it_has_and_the_change_set(released: Path, tmp_path: Path) -> None:
    from sourcebook.changeset import applied

    add_a_person(released)
    correct(released)
    prepared(released)
    committed(released)
    made(released)
    new, old = kept(released / "build")
    done = applied(old.folder, new.folder / "changes.json", tmp_path / "mirror")
    listed = dict(reversed(line.split("  ")) for line in text(new.folder, "SHA256SUMS").splitlines())
    assert "json/people.json" in done.made
    for path in done.made:
        assert hashlib.sha256((tmp_path / "mirror" / path).read_bytes()).hexdigest() == listed[path], path


def test_what_is_not_committed_goes_into_no_release(released: Path) -> None:
    correct(released)
    prepared(released)
    with pytest.raises(Refused, match="not everything is committed"):
        sourcebook.release(released)
    committed(released)
    put(released, **{"data/people/eve.yaml": "id: eve\nname: Eve Uncommitted\n"})
    with pytest.raises(Refused, match=r"not everything is committed: data/people/eve\.yaml"):
        sourcebook.release(released)
    git(released, "update-index", "--assume-unchanged", "data/people/ada.yaml")  # git does not see what changes there
    put(released, **{"data/people/ada.yaml": "id: ada\nname: Ada Unseen\n"})
    (released / "data/people/eve.yaml").unlink()
    put(
        released,
        **{".git/info/exclude": "data/people/zoe.yaml\n", "data/people/zoe.yaml": "id: zoe\nname: Zoe Ignored\n"},
    )
    version = made(released).version
    assert version is not None
    for path in version.folder.rglob("*.json"):
        assert b"Unseen" not in path.read_bytes()
        assert b"Ignored" not in path.read_bytes()


def test_the_repositorys_own_programs_do_not_run(released: Path, tmp_path: Path) -> None:
    ran_by = tmp_path / "ran"
    put(released, **{".gitattributes": "*.yaml filter=evil\n"})
    correct(released)
    prepared(released)
    committed(released)
    for name in ("clean", "smudge", "process"):
        git(released, "config", f"filter.evil.{name}", f"touch {ran_by}; cat")
    git(released, "config", "core.fsmonitor", f"touch {ran_by}; true")
    hook = released / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        (hook.parent / name).write_text(f"#!/bin/sh\ntouch {ran_by}\n", "utf-8")
        (hook.parent / name).chmod(0o755)
    made(released)
    assert not ran_by.exists()


def test_a_book_with_mistakes_is_not_released_and_all_stays_as_it_is(released: Path) -> None:
    before = current(released / "build")
    put(released, **{"datapackage.yaml": text(released, "datapackage.yaml").replace("1.0.0", "1.0.1")})
    put(released, **{"data/people/ada.yaml": "id: ada\nname: 7\n"})
    committed(released)
    step = sourcebook.release(released)
    assert isinstance(step, sourcebook.Making)
    found = step.make(tag=True)
    assert found.version is None
    assert [one.path for one in found.findings] == ["data/people/ada.yaml"]
    assert current(released / "build") == before
    assert [one.version for one in kept(released / "build")] == ["1.0.0"]
    assert git(released, "tag") == "v1.0.0"


def test_a_version_that_breaks_readers_and_does_not_say_so_is_not_made(released: Path) -> None:
    break_readers(released)
    put(released, **{"datapackage.yaml": text(released, "datapackage.yaml").replace("1.0.0", "1.1.0")})
    committed(released)
    step = sourcebook.release(released)
    assert isinstance(step, sourcebook.Making)
    with pytest.raises(Refused, match=r"people\.born is string now"):
        step.make()
    assert [one.version for one in kept(released / "build")] == ["1.0.0"]


def test_made_again_the_same_is_said_and_other_data_is_refused(released: Path) -> None:
    step = sourcebook.release(released, version="1.0.0")
    assert isinstance(step, sourcebook.Making)
    before = kept(released / "build")
    found = step.make()
    assert found.again
    assert found.told == ("1.0.0 is kept already, with the same data",)
    assert kept(released / "build") == before
    correct(released)
    committed(released)
    with pytest.raises(Refused, match=r"tagged v1\.0\.0 already"):
        sourcebook.release(released, version="1.0.0")
    git(released, "tag", "--delete", "v1.0.0")
    again = sourcebook.release(released, version="1.0.0")
    assert isinstance(again, sourcebook.Making)
    with pytest.raises(Refused, match="kept already, with other data"):
        again.make()
    assert kept(released / "build") == before


def test_one_that_is_tagged_elsewhere_is_made_where_it_is_checked_out(released: Path) -> None:
    shutil.rmtree(released / "build")
    found = made(released)
    assert found.tag == "v1.0.0"
    assert found.version is not None


def test_a_kept_version_that_is_damaged_is_not_built_upon(released: Path) -> None:
    folder = kept(released / "build")[0].folder
    (folder / "json/people.json").unlink()
    (folder / "json/people.json").write_text("{}", "utf-8")
    assert any("versions/1.0.0/json/people.json" in one.file for one in sourcebook.verify(released).differences)
    correct(released)
    prepared(released)
    committed(released)
    step = sourcebook.release(released)
    assert isinstance(step, sourcebook.Making)
    with pytest.raises(EnvironmentFailure, match="not as it was kept"):
        step.make()


def test_previews_and_builds_never_evict_a_version_and_say_what_is_not_it(released: Path) -> None:
    before = kept(released / "build")
    assert sourcebook.build(released).told == ()
    for year in range(10):
        put(released, **{"data/people/ada.yaml": f"id: ada\nname: Ada Brook\nborn: {1960 + year}\n"})
        built = sourcebook.build(released, formats=() if year % 3 == 1 else None, forget=year % 2 == 0)
        told = [one for one in built.told if one.startswith("this is not 1.0.0 as released")]
        assert len(told) == (0 if year % 3 == 1 else 1), built.told
    assert kept(released / "build") == before
    assert sourcebook.verify(released).ok


def test_a_book_in_a_folder_of_its_repository(tmp_path: Path) -> None:
    folder = tmp_path / "all" / "books" / "quay"
    put(folder, **FILES)
    put(tmp_path / "all", **{"README.md": "Ours.\n"})
    git(tmp_path / "all", "init", "--quiet", "--initial-branch", "main")
    committed(tmp_path / "all")
    found = made(folder)
    assert found.version is not None
    assert found.version.folder == folder / "build/versions/1.0.0"


def test_a_book_without_a_commit_is_told_what_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "quay"
    put(folder, **FILES)
    with pytest.raises(Refused, match="no repository of git"):
        sourcebook.release(folder)
    git(folder, "init", "--quiet")
    with pytest.raises(Refused, match="no repository of git that has one"):
        sourcebook.release(folder)


def test_records_in_a_submodule_are_in_no_commit(tmp_path: Path, quay: Path) -> None:
    other = tmp_path / "other"
    put(other, **{"fay.yaml": "id: fay\nname: Fay\n"})
    git(other, "init", "--quiet")
    committed(other)
    git(quay, "submodule", "--quiet", "add", str(other), "data/people/more")
    put(quay, **{"datapackage.yaml": BOOK.replace("data/people/*.yaml", "data/people/**/*.yaml")})
    committed(quay)
    step = sourcebook.release(quay)
    assert isinstance(step, sourcebook.Making)
    with pytest.raises(Refused, match="is a submodule"):
        step.make()


def test_a_file_of_git_lfs_is_the_one_that_its_pointer_names(quay: Path) -> None:
    data = "- id: gazette\n  name: The Quay Gazette\n- id: echo\n  name: The Echo\n"
    digest = hashlib.sha256(data.encode()).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n"
    put(quay, **{"data/papers.yaml": pointer})
    committed(quay)
    put(quay, **{"data/papers.yaml": data})
    git(quay, "update-index", "--assume-unchanged", "data/papers.yaml")
    version = made(quay).version
    assert version is not None
    assert b"The Echo" in (version.folder / "json/papers.json").read_bytes()
    put(quay, **{"data/papers.yaml": data.replace("Echo", "Forged")})
    shutil.rmtree(quay / "build")
    step = sourcebook.release(quay)
    assert isinstance(step, sourcebook.Making)
    assert step.make().version is None


@pytest.mark.parametrize("version", ["../x", "1 0", "1.0.", "-1", "1/0"])
def test_what_can_be_no_name_is_not_written_into_the_descriptor(quay: Path, version: str) -> None:
    before = (quay / "datapackage.yaml").read_bytes()
    told = ran(quay, f"--version={version}", "--yes")
    assert (told.exit_code, f"{version!r} can be no name of a release" in told.output) == (2, True), told.output
    assert (quay / "datapackage.yaml").read_bytes() == before


# --- tagged afterwards ---


def the_index(folder: Path) -> list[tuple[str, str | None]]:
    told = json.loads((folder / "build/versions/releases.json").read_text("utf-8"))
    return [(one["version"], one["tag"]) for one in told["releases"]]


def test_a_version_that_was_made_is_tagged_afterwards(quay: Path) -> None:
    assert ran(quay, "--yes").exit_code == 0
    assert the_index(quay) == [("1.0.0", None)]
    put(quay, **{"notes.txt": "Not committed, and in no tag.\n"})
    before, version = current(quay / "build"), kept(quay / "build")
    shown = ran(quay, "--tag", "--dry-run")
    assert shown.exit_code == 0
    assert shown.output.endswith(f"of commit {version[0].commit[:10]}\nit gets the tag v1.0.0\n")
    assert git(quay, "tag") == ""
    assert ran(quay, "--tag").exit_code == 2, "nobody can be asked"
    done = ran(quay, "--tag", "--yes")
    assert done.exit_code == 0, done.output
    assert done.output.endswith("its tag is v1.0.0; to publish it, run `git push origin v1.0.0`\n")
    assert git(quay, "cat-file", "-t", "v1.0.0") == "tag"
    assert git(quay, "rev-parse", "v1.0.0^{commit}") == version[0].commit
    assert the_index(quay) == [("1.0.0", "v1.0.0")]
    assert (current(quay / "build"), kept(quay / "build")) == (before, version), "nothing was made"
    assert sourcebook.verify(quay).ok


@pytest.mark.parametrize("asked", [(), ("--version", "1.0.0")], ids=["", "by its version"])
def test_one_whose_commit_is_not_checked_out_gets_the_line_that_tags_it(quay: Path, asked: tuple[str, ...]) -> None:
    version = made(quay).version
    assert version is not None
    put(quay, **{"notes.txt": "Nothing that is published.\n"})
    committed(quay)
    done = ran(quay, "--tag", "--yes", *asked)
    assert done.exit_code == 1
    line = done.stderr.splitlines()[-1].strip()
    assert line == f"git tag --annotate --message 'quay 1.0.0' -- v1.0.0 {version.commit}"
    assert git(quay, "tag") == ""
    subprocess.run(line, shell=True, check=True, cwd=quay)  # noqa: S602  (as a person would)
    assert git(quay, "rev-parse", "v1.0.0^{commit}") == version.commit
    git(quay, "tag", "--delete", "v1.0.0")
    again = sourcebook.release(quay, version="1.0.0")
    assert isinstance(again, sourcebook.Making)
    with pytest.raises(Refused, match="and HEAD is at"):
        again.make(tag=True)
    assert git(quay, "tag") == "", "no tag is put at another commit than the one that is kept"


def test_what_is_no_version_of_its_commit_is_not_tagged(quay: Path) -> None:
    from sourcebook.publish import versions

    first = git(quay, "rev-parse", "HEAD")
    put(quay, **{"datapackage.yaml": BOOK.replace("1.0.0", "1.1.0")})
    committed(quay)
    assert made(quay).version is not None
    versions.keep(quay / "build", current(quay / "build"), "1.2.0", day="2026-12-02", commit=first)
    versions.keep(quay / "build", current(quay / "build"), "1.3.0", day="2026-12-02", commit="c" * 40)
    with pytest.raises(Refused, match=r"whose descriptor says 1\.0\.0"):
        sourcebook.release(quay, version="1.2.0", tag=True)
    with pytest.raises(Refused, match="is not in this repository"):
        sourcebook.release(quay, version="1.3.0", tag=True)
    versions.empty(quay / "build", "1.1.0", "A court says so.", day="2026-12-03")
    with pytest.raises(Refused, match="withdrawn on 2026-12-03"):
        sourcebook.release(quay, tag=True)
    assert git(quay, "tag") == ""


# --- signed ---


def a_key(folder: Path) -> Path:
    path = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    return path


signs = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@signs
def test_a_signature_counts_where_its_key_is_listed(
    quay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = a_key(tmp_path)
    version = made(quay, key=key).version
    assert version is not None
    assert version.signed
    verified = sourcebook.verify(quay)
    assert verified.ok
    assert any("signatures: 0 performed, 1 unverifiable" in line for line in verified.ledger.lines())
    put(quay, **{"curation/allowed_signers": f"editor {(tmp_path / 'key.pub').read_text()}"})
    verified = sourcebook.verify(quay)
    assert verified.ok
    assert verified.ledger.as_dict()["signatures"]["performed"] == 1
    with monkeypatch.context() as patched:
        patched.setenv("PATH", str(Path(shutil.which("git") or "").parent) if not _beside("git") else "")
        verified = sourcebook.verify(quay)
        assert verified.ledger.as_dict()["signatures"]["unverifiable"] == 1, "no ssh-keygen, and never passed"
    other = tmp_path / "other"
    other.mkdir()
    a_key(other)
    put(quay, **{"curation/allowed_signers": f"editor {(other / 'key.pub').read_text()}"})
    assert [one.file for one in sourcebook.verify(quay).differences] == ["versions/1.0.0/SHA256SUMS.sig"]
    put(quay, **{"curation/allowed_signers": f'editor valid-before="20200101" {(tmp_path / "key.pub").read_text()}'})
    assert "does not list" in str(sourcebook.verify(quay).differences[0])
    put(quay, **{"curation/allowed_signers": f"editor {(tmp_path / 'key.pub').read_text()}"})
    put(version.folder, **{"SHA256SUMS.sig": "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"})
    assert "is no signature of SHA256SUMS" in str([*sourcebook.verify(quay).differences])


def _beside(name: str) -> bool:
    """Whether ssh-keygen lies in the same folder."""
    return Path(shutil.which(name) or "").with_name("ssh-keygen").exists()


@signs
def test_where_it_cannot_be_signed_nothing_is_kept(quay: Path, tmp_path: Path) -> None:
    step = sourcebook.release(quay)
    assert isinstance(step, sourcebook.Making)
    for key in (tmp_path / "none", quay / "datapackage.yaml"):
        with pytest.raises(EnvironmentFailure, match=r"there is no key|did not sign"):
            step.make(key=key, tag=True)
        assert kept(quay / "build") == ()
        assert git(quay, "tag") == ""


# --- the command ---


def test_the_command_shows_asks_and_writes(released: Path) -> None:
    add_a_person(released)
    shown = ran(released, "--dry-run")
    assert shown.exit_code == 0
    assert "release 1.1.0, after 1.0.0\n1 record added\n" in shown.output
    assert "+- People: 1 record added: `dot`" in shown.output
    assert git(released, "status", "--porcelain") == "?? data/people/dot.yaml"
    assert ran(released).exit_code == 2, "nobody can be asked"
    assert ran(released, "--yes", "--tag").exit_code == 2, "there is nothing yet to be tagged"
    assert ran(released, "--patch", "--yes").exit_code == 1
    done = ran(released, "--yes")
    assert done.exit_code == 0, done.output
    assert "4 files written\nedit the changelog, commit, and run `sourcebook release` again" in done.output
    committed(released)
    assert ran(released, "--tag").exit_code == 2
    shown = ran(released, "--tag", "--dry-run")
    assert shown.output.endswith("it gets the tag v1.1.0\n")
    assert git(released, "tag") == "v1.0.0"
    done = ran(released, "--tag", "--yes", "-q")
    assert (done.exit_code, done.stdout) == (0, "")
    assert git(released, "tag") == "v1.0.0\nv1.1.0"
    done = ran(released, "--version", "1.1.0", "--yes")
    assert done.exit_code == 0
    assert "is kept already, with the same data" in done.stderr
    assert "git push origin v1.1.0" in done.stdout


def test_a_proposal_that_brings_findings_is_not_written(released: Path) -> None:
    put(released, **{"data/people/dot.yaml": "id: dot\nname: Dot\n"})
    said = text(released, "datapackage.yaml").replace(
        "sourcebook:\n  released", "sourcebook:\n  release: {changelog: data/people/changes.yaml}\n  released"
    )
    assert "changes.yaml" in said
    put(released, **{"datapackage.yaml": said})
    before = text(released, "datapackage.yaml")
    done = ran(released, "--yes")
    assert done.exit_code == 1
    assert text(released, "datapackage.yaml") == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no processes to kill")
def test_who_makes_a_release_may_be_killed_and_the_old_one_stays(released: Path) -> None:
    from tests.toolkit.test_versions import killed_at

    add_a_person(released)
    prepared(released)
    committed(released)
    before = current(released / "build")
    old = kept(released / "build")

    def make() -> None:
        try:
            step = sourcebook.release(released, tag=True)
        except Refused:  # nothing is left to be done
            assert git(released, "tag") == "v1.0.0\nv1.1.0"
            return
        if isinstance(step, sourcebook.Making):
            step.make(jobs=1, tag=True)
        else:  # it was made, and killed before it was tagged
            assert isinstance(step, sourcebook.Tagging)
            step.make()

    step, seen = 1, set()
    while not killed_at(step, make):
        now = current(released / "build")
        assert damaged(now) == []
        versions = kept(released / "build")
        assert versions[-1] == old[0]
        seen.add((now == before, len(versions)))
        step = step * 2 if step < 64 else step + 160
    assert {(True, 1), (False, 2)} & seen
    assert [one.version for one in kept(released / "build")] == ["1.1.0", "1.0.0"]
    assert sourcebook.verify(released).ok
    assert git(released, "tag") == "v1.0.0\nv1.1.0"


def test_what_is_private_is_in_no_changelog_and_asks_for_no_version(released: Path) -> None:
    properties = {**PERSON["properties"], "phone": {"type": "string", "x-visibility": "private"}}
    put(released, **{"schemas/person.schema.json": json.dumps({**PERSON, "properties": properties})})
    put(released, **{"data/people/cole.yaml": 'id: cole\nname: Cole Ferry\nphone: "555-0175"\n'})
    with pytest.raises(Refused, match="nothing that is published has changed"):
        sourcebook.release(released)
    add_a_person(released)
    proposal = prepared(released)
    assert "555-0175" not in proposal.diff()
    assert "phone" not in proposal.diff()
    assert "corrected" not in "\n".join(proposal.told)


def test_where_a_file_cannot_be_read_it_is_not_guessed_what_changed(released: Path) -> None:
    add_a_person(released)
    put(released, **{"data/people/ada.yaml": "id: ada\nname: [Ada\n"})
    with pytest.raises(Refused, match=r"cannot be told: data/people/ada\.yaml"):
        sourcebook.release(released)
