# SPDX-License-Identifier: Apache-2.0
"""What is written around a book: where it goes in a repository, what it installs, what a person changed in it."""

from __future__ import annotations

import json
import os
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.init import install, repository
from sourcebook.init.repository import around, is_unchanged, not_known, sealed

WORKFLOW = ".github/workflows/sourcebook.yml"
WHERE = "https://example.org/sourcebook-0.1.0-py3-none-any.whl"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def git(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **more}
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    return subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "repository"
    folder.mkdir()
    assert git(folder, "init", "-q").returncode == 0
    monkeypatch.chdir(folder)
    return folder


def steps(path: Path) -> list[dict[str, Any]]:
    workflow = yaml.safe_load(path.read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


def installs(path: Path) -> str:
    (step,) = (one for one in steps(path) if "install Sourcebook" in one.get("name", ""))
    return str(step["run"])


# --- where it goes ----------------------------------------------------------------------------------------------------


def test_a_book_in_a_subfolder_has_its_workflow_where_the_repository_begins(repo: Path) -> None:
    made = run("init", "books/coast", "--install-from", WHERE)
    assert made.exit_code == 0
    assert "../../.github/workflows/sourcebook.yml" in made.stdout
    assert not (repo / "books/coast/.github").exists()
    text = (repo / WORKFLOW).read_text("utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    assert job["env"] == {"SOURCEBOOK_BOOK": "books/coast"}
    assert installs(repo / WORKFLOW) == f"python -m pip install 'sourcebook @ {WHERE}'\n"
    # As the workflow runs it, from the root: files are named from there, as GitHub wants them.
    (repo / "books/coast/data/lighthouses/gull-rock.yaml").write_text("name: [\n")
    check = next(one["run"] for one in job["steps"] if one.get("run", "").startswith("sourcebook check"))
    told = CliRunner(env=job["env"]).invoke(main, check.split()[1:])
    assert told.exit_code == 1
    assert "file=books/coast/data/lighthouses/gull-rock.yaml" in told.stdout
    (hook,) = yaml.safe_load((repo / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert hook["entry"] == "sourcebook check --book books/coast"
    assert hook["additional_dependencies"] == [f"sourcebook @ {WHERE}"]


def test_a_second_book_has_a_workflow_of_its_own(repo: Path) -> None:
    assert run("init", "books/coast").exit_code == 0
    first = (repo / WORKFLOW).read_bytes()
    assert run("init", "books/other").exit_code == 0
    assert (repo / WORKFLOW).read_bytes() == first
    other = repo / ".github/workflows/sourcebook-books-other.yml"
    assert 'SOURCEBOOK_BOOK: "books/other"' in other.read_text("utf-8")
    before = other.read_bytes()
    assert "nothing is written" in run("init", "books/other", "--workflow").stdout
    assert other.read_bytes() == before
    assert sorted(path.name for path in (repo / ".github/workflows").iterdir()) == [
        "sourcebook-books-other.yml",
        "sourcebook.yml",
    ]


def test_a_workflow_that_somebody_wrote_for_another_book_is_not_taken_for_ours(repo: Path) -> None:
    (repo / WORKFLOW).parent.mkdir(parents=True)
    (repo / WORKFLOW).write_text("name: mine\n")
    assert "sourcebook-coast.yml" in run("init", "coast").stdout
    (repo / WORKFLOW).write_text("name: mine\n# checks books/other\n")
    assert f"../../{WORKFLOW} is there already" in run("init", "books/other").stdout
    assert (repo / WORKFLOW).read_text() == "name: mine\n# checks books/other\n"


def test_without_a_repository_all_lies_in_the_book(tmp_path: Path) -> None:
    made = sourcebook.init(tmp_path / "b")
    assert WORKFLOW in made.written
    assert "SOURCEBOOK_BOOK" not in (tmp_path / "b" / WORKFLOW).read_text("utf-8")
    with pytest.raises(UsageError, match="lies in no git repository"):
        sourcebook.init(tmp_path / "b", hook=True)


def test_a_home_that_is_a_repository_is_not_that_of_a_book(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "books").mkdir()
    assert around(repo / "books").is_git
    monkeypatch.setenv("HOME", str(repo))
    assert not around(repo / "books").is_git
    assert around(repo).is_git


# --- what it installs -------------------------------------------------------------------------------------------------


class Told:
    """A distribution that says this of where it is from."""

    version = "0.1.0"

    def __init__(self, **files: str) -> None:
        self.files = files

    def read_text(self, name: str) -> str | None:
        return self.files.get(name.partition(".")[0])


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (None, "sourcebook==0.1.0"),  # from an index
        (
            {"url": "https://example.org/s.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"sourcebook @ git+https://example.org/s.git@{COMMIT}",
        ),
        (
            {
                "url": "https://me:secret@example.org/s.git",
                "vcs_info": {"vcs": "git", "commit_id": COMMIT},
                "subdirectory": "py",
            },
            f"sourcebook @ git+https://example.org/s.git@{COMMIT}#subdirectory=py",
        ),
        ({"url": WHERE, "archive_info": {}}, f"sourcebook @ {WHERE}"),
        ({"url": "file:///home/me/sourcebook", "dir_info": {"editable": True}}, ""),
        ({"url": "file:///tmp/sourcebook.whl", "archive_info": {}}, ""),
        ({"odd": 1}, ""),
        ([], ""),
    ],
)
def test_where_this_one_is_from(said: Any, wanted: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = {"INSTALLER": "pip"} | ({} if said is None else {"direct_url": json.dumps(said)})
    monkeypatch.setattr(metadata, "distribution", lambda _name: Told(**files))
    assert install.requirement(None, tmp_path) == wanted
    made = sourcebook.init(tmp_path / "b")
    text = installs(made.folder / WORKFLOW)
    assert "VERSION" not in text
    if wanted:
        assert subprocess.run(
            ["sh", "-c", text.replace("python", "echo python")], capture_output=True, text=True
        ).stdout == (f"python -m pip install {wanted}\n")
        assert made.fill_in == ""
    else:
        failed = subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=False)
        assert (failed.returncode, failed.stdout) == (1, f"::error::{not_known()}\n")
        assert WORKFLOW in made.fill_in


def test_where_it_is_said_to_be_from(repo: Path, tmp_path: Path) -> None:
    (repo / "vendor").mkdir()
    (repo / "vendor/sourcebook.whl").write_text("")
    (tmp_path / "outside.whl").write_text("")
    wanted = {
        "vendor/sourcebook.whl": "./vendor/sourcebook.whl",
        "git+https://example.org/s@v1": "sourcebook @ git+https://example.org/s@v1",
        WHERE: f"sourcebook @ {WHERE}",
        "sourcebook==0.2": "sourcebook==0.2",
        "sourcebook[xlsx] @ https://example.org/x.whl": "sourcebook[xlsx] @ https://example.org/x.whl",
    }
    for given, found in wanted.items():
        assert install.requirement(given, repo) == found
    for given in ("../outside.whl", "nowhere.whl", "", "sourcebooks==1"):
        assert run("init", "new", "--install-from", given).exit_code == 2
        assert not (repo / "new").exists() or not any((repo / "new").iterdir())
    assert run("init", "new", "--install-from", "vendor/sourcebook.whl").exit_code == 0
    assert installs(repo / WORKFLOW) == "python -m pip install ./vendor/sourcebook.whl\n"
    hooks = yaml.safe_load((repo / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert hooks[0]["language"] == "system"  # pre-commit would look for the path elsewhere


def test_what_was_said_before_is_kept(repo: Path) -> None:
    assert run("init", ".", "--install-from", WHERE).exit_code == 0
    (repo / WORKFLOW).write_text(sealed(installs_of_old(repo)))
    assert run("init", "--workflow").exit_code == 0
    assert WHERE in installs(repo / WORKFLOW)
    assert run("init", "--workflow", "--install-from", "sourcebook==0.2").exit_code == 0
    assert installs(repo / WORKFLOW) == "python -m pip install sourcebook==0.2\n"


def installs_of_old(repo: Path) -> str:
    """The text of a workflow as an earlier version wrote it."""
    return (repo / WORKFLOW).read_text("utf-8").rpartition("# sourcebook init: ")[0] + "# of an earlier version\n"


# --- written again ----------------------------------------------------------------------------------------------------


def test_each_alone_and_again_and_what_a_person_changed_stays(repo: Path) -> None:
    assert run("init", ".").exit_code == 0
    for path in (WORKFLOW, ".vscode/settings.json", ".pre-commit-config.yaml"):
        (repo / path).unlink()
    assert "written: .github/workflows/sourcebook.yml\n" in run("init", "--workflow").stdout
    assert not (repo / ".vscode/settings.json").exists()
    assert "written: .vscode/settings.json\n" in run("init", "--editors").stdout
    assert "written: .git/hooks/pre-commit\n" in run("init", "--hook").stdout
    for options in (["--workflow"], ["--editors"], ["--hook"], ["--workflow", "--editors", "--hook"]):
        again = run("init", *options)
        assert (again.exit_code, "nothing is written" in again.stdout) == (0, True)
    for path, option in ((WORKFLOW, "--workflow"), (".git/hooks/pre-commit", "--hook")):
        file = repo / path
        file.write_text(file.read_text("utf-8").replace("\n", "\n# mine\n", 1))
        mine = file.read_bytes()
        told = run("init", option)
        assert told.exit_code == 0
        assert f"{path} was changed by somebody" in told.stdout
        assert file.read_bytes() == mine
    schema = repo / ".vscode/datapackage.schema.json"
    schema.write_text("{}\n")
    assert "was other than the book makes it, and is written anew" in run("init", "--editors").stdout


def test_line_ends_are_no_change() -> None:
    text = sealed("a\nb\n")
    assert is_unchanged(text.encode())
    assert is_unchanged(text.replace("\n", "\r\n").encode())
    for other in (text.replace("a", "c"), text + "more\n", "a\n", ""):
        assert not is_unchanged(other.encode())


def test_settings_of_ones_own_stay(repo: Path) -> None:
    assert run("init", ".").exit_code == 0
    path = repo / ".vscode/settings.json"
    found = json.loads(path.read_text())
    (repo / "mine.json").write_text("{}")
    found["yaml.schemas"] |= {"mine.json": "notes/*.yaml", "https://example.org/s.json": "x.yaml"}
    found["yaml.schemas"]["schemas/lighthouse.schema.json"] = "elsewhere/*.yaml"
    found["json.schemas"] = [{"fileMatch": ["/x.json"], "url": "./mine.json"}]
    path.write_text(json.dumps(found))
    told = run("init", "--editors").stdout
    after = json.loads(path.read_text())
    assert after["yaml.schemas"]["mine.json"] == "notes/*.yaml"
    assert after["yaml.schemas"]["https://example.org/s.json"] == "x.yaml"
    assert after["json.schemas"] == found["json.schemas"]
    assert "schemas/lighthouse.schema.json is for" in told  # and not for elsewhere/*.yaml, which is told


def test_the_book_is_that_upward_or_of_the_environment(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("init", "a").exit_code == 0
    monkeypatch.chdir(repo / "a/data")
    assert run("init", "--editors").exit_code == 0
    monkeypatch.chdir(repo)
    assert run("init", "--editors").exit_code == 2
    monkeypatch.setenv("SOURCEBOOK_BOOK", str(repo / "a"))
    assert run("init", "--editors").exit_code == 0
    assert run("init").exit_code == 2
    assert run("init", "a", "--adopt", "--hook").exit_code == 2
    assert run("init", "b", "-q").stdout == ""


def test_nothing_is_written_through_a_link(repo: Path, tmp_path: Path) -> None:
    assert run("init", "books/coast").exit_code == 0
    (repo / WORKFLOW).unlink()
    (repo / WORKFLOW).symlink_to(tmp_path / "elsewhere")
    assert run("init", "books/coast", "--workflow").exit_code == 2
    assert not (tmp_path / "elsewhere").exists()


# --- the hook ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_hook_checks_what_is_staged_and_nothing_else(repo: Path) -> None:
    assert run("init", "books/coast").exit_code == 0
    assert run("init", "books/coast", "--hook").exit_code == 0
    record = repo / "books/coast/data/lighthouses/gull-rock.yaml"
    assert git(repo, "add", "-A").returncode == 0
    assert git(repo, "commit", "-qm", "one").returncode == 0
    good = record.read_text("utf-8")
    record.write_text("name: [\n")
    (repo / "README.md").write_text("About it.\n")
    assert git(repo, "add", "README.md").returncode == 0
    assert git(repo, "commit", "-qm", "the record is not staged").returncode == 0
    assert git(repo, "add", "-A").returncode == 0
    record.write_text(good)  # mended, and not staged
    refused = git(repo, "commit", "-qm", "broken")
    assert refused.returncode == 1
    told = refused.stdout + refused.stderr
    assert "data/lighthouses/gull-rock.yaml:1:7: error yaml-syntax" in told
    assert "nothing is committed" in told
    assert git(repo, "commit", "-qam", "mended", "--allow-empty").returncode == 0
    assert git(repo, "status", "--porcelain").stdout == ""
    assert not list(repo.rglob("datapackage.yaml"))[1:]


@pytest.mark.slow
def test_one_hook_checks_all_books_of_a_repository(repo: Path) -> None:
    for name in ("it's one", "two"):
        assert run("init", name).exit_code == 0
        assert run("init", name, "--hook").exit_code == 0
    assert git(repo, "add", "-A").returncode == 0
    assert git(repo, "commit", "-qm", "both").returncode == 0
    for name in ("it's one", "two"):
        record = repo / name / "data/lighthouses/gull-rock.yaml"
        good = record.read_text("utf-8")
        record.write_text("name: [\n")
        assert git(repo, "commit", "-qam", "broken").returncode == 1
        record.write_text(good)
    assert git(repo, "rm", "-rqf", "two").returncode == 0
    assert git(repo, "commit", "-qm", "one is removed").returncode == 0


def test_a_hook_of_somebody_else_stays(repo: Path) -> None:
    assert run("init", "coast").exit_code == 0
    hook = repo / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 0\n")
    told = run("init", "coast", "--hook")
    assert (told.exit_code, hook.read_text()) == (0, "#!/bin/sh\nexit 0\n")
    assert "add to it: sourcebook check --book coast" in told.stdout


def test_hooks_that_other_repositories_share_are_left_alone(repo: Path, tmp_path: Path) -> None:
    assert run("init", "coast").exit_code == 0
    shared = tmp_path / "hooks"
    shared.mkdir()
    assert git(repo, "config", "core.hooksPath", str(shared)).returncode == 0
    told = run("init", "coast", "--hook")
    assert (told.exit_code, list(shared.iterdir())) == (2, [])
    assert "core.hooksPath" in told.stderr
    assert git(repo, "config", "core.hooksPath", ".hooks").returncode == 0
    assert run("init", "coast", "--hook").exit_code == 0
    assert os.access(repo / ".hooks/pre-commit", os.X_OK)


@pytest.mark.slow
def test_the_hook_says_where_nothing_is_installed(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("init", "coast").exit_code == 0
    monkeypatch.setattr(repository.sys, "executable", "/nowhere/bin/python")  # type: ignore[attr-defined]
    assert run("init", "coast", "--hook").exit_code == 0
    assert git(repo, "add", "-A").returncode == 0
    refused = git(repo, "commit", "-qm", "one", PATH="/usr/bin:/bin")
    assert refused.returncode == 1
    assert "sourcebook is not installed" in refused.stderr
