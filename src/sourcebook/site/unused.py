# SPDX-License-Identifier: Apache-2.0
"""Libraries for tables of numbers, kept out of the server's processes.

Where pandas, numpy or dask happens to be installed, sqlite-utils and a part of Datasette 0.65 load it, for a use of
which there is none here: 70 MB in every process. They are loaded here as if it were not there; what has a use for it
loads it after that.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module

_HEAVY = ("dask", "numpy", "pandas", "pyarrow", "xarray")
_LOADING = ("sqlite_utils", "datasette.vendored.pint")


def leave_out() -> None:
    """Load what would load them, without them."""
    absent = [name for name in _HEAVY if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type] # None is how an import is refused
    for name in _LOADING:
        with suppress(ImportError):
            import_module(name)
    for name in absent:
        del sys.modules[name]
