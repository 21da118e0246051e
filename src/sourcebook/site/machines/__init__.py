# SPDX-License-Identifier: Apache-2.0
"""What the site tells other programs: where its pages are, what they hold, how they are asked, what was corrected.

In comes an open release and what is asked; out go answers, headers and values for the heads of pages. A statement is
told as on pages: with who says it and what answers it.
"""
