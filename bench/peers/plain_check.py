# SPDX-License-Identifier: Apache-2.0
"""The plain script for checking alone: PyYAML's C loader and one jsonschema validator, formats asserted.

``python -m bench.peers.plain_check SCHEMA SUFFIX FOLDER …`` prints what is wrong with the records below the
folders, and exits with 1 where something is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

from bench.peers.loader import load


def main() -> int:
    """Read and validate."""
    schema, suffix, *folders = sys.argv[1:]
    checker = Draft202012Validator.FORMAT_CHECKER
    check = Draft202012Validator(json.loads(Path(schema).read_text("utf-8")), format_checker=checker)
    wrong = 0
    for folder in folders:
        for path in sorted(Path(folder).rglob(f"*{suffix}")):
            errors = [error.message for error in check.iter_errors(load(path.read_bytes()))]
            if errors:
                wrong += 1
                print(f"{path}: {'; '.join(errors)}")
    print(f"{wrong} records are wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
