#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Turn the collected test vectors into the compact files the tests read.

usage: import.py SOURCE-FOLDER

Writes one JSON object per line beside this script. Members that restate others are dropped.
"""

import json
import pathlib
import sys

FAMILIES = [
    "sddl_binary",
    "sid_strings",
    "sddl_text",
    "sddl_render",
    "access_check",
    "access_check_generated",
    "inheritance",
    "generic_mapping",
    "mandatory_mask",
    "set_security",
    "binary_validity",
    "conditional_eval",
    "conditional_syntax",
]

# This collection's own reading of bytes that the vector also holds.
DERIVED = {"decoded"}


def without_derived(value):
    if isinstance(value, dict):
        return {k: without_derived(v) for k, v in value.items() if k not in DERIVED}
    if isinstance(value, list):
        return [without_derived(element) for element in value]
    return value


def compact(vector):
    return json.dumps(without_derived(vector), separators=(",", ":"), ensure_ascii=True)


def convert(source, target, family):
    with open(source / f"{family}.json", encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]

    with open(target / f"{family}.jsonl", "w", encoding="ascii", newline="\n") as file:
        for vector in vectors:
            file.write(compact(vector) + "\n")
    print(f"{family}: {len(vectors)}")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: import.py SOURCE-FOLDER")

    source = pathlib.Path(sys.argv[1])
    target = pathlib.Path(__file__).resolve().parent
    for family in FAMILIES:
        convert(source, target, family)


if __name__ == "__main__":
    main()
