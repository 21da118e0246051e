# SPDX-License-Identifier: Apache-2.0
"""Where everything comes from: lock files, the list of what is installed, scripts of others, and how it is audited."""

from __future__ import annotations

import json
import re
import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.hostile import audit
from tests.hostile.supply.locks import LOCKS, locked
from tests.hostile.supply.sbom import SBOM, sbom, vendored
from tests.served import OTHER

SITE = ROOT / "src/sourcebook/site"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_is_of_hashes_and_names_no_place(lock: Path) -> None:
    found = locked(lock)
    assert len(found) > 30
    assert len({(one.name, one.marker) for one in found}) == len(found)


@pytest.mark.parametrize(
    "line",
    [
        "click>=8 --hash=sha256:" + "0" * 64,
        "click==8.1.8",
        "click==8.1.8 --hash=md5:00",
        "click @ https://elsewhere.invalid/click.whl --hash=sha256:" + "0" * 64,
        "--index-url https://elsewhere.invalid/simple",
        "--find-links ./wheels",
        "-e .",
    ],
)
def test_a_line_that_may_be_anything_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "odd.lock").write_text(line + "\n", "utf-8")
    with pytest.raises(ValueError, match=r"odd\.lock"):
        locked(tmp_path / "odd.lock")


def test_what_is_installed_is_held_to_its_hashes() -> None:
    commands = [path.read_text("utf-8") for path in ((ROOT / "scripts").iterdir()) if path.is_file()]
    commands += [path.read_text("utf-8") for path in (ROOT / ".github/workflows").glob("*.yml")]
    installs = [line for text in commands for line in text.splitlines() if "--requirement" in line]
    assert len(installs) >= 2
    assert [line for line in installs if "--require-hashes" not in line or "--no-deps" not in line] == []


@pytest.mark.parametrize("name", ["editor", "site"])
def test_packages_of_npm_have_their_hashes_and_name_no_place(name: str) -> None:
    packages = json.loads((ROOT / "tests" / name / "package-lock.json").read_text("utf-8"))["packages"]
    found = [one for path, one in packages.items() if path]
    assert found
    assert [one for one in found if not re.match("sha512-.{86}==$", one.get("integrity", ""))] == []
    assert [one for one in found if "resolved" in one] == []
    assert [one for one in found if not one.get("license")] == []


def test_the_list_of_what_is_installed_is_that_of_the_lock() -> None:
    """Where this fails: `scripts/audit --sbom`, in the environment of the new lock."""
    assert SBOM.read_text("utf-8") == sbom()
    listed = json.loads(sbom())
    names = {one["bom-ref"].partition("pypi/")[2] for one in listed["components"] if one["type"] == "library"}
    lock = next(one for one in LOCKS if one.name == "run.lock")
    assert names == {f"{re.sub('[-_.]+', '-', one.name).lower()}@{one.version}" for one in locked(lock)}
    assert "timestamp" not in sbom()
    assert str(ROOT) not in sbom()


def test_programs_read_the_list() -> None:
    bom = pytest.importorskip("cyclonedx.model.bom", reason="pip-audit brings it")
    read = bom.Bom.from_json(json.loads(sbom()))
    assert len(read.components) == len(json.loads(sbom())["components"])
    assert {one.name for one in read.components if not one.licenses} <= {
        "colorama",
        "tzdata",
    }  # of Windows, not installed


# --- scripts of others ------------------------------------------------------------------------------------------------


