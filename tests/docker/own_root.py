"""Makes the root directory of this process that of its whole mount namespace, and runs a program: own_root.py EMPTY_FOLDER ARGV.

Whoever enters a mount namespace finds himself in its root, and so does `docker exec`. After chroot(2) that is not the root
of the processes in it: a command meant for a container would run among the files of the machine around. Where there was no
chroot, nothing is done. The mount namespace must be the caller's own (unshare --mount). pivot_root(2), setns(2).
"""
import ctypes
import os
import subprocess
import sys

CLONE_NEWNS = 0x20000
MNT_DETACH = 2
LIBC = ctypes.CDLL(None, use_errno=True)


def must(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def identity(status):
    return status.st_dev, status.st_ino


def main(folder, argv):
    here = identity(os.stat("/"))
    namespace = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    subprocess.run(["mount", "--rbind", "/", folder], check=True)
    bound = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    as_it_was = os.open("/", os.O_PATH | os.O_DIRECTORY)
    must(LIBC.setns(namespace, CLONE_NEWNS), "setns")
    if identity(os.stat("/")) == here:
        os.fchdir(as_it_was)
        must(LIBC.umount2(folder.encode(), MNT_DETACH), "umount")
    else:
        os.fchdir(bound)
        must(LIBC.pivot_root(b".", b"."), "pivot_root")
        must(LIBC.umount2(b".", MNT_DETACH), "umount")
    os.chdir("/")
    os.execvp(argv[0], argv)


main(sys.argv[1], sys.argv[2:])
