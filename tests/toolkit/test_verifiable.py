# SPDX-License-Identifier: Apache-2.0
"""What builds, verifies: for schemas and records that nobody wrote, and for those that once did not."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings

import sourcebook
from tests.generated import books, write


@pytest.mark.slow
@given(files=books())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_builds_verifies(files: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(files, Path(folder))
        built = sourcebook.build(folder)
        event("built" if built.release else str(sorted({finding.rule for finding in built.checked.findings})))
        assert not built.release or sourcebook.verify(folder).differences == ()
