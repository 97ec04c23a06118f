#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Does Samba agree with our NTACL codec and our hash of mode and POSIX ACLs?

usage: test-samba-ntacl.py NTACL-TOOL

Samba's own file server code runs in this process (python3-samba), with an smb.conf and databases in
a temporary directory, so nothing of the host's is touched. Output is TAP. Needs root, and Samba's
acl_xattr module: from samba-vfs-modules, or the file that TESSERA_SAMBA_ACL_XATTR names.
"""

import ctypes
import os
import shutil
import struct
import subprocess
import sys
import tempfile

MODULE = "/usr/lib/x86_64-linux-gnu/samba/vfs/acl_xattr.so"
NTACL = "security.NTACL"

CONF = """[global]
private dir = {dir}/private
lock directory = {dir}/lock
state directory = {dir}/state
cache directory = {dir}/cache
pid directory = {dir}/pid
ncalrpc dir = {dir}/ncalrpc
log file = {dir}/log
passdb backend = tdbsam:{dir}/private/passdb.tdb
netbios name = TESSERA
workgroup = TESSERA
server role = standalone server
{extra}
"""


def skip(reason):
    print("1..0 # SKIP " + reason)
    sys.exit(0)


if os.geteuid() != 0:
    skip("needs root")
try:
    from samba.auth_util import system_session_unix
    from samba.dcerpc import security, smb_acl, xattr
    from samba.ndr import ndr_pack, ndr_unpack
    from samba.samba3 import param, smbd
except ImportError as error:
    skip("needs python3-samba: %s" % error)
module = os.environ.get("TESSERA_SAMBA_ACL_XATTR", MODULE)
if not os.path.exists(module):
    skip("needs samba-vfs-modules, or TESSERA_SAMBA_ACL_XATTR")

EVERYTHING = (security.SECINFO_OWNER | security.SECINFO_GROUP | security.SECINFO_DACL
              | security.SECINFO_SACL)
DOMAIN = security.dom_sid("S-1-5-21-1-2-3")
FOLDERS = ("private", "lock", "state", "cache", "pid", "ncalrpc", "files")


class Samba:
    """Samba's file server code, configured in @folder."""

    def __init__(self, folder):
        self.folder = folder
        for name in FOLDERS:
            os.mkdir("%s/%s" % (folder, name), 0o755)
        self.parameters = param.get_context()
        self.configure("")
        self.session = system_session_unix()
        if module != MODULE:
            # Samba loads modules from its own directory only. Register this one by hand, after
            # the built-in ones, which a first operation brings in.
            smbd.get_sys_acl(folder, smb_acl.SMB_ACL_TYPE_ACCESS, self.session)
            if ctypes.CDLL(module, mode=ctypes.RTLD_GLOBAL).samba_init_module(None) != 0:
                raise RuntimeError("samba_init_module")
        self.configure("vfs objects = acl_xattr")

    def configure(self, extra):
        path = self.folder + "/smb.conf"
        with open(path, "w") as conf:
            conf.write(CONF.format(dir=self.folder, extra=extra))
        self.parameters.load(path)

    def set(self, path, sddl):
        smbd.set_nt_acl(path, EVERYTHING, security.descriptor.from_sddl(sddl, DOMAIN), self.session)

    def get(self, path):
        return smbd.get_nt_acl(path, EVERYTHING, self.session).as_sddl(DOMAIN)


class Tap:
    def __init__(self):
        self.n_tests = 0
        self.n_failed = 0

    def equal(self, got, expected, name):
        self.check(got == expected, name, "got:      %s\nexpected: %s" % (got, expected))

    def differ(self, got, other, name):
        self.check(got != other, name, "both: %s" % got)

    def check(self, holds, name, reason):
        self.n_tests += 1
        print("%s %d - %s" % ("ok" if holds else "not ok", self.n_tests, name))
        if not holds:
            self.n_failed += 1
            print("# " + reason.replace("\n", "\n# "))

    def end(self):
        print("1..%d" % self.n_tests)
        return 1 if self.n_failed else 0


def tool(*arguments):
    done = subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        return "FAILED: " + done.stderr.strip()
    return done.stdout.strip()


# Rights are numbers everywhere: Samba's names for them were those of directory objects until 4.18.
def in_samba_words(sddl):
    """The same descriptor as Samba prints it."""
    return security.descriptor.from_sddl(sddl, DOMAIN).as_sddl(DOMAIN)


