"""Compressed request bodies, by the libraries that clients use: zlib, and the libzstd that the build needs anyway."""
import ctypes
import ctypes.util
import zlib


def gzip(body):
    packer = zlib.compressobj(wbits=31)
    return packer.compress(body) + packer.flush()


def deflate(body):
    return zlib.compress(body)


def bare_deflate(body):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def zstd(body, level=3):
    """Level 3 is the Codex CLI's."""
    library = ctypes.CDLL(ctypes.util.find_library("zstd"))
    library.ZSTD_compressBound.restype = library.ZSTD_compress.restype = ctypes.c_size_t
    library.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
    library.ZSTD_compress.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
    room = ctypes.create_string_buffer(library.ZSTD_compressBound(len(body)))
    size = library.ZSTD_compress(room, len(room), body, len(body), level)
    assert 0 < size <= len(room)
    return room.raw[:size]


EVERY_WAY = {"zstd": zstd, "gzip": gzip, "x-gzip": gzip, "deflate": deflate}
