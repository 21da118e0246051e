# SPDX-License-Identifier: Apache-2.0
"""A Parquet that unpacks to more than its table can is told by what it says of itself, and not read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sourcebook

pyarrow = pytest.importorskip("pyarrow")


def differences(folder: Path) -> str:
    return "\n".join(one.message for one in sourcebook.verify(folder).differences)


@pytest.fixture
def orchard(book: Callable[[str], Path]) -> Path:
    folder = book("orchard")
    assert sourcebook.build(folder, formats=["parquet"]).release
    return folder


def test_a_value_that_packs_to_little(orchard: Path) -> None:
    from pyarrow.parquet import read_table, write_table

    path = orchard / "build/current/parquet/growers.parquet"
    table = read_table(path)
    place = table.schema.get_field_index("name")
    values = ["x" * 20_000_000, *table.column(place).to_pylist()[1:]]
    field = table.schema.field(place)
    path.chmod(0o644)
    write_table(table.set_column(place, field, pyarrow.array(values, field.type)), path, compression="zstd")
    assert path.stat().st_size < 100_000
    assert "it unpacks to more than any Parquet of the table growers" in differences(orchard)


@pytest.mark.parametrize("how", [{"use_dictionary": False, "compression": "none"}, {"row_group_size": 1}])
def test_another_way_to_write_the_same_is_read(how: dict[str, Any], orchard: Path) -> None:
    from pyarrow.parquet import read_table, write_table

    path = orchard / "build/current/parquet/growers.parquet"
    table = read_table(path)
    path.chmod(0o644)
    write_table(table, path, **how)
    assert "unpacks" not in differences(orchard)
