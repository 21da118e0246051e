# SPDX-License-Identifier: Apache-2.0
"""The extracts of a compiled database: CSV, JSON, the Data Package around them, and Datasette's configuration.

In come a database and the plans of its tables; out go files in a folder. Everything is read from the database, never
from the records, so that the site and the downloads cannot disagree; it knows nothing of data files and findings.
"""

from sourcebook.extract.cell_text import cell_text
from sourcebook.extract.datasette import DATASETTE, METADATA, datasette_config, datasette_metadata
from sourcebook.extract.extracts import Extracting, configure, package
from sourcebook.extract.names import file_names
from sourcebook.extract.package import PACKAGE, package_descriptor, table_schema
from sourcebook.extract.site_index import SITE_INDEX

__all__ = [
    "DATASETTE",
    "METADATA",
    "PACKAGE",
    "SITE_INDEX",
    "Extracting",
    "cell_text",
    "configure",
    "datasette_config",
    "datasette_metadata",
    "file_names",
    "package",
    "package_descriptor",
    "table_schema",
]
