# SPDX-License-Identifier: Apache-2.0
"""The browser of the tests: Debian's Chromium, or one that goes by another of its names."""

from __future__ import annotations

import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Without these Chromium asks for its maker's hosts as it starts; as root it needs --no-sandbox. It finds no host but
# this machine, whatever a page asks for.
ALONE = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ALONE += ["--disable-component-update", "--disable-sync", "--no-proxy-server"]
ALONE += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]

MARKS = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
    # Playwright's own loop is left open by its design; nothing of ours warns here.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
