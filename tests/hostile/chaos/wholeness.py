# SPDX-License-Identifier: Apache-2.0
"""What is in ``build/``, judged without any of the code that wrote it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import stat
import time
from pathlib import Path

_proved: set[str] = set()  # SHA-256 of databases that SQLite found whole


def current(build: Path) -> str:
    """The name of the current release; empty where there is none."""
    link = build / "current"
    return os.path.basename(os.readlink(link)) if link.is_symlink() else ""


def release_wrong(release: Path) -> list[str]:
    """What is wrong with the files of a release: against its checksums, and in its databases."""
    try:
        lines = (release / "SHA256SUMS").read_bytes().decode().splitlines()
    except (OSError, ValueError) as error:
        return [f"no checksums: {error}"]
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    present = {os.path.relpath(f"{folder}/{name}", release) for folder, _, names in os.walk(release) for name in names}
    wrong = [f"not as in the checksums: {name}" for name in sorted(present ^ {*listed, "SHA256SUMS", "report.json"})]
    for name in sorted(present & listed.keys()):
        digest = hashlib.sha256((release / name).read_bytes()).hexdigest()
        if digest != listed[name]:
            wrong.append(f"other bytes than the checksums say: {name}")
        elif name.endswith((".db", ".sqlite")) and digest not in _proved:
            found = _database_wrong(release / name)
            wrong += found
            if not found:
                _proved.add(digest)
    if not wrong and identity(release) != release.name.partition("-")[0]:
        wrong.append("its name is not that of its content")
    return wrong


def identity(release: Path) -> str:
    """The name that a release is to have by its content."""
    return hashlib.sha256((release / "SHA256SUMS").read_bytes()).hexdigest()[:16]


def content(release: Path) -> frozenset[str]:
    """The checksums of what is made of rows alone: a database that was patched has them in other pages."""
    lines = (release / "SHA256SUMS").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line[66:].split("/")[0] in _OF_ROWS)


_OF_ROWS = {"csv", "json", "ndjson", "flat", "xlsx", "parquet", "geojson", "prov", "ftm"}


def _database_wrong(path: Path) -> list[str]:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        links = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as error:
        return [f"{path.name}: {error}"]
    finally:
        connection.close()
    return [f"{path.name}: {said[0]}, {len(links)} broken links"] if said != ["ok"] or links else []


def listing(build: Path) -> dict[str, str]:
    """What lies in ``build/``, by path: kind and permissions, and where a link leads; not what files hold."""
    found = {}
    for folder, folders, names in os.walk(build):
        for name in (*folders, *names):
            path = f"{folder}/{name}"
            status = os.lstat(path)
            kind = os.readlink(path) if stat.S_ISLNK(status.st_mode) else stat.filemode(status.st_mode)
            found[os.path.relpath(path, build)] = kind
    return found


def is_locked(build: Path) -> bool:
    """Whether somebody holds the lock of a build, and goes on to.

    Of a process with several threads that is killed, one may be gone from the list while others still let go of files.
    """
    deadline = time.monotonic() + _LETTING_GO
    while True:
        try:
            with (build / ".lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            if time.monotonic() > deadline:
                return True
            time.sleep(0.01)
        else:
            return False


_LETTING_GO = 2.0  # seconds