def test_what_lies_here_of_others_is_listed_with_its_licence() -> None:
    assert [one["path"] for one in vendored()["ours"] if _digest(ROOT / one["path"]) != one["sha256"]] == []
    listed = {ROOT / one["path"] for one in vendored()["ours"]}
    of_sqlite = {path for path in (SITE / "static/twin").iterdir() if "sqlite" in path.name}
    assert set((SITE / "pictures/world").iterdir()) | of_sqlite == listed
    assert all(one["licence"] and one["version"] for one in vendored()["ours"] + vendored()["datasette"])
    own = [path for path in SITE.rglob("*") if path.suffix in (".js", ".css", ".mjs", ".wasm", ".woff2")]
    own = [path for path in own if path not in listed]
    assert len(own) >= 5
    assert [
        path.name for path in own if "SPDX-License-Identifier: Apache-2.0" not in path.read_text("utf-8")[:80]
    ] == []
    assert [path.name for path in own if ".min." in path.name] == []


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("python", [Path(sys.executable), OTHER], ids=["datasette-0", "datasette-1"])
def test_scripts_of_datasette_that_pages_load_are_those_that_were_looked_at(python: Path) -> None:
    if not python.exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    (installed,) = (python.parent.parent / "lib").glob("python3*/site-packages/datasette/static")
    (version,) = (
        one.name.split("-")[1].removesuffix(".dist") for one in installed.parent.parent.glob("datasette-*.dist-info")
    )
    version = version.removesuffix(".dist-info")
    listed = {one["path"]: one["sha256"] for one in vendored()["datasette"] if version.startswith(one["datasette"])}
    assert listed, f"look at the scripts of Datasette {version}, and list them in requirements/vendored.json"
    assert {name: _digest(installed / name) for name in listed} == listed


def test_pages_load_no_other_script_of_datasette() -> None:
    loaded = {
        one
        for path in SITE.rglob("*.html")
        for one in re.findall(r"(?:static\('|-/static/)([\w.-]+\.(?:js|css))", path.read_text("utf-8"))
    }
    assert loaded
    assert loaded <= {one["path"] for one in vendored()["datasette"]}


# --- the audit --------------------------------------------------------------------------------------------------------

NAMES = ["click 8.1.8", "Jinja2 3.1.0", "rich 14.0.0"]


def test_what_nobody_was_asked_about_has_not_passed() -> None:
    reason = "Dependency not found on PyPI and could not be audited: click (8.1.8)"
    answer = {"dependencies": [{"name": "click", "skip_reason": reason}, {"name": "rich", "version": "1", "vulns": []}]}
    found = audit.judged(answer, NAMES)
    assert (found.audited, found.unverifiable) == (1, ("click 8.1.8", "Jinja2 3.1.0"))
    assert audit.told(found) == "audited: 1 packages, 0 known vulnerabilities; unverifiable: 2 packages"
    weak = {"name": "jinja2", "version": "3.1.0", "vulns": [{"id": "PYSEC-0", "fix_versions": ["3.1.6"]}]}
    assert audit.judged({"dependencies": [weak]}, NAMES).vulnerable == ("jinja2 3.1.0: PYSEC-0, mended in 3.1.6",)


def test_offline_the_audit_says_so_and_does_not_pass(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "code", lambda: (1, [], []))
    assert audit.main(["--offline"]) == 2
    last = capsys.readouterr().out.splitlines()[-1]
    packages = sum(len(locked(lock)) for lock in LOCKS)
    assert last.startswith(f"{len(LOCKS)} lock files: unverifiable: {packages} packages; ")
    assert "audited" not in last
    assert "passed" not in last
    assert "No known" not in last


@pytest.mark.parametrize("printed", ["", "No known vulnerabilities found", "[]", "null"])
def test_an_answer_that_is_none_is_no_audit(printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ran:
        stdout = printed

    monkeypatch.setattr(audit.subprocess, "run", lambda *_, **__: Ran())
    lock = LOCKS[-1]
    assert audit.audit(lock, 1) == audit.Audit(unverifiable=tuple(f"{one.name} {one.version}" for one in locked(lock)))


@pytest.mark.slow
@pytest.mark.skipif(find_spec("bandit") is None, reason="bandit is not installed here")
def test_bandit_finds_nothing_that_was_not_looked_at() -> None:
    lines, odd, stale = audit.code()
    assert lines > 20_000
    assert odd == []
    assert stale == []
