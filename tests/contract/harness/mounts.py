"""A mount namespace for one process: what it finds read-only, everybody else may write to."""
import ctypes
import os
import shutil
import tempfile
from pathlib import Path

import pytest

NEW_NAMESPACES = 0x00020000 | 0x10000000  # CLONE_NEWNS, CLONE_NEWUSER
READ_ONLY, REMOUNT, RECURSIVE, PRIVATE = 1, 32, 16384, 1 << 18
libc = ctypes.CDLL(None, use_errno=True)


def _call(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _mount(source, target, kind, flags):
    _call(libc.mount(source, os.fsencode(target), kind, flags, None), f"mount {target}")


def _enter(folder):
    user, group = os.geteuid(), os.getegid()
    _call(libc.unshare(NEW_NAMESPACES), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount(None, "/", None, RECURSIVE | PRIVATE)
    kept = [(path.name, path.read_bytes(), path.stat().st_mode & 0o777) for path in folder.iterdir()]
    _mount(b"none", folder, b"tmpfs", 0)
    for name, content, mode in kept:
        (folder / name).write_bytes(content)
        (folder / name).chmod(mode)
    _mount(b"none", folder, b"tmpfs", REMOUNT | READ_ONLY)


def read_only_copy(folder):
    """For Popen's preexec_fn: the process finds the files of the folder on a file system that it cannot write to. The test is skipped, and says
    why, where the system lets nobody make namespaces."""
    trial = Path(tempfile.mkdtemp())
    child = os.fork()
    if child == 0:
        try:
            _enter(trial)
            os._exit(0)
        except OSError as error:
            os.write(2, f"{error}\n".encode())
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    shutil.rmtree(trial)
    if status != 0:
        pytest.skip("this system lets nobody make a mount namespace")
    return lambda: _enter(folder)
