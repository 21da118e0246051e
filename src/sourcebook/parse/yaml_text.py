# SPDX-License-Identifier: Apache-2.0
"""Plain data to YAML text that `parse` reads as the same data, with texts of several lines as blocks."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from yaml import CSafeDumper, ScalarNode, dump

# Texts that need no quotes whatever reads them: words and paths, with nothing that YAML 1.1 or 1.2 takes for another
# type.
_PLAIN = re.compile(r"[^\W\d][\w./+-]*(?: [\w./+-]+)*")
_TAKEN = re.compile(r"(?i:true|false|yes|no|on|off|y|n|null|inf|nan)")


def yaml_text(value: Any) -> str:
    """YAML text of plain data, as of `exact.loads`: the order of keys is kept, and nothing stands for anything else."""
    text: str = dump(value, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=2**30, default_flow_style=False)
    return text


class _Writer(CSafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        """The same value twice is written twice."""
        return True


def _text(writer: _Writer, value: str) -> ScalarNode:
    if _PLAIN.fullmatch(value) and not _TAKEN.fullmatch(value):
        style = None
    else:
        style = "|" if "\n" in value and _is_block(value) else '"'
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _is_block(value: str) -> bool:
    """Whether a text of several lines can be written as it is: visible characters, no space at the ends of lines."""
    lines = value.split("\n")
    return bool(lines[0]) and all(line.isprintable() and line == line.strip() for line in lines)


def _decimal(writer: _Writer, value: Decimal) -> ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:float", str(value))


def _float(writer: _Writer, value: float) -> ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:float", repr(value))


_Writer.add_representer(str, _text)
_Writer.add_representer(Decimal, _decimal)
_Writer.add_representer(float, _float)
