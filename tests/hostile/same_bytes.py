# SPDX-License-Identifier: Apache-2.0
"""``scripts/same-bytes``: builds as if on many machines; the same records are to give the same bytes.

Each build is of a copy of a book, by a Python of its own, where all that ought not to matter is by chance: time zone,
locale, hash seed, the order in which files were made, their times and permissions, umask, cores, ``--jobs``, folders,
home, environment, a cache of another edition. Permissions of what is published are those of the umask, so they are not
compared; those inside archives are, with their bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
BOOKS: Mapping[str, Path] = {"reference": ROOT, "harbour": ROOT / "tests" / "site" / "book"}
_PARTS = ("datapackage.yaml", "data", "schemas", "scripts")
_ZONES = (
    "UTC",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Etc/GMT+12",
    "Nowhere/At_All",
    "XYZ-13:37",
)
_FOLDERS = ("book", "a book", "küçük kitap", "-book", "book.d", "書", "x" * 120)
_OF_ROWS = {"csv", "json", "ndjson", "flat", "spreadsheet", "xlsx", "parquet", "geojson", "prov", "ftm"}


@dataclass
class Machine:
    """How one build differs from the others: what is told where it comes to other bytes."""

    environment: dict[str, str]
    python: list[str]
    options: list[str]
    umask: int
    cores: int
    folder: Path
    relative: bool
    before: bool
    said: dict[str, object] = field(default_factory=dict)


def machine(chance: random.Random, above: Path) -> Machine:
    """A machine by chance, whose book is to lie below ``above``."""
    disk = Path(tempfile.mkdtemp(dir=chance.choice([above, *_memory()])))
    home = disk / "home"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"] if chance.random() < 0.7 else "/nowhere",  # without git
        "HOME": str(home),
        "TZ": chance.choice(_ZONES),
        "PYTHONHASHSEED": str(chance.choice([0, chance.randrange(2**32)])),
        "LC_ALL": chance.choice(locales()),
        "LANG": chance.choice(locales()),
    }
    environment |= {name: value for name, value in _NOISE.items() if chance.random() < 0.3}
    if "PYTHONPATH" in os.environ:
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    options = ["--jobs", str(chance.choice([0, 1, 2, 3]))]
    before = chance.random() < 0.4
    if not before and chance.random() < 0.3:
        options.append("--clean")
    made = Machine(
        environment,
        [chance.choice(["-B", "-O", "-u", "-Xutf8=0", "-Xutf8=1"])],
        options,
        chance.choice([0o022, 0o002, 0o077, 0o000, 0o027]),
        chance.choice([1, 2]),
        disk / chance.choice(_FOLDERS),
        chance.random() < 0.5,
        before,
    )
    made.said = {name: value for name, value in vars(made).items() if name != "said"}
    return made


_NOISE = {
    "COLUMNS": "17",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "SOURCE_DATE_EPOCH": "86400",
    "PYTHONUTF8": "0",
    "LANGUAGE": "tr:ar",
    "GIT_DIR": "/nowhere/.git",
    "TMPDIR": "/dev/shm",  # noqa: S108
    "USER": "nobody at all",
    "XDG_STATE_HOME": "relative/and/so/not/taken",
    "LC_NUMERIC": "C",
    "PYTHONDONTWRITEBYTECODE": "1",
    "ZIPOPT": "-9",
    "PYTHONOPTIMIZE": "2",
}


def _memory() -> list[Path]:
    memory = Path("/dev/shm")  # noqa: S108  (another file system, which lists folders in another order)
    return [memory] if memory.is_dir() else []


def locales() -> list[str]:
    """The locales that there are here."""
    try:
        found = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.split()
    except OSError:
        found = []
    return found or ["C", "POSIX"]


def copied(book: Path, made: Machine, chance: random.Random) -> None:
    """Copy a book's files one by one, in an order by chance, with times by chance."""
    paths = [path for part in _PARTS for path in ((book / part), *(book / part).rglob("*")) if path.is_file()]
    chance.shuffle(paths)
    for path in paths:
        to = made.folder / path.relative_to(book)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
        to.chmod(chance.choice([0o644, 0o600, 0o755, 0o444]))
        when = chance.choice([0, 1_000_000_000, 2_000_000_000, 4_000_000_000]) + chance.random() * 1e6
        os.utime(to, (when, when))
    if chance.random() < 0.3:
        _versioned(made, chance)


def _versioned(made: Machine, chance: random.Random) -> None:
    """Have the book in git, with a commit that is like no other."""
    author = ["-c", "user.name=Nobody", "-c", f"user.email=nobody@{chance.randrange(10**6)}.example"]
    for arguments in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "x"]):
        subprocess.run(["git", *arguments], cwd=made.folder, capture_output=True)


