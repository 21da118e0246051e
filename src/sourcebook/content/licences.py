# SPDX-License-Identifier: Apache-2.0
"""Licences of data by their names in the SPDX list (https://spdx.org/licenses/), as descriptors write them."""

from __future__ import annotations

from collections.abc import Mapping

_CREATIVE_COMMONS = ("BY", "BY-SA", "BY-ND", "BY-NC", "BY-NC-SA", "BY-NC-ND")
_NUMBERS = ("1.0", "2.0", "2.5", "3.0", "4.0")
_OTHERS = (
    "CC0-1.0", "CC-PDDC", "ODbL-1.0", "ODC-By-1.0", "PDDL-1.0", "OGL-UK-1.0", "OGL-UK-2.0", "OGL-UK-3.0",
    "OGL-Canada-2.0", "NLOD-1.0", "etalab-2.0", "CDLA-Permissive-1.0", "CDLA-Sharing-1.0", "C-UDA-1.0", "O-UDA-1.0",
    "GFDL-1.2-only", "GFDL-1.2-or-later", "GFDL-1.3-only", "GFDL-1.3-or-later", "Apache-2.0", "MIT", "MIT-0", "ISC",
    "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Unlicense", "MPL-2.0", "EUPL-1.1", "EUPL-1.2", "Artistic-2.0",
    "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later",
    "LGPL-3.0-only", "LGPL-3.0-or-later", "AGPL-3.0-only", "AGPL-3.0-or-later",
)  # fmt: skip
# Names by which the Open Definition, whose names the Data Package standard asks for, calls the same.
_OPEN_DEFINITION = {"ODC-BY-1.0": "ODC-By-1.0", "ODC-PDDL-1.0": "PDDL-1.0"}

_KNOWN: Mapping[str, str] = {
    **{one.casefold(): one for one in _OTHERS},
    **{f"cc-{kind}-{number}".casefold(): f"CC-{kind}-{number}" for kind in _CREATIVE_COMMONS for number in _NUMBERS},
    **{name.casefold(): one for name, one in _OPEN_DEFINITION.items()},
}


def spdx(name: str) -> str:
    """The name of a licence in the SPDX list, as that writes it; empty where ``name`` is none of those known here."""
    return _KNOWN.get(name.strip().casefold(), "")


def address(name: str) -> str:
    """Where the SPDX list has the text of a licence that it calls ``name``."""
    return f"https://spdx.org/licenses/{name}.html"
