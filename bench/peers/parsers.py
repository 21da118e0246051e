# SPDX-License-Identifier: Apache-2.0
"""YAML parsers for the floor: which of them is fastest here, of those that read the records rightly.

``python -m bench.peers.parsers BOOK`` reads the records of the synthetic book with each, in turns, and prints MB/s and
the name of the fastest, as JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FILES = 1_000
_ROUNDS = 5

Parse = Callable[[bytes], Any]


def _libyaml() -> Parse:
    from bench.peers.loader import load

    return load


def _fastyaml_rs() -> Parse:
    import fast_yaml

    return lambda data: fast_yaml.safe_load(data.decode())


def _yaml_rs() -> Parse:
    import yaml_rs

    return lambda data: yaml_rs.loads(data.decode(), parse_datetime=False)  # dates stay text, as with the others


# Imported when they are asked for, since what is timed imports one of them.
PARSERS: dict[str, Callable[[], Parse]] = {
    "libyaml": _libyaml,
    "fastyaml-rs": _fastyaml_rs,
    "yaml-rs": _yaml_rs,
}


def compared(book: Path) -> dict[str, Any]:
    """MB/s of each parser on the first files of the book; the fastest that gives what libyaml gives."""
    texts = [path.read_bytes() for path in sorted((book / "data/objects").rglob("*.yaml"))[:_FILES]]
    megabytes = sum(map(len, texts)) / 1e6
    right = [_libyaml()(text) for text in texts]
    speeds: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        for name, make in PARSERS.items():
            parse = make()
            begun = time.perf_counter()
            values = [parse(text) for text in texts]
            speed = megabytes / (time.perf_counter() - begun)
            if values == right:
                speeds.setdefault(name, []).append(speed)
    medians = {name: round(statistics.median(found), 1) for name, found in speeds.items()}
    return {"megabytes_per_second": medians, "fastest": max(medians, key=medians.__getitem__)}


if __name__ == "__main__":
    print(json.dumps(compared(Path(sys.argv[1]))))
