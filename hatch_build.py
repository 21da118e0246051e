# SPDX-License-Identifier: Apache-2.0
"""What the package's page on an index says that pyproject.toml cannot: addresses in the repository it is built from.

The repository may lie anywhere, and its address is nowhere in it. Who publishes tells it, by SOURCEBOOK_REPOSITORY
(``https://host/owner/name``), and by SOURCEBOOK_REVISION what was built, a tag; then links of the README lead there.
Without, there are no addresses, and the links stay as they are.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"\]\((?![a-z]+:|#)(?P<path>[^)\s]+)\)")


class Addresses(MetadataHookInterface):
    """Adds ``urls`` and ``readme`` to the metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Raises ValueError where the address of the repository is none."""
        text = Path(self.root, "README.md").read_text("utf-8")
        address = os.environ.get("SOURCEBOOK_REPOSITORY", "").rstrip("/")
        if address:
            if urlsplit(address).scheme != "https" or not urlsplit(address).netloc:
                raise ValueError(f"SOURCEBOOK_REPOSITORY is no address that begins with https: {address}")
            tree = f"{address}/blob/{os.environ.get('SOURCEBOOK_REVISION') or 'main'}"
            text = _LINK.sub(lambda link: f"]({tree}/{link['path']})", text)
            metadata["urls"] = {
                "Changelog": f"{tree}/CHANGELOG.md",
                "Documentation": f"{tree}/docs/README.md",
                "Issues": f"{address}/issues",
                "Source": address,
            }
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
