# SPDX-License-Identifier: Apache-2.0
"""What the figures were measured on and with: machine and versions. No names of hosts or users, no paths."""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import sqlite3
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from bench.books import ROOT
from bench.cases import PEERS_PYTHON

OWN = ("sourcebook", "datasette", "jsonschema-rs", "pyyaml")
PEERS = (
    *("check-jsonschema", "linkml", "yaml-to-sqlite", "flatterer", "flattentool", "frictionless"),
    *("pyyaml", "jsonschema", "sqlite-utils", "yaml-rs", "fastyaml-rs", "orjson"),
)
_ASK = (
    "import importlib.metadata as m, json, sys\n"
    "found = {d.name.lower().replace('_', '-'): d.version for d in m.distributions()}\n"
    "print(json.dumps({n: found[n] for n in sys.argv[1:] if n in found}))"
)


def facts() -> dict[str, Any]:
    """The facts, as plain data."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": _commit(),
        "processor": _field("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(_field("/proc/meminfo", "MemTotal").split()[0] or 0) / 2**20, 1),
        "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_average_before": round(os.getloadavg()[0], 2),
        "versions": {name: version for name in OWN if (version := _version(name))},
        "peers": _peers(),
    }


def _field(path: str, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.+)$", Path(path).read_text("utf-8"), re.MULTILINE)
    return found[1].strip() if found else ""


def _commit() -> str:
    """The commit that is measured, with ``+`` where files were changed since; empty where there is no git."""
    try:
        said = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--exclude=*"]
        return subprocess.run(said, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _peers() -> dict[str, str]:
    """Versions in the peers' environment; nothing where it is not there."""
    if not PEERS_PYTHON.exists():
        return {}
    ran = subprocess.run([str(PEERS_PYTHON), "-c", _ASK, *PEERS], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(ran.stdout)
    return found
