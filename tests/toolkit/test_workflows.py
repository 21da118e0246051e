# SPDX-License-Identifier: Apache-2.0
"""What runs at pushes, at commits and where issues are written agrees with the scripts and with pyproject.toml."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sourcebook.parse import parse
from tests.conftest import ROOT
from tests.toolkit.test_on_windows import AS_ON_WINDOWS

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = sorted(path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
TEMPLATE = ROOT / "src/sourcebook/init/template/github/workflows/sourcebook.yml"
PAGES = TEMPLATE.with_name("publish-sourcebook.yml")  # what it may do, tests/toolkit/test_cli_init_pages.py tells


def read(path: Path) -> Any:
    parsed = parse(path.read_bytes(), path.name)
    assert parsed.findings == ()
    (document,) = parsed.documents
    return document.value


# --- workflows --------------------------------------------------------------------------------------------------------


def faults(text: str) -> Iterator[str]:
    """What a workflow does that none of ours may."""
    parsed = parse(text.encode(), "workflow.yml")
    assert parsed.findings == ()
    workflow = parsed.documents[0].value
    if workflow.get("permissions") != {"contents": "read"}:
        yield "more than reading is permitted"
    if set(workflow["on"]) != {"push", "pull_request"}:
        yield "it runs at something else"
    if re.search(r"\bsecrets\b|\bgithub\.token\b", str(workflow)):
        yield "a secret is used"
    for job in workflow["jobs"].values():
        if "permissions" in job:
            yield "a job has permissions of its own"
        if "timeout-minutes" not in job:
            yield "a job may hang"
        for step in job["steps"]:
            uses = step.get("uses", "")
            if uses and not re.search(rf"{re.escape(uses)} # v\d+\.\d+\.\d+\n", text):
                yield "an action's version is not told"
            if uses and not re.fullmatch(r"(?:actions|pypa)/[a-z-]+@[0-9a-f]{40}", uses):
                yield "an action is not pinned"
            if uses.startswith("actions/checkout@") and step.get("with", {}).get("persist-credentials") is not False:
                yield "a checkout leaves its credentials"


# What publishes is held to more in test_package.py.
MAY = {"release.yml": ["it runs at something else", "a job has permissions of its own"]}


@pytest.mark.parametrize("path", [*WORKFLOWS, TEMPLATE], ids=lambda path: path.name)
def test_a_workflow_can_do_no_harm(path: Path) -> None:
    assert list(faults(path.read_text("utf-8"))) == MAY.get(path.name, [])


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("contents: read", "contents: write", "more than reading is permitted"),
        ("permissions:\n  contents: read\n", "", "more than reading is permitted"),
        ("  pull_request:", "  pull_request_target:", "it runs at something else"),
        ("- run: .ci/run", "- run: .ci/run ${{ secrets.KEY }}", "a secret is used"),
        ("    timeout-minutes: 40\n", "", "a job may hang"),
        (
            "    timeout-minutes: 40\n",
            "    timeout-minutes: 4\n    permissions: {}\n",
            "a job has permissions of its own",
        ),
        ("actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683", "actions/checkout@v4", "an action is not pinned"),
        (" # v4.2.2", "", "an action's version is not told"),
        ("persist-credentials: false", "persist-credentials: true", "a checkout leaves its credentials"),
    ],
)
def test_a_workflow_that_could_is_told(before: str, after: str, fault: str) -> None:
    text = (ROOT / ".github/workflows/test.yml").read_text("utf-8")
    assert before in text
    assert fault in faults(text.replace(before, after))


def test_actions_are_those_that_new_books_get() -> None:
    used = {line.strip(" -") for path in (*WORKFLOWS, TEMPLATE, PAGES) for line in lines_with("uses:", path)}
    assert len(used) == len({line.partition("@")[0] for line in used}), "an action is used in two versions"


def lines_with(word: str, path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if word in line]


def test_the_tests_run_on_the_versions_of_python_that_the_project_claims() -> None:
    jobs = read(ROOT / ".github/workflows/test.yml")["jobs"]
    matrix = jobs["linux"]["strategy"]["matrix"]
    versions = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert matrix["python"] == versions
    assert PROJECT["requires-python"] == f">={versions[0]}"
    unverified = [one["python"] for one in matrix["include"]]
    assert all(one == {"python": one["python"], "unverified": True} for one in matrix["include"])
    assert not set(unverified) & set(versions)
    assert {version for job in jobs.values() for version in job["strategy"]["matrix"]["python"]} <= set(versions)


def test_other_systems_are_not_claimed() -> None:
    """A job that may fail is no claim, so nothing else makes one either; where this fails, they can be claimed."""
    jobs = read(ROOT / ".github/workflows/test.yml")["jobs"]
    assert {name for name, job in jobs.items() if job["continue-on-error"] is True} == {"macos", "windows"}
    assert not [line for line in PROJECT["classifiers"] if line.startswith("Operating System")]


def commands(path: Path) -> Iterator[list[str]]:
    for job in read(path)["jobs"].values():
        for step in job["steps"]:
            for line in step.get("run", "").splitlines():
                yield shlex.split(line, comments=True)


def test_what_workflows_name_is_there() -> None:
    words = [word for path in WORKFLOWS for command in commands(path) for word in command]
    named = [word for word in words if word.startswith(("scripts/", ".ci/", "tests/", "requirements/"))]
    assert {"scripts/test", ".ci/run", "requirements/dev.lock"} <= set(named)
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert [
        name for name in named if name.startswith(("scripts/", ".ci/")) and not (ROOT / name).stat().st_mode & 1
    ] == []


@pytest.mark.slow
def test_what_runs_on_windows_imports_nothing_that_is_not_there() -> None:
    steps = read(ROOT / ".github/workflows/test.yml")["jobs"]["windows"]["steps"]
    files = [word for step in steps for word in step.get("run", "").split() if word.startswith("tests/")]
    assert len(files) > 3
    run = [sys.executable, str(AS_ON_WINDOWS), "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files]
    result = subprocess.run(run, cwd=ROOT, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


# --- scripts and hooks ------------------------------------------------------------------------------------------------


def test_hooks_are_the_linters_of_scripts_test() -> None:
    linters = re.findall(r"(?m)^part ([a-z]+) (.+)$", (ROOT / "scripts/test").read_text("utf-8"))
    (repository,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert [(hook["id"], hook["entry"]) for hook in repository["hooks"]] == linters
    assert len(linters) == 5
    for hook in repository["hooks"]:
        assert hook["entry"].startswith(".venv/bin/")
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)


def test_ci_runs_everything() -> None:
    lines = [line for line in (ROOT / ".ci/run").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in lines if "scripts/test" in line] == ["exec scripts/test"] == lines[-1:]


def test_ci_skips_nothing_for_want_of_a_program(tmp_path: Path) -> None:
    for name in ("bash", "dirname", "env", "id"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    run = subprocess.run([ROOT / ".ci/run"], env={"PATH": str(tmp_path)}, check=False, capture_output=True, text=True)
    assert run.returncode == 1
    # nginx is looked for in /usr/sbin too, where it may be.
    assert re.fullmatch(
        "missing: chromium nodejs npm strace (nginx )?caddy; without these, tests would be skipped\n", run.stderr
    )


@pytest.mark.parametrize(
    "name",
    [
        "scripts/audit",
        "scripts/hostile-markup",
        "scripts/bench",
        "scripts/lock",
        "scripts/serve",
        "scripts/setup",
        "scripts/test",
        ".ci/run",
    ],
)
def test_scripts_are_read_by_bash_and_stop_at_what_fails(name: str) -> None:
    assert "\nset -euo pipefail\n" in (ROOT / name).read_text("utf-8")
    subprocess.run(["bash", "-n", name], cwd=ROOT, check=True)


def test_connections_are_closed() -> None:
    """``with`` a connection commits and leaves it open, of which Python 3.13 warns; `closing` closes it."""
    texts = {
        path: path.read_text("utf-8") for name in ("src", "tests", "bench") for path in (ROOT / name).rglob("*.py")
    }
    assert len(texts) > 100
    assert [str(path) for path, text in texts.items() if re.search(r"(?m)^ *with sqlite3\.connect\(", text)] == []


@pytest.mark.xdist_group("together")
def test_a_group_is_one_process(request: pytest.FixtureRequest) -> None:
    """Without their groups tests pass too, and make again in each process what they share: pytest 9.2 did that."""
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("tests are in groups only where they run in several processes by --dist loadgroup")
    assert request.node.nodeid.endswith("@together")


# --- issues -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_a_small_fiction_and_no_private_life(path: Path) -> None:
    form = read(path)
    assert set(form) == {"name", "description", "title", "body"}
    first, *fields = form["body"]
    assert first["type"] == "markdown"
    for words in ("private about living people", "anonymous source", "fiction"):
        assert words in " ".join(first["attributes"]["value"].split())
    assert {field["type"] for field in fields} <= {"input", "textarea", "checkboxes"}
    assert (
        len({field["id"] for field in fields}) == len({field["attributes"]["label"] for field in fields}) == len(fields)
    )
    book = next(field for field in fields if field["id"] == "book")
    assert book["attributes"]["label"] == "The smallest book that shows it"
    assert "made up" in book["attributes"]["description"] or "made-up" in book["attributes"]["description"]
    (promise,) = (field for field in fields if field["type"] == "checkboxes")
    assert [option["required"] for option in promise["attributes"]["options"]] == [True]


def test_there_is_a_form_for_each_kind_of_issue() -> None:
    assert [path.stem for path in FORMS] == ["book-that-does-not-compile", "site", "wrong-finding"]
    assert read(ROOT / ".github/ISSUE_TEMPLATE/config.yml") == {"blank_issues_enabled": True}
