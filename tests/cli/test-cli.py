#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the tessera program answers: the whole program, from the command line.

Environment:
  TESSERA  the built program
Output is TAP. As root with /dev/fuse it mounts a volume in a temporary directory; what needs these
is skipped otherwise.
"""

import json
import os
import pty
import pwd
import signal
import struct
import subprocess
import sys
import tempfile
import time

TESSERA = os.path.abspath(os.environ.get("TESSERA", "tessera"))
VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors")
SCRATCH = tempfile.TemporaryDirectory(prefix="tessera-cli-")
STATE = os.path.join(SCRATCH.name, "state")

# A user without account: what it may do is only what the test says.
UID = 61001
TAGS = range(0x6A000001, 0x6B000000)

COMMANDS = [["whoami"], ["check"], ["sddl"], ["condition"], ["inherit"], ["acl"], ["acl", "show"],
            ["acl", "set"], ["acl", "edit"], ["acl", "propagate"], ["run"]]

DUPLICATE_LITERALS = "a set literal that holds a value twice equals one with it for Samba only"
VIRTUAL_GROUP = "for peios a condition's PRINCIPAL_SELF and OWNER RIGHTS are their stand-ins"
DISABLED_CAPABILITY = "for peios a capability counts though it is not enabled"

# The vectors that our check answers otherwise, and why; as in tests/test-vectors-access.c.
EXCEPTIONS = {
    "access_check-08106f8f8ab9": "a deny-only owner is the owner for peios, not on Windows",
    "access_check-2ff6ff73f262": VIRTUAL_GROUP,
    "access_check-36d9c46069be": DISABLED_CAPABILITY,
    "access_check-3c0803037712": "a malformed process-trust label is an error of peios' own",
    "access_check-57b503ad68dc": DUPLICATE_LITERALS,
    "access_check-5df492b013d1": DUPLICATE_LITERALS,
    "access_check-6f7561606b3c": VIRTUAL_GROUP,
    "access_check-71446f9882d8": VIRTUAL_GROUP,
    "access_check-726953e2603b": DUPLICATE_LITERALS,
    "access_check-746b9a42b552": "for Samba Not_Any_of takes a scalar literal",
    "access_check-762b8af05192": DUPLICATE_LITERALS,
    "access_check-7b01872d6b4f": VIRTUAL_GROUP,
    "access_check-850986996c7e": "a claim without values does not equal itself",
    "access_check-86680883d922": "peios looks at privileges before the label",
    "access_check-87866e7bcbef": VIRTUAL_GROUP,
    "access_check-89ba7da549c5": DUPLICATE_LITERALS,
    "access_check-917fbbf67832": DISABLED_CAPABILITY,
    "access_check-93839f820086": DUPLICATE_LITERALS,
    "access_check-aa35527d59a7": VIRTUAL_GROUP,
    "access_check-ad5dc198be9c": DUPLICATE_LITERALS,
    "access_check-d930757e3862": DUPLICATE_LITERALS,
    "access_check-e71a9b82a0c0": "peios narrows what backup intent gives by a central policy",
    "access_check-e757ac634717": "for peios object ACEs match packages",
    "access_check-f0abf8a922e3": DUPLICATE_LITERALS,
}

# The vectors whose text or token we refuse, and with what (docs/conformance.md).
REFUSED = {
    "access_check-7a20a560896b": "expected a blank",  # after Not_Any_of
    "access_check-895197bad074": "expected a blank",  # after Any_of
    "access_check-1f5a7c79aa5f": "no token can carry such a claim",  # with a value twice
    "access_check-64319f0e587b": "no token can carry such a claim",
    "access_check-c56e717b912a": "no token can carry such a claim",
}

CLAIMS = [{"name": "a", "type": "INT64", "flags": 0, "values": [1]}]

PACKAGE = "S-1-15-2-1-2-3-4-5-6-7"

GUIDS = [f"00000000-0000-0000-0000-{n:012}" for n in range(3)]

# The same of conditions, as in tests/test-vectors-condition.c: what we answer instead.
CONDITION_EXCEPTIONS = {
    "conditional_eval-1bf86400075f": "true",  # for peios the user is no member
    "conditional_eval-5b3f26ba94bd": "claims-rejected",  # a claim over 64 KiB
    "conditional_eval-725fd237f76e": "claims-rejected",
    "conditional_eval-ba45acee1c06": "true",  # Windows gets NOT above bare attributes wrong
    "conditional_eval-d9bd30f0ec03": "true",
}

# The same of new objects, as in tests/test-vectors-inheritance.c.
INHERITANCE_EXCEPTIONS = {
    "inheritance-5c3d482a2e29": "peios inherits and splits otherwise, and sets the DEFAULTED bits",
}

# Programs are looked up where every user may look.
os.environ["PATH"] = "/usr/bin:/bin"

TESTS = []


class Skip(Exception):
    """Raised by a test that cannot run here, with the reason."""


def test(function):
    """Register a test; its name is its sentence."""
    TESTS.append(function)
    return function


def needs_root():
    if os.geteuid() != 0:
        raise Skip("needs root")


def tessera(*arguments, given=None, status=0):
    """Run the program; return its output and errors as text after checking its exit status."""
    if isinstance(given, str):
        given = given.encode()
    done = subprocess.run([TESSERA, *arguments], input=given or b"", capture_output=True,
                          timeout=120, check=False)
    output = done.stdout.decode()
    errors = done.stderr.decode(errors="replace")
    if status is not None:
        equal(done.returncode, status, f"exit status of {arguments}: {errors}{output[-500:]}")
    assert "Sanitizer" not in errors, errors
    return output, errors


def equal(got, expected, what="value"):
    assert got == expected, f"{what}: expected {expected!r}, got {got!r}"


def contains(text, *parts):
    for part in parts:
        assert part in text, f"{part!r} is not in {text!r}"


def run(*arguments, status=0):
    return tessera("run", "--state", STATE, *arguments, status=status)


def vectors(family):
    with open(os.path.join(VECTORS, family + ".jsonl"), "rb") as file:
        return file.read()


def lines(data):
    return [json.loads(line) for line in data.splitlines()]


def stream(command, *questions):
    """Answers to lines, given as objects, text or bytes; exactly one for each."""
    given = b""
    for question in questions:
        if isinstance(question, dict):
            question = json.dumps(question)
        given += (question if isinstance(question, bytes) else question.encode()) + b"\n"
    output, _ = tessera(command, "--jsonl", given=given)
    answers = [unaudited(answer) for answer in lines(output)]
    equal(len(answers), len(questions), "answers")
    return answers


def unaudited(answer):
    """The answer without what nearly every check says of audits: nothing."""
    return {name: value for name, value in answer.items() if (name, value) != ("audit", [])}


QUESTION = {"id": "good", "token": {"user_sids": ["S-1-5-21-1-2-3-1000", "S-1-1-0"]},
            "sd": {"sddl": "O:SYG:SYD:(A;;FR;;;WD)"}, "desired": "0x00000001"}
GOOD_ANSWER = {"id": "good", "status": "STATUS_SUCCESS", "granted": "0x00000001"}


def question(**changes):
    changed = {**QUESTION, "id": "changed", **changes}
    return {name: value for name, value in changed.items() if value is not None}


def token(**changes):
    return question(token={**QUESTION["token"], **changes})


def token_with(members, **changes):
    return question(token={**QUESTION["token"], **members}, **changes)




# The command line


@test
def the_program_lists_its_commands():
    output, errors = tessera("--help")

    equal(errors, "")
    contains(output, "whoami", "check", "sddl", "condition", "acl", "run", "mount", "umount", "handles",
             "Exit status:")


@test
def the_program_tells_its_version():
    output, _ = tessera("--version")

    assert output.startswith("tessera 0."), output


@test
def every_command_explains_itself_and_its_exit_statuses():
    for command in COMMANDS:
        output, errors = tessera(*command, "--help")

        equal(errors, "")
        contains(output, "Usage: tessera " + " ".join(command), "Exit status:")


@test
def a_wrong_command_line_exits_2_and_points_to_the_help():
    wrong = [
        [], ["frobnicate"], ["--frobnicate"], ["whoami", "--frobnicate"], ["whoami", "-x"],
        ["whoami", "extra"], ["whoami", "--pid"], ["whoami", "--json=yes"],
        ["whoami", "--pid", "1", "--pid", "2"],
        ["check"], ["check", "--sddl", "D:", "file"], ["check", "--sddl", "D:", "--sd-hex", "00"],
        ["check", "--sddl", "D:", "--user", "1", "--pid", "1"],
        ["check", "--sddl", "D:", "--desired", "frob"], ["check", "--sddl", "D:", "--desired", ""],
        ["check", "--sddl", "D:", "--desired", "read,"],
        ["check", "--sddl", "D:", "--desired", "0x100000000"],
        ["check", "--sddl", "D:", "--mapping", "1,2,3"],
        ["check", "--sddl", "D:", "--mapping", "1,2,3,4,5"],
        ["check", "--sddl", "D:", "--mapping", "1,2,3,x"],
        ["check", "--sddl", "D:", "--self", "nobody-known"], ["check", "--jsonl", "a", "b"],
        ["sddl", "--to-hex", "--from-hex", "D:"], ["sddl", "--domain", "S-1", "D:"],
        ["condition"], ["condition", "(a)"], ["condition", "--jsonl", "a", "b"],
        ["inherit"], ["inherit", "--jsonl", "a", "b"],
        ["acl"], ["acl", "frobnicate"], ["acl", "show"], ["acl", "show", "--parts", "X", "f"],
        ["acl", "show", "--parts", "OO", "f"], ["acl", "show", "--parts", "", "f"],
        ["acl", "show", "--sddl", "--json", "f"],
        ["acl", "set", "f"], ["acl", "set", "--sddl", "", "f"],
        ["acl", "set", "--sddl", "D:X", "f"], ["acl", "set", "--sddl", "S:(SP;;;;;S-1-17-1)", "f"],
        ["acl", "set", "--sddl", "D:", "--parts", "O", "f"], ["acl", "set", "--sddl", "D:"],
        ["acl", "edit", "f"], ["acl", "edit", "--add", "FR", "f"], ["acl", "edit", "--protect"],
        ["acl", "edit", "--add", "(A;;FR;;;XX)", "f"], ["acl", "edit", "--remove", "XX", "f"],
        ["acl", "edit", "--add", "(A;ID;FR;;;WD)", "f"],
        ["acl", "edit", "--owner", "uid:x", "f"], ["acl", "edit", "--protect", "--unprotect", "f"],
        ["run"], ["run", "--untagged", "--restrict", "WD", "id"],
        ["run", "--write-restricted", "id"], ["run", "--state", STATE, "--restrict", "??", "id"],
        ["run", "--state", STATE, "--delete-privilege", "SeNone", "id"],
    ]
    for arguments in wrong:
        output, errors = tessera(*arguments, status=2)

        equal(output, "", f"output of {arguments}")
        first, second = errors.splitlines()
        contains(first, "tessera: ")
        contains(second, "tessera: try 'tessera ", "--help'")


@test
def options_take_their_value_after_an_equals_sign_too_and_stand_behind_operands():
    output, _ = tessera("check", "--sddl=O:SYG:SYD:(A;;FR;;;WD)", "--user=1000:1000",
                        "--desired=FR")

    contains(output, "granted")
    output, _ = tessera("sddl", "O:SY", "--to-hex", "--", "G:SY")
    equal(len(output.splitlines()), 2)


@test
def a_closed_output_is_a_failure():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([TESSERA, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)

    equal(done.returncode, 1)
    contains(done.stderr.decode(), "tessera: cannot write")


# sddl


@test
def sddl_is_converted_to_bytes_and_back():
    texts = ["O:SYG:BAD:P(D;;FW;;;AN)(A;OICI;FA;;;S-1-22-1-1000)", "D:NO_ACCESS_CONTROL", "D:",
             "O:WDG:WDS:(ML;;NW;;;HI)"]
    output, _ = tessera("sddl", *texts)
    back, _ = tessera("sddl", "--from-hex", given=output)

    equal(back.splitlines(), texts)


@test
def sddl_knows_the_domain():
    output, _ = tessera("sddl", "--domain", "S-1-5-21-1-2-3", "O:DA")
    plain, _ = tessera("sddl", "O:S-1-5-21-1-2-3-512")

    equal(output, plain)
    output, _ = tessera("sddl", "--domain", "S-1-5-21-1-2-3", "--from-hex", plain.strip())
    equal(output, "O:DA\n")
    _, errors = tessera("sddl", "O:DA", status=1)
    contains(errors, "tessera: column 3: ")


@test
def sddl_marks_the_column_and_goes_on():
    output, errors = tessera("sddl", "D:(A;;FR;;;XX)", "O:SY", status=1)

    equal(len(output.splitlines()), 1)
    message, text, mark = errors.splitlines()
    contains(message, "tessera: column 12: ")
    equal(text[mark.index("^"):], "XX)")
    _, errors = tessera("sddl", "--from-hex", "0100x", status=1)
    contains(errors, "column 5")
    _, errors = tessera("sddl", "--from-hex", "010", status=1)
    contains(errors, "column 4")
    tessera("sddl", "--from-hex", "", status=1)


@test
def sddl_reads_lines_and_refuses_those_that_are_no_text():
    output, errors = tessera("sddl", given=b"O:SY\nD:\0\n" + b"A" * 2000000 + b"\nG:SY", status=1)

    equal(len(output.splitlines()), 2)
    contains(errors, "NUL", "1 MiB")


@test
def every_sddl_vector_becomes_the_bytes_of_windows():
    questions = lines(vectors("sddl_binary"))
    output, _ = tessera("sddl", "--jsonl", given=vectors("sddl_binary"))
    answers = lines(output)
    n_slack = 0

    equal(len(answers), len(questions))
    for asked, answer in zip(questions, answers):
        equal(answer["id"], asked["id"])
        if "acl-trailing-bytes" in asked["tags"]:
            n_slack += 1
            continue
        equal(answer.get("sd_hex"), asked["sd_hex"], asked["id"])
    assert 0 < n_slack < 20, n_slack


@test
def every_text_that_windows_and_samba_accept_is_converted_and_what_both_refuse_is_not():
    questions = [asked for asked in lines(vectors("sddl_text")) if asked["agreed"]
                 and "samba" in asked and "windows" in asked]
    answers = stream("sddl", *[{"id": asked["id"], "sddl": asked["input"],
                                "domain_sid": asked["domain_sid"]} for asked in questions])

    for asked, answer in zip(questions, answers):
        equal("sd_hex" in answer, asked["windows"]["accept"], f"{asked} {answer}")
    equal(len(questions), 98)


@test
def every_text_is_judged_and_with_windows_lax_as_windows_judges_it():
    questions = lines(vectors("sddl_text"))
    strict, _ = tessera("sddl", "--jsonl", given=vectors("sddl_text"))
    lax, _ = tessera("sddl", "--jsonl", "--windows-lax", given=vectors("sddl_text"))
    n_laxer = 0

    equal(len(lines(strict)), len(questions))
    for asked, answer, as_windows in zip(questions, lines(strict), lines(lax)):
        equal(answer["id"], asked["id"])
        if asked["domain_sid"] == "S-2-0-0":
            contains(answer["error"], "domain_sid")
            continue
        if asked["agreed"] and "samba" in asked:
            equal(answer["accept"], asked["samba"]["accept"], asked["id"])
        if answer["accept"]:
            equal(as_windows, answer)
        else:
            assert answer["error"] and 1 <= answer["column"] <= len(asked["input"]) + 2, answer
        windows = asked.get("windows", {})
        if "accept" in windows:
            equal(as_windows["accept"], windows["accept"], asked["id"])
            equal("sd_hex" in as_windows, windows["accept"], asked["id"])
            n_laxer += windows["accept"] and not answer["accept"]
        if windows.get("canonical") is not None:
            equal(as_windows["canonical"], windows["canonical"], asked["id"])
    assert n_laxer > 20, n_laxer


@test
def every_sid_is_judged_and_with_windows_lax_as_windows_judges_it():
    questions = lines(vectors("sid_strings"))
    strict, _ = tessera("sddl", "--jsonl", given=vectors("sid_strings"))
    lax, _ = tessera("sddl", "--jsonl", "--windows-lax", given=vectors("sid_strings"))

    for asked, answer, as_windows in zip(questions, lines(strict), lines(lax)):
        equal({key: as_windows[key] for key in ("accept", "sid", "sid_hex") if key in as_windows},
              asked["windows"], asked["id"])
        if "samba" in asked:
            equal(answer["accept"], asked["samba"]["accept"], asked["id"])
        equal("error" in answer, not answer["accept"])
    equal(len(lines(lax)), len(questions))


@test
def every_expression_is_judged_as_by_samba():
    questions = lines(vectors("conditional_syntax"))
    output, _ = tessera("sddl", "--jsonl", given=vectors("conditional_syntax"))

    equal(len(lines(output)), len(questions))
    for asked, answer in zip(questions, lines(output)):
        equal(answer["accept"], asked["accept"], asked["id"])
        equal("consumed" in answer, asked["accept"])
        if "consumed" in asked:
            equal(answer["consumed"], asked["consumed"], asked["id"])
    answers = stream("sddl", {"expression": "(Member_of{SID(DA)})"}, {"expression": ""},
                     {"expression": "(Member_of{SID(DA)}) ", "domain_sid": "S-1-5-21-1-2-3"})
    equal([answer["accept"] for answer in answers], [False, False, True])
    equal(answers[0]["column"], 16)


@test
def sections_are_rendered_as_on_windows():
    questions = lines(vectors("sddl_render"))
    output, _ = tessera("sddl", "--jsonl", given=vectors("sddl_render"))

    equal(len(lines(output)), len(questions))
    for asked, answer in zip(questions, lines(output)):
        contains([asked["sddl"], *asked.get("alternatives", [])], answer["sddl"])
        if "subset_control" in asked:
            equal(answer["subset_control"], asked["subset_control"])
    whole, _ = tessera("sddl", "O:SYG:BAD:P(A;;FA;;;WD)S:(ML;;NW;;;HI)(AU;SA;FA;;;WD)")
    answers = stream("sddl", *[{"sd_hex": whole.strip(), "sections": sections}
                               for sections in ("D", "GO", "L", "S", "X", "", "DD")])
    equal([answer.get("sddl") for answer in answers],
          ["D:P(A;;FA;;;WD)", "O:SYG:BA", "S:(ML;;NW;;;HI)", "S:(ML;;NW;;;HI)(AU;SA;FA;;;WD)", None,
           None, None])
    equal([answer["subset_control"] for answer in answers[:4]],
          ["0x9004", "0x8000", "0x8010", "0x8010"])
    assert all("lossless" not in answer for answer in answers), answers


@test
def sddl_warns_of_every_byte_that_text_leaves_out():
    slack = [asked for asked in lines(vectors("sddl_binary")) if asked["tags"] != []
             and {"acl-trailing-bytes", "oversize"} & set(asked["tags"])]
    printed, _ = tessera("sddl", "--jsonl", "--from-hex", given=vectors("sddl_binary"))
    lossy = [answer["id"] for answer in lines(printed) if answer.get("lossless") is False]
    strict, _ = tessera("sddl", "--jsonl", "--from-hex", "--lossless", given=vectors("sddl_binary"))
    refused = [answer["id"] for answer in lines(strict) if "error" in answer]

    equal(len(slack), 11)
    equal(lossy, [asked["id"] for asked in slack])
    equal(refused, lossy)
    for asked in slack:
        output, errors = tessera("sddl", "--from-hex", "--domain", asked["domain_sid"],
                                 asked["sd_hex"])
        contains(errors, "tessera: the text leaves out bytes")
        assert output.strip(), asked
        output, errors = tessera("sddl", "--from-hex", "--lossless", asked["sd_hex"], status=1)
        equal(output, "")
        contains(errors, "SDDL cannot say all of these bytes")
    _, errors = tessera("sddl", "--from-hex", "--lossless", tessera("sddl", "D:(A;;FA;;;WD)")[0]
                        .strip())
    equal(errors, "")


@test
def sddl_reads_as_windows_only_when_asked():
    for text, canonical in [("D:( a;;fa;;;wd )", "D:(A;;FA;;;WD)"),
                            ("O:S-0x1-5-20-220", "O:BA"), ("D:(A;;-99;;;WD)",
                                                           "D:(A;;0xffffff9d;;;WD)")]:
        tessera("sddl", text, status=1)
        output, _ = tessera("sddl", "--windows-lax", text)
        back, _ = tessera("sddl", "--from-hex", given=output)
        equal(back, canonical + "\n")
    unsigned = "D:(XA;;FA;;;WD;(a == 0xffffffffffffffff))"
    output, _ = tessera("sddl", "--windows-lax", unsigned)
    equal(tessera("sddl", "--windows-lax", "--from-hex", given=output), (unsigned + "\n", ""))
    tessera("sddl", "--from-hex", given=output, status=1)


@test
def conditions_and_attributes_are_converted_to_bytes_and_back():
    texts = ['D:(XA;;FR;;;WD;(@User.Title == "PM" && Member_of {SID(BA)}))',
             'D:(XD;;FW;;;WD;(!(Exists a)))', 'S:(RA;;;;;WD;("a",TI,0x0,1,2))']
    output, _ = tessera("sddl", *texts)
    back, _ = tessera("sddl", "--from-hex", given=output)
    again, _ = tessera("sddl", given=back)

    equal(again, output)
    contains(back, "@USER.Title", "Exists a", '("a",TI,0x0,1,2)')


@test
def every_sddl_vector_survives_printing_and_reading_back():
    printed, _ = tessera("sddl", "--jsonl", "--from-hex", given=vectors("sddl_binary"))
    texts = lines(printed)
    again = [{**text, "domain_sid": asked["domain_sid"]}
             for text, asked in zip(texts, lines(vectors("sddl_binary")))]
    output, _ = tessera("sddl", "--jsonl", given="\n".join(map(json.dumps, again)))
    n_compared = 0

    for asked, text, answer in zip(lines(vectors("sddl_binary")), texts, lines(output)):
        assert "sddl" in text, text
        if "acl-trailing-bytes" not in asked["tags"]:
            equal(answer.get("sd_hex"), asked["sd_hex"], asked["id"])
            n_compared += 1
    assert n_compared > 3000, n_compared


@test
def sddl_lines_that_are_refused_get_an_error_and_the_stream_goes_on():
    good = {"id": 1, "sddl": "O:SY"}
    answers = stream("sddl", good, {"id": 2, "sddl": "D:(A;;FR;;;XX)"}, {"id": 3, "sddl": 4},
                     {"id": 4}, {"id": 5, "sd_hex": "01zz"}, {"id": 6, "sd_hex": "0100"},
                     {"id": 7, "sddl": "O:DA", "domain_sid": "S-1-5-"},
                     {"id": 8, "sddl": "D:(XA;;FR;;;WD;(@User.a == ))"},
                     {"id": {"deep": 1}, "sddl": "O:SY"}, good)

    equal([answer["id"] for answer in answers], [1, 2, 3, 4, 5, 6, 7, 8, None, 1])
    for answer in answers[1:8]:
        assert answer["error"], answer
        assert "sd_hex" not in answer, answer
    equal(answers[1]["column"], 12)
    equal(answers[4]["column"], 3)
    assert "column" not in answers[2], answers[2]
    equal(answers[7]["column"], 28)
    equal(answers[0], answers[9])
    equal(answers[0]["sd_hex"], answers[8]["sd_hex"])


# check


@test
def check_names_the_grant_and_the_entry_that_completed_it():
    output, errors = tessera("check", "--user", "1000:1000", "--desired", "read",
                             "--sddl", "O:SYG:SYD:(D;;0x116;;;WD)(A;;FR;;;WD)")

    equal(errors, "")
    contains(output, "answer    granted", "0x00120089  FILE_GENERIC_READ",
             "entry     2 of 2: (A;;FR;;;WD)")


@test
def check_names_the_entry_that_denied_and_what_is_missing():
    output, _ = tessera("check", "--user", "1000:1000", "--desired", "FILE_READ_DATA,write",
                        "--sddl", "O:SYG:SYD:(A;;FR;;;WD)(D;;FW;;;WD)", status=1)

    contains(output, "answer    denied", "STATUS_ACCESS_DENIED", "deny ACE",
             "entry     2 of 2: (D;;FW;;;WD)", "FILE_WRITE_DATA | FILE_APPEND_DATA")
    assert "granted" not in output, output


@test
def check_tells_the_rule_where_no_entry_decided():
    cases = [
        ("D:", "read", 1, "no ACE allows it"),
        ("D:NO_ACCESS_CONTROL", "read", 0, "DACL"),
        ("O:S-1-22-1-1000D:", "RC", 0, "owner"),
        ("D:(A;;GA;;;WD)", "ACCESS_SYSTEM_SECURITY", 1, "privilege"),
        ("D:(A;;GA;;;WD)S:(ML;;NW;;;SI)", "write", 1, "mandatory label"),
    ]
    for sddl, desired, status, rule in cases:
        output, _ = tessera("check", "--user", "1000:1000", "--desired", desired, "--sddl", sddl,
                            status=status)

        answer = [line for line in output.splitlines() if line.startswith("rule ")]
        equal(len(answer), 1)
        contains(answer[0].lower(), rule.lower())
        assert "entry" not in output, output


@test
def check_answers_as_json():
    output, _ = tessera("check", "--json", "--user", "1000:1000", "--desired", "FRFW",
                        "--sddl", "O:SYG:SYD:(A;;FR;;;WD)(D;;FW;;;WD)", status=1)
    answer = json.loads(output)

    equal(answer["status"], "STATUS_ACCESS_DENIED")
    equal(answer["granted"], "0x00000000")
    equal(answer["ace_index"], 1)
    equal(answer["ace"], "(D;;FW;;;WD)")
    equal(answer["pass"], "normal")
    contains(answer["missing_rights"], "FILE_WRITE_DATA")


@test
def check_grants_the_maximum_unless_told_otherwise():
    output, _ = tessera("check", "--user", "1000:1000", "--sddl", "D:(A;;0x1200a9;;;WD)", "--json")

    equal(json.loads(output)["granted"], "0x001200a9")
    equal(json.loads(output)["granted_rights"], ["FILE_GENERIC_READ", "FILE_GENERIC_EXECUTE"])


@test
def check_reads_rights_in_every_form():
    forms = {"FR": 0x120089, "RCWD": 0x60000, "0x3": 3, "17": 17, "read": 0x80000000,
             "write": 0x40000000, "execute": 0x20000000, "full": 0x10000000, "delete": 0x10000,
             "maximum": 0x2000000, "FILE_TRAVERSE": 0x20, "WRITE_DAC": 0x40000,
             "FILE_READ_DATA,0x2,DELETE": 0x10003}
    for text, mask in forms.items():
        output, _ = tessera("check", "--json", "--sddl", "D:NO_ACCESS_CONTROL", "--user", "1000:1",
                            "--desired", text)

        equal(json.loads(output)["desired"], f"0x{mask:08x}", text)


@test
def check_maps_generic_rights_as_told_and_does_not_name_rights_it_does_not_know():
    output, _ = tessera("check", "--json", "--sddl", "D:(A;;0x20003;;;WD)", "--user", "1000:1",
                        "--mapping", "0x20001,0x20002,0x20004,0xf0007", "--desired", "read,write")

    equal(json.loads(output)["granted"], "0x00020003")
    equal(json.loads(output)["granted_rights"], ["READ_CONTROL", "0x00000003"])


@test
def check_takes_a_user_with_groups():
    sddl = "O:SYG:SYD:(A;;FR;;;S-1-22-2-61003)"

    tessera("check", "--sddl", sddl, "--desired", "FR", "--user", "61001:61002,61003")
    tessera("check", "--sddl", sddl, "--desired", "FR", "--user", "61001:61003")
    tessera("check", "--sddl", sddl, "--desired", "FR", "--user", "61001:61002", status=1)
    for wrong in ["61001:", "61001:x", "61001:1,,2", "4294967295", "no-such-user-here", ""]:
        output, errors = tessera("check", "--sddl", sddl, "--user", wrong, status=1)
        equal(output, "")
        contains(errors, "tessera: ")


@test
def check_takes_a_process_and_a_token_file():
    path = os.path.join(SCRATCH.name, "token.json")
    sddl = f"D:(A;;FR;;;S-1-22-1-{os.getuid()})"
    output, _ = tessera("whoami", "--json", "--state", STATE, "--pid", str(os.getpid()))
    with open(path, "w", encoding="ascii") as file:
        file.write(output)

    for identity in [["--pid", str(os.getpid())], ["--token", path], []]:
        if "--token" not in identity:
            identity = [*identity, "--state", STATE]
        answer, _ = tessera("check", "--sddl", sddl, "--desired", "FR", *identity)
        contains(answer, f"S-1-22-1-{os.getuid()}")


@test
def check_refuses_a_token_file_that_is_none():
    path = os.path.join(SCRATCH.name, "broken.json")
    for content in ["", "{", "[]", "{}", '{"user": "S-1-5"}', '{"user": "S-1-5-18", "user": 1}']:
        with open(path, "w", encoding="ascii") as file:
            file.write(content)
        output, errors = tessera("check", "--sddl", "D:", "--token", path, status=1)
        equal(output, "")
        contains(errors, "broken.json")
    tessera("check", "--sddl", "D:", "--token", path + "-absent", status=1)


@test
def check_takes_a_descriptor_as_bytes():
    text = "O:SYG:SYD:(A;;FR;;;WD)"
    path = os.path.join(SCRATCH.name, "descriptor")
    encoded, _ = tessera("sddl", text)
    with open(path, "wb") as file:
        file.write(bytes.fromhex(encoded))

    for given in [["--sd-hex", encoded.strip()], ["--sd-file", path]]:
        output, _ = tessera("check", *given, "--user", "1000:1000", "--desired", "FR")
        contains(output, "(A;;FR;;;WD)")
    _, errors = tessera("check", "--sd-file", "/dev/null", status=1)
    contains(errors, "no security descriptor")
    tessera("check", "--sd-file", path + "-absent", status=1)


@test
def check_refuses_a_bad_descriptor_with_its_column():
    _, errors = tessera("check", "--sddl", "D:(A;;FR;;;XX)", status=1)

    contains(errors, "tessera: --sddl: column 12: ")
    _, errors = tessera("check", "--sddl", "D:(XA;;FR;;;WD;(@User.a = 1))", status=1)
    contains(errors, "tessera: --sddl: column 25: ")


@test
def check_evaluates_conditions_and_names_the_entry():
    member = "(XA;;FR;;;WD;(Member_of {SID(S-1-22-2-1000)}))"
    output, _ = tessera("check", "--user", "1000:1000", "--desired", "FR", "--sddl",
                        "O:SYG:SYD:" + member)

    contains(output, "answer    granted", "entry     1 of 1: (XA;;FR;;;WD;(Member_of")
    tessera("check", "--user", "1000:1001", "--desired", "FR", "--sddl", "O:SYG:SYD:" + member,
            status=1)
    output, _ = tessera("check", "--user", "1000:1000", "--desired", "FR", "--sddl",
                        "O:SYG:SYD:(XD;;FR;;;WD;(@User.a == 1))(A;;FR;;;WD)", status=1)
    contains(output, "answer    denied", "entry     1 of 2: (XD;;FR;;;WD;(@USER.a == 1))")
    resource = 'O:SYG:SYD:(XA;;FR;;;WD;(@Resource.a == %d))S:(RA;;;;;WD;("a",TI,0x0,1))'
    tessera("check", "--user", "1000:1000", "--desired", "FR", "--sddl", resource % 1)
    tessera("check", "--user", "1000:1000", "--desired", "FR", "--sddl", resource % 2, status=1)


@test
def check_judges_a_token_by_its_claims_and_its_package():
    path = os.path.join(SCRATCH.name, "token-with-claims.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**QUESTION["token"], "user_claims": CLAIMS,
                   "appcontainer": {"package_sid": PACKAGE}}, file)

    def ask(dacl, *more, status):
        output, _ = tessera("check", "--token", path, "--desired", "FR", "--sddl",
                            "O:SYG:SYD:" + dacl, *more, status=status)
        return output

    package = f"(A;;FR;;;{PACKAGE})"
    ask("(XA;;FR;;;WD;(@User.a == 1))" + package, status=0)
    ask("(XA;;FR;;;WD;(@User.a == 2))" + package, status=1)
    contains(ask("(A;;FR;;;WD)", status=1), "against the package and its capabilities")
    equal(json.loads(ask("(A;;FR;;;WD)", "--json", status=1))["pass"], "package")


@test
def check_tells_what_to_do_about_a_file_without_descriptor():
    output, errors = tessera("check", SCRATCH.name, status=1)

    equal(output, "")
    contains(errors, SCRATCH.name, "tessera mount", "--sddl")


# check --jsonl


def states_rights(asked, status):
    """Evaluators of generated cases write 0 for each node refused (tests/test-vectors-access.c)."""
    return status == "STATUS_SUCCESS" or not asked["oracle"].startswith("agreed:")


def is_as_expected(asked, answer):
    expect = asked["expect"]
    if "nodes" in expect:
        equal(len(answer["nodes"]), len(expect["nodes"]), asked["id"])
        equal(answer["status"], answer["nodes"][0]["status"], asked["id"])
        return all(node["status"] == stated["status"]
                   and (not states_rights(asked, node["status"])
                        or node["granted"] == stated["granted"])
                   for node, stated in zip(answer["nodes"], expect["nodes"]))
    if answer["status"] != expect.get("status"):
        return False
    if answer["status"] != "STATUS_SUCCESS":
        return answer["granted"] == "0x00000000"
    return answer["granted"] == expect.get("granted", answer["granted"])


# Rows whose audit events are not ours, by what they state.
AUDIT_EXCEPTIONS = {
    # A difference between what two refusals would have granted is no difference between answers.
    "access_check-0eee996f5d2e": "staging_mismatch",
    "access_check-ef4d5a86cae5": "staging_mismatch",
}


def audit_events(events):
    """What of an event is ours to say: rights granted on the way to a refusal are not."""
    return [(event["ace_hex"], event["requested"], event["success"],
             event.get("forced_by_policy", False)) for event in events]


def is_audited_as_expected(asked, answer):
    expect = asked["expect"]
    if "audit" not in expect:
        return
    equal(audit_events(answer["audit"]), audit_events(expect["audit"]), asked["id"])
    equal([(use["privilege"], use["requested"], use["surviving"], use["success"])
           for use in answer.get("privilege_use", [])],
          [(use["privilege"], use["requested"], use["surviving"], use["success"])
           for use in expect.get("privilege_use", [])], asked["id"])
    agrees = answer.get("staging_mismatch", False) == expect.get("staging_mismatch", False)
    assert agrees != (AUDIT_EXCEPTIONS.get(asked["id"]) == "staging_mismatch"), (asked["id"], answer)


def compare_vectors(family, n_answered_expected):
    questions = lines(vectors(family))
    output, errors = tessera("check", "--jsonl", os.path.join(VECTORS, family + ".jsonl"))
    answers = lines(output)
    n_answered = 0

    equal(errors, "")
    equal([answer["id"] for answer in answers], [asked["id"] for asked in questions])
    for asked, answer in zip(questions, answers):
        if asked["id"] in REFUSED:
            contains(answer["error"], REFUSED[asked["id"]])
            continue
        assert "error" not in answer, answer
        n_answered += 1
        is_audited_as_expected(asked, answer)
        agrees = is_as_expected(asked, answer)
        assert agrees != (asked["id"] in EXCEPTIONS), (asked["id"], asked["expect"], answer)
    equal(n_answered, n_answered_expected, "vectors answered")


@test
def every_published_check_is_answered_as_expected():
    compare_vectors("access_check", 215)


@test
def every_generated_check_is_answered_as_expected():
    compare_vectors("access_check_generated", 970)


@test
def each_line_is_answered_before_the_next_is_read():
    with subprocess.Popen([TESSERA, "check", "--jsonl"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        for _ in range(3):
            process.stdin.write(json.dumps(QUESTION).encode() + b"\n")
            process.stdin.flush()
            equal(unaudited(json.loads(process.stdout.readline())), GOOD_ANSWER)
        process.stdin.close()
        equal(process.wait(timeout=30), 0)


@test
def a_last_line_without_end_is_answered_and_an_empty_stream_is_no_error():
    output, _ = tessera("check", "--jsonl", given=json.dumps(QUESTION))

    equal([unaudited(answer) for answer in lines(output)], [GOOD_ANSWER])
    equal(tessera("check", "--jsonl", given=b"")[0], "")
    tessera("check", "--jsonl", os.path.join(SCRATCH.name, "absent"), status=1)
    tessera("check", "--jsonl", SCRATCH.name, status=1)


@test
def lines_that_are_no_json_object_get_an_error_and_the_stream_goes_on():
    good = json.dumps(QUESTION).encode()
    broken = [
        b"", b" ", b"{", b'{"id": "x"', good[:-1], good[:40], b"[]", b"[1, 2]", b"1", b'"text"',
        b"null", b"true", b"nonsense", b"\0", good[:20] + b"\0" + good[20:],
        b'{"id": "a\\u0000b"}', b'{"id": "\xff\xfe"}', b"\xff\xfe\xfd",
        b"\xc3", b'{"id": "\xed\xa0\x80"}',
        b'{"id": "\xc0\xaf"}', b"[" * 100000, b'{"a":' * 100000, b'{"id": 1' + b"0" * 400 + b"}",
        b'{"id": 1e999}', b'{"id": 99999999999999999999999}', good + good, good + b"x",
        b'{"id": "x", "id": "y"}', b'{"id": "' + b"x" * (1 << 20) + b'"}',
    ]
    questions = []
    for line in broken:
        questions += [line, good]
    answers = stream("check", *questions)

    for line, answer in zip(broken, answers[0::2]):
        equal(answer["id"], None, line[:60])
        assert answer["error"], line[:60]
        assert set(answer) <= {"id", "error", "column"}, answer
        assert answer.get("column", 1) > 0, answer
    for answer in answers[1::2]:
        equal(answer, GOOD_ANSWER)


@test
def a_json_error_names_its_column():
    answer, = stream("check", '{"id": x}')

    equal(answer["column"], 8)
    contains(answer["error"], "JSON")


@test
def members_of_the_wrong_type_or_value_get_an_error_with_the_id():
    wrong = [
        question(token=None), question(sd=None), question(desired=None), question(token=[]),
        question(token="x"), question(sd="D:"), question(sd={}), question(sd={"sddl": 1}),
        question(sd={"sd_hex": []}), question(sd={"sddl": "D:", "domain_sid": 1}),
        question(sd={"sddl": "D:", "domain_sid": "S-1-"}), question(desired=-1),
        question(desired=1 << 32), question(desired=1.5), question(desired="0x1ffffffff"),
        question(desired=""), question(desired="0x"), question(desired=[]), question(desired="x"),
        question(mapping={}), question(mapping=["0x1"] * 3), question(mapping=["0x1"] * 5),
        question(mapping=["0x1", "0x1", "0x1", "y"]), question(principal_self=1),
        question(principal_self="S-2-1"), question(intent="backup"), question(intent=["x"]),
        question(intent=[1]), question(tags="api"), question(tags=[1]),
        token(user_sids=[]), token(user_sids=["S-1"]), token(user_sids=[1]), token(user_sids={}),
        token(user="S-1-5-18"), question(token={}), question(token={"user": 1}),
        question(token={"user": "S-1-5-18", "groups": {}}),
        question(token={"user": "S-1-5-18", "groups": [1]}),
        question(token={"user": "S-1-5-18", "groups": [{}]}),
        question(token={"user": "S-1-5-18", "groups": [{"sid": "S-1-1-0", "attributes": "q"}]}),
        question(token={"user": "S-1-5-18", "user_deny_only": 1}),
        token(privileges="SeBackupPrivilege"), token(privileges=["SeNone"]), token(privileges=[1]),
        token(privileges=["SeBackupPrivilege"] * 99), token(restricting_sids="S-1-1-0"),
        token(restricting_sids=["x"]), token(write_restricted=True), token(write_restricted="no"),
        token(integrity="medium"), token(integrity="S-1-16-8192", mandatory_policy=99),
        token(integrity="S-1-16-8192", mandatory_policy="x"), token(process_trust=1),
        token(process_trust=[1]), token(process_trust=[1, "x"]), token(type="secondary"),
        token(level="total"), token(level=2),
        question(object_types={}), question(object_types=[1]), question(object_types=[{}]),
        question(object_types=[{"level": 0}]), question(object_types=[{"guid": GUIDS[0]}]),
        question(object_types=[{"level": 1 << 16, "guid": GUIDS[0]}]),
        *[question(object_types=[{"level": 0, "guid": guid}])
          for guid in [1, "", GUIDS[0] + "0", GUIDS[0][:-1], GUIDS[0].replace("-", "0"),
                       "-" + GUIDS[0][1:], "x" + GUIDS[0][1:], " " + GUIDS[0][1:]]],
        question(result_list=True), question(result_list=1),
        question(resource_claims=CLAIMS), question(resource_claims={}),
        question(central_policies={}), question(central_policies=[1]),
        question(central_policies=[{"sid": "S-1-17-1"}]), question(central_policies=[{"rules": []}]),
        question(central_policies=[{"sid": "x", "rules": []}]),
        *[question(central_policies=[{"sid": "S-1-17-1", "rules": [{}]},
                                     {"sid": "S-1-17-1", "rules": rules}])
          for rules in [{}, [1], [{}], [{"effective_dacl": 1}], [{"effective_dacl": "0"}],
                        [{"effective_dacl": ""}], [{"effective_dacl": "02000c0000000000"}],
                        [{"effective_dacl": "0200080000000000", "applies_to": "("}],
                        [{"effective_dacl": "0200080000000000", "applies_to": 1}]]],
        token(appcontainer=[]), token(appcontainer={}), token(appcontainer={"package_sid": "x"}),
        token(appcontainer={"package_sid": PACKAGE, "capabilities": {}}),
        token(appcontainer={"package_sid": PACKAGE, "capabilities": [1]}),
        token(appcontainer={"package_sid": PACKAGE, "less_privileged": 1}),
        token(device_groups={}), token(device_groups=[1]), token(device_sids=["x"]),
        token(device_groups=["S-1-1-0"], device_sids=["S-1-1-0"]),
        token(restricting_device_groups=1), token(restricting_device_groups=[{}]),
        *[token(**{name: claims}) for name in ["user_claims", "device_claims", "local_claims"]
          for claims in [{}, [1], [{**CLAIMS[0], "values": [1, 1]}], [{**CLAIMS[0], "name": ""}]]],
    ]
    answers = stream("check", *wrong, QUESTION)

    for asked, answer in zip(wrong, answers):
        equal(answer["id"], "changed", asked)
        assert answer.get("error"), asked
        assert "status" not in answer and "granted" not in answer, answer
    equal(answers[-1], GOOD_ANSWER)


@test
def a_bad_descriptor_gets_its_column():
    bad = [("sddl", "D:(A;;FR;;;XX)", 12), ("sddl", "D:(A;;FR;;;WD", 14), ("sd_hex", "01 0", 3),
           ("sd_hex", "010", 4)]
    for name, text, column in bad:
        answer, = stream("check", question(sd={name: text}))

        equal(answer["column"], column, text)
    encoded, _ = tessera("sddl", "O:SYG:SYD:(A;;FR;;;WD)")
    for size in range(0, len(encoded.strip()), 2):
        answer, = stream("check", question(sd={"sd_hex": encoded[:size]}))
        assert "error" in answer and "column" not in answer, answer
    answer, = stream("check", question(sd={"sd_hex": encoded.strip(), "sddl": "D:(A;;FR;;;XX)"}))
    equal(answer["column"], 12)


def with_dacl(dacl, sacl=""):
    return {"sddl": "O:SYG:SYD:" + dacl + sacl}


GRANTED = "STATUS_SUCCESS"
DENIED = "STATUS_ACCESS_DENIED"


def expect_statuses(*pairs):
    answers = stream("check", *[asked for asked, _ in pairs])
    for (asked, status), answer in zip(pairs, answers):
        equal(answer.get("status"), status, (asked, answer))


@test
def conditions_are_answered_by_the_claims_and_the_device_of_the_token():
    device = with_dacl("(XA;;FR;;;WD;(Device_Member_of {SID(BA)}))")
    filtered = with_dacl("(A;;FR;;;WD)", "S:(FL;;FW;;;WD;(@User.a == 1))")
    pairs = []
    for name, attribute in [("user_claims", "@User.a"), ("device_claims", "@Device.a"),
                            ("local_claims", "a")]:
        sd = with_dacl(f"(XA;;FR;;;WD;({attribute} == 1))")
        pairs += [(token_with({name: CLAIMS}, sd=sd), GRANTED), (token_with({}, sd=sd), DENIED),
                  (token_with({name: [{**CLAIMS[0], "values": [2]}]}, sd=sd), DENIED)]
    expect_statuses(
        *pairs,
        (token_with({"device_sids": ["S-1-5-32-544"]}, sd=device), GRANTED),
        (token_with({"device_groups": ["S-1-5-32-544"]}, sd=device), GRANTED),
        (token_with({"device_groups": [{"sid": "S-1-5-32-544", "attributes": 0}]}, sd=device),
         DENIED),
        (token_with({"device_groups": []}, sd=device), DENIED),
        (token_with({"device_sids": ["S-1-5-32-544"], "restricting_sids": ["S-1-1-0"]}, sd=device),
         DENIED),
        (token_with({"restricting_device_groups": ["S-1-5-32-544"],
                     "device_sids": ["S-1-5-32-544"], "restricting_sids": ["S-1-1-0"]}, sd=device),
         GRANTED),
        (token_with({"user_claims": CLAIMS}, sd=filtered), GRANTED),
        (token_with({}, sd=filtered), DENIED),
        (question(sd=with_dacl("(XA;;FR;;;WD;(Member_of {SID(WD)}))")), GRANTED),
        (question(sd=with_dacl("(XA;;FR;;;WD;(Member_of {SID(BA)}))")), DENIED))


# Covers AC-12-13.
@test
def audits_and_proposals_are_part_of_the_answer():
    everyone = "S-1-1-0"
    audit = "0240140001000000010100000000000100000000"
    one = "02001c0001000000" + audit
    empty = "0200080000000000"

    def asked(rule, **changes):
        return question(sd={"sddl": "O:SYG:SYD:(A;;FR;;;WD)S:(SP;;;;;S-1-17-1)"},
                        central_policies=[{"sid": "S-1-17-1", "rules": [rule]}], **changes)

    rule = {"effective_dacl": "02001c0001000000" + "0000140001000000010100000000000100000000"}
    answers = stream("check",
                     question(sd={"sddl": "O:SYG:SYD:(A;;FR;;;WD)S:(AU;SA;0x1;;;WD)"}),
                     token(audit_policy=1), token(audit_policy="x"),
                     asked(rule), asked({**rule, "effective_sacl": one}),
                     asked({**rule, "effective_sacl": "0102"}),
                     asked({**rule, "staged_dacl": empty}), asked({**rule, "staged_sacl": empty}),
                     asked({**rule, "effective_sacl": one, "staged_sacl": empty}),
                     asked({**rule, "staged_dacl": "0102"}), asked({"effective_sacl": one}),
                     token(privileges=["SeSecurityPrivilege"], audit_policy=12))
    event = {"ace_hex": audit, "requested": "0x00000001", "granted": "0x00000001", "success": True}
    equal(answers[0]["audit"], [event])
    equal(answers[1]["audit"], [{**event, "ace_hex": None, "forced_by_policy": True}])
    contains(answers[2]["error"], "audit_policy")
    for answer in answers[3], answers[5], answers[7]:
        equal(answer, {"id": "changed", "status": "STATUS_SUCCESS", "granted": "0x00000001"})
    equal(answers[4]["audit"], [event])
    equal((answers[6]["status"], answers[6]["staging_mismatch"]), ("STATUS_SUCCESS", True))
    equal(answers[8]["staging_mismatch"], True)
    contains(answers[9]["error"], "staged_dacl")
    contains(answers[10]["error"], "effective_dacl")
    equal(answers[11].get("privilege_use"), None)
    used = stream("check", question(token={"user": everyone, "audit_policy": 4,
                                           "privileges": ["SeSecurityPrivilege"]},
                                    desired="0x01000000"))[0]
    equal(used["privilege_use"], [{"privilege": 256, "requested": 1 << 24, "granted": 1 << 24,
                                   "surviving": 1 << 24, "success": True}])


@test
def the_system_call_looks_at_type_and_level():
    statuses = [answer["status"] for answer in stream(
        "check", question(tags=["api"]), token_with({"type": "primary"}, tags=["api"]),
        token_with({"type": "impersonation", "level": "anonymous"}, tags=["api"]),
        token_with({"type": "impersonation", "level": "identification"}, tags=["api"]),
        token_with({"type": "primary"}))]
    equal(statuses, ["STATUS_SUCCESS", "STATUS_NO_IMPERSONATION_TOKEN",
                     "STATUS_BAD_IMPERSONATION_LEVEL", "STATUS_SUCCESS", "STATUS_SUCCESS"])


@test
def an_appcontainer_needs_its_package_to_be_allowed():
    capability = {"sid": "S-1-15-3-1", "attributes": "0x4"}

    def contained(dacl, **members):
        return token_with({"appcontainer": {"package_sid": PACKAGE, **members}},
                          sd=with_dacl(dacl))

    expect_statuses(
        (contained("(A;;FR;;;WD)"), DENIED),
        (contained(f"(A;;FR;;;WD)(A;;FR;;;{PACKAGE})"), GRANTED),
        (contained("(A;;FR;;;WD)(A;;FR;;;S-1-15-3-1)", capabilities=[capability]), GRANTED),
        (contained("(A;;FR;;;WD)(A;;FR;;;S-1-15-3-1)",
                   capabilities=[{**capability, "attributes": 0}]), DENIED),
        (contained("(A;;FR;;;WD)(A;;FR;;;S-1-15-2-1)"), GRANTED),
        (contained("(A;;FR;;;WD)(A;;FR;;;S-1-15-2-1)", less_privileged=True), DENIED),
        (contained("(A;;FR;;;WD)(A;;FR;;;S-1-15-2-2)", less_privileged=True), GRANTED))


@test
def object_types_are_answered_one_by_one_in_a_result_list():
    types = [{"level": int(n > 0), "guid": guid} for n, guid in enumerate(GUIDS)]
    sd = with_dacl(f"(OA;;FR;{GUIDS[1]};;WD)")
    answers = stream("check", question(sd=sd, object_types=types, result_list=True),
                     question(sd=sd, object_types=types),
                     question(sd=sd, object_types=types[:2], result_list=True),
                     question(sd=sd, object_types=types[1:], result_list=True))
    denied = {"status": DENIED, "granted": "0x00000000"}
    granted = {"status": GRANTED, "granted": "0x00000001"}
    invalid = {"status": "STATUS_INVALID_PARAMETER", "granted": "0x00000000"}

    equal(answers, [{"id": "changed", **denied, "nodes": [denied, granted, denied]},
                    {"id": "changed", **denied},
                    {"id": "changed", **granted, "nodes": [granted, granted]},
                    {"id": "changed", **invalid, "nodes": [invalid, invalid]}])


@test
def central_policies_narrow_what_the_descriptor_gives():
    sd = with_dacl("(A;;FR;;;WD)", 'S:(RA;;;;;WD;("a",TI,0x0,1))(SP;;;;;S-1-17-1)')
    closed = {"effective_dacl": "0200080000000000", "staged_dacl": "0400080000000000"}

    def asked(*rules, sid="S-1-17-1"):
        return question(sd=sd, central_policies=[{"sid": sid, "rules": rules}])

    expect_statuses(
        (question(sd=sd), GRANTED), (asked(), GRANTED), (asked(closed), DENIED),
        (asked(sid="S-1-17-2"), DENIED),
        (asked({**closed, "applies_to": "(@Resource.a == 1)"}), DENIED),
        (asked({**closed, "applies_to": "(@Resource.a == 2)"}), GRANTED))


@test
def empty_lists_and_claims_beside_an_unconditional_descriptor_change_nothing():
    same = [
        question(object_types=[], result_list=False, central_policies=[], intent=[], tags=[]),
        token(user_claims=CLAIMS, device_claims=CLAIMS, local_claims=CLAIMS,
              device_sids=["S-1-1-0"]),
        question(resource_claims=[]),
        question(sd={"sddl": 'O:SYG:SYD:(A;;FR;;;WD)S:(RA;;;;;WD;("a",TI,0x0,1))'}),
        question(sd={"sddl": "O:SYG:SYD:(A;;FR;;;WD)S:(SP;;;;;S-1-17-1)"}),
        question(note="a note", expect={"status": "anything"}, desired=1),
    ]
    for answer in stream("check", *same):
        equal(answer, {**GOOD_ANSWER, "id": "changed"})


@test
def the_tag_api_asks_as_the_system_call_does():
    without_owner = {"sddl": "D:(A;;FR;;;WD)"}
    answers = stream("check", question(sd=without_owner), question(sd=without_owner, tags=["api"]),
                     question(desired="0x80000000"), question(desired="0x80000000", tags=["api"]))

    equal([answer["status"] for answer in answers],
          ["STATUS_SUCCESS", "STATUS_INVALID_SECURITY_DESCR", "STATUS_SUCCESS",
           "STATUS_GENERIC_NOT_MAPPED"])
    equal(answers[3]["granted"], "0x00000000")


@test
def intent_and_principal_self_take_part():
    backup = {"user_sids": ["S-1-5-21-1-2-3-1000"], "privileges": ["SeBackupPrivilege"]}
    self_only = {"sddl": "O:SYG:SYD:(A;;FR;;;PS)"}
    answers = stream("check", question(token=backup, sd={"sddl": "O:SYG:SYD:"}),
                     question(token=backup, sd={"sddl": "O:SYG:SYD:"}, intent=["backup"]),
                     question(sd=self_only),
                     question(sd=self_only, principal_self="S-1-5-21-1-2-3-1000"))

    equal([answer["status"] for answer in answers],
          ["STATUS_ACCESS_DENIED", "STATUS_SUCCESS"] * 2)


# condition --jsonl


@test
def every_condition_vector_ends_as_stated():
    questions = lines(vectors("conditional_eval"))
    output, errors = tessera("condition", "--jsonl", given=vectors("conditional_eval"))
    answers = lines(output)

    equal(errors, "")
    equal(len(questions), 194)
    equal([answer["id"] for answer in answers], [asked["id"] for asked in questions])
    for asked, answer in zip(questions, answers):
        expected = CONDITION_EXCEPTIONS.get(asked["id"], asked["result"])
        equal(answer, {"id": asked["id"], "result": expected})


def condition(text="(@User.a == 1)", **members):
    return {"id": "asked", "expression": text, "token": {"user_claims": CLAIMS}, **members}


def claim(**changes):
    return condition(token={"user_claims": [{**CLAIMS[0], **changes}]})


@test
def groups_and_claims_for_denying_take_part_in_a_deny_only():
    deny_only = [{"sid": "S-1-1-0", "attributes": "0x14"}]
    disabled = [{"sid": "S-1-1-0", "attributes": 0}]
    asked = []
    for groups in [deny_only, disabled, ["S-1-1-0"]]:
        for for_allow in [True, False]:
            asked += [condition("(Member_of SID(WD))", token={"groups": groups},
                                for_allow=for_allow),
                      condition("(Device_Member_of SID(WD))", token={"device_groups": groups},
                                for_allow=for_allow)]
    asked += [{**claim(flags=4), "for_allow": True}, {**claim(flags=4), "for_allow": False}]

    equal([answer["result"] for answer in stream("condition", *asked)],
          ["false", "false", "true", "true"] + ["false"] * 4 + ["true"] * 4 + ["unknown", "true"])


# Covers AC-1.6-10.
@test
def claims_that_no_token_could_carry_are_rejected():
    rejected = [claim(values=[1, 1]), claim(name=""), claim(flags=0x100),
                condition(resource_claims=[{**CLAIMS[0], "values": [2, 2]}])]
    for answer in stream("condition", *rejected):
        equal(answer, {"id": "asked", "result": "claims-rejected"})


@test
def condition_lines_that_are_refused_get_an_error_and_the_stream_goes_on():
    wrong = [
        condition(None), condition(1), condition(expression_hex="61727478"), condition(token=None),
        condition(token=[]), condition(for_allow="yes"), condition(resource_claims={}),
        condition(token={"user_claims": {}}), condition(token={"user_claims": [1]}),
        condition(token={"user": "x"}), condition(token={"groups": [{}]}),
        condition(token={"groups": 1}), condition(token={"device_sids": ["x"]}),
        condition(token={"user_deny_only": 1}), claim(name=None), claim(name=1), claim(type="X"),
        claim(type=None), claim(type=1), claim(flags="x"), claim(values={}), claim(values=["1"]),
        claim(type="UINT64", values=[-1]), claim(type="STRING"), claim(type="SID", values=["S"]),
        claim(type="OCTET_STRING", values=["0"]), claim(type="OCTET_STRING", values=[0]),
        claim(type="OCTET_STRING", values=["00", "x"]), claim(source_type="x"),
    ]
    answers = stream("condition", *wrong, condition())

    for asked, answer in zip(wrong, answers):
        assert answer.get("error") and "result" not in answer, (asked, answer)
        equal(answer["id"], "asked")
    equal(answers[-1], {"id": "asked", "result": "true"})


# inherit --jsonl


def is_result(answer, expect):
    """Whether a new object's descriptor is as a vector states it; what is not stated is free."""
    if "status" in expect:
        return answer.get("status") == expect["status"]
    stated = {key: value for key, value in expect.items() if not key.startswith("control_")}
    control = set(answer.get("control", []))
    return (all(answer.get(key) == value for key, value in stated.items())
            and control >= set(expect.get("control_has", []))
            and not control & set(expect.get("control_lacks", [])))


