# SPDX-License-Identifier: Apache-2.0
"""Inputs that lead to code which no other has reached, by atheris (https://github.com/google/atheris), if it is there.

It runs in a process of its own, in which the package is imported for the first time: ``python -m
tests.hostile.fuzz.covering TARGET SECONDS COUNT SEED FOLDER``. FOLDER takes what it keeps: ``corpus/`` what reached
new code, ``failed/`` what did not end as it must.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.hostile.fuzz.targets import Target
    from tests.hostile.fuzz.watched import Tally

_HERE = "tests.hostile.fuzz.covering"
_MEMORY = 2_000  # MB


def run_covering(target: Target, seconds: float, count: int, seed: str) -> Tally:
    """Run a target by coverage. Raises ModuleNotFoundError where atheris is not installed."""
    import importlib

    from tests.hostile.fuzz.tried import Failure
    from tests.hostile.fuzz.watched import Tally

    importlib.import_module("atheris")
    tally, start = Tally(target.name), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        command = [sys.executable, "-m", _HERE, target.name, str(int(seconds)), str(count), seed, folder]
        ended = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=seconds * 3 + 300, check=False
        )
        counts = re.findall(r"^#(\d+)", ended.stderr, re.MULTILINE)
        tally.count = max(map(int, counts), default=0)
        for path in sorted(Path(folder, "failed").glob("*.sign")):
            data = path.with_suffix("").read_bytes()
            tally.add(Failure(target.name, data, path.read_text("utf-8"), "found by coverage"))
        for path in sorted(Path(folder, "failed").glob("*-*")):  # libFuzzer's own: crash-…, timeout-…, oom-…
            tally.add(Failure(target.name, path.read_bytes(), path.name.partition("-")[0], ended.stderr[-2000:]))
        if not tally.count:
            tally.add(Failure(target.name, b"", "it did not run", ended.stderr[-3000:]))
        kept = Path(__file__).parent / "failed" / f"{target.name}-covering"
        for path in Path(folder, "corpus").glob("*"):
            kept.mkdir(parents=True, exist_ok=True)
            (kept / path.name).write_bytes(path.read_bytes())
    tally.seconds = time.monotonic() - start
    return tally


def main() -> None:
    """Run one target; it ends the process."""
    import atheris

    name, seconds, count, seed, folder = sys.argv[1:]
    with atheris.instrument_imports(include=["sourcebook"]):
        from tests.hostile.fuzz.mutants import WORDS
        from tests.hostile.fuzz.targets import Targets
        from tests.hostile.fuzz.tried import tried
    corpus, failed, begun, work = (Path(folder, one) for one in ("corpus", "failed", "seeds", "work"))
    for one in (corpus, failed, begun, work):
        one.mkdir()
    target = Targets(Path(folder))(name)
    for number, data in enumerate(target.everything):
        (begun / str(number)).write_bytes(data)
    words = Path(folder, "words")
    escaped = ("".join(rf"\x{byte:02x}" for byte in word) for word in (*WORDS, *target.words) if len(word) < 64)
    words.write_text("".join(f'"{word}"\n' for word in escaped), "utf-8")
    run = target.prepare(work)
    seen: set[str] = set()

    def one_input(data: bytes) -> None:
        failure = tried(target, run, data)
        if failure is not None and failure.sign not in seen:
            seen.add(failure.sign)
            kept = failed / hashlib.sha256(data).hexdigest()[:12]
            kept.write_bytes(data)
            kept.with_suffix(".sign").write_text(failure.sign, "utf-8")

    number = int(hashlib.sha256(seed.encode()).hexdigest()[:7], 16) or 1
    options = [f"-seed={number}", f"-max_total_time={seconds}", "-max_len=6000", f"-dict={words}", "-timeout=30"]
    options += [f"-runs={min(int(count), 2**31 - 1)}", f"-rss_limit_mb={_MEMORY}", f"-artifact_prefix={failed}/"]
    atheris.Setup([sys.argv[0], *options, str(corpus), str(begun)], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
