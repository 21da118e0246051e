# SPDX-License-Identifier: Apache-2.0
"""Records retracted and taken down: what leaves the data, what becomes of answers, and words that are known again."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main
from sourcebook.edit.carry_out import judged, write
from sourcebook.edit.model import Refused
from sourcebook.errors import UsageError
from sourcebook.evidence.fingerprints import fingerprint
from sourcebook.finding import Finding
from tests.harbour import BOOK as HARBOUR
from tests.toolkit.test_dev_state import Followed

LOG = {"requested_by": "editor"}
WHY = "The Gazette withdrew it."
DAY = "2026-11-30"


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    return shutil.copytree(HARBOUR, tmp_path / "harbour")


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [arguments[0], "--book", str(folder), *arguments[1:]])


def there(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    files = (path for path in paths if not {"build", ".git"} & {*path.relative_to(folder).parts})
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@harbour.example")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def committed(folder: Path, message: str = "a change") -> None:
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
        (folder / ".gitignore").write_text("build/\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


# --- retracting -----------------------------------------------------------------------------------------------------


def test_an_answer_is_not_left_alone_unasked(harbour: Path) -> None:
    before = there(harbour)
    result = run(
        harbour, "retract", "claims/oil-forty-barrels", "--reason", WHY, "--yes", "--set", "requested_by=editor"
    )
    assert result.exit_code == 1
    assert result.stderr == (
        "sourcebook: these answer claims oil-forty-barrels, and would then answer nothing:\n"
        "  claims oil-denied, data/claims/quay-gazette.yaml:15\n"
        "--with-answers has them go too; --keep-answers has them stay as statements of their own: read each, for it "
        "may tell of what it answered\n"
    )
    assert there(harbour) == before


def test_with_its_answers_a_record_goes_and_all_that_refers_to_it(harbour: Path) -> None:
    told = sourcebook.retract(harbour, "claims", "oil-forty-barrels", reason=WHY, on=DAY, values=LOG, with_answers=True)
    assert told.told[:6] == (
        "claims oil-twelve-barrels: contradicts[0], which says that it cannot hold together with it, is taken out",
        "events night-of-the-barrels: claims[0], which says that it rests on it, is taken out",
        "events night-of-the-barrels: participants[0].claims[0], which says that it rests on it, is taken out",
        "events night-of-the-barrels: claims[1], which says that it rests on it, is taken out",
        "events night-of-the-barrels: participants[0].claims[1], which says that it rests on it, is taken out",
        "people isil-fener: offices[0].claim, which says that it rests on it, is taken out",
    )
    assert told.told[6] == (
        "events night-of-the-barrels: participants[0].claims is empty then: read whether what stands there still rests "
        "on a statement"
    )
    assert judged(told) == ()
    write(told)
    files = there(harbour)
    begin = "- {collection: claims, key: "
    assert files["curation/withdrawn.yaml"].splitlines()[-2:] == [
        f"{begin}oil-forty-barrels, how: retracted, on: 2026-11-30, reason: {WHY}}}",
        f'{begin}oil-denied, how: retracted, on: 2026-11-30, reason: "It answered claims oil-forty-barrels: {WHY}"}}',
    ]
    assert files["data/corrections.yaml"].endswith(
        """- id: correction-0003
  date: "2026-11-30"
  collection: claims
  record: oil-forty-barrels
  change: The record was retracted.
  reason: The Gazette withdrew it.
  requested_by: editor
- id: correction-0004
  date: "2026-11-30"
  collection: claims
  record: oil-denied
  change: The record was retracted.
  reason: "It answered claims oil-forty-barrels: The Gazette withdrew it."
  requested_by: editor