def is_same_descriptor(one_hex, other_hex):
    """Whether two descriptors say the same, in whatever order their parts lie."""
    one, other = stream("sddl", {"sd_hex": one_hex}, {"sd_hex": other_hex})
    return one["sddl"] == other["sddl"]


@test
def every_inheritance_vector_ends_as_stated():
    questions = lines(vectors("inheritance"))
    output, errors = tessera("inherit", "--jsonl", given=vectors("inheritance"))
    answers = lines(output)
    unlike = []

    equal(errors, "")
    equal(len(questions), 388)
    equal([answer["id"] for answer in answers], [asked["id"] for asked in questions])
    for asked, answer in zip(questions, answers):
        assert "error" not in answer, answer
        good = (is_result(answer, asked["expect"]) if "expect" in asked
                else is_same_descriptor(answer["sd_hex"], asked["result"]["sd_hex"]))
        unlike += [] if good else [asked["id"]]
    equal(unlike, list(INHERITANCE_EXCEPTIONS))


def birth(**members):
    token = {"owner": "S-1-5-32-544", "group": "S-1-5-18"}
    return {"id": "asked", "token": token, **members}


def ace(**changes):
    return {"type": "A", "flags": "0x03", "mask": "0x00000001", "sid": "S-1-1-0", **changes}


