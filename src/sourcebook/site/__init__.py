# SPDX-License-Identifier: Apache-2.0
"""A release to the pages that readers meet: Sourcebook as a Datasette plugin, and the verb ``serve``.

In comes the folder of a release; out go answers over HTTP. It knows nothing of data files and how they are compiled:
all that a page shows is read from the release. Datasette takes its hooks and templates from here, by this package's
name.
"""

from sourcebook.site.unused import leave_out

leave_out()  # before Datasette is loaded

from sourcebook.site.plugin import (  # noqa: E402
    asgi_wrapper,
    extra_template_vars,
    forbidden,
    prepare_connection,
    render_cell,
    startup,
)

__all__ = ["asgi_wrapper", "extra_template_vars", "forbidden", "prepare_connection", "render_cell", "startup"]
