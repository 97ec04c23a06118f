#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns what test runs logged into result rows: one line "pass|fail|skip<TAB>suite<TAB>test<TAB>reason"
for each single test. Used by tools/check.

    tally.py meson SUITE testlog.json    subtests of TAP programs count one by one
    tally.py tap SUITE file
"""

import json
import re
import sys

LINE = re.compile(r"^(not )?ok\b\s*(\d*)\s*-?\s*([^#]*?)\s*(?:#\s*(skip|todo)\S*\s*(.*))?$", re.I)
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*skip\S*\s*(.*))?$", re.I)


def why_it_died(entry):
    """What a sanitizer summed up, or the last words."""
    text = entry.get("stdout", "") + "\n" + entry.get("stderr", "")
    summaries = re.findall(r"^SUMMARY: (.*)$|(.*runtime error: .*)$", text, re.M)
    said = "".join(summaries[0]) if summaries else last_line(entry.get("stderr", ""))
    return f"meson says {entry['result']}, exit {entry.get('returncode')}: {said}"


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def tap_rows(text):
    """Rows of one TAP stream, and whether it kept to its plan."""
    rows, planned, said = [], None, ""
    for line in text.splitlines():
        plan, result = PLAN.match(line), LINE.match(line)
        if plan:
            planned = int(plan.group(1))
            if planned == 0:
                rows.append(("skip", "(all)", plan.group(2) or "no reason given"))
                planned = 1
        elif result:
            failed, number, name, directive, reason = result.groups()
            # A cmocka test prints its reason before it skips, and its name behind the word.
            if directive:
                name, reason = (name, reason) if name else (reason, said.lstrip("# "))
                rows.append(("skip", name or number, reason or "no reason given"))
            else:
                rows.append(("fail" if failed else "pass", name or number, ""))
            said = ""
        elif line.strip():
            said = line.strip()
    return rows, planned == len(rows)


def meson_rows(entry):
    """Rows of one program that meson ran."""
    result, output = entry["result"], entry.get("stdout", "")
    rows, whole = tap_rows(output)
    if rows:
        if result not in ("OK", "SKIP", "EXPECTEDFAIL") and all(row[0] != "fail" for row in rows):
            rows.append(("fail", "(program)", why_it_died(entry)))
        elif not whole and all(row[0] != "fail" for row in rows):
            rows.append(("fail", "(program)", "ran another number of tests than planned"))
        return rows
    if result in ("OK", "EXPECTEDFAIL"):
        return [("pass", "(program)", "")]
    if result == "SKIP":
        said = last_line(output + "\n" + entry.get("stderr", ""))
        return [("skip", "(program)", said or "no reason given")]
    return [("fail", "(program)", why_it_died(entry))]


def main():
    kind, suite, path = sys.argv[1:]
    with open(path, encoding="utf-8", errors="replace") as file:
        if kind == "tap":
            rows, whole = tap_rows(file.read())
            rows = [(suite, *row) for row in rows]
            if not whole:
                rows.append((suite, "fail", "(program)", "ended early"))
        else:
            rows = []
            for line in file:
                entry = json.loads(line)
                program = entry["name"].split(" / ")[-1]
                rows += [(f"{suite}/{program}", *row) for row in meson_rows(entry)]
    for where, outcome, name, reason in rows:
        print("\t".join(" ".join(field.split()) for field in (outcome, where, name, reason)))


main()
