# SPDX-License-Identifier: Apache-2.0
"""Machines that fail while a book is built: ``scripts/chaos``.

``calls`` stops a build at its system calls, ``warm`` runs builds so, ``states`` makes the books and releases that they
begin with, ``wholeness`` judges what is left, ``points`` puts these together; ``races``, ``full_disks`` and ``traced``
are what is not done by stopping at calls.
"""
