"""Checksums made in a thread are those of the same bytes in the same order."""

from __future__ import annotations

import hashlib
import random
import threading

from noetl_worker.results.digest import Sha256


def test_pieces_of_any_size_give_the_sum_of_the_whole() -> None:
    chance = random.Random(4)
    given = hashlib.sha256()
    digest = Sha256()
    for size in [0, 1, 3 << 20, 5, 70_000, 9 << 20, 2 << 20, *range(65_534, 65_540)]:
        piece = chance.randbytes(size)
        given.update(piece)
        digest.update(piece)
        if size % 2:
            assert digest.hexdigest() == given.hexdigest()
    digest.close()
    assert digest.hexdigest() == given.hexdigest()


def test_buffer_may_change_once_it_was_given() -> None:
    buffer = bytearray(b"a" * (1 << 20))
    digest = Sha256()
    for letter in b"bcd":
        digest.update(memoryview(buffer))
        buffer[:] = bytes([letter]) * len(buffer)
    digest.close()
    written = b"".join(letter * (1 << 20) for letter in (b"a", b"b", b"c"))
    assert digest.hexdigest() == hashlib.sha256(written).hexdigest()


def test_closed_one_leaves_no_thread() -> None:
    before = threading.enumerate()
    digest = Sha256()
    digest.update(bytes(1 << 20))
    digest.close()
    assert digest.hexdigest()
    for thread in threading.enumerate():
        if thread not in before:
            thread.join(10)
    assert set(threading.enumerate()) <= set(before)