def with_ace(**changes):
    return birth(parent={"dacl": [ace(**changes)]}, is_container=True)


@test
def a_new_object_is_answered_member_by_member():
    inherited = [ace(flags="0x13")]
    asked = [birth(), birth(parent={"dacl": [ace()]}, creator=None, is_container=True,
                            auto_inherit_flags=["DACL_AUTO_INHERIT"]),
             birth(creator={"dacl": "NULL", "sacl": [ace(type="AU", flags="0x40")]})]
    bare, child, given = stream("inherit", *asked)

    equal(bare.pop("sd_hex")[:8], "01000080")
    equal(bare, {"id": "asked", "owner": "S-1-5-32-544", "group": "S-1-5-18", "dacl_absent": True,
                 "sacl_absent": True, "control": ["SELF_RELATIVE"]})
    equal((child["dacl"], child["sacl_absent"]), (inherited, True))
    equal(child["control"], ["DACL_PRESENT", "DACL_AUTO_INHERITED", "SELF_RELATIVE"])
    equal((given["dacl"], given["sacl"]), ("NULL", [ace(type="AU", flags="0x40")]))
    equal(given["control"], ["DACL_PRESENT", "SACL_PRESENT", "SELF_RELATIVE"])


@test
def entries_that_are_more_than_a_mask_and_a_sid_are_given_and_answered_as_bytes():
    condition_ace = "09000c00" + "01000000" + "0101000000000001" + "00000000"
    hexed = "0903" + "2400" + "01000000" + "010100000000000100000000" + "61727478" + "00" * 12
    own_hex, = stream("sddl", {"sddl": "D:(A;;GR;;;WD)"})
    equal(len(hexed), 2 * 0x24)

    as_given, = stream("inherit", birth(creator={"dacl": [{"hex": hexed}]}))
    refused, = stream("inherit", birth(creator={"dacl": [{"hex": condition_ace}]}))
    by_hex, = stream("inherit", birth(creator=own_hex))

    equal(as_given["dacl"], [{"hex": hexed}])
    contains(refused["error"], "dacl", "STATUS_INVALID_ACL")
    equal(by_hex["dacl"], [ace(flags="0x00", mask="0x00120089")])


