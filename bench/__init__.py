# SPDX-License-Identifier: Apache-2.0
"""The benchmark: Sourcebook and its peers on the same input, each timed from outside. docs/benchmark.md explains it."""
