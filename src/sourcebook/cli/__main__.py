# SPDX-License-Identifier: Apache-2.0
"""``python -m sourcebook.cli``."""

from sourcebook.cli import main

main()
