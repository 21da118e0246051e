# SPDX-License-Identifier: Apache-2.0
"""The command line: exit codes, and what goes where."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main

Copy = Callable[[str], Path]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_clean_findings_and_usage(book: Copy, tmp_path: Path) -> None:
    assert run("check", "--book", str(book("orchard"))).exit_code == 0
    assert run("check", "--book", str(book("schema"))).exit_code == 1
    for arguments in (["check", "--book", str(tmp_path / "none")], ["frobnicate"], ["check", "--frobnicate"]):
        assert run(*arguments).exit_code == 2
    assert run("verify", "--book", str(book("nulls"))).exit_code == 2  # nothing is built yet


def test_a_build_with_errors_publishes_nothing_and_exits_1(book: Copy) -> None:
    folder = book("schema")
    result = run("build", "--book", str(folder))
    assert result.exit_code == 1
    assert "nothing was published" in result.stderr
    assert not (folder / "build/current").exists()


def test_a_release_of_a_book_that_has_errors_now_differs(book: Copy) -> None:
    folder = book("orchard")
    assert run("build", "--book", str(folder)).exit_code == 0
    assert run("verify", "--book", str(folder)).exit_code == 0
    (folder / "data/growers/.brook.yaml").write_text("name: [\n")
    result = run("verify", "--book", str(folder))
    assert result.exit_code == 1
    assert "the book has errors" in result.stdout


def test_a_lowered_rule_is_lowered_for_verify_too(book: Copy) -> None:
    folder = book("file-unclaimed")
    with (folder / "datapackage.yaml").open("a") as descriptor:
        descriptor.write("sourcebook:\n  rules: {file-unclaimed: warning}\n")
    assert run("build", "--book", str(folder)).exit_code == 0
    assert run("verify", "--book", str(folder)).exit_code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_said_plainly(book: Copy) -> None:
    folder = book("orchard")
    folder.chmod(0o555)
    result = run("build", "--book", str(folder))
    folder.chmod(0o755)
    assert (result.exit_code, "Permission denied" in result.stderr) == (4, True)


def test_a_file_where_the_build_folder_should_be_is_said_plainly(book: Copy) -> None:
    folder = book("orchard")
    (folder / "build").write_text("mine")
    result = run("build", "--book", str(folder))
    assert result.exit_code == 4
    assert "build" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bug_is_said_to_be_one(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(sourcebook, "check", broken)
    result = run("check", "--book", str(book("orchard")))
    assert result.exit_code == 3
    assert "unforeseen" in result.stderr
    assert "bug in sourcebook" in result.stderr


def test_the_nearest_book_upward_is_taken(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(book("schema") / "data/stations")
    assert "junktion" in run("check").stdout


def test_piped_output_is_quiet_but_for_what_was_not_checked(book: Copy) -> None:
    quiet = run("check", "--book", str(book("nulls")))
    assert (quiet.stdout, quiet.stderr) == ("", "")  # what the book has nothing of was not left unchecked
    broken = run("check", "--book", str(book("descriptor"))).stderr
    assert re.search(r"^not checked, since the descriptor or a schema has errors: .* and \d+ others$", broken, re.M)
    assert "on-nothing: 0 performed, 1 skipped" in run("check", "--book", str(book("checks"))).stderr


def test_data_never_steers_the_terminal(book: Copy) -> None:
    folder = book("schema")
    path = folder / "data/stations/oak.yaml"
    path.write_text('id: oak\nname: Oak\nkind: "\\e[31m\\n::error::\\u202e"\n')
    result = run("check", "--book", str(folder))
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert not any(line.startswith("::") for line in result.stdout.splitlines())


def test_the_functions_take_paths_as_text(book: Copy) -> None:
    folder = str(book("orchard"))
    assert sourcebook.check(folder).ok
    assert sourcebook.build(folder).release
    assert sourcebook.verify(folder).ok


def test_the_module_runs_as_the_command_does() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sourcebook.cli", "--version"], capture_output=True, text=True, check=True
    )
    assert sourcebook.__version__ in result.stdout


def test_where_the_time_went_is_printed_and_kept(book: Copy) -> None:
    folder = book("orchard")
    result = run("build", "--book", str(folder), "--profile")
    stages = [line.partition(" s  ")[2] for line in result.stderr.splitlines() if " s  " in line]
    kept = json.loads((folder / "build/report.json").read_text("utf-8"))["seconds"]
    assert stages[: len(kept)] == list(kept)
    assert {"reading records", "checking records", "compiling tables", "writing extracts"} <= set(kept)
    assert all(seconds >= 0 for seconds in kept.values())


LOADED = """
import sys
before = set(sys.modules)
from sourcebook.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert end.code == 0, end.code
print(*sorted(sys.modules.keys() - before), file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    """The modules that a command imports."""
    command = [sys.executable, "-c", LOADED, *arguments]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()[-1].split())


