# SPDX-License-Identifier: Apache-2.0
"""A release channel: one release pushed to where files lie, and followed by as many servers as there are readers for.

In comes a build folder or an address; out goes a release that is current elsewhere, the same byte for byte. It knows
neither how a release is made nor how it is shown.
"""