@test
def the_default_dacl_may_be_bytes_and_the_owner_a_group_of_another_user():
    dacl = "0200" + "1c00" + "01000000" + "0000" + "1400" + "01000000" + "010100000000000100000000"
    token = {"owner": "S-1-5-32-544", "group": "S-1-5-18", "user": "S-1-5-18"}
    creator = {"owner": "S-1-5-18"}
    asked = [birth(token={**token, "default_dacl_hex": dacl}), birth(token=token, creator=creator),
             birth(creator=creator)]
    by_default, by_user, by_other = stream("inherit", *asked)

    equal((by_default["owner"], by_default["dacl"]), ("S-1-5-32-544", [ace(flags="0x00")]))
    equal(by_user["owner"], "S-1-5-18")
    equal(by_other, {"id": "asked", "status": "STATUS_INVALID_OWNER"})


@test
def a_token_without_group_serves_only_where_none_of_its_own_is_needed():
    token = {"owner": "S-1-5-32-544", "group": None}
    parent = {"owner": "S-1-5-32-544", "group": "S-1-5-18"}
    missing = {"id": "asked", "status": "STATUS_INVALID_PRIMARY_GROUP"}
    of_parent = ["DEFAULT_GROUP_FROM_PARENT"]

    equal(stream("inherit", birth(token=token), birth(token=token, parent=parent)), [missing] * 2)
    for answer in stream("inherit", birth(token=token, creator={"group": "S-1-5-18"}),
                         birth(token=token, parent=parent, auto_inherit_flags=of_parent)):
        equal(answer["group"], "S-1-5-18")


