# SPDX-License-Identifier: Apache-2.0
"""The door to git: asked in processes of its own, so that no folder it is asked about has it run or fetch anything.

Longer than most modules, since it is the only one that knows how git is asked, and what it answers.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import IO, NamedTuple, Self, cast

from sourcebook.errors import EnvironmentFailure, UsageError

# What lies in a book may look like a repository of its own, or be one, whose settings name programs that git runs.
_HARMLESS = tuple(
    part
    for setting in ("safe.bareRepository=explicit", "core.fsmonitor=false", "log.showSignature=false")
    for part in ("-c", setting)
)
# Nor is anything fetched that is missing: by which program, such a repository says.
_ALONE = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
_OF_REPOSITORY = ("local", "worktree")  # settings that come with a folder; the others are of who builds
_FILTERS = re.compile(r"(filter\..*)\.(clean|smudge|process)\n(.*)", re.DOTALL)
_KNOWN = ("git-lfs clean -- %f", "git-lfs smudge -- %f", "git-lfs filter-process")  # by `git lfs install`
_NONE = {"clean": "", "process": "", "required": "false"}


Process = subprocess.Popen[bytes]


def begun(
    folder: Path, environment: Mapping[str, str], *arguments: str, asked: bool = False, to: IO[bytes] | None = None
) -> Process | None:
    """Git at work in ``folder``, to be told something on its input if it is ``asked``; None where there is none.

    What it says is to be read from its output, or goes ``to`` a file.
    """
    try:
        return subprocess.Popen(
            ["git", *_HARMLESS, "-C", str(folder), "--no-optional-locks", *arguments],  # noqa: S607  (whoever's git)
            stdin=subprocess.PIPE if asked else subprocess.DEVNULL,
            stdout=to or subprocess.PIPE,
            stderr=subprocess.DEVNULL if asked else subprocess.PIPE,
            env={**os.environ, **_ALONE, **environment},
        )
    except OSError:
        return None


def without_filters(settings: str) -> dict[str, str]:
    """An environment in which git runs none of the programs that a repository's settings have its files go through.

    ``settings`` are what `SETTINGS` make git say.
    """
    parts = settings.split("\0")
    pairs = zip(parts[::2], parts[1::2], strict=False)
    found = [_FILTERS.fullmatch(setting) for scope, setting in pairs if scope in _OF_REPOSITORY]
    named = sorted({one[1] for one in found if one and one[3] not in _KNOWN})
    number = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    environment: dict[str, str] = {}
    for name in named:  # not by -c, which ends a name at its first "="
        for part, value in _NONE.items():
            environment |= {f"GIT_CONFIG_KEY_{number}": f"{name}.{part}", f"GIT_CONFIG_VALUE_{number}": value}
            number += 1
    return {**environment, "GIT_CONFIG_COUNT": str(number)}


SETTINGS = ("config", "--list", "--show-scope", "--includes", "-z")
"""Arguments by which git says its settings, each after whose it is."""


class Blob(NamedTuple):
    """What git keeps at a path: its mode, as git writes it, and its name."""

    mode: str
    oid: str


LINK, MODULE = "120000", "160000"
_MODE = len(LINK)


class Head(NamedTuple):
    """A commit: its name, that of its tree, and its day."""

    commit: str
    tree: str
    day: str


class Repository:
    """The repository that a folder lies in. ``prefix`` is the way from its top to the folder, with a slash at its end.

    Git is asked in an ``environment`` of its own. Raises UsageError where the folder lies in none, EnvironmentFailure
    where there is no git.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._environment = environment or {}
        said = self._asked("rev-parse", "--show-prefix")
        if isinstance(said, str):
            raise UsageError(f"{folder} is in no repository of git that can be read: {said}")
        self.prefix = os.fsdecode(said.removesuffix(b"\n"))
        self._keeps, self._reader = False, cast("Process | None", None)
        self.unseen: list[str] = []  # files that git was told not to look at, once it was asked what is `indexed`

    @cached_property
    def shallow(self) -> bool:
        """Whether the clone lacks commits that its oldest ones come from."""
        return self.said("rev-parse", "--is-shallow-repository").strip() == b"true"

    def commit(self, revision: str) -> str:
        """The commit that a revision names; the empty text where it names none."""
        said = self._asked("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return "" if isinstance(said, str) else _last_line(said)

    def tree(self, commit: str, prefix: str) -> str:
        """The tree of a folder in a commit; the empty text where there is none."""
        name = f"{commit}:{prefix.removesuffix('/')}"
        said = self._asked("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        return "" if isinstance(said, str) else _last_line(said)

    def last_tag(self) -> str:
        """The nearest tag that HEAD comes from, or is at; the empty text where there is none."""
        said = self._asked("describe", "--tags", "--abbrev=0", "HEAD")
        return "" if isinstance(said, str) else os.fsdecode(said.removesuffix(b"\n"))

    def day(self, commit: str) -> str:
        """The day of a commit."""
        return self.said("log", "-1", "--format=%cs", commit).decode().strip()

    def common(self, one: str, other: str) -> str:
        """The last commit that both come from; the empty text where none is known."""
        said = self._asked("merge-base", one, other)
        return "" if isinstance(said, str) else said.decode().strip()

    def listing(self, tree: str, *paths: str) -> dict[str, Blob]:
        """Every file of a tree, or of some of its folders and files, by its path there."""
        said = os.fsdecode(self.said("ls-tree", "-r", "-z", "--full-tree", tree, *paths))
        entries = (entry.split("\t", 1) for entry in said.split("\0")[:-1])
        return {path: Blob(about[:_MODE], about.rpartition(" ")[2]) for about, path in entries}

    def differing(self, old: str, new: str) -> dict[str, tuple[Blob | None, Blob | None]]:
        """The files that two trees do not have alike, by path: as either has it."""
        parts = self.said("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-commit-id", old, new).split(b"\0")
        found = {}
        for about, path in zip(parts[::2], parts[1::2], strict=False):
            mode_a, mode_b, oid_a, oid_b, _ = about.decode().removeprefix(":").split(" ")
            found[os.fsdecode(path)] = (_blob(mode_a, oid_a), _blob(mode_b, oid_b))
        return found

    def indexed(self) -> dict[str, Blob]:
        """The files of the folder as the index has them, by path; of those that may be otherwise, without a name."""
        found = {}
        for entry in self.said("ls-files", "--stage", "-z").split(b"\0")[:-1]:
            about, _, path = entry.partition(b"\t")
            mode, oid, stage = about.decode().split(" ")
            found[os.fsdecode(path)] = Blob(mode, oid if stage == "0" else "")
        filters = self._filters
        changed = self.said("diff-files", "-z", "--name-only", "--relative", "--ignore-submodules=all", **filters)
        # What git is told not to look at may be as the index has it, or may not.
        hidden = [e[2:] for e in self.said("ls-files", "-v", "-z").split(b"\0")[:-1] if not e.startswith(b"H ")]
        self.unseen = [os.fsdecode(path) for path in hidden]
        for name in (*map(os.fsdecode, changed.split(b"\0")[:-1]), *self.unseen):
            if name in found and found[name].mode != MODULE:
                found[name] = found[name]._replace(oid="")
        return found

    def touched(self, commit: str) -> set[str]:
        """The files of the folder that may not be as a commit has them, but for those that git does not know."""
        some = ("--raw", "-r", "-z", "--no-renames", "--no-abbrev", "--relative", "--ignore-submodules=all", commit)
        parts = self.said("diff-index", *some, **self._filters).split(b"\0")
        hidden = (one[2:] for one in self.said("ls-files", "-v", "-z").split(b"\0")[:-1] if not one.startswith(b"H "))
        return {os.fsdecode(path) for path in (*parts[1::2], *hidden)}

    def unknown(self, folders: Iterable[str], but: str) -> list[str]:
        """The files below ``folders`` that the index does not have, whatever is ignored; all ``but`` a folder's."""
        named = list(folders)
        places = [f":(literal){one}" for one in named] if all(named) else [".", f":(exclude,literal){but}"]
        said = self.said("ls-files", "--others", "-z", "--", *places, **self._filters)
        return [os.fsdecode(path) for path in said.split(b"\0")[:-1]]

    def changed(self, but: str) -> list[str]:
        """The files of the folder that are not as the last commit has them, new ones too; all ``but`` a folder's."""
        asked = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=dirty")
        said = self.said(*asked, "--", ".", f":(exclude){but}", **self._filters)
        return [os.fsdecode(entry[3:]) for entry in said.split(b"\0")[:-1]]

    def __enter__(self) -> Self:
        """Have one process give all contents that are asked for until the end."""
        self._keeps = True
        return self

    def __exit__(self, *_error: object) -> None:
        self._keeps = False
        if self._reader:
            _end(self._reader)
            self._reader = None

    def head(self, revision: str) -> Head | None:
        """The commit that a revision names, its tree and its day; None where it names none."""
        found = self._named(f"{revision}^{{commit}}")
        if found is None:
            return None
        oid, said = found
        fields = dict(line.partition(b" ")[::2] for line in said.partition(b"\n\n")[0].split(b"\n")[::-1])
        seconds, zone = fields[b"committer"].rpartition(b"> ")[2].split()
        away = timedelta(hours=int(zone[:-2]), minutes=int(zone[:1] + zone[-2:]))
        try:
            day = datetime.fromtimestamp(int(seconds), timezone(away)).date().isoformat()
        except (ValueError, OverflowError, OSError):  # a time that there is not
            day = self.day(oid)
        return Head(oid, fields[b"tree"].decode(), day)

    def there(self, commit: str, path: str) -> str:
        """The name of what a commit has at a path, a file or a folder; the empty text where there is nothing."""
        found = self._named(f"{commit}:{path}")
        return found[0] if found else ""

    def _named(self, name: str) -> tuple[str, bytes] | None:
        """The object that has a name, and what is in it, in part if it is large."""
        if "\n" in name or "\0" in name:
            return None
        for _, head, content in self._answers([name], _MOST_OF_COMMIT):
            if len(head) == len(_HEAD) and head[1] in _KINDS and head[2].isdigit():
                return head[0].decode(), content or b""
        return None

    def contents(self, oids: Iterable[str], limit: int) -> Iterator[tuple[str, bytes | None]]:
        """The bytes of blobs, ``limit`` + 1 at most of each; None of one that is not here. One process reads all."""
        wanted = list(dict.fromkeys(oids))
        for _ in range(_MOST_ENDS):
            done = 0
            for oid, head, content in self._answers(wanted, limit):
                done += 1
                yield oid, content if head[1:2] == [b"blob"] else None
            if done == len(wanted):
                return
            # The clone is a partial one, and git ends where it may not fetch what is missing: of the next one.
            yield wanted[done], None
            wanted = wanted[done + 1 :]
        yield from ((oid, None) for oid in wanted)

    def _answers(self, wanted: list[str], limit: int) -> Iterator[tuple[str, list[bytes], bytes | None]]:
        """What is at each name, until git ends, which it does at one that it would have to fetch."""
        process, self._reader = self._reader, None  # who asks meanwhile asks another one
        if process is None:
            process = begun(self.folder, self._environment, "cat-file", "--batch", asked=True)
        if process is None or process.stdin is None or process.stdout is None:
            raise EnvironmentFailure(NO_GIT)
        done = 0
        try:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                process.stdin.write(b"".join(os.fsencode(f"{name}\n") for name in some))
                process.stdin.flush()
                for name in some:
                    head = process.stdout.readline().split()
                    if not head:
                        return
                    content = _content(process.stdout, head, limit)
                    done += 1
                    yield name, head, content
        except BrokenPipeError:
            return
        finally:
            if self._keeps and done == len(wanted) and self._reader is None:
                self._reader = process
            else:
                _end(process)

    def said(self, *arguments: str, **environment: str) -> bytes:
        """What git says. Raises EnvironmentFailure where it refuses."""
        said = self._asked(*arguments, **environment)
        if isinstance(said, str):
            raise EnvironmentFailure(f"git {arguments[0]} failed in {self.folder}: {said}")
        return said

    @cached_property
    def _filters(self) -> dict[str, str]:
        said = self._asked(*SETTINGS)
        return without_filters("" if isinstance(said, str) else os.fsdecode(said))

    def _asked(self, *arguments: str, **environment: str) -> bytes | str:
        """What git says; as a text, why it does not."""
        process = begun(self.folder, {**self._environment, **environment}, *arguments)
        if process is None:
            raise EnvironmentFailure(NO_GIT)
        said, complaint = process.communicate()
        if process.returncode == 0:
            return said
        return complaint.decode("utf-8", "replace").strip().split("\n")[0].removeprefix("fatal: ")


NO_GIT = "git is needed, and is not installed"
"""What is raised where there is no git."""
_MOST_ENDS = 200  # processes that end before they have answered
_AT_ONCE = 500  # names that are written before answers are read: fewer than a pipe holds


def _last_line(said: bytes) -> str:
    """The name of an object: older versions of git say ``--end-of-options`` before it."""
    return said.decode().rstrip("\n").rpartition("\n")[2]


def _blob(mode: str, oid: str) -> Blob | None:
    return Blob(mode, oid) if mode != "000000" else None


def _end(process: Process) -> None:
    process.kill()
    with suppress(BrokenPipeError):
        process.communicate()


_HEAD = ("name", "kind", "size")
_KINDS = (b"commit", b"tree", b"blob")
_MOST_OF_COMMIT = 1024 * 1024


def _content(output: IO[bytes], head: list[bytes], limit: int) -> bytes | None:
    """The content after the ``head`` of an answer; None where there is none."""
    if len(head) != len(_HEAD) or not head[2].isdigit():  # "missing"
        return None
    size = int(head[2])
    data = output.read(min(size, limit + 1))
    left = size - len(data) + 1  # a line break after each
    while left > 0:
        left -= len(output.read(min(left, 1024 * 1024)) or b"\0" * left)
    return data
