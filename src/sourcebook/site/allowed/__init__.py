# SPDX-License-Identifier: Apache-2.0
"""What may be asked of Datasette on a site that is open to the world, and what of it is a reader's own SQL.

In come method, path and query of a request; nothing is opened, and nothing is known of a release but what is handed in.
"""

from sourcebook.site.allowed.addresses import ours
from sourcebook.site.allowed.requests import Refused, outgrown, refusal, runs_sql
from sourcebook.site.allowed.words import Said, alone, said_in, with_attribution

__all__ = ["Refused", "Said", "alone", "ours", "outgrown", "refusal", "runs_sql", "said_in", "with_attribution"]
