# SPDX-License-Identifier: Apache-2.0
"""Addresses in a descriptor that no program can take apart."""

from __future__ import annotations

from sourcebook.book.repository import repository_of


def test_a_repository_whose_host_is_none_has_the_forms_of_no_forge() -> None:
    url = "https://\u2100.example/x"  # a letter that stands for "a/c"
    assert repository_of({"repository": {"url": url}}) == {"url": url}
    assert "source" in repository_of({"repository": {"url": "https://github.com/quay/lamps"}})
