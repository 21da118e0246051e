# SPDX-License-Identifier: Apache-2.0
"""What strangers, crowds and failing machines do to Sourcebook, done on purpose and counted."""
