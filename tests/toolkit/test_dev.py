# SPDX-License-Identifier: Apache-2.0
"""``sourcebook dev``: what is saved is on the page, what is wrong is told, and nothing is left behind."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import sourcebook
from sourcebook.dev import preview as preview_module
from sourcebook.dev.editors import EDITORS, address, form_of
from sourcebook.dev.looking import stamps
from sourcebook.dev.told import Told
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.finding import Finding
from tests.served import ROOT, address_of
from tests.toolkit.harbours import DATA, harbours

SERVED = [pytest.mark.slow, pytest.mark.xdist_group("serve")]


class Previewed:
    """A preview that runs: its client, its folder of temporary files, and its process."""

    def __init__(
        self, client: httpx.Client, temporary: Path, process: subprocess.Popen[bytes], said: Callable[[], str]
    ):
        self.client, self.temporary, self.process, self.said = client, temporary, process, said

    def page(self, path: str) -> str:
        return self.client.get(path).text

    def until(self, path: str, test: Callable[[str], bool], seconds: float = 60) -> str:
        """The page at ``path``, once it passes a test."""
        end = time.monotonic() + seconds
        while not test(text := self.page(path)):
            assert time.monotonic() < end, f"{text[:3000]}\n{self.said()}"
            time.sleep(0.02)
        return text


@contextmanager
def previewing(folder: Path, top: Path, *options: str, verb: str = "dev") -> Iterator[Previewed]:
    """``sourcebook dev`` of the book in ``folder``."""
    temporary = top / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "sourcebook.cli", verb, "--book", str(folder), "--port", "0", *options]
    output = top / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env={**os.environ, "TMPDIR": str(temporary)}, cwd=ROOT
        )
    try:
        with httpx.Client(base_url=address_of(output.read_text), timeout=30, trust_env=False) as client:
            yield Previewed(client, temporary, process, output.read_text)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Previewed, Path]]:
    top = tmp_path_factory.mktemp("dev")
    folder = harbours(top / "book")
    released = sourcebook.build(folder).release
    assert released
    before = _listing(folder / "build")
    with previewing(folder, top, "--editor", "vscode") as one:
        yield one, folder
    assert _listing(folder / "build") == before, "a preview wrote to build/"


def _listing(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.lstat().st_mtime_ns) for path in folder.rglob("*"))


class TestServed:
    pytestmark = SERVED

    def test_what_is_saved_is_on_the_page(self, preview: tuple[Previewed, Path]) -> None:
        one, folder = preview
        assert "The Long Quay" in one.page("/files/long-quay")
        file = folder / "data/files/long-quay.yaml"
        file.write_text(DATA["data/files/long-quay.yaml"].replace("The Long Quay", "The Longest Quay"))
        one.until("/files/long-quay", lambda text: "The Longest Quay" in text)
        assert "The Longest Quay" in re.sub("</?mark>", "", one.page("/search?q=longest"))
        assert "The Longest Quay" in re.sub("</?mark>", "", one.page("/files?q=longest"))
        assert "The Longest Quay" in one.page("/harbours/files")  # of Datasette
        one.until("/", lambda text: "checks are running" not in text)

    def test_what_stands_beside_the_rows_of_datasette_is_of_the_same_state(
        self, preview: tuple[Previewed, Path]
    ) -> None:
        one, folder = preview
        one.page("/harbours/claims")
        (folder / "data/claims/fourth.yaml").write_text("says: The quay burns\nwho: long-quay\nin: The Ebb\n")
        (folder / "data/claims/fifth.yaml").write_text("says: It never did\nwho: pier\nin: The Ebb\ndenies: fourth\n")
        one.until("/claims/fourth", lambda text: "It never did" in text)
        page = one.page("/harbours/claims")
        assert page.count("Said by") == sum(path.startswith("data/claims/") for path in DATA) + 2
        assert re.search(r"Denied by.*Old Pier.*It never did", page)
        for key in ("fourth", "fifth"):
            (folder / f"data/claims/{key}.yaml").unlink()
        one.until("/claims", lambda text: "The quay burns" not in text)

    def test_what_is_wrong_is_told_on_every_page_and_the_last_good_state_stays(
        self, preview: tuple[Previewed, Path]
    ) -> None:
        one, folder = preview
        file = folder / "data/listed.yaml"
        file.write_text("- {id: a, name: Never, near: [nowhere]}\n")
        text = one.until("/listed/a", lambda text: "1 edit before" in text)
        assert "Never" not in text
        assert f"vscode://file{folder}/data/listed.yaml:1:" in text
        for path in ("/", "/search?q=quay", "/harbours/files", "/nothing-of-this-name"):
            assert "1 edit before" in one.page(path)
        assert "data/listed.yaml:1" in one.said()
        (folder / "data/pages/sound.md").write_text("---\nname: Sounder\n---\nMore.\n")
        assert "Sounder" not in one.until("/pages", lambda text: "2 edits before" in text)
        file.write_text(DATA["data/listed.yaml"])
        one.until("/pages", lambda text: "Sounder" in text and "before" not in text)

    def test_a_value_leads_to_its_line(self, preview: tuple[Previewed, Path]) -> None:
        one, folder = preview
        page = one.until("/files/pier", lambda text: "Old Pier" in text)
        at = f"vscode://file{folder}/data/files/old/pier.yaml"
        assert re.search(rf'<dt[^>]*>Kind <a class="dev-edit" href="{re.escape(at)}:2:7"', page)
        assert re.search(rf'<dt[^>]*>Stays <a class="dev-edit" href="{re.escape(at)}:5:3"', page)

    def test_other_sites_get_nothing(self, preview: tuple[Previewed, Path]) -> None:
        one, _ = preview
        for path in ("/", "/files.json", "/files/pier.json", "/harbours/files.json", "/-/dev/dev.js"):
            headers = one.client.get(path, headers={"Origin": "https://evil.example"}).headers
            assert "access-control-allow-origin" not in headers
            assert headers.get_list("cross-origin-resource-policy") == ["same-origin"]
            assert headers["cache-control"] == "no-store"
        assert one.client.get("/", headers={"Host": "evil.example"}).status_code == 421
        cross = one.client.get("/-/dev/events", headers={"Sec-Fetch-Site": "cross-site"})
        assert cross.status_code == 403

    def test_the_policy_of_pages_is_that_of_the_site_with_one_word_more(self, preview: tuple[Previewed, Path]) -> None:
        one, _ = preview
        policy = one.client.get("/").headers["content-security-policy"]
        assert policy.endswith("; connect-src 'self'")
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy

    def test_files_to_take_away_are_not_there_and_that_is_said(self, preview: tuple[Previewed, Path]) -> None:
        one, _ = preview
        for path in ("/downloads", "/harbours.db", "/-/downloads/csv/files.csv", "/index.json"):
            answer = one.client.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == 404
            assert "sourcebook build" in answer.text


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_all_that_it_started_and_leaves_nothing(tmp_path: Path, number: int) -> None:
    folder = harbours(tmp_path / "book")
    with previewing(folder, tmp_path) as one:
        with one.client.stream("GET", "/-/dev/events") as events:
            next(events.iter_lines())
            assert [path.name for path in one.temporary.iterdir()]
            one.process.send_signal(number)
            assert one.process.wait(10) is not None
        assert [*one.temporary.iterdir()] == []
        assert not _of(tmp_path)


def _of(top: Path) -> list[tuple[int, str]]:
    """The processes that were started for what lies in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(top) in words and "sourcebook" in words:
            found.append((int(path.parent.name), words))
    return found


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_a_book_that_is_broken_at_first_is_shown_when_it_is_mended(tmp_path: Path) -> None:
    folder = harbours(tmp_path / "book")
    (folder / "data/listed.yaml").write_text("- {id: [\n")
    with previewing(folder, tmp_path) as one:
        answer = one.client.get("/")
        assert answer.status_code == 503
        assert "data/listed.yaml" in answer.text
        (folder / "data/listed.yaml").write_text(DATA["data/listed.yaml"])
        one.until("/listed/a", lambda text: "One" in text)


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_what_keeps_the_book_may_be_ended_and_is_started_again(tmp_path: Path) -> None:
    folder = harbours(tmp_path / "book")
    with previewing(folder, tmp_path) as one:
        before = one.page("/mapped/x")
        (keeper,) = [pid for pid, words in _of(tmp_path) if "sourcebook.dev.keeper" in words]
        os.kill(keeper, signal.SIGKILL)
        assert "Ex" in one.page("/mapped/x")
        (folder / "data/mapped.yaml").write_text("x: {name: Again}\n")
        after = one.until("/mapped/x", lambda text: "Again" in text)
        versions = [re.findall(r'data-version="(\d+)"', text) for text in (before, after)]
        assert versions[0] != versions[1]
        # One that ends before it has read what it was told, as where both come in one moment.
        one.until("/", lambda text: "checks are running" not in text)
        (keeper,) = [pid for pid, words in _of(tmp_path) if "sourcebook.dev.keeper" in words]
        os.kill(keeper, signal.SIGSTOP)
        (folder / "data/mapped.yaml").write_text("x: {name: Unread}\n")
        one.until("/", lambda text: "checks are running" in text)  # the edit is noticed, and told
        os.kill(keeper, signal.SIGKILL)
        one.until("/mapped/x", lambda text: "Unread" in text)
        one.until("/", lambda text: "checks are running" not in text)
        assert one.said().count("is started again") == 2
        # What those left that have ended is removed, once nobody reads it.
        one.until("/", lambda _: len([*tmp_path.glob("temporary/*/kept-*")]) == 1)
    assert not _of(tmp_path)


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_what_editors_leave_for_a_moment_changes_nothing(tmp_path: Path) -> None:
    folder = harbours(tmp_path / "book")
    with previewing(folder, tmp_path) as one:
        file, aside = folder / "data/files/long-quay.yaml", folder / "data/files/.long-quay.yaml.swp"
        for name in ("By Renaming", "Once More"):
            aside.write_text("no: [yaml")
            lock = file.with_name(".#long-quay.yaml")  # as Emacs makes it
            lock.symlink_to("somebody@somewhere.4711:1790000000")
            new = file.with_name("long-quay.yaml~")
            new.write_text(DATA["data/files/long-quay.yaml"].replace("The Long Quay", name))
            new.replace(file)
            aside.unlink()
            one.until("/files/long-quay", lambda text, name=name: name in text)  # type: ignore[misc]
            lock.unlink()
        one.until("/", lambda text: "checks are running" not in text and 'class="well"' in text)


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_the_files_are_shown_by_serve_too(tmp_path: Path) -> None:
    folder = harbours(tmp_path / "book")
    with previewing(folder, tmp_path, "--watch", verb="serve") as one:
        assert "The Long Quay" in one.page("/files/long-quay")
        (folder / "schemas/claim.json").write_text(
            (folder / "schemas/claim.json").read_text().replace('"about"', '"abt"')
        )
        one.until("/", lambda text: 'class="wrong"' in text)


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_edits_that_nobody_tells_of_are_found_by_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = harbours(tmp_path / "book")
    # What watches tells nothing in this process: it looks every hour, as it does where a file system cannot tell.
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    monkeypatch.setenv("WATCHFILES_POLL_DELAY_MS", "3600000")
    with previewing(folder, tmp_path) as one:
        (folder / "data/mapped.yaml").write_text("x: {name: Unheard}\ny: {name: Y}\n")
        text = one.until("/mapped/x", lambda text: "Unheard" in text)
        assert "does not tell of changes" in text
        assert "does not tell of changes" in one.said()


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_what_looks_at_all_files_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = harbours(tmp_path / "book")
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    monkeypatch.setenv("WATCHFILES_POLL_DELAY_MS", "3600000")
    with previewing(folder, tmp_path) as one:
        (folder / "data/mapped.yaml").write_text("x: {name: Unheard}\n")
        one.until("/mapped/x", lambda text: "Unheard" in text)
        (looking,) = [pid for pid, words in _of(tmp_path) if "sourcebook.dev.looking" in words]
        os.kill(looking, signal.SIGKILL)
        (folder / "data/mapped.yaml").write_text("x: {name: Meanwhile}\n")
        one.until("/mapped/x", lambda text: "Meanwhile" in text)
        (folder / "data/mapped.yaml").write_text("x: {name: And Then}\n")
        one.until("/mapped/x", lambda text: "And Then" in text)


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_files_of_a_folder_that_another_was_put_in_the_place_of_are_followed(tmp_path: Path) -> None:
    folder = harbours(tmp_path / "book")
    file = folder / "data/files/long-quay.yaml"
    with previewing(folder, tmp_path) as one:
        for number, name in enumerate(("Before", "After", "And Once More")):
            file.write_text(DATA["data/files/long-quay.yaml"].replace("The Long Quay", name))
            one.until("/files/long-quay", lambda text, name=name: name in text)  # type: ignore[misc]
            if number == 0:  # as when a copy is put back, or git changes branches
                shutil.copytree(folder / "data", tmp_path / "copy")
                shutil.rmtree(folder / "data")
                shutil.copytree(tmp_path / "copy", folder / "data")
                one.until("/files/long-quay", lambda text: "Before" in text)
            if number == 1:
                folder.rename(tmp_path / "away")
                time.sleep(0.5)
                (tmp_path / "away").rename(folder)
        assert "does not watch" not in one.said()


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("what", ["no process", "no handle", "no check"])
def test_what_a_machine_refuses_for_a_moment_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    folder, top, told = harbours(tmp_path / "book"), tmp_path / "top", list[str]()
    top.mkdir()
    refused: list[str] = []

    def once(function: Callable[..., Any], name: str = "") -> Callable[..., Any]:
        async def called(*given: Any, **named: Any) -> Any:
            if not refused and (not name or given[0] == name):
                refused.append(what)
                raise OSError(errno.EMFILE, "Too many open files")
            return await function(*given, **named)

        return called

    if what == "no process":
        monkeypatch.setattr(preview_module.Wire, "begun", staticmethod(once(preview_module.Wire.begun)))
    elif what == "no handle":
        monkeypatch.setattr(preview_module.Preview, "_take_up", once(preview_module.Preview._take_up))
    else:
        monkeypatch.setattr(preview_module, "started", once(preview_module.started, "checking"))

    async def run() -> None:
        one = preview_module.Preview(folder, top, "", told.append)
        await one.start()
        async with asyncio.timeout(60):
            while not (one.told.checked and one.open.is_set()):
                await asyncio.sleep(0.02)
        assert one.version is not None
        await one.stop()

    asyncio.run(run())
    assert refused
    assert any("again" in line for line in told)