def decoded(path):
    """What our decoder makes of the file's blob, as Samba prints it."""
    sd = tool("decode", path)
    if sd.startswith("FAILED"):
        return sd
    return ndr_unpack(security.descriptor, bytes.fromhex(sd)).as_sddl(DOMAIN)


def make(path, mode, is_directory):
    if is_directory:
        os.mkdir(path)
    else:
        open(path, "w").close()
    os.chmod(path, mode)


USER, GROUP, OWNER, OWNING_GROUP, MASK, OTHER = 2, 8, 1, 4, 16, 32
ACL_NAMED = [(OWNER, 6, -1), (USER, 4, 1000), (OWNING_GROUP, 5, -1), (GROUP, 2, 2000),
             (MASK, 6, -1), (OTHER, 1, -1)]
ACL_UNSORTED = [(OWNER, 7, -1), (USER, 7, 3000), (USER, 1, 1000), (USER, 0, 2000),
                (OWNING_GROUP, 0, -1), (GROUP, 3, 9000), (GROUP, 5, 4294967294), (GROUP, 1, 70),
                (MASK, 7, -1), (OTHER, 0, -1)]
ACL_MASK_ONLY = [(OWNER, 6, -1), (OWNING_GROUP, 6, -1), (MASK, 4, -1), (OTHER, 4, -1)]
ACL_PLAIN = [(OWNER, 7, -1), (OWNING_GROUP, 5, -1), (OTHER, 5, -1)]


def set_posix_acl(path, kind, entries):
    """Straight into the xattr: setfacl(1) would sort the entries."""
    value = struct.pack("<I", 2)
    for tag, perms, number in entries:
        value += struct.pack("<HHI", tag, perms, number & 0xffffffff)
    os.setxattr(path, "system.posix_acl_" + kind, value)


# What Samba is asked to store; it also turns each into a POSIX ACL, which is then hashed.
SAMBA_STORES = [
    ("owner and group",
     "O:S-1-22-1-0G:S-1-22-2-0D:P(A;;0x1f01ff;;;S-1-22-1-0)(A;;0x1200a9;;;S-1-22-2-0)"
     "(D;;0x2;;;AN)"),
    ("other owner, named user and group",
     "O:S-1-22-1-1000G:S-1-22-2-1001D:P(A;;0x1f01ff;;;S-1-22-1-1000)(A;;0x1200a9;;;S-1-22-2-1001)"
     "(A;;0x1200a9;;;S-1-22-1-2000)(A;;0x1301bf;;;S-1-22-2-3000)"),
    ("inheritable entries",
     "O:S-1-22-1-1000G:S-1-22-2-1001D:PAI(A;OICI;0x1f01ff;;;S-1-22-1-1000)"
     "(A;OICI;0x1200a9;;;S-1-22-2-1001)(A;OICI;0x1200a9;;;S-1-22-1-2000)"
     "(A;OICIIO;0x1f01ff;;;CO)(A;;0x1200a9;;;WD)"),
    ("Everyone",
     "O:S-1-22-1-0G:S-1-22-2-0D:(A;;0x1f01ff;;;S-1-22-1-0)(A;;0x120089;;;WD)"),
    ("a SACL",
     "O:S-1-22-1-0G:S-1-22-2-0D:(A;;0x1f01ff;;;S-1-22-1-0)S:(AU;SAFA;0x1;;;WD)"),
]

# name, mode, whether a directory, uid, gid, access ACL, default ACL
WE_STORE_ON = [
    ("file without ACL", 0o640, False, 0, 0, None, None),
    ("file without ACL, setuid", 0o6755, False, 1000, 1001, None, None),
    ("file of mode 0", 0, False, 4294967294, 4294967294, None, None),
    ("file with named entries", 0o600, False, 1000, 1001, ACL_NAMED, None),
    ("file with unsorted entries", 0o600, False, 1000, 1001, ACL_UNSORTED, None),
    ("file with a mask only", 0o600, False, 1000, 1001, ACL_MASK_ONLY, None),
    ("file with a plain ACL", 0o600, False, 1000, 1001, ACL_PLAIN, None),
    ("directory without ACL", 0o755, True, 0, 0, None, None),
    ("directory without ACL, sticky", 0o1777, True, 0, 1001, None, None),
    ("directory with named entries", 0o2770, True, 1000, 1001, ACL_NAMED, None),
    ("directory with default ACL alone", 0o750, True, 1000, 1001, None, ACL_NAMED),
    ("directory with plain default ACL", 0o750, True, 1000, 1001, None, ACL_PLAIN),
    ("directory with both", 0o750, True, 1000, 1001, ACL_UNSORTED, ACL_NAMED),
    ("directory with both, exchanged", 0o750, True, 1000, 1001, ACL_NAMED, ACL_UNSORTED),
]
WE_STORE = ("O:BAG:S-1-5-21-1-2-3-513D:PAI(D;;0x2;;;AN)(A;OICI;0x1f01ff;;;SY)"
            "(A;OICIID;0x1200a9;;;S-1-5-21-1-2-3-1001)(A;;0x1301bf;;;WD)"
            "S:AI(AU;OICISAFA;0x1f01ff;;;WD)")


