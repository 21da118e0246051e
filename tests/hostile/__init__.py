# SPDX-License-Identifier: Apache-2.0
"""What is tried against Sourcebook as somebody would who means harm, or as a machine does that fails."""
