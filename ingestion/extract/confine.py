"""Takes from this process what reading a file never needs: the network, other programs, other files, and more memory."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# What the kernel calls the architecture, and its numbers of the calls that are refused. Three get rules of their own: threads
# are made by the same ``clone`` as processes, ``clone3`` hides its flags behind a pointer, and a process that ends itself
# with an error does so by ``tgkill``.
_MACHINES: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (0xC000003E, {
        "socket": 41, "socketpair": 53, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "ptrace": 101,
        "rt_sigqueueinfo": 129, "tkill": 200, "tgkill": 234, "rt_tgsigqueueinfo": 297, "process_vm_readv": 310,
        "process_vm_writev": 311, "execveat": 322, "pidfd_send_signal": 424, "io_uring_setup": 425, "clone3": 435,
        "pidfd_getfd": 438,
    }),
    "aarch64": (0xC00000B7, {
        "ptrace": 117, "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "socket": 198, "socketpair": 199,
        "clone": 220, "execve": 221, "rt_tgsigqueueinfo": 240, "process_vm_readv": 270, "process_vm_writev": 271,
        "execveat": 281, "pidfd_send_signal": 424, "io_uring_setup": 425, "clone3": 435, "pidfd_getfd": 438,
    }),
}  # fmt: skip
_X32 = 0x40000000  # the first number of the second set of calls that x86_64 has
_CLONE_THREAD = 0x10000
_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
_HARDWARE = ("/proc/cpuinfo", "/sys/devices/system/cpu")  # asked by numeric libraries for the number of cores


def limit(*, cpu_s: int, memory_mb: int) -> None:
    """Caps on time and memory that the process cannot lift; it ends itself even when nobody waits for it any more.

    ``memory_mb`` is what it may allocate; the code of Python and the libraries, some 50 MB, comes on top.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 2**20, memory_mb * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    signal.alarm(cpu_s + 1)


def confine(readable: Iterable[Path]) -> tuple[str, ...]:
    """From here on only what lies under ``readable`` and the system's libraries can be opened, and only to read it.

    Nothing can be sent anywhere, started or signalled either. Works without privileges on Linux; says what is in force,
    of "files" and "calls", since an older kernel or another system has less or nothing of it.
    """
    if sys.platform != "linux":
        return ()
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return ()
    applied = {"files": _restrict_files(kernel, readable), "calls": _restrict_calls(kernel)}
    return tuple(name for name, done in applied.items() if done)


def _restrict_files(kernel: ctypes.CDLL, readable: Iterable[Path]) -> bool:
    """Landlock, since Linux 5.13: every right that this kernel knows is taken, reading is given back below some folders."""
    version = kernel.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    if version < 1:
        return False
    rights = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    handled = struct.pack("=Q", (1 << rights) - 1)
    ruleset = kernel.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), ctypes.c_uint(0))
    if ruleset < 0:
        return False
    for path in {*map(str, readable), *_LIBRARIES, *_HARDWARE}:
        _give(kernel, ruleset, path)
    done = bool(kernel.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0)) == 0)
    os.close(ruleset)
    return done


def _give(kernel: ctypes.CDLL, ruleset: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this system
    rights = _READ_FILE | (_READ_FOLDER if os.path.isdir(path) else 0)
    kernel.syscall(
        _ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), struct.pack("=Qi", rights, place), ctypes.c_uint(0)
    )
    os.close(place)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _restrict_calls(kernel: ctypes.CDLL) -> bool:
    """A seccomp filter: what it refuses fails as if it were not permitted, and can never be had back."""
    known = _MACHINES.get(os.uname().machine)
    if known is None:
        return False
    instructions = _filter(*known)
    program = _Program(len(instructions) // 8, instructions)
    return bool(kernel.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _filter(architecture: int, calls: dict[str, int]) -> bytes:
    """Eight bytes an instruction: code, how many to skip if true, if false, and a value."""
    refused = [number for name, number in calls.items() if name not in ("clone", "clone3", "tgkill")]
    refuse, allow = (_RETURN, 0, 0, _REFUSE | errno.EPERM), (_RETURN, 0, 0, _ALLOW)
    steps = [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0), (_AT_LEAST, 0, 1, _X32), refuse,
        (_EQUAL, 0, 1, calls["clone3"]), (_RETURN, 0, 0, _REFUSE | errno.ENOSYS),  # makes the C library use clone
        *(step for number in refused for step in ((_EQUAL, 0, 1, number), refuse)),
        (_EQUAL, 0, 4, calls["tgkill"]), (_LOAD, 0, 0, 16), (_EQUAL, 0, 1, os.getpid()), allow, refuse,
        (_EQUAL, 0, 3, calls["clone"]), (_LOAD, 0, 0, 16), (_HAS_BITS, 1, 0, _CLONE_THREAD), refuse,
        allow,
    ]  # fmt: skip
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