def samba_writes_and_we_read(samba, tap, path, what, sddl):
    samba.set(path, sddl)
    stored = ndr_unpack(xattr.NTACL, os.getxattr(path, NTACL))
    sd = stored.info.sd.as_sddl(DOMAIN)

    tap.equal(stored.version, 4, what + ": Samba stores version 4")
    tap.equal(sd, in_samba_words(sddl), what + ": Samba stores what it was given")
    tap.equal(decoded(path), sd, what + ": we read the descriptor")
    tap.equal(tool("hash", path), bytes(stored.info.sys_acl_hash[:32]).hex(),
              what + ": we compute the hash")


def older_blobs(stored):
    """The same descriptor in versions 1 to 3, as Samba's NDR packs it."""
    forms = ((1, None, 0), (2, xattr.security_descriptor_hash_v2, 16),
             (3, xattr.security_descriptor_hash_v3, 64))
    for version, form, hash_size in forms:
        blob = xattr.NTACL()
        blob.version = version
        if form is None:
            blob.info = stored.info.sd
        else:
            blob.info = form()
            blob.info.sd = stored.info.sd
            blob.info.hash = [0xab] * hash_size
        if version == 3:
            blob.info.hash_type = 1
        yield version, ndr_pack(blob)


def we_read_older_versions(tap, path, what):
    stored = ndr_unpack(xattr.NTACL, os.getxattr(path, NTACL))

    for version, blob in older_blobs(stored):
        os.setxattr(path, NTACL, blob)
        tap.equal(decoded(path), stored.info.sd.as_sddl(DOMAIN),
                  "%s: we read version %d" % (what, version))


def we_write_and_samba_reads(samba, tap, path, what, mode):
    tap.equal(tool("encode", path, WE_STORE), "", what + ": we write")
    tap.equal(samba.get(path), in_samba_words(WE_STORE), what + ": Samba trusts what we wrote")

    os.chmod(path, mode ^ 0o200)
    changed = samba.get(path)
    os.removexattr(path, NTACL)
    tap.differ(changed, in_samba_words(WE_STORE), what + ": Samba sets it aside after a chmod")
    tap.equal(changed, samba.get(path), what + ": Samba then goes by mode and POSIX ACL")


def run(folder):
    samba = Samba(folder)
    tap = Tap()

    for i, (name, sddl) in enumerate(SAMBA_STORES):
        for kind, is_directory in (("file", False), ("directory", True)):
            for before, acl in (("mode", None), ("POSIX ACL", ACL_NAMED)):
                path = "%s/files/%d-%s-%s" % (folder, i, kind, before)
                what = "%s, %s with a %s before" % (name, kind, before)
                make(path, 0o750, is_directory)
                if acl:
                    set_posix_acl(path, "access", acl)
                if acl and is_directory:
                    set_posix_acl(path, "default", ACL_UNSORTED)
                samba_writes_and_we_read(samba, tap, path, what, sddl)
                we_read_older_versions(tap, path, what)

    for i, (name, mode, is_directory, uid, gid, access, default) in enumerate(WE_STORE_ON):
        path = "%s/files/ours-%d" % (folder, i)
        make(path, mode, is_directory)
        os.chown(path, uid, gid)
        os.chmod(path, mode)
        if access:
            set_posix_acl(path, "access", access)
        if default:
            set_posix_acl(path, "default", default)
        we_write_and_samba_reads(samba, tap, path, name, os.stat(path).st_mode & 0o7777)

    return tap.end()


def main():
    # Not /tmp, if that is a tmpfs: it has no security.* on older kernels.
    folder = tempfile.mkdtemp(prefix="tessera-samba-", dir=os.environ.get("TMPDIR"))
    os.umask(0o22)
    try:
        return run(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main())
