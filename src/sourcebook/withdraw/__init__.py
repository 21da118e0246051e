# SPDX-License-Identifier: Apache-2.0
"""What was taken down, out of all that was published before: swept out of ``build/``, looked for in every byte of it.

In comes a book whose list says what was taken down; out go what was done, what is left, and what cannot be recalled.
That the records leave the data is the work of `sourcebook.rekey`; of the data it changes nothing.
"""

from sourcebook.withdraw.sweeping import Swept, pending, remains, sweep, unswept

__all__ = ["Swept", "pending", "remains", "sweep", "unswept"]
