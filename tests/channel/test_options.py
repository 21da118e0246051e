# SPDX-License-Identifier: Apache-2.0
"""Options of following that nothing is to come of are told: none is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.storage import opened


@pytest.mark.parametrize("watch", [(), ("--watch",)])
@pytest.mark.parametrize(
    "options", [("--interval", "60"), ("--endpoint", "http://127.0.0.1:9"), ("--signers", __file__)]
)
def test_what_is_about_following_goes_with_it(options: tuple[str, ...], watch: tuple[str, ...], tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["serve", "--book", str(tmp_path), *options, *watch])
    assert ran.exit_code == 2
    assert "go with --follow" in ran.output


def test_an_address_that_is_empty_is_a_variable_that_was_not_set(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["serve", "--book", str(tmp_path), "--follow", ""])
    assert ran.exit_code == 2
    assert "--follow names nothing" in ran.output


def test_nothing_is_pushed_to_an_address_that_is_empty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is empty"):
        opened(" ")
    ran = CliRunner().invoke(main, ["push", "", "--book", str(tmp_path)])
    assert ran.exit_code == 2
