# SPDX-License-Identifier: Apache-2.0
"""``scripts/audit``: known weaknesses of what is locked (pip-audit), and of our own code (bandit), each counted.

A package that could not be asked about is *unverifiable*, and never passed: pip-audit itself says "No known
vulnerabilities found" where it reached nobody. Exit code 0: everything was audited, and nothing found. 1: something was
found, or a lock file is not one. 2: nothing was found, and some packages are unverifiable.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile.supply import notices, sbom
from tests.hostile.supply.locks import LOCKS, ROOT, locked

_SKIPPED = {
    "B101": "assertions state what the types cannot",
    "B608": "names in SQL are quoted by sourcebook.sqlite.quote",
}
"""Tests of bandit that are not run, as ruff does not (pyproject.toml)."""
ACCEPTED = {
    ("src/sourcebook/apart/child.py", "B302"): "results of a child that was forked, with the same rights",
    ("src/sourcebook/apart/child.py", "B301"): "the exception of a child that was forked, with the same rights",
    ("src/sourcebook/apart/child.py", "B403"): "the exception of a child that was forked, with the same rights",
    ("src/sourcebook/site/lanes/forks.py", "B404"): "Python itself, with fixed arguments",
    ("src/sourcebook/site/lanes/forks.py", "B603"): "Python itself, with fixed arguments",
    ("src/sourcebook/channel/beside.py", "B311"): "when it looks again, not a secret",
    ("src/sourcebook/compile/batch.py", "B302"): "bytes of this build's own processes and store",
    ("src/sourcebook/compile/store.py", "B302"): "bytes of this build's own store",
    ("src/sourcebook/compile/work.py", "B302"): "bytes of this build's own processes",
    ("src/sourcebook/compile/on_worker.py", "B301"): "from who runs code on this worker anyway",
    ("src/sourcebook/compile/on_worker.py", "B403"): "from who runs code on this worker anyway",
    (
        "src/sourcebook/machine/cluster.py",
        "B301",
    ): "of workers that run our code, and may run any here as they are told",
    (
        "src/sourcebook/machine/cluster.py",
        "B403",
    ): "of workers that run our code, and may run any here as they are told",
    ("src/sourcebook/machine/cluster.py", "B404"): "Python itself, with fixed arguments",
    ("src/sourcebook/machine/cluster.py", "B603"): "Python itself, with fixed arguments",
    ("src/sourcebook/machine/frames.py", "B301"): "of the process that started this one, or that it started",
    ("src/sourcebook/machine/frames.py", "B403"): "of the process that started this one, or that it started",
    ("src/sourcebook/machine/go_between.py", "B301"): "what this process packed a moment ago",
    ("src/sourcebook/machine/go_between.py", "B403"): "what this process packed a moment ago",
    ("src/sourcebook/partitions/writing.py", "B302"): "bytes of this build's own store and processes",
    ("src/sourcebook/verify/partition_rows.py", "B302"): "bytes that this process made a moment ago",
    ("src/sourcebook/publish/cache.py", "B302"): "bytes of this build's own store",
    ("src/sourcebook/history/past.py", "B302"): "bytes of this build's own store",
    ("src/sourcebook/mutate/__init__.py", "B311"): "mistakes for tests, not secrets",
    ("src/sourcebook/git.py", "B404"): "git, with arguments of ours, and nothing of it that a repository names",
    ("src/sourcebook/git.py", "B603"): "git, with arguments of ours, and nothing of it that a repository names",
    ("src/sourcebook/git.py", "B607"): "git, as PATH has it",
    ("src/sourcebook/publish/commit.py", "B404"): "what git answers, in time",
    ("src/sourcebook/publish/signing.py", "B404"): "ssh-keygen, with arguments of ours",
    ("src/sourcebook/publish/signing.py", "B603"): "ssh-keygen, with arguments of ours",
    ("src/sourcebook/publish/signing.py", "B607"): "ssh-keygen, as PATH has it",
    ("src/sourcebook/report/junit.py", "B406"): "XML is written, and none is read",
    ("src/sourcebook/site/datasette/pages.py", "B704"): "made by a template that escapes",
    ("src/sourcebook/site/datasette/refusals.py", "B704"): "its tags are taken away",
    ("src/sourcebook/site/head.py", "B704"): "JSON, in which all that HTML knows is escaped",
    ("src/sourcebook/site/values_shown.py", "B704"): "each text in it is escaped",
    ("src/sourcebook/tables/rowcode.py", "B102"): "code of a plan, whose names are quoted by repr",
}
"""What bandit finds and was looked at: the file and the test, and why it stays."""


@dataclass
class Audit:
    """What was asked about, and what came of it."""

    audited: int = 0
    vulnerable: tuple[str, ...] = ()
    unverifiable: tuple[str, ...] = ()


def main(arguments: Sequence[str]) -> int:
    """Audit, or with ``--sbom`` write what is installed, and what of others lies here."""
    parser = argparse.ArgumentParser(prog="scripts/audit", description=__doc__)
    parser.add_argument(
        "--sbom", action="store_true", help="write requirements/sbom.cdx.json and THIRD-PARTY.md, and nothing else"
    )
    parser.add_argument("--offline", action="store_true", help="ask nobody: all packages are unverifiable")
    parser.add_argument("--seconds", type=int, default=300, help="that asking about one lock file may take")
    asked = parser.parse_args(arguments)
    if asked.sbom:
        for written in (sbom.write(), notices.write()):
            print(written.relative_to(ROOT))
        return 0
    began = time.monotonic()
    found = Audit()
    for lock in LOCKS:
        one = audit(lock, asked.seconds, offline=asked.offline)
        print(f"{lock.name}: {told(one)}", flush=True)
        found.audited += one.audited
        found.vulnerable += one.vulnerable
        found.unverifiable += one.unverifiable
    lines, odd, stale = code()
    print(*found.vulnerable, *odd, *stale, sep="\n", end="\n" if found.vulnerable or odd or stale else "")
    print(
        f"{len(LOCKS)} lock files: {told(found)}; {lines} lines of code: {len(odd)} findings, "
        f"{len(ACCEPTED)} accepted; {time.monotonic() - began:.0f} s"
    )
    if found.vulnerable or odd or stale:
        return 1
    return 2 if found.unverifiable else 0


def told(one: Audit) -> str:
    """In words; nothing is said to have passed that nobody was asked about."""
    said = [f"audited: {one.audited} packages, {len(one.vulnerable)} known vulnerabilities"] if one.audited else []
    if one.unverifiable:
        said.append(f"unverifiable: {len(one.unverifiable)} packages")
    return "; ".join(said) or "nothing to audit"


def audit(lock: Path, seconds: int, *, offline: bool = False) -> Audit:
    """Ask about each package of a lock file. Raises ValueError where it is none."""
    names = [f"{one.name} {one.version}" for one in locked(lock)]
    if offline:
        return Audit(unverifiable=tuple(names))
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=seconds, cwd=ROOT)
        return judged(json.loads(ran.stdout), names)
    except (ValueError, TypeError, KeyError, subprocess.TimeoutExpired):  # no answer is no audit
        return Audit(unverifiable=tuple(names))


def judged(answer: Any, names: Sequence[str]) -> Audit:
    """What pip-audit's JSON says of the packages ``names``; one that it does not mention was not audited."""
    asked = {one["name"].lower(): one for one in answer["dependencies"] if "skip_reason" not in one}
    unverifiable = [name for name in names if name.partition(" ")[0].lower() not in asked]
    vulnerable = [
        f"{one['name']} {one['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'none'}"
        for one in asked.values()
        for weakness in one["vulns"]
    ]
    return Audit(len(names) - len(unverifiable), tuple(vulnerable), tuple(unverifiable))


def code() -> tuple[int, list[str], list[str]]:
    """What bandit says of our code: how many lines it read, what was not accepted, and what is accepted for nothing."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "src", "--format", "json"]
    ran = subprocess.run(
        [*command, "--skip", ",".join(_SKIPPED)], check=False, capture_output=True, text=True, cwd=ROOT
    )
    answer = json.loads(ran.stdout)
    seen = Counter((one["filename"], one["test_id"]) for one in answer["results"])
    odd = [
        f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}"
        for one in answer["results"]
        if (one["filename"], one["test_id"]) not in ACCEPTED
    ] + [f"{one['filename']}: bandit could not read it: {one['reason']}" for one in answer["errors"]]
    stale = [
        f"{file}: {test} is accepted, and is not found there" for file, test in ACCEPTED if (file, test) not in seen
    ]
    return int(answer["metrics"]["_totals"]["loc"]), odd, stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