@test
def an_entry_for_a_type_reaches_a_new_object_of_that_type():
    kind = "bf967aba-0de6-11d0-a285-00aa003049e2"
    parent, = stream("sddl", {"sddl": f"D:(OA;CI;FR;;{kind};WD)(A;CIIO;GA;;;CO)(A;CI;GR;;;S-1-3-2)"})
    asked = {"parent": {"sd_hex": parent["sd_hex"]}, "is_container": True}
    none, same, other = stream("inherit", birth(**asked), birth(object_types=[kind], **asked),
                               birth(object_types=[GUIDS[0], GUIDS[1]], **asked))
    served, = stream("inherit", birth(server={"owner": "S-1-5-19"}, **asked))
    flags = [stream("sddl", {"sd_hex": answer["sd_hex"]})[0]["sddl"].split("D:")[1][:8]
             for answer in (none, same, other)]

    equal(flags, ["(OA;CIIO", "(OA;CI;F", "(OA;CIIO"])
    equal([none["dacl"][3]["sid"], served["dacl"][3]["sid"]], ["S-1-5-32-544", "S-1-5-19"])


@test
def every_flag_of_inheriting_is_known_by_its_name():
    flags = ["DACL_AUTO_INHERIT", "SACL_AUTO_INHERIT", "DEFAULT_DESCRIPTOR_FOR_OBJECT",
             "AVOID_PRIVILEGE_CHECK", "AVOID_OWNER_CHECK", "MACL_NO_WRITE_UP", "MACL_NO_READ_UP",
             "MACL_NO_EXECUTE_UP", "AVOID_OWNER_RESTRICTION", "FORCE_USER_MODE"]
    parent = {"dacl": [ace(sid="S-1-3-4", mask="0x00000001")]}
    creator = {"dacl": [ace()]}
    known, extra, restricted, free = stream(
        "inherit", birth(auto_inherit_flags=flags),
        birth(auto_inherit_flags=["AI_USE_EXTRA_PARAMS"]),
        birth(parent=parent, creator=creator),
        birth(parent=parent, creator=creator, auto_inherit_flags=["AVOID_OWNER_RESTRICTION"]))

    equal(known["owner"], "S-1-5-32-544")
    equal(extra["status"], "STATUS_NOT_SUPPORTED")
    equal(restricted["status"], "STATUS_ACCESS_DENIED")
    equal(free["dacl"], [ace()])


