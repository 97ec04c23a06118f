#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what each fuzz target begins with: FOLDER/TARGET/…, made of tests/vectors/*.jsonl.

    make-seeds.py FOLDER

Seeds are made when they are wanted, so that they follow the vectors and their targets' input formats
without a thousand files in the repository.
"""

import hashlib
import json
import pathlib
import re
import struct
import sys

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "tests" / "vectors"

SDDL_BINARY_STEP = 12  # there are thousands, and they resemble each other
INHERITANCE_STEP = 4

RESOURCE_ATTRIBUTE = 0x12
CALLBACKS = (0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x15)
WITH_GUIDS = (0x05, 0x06, 0x07, 0x08, 0x0B, 0x0C, 0x0F, 0x10)


def vectors(family):
    with open(VECTORS / f"{family}.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class Seeds:
    """A folder for each target; equal seeds are one file."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, target, data):
        data = data.encode() if isinstance(data, str) else data
        path = self.folder / target / hashlib.sha1(data).hexdigest()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def descriptors():
    """Every descriptor that some vector gives as bytes, thinned out."""
    found = [v["sd_hex"] for v in vectors("sddl_binary")[::SDDL_BINARY_STEP]]
    found += [v["sd_hex"] for v in vectors("sddl_render")]
    for family in ("access_check", "access_check_generated"):
        found += [v["sd"]["sd_hex"] for v in vectors(family) if "sd_hex" in v["sd"]]
    return [bytes.fromhex(text) for text in dict.fromkeys(found)]


def acls(descriptor):
    """The ACLs of a packed descriptor."""
    for offset in struct.unpack_from("<II", descriptor, 12):
        if offset:
            size = struct.unpack_from("<H", descriptor, offset + 2)[0]
            yield descriptor[offset:offset + size]


def aces(acl):
    offset = 8
    for _ in range(struct.unpack_from("<H", acl, 4)[0]):
        size = struct.unpack_from("<H", acl, offset + 2)[0]
        yield acl[offset:offset + size]
        offset += size


def data_of(ace):
    """What follows the SID of an ACE."""
    at = 8
    if ace[0] in WITH_GUIDS:
        at = 12 + 16 * bin(ace[8] & 3).count("1")
    return ace[at + 8 + 4 * ace[at + 1]:]


def add_sids(seeds):
    for vector in vectors("sid_strings"):
        seeds.add("fuzz-sid", vector["input"])
        for side in ("windows", "samba"):
            if vector.get(side, {}).get("sid_hex"):
                seeds.add("fuzz-sid", bytes.fromhex(vector[side]["sid_hex"]))


def choices(n):
    """How a caller may be made for fuzz-access; see world_choose()."""
    wanted = [0x02000000, 1, 0x20000, 0x120089, 0x02000001, 0x10000, 0x80000, 0x01000000]
    head = struct.pack("<BBBBIII", (n * 37) & 0xFF, n & 7, 0, 0, n * 0x10101, wanted[n % 8], 2 << 16 | n)
    body = bytes((i * (n + 3) | 4) & 0xFF for i in range(48))
    more = bytes([n % 64, n % 8]) + bytes((i + n) & 0xFF for i in range(14))
    return (head + body + more).ljust(128, b"\7")


def add_descriptors(seeds):
    found = descriptors()
    for n, descriptor in enumerate(found):
        seeds.add("fuzz-acl", descriptor)
        seeds.add("fuzz-access", choices(n) + descriptor)
        other = found[(n + 1) % len(found)]
        if n % 3 == 0 and len(descriptor) < 2000 and len(other) < 2000:
            head = struct.pack("<IH", n * 0x01050301 & 0xFFFFFFFF, len(descriptor))
            seeds.add("fuzz-descriptor", head + descriptor + other)
        if n % 8 == 0:
            seeds.add("fuzz-ntacl", ntacl(descriptor))
        for acl in acls(descriptor):
            if n % 8 == 0:
                seeds.add("fuzz-acl", acl)
            add_ace_data(seeds, acl)
    for vector in vectors("binary_validity"):
        target = "fuzz-sid" if vector["kind"] == "sid" else "fuzz-acl"
        seeds.add(target, bytes.fromhex(vector["hex"]))


def add_ace_data(seeds, acl):
    for ace in aces(acl):
        if ace[0] == RESOURCE_ATTRIBUTE:
            seeds.add("fuzz-claim", data_of(ace))
            seeds.add("fuzz-condition-text", data_of(ace))
        elif ace[0] in CALLBACKS and data_of(ace):
            seeds.add("fuzz-condition-text", data_of(ace))
            seeds.add("fuzz-condition", condition(data_of(ace), 1))


def ntacl(descriptor):
    """Version 1 of an NTACL blob: version, level, a pointer, the descriptor."""
    return struct.pack("<HHI", 1, 1, 0x00020004) + descriptor