"""
    )
    data = "".join(text for path, text in files.items() if path != "data/corrections.yaml" and path.startswith("data"))
    assert "oil-forty-barrels" not in data
    assert "oil-denied" not in data
    assert [one for one in sourcebook.check(harbour).findings if one.level == "error"] == []


def test_an_answer_may_stay_as_a_statement_of_its_own(harbour: Path) -> None:
    told = sourcebook.retract(harbour, "claims", "oil-forty-barrels", reason=WHY, on=DAY, values=LOG, keep_answers=True)
    assert "claims oil-denied: denies[0], which says that it denies it, is taken out" in told.told
    write(told)
    assert "oil-denied" in there(harbour)["data/claims/quay-gazette.yaml"]
    assert [one for one in sourcebook.check(harbour).findings if one.level == "error"] == []


def test_no_accusation_is_left_without_its_answer(harbour: Path) -> None:
    before = there(harbour)
    for verb in (sourcebook.retract, sourcebook.takedown):
        with pytest.raises(Refused, match=r"it denies claims oil-forty-barrels, data/claims/quay-gazette.yaml:1\n"):
            verb(harbour, "claims", "oil-denied", reason=WHY, values=LOG)
    result = run(
        harbour, "retract", "claims/oil-denied", "--reason", WHY, "--set", "requested_by=editor", "--force", "-y"
    )
    assert result.exit_code == 1
    assert there(harbour) == before
    write(sourcebook.retract(harbour, "claims", "oil-denied", reason="He says so.", values=LOG, unanswered=True))
    assert "key: oil-denied, how: retracted" in there(harbour)["curation/withdrawn.yaml"]


def test_what_others_cannot_do_without_stays(harbour: Path) -> None:
    with pytest.raises(Refused, match="these records cannot do without the reference") as refusal:
        sourcebook.retract(harbour, "sources", "quay-gazette-1911", reason=WHY, values=LOG)
    assert "it would be a statement without where it was published" in str(refusal.value) or "required" in str(
        refusal.value
    )


def test_the_log_asks_for_what_it_requires(harbour: Path) -> None:
    result = run(harbour, "retract", "claims/lamp-unlit", "--reason", WHY, "--yes")
    assert result.exit_code == 1
    assert result.stderr == (
        "sourcebook: an entry of corrections, the log of corrections, is not whole:\n"
        "  the property 'requested_by' is missing\n"
        "give what is missing with --set PATH=VALUE\n"
    )
    with pytest.raises(UsageError, match="say why"):
        sourcebook.retract(harbour, "claims", "lamp-unlit", reason=" ", values=LOG)


def test_what_was_retracted_is_no_record_again(harbour: Path) -> None:
    claims = there(harbour)["data/claims/other-tongues.yaml"]
    write(sourcebook.retract(harbour, "claims", "lamp-unlit", reason=WHY, values=LOG))
    (harbour / "data/claims/other-tongues.yaml").write_text(claims)  # by the merge of a branch
    found = [one for one in sourcebook.check(harbour).findings if one.level == "error"]
    assert [one.rule for one in found] == ["withdrawn-taken"]
    assert "'lamp-unlit' was retracted on" in found[0].message


# --- taking down ----------------------------------------------------------------------------------------------------

WORDS = 'A sailor tells that Nur al-Fanar sold "the oil" at a quay & laughed about it.'
EARLIER = "A sailor of the night boat tells that Nur al-Fanar sold all of the oil."
CLAIM = {
    "kind": "alleges",
    "origin": "nur-al-fanar",
    "source": "quay-gazette-1911",
    "locator": "column 6",
    "people": ["nur-al-fanar"],
}


def with_claim(folder: Path, key: str = "oil-sold", text: str = WORDS) -> None:
    write(sourcebook.new(folder, "claims", key, {**CLAIM, "statement": text}))


def test_words_are_known_again_however_they_come_back(harbour: Path) -> None:
    with_claim(harbour)
    before = there(harbour)["data/claims/quay-gazette.yaml"]
    write(sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for.", on=DAY, values=LOG))
    entry = there(harbour)["curation/withdrawn.yaml"].splitlines()[-1]
    said = "- {collection: claims, key: oil-sold, how: taken-down, on: 2026-11-30, reason: Asked for., hashes: "
    assert entry.replace('"', "") == f"{said}[{fingerprint(WORDS)}]}}"
    assert [one for one in sourcebook.check(harbour).findings if one.level == "error"] == []
    other = sourcebook.new(harbour, "claims", "told-again", {**CLAIM, "statement": f" {WORDS}\n".replace(" ", "\n ")})
    assert [one.rule for one in judged(other)] == ["withdrawn-again"]
    setting = sourcebook.set(harbour, "claims[lamp-unlit].statement", WORDS)
    assert [one.rule for one in judged(setting)] == ["withdrawn-again"]
    (harbour / "data/claims/quay-gazette.yaml").write_text(before)
    found = [one for one in sourcebook.check(harbour).findings if one.level == "error"]
    assert {one.rule for one in found} == {"withdrawn-again", "withdrawn-taken"}
    assert WORDS not in "".join(map(str, found))
    assert sourcebook.build(harbour).release is None
    descriptor = harbour / "datapackage.yaml"
    descriptor.write_text(
        descriptor.read_text().replace("\nsourcebook:\n", "\nsourcebook:\n  rules: {withdrawn-again: warning}\n")
    )
    told = "".join(map(str, sourcebook.build(harbour).checked.findings))
    assert "withdrawn-again" in told  # which cannot be lowered


def test_no_merge_undoes_a_takedown(harbour: Path) -> None:
    """An old branch whose side is taken brings the record back, and leaves the list of what was taken down behind."""
    with_claim(harbour)
    committed(harbour)
    git(harbour, "branch", "aside")
    write(sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for.", on=DAY, values=LOG))
    assert lost_of(harbour) == []
    committed(harbour)
    git(harbour, "switch", "--quiet", "aside")
    (harbour / "notes.txt").write_text("something else")
    committed(harbour)
    assert lost_of(harbour) == []  # a branch from before that day, by itself
    git(harbour, "merge", "--quiet", "--strategy=ours", "--no-edit", "main")
    (found,) = lost_of(harbour)
    assert found.path == "curation/withdrawn.yaml"
    assert "claims 'oil-sold' was taken down on 2026-11-30, and a merge has left that out" in found.message
    assert sourcebook.build(harbour).release is None
    git(harbour, "checkout", "main", "--", ".")
    assert lost_of(harbour) == []  # put back
    committed(harbour)
    (harbour / "curation/withdrawn.yaml").unlink()
    assert lost_of(harbour) == []  # on purpose, before it is committed and after
    committed(harbour)
    assert lost_of(harbour) == []


def test_without_the_whole_history_nobody_knows_what_a_merge_has_undone(
    harbour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.resolve()))
    with_claim(harbour)
    assert unknown_of(harbour) == (0, [])  # there is no list in which anything could be lost
    committed(harbour)
    write(sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for.", on=DAY, values=LOG))
    committed(harbour)
    assert unknown_of(harbour) == (0, [])
    clone = tmp_path / "clone"
    git(harbour, "clone", "--quiet", "--depth=1", f"file://{harbour.resolve()}", str(clone))
    assert unknown_of(clone) == (1, ["whether a merge has undone a takedown: the clone is shallow"])
    (clone / "curation/withdrawn.yaml").write_text("")  # an old list, of a merge that left all out
    assert unknown_of(clone)[0] == 1
    (clone / "curation/withdrawn.yaml").unlink()
    assert unknown_of(clone) == (0, [])
    shutil.rmtree(harbour / ".git")
    assert unknown_of(harbour) == (1, ["whether a merge has undone a takedown: the book is in no repository of git"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert unknown_of(harbour) == (1, ["whether a merge has undone a takedown: git is needed, and is not installed"])


def unknown_of(folder: Path) -> tuple[int, list[str]]:
    """How often the ledger says that it is not known, and why."""
    tally = sourcebook.check(folder).ledger.as_dict()["withdrawn-taken"]
    return tally["unverifiable"], [one for one in tally["reasons"] if "a merge" in one]


def lost_of(folder: Path) -> list[Finding]:
    return [one for one in sourcebook.check(folder).findings if "a merge" in one.message]


def test_words_of_every_branch_are_known_again(harbour: Path) -> None:
    with_claim(harbour, text=EARLIER)
    committed(harbour)
    git(harbour, "switch", "--quiet", "--create", "aside")
    claims = harbour / "data/claims/quay-gazette.yaml"
    claims.write_text(claims.read_text().replace("all of the oil", "some of the oil, by night"))
    committed(harbour)
    git(harbour, "switch", "--quiet", "main")
    claims.write_text(claims.read_text().replace(EARLIER, f"'{WORDS}'"))
    committed(harbour)
    told = sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for.", values=LOG)
    assert "claims oil-sold: 3 texts of 4 states of it will be known again" in told.told
    write(told)
    entry = there(harbour)["curation/withdrawn.yaml"]
    for text in (WORDS, EARLIER, EARLIER.replace("all of the oil", "some of the oil, by night")):
        assert fingerprint(text) in entry


def test_a_record_that_was_deleted_before_can_be_taken_down(harbour: Path) -> None:
    with_claim(harbour)
    committed(harbour)
    write(sourcebook.delete(harbour, "claims", "oil-sold", reason="Not needed."))
    committed(harbour)
    write(sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for.", values=LOG))
    assert fingerprint(WORDS) in there(harbour)["curation/withdrawn.yaml"]
    assert [one for one in sourcebook.check(harbour).findings if one.level == "error"] == []
    with pytest.raises(UsageError, match="claims has no record 'oil-soldd'"):
        sourcebook.takedown(harbour, "claims", "oil-soldd", reason="Asked for.", values=LOG)


def test_words_that_others_need_are_told_and_stay(harbour: Path) -> None:
    with_claim(harbour)
    with_claim(harbour, "oil-sold-too", WORDS)
    told = sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for.", values=LOG)
    assert (
        "claims oil-sold: a text of it stands in claims oil-sold-too, statement too, and stays there: look at it"
        in told.told
    )
    write(told)
    assert "hashes" not in there(harbour)["curation/withdrawn.yaml"]
    write(sourcebook.takedown(harbour, "claims", "oil-sold-too", reason="Asked for.", values=LOG))
    assert fingerprint(WORDS) in there(harbour)["curation/withdrawn.yaml"]


def test_one_value_is_taken_down(harbour: Path) -> None:
    with_claim(harbour)
    with pytest.raises(Refused, match=r"statement cannot go: .*--instead puts a text in its place"):
        sourcebook.takedown(harbour, "claims", "oil-sold", path="statement", reason="Asked for.", values=LOG)
    with pytest.raises(Refused, match="id is the key of the record"):
        sourcebook.takedown(harbour, "claims", "oil-sold", path="id", reason="Asked for.", values=LOG)
    told = sourcebook.takedown(
        harbour,
        "claims",
        "oil-sold",
        path="statement",
        instead="A sailor tells something of Nur al-Fanar.",
        reason="Asked for.",
        values=LOG,
    )
    assert judged(told) == ()
    write(told)
    assert "key: oil-sold, property: statement, how: taken-down" in there(harbour)["curation/withdrawn.yaml"]
    back = sourcebook.set(harbour, "claims[oil-sold].statement", WORDS)
    assert [one.rule for one in judged(back)] == ["withdrawn-again"]
    write(sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for again.", values=LOG))
    entries = there(harbour)["curation/withdrawn.yaml"].splitlines()
    assert sum("oil-sold" in one for one in entries) == 1  # one entry, with all fingerprints
    assert fingerprint(WORDS) in entries[-1]


@pytest.mark.parametrize("path", ["denies", "denies[0]"])
def test_no_value_is_taken_down_that_makes_a_record_an_answer(harbour: Path, path: str) -> None:
    """The accusation would stand without its answer, as if the denial had been withdrawn."""
    with pytest.raises(Refused, match="would not answer any more") as error:
        sourcebook.takedown(harbour, "claims", "oil-denied", reason=WHY, path=path, values=LOG)
    assert "it denies claims oil-forty-barrels" in str(error.value)
    told = sourcebook.takedown(harbour, "claims", "oil-denied", reason=WHY, path=path, values=LOG, unanswered=True)
    assert told.what == f"take down {path} of claims oil-denied"
    told = sourcebook.takedown(harbour, "claims", "oil-denied", reason=WHY, path="locator", instead="-", values=LOG)
    assert told.what == "take down locator of claims oil-denied"


def test_what_is_retracted_after_a_value_was_taken_down_keeps_both_entries(harbour: Path) -> None:
    with_claim(harbour)
    other = "A sailor tells something of Nur al-Fanar."
    write(
        sourcebook.takedown(
            harbour, "claims", "oil-sold", path="statement", instead=other, reason="Asked for.", values=LOG
        )
    )
    write(sourcebook.retract(harbour, "claims", "oil-sold", reason=WHY, values=LOG))
    entries = there(harbour)["curation/withdrawn.yaml"].splitlines()[2:]
    assert ["property: statement" in one for one in entries] == [True, False]
    assert [one for one in sourcebook.check(harbour).findings if one.level == "error"] == []
    with pytest.raises(UsageError, match="it was retracted on"):
        sourcebook.retract(harbour, "claims", "oil-sold", reason=WHY, values=LOG)
    write(
        sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for.", values=LOG)
    )  # which is in no data now
    entries = there(harbour)["curation/withdrawn.yaml"].splitlines()[2:]
    assert len(entries) == 1
    assert fingerprint(WORDS) in entries[0]


def test_no_log_shows_the_words(harbour: Path) -> None:
    with_claim(harbour)
    arguments = ("takedown", "claims/oil-sold", "--reason", "Asked for.", "--set", "requested_by=editor", "--yes")
    result = run(harbour, *arguments)
    assert result.exit_code == 0, result.output
    assert "sailor" not in result.output
    assert "data/claims/quay-gazette.yaml is changed\n" in result.stdout
    assert "What cannot be recalled from here:" in result.stdout


def test_a_book_without_a_log_has_the_list(harbour: Path) -> None:
    with_claim(harbour)
    descriptor = harbour / "datapackage.yaml"
    said = descriptor.read_text()
    role = "        correction: {collection: collection, key: record, on: date, change: change, reason: reason}\n"
    assert role in said
    descriptor.write_text(said.replace("      role:\n" + role, ""))
    with pytest.raises(Refused, match="the book has no log of corrections"):
        sourcebook.retract(harbour, "claims", "oil-sold", reason=WHY, values=LOG)
    before = there(harbour)
    write(sourcebook.retract(harbour, "claims", "oil-sold", reason=WHY))
    after = there(harbour)
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    assert changed == {"curation/withdrawn.yaml", "data/claims/quay-gazette.yaml"}


def test_the_words_are_written_for_the_user_alone(harbour: Path, tmp_path: Path) -> None:
    with_claim(harbour)
    committed(harbour)
    write(sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for.", values=LOG))
    file = tmp_path / "words"
    result = run(harbour, "takedown", "--expressions", str(file))
    assert result.output == f"{file}: 1 text; remove it when history is rewritten\n"
    assert file.stat().st_mode & 0o077 == 0
    lines = file.read_text().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("regex:A(?:\\s|")
    assert lines[0].endswith("==>(taken down)")
    assert run(harbour, "takedown", "--expressions", str(file)).exit_code == 2  # it is there already


@pytest.mark.parametrize(
    "written",
    [
        'note: >-\n  A sailor tells\n  that "Ole" and Nur\'s\n  brother sold \\ the oil.\n',
        'note: "A sailor tells that \\"Ole\\" and Nur\'s\n  brother sold \\\\ the oil."\n',
        "note: 'A sailor tells that \"Ole\" and Nur''s brother\n  sold \\ the oil.'\n",
        '{"note": "A sailor tells that \\"Ole\\" and Nur\'s brother sold \\\\ the oil."}\n',
        'note: |\r\n  A sailor tells that "Ole" and Nur\'s\r\n  brother sold \\ the oil.\r\n',
        'note: A sailor tells that "Ole" and Nur\'s brother sold \\ the oil.',
    ],
)
def test_what_rewrites_history_finds_words_however_they_are_written(written: str) -> None:
    from sourcebook.withdraw.beyond import expression

    found = re.search(
        expression('A sailor tells that "Ole" and Nur\'s brother sold \\ the oil.').encode(), written.encode()
    )
    assert found is not None
    assert found[0].startswith(b"A sailor")
    assert found[0].endswith(b"oil.")


def test_what_is_said_of_history_names_files_and_no_words(harbour: Path) -> None:
    people = harbour / "data/people/bystander.yaml"
    people.write_text(
        json.dumps({"id": "bystander", "name": "A Bystander", "description": "Stood at the quay that night."})
    )
    committed(harbour)
    write(sourcebook.takedown(harbour, "people", "bystander", reason="Asked for.", values=LOG))
    from sourcebook.withdraw.beyond import beyond

    told = "\n".join(beyond(harbour))
    assert "git filter-repo --invert-paths --path data/people/bystander.yaml\n" in told
    assert "git rm -r --cached --ignore-unmatch --quiet -- data/people/bystander.yaml" in told
    assert "quay that night" not in told


def test_a_preview_looks_at_all_of_it_where_words_are_back(harbour: Path, tmp_path: Path) -> None:
    with_claim(harbour)
    write(sourcebook.takedown(harbour, "claims", "oil-sold", reason="Asked for.", values=LOG))
    followed = Followed(harbour, tmp_path / "previews")
    claims = harbour / "data/claims/other-tongues.yaml"
    before = claims.read_text()
    claims.write_text(before.replace("locator: 二面", "locator: 三面"))
    assert followed.edited("data/claims/other-tongues.yaml") == "shown"
    claims.write_text(before.replace("locator: 二面", f"locator: '{WORDS}'"))
    assert followed.edited("data/claims/other-tongues.yaml") == "anew"
    followed.anew()
    assert [one.rule for one in followed.findings if one.level == "error"] == ["withdrawn-again"]
    followed.close()
