# SPDX-License-Identifier: Apache-2.0
"""Mutants of everything that is read: each ends in a value or in findings at a line, soon, and twice in the same.

`targets` says what is read; `mutants` makes inputs from seeds; `oracle` judges what came of one; `watched` runs them in
a process that may crash or hang; `smaller` makes of a failure the least that still fails. Besides its own mutants, made
without a look at the code, there are those of hypothesis, by structure (`structured`), and those of atheris, by
coverage (`covering`). `corpus/TARGET/` keeps what once failed or leads to rare places; `test_fuzz` runs all of it.
"""
