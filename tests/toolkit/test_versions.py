# SPDX-License-Identifier: Apache-2.0
"""Releases that are kept for good: whole or not at all, never evicted, believed as far as they are what they say."""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.files import remove
from sourcebook.publish import release, versions
from sourcebook.publish.versions import Version, kept

DAY = "2026-11-30"
REPORT = '{\n  "ok": true\n}\n'


def published(build: Path, **texts: str) -> Path:
    """A release that is current: two extracts, and whatever else is named."""
    with release.work_folder(build, lambda _: None) as work:
        for name, text in {"csv/boats.csv": "key\nada\n", "datapackage.json": "{}", **texts}.items():
            (work / name).parent.mkdir(exist_ok=True)
            (work / name).write_text(text, "utf-8")
        (work / "report.json").write_text(REPORT, "utf-8")
        return release.publish(build, work)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return tmp_path / "quay" / "build"


def keep(build: Path, folder: Path, version: str = "1.0.0", **said: object) -> Version:
    return versions.keep(build, folder, version, day=DAY, name="quay", **said)  # type: ignore[arg-type]


def index(build: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((build / "versions/releases.json").read_text("utf-8"))
    return found


def test_what_is_kept_has_the_files_of_its_release_and_what_it_says_of_itself(build: Path) -> None:
    folder = published(build)
    one = keep(build, folder, commit="c" * 40, changes={"added": 1}, change_set=b"{}\n")
    assert (one.folder, one.version, one.day, one.id) == (build / "versions/1.0.0", "1.0.0", DAY, folder.name)
    assert versions.wrong_in(one) == []
    versions.check_own(build, one)
    for name in ("csv/boats.csv", "datapackage.json"):
        assert (one.folder / name).samefile(folder / name), "no second copy on disk"
    assert (one.folder / "changes.json").read_bytes() == b"{}\n"
    assert kept(build) == (one,)
    assert release.own(build) == folder, "the release is as it was"
    entry = index(build)["releases"][0]  # type: ignore[index]
    assert (entry["version"], entry["commit"], entry["changes"]) == ("1.0.0", "c" * 40, {"added": 1})
    assert entry["bytes"] == sum(path.stat().st_size for path in one.folder.rglob("*") if path.is_file())


def test_the_same_again_is_kept_once_and_other_content_is_refused(build: Path) -> None:
    one = keep(build, published(build))
    assert keep(build, published(build)) == one
    with pytest.raises(UsageError, match="never changes"):
        keep(build, published(build, **{"csv/boats.csv": "key\neve\n"}))
    assert kept(build) == (one,)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../1.0", "a/b", ".new", "-x", "1..2", "releases.json", "1\n", "x.lock"]
)
def test_a_version_is_named_as_a_folder_and_a_tag_may_be(build: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be kept"):
        keep(build, published(build), name)


def test_no_build_and_no_preview_evicts_a_version(build: Path) -> None:
    one = keep(build, published(build))
    for number in range(10):
        published(build, **{"csv/boats.csv": f"key\nboat-{number}\n"})
    with release.work_folder(build, lambda _: None) as work:
        (work / "quay.db").write_bytes(b"x")
        (work / "report.json").write_text(REPORT, "utf-8")
        release.publish(build, work, aside=True)
    release.prune(build, release.current(build).name, "", forget=True)
    assert len(list((build / "releases").iterdir())) == 2
    assert kept(build) == (one,)
    assert versions.wrong_in(one) == []
    assert (one.folder / "csv/boats.csv").read_text("utf-8") == "key\nada\n"


def test_the_newest_stands_first(build: Path) -> None:
    for number, version in enumerate(("1.0.0", "1.9.0", "1.10.0", "2026.11.0")):
        keep(build, published(build, **{"csv/boats.csv": str(number)}), version)
    assert [one.version for one in kept(build)] == ["2026.11.0", "1.10.0", "1.9.0", "1.0.0"]


def test_a_release_that_is_damaged_is_not_kept(build: Path) -> None:
    folder = published(build)
    (folder / "csv/boats.csv").write_text("key\nforged\n", "utf-8")
    with pytest.raises(EnvironmentFailure, match="not as it was built"):
        keep(build, folder)
    assert kept(build) == ()


def test_of_one_that_was_emptied_there_is_a_notice_and_the_keys_it_had(build: Path) -> None:
    keep(build, published(build, **{"keys.csv": "collection,key\nboats,ada\n"}), change_set=b"{}")
    gone = versions.empty(build, "1.0.0", "A court said so.", day="2026-12-01")
    assert gone.withdrawn == {"day": "2026-12-01", "reason": "A court said so."}
    there = sorted(path.name for path in gone.folder.iterdir())
    assert there == ["SHA256SUMS", "WITHDRAWN.txt", "keys.csv", "report.json", "version.json"]
    assert versions.wrong_in(gone) == []
    versions.check_own(build, gone)
    assert index(build)["releases"][0]["withdrawn"] == gone.withdrawn  # type: ignore[index]
    assert not [path for path in (build / "versions").rglob("*") if path.name == "boats.csv"]


def test_of_one_that_was_replaced_nothing_is_left_that_the_new_one_does_not_have(build: Path, tmp_path: Path) -> None:
    old = keep(build, published(build, **{"csv/words.csv": "said\n"}))
    new = tmp_path / "new"
    shutil.copytree(old.folder, new)
    (new / "csv/words.csv").unlink()
    (new / "SHA256SUMS.sig").write_text("of before", "utf-8")
    one = versions.replace(build, "1.0.0", new, day="2026-12-01", reason="Taken down.")
    assert one.replaced == {"day": "2026-12-01", "reason": "Taken down."}
    assert versions.wrong_in(one) == []
    assert not one.signed
    assert not (one.folder / "csv/words.csv").exists()
    with pytest.raises(UsageError, match=r"no version 2\.0"):
        versions.replace(build, "2.0", new, day=DAY, reason="")


# --- what came with the book ------------------------------------------------------------------------------------------


def a_link(build: Path) -> None:
    (build / "versions").symlink_to(build.parent)


def a_pipe(build: Path) -> None:
    os.mkfifo(build / "versions")


def a_pipe_for_an_index(build: Path) -> None:
    (build / "versions").mkdir()
    os.mkfifo(build / "versions/releases.json")


@pytest.mark.parametrize("put", [a_link, a_pipe, a_pipe_for_an_index])
def test_what_lies_in_the_place_of_versions_is_in_the_way(build: Path, put: Callable[[Path], None]) -> None:
    folder = published(build)
    put(build)
    with pytest.raises(EnvironmentFailure, match="in the way"):
        kept(build)
    with pytest.raises(EnvironmentFailure, match="in the way"):
        keep(build, folder)
    with pytest.raises(EnvironmentFailure, match="in the way"):
        published(build)


def a_version_that_is_a_link(folder: Path) -> None:
    (folder.parent / "2.0.0").symlink_to("1.0.0")


def a_link_in_a_version(folder: Path) -> None:
    (folder / "csv/passwd.csv").symlink_to("/etc/passwd")


def a_pipe_in_a_version(folder: Path) -> None:
    os.mkfifo(folder / "csv/boats.json")


@pytest.mark.parametrize("put", [a_version_that_is_a_link, a_link_in_a_version, a_pipe_in_a_version])
def test_links_and_pipes_among_versions_are_in_the_way(build: Path, put: Callable[[Path], None]) -> None:
    put(keep(build, published(build)).folder)
    with pytest.raises(EnvironmentFailure, match="in the way"):
        kept(build)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("version.json", "[]"),
        ("version.json", '{"version": "1.0.0"}'),
        ("version.json", "{" * 100_000),
        ("SHA256SUMS", "nothing\n"),
        ("SHA256SUMS", "\udcff"),
    ],
)
def test_what_is_no_version_is_told_and_not_used(build: Path, name: str, text: str) -> None:
    one = keep(build, published(build))
    (one.folder / name).unlink()
    (one.folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(EnvironmentFailure, match="no version that was kept"):
        kept(build)


def test_one_version_does_not_pass_for_another(build: Path) -> None:
    one = keep(build, published(build))
    one.folder.rename(one.folder.with_name("9.0.0"))
    with pytest.raises(EnvironmentFailure, match="no version that was kept"):
        kept(build)


def test_a_version_that_somebody_else_wrote_bears_no_seal(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = keep(build, published(build))
    monkeypatch.setenv("XDG_STATE_HOME", str(build.parent.parent / "of another"))
    with pytest.raises(EnvironmentFailure, match="not kept by you"):
        versions.check_own(build, kept(build)[0])
    assert kept(build) == (one,), "it may be looked at all the same"


def test_a_file_that_was_changed_is_told(build: Path) -> None:
    one = keep(build, published(build))
    (one.folder / "csv/boats.csv").unlink()
    (one.folder / "csv/boats.csv").write_text("key\nforged\n", "utf-8")
    (one.folder / "more.txt").write_text("more", "utf-8")
    assert versions.wrong_in(one) == ["csv/boats.csv", "more.txt"]


def test_an_index_is_never_believed(build: Path) -> None:
    one = keep(build, published(build))
    path = build / "versions/releases.json"
    path.write_text('{"releases": [{"version": "6.6.6", "sums": "x", "tag": "v6"}, {"version": 3}]}', "utf-8")
    assert kept(build) == (one,)
    versions.write_index(build)
    assert [entry["version"] for entry in index(build)["releases"]] == ["1.0.0"]  # type: ignore[attr-defined]
    assert index(build)["releases"][0]["tag"] is None  # type: ignore[index]


def test_a_tag_stays_in_the_index_until_its_version_is_another(build: Path) -> None:
    keep(build, published(build))
    versions.write_index(build, tag_of=lambda one: f"v{one.version}")
    keep(build, published(build, **{"csv/boats.csv": "key\n"}), "1.1.0")
    assert [entry["tag"] for entry in index(build)["releases"]] == [None, "v1.0.0"]  # type: ignore[attr-defined]


def test_a_tag_is_one_of_a_commit_whatever_becomes_of_the_files(build: Path) -> None:
    """A version that a sweep made anew has other checksums, and its tag is where it was."""
    release = published(build)
    keep(build, release)
    versions.write_index(build, tag_of=lambda one: f"v{one.version}")
    aside = build.parent / "aside"
    shutil.copytree(release, aside)
    (aside / "csv/boats.csv").write_text("key\n", "utf-8")
    sums = index(build)["releases"][0]["sums"]  # type: ignore[index]
    versions.replace(build, "1.0.0", aside, day="2026-12-03", reason="A text was taken down.")
    entry = index(build)["releases"][0]  # type: ignore[index]
    assert entry["sums"] != sums
    assert (entry["tag"], entry["replaced"]["day"]) == ("v1.0.0", "2026-12-03")
    versions.empty(build, "1.0.0", "Nothing of it stays.", day="2026-12-04")
    assert index(build)["releases"][0]["tag"] == "v1.0.0"  # type: ignore[index]
    shutil.rmtree(build / "versions/1.0.0")
    keep(build, release, commit="b" * 40)
    assert index(build)["releases"][0]["tag"] is None, "of another commit"  # type: ignore[index]


# --- killed at every step ---------------------------------------------------------------------------------------------


STEPS = ("open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod")


def killed_at(step: int, task: Callable[[], object]) -> bool:
    """Whether ``task`` came to its end in a process that is killed before its ``step``-th act on the disk."""
    child = os.fork()
    if child == 0:
        done, own = 0, os.getpid()

        def hook(event: str, _arguments: object) -> None:
            nonlocal done
            if event in STEPS and os.getpid() == own:  # not in processes that it has work done by
                done += 1
                if done > step:
                    os._exit(9)

        sys.addaudithook(hook)
        try:
            task()
        except BaseException:
            traceback.print_exc()
            os._exit(3)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9), "it failed by itself"
    return code == 0


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no processes to kill")
def test_who_keeps_a_version_may_be_killed_at_any_step(build: Path) -> None:
    old = keep(build, published(build))
    folder = published(build, **{"csv/boats.csv": "key\neve\n"})
    step, states = 0, set()
    while not killed_at(step, lambda: keep(build, folder, "1.1.0", change_set=b"{}")):
        there = {one.version: one for one in kept(build)}
        assert there["1.0.0"] == old
        assert versions.wrong_in(old) == []
        states.add(tuple(sorted(there)))
        for one in there.values():
            assert versions.wrong_in(one) == []
            versions.check_own(build, one)
        remove(build / "versions/1.1.0")
        step += 1
    assert step > 20
    assert states == {("1.0.0",), ("1.0.0", "1.1.0")}
    assert [one.version for one in kept(build)] == ["1.1.0", "1.0.0"]
    left = [path.name for path in (build / "versions").iterdir()]
    assert sorted(left) == ["1.0.0", "1.1.0", "releases.json"], "nothing is left of who was killed"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no processes to kill")
def test_who_takes_a_version_away_may_be_killed_at_any_step(build: Path) -> None:
    folder = published(build, **{"keys.csv": "collection,key\n"})
    other = published(build, **{"csv/boats.csv": "key\neve\n"})
    step, done = 0, False
    while not done:
        remove(build / "versions")
        old = keep(build, folder)
        done = killed_at(step, lambda: versions.empty(build, "1.0.0", "It was wrong.", day=DAY))
        keep(build, other, "1.1.0")  # who comes next finishes what was begun, or puts it back
        one = next(one for one in kept(build) if one.version == "1.0.0")
        assert versions.wrong_in(one) == []
        assert one == old or one.withdrawn
        assert not list((build / "versions").glob(".*")), "and no words that were taken away are left"
        step += 2
    assert step > 20
    assert one.withdrawn