@pytest.mark.slow
def test_a_preview_of_what_nobody_can_keep_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_module, "_MOST_ENDS", 2)
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    told: list[str] = []

    async def run() -> None:
        one = preview_module.Preview(harbours(tmp_path / "book"), tmp_path, "", told.append)
        with pytest.raises(EnvironmentFailure, match="has ended each time"):
            await one.start()
        await one.stop()

    asyncio.run(run())
    assert any("edits are not shown any more" in line for line in told)
    assert not [*tmp_path.glob("kept-*")]


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_a_folder_that_comes_or_goes_with_its_files_is_told_of(tmp_path: Path) -> None:
    folder = harbours(tmp_path / "book")
    with previewing(folder, tmp_path) as one:
        one.until("/", lambda text: "checks are running" not in text)
        for made in ("added", "data/added"):  # such as `git checkout` and `sourcebook rename` make
            (folder / made / "deep").mkdir(parents=True)
            (folder / made / "deep/note.txt").write_text("a file")
            time.sleep(5)  # until it was looked
            shutil.rmtree(folder / made)
        time.sleep(5)
        assert "does not tell of changes" not in one.said()


def test_it_is_of_this_machine_alone(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nobody else"):
        sourcebook.dev(harbours(tmp_path / "book"), host="0.0.0.0")  # noqa: S104
    with pytest.raises(UsageError, match=r"no datapackage\.yaml"):
        sourcebook.dev(tmp_path)


def test_editors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a b#c.yaml"
    monkeypatch.delenv("VISUAL", raising=False)
    assert form_of(None) == EDITORS["vscode"]
    assert address(form_of(None), path, 3, 0) == f"vscode://file{tmp_path}/a%20b%23c.yaml:3:1"
    monkeypatch.setenv("VISUAL", "/usr/bin/subl --wait")
    assert form_of(None) == EDITORS["sublime"]
    monkeypatch.setenv("VISUAL", "nvim")
    assert address(form_of(None), path, 3, 1) == ""
    assert address(form_of("my://{path}?{line}"), path, 3, 1).endswith("a%20b%23c.yaml?3")
    for wrong in ("javascript:{path}{line}", "notepad", "https://x/{path}/{line}", "x:{path}"):
        with pytest.raises(UsageError):
            form_of(wrong)


def test_what_is_told_is_text(tmp_path: Path) -> None:
    wrong = Finding('a"<b>.yaml', 2, 3, "schema", "<script>alert(1)</script>\x1b[31m", hint="&")
    told = Told(tmp_path, EDITORS["vscode"], version=2, behind=1, findings=[wrong])
    assert "<script" not in told.html()
    assert "\x1b" not in told.html()
    assert "1 error; this is the state 1 edit before" in told.line()
    assert "checks are running" in told.line()
    told = Told(tmp_path, "", version=1, checked=True)
    assert told.line() == "Preview · shows your files as they are"


def test_looking_sees_what_changes(tmp_path: Path) -> None:
    folder = harbours(tmp_path / "book")
    (folder / "build").mkdir()
    (folder / "build/x").write_text("x")
    before = dict(stamps(folder))
    assert "build/x" not in before
    (folder / "data/listed.yaml").write_text("- {id: a, name: B}\n")
    (folder / "data/new.yaml").write_text("")
    now = dict(stamps(folder))
    assert {path for path in {*before, *now} if before.get(path) != now.get(path)} == {
        "data/listed.yaml",
        "data/new.yaml",
    }
