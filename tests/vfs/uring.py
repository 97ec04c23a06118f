# SPDX-License-Identifier: MIT
"""Opening files through io_uring, also with the credentials that were registered with the ring."""

import ctypes
import mmap
import os
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_SETUP, SYS_ENTER, SYS_REGISTER = 425, 426, 427
OFFSET_SQ, OFFSET_CQ, OFFSET_SQES = 0, 0x8000000, 0x10000000
REGISTER_PERSONALITY = 9
OP_OPENAT = 18
ENTER_GETEVENTS = 1
ASYNC = 1 << 4  # IOSQE_ASYNC: by a worker thread
AT_FDCWD = -100

# struct io_uring_params: what matters of it, with the offsets into the rings.
PARAMS_SIZE = 120
SQ_OFFSETS, CQ_OFFSETS = 40, 80


def call(number, *arguments):
    result = LIBC.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class Ring:
    """A ring that carries one request at a time."""

    def __init__(self):
        params = ctypes.create_string_buffer(PARAMS_SIZE)
        self.fd = call(SYS_SETUP, 4, params)
        n_sq, n_cq = struct.unpack_from("<II", params)
        self.sq_offsets = struct.unpack_from("<7I", params, SQ_OFFSETS)
        self.cq_offsets = struct.unpack_from("<7I", params, CQ_OFFSETS)
        self.sq = mmap.mmap(self.fd, self.sq_offsets[6] + 4 * n_sq, offset=OFFSET_SQ)
        self.cq = mmap.mmap(self.fd, self.cq_offsets[5] + 16 * n_cq, offset=OFFSET_CQ)
        self.sqes = mmap.mmap(self.fd, 64 * n_sq, offset=OFFSET_SQES)

    def register_personality(self):
        """Keep the credentials of now. Returns their number."""
        return call(SYS_REGISTER, self.fd, REGISTER_PERSONALITY, None, 0)

    def open(self, path, flags, personality=0, sqe_flags=0):
        """An fd, as os.open() gives."""
        name = ctypes.create_string_buffer(os.fsencode(path))
        _, at_tail, _, _, _, _, at_array = self.sq_offsets
        tail, = struct.unpack_from("<I", self.sq, at_tail)
        self.sqes[0:64] = struct.pack("<BBHiQQIIQHHiQQ", OP_OPENAT, sqe_flags, 0, AT_FDCWD, 0,
                                      ctypes.addressof(name), 0, flags, 1, 0, personality, 0, 0, 0)
        struct.pack_into("<I", self.sq, at_array + 4 * (tail % 4), 0)
        struct.pack_into("<I", self.sq, at_tail, tail + 1)
        call(SYS_ENTER, self.fd, 1, 1, ENTER_GETEVENTS, None, 0)
        return self._answer()

    def _answer(self):
        at_head, _, at_mask, _, _, at_cqes, _ = self.cq_offsets
        head, = struct.unpack_from("<I", self.cq, at_head)
        mask, = struct.unpack_from("<I", self.cq, at_mask)
        _, result, _ = struct.unpack_from("<QiI", self.cq, at_cqes + 16 * (head & mask))
        struct.pack_into("<I", self.cq, at_head, head + 1)
        if result < 0:
            raise OSError(-result, os.strerror(-result))
        return result


def missing():
    """Why there is no io_uring here; None if there is."""
    try:
        os.close(Ring().fd)
    except OSError as error:
        return f"no io_uring here: {error}"
    return None