@test
def inherit_lines_that_are_refused_get_an_error_and_the_stream_goes_on():
    wrong = [
        birth(token=None), birth(token=[]), birth(token={}), birth(token={"owner": "x"}),
        birth(token={"owner": "S-1-1-0", "group": 1}), birth(token={"owner": "S-1-1-0", "user": ""}),
        birth(token={"owner": "S-1-1-0", "default_dacl": "NULL"}),
        birth(token={"owner": "S-1-1-0", "default_dacl_hex": "0"}),
        birth(token={"owner": "S-1-1-0", "default_dacl_hex": "00"}),
        birth(token={"owner": "S-1-1-0", "default_dacl_hex": 0}),
        birth(token={"owner": "S-1-1-0", "default_dacl_hex": "00", "default_dacl": []}),
        birth(parent=[]), birth(parent={"sd_hex": "zz"}), birth(parent={"sd_hex": "00"}),
        birth(parent={"sd_hex": 0}), birth(creator="x"), birth(creator={"owner": "x"}),
        birth(creator={"group": 1}), birth(creator={"dacl": "null"}), birth(creator={"dacl": {}}),
        birth(creator={"sacl": [1]}), birth(creator={"control": "DACL_PRESENT"}),
        birth(creator={"control": ["DACL"]}), birth(creator={"control": [1]}),
        birth(creator={"control": ["DACL_PRESENT"]}), birth(creator={"control": ["SACL_PRESENT"]}),
        birth(is_container=1), birth(auto_inherit_flags=["X"]), birth(auto_inherit_flags=1),
        birth(object_types=1), birth(object_types=[1]), birth(object_types=["x"]),
        birth(object_types=[GUIDS[0] + "0"]), birth(server=1), birth(server={"owner": 1}),
        birth(server={"group": "x"}),
        birth(mapping=[1]), with_ace(type=None), with_ace(type="OA"), with_ace(type=1),
        with_ace(flags=256), with_ace(flags=None), with_ace(mask="x"), with_ace(mask=-1),
        with_ace(sid=None), with_ace(sid="BA"), with_ace(hex=1), with_ace(hex="0"),
        birth(creator={"dacl": [ace()] * 4000}),
    ]
    answers = stream("inherit", *wrong, b"{", b"[]", birth())

    for asked, answer in zip(wrong, answers):
        assert answer.get("error") and "sd_hex" not in answer and "status" not in answer, asked
        equal(answer["id"], "asked")
    for answer in answers[len(wrong):-1]:
        assert answer.get("error"), answer
    equal(answers[-1]["owner"], "S-1-5-32-544")
    equal(stream("inherit", birth(parent={"sd_hex": "01zz"}))[0]["column"], 3)


