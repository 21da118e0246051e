# SPDX-License-Identifier: Apache-2.0
"""The process that checks a book whole, in the background: its own SQL, and all that one edit cannot tell."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import astuple
from pathlib import Path
from tempfile import TemporaryDirectory

from sourcebook.book import load_book
from sourcebook.check.check import Target, check_book
from sourcebook.compile.scan import scan
from sourcebook.compile.store import Store
from sourcebook.errors import SourcebookError
from sourcebook.finding import Finding

_NICE = 10


def main() -> None:
    """``python -m sourcebook.dev.checking ROOT FOLDER``: the findings as one line of JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICE)
    root, top = map(Path, sys.argv[1:])
    try:
        with TemporaryDirectory(dir=top) as folder:
            book = load_book(root)
            (store := Path(folder, "store")).mkdir()
            findings = list(check_book(book, Target(scan(book, Store(store), jobs=1), Path(folder))).findings)
    except (SourcebookError, OSError) as error:
        findings = [Finding("", 0, 0, "book", str(error))]
    print(json.dumps([astuple(one) for one in findings]), flush=True)


if __name__ == "__main__":
    main()