def built(made: Machine, edit: Callable[[Path], Callable[[], None]], library: str = "") -> Path:
    """Build the book there, after another edition of it where the machine is so; the release. Raises RuntimeError."""
    if made.before:
        undo = edit(made.folder)
        _run(made, library)
        undo()
    _run(made, library)
    return (made.folder / "build" / "current").resolve()


def _run(made: Machine, library: str) -> None:
    def begin() -> None:
        os.umask(made.umask)
        some = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, some[: made.cores] if made.cores < 2 else some)

    book = [] if made.relative else ["--book", str(made.folder)]
    command = [sys.executable, *made.python, "-m", "sourcebook.cli", "build", *book, "--formats", "all", *made.options]
    environment = made.environment | ({"LD_PRELOAD": library} if library else {})
    here = made.folder if made.relative else made.folder.parent
    said = subprocess.run(command, capture_output=True, cwd=here, env=environment, preexec_fn=begin, timeout=300)
    if said.returncode:
        raise RuntimeError(f"exit code {said.returncode}: {said.stderr.decode('utf-8', 'replace')[-500:]}")


def edited(folder: Path) -> Callable[[], None]:
    """Another edition of a book: its title has a word more. Returns what undoes that."""
    file = folder / "datapackage.yaml"
    text = file.read_text("utf-8")
    file.chmod(0o644)
    file.write_text(text.replace("title: ", "title: Other ", 1).replace('title: Other "', 'title: "Other '), "utf-8")
    return lambda: Path.write_text(file, text, "utf-8") and None


def sums(release: Path) -> dict[str, str]:
    """The checksums of a release, by path."""
    lines = (release / "SHA256SUMS").read_text("utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def logical(release: Path) -> str:
    """The hash of what the database holds, however SQLite wrote it."""
    told = json.loads((release / "datapackage.json").read_bytes())["sourcebook"]["database"]
    return str(told["logicalHash"])


def differences(wanted: Path, found: Path, *, bytes_too: bool) -> list[str]:
    """In what a release differs; without ``bytes_too``, in what is made of rows alone and in the logical hash."""
    one, other = sums(wanted), sums(found)
    paths = [path for path in sorted({*one, *other}) if bytes_too or path.partition("/")[0] in _OF_ROWS]
    wrong = [path for path in paths if one.get(path) != other.get(path)]
    if bytes_too and found.name != wanted.name:
        wrong.append(f"the release is {found.name}, not {wanted.name}")
    if logical(wanted) != logical(found):
        wrong.append("the logical hash")
    return wrong


def run(books: Sequence[str], count: int, seed: int, seconds: float, library: str = "") -> tuple[int, list[str]]:
    """Build so many times, the books by turns; how many builds there were, and what was other, each with how."""
    chance = random.Random(seed)
    end = time.monotonic() + (seconds or 1e9)
    first: dict[str, Path] = {}
    wrong: list[str] = []
    done = 0
    with tempfile.TemporaryDirectory() as above:
        for number in range(count + len(books)):
            if time.monotonic() > end:
                break
            name = books[number % len(books)]
            made = machine(chance, Path(above))
            other = bool(library) and name in first
            try:
                copied(BOOKS[name], made, chance)
                release = built(made, edited, library if other else "")
                if name not in first:
                    first[name] = Path(shutil.copytree(release, Path(above) / "first" / name / release.name))
                    continue
                done += 1
                found = differences(first[name], release, bytes_too=not other)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                found = [str(error)]
            finally:
                shutil.rmtree(made.folder.parent)
            if found:
                wrong.append(f"{name}: {', '.join(found)}\n    {made.said}")
    return done, wrong


def main() -> int:
    """Build as often as asked; 1 if one build came to other bytes."""
    parser = argparse.ArgumentParser(prog="scripts/same-bytes", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="builds that are compared with the first")
    parser.add_argument("--seconds", type=float, default=0, help="stop after so many seconds")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--books", nargs="*", default=list(BOOKS), choices=list(BOOKS))
    parser.add_argument(
        "--sqlite",
        default="",
        metavar="LIBRARY",
        help="a libsqlite3 of another version: all builds but the first of each book are by it, and are to have "
        "the same rows and the same logical hash",
    )
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    begun = time.monotonic()
    done, wrong = run(options.books, options.count, seed, options.seconds, options.sqlite)
    print("\n".join(wrong))
    more = " by another SQLite (rows and logical hash)" if options.sqlite else ""
    print(
        f"same-bytes: {done} builds of {' and '.join(options.books)}{more}, {len(wrong)} other, "
        f"{time.monotonic() - begun:.0f} s, seed {seed}"
    )
    return 1 if wrong or not done else 0


if __name__ == "__main__":
    sys.exit(main())