@test
def a_bad_expression_gets_its_column():
    bad = [("(a == )", 7), ("(a) ", 4), ("", 1), ("(Member_of SID(DA))", 16)]
    for text, column in bad:
        answer, = stream("condition", condition(text))
        equal(answer["column"], column, text)
    answer, = stream("condition", {"expression_hex": "61x", "token": {}})
    equal(answer["column"], 3)


# whoami


@test
def whoami_shows_the_token_of_this_process():
    output, errors = tessera("whoami", "--state", STATE)

    equal(errors, "")
    contains(output, "Process", f"S-1-22-1-{os.getuid()}", "Groups", "Privileges")


@test
def whoami_refuses_what_is_no_process():
    for pid in ["0", "-1", "x", "", "99999999999", "4194303"]:
        output, errors = tessera("whoami", "--state", STATE, "--pid", pid, status=1)

        equal(output, "")
        contains(errors, "tessera: ")


@test
def whoami_reads_a_map_and_names_its_wrong_line():
    needs_root()
    path = os.path.join(SCRATCH.name, "map")
    with open(path, "w", encoding="ascii") as file:
        file.write("this is no map\n")
    os.chmod(path, 0o644)

    _, errors = tessera("whoami", "--state", STATE, "--map", path, status=1)
    contains(errors, f"{path}:1: ")
    tessera("whoami", "--state", STATE, "--map", path + "-absent", status=1)


# acl


def ntacl(sddl):
    """Samba's version 1 blob: offsets in the descriptor count from the blob's start."""
    encoded = bytearray.fromhex(tessera("sddl", sddl)[0])
    for at in range(4, 20, 4):
        offset, = struct.unpack_from("<I", encoded, at)
        if offset:
            struct.pack_into("<I", encoded, at, offset + 8)
    return struct.pack("<HHI", 1, 1, 0x20000) + bytes(encoded)


def file_with_descriptor(sddl):
    needs_root()
    path = os.path.join(SCRATCH.name, "with-descriptor")
    with open(path, "wb"):
        pass
    try:
        os.setxattr(path, "security.NTACL", ntacl(sddl))
    except OSError as error:
        raise Skip(f"cannot set security.NTACL: {error}") from error
    return path


@test
def acl_shows_what_samba_stored():
    text = "O:BAG:SYD:P(D;;FW;;;AN)(A;OICI;FA;;;S-1-22-1-61001)(A;CIIOID;FR;;;WD)"
    path = file_with_descriptor(text)

    equal(tessera("acl", "show", "--sddl", path)[0], text + "\n")
    equal(tessera("acl", "show", "--sddl", "--parts", "O", path)[0], "O:BA\n")
    equal(tessera("acl", "show", "--sddl", "--parts", "GD", path)[0], text[4:] + "\n")
    shown = json.loads(tessera("acl", "show", "--json", path)[0])
    equal(shown["sddl"], text)
    equal(shown["owner"], "S-1-5-32-544")
    equal([ace["type"] for ace in shown["dacl"]], ["deny", "allow", "allow"])
    equal([ace["inherited"] for ace in shown["dacl"]], [False, False, True])
    output, _ = tessera("check", path, "--user", "61001:61001", "--desired", "full")
    contains(output, "(A;OICI;FA;;;S-1-22-1-61001)")


@test
def acl_shows_a_table_that_can_be_read():
    path = file_with_descriptor("O:BAG:SYD:P(D;;FW;;;AN)(A;OICI;FA;;;S-1-22-1-61001)"
                                "(A;CIIOID;0x1301bf;;;WD)(A;;0x1;;;S-1-5-21-1-2-3-4)")
    output, _ = tessera("acl", "show", path)
    rows = [line.split("  ") for line in output.splitlines() if line.startswith("  ")]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]

    contains(output, "owner: administrators", "group: system", "protected")
    equal(cells[0], ["TYPE", "WHO", "RIGHTS", "APPLIES TO", "FLAGS"])
    equal(cells[1], ["deny", "anonymous", "write", "this only", "-"])
    equal(cells[2], ["allow", "uid:61001", "full control", "this, folders, files", "-"])
    equal(cells[3], ["allow", "everyone", "modify", "folders", "inherited"])
    equal(cells[4], ["allow", "S-1-5-21-1-2-3-4", "read data", "this only", "-"])


@test
def acl_tells_an_empty_and_a_null_dacl_apart():
    contains(tessera("acl", "show", file_with_descriptor("O:SYG:SYD:"))[0], "grants nothing")
    contains(tessera("acl", "show", file_with_descriptor("O:SYG:SYD:NO_ACCESS_CONTROL"))[0],
             "everything to everyone")


@test
def acl_refuses_a_stored_descriptor_that_is_broken():
    path = file_with_descriptor("O:SYG:SYD:(A;;FR;;;WD)")
    blob = os.getxattr(path, "security.NTACL")
    for broken in [blob[:-1], blob[:8], b"", b"\x09" + blob[1:], blob[:12] + b"\xff" * 16]:
        os.setxattr(path, "security.NTACL", broken)
        output, errors = tessera("acl", "show", path, status=1)
        equal(output, "")
        contains(errors, "NTACL")


@test
def acl_changes_nothing_off_a_volume_and_tells_what_to_do():
    path = file_with_descriptor("O:SYG:SYD:(A;;FR;;;WD)")
    before = os.getxattr(path, "security.NTACL")
    for action in [["set", "--sddl", "D:"], ["edit", "--add", "(A;;FW;;;WD)"],
                   ["edit", "--owner", "BA"]]:
        _, errors = tessera("acl", *action, path, status=1)
        contains(errors, path, "Tessera volume", "tessera mount")
    equal(os.getxattr(path, "security.NTACL"), before)


@test
def acl_names_the_file_that_is_not_there_and_goes_on():
    path = file_with_descriptor("O:SYG:SYD:(A;;FR;;;WD)")
    output, errors = tessera("acl", "show", "--sddl", path + "-absent", path, status=1)

    contains(errors, path + "-absent")
    equal(output, "O:SYG:SYD:(A;;FR;;;WD)\n")


