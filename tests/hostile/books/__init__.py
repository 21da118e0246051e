# SPDX-License-Identifier: Apache-2.0
"""Hostile books: each a folder that somebody might send in a pull request, and what the commands may do with it.

A module of ``kinds`` for each kind, with a named generator for each idea; ``model`` says what a case is, ``apart`` runs
one command on it in a process under limits, ``judge`` says what is wrong with what it did, ``run`` does so for many.
"""
