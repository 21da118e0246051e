# SPDX-License-Identifier: Apache-2.0
"""What is published of the toolkit itself: which version it says it is, what is in it, and under what terms.

Built as `scripts/package` does, in a folder aside; nothing is fetched.
"""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import sourcebook
from sourcebook.report.sarif import _told
from tests.conftest import ROOT
from tests.hostile.supply.notices import NOTICES, notices
from tests.hostile.supply.sbom import vendored

VERSION = "1.2.3"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ADDRESS = "https://forge.example/keepers/sourcebook"
GIT = shutil.which("git") or ""


def built(folder: Path, into: Path, target: str, **said: str) -> Path:
    into.mkdir(exist_ok=True)
    known = {
        name: value for name, value in os.environ.items() if not name.startswith(("SOURCEBOOK_", "SETUPTOOLS_SCM"))
    }
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(into)]
    result = subprocess.run(command, cwd=folder, env=known | said, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    (made,) = into.glob("sourcebook-*.whl" if target == "wheel" else "sourcebook-*.tar.gz")
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that is built of what it has."""
    top = tmp_path_factory.mktemp("package")
    said = {
        "SETUPTOOLS_SCM_PRETEND_VERSION": VERSION,
        "SOURCEBOOK_REPOSITORY": ADDRESS,
        "SOURCEBOOK_REVISION": f"sourcebook-{VERSION}",
    }
    sdist = built(ROOT, top / "sdist", "sdist", **said)
    with tarfile.open(sdist) as archive:
        archive.extractall(top / "unpacked", filter="data")
    return sdist, built(top / "unpacked" / f"sourcebook-{VERSION}", top / "wheel", "wheel")


def listed(*folders: str) -> set[str]:
    """What git knows in some folders, as it lies there."""
    command = [GIT, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return {name for name in said if name and (ROOT / name).is_file()}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


# --- what is in it ----------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.skipif(not GIT, reason="git is not installed")
slow = pytest.mark.slow


@slow
def test_the_wheel_has_the_package_and_no_more(made: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(made[1]) as archive:
        names = set(archive.namelist())
    about = f"sourcebook-{VERSION}.dist-info"
    of_package = {name for name in names if not name.startswith(f"{about}/")}
    assert of_package == {name.removeprefix("src/") for name in listed("src/sourcebook")}
    assert "sourcebook/py.typed" in of_package
    terms = {f"licenses/{name}" for name in ("LICENSE", "THIRD-PARTY.md", *sorted(licences()))}
    assert {name.removeprefix(f"{about}/") for name in names - of_package} == {
        *("METADATA", "WHEEL", "RECORD", "entry_points.txt", "sboms/sbom.cdx.json"),
        *terms,
    }


def licences() -> set[str]:
    return {one["path"] for one in vendored()["ours"] if Path(one["path"]).name.startswith("LICENSE.")}


@slow
def test_the_sdist_has_what_the_wheel_is_built_of_and_no_more(made: tuple[Path, Path]) -> None:
    with tarfile.open(made[0]) as archive:
        assert all(one.isfile() for one in archive.getmembers())
        names = {one.partition("/")[2] for one in archive.getnames()}
    more = {"pyproject.toml", "hatch_build.py", "README.md", "CHANGELOG.md", "LICENSE", "THIRD-PARTY.md", "PKG-INFO"}
    assert names == {*listed("src/sourcebook"), *more, ".gitignore", "requirements/sbom.cdx.json"}


@slow
def test_nothing_of_the_reference_book_or_of_this_machine_is_in_it(made: tuple[Path, Path], tmp_path: Path) -> None:
    with tarfile.open(made[0]) as archive:
        archive.extractall(tmp_path, filter="data")
    keys = {path.stem.encode() for path in (ROOT / "data").rglob("*.yaml") if re.search("[-_].*[-_]", path.stem)}
    assert len(keys) > 20
    places = [str(ROOT).encode(), str(Path.home()).encode() + b"/"]
    for path in (one for one in tmp_path.rglob("*") if one.is_file() and one.name not in ("README.md", "PKG-INFO")):
        data = path.read_bytes()
        assert not [one for one in (*keys, *places) if one in data], path


@slow
def test_the_same_source_gives_the_same_bytes(made: tuple[Path, Path], tmp_path: Path) -> None:
    with tarfile.open(made[0]) as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / f"sourcebook-{VERSION}"
    for path in folder.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert built(folder, tmp_path / "again", "wheel").read_bytes() == made[1].read_bytes()


# --- what it says of itself -------------------------------------------------------------------------------------------


@slow
def test_what_an_index_is_told(made: tuple[Path, Path]) -> None:
    said = metadata(made[1])
    assert said["Metadata-Version"] == "2.4"  # the latest that the action which publishes it knows
    assert (said["Name"], said["Version"], said["Requires-Python"]) == ("sourcebook", VERSION, ">=3.11")
    extras = set(said.get_all("Provides-Extra") or ())
    assert {"parquet", "xlsx", "cluster", "storage"} <= extras == set(PROJECT["project"]["optional-dependencies"])
    addresses = dict(one.split(", ", 1) for one in said.get_all("Project-URL") or ())
    assert set(addresses) == {"Changelog", "Documentation", "Issues", "Source"}
    assert all(one.startswith(ADDRESS) for one in addresses.values())
    assert f"{ADDRESS}/blob/sourcebook-{VERSION}/CHANGELOG.md" == addresses["Changelog"]
    assert said["Description-Content-Type"] == "text/markdown"
    text = str(said.get_payload())
    assert text.startswith("# Sourcebook")
    assert [link for link in re.findall(r"\]\(([^)]+)\)", text) if not re.match(r"https://|#", link)] == []
    paths = re.findall(rf"\]\({re.escape(ADDRESS)}/blob/sourcebook-{VERSION}/([^)#]+)", text)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
    licence = {one["licence"] for one in vendored()["ours"]}
    assert licence <= set(said["License-Expression"].split(" AND "))


def test_classifiers_are_those_that_there_are() -> None:
    known = pytest.importorskip("trove_classifiers").classifiers
    assert [one for one in PROJECT["project"]["classifiers"] if one not in known] == []
    assert not [one for one in PROJECT["project"]["classifiers"] if one.startswith("License ::")], "PEP 639"


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "metadata"]
    told = os.environ | {"SOURCEBOOK_REPOSITORY": "javascript:alert(1)"}
    result = subprocess.run(command, cwd=ROOT, env=told, check=False, capture_output=True, text=True)
    assert result.returncode != 0
    assert "is no address that begins with https" in result.stderr


def test_notices_are_of_what_lies_here() -> None:
    """Where this fails: `scripts/audit --sbom`."""
    assert NOTICES.read_text("utf-8") == notices()
    for one in vendored()["ours"]:
        assert one["name"] in notices()
        assert one["sha256"] in notices() or one["path"] in licences()
    assert "Copyright 2013-2019 Michael Bostock" in notices()


def test_a_work_without_its_terms_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [one for one in vendored()["ours"] if not Path(one["path"]).name.startswith("LICENSE.")]
    monkeypatch.setattr("tests.hostile.supply.notices.vendored", lambda: {"ours": ours})
    with pytest.raises(ValueError, match="lies no file LICENSE"):
        notices()


# --- which version it is ----------------------------------------------------------------------------------------------

UNKNOWN = "0.0.0+unknown"


class Clone:
    """A repository with as much of ours as its version is read from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for name in ("pyproject.toml", "hatch_build.py", "README.md"):
            shutil.copy(ROOT / name, folder)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit()

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "tag.gpgsign=false"]
        command = [GIT, *who, "-C", str(self.folder), *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a state")

    def version(self, **told: str) -> str:
        known = {name: value for name, value in os.environ.items() if not name.startswith("SETUPTOOLS_SCM")}
        command = [sys.executable, "-m", "hatchling", "version"]
        result = subprocess.run(command, cwd=self.folder, env=known | told, check=False, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone")


@slow
def test_a_tag_of_the_toolkit_is_its_version(clone: Clone) -> None:
    for tag in ("v7.0.0", "7.0.0", "sourcebook-nonsense"):
        clone.git("tag", tag)
    assert re.fullmatch(r"0\.0\.1\.dev1\+unknown\.g[0-9a-f]+", clone.version()), "tags of a book's releases are others"
    clone.git("tag", "sourcebook-0.4.0rc1")
    assert clone.version() == "0.4.0rc1"
    clone.git("tag", "--annotate", "--message", "x", "sourcebook-0.4.0")
    assert clone.version() == "0.4.0", "what can be uploaded: nothing of the commit"
    (clone.folder / "README.md").write_text("changed")
    assert clone.version().startswith("0.4.1.dev0+")
    clone.commit()
    clone.git("tag", "v8.0.0")
    assert clone.version().startswith("0.4.1.dev1+g")


@slow
def test_where_git_tells_nothing_there_is_a_version_all_the_same(clone: Clone, tmp_path: Path) -> None:
    clone.git("tag", "sourcebook-0.4.0")
    assert clone.version(PATH=str(tmp_path)) == UNKNOWN, "git is not installed"
    clone.commit()
    there = tmp_path / "shallow"
    clone.git("clone", "--quiet", "--depth=1", clone.folder.as_uri(), str(there))
    clone.folder = there
    assert re.fullmatch(r"0\.0\.1\.dev1\+unknown\.g[0-9a-f]+", clone.version()), "the tag is not in a shallow clone"
    shutil.rmtree(there / ".git")
    assert clone.version() == UNKNOWN, "an archive of the source"
    shutil.copytree(there, tmp_path / "book" / "sourcebook")
    Clone(tmp_path / "other").git("tag", "sourcebook-9.9.9")
    shutil.move(tmp_path / "other" / ".git", tmp_path / "book" / ".git")
    clone.folder = tmp_path / "book" / "sourcebook"
    assert clone.version() == UNKNOWN, "the repository around it is another's"


@slow
def test_what_is_installed_tells_its_version(made: tuple[Path, Path], tmp_path: Path) -> None:
    """In an environment where nothing else is but what it needs."""
    venv.create(tmp_path / "clean", with_pip=False)
    python = tmp_path / "clean" / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-index", "--no-deps", str(made[1])], check=True, capture_output=True)
    (packages,) = (tmp_path / "clean").glob("**/site-packages")
    (packages / "others.pth").write_text(str(Path(pytest.__file__).parent.parent))
    run = [str(python.with_name("sourcebook")), "--version"]
    told = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert told.stdout == f"sourcebook, version {VERSION}\n"
    asked = "import sourcebook, importlib.metadata as m; print(sourcebook.__version__, m.version('sourcebook'))"
    told = subprocess.run([str(python), "-c", asked], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert told.stdout.split() == [VERSION, VERSION]
    subprocess.run([*pip, "uninstall", "--yes", "sourcebook"], check=True, capture_output=True)
    assert [path for path in packages.rglob("*") if "sourcebook" in path.name] == []


def test_the_version_here_is_one() -> None:
    from importlib.metadata import version

    assert sourcebook.__version__ == version("sourcebook")


# --- how it is published ----------------------------------------------------------------------------------------------


def test_only_a_tag_of_the_toolkit_publishes_and_only_one_job_may() -> None:
    from tests.toolkit.test_workflows import read

    workflow = read(ROOT / ".github/workflows/release.yml")
    (said,) = workflow["on"]["push"]["tags"]
    assert workflow["on"] == {"push": {"tags": [said]}}
    assert said == PROJECT["tool"]["hatch"]["version"]["raw-options"]["git_describe_command"][-1]
    assert workflow["permissions"] == {"contents": "read"}
    allowed = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert allowed == {"publish": {"id-token": "write"}}
    publish = workflow["jobs"]["publish"]
    assert set(publish["needs"]) == {"test", "build"}
    assert publish["environment"] == "pypi"
    assert [step for step in publish["steps"] if "run" in step] == [], "what may ask for a token runs nothing of ours"
    assert "secrets" not in (ROOT / ".github/workflows/release.yml").read_text("utf-8")


@pytest.mark.parametrize(("version", "told"), [("1.2.3", True), ("1.2.4.dev3+gabc", False), ("0.0.0+unknown", False)])
def test_a_log_of_sarif_says_a_semantic_version_where_it_is_one(version: str, told: bool) -> None:
    assert _told(version) == {"version": version} | ({"semanticVersion": version} if told else {})