class Volume:
    """A mounted volume, made when it is first needed."""

    process = None
    mount_point = os.path.join(SCRATCH.name, "volume")

    @classmethod
    def mount(cls):
        needs_root()
        if not os.path.exists("/dev/fuse"):
            raise Skip("there is no /dev/fuse")
        if cls.process:
            return
        source = os.path.join(SCRATCH.name, "source")
        os.mkdir(source)
        os.mkdir(cls.mount_point)
        cls.process = subprocess.Popen(
            [TESSERA, "mount", "--state", STATE, source, cls.mount_point],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        greeting = cls.process.stdout.readline().decode()
        contains(greeting, "serving")

    @classmethod
    def unmount(cls):
        if cls.process:
            cls.process.send_signal(signal.SIGTERM)
            cls.process.communicate(timeout=30)
            # Left over only if the daemon died.
            subprocess.run(["umount", "-l", cls.mount_point], stderr=subprocess.DEVNULL,
                           check=False)
            cls.process = None


def volume_file(name, sddl):
    Volume.mount()
    path = os.path.join(Volume.mount_point, name)
    with open(path, "wb"):
        pass
    tessera("acl", "set", "--sddl", sddl, path)
    return path


def shown_dacl(path):
    return tessera("acl", "show", "--sddl", "--parts", "D", path)[0].strip()


@test
def acl_sets_just_the_parts_that_are_named():
    path = volume_file("set", "D:P(A;;FA;;;WD)")
    owner = tessera("acl", "show", "--sddl", "--parts", "O", path)[0]

    tessera("acl", "set", "--sddl", "D:P(A;;FA;;;SY)(A;;FA;;;WD)", path)
    equal(shown_dacl(path), "D:P(A;;FA;;;SY)(A;;FA;;;WD)")
    equal(tessera("acl", "show", "--sddl", "--parts", "O", path)[0], owner)
    tessera("acl", "set", "--sddl", "O:BAD:P(A;;FA;;;WD)", "--parts", "D", path)
    equal(tessera("acl", "show", "--sddl", "--parts", "O", path)[0], owner)


@test
def acl_puts_a_new_entry_where_it_belongs():
    path = volume_file("add", "D:P(D;;FW;;;AN)(A;;FA;;;WD)")

    tessera("acl", "edit", "--add", "(A;;FR;;;BU)", "--add", "(D;;FX;;;BG)", path)
    equal(shown_dacl(path), "D:P(D;;FW;;;AN)(D;;FX;;;BG)(A;;FA;;;WD)(A;;FR;;;BU)")
    tessera("acl", "edit", "--add", "(A;;FR;;;BU)", path)
    equal(shown_dacl(path), "D:P(D;;FW;;;AN)(D;;FX;;;BG)(A;;FA;;;WD)(A;;FR;;;BU)")


@test
def acl_gives_an_entry_that_is_there_the_new_rights_too():
    path = volume_file("merge", "D:P(D;;0x2;;;AN)(A;;FA;;;WD)(A;;0x1;;;BU)")

    tessera("acl", "edit", "--add", "(A;;0x4;;;BU)", "--add", "(D;;0x4;;;AN)", path)
    equal(shown_dacl(path), "D:P(D;;DCLC;;;AN)(A;;FA;;;WD)(A;;CCLC;;;BU)")


@test
def acl_puts_new_entries_before_inherited_ones_and_leaves_those():
    path = volume_file("inherited", "D:(D;;FW;;;AN)(A;;FA;;;WD)(A;ID;FR;;;WD)(D;ID;FX;;;BG)")

    tessera("acl", "edit", "--add", "(A;;FR;;;BU)", "--add", "(D;;FX;;;BU)", "--remove", "AN",
            "--remove", "BG", path)
    equal(shown_dacl(path), "D:(D;;FX;;;BU)(A;;FA;;;WD)(A;;FR;;;BU)(A;ID;FR;;;WD)(D;ID;FX;;;BG)")


@test
def acl_protects_by_making_inherited_entries_explicit():
    path = volume_file("protect", "D:(A;;FA;;;WD)(A;ID;FR;;;BG)(A;ID;FR;;;BU)")

    tessera("acl", "edit", "--protect", "--remove", "BG", path)
    equal(shown_dacl(path), "D:P(A;;FA;;;WD)(A;;FR;;;BU)")
    tessera("acl", "edit", "--unprotect", path)
    equal(shown_dacl(path), "D:(A;;FA;;;WD)(A;;FR;;;BU)")


@test
def acl_changes_the_owner_and_the_group():
    needs_root()
    path = volume_file("owner", "D:P(A;;FA;;;WD)")

    tessera("acl", "edit", "--owner", "administrators", "--group", "gid:61001", path)
    equal(tessera("acl", "show", "--sddl", "--parts", "OG", path)[0], "O:BAG:S-1-22-2-61001\n")
    equal(shown_dacl(path), "D:P(A;;FA;;;WD)")


@test
def acl_shows_and_sets_a_label():
    path = volume_file("label", "D:P(A;;FA;;;WD)")

    tessera("acl", "set", "--sddl", "S:(ML;;NW;;;HI)", path)
    contains(tessera("acl", "show", "--sddl", path)[0], "S:(ML;;NW;;;HI)\n")
    contains(tessera("acl", "show", path)[0], "label", "high-integrity", "no write up")
    equal(shown_dacl(path), "D:P(A;;FA;;;WD)")


@test
def check_judges_a_file_on_a_volume():
    path = volume_file("judged", "D:P(A;;FR;;;S-1-22-1-61001)")
    output, _ = tessera("check", "--user", "61001:61001", "--desired", "read", path)

    contains(output, "(A;;FR;;;S-1-22-1-61001)")
    tessera("check", "--user", "61002:61002", "--desired", "read", path, status=1)
    tessera("check", "--user", "61001:61001", "--desired", "write", path, status=1)


@test
def a_restricted_program_is_held_to_its_token_on_a_volume():
    path = volume_file("held", f"D:P(A;;FR;;;S-1-22-1-{UID})(A;;FR;;;BU)")
    os.chmod(SCRATCH.name, 0o755)

    run("--user", f"{UID}:{UID}", "--", "cat", path)
    run("--user", f"{UID}:{UID}", "--restrict", f"uid:{UID}", "--", "cat", path)
    _, errors = run("--user", f"{UID}:{UID}", "--restrict", "S-1-5-21-1-2-3-4", "--", "cat", path,
                    status=1)
    contains(errors, "ermission denied")


@test
def acl_does_not_narrow_a_null_dacl_by_accident():
    path = volume_file("null", "D:NO_ACCESS_CONTROL")
    _, errors = tessera("acl", "edit", "--add", "(A;;FR;;;WD)", path, status=1)

    contains(errors, "acl set")


# run


def groups_of(*arguments):
    output, _ = run("--user", str(UID), *arguments, "--", "id", "-G")
    return [int(gid) for gid in output.split()]


@test
def run_tags_the_program():
    needs_root()
    output, errors = run("--user", str(UID), "--", "id")

    equal(errors, "")
    contains(output, f"uid={UID}")
    tags = [gid for gid in groups_of() if gid in TAGS]
    equal(len(tags), 1)
    assert tags != [gid for gid in groups_of() if gid in TAGS], "a tag was used twice"


@test
def run_gives_the_groups_that_are_named():
    needs_root()
    output, _ = run("--user", f"{UID}:61002,61003,61004", "id", "-G")

    equal([int(gid) for gid in output.split() if int(gid) not in TAGS], [61002, 61003, 61004])
    output, _ = run("--user", f"{UID}:61002", "id", "-g")
    equal(output, "61002\n")


@test
def run_takes_a_user_by_name():
    needs_root()
    try:
        account = pwd.getpwnam("nobody")
    except KeyError as error:
        raise Skip("there is no user nobody") from error
    output, _ = run("--user", "nobody", "id", "-u")

    equal(output, f"{account.pw_uid}\n")


@test
def run_passes_the_exit_status_on():
    needs_root()
    for status in [0, 1, 2, 42, 124]:
        run("--user", str(UID), "--", "sh", "-c", f"exit {status}", status=status)
    run("--user", str(UID), "--", "sh", "-c", "kill -KILL $$", status=128 + signal.SIGKILL)


@test
def run_tells_why_there_was_no_program():
    needs_root()
    plain = os.path.join(SCRATCH.name, "plain")
    os.chmod(SCRATCH.name, 0o755)
    with open(plain, "wb"):
        pass

    _, errors = run("--user", str(UID), "--", "/no/such/program", status=127)
    contains(errors, "tessera: /no/such/program")
    run("--user", str(UID), "--", "no-such-program-anywhere", status=127)
    _, errors = run("--user", str(UID), "--", plain, status=126)
    contains(errors, plain)


@test
def run_refuses_to_restrict_root_and_says_what_helps():
    needs_root()
    for restriction in [["--restrict", "everyone"], ["--disable", "BA"], ["--read", "/"],
                        ["--max-privileges-off"], ["--delete-privilege", "SeDebugPrivilege"]]:
        output, errors = run(*restriction, "--", "id", status=125)
        equal(output, "")
        contains(errors, "uid 0", "--user")


@test
def run_leaves_unrestricted_root_untagged():
    needs_root()
    output, _ = run("--", "id", "-G")

    assert not [gid for gid in output.split() if int(gid) in TAGS], output
    equal([gid for gid in groups_of("--untagged") if gid in TAGS], [])


@test
def run_needs_root():
    if os.geteuid() == 0:
        run("--user", str(UID), "--", "sh", "-c",
            f"exec '{TESSERA}' run --state '{STATE}' -- id", status=None)
        output, _ = run("--untagged", "--user", str(UID), "--", "sh", "-c",
                        f"'{TESSERA}' run --state '{STATE}' -- id 2>&1; echo status $?")
        if "Permission denied" in output:
            raise Skip("the program cannot be reached by another user")
    else:
        output = "".join(run("--", "id", status=125)) + "status 125"
    contains(output, "root", "status 125")


@test
def run_confines_files_to_the_rules():
    needs_root()
    outside = os.path.join(SCRATCH.name, "outside")
    inside = os.path.join(SCRATCH.name, "inside")
    os.chmod(SCRATCH.name, 0o755)
    for path in [outside, inside]:
        os.mkdir(path)
        os.chmod(path, 0o777)
    script = (f"touch '{inside}/a' && ! touch '{outside}/a' 2>/dev/null && "
              "! cat /etc/passwd 2>/dev/null")

    run("--user", str(UID), "--read", "/usr", "--read", "/lib", "--execute", "/usr", "--read",
        inside, "--write", inside, "--write", "/dev/null", "--", "sh", "-c", script)
    equal(os.listdir(inside), ["a"])
    equal(os.listdir(outside), [])
    _, errors = run("--user", str(UID), "--read", "/no/such/path", "--", "id", status=125)
    contains(errors, "/no/such/path")


@test
def run_hides_the_desktop_unless_asked():
    needs_root()
    os.environ["DISPLAY"] = ":99"
    try:
        equal(run("--user", str(UID), "--", "sh", "-c", "echo x$DISPLAY")[0], "x\n")
        equal(run("--user", str(UID), "--desktop", "--", "sh", "-c", "echo x$DISPLAY")[0], "x:99\n")
    finally:
        del os.environ["DISPLAY"]


@test
def run_prints_the_token_it_would_use():
    output, _ = run("--print-token", "--json", "--user", f"{UID}:{UID}", "--restrict", f"uid:{UID}",
                    "--restrict", "everyone", "--disable", f"gid:{UID}", "--disable", "S-1-5-11",
                    "--write-restricted")
    printed = json.loads(output)
    groups = {group["sid"]: int(group["attributes"], 16) for group in printed["groups"]}

    contains(json.dumps(printed), f"S-1-22-1-{UID}")
    equal([sid["sid"] for sid in printed["restricting_sids"]], [f"S-1-22-1-{UID}", "S-1-1-0"])
    equal(printed["write_restricted"], True)
    assert groups[f"S-1-22-2-{UID}"] & 0x10, groups
    assert groups["S-1-5-11"] & 0x10, groups
    text, _ = run("--print-token", "--user", f"{UID}:{UID}")
    contains(text, "User", f"S-1-22-1-{UID}")


@test
def run_deletes_privileges():
    output, _ = run("--print-token", "--json", "--user", "0:0", "--delete-privilege",
                    "SeDebugPrivilege")
    fewer = json.loads(output)["privileges"]

    contains(fewer, "SeBackupPrivilege")
    assert "SeDebugPrivilege" not in fewer, fewer
    output, _ = run("--print-token", "--json", "--user", "0:0", "--max-privileges-off")
    equal(json.loads(output)["privileges"], ["SeChangeNotifyPrivilege"])


@test
def a_program_under_a_token_has_that_token():
    needs_root()
    command = ["--user", f"{UID}:{UID}", "--restrict", "everyone"]
    expected, _ = run("--print-token", "--json", *command)
    output, _ = run(*command, "--", "sh", "-c",
                    f"'{TESSERA}' whoami --json --state '{STATE}' || true")
    if not output:
        raise Skip("the program cannot be reached by another user")

    for member in ["user", "groups", "restricting_sids", "privileges", "integrity"]:
        equal(json.loads(output)[member], json.loads(expected)[member], member)


@test
def run_passes_signals_on():
    needs_root()
    script = "trap 'echo caught; exit 5' {0}; echo ready; while :; do sleep 0.05; done"
    for name in ["TERM", "INT", "HUP"]:
        command = [TESSERA, "run", "--state", STATE, "--user", str(UID), "--", "sh", "-c",
                   script.format(name)]
        with subprocess.Popen(command, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            equal(process.stdout.readline(), b"ready\n")
            process.send_signal(getattr(signal, "SIG" + name))
            equal(process.stdout.readline(), b"caught\n", name)
            equal(process.wait(timeout=30), 5, name)


def at_a_terminal(*options):
    """What a program prints that is interrupted once by Ctrl-C, and tessera's exit status."""
    script = "trap 'echo caught' INT; echo ready; sleep 0.5; sleep 0.5; echo end; exit 5"
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(TESSERA, [TESSERA, "run", "--state", STATE, "--user", str(UID), *options, "--",
                           "sh", "-c", script])
    output = b""
    while b"end" not in output:
        if b"ready" in output and b"caught" not in output and b"^C" not in output:
            os.write(terminal, b"\x03")
        try:
            output += os.read(terminal, 1000)
        except OSError:
            break
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return output, os.waitstatus_to_exitcode(status)


@test
def an_interrupt_at_the_terminal_reaches_the_program_once():
    needs_root()
    for options in [[], ["--terminal"]]:
        output, status = at_a_terminal(*options)
        equal(output.count(b"caught"), 1, output)
        equal(status, 5, options)


@test
def a_program_that_ends_by_a_passed_signal_tells_so():
    needs_root()
    with subprocess.Popen([TESSERA, "run", "--state", STATE, "--user", str(UID), "--", "sh", "-c",
                           "echo ready; exec sleep 60"], stdout=subprocess.PIPE) as process:
        equal(process.stdout.readline(), b"ready\n")
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        equal(process.wait(timeout=30), 128 + signal.SIGTERM)


def heed_signals():
    """Whoever started the tests may ignore signals (nohup, a background job); the tests send them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def main():
    n_failed = 0

    heed_signals()

    print(f"1..{len(TESTS)}")
    for number, function in enumerate(TESTS, 1):
        name = function.__name__.replace("_", " ")
        try:
            function()
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}")
        except Exception as error:  # pylint: disable=broad-except
            n_failed += 1
            print(f"not ok {number} - {name}")
            for line in f"{type(error).__name__}: {error}".splitlines():
                print(f"# {line[:2000]}")
        else:
            print(f"ok {number} - {name}")
        sys.stdout.flush()
    return 1 if n_failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        Volume.unmount()