def installed(modules: set[str]) -> set[str]:
    """The packages of ``modules`` that Python itself does not have."""
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {"__mp_main__"}


# How many modules may be imported: a few more than are, of all and of those that are not the package's own. What is
# slow among them is named below.
MOST = {"--version": 75, "explain": 237, "check": 316, "build": 264}
MOST_OF_OTHERS = {"--version": 70, "explain": 150, "check": 144, "build": 146}
# The standard library of 3.14 imports more by itself: some twenty modules for `check`.
LATER = 25 if sys.version_info >= (3, 14) else 0


def few(found: set[str], command: str) -> bool:
    """Whether a command imports as few modules as it may."""
    others = [name for name in found if name.partition(".")[0] != "sourcebook"]
    return len(found) <= MOST[command] + LATER and len(others) <= MOST_OF_OTHERS[command] + LATER


def test_the_version_is_told_by_click_alone() -> None:
    found = loaded("--version")
    assert installed(found) == {"click", "sourcebook"}
    assert {name for name in found if name.startswith("sourcebook.")} == {
        *("sourcebook.cli", "sourcebook.cli.group", "sourcebook.errors"),
    }
    assert few(found, "--version"), len(found)


def test_a_rule_is_explained_without_reading_a_record(tmp_path: Path) -> None:
    found = loaded("explain", "reference")
    assert installed(found) <= {"click", "jsonschema_rs", "orjson", "sourcebook", "yaml_rs"}
    assert few(found, "explain"), len(found)


# Slow to import, and not needed for books in which all is well and all is ordinary.
SELDOM_NEEDED = {
    # jsonschema and referencing: why a record does not fit
    *("sourcebook.validation.reasons", "sourcebook.validation.registry"),
    *("sourcebook.parse.by_events", "sourcebook.parse.libyaml", "sourcebook.parse.reference"),  # PyYAML, the grammar
    *("sourcebook.infer", "sourcebook.init", "sourcebook.mutate", "sourcebook.site", "sourcebook.verify"),
    *("importlib.metadata", "importlib.resources", "zipfile"),
}


def test_a_check_imports_what_it_needs(book: Copy) -> None:
    found = loaded("check", "--book", str(book("nulls")))
    assert installed(found) == {"click", "jsonschema_rs", "orjson", "sourcebook", "yaml_rs"}
    assert found & SELDOM_NEEDED == set()
    assert "sourcebook.extract" not in found
    assert few(found, "check"), len(found)


def test_a_build_in_which_nothing_changed_imports_what_it_needs(book: Copy) -> None:
    arguments = ("build", "--book", str(book("nulls")))
    loaded(*arguments)
    found = loaded(*arguments)
    assert installed(found) == {"click", "jsonschema_rs", "orjson", "sourcebook", "yaml_rs"}
    assert found & SELDOM_NEEDED == set()
    assert found.isdisjoint(
        {"sourcebook.check.check", "sourcebook.compile.convert", "sourcebook.compile.gather", "sourcebook.extract"}
    )
    assert found.isdisjoint({"concurrent.futures", "multiprocessing"})
    assert few(found, "build"), len(found)


def test_what_is_seldom_needed_is_imported_where_it_is(book: Copy) -> None:
    used = installed(loaded("check", "--book", str(book("orchard"))))  # which has a number written as 2.50
    assert "yaml" in used
    assert used.isdisjoint({"jsonschema", "referencing"})
