# SPDX-License-Identifier: Apache-2.0
"""The software bill of materials (CycloneDX 1.6): what the toolkit is installed with, of ``requirements/run.lock``.

The same lock gives the same bytes: nothing in it is of a clock or of a machine. It lies in the repository and, as PEP
770 says, in the wheel. Licences are what the installed packages say of themselves.
"""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.hostile.supply.locks import ROOT, Locked, locked

SBOM = ROOT / "requirements" / "sbom.cdx.json"
_LOCK = ROOT / "requirements" / "run.lock"
_VENDORED = ROOT / "requirements" / "vendored.json"


def sbom() -> str:
    """The text of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    components = [_of_package(one) for one in locked(_LOCK)] + [_of_vendored(one) for one in vendored()["ours"]]
    found = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(components, sort_keys=True))}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "licenses": [{"expression": project["license"]}],
            }
        },
        "components": sorted(components, key=lambda one: str(one["bom-ref"])),
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def vendored() -> Any:
    """What of others' work lies in the repository (``ours``), and which scripts of Datasette's its pages load."""
    return json.loads(_VENDORED.read_text("utf-8"))


def _of_package(one: Locked) -> dict[str, Any]:
    name = re.sub(r"[-_.]+", "-", one.name).lower()
    purl = f"pkg:pypi/{name}@{one.version}"
    said = {"type": "library", "bom-ref": purl, "name": name, "version": one.version, "purl": purl}
    licences = _licences(one)
    return (
        said
        | ({"licenses": licences} if licences else {})
        | ({"properties": [{"name": "sourcebook:marker", "value": one.marker}]} if one.marker else {})
        # A package has a file for each platform: a component is not one of them, so its files stand by themselves.
        | {"externalReferences": [_distribution(purl, one.hashes)]}
    )


def _distribution(purl: str, hashes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "distribution",
        "url": purl,
        "hashes": [{"alg": "SHA-256", "content": one} for one in sorted(hashes)],
    }


def _of_vendored(one: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "file",
        "bom-ref": one["path"],
        "name": one["path"],
        "description": f"made of {one['name']} {one['version']}",
        "hashes": [{"alg": "SHA-256", "content": one["sha256"]}],
        "licenses": [{"license": {"id": one["licence"]}}],
    }


def _licences(one: Locked) -> list[dict[str, Any]]:
    try:
        said = metadata(one.name)
    except PackageNotFoundError:
        return []  # of another platform
    if expression := said.get("License-Expression"):
        return [{"expression": expression}]
    trove = [str(kind).rpartition(" :: ")[2] for kind in said.get_all("Classifier", []) if "License ::" in kind]
    told = trove or [line for line in [str(said.get("License") or "").strip().partition("\n")[0]] if line]
    return [{"license": {"name": name}} for name in told]


def write() -> Path:
    """Write it to its place."""
    SBOM.write_text(sbom(), "utf-8")
    return SBOM