def claim(name="x", values=(1,)):
    """An integer claim."""
    text = (name + "\0").encode("utf-16-le")
    at = 16 + 4 * len(values)
    offsets = [at + len(text) + 8 * n for n in range(len(values))]
    return (struct.pack("<IHHII", at, 1, 0, 0, len(values)) +
            struct.pack(f"<{len(values)}I", *offsets) + text +
            struct.pack(f"<{len(values)}Q", *values))


def condition(expression, mode):
    """A claim and an expression, without its magic."""
    data = claim("UserGate")
    return struct.pack("<BH", mode, len(data)) + data + expression[4:]


def add_conditions(seeds):
    texts = [v["expression"] for v in vectors("conditional_syntax")]
    for vector in vectors("conditional_eval"):
        if "expression" in vector:
            texts.append(vector["expression"])
        else:
            data = bytes.fromhex(vector["expression_hex"])
            seeds.add("fuzz-condition", condition(data, vector["for_allow"]))
            seeds.add("fuzz-condition-text", data)
    for text in texts:
        seeds.add("fuzz-condition-text", text)


def add_texts(seeds):
    texts = [v["input"] for v in vectors("sddl_text")]
    texts += [v["sddl"] for v in vectors("sddl_binary")[::SDDL_BINARY_STEP]]
    for text in texts:
        seeds.add("fuzz-sddl", text)
        for last in re.findall(r';(\([^()]*(?:\([^()]*\)[^()]*)*\))\)', text):
            seeds.add("fuzz-condition-text", last)
            if last.startswith('("'):
                seeds.add("fuzz-claim", last)
    for kind, values in (("TI", "1,-2"), ("TU", "0x10"), ("TS", '"a","b"'), ("TD", "BA,SY"),
                         ("TX", "00ff"), ("TB", "0,1")):
        seeds.add("fuzz-claim", f'("name",{kind},0x0,{values})')
    seeds.add("fuzz-claim", claim("x", (1, 2, 3)))


def add_others(seeds):
    for name in ("Everyone", "NT AUTHORITY\\SYSTEM", "BUILTIN\\x", "Unix User\\j\u00f6rg", "Unix Group\\x", "a@b"):
        seeds.add("fuzz-account-name", name)
    seeds.add("fuzz-map", "user 1000 S-1-5-21-1-2-3-1000\ngroup 100 S-1-5-21-1-2-3-513\n"
                          "member 1000 S-1-5-32-544 # why\nguest 65534\ndomain S-1-5-21-1-2-3\n")
    for present in range(32):
        seeds.add("fuzz-snapshot", snapshot(present))


def sid(authority, *numbers):
    return struct.pack("<BB", 1, len(numbers)) + authority.to_bytes(6, "big") + \
        struct.pack(f"<{len(numbers)}I", *numbers)


def sized(data):
    return struct.pack("<I", len(data)) + data


def snapshot(present):
    """A snapshot as src/wire/snapshot.c describes it, with these members."""
    user, group, everyone = sid(5, 21, 1, 2, 3, 1000), sid(5, 21, 1, 2, 3, 513), sid(1, 0)
    groups = struct.pack("<II", 1, 7) + everyone
    out = b"TESSERA\0" + struct.pack("<HHIIIIQ8sQIII", 2, present, 1, 0, 0, 1, 999, b"seed", 1, 1, 0, 0)
    out += user + struct.pack("<I", 0) + user + group + groups
    out += struct.pack("<III", 1, 23, 3)
    out += sid(16, 8192) if present & 1 else b""
    out += struct.pack("<I", 1) + everyone if present & 2 else b""
    if present & 4:
        out += sized(struct.pack("<BBHHH", 2, 0, 28, 1, 0) + struct.pack("<BBHI", 0, 0, 20, 0x10000000) +
                     everyone)
    if present & 8:
        out += sid(15, 2, 1, 2, 3, 4, 5, 6, 7) + struct.pack("<III", 0, 1, 4) + sid(15, 3, 1)
    if present & 16:
        out += groups + struct.pack("<I", 1) + everyone
        out += 3 * (struct.pack("<I", 1) + sized(claim()))
    return out


def add_calls(seeds):
    """Calls with arguments by chance: each of them first, so that none is missing."""
    for target, n_calls in (("fuzz-nt-token", 21), ("fuzz-nt-descriptor", 10)):
        for n in range(6 * n_calls):
            chance = b"".join(hashlib.sha256(bytes([n, i])).digest() for i in range(12))
            head = bytes([n // n_calls]) if target == "fuzz-nt-token" else b""
            seeds.add(target, head + bytes([n % n_calls]) + chance)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    seeds = Seeds(pathlib.Path(sys.argv[1]))
    for add in (add_sids, add_descriptors, add_conditions, add_texts, add_others, add_calls):
        add(seeds)


if __name__ == "__main__":
    main()
