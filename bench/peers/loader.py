# SPDX-License-Identifier: Apache-2.0
"""PyYAML as the peers use it."""

from __future__ import annotations

from typing import Any

import yaml


class Loader(yaml.CSafeLoader):
    """The C loader with dates left as they are written, since JSON Schema knows dates as text only."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def load(text: bytes) -> Any:
    """The document of a file."""
    return yaml.load(text, Loader)  # noqa: S506 # a safe loader, as its base is
