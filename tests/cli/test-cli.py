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

COMMANDS = [["whoami"], ["check"], ["sddl"], ["condition"], ["acl"], ["acl", "show"], ["acl", "set"],
            ["acl", "edit"], ["run"]]

# The vectors that our check answers otherwise, and why; as in tests/test-vectors-access.c.
EXCEPTIONS = {
    "access_check-08106f8f8ab9": "a deny-only owner is the owner for peios, not on Windows",
    "access_check-2ff6ff73f262": "for peios a condition's PRINCIPAL_SELF is the stand-in",
    "access_check-3c0803037712": "a malformed process-trust label is an error of peios' own",
    "access_check-7b01872d6b4f": "for peios a condition's PRINCIPAL_SELF is the stand-in",
    "access_check-86680883d922": "peios looks at privileges before the label",
}

# The vectors whose text we refuse, and why (docs/conformance.md).
REFUSED_TEXTS = {
    "access_check-7a20a560896b": "no blank after Not_Any_of",
    "access_check-895197bad074": "no blank after Any_of",
}

# What conditions ask of a token that tokens cannot carry yet.
FOR_CONDITIONS = ["user_claims", "device_claims", "local_claims", "device_groups", "device_sids"]

CLAIMS = [{"name": "a", "type": "INT64", "flags": 0, "values": [1]}]

CONDITIONAL = [{"sddl": "O:SYG:SYD:(XA;;FR;;;WD;(@User.a == 1))"},
               {"sddl": "O:SYG:SYD:(A;;FR;;;WD)S:(FL;;FR;;;WD;(@User.a == 1))"}]

# The same of conditions, as in tests/test-vectors-condition.c: what we answer instead.
CONDITION_EXCEPTIONS = {
    "conditional_eval-1bf86400075f": "true",  # for peios the user is no member
    "conditional_eval-5b3f26ba94bd": "claims-rejected",  # a claim over 64 KiB
    "conditional_eval-725fd237f76e": "claims-rejected",
    "conditional_eval-ba45acee1c06": "true",  # Windows gets NOT above bare attributes wrong
    "conditional_eval-d9bd30f0ec03": "true",
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
    answers = lines(output)
    equal(len(answers), len(questions), "answers")
    return answers


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
def check_refuses_a_token_with_claims_where_a_condition_might_ask_for_them():
    path = os.path.join(SCRATCH.name, "token-with-claims.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**QUESTION["token"], "user_claims": CLAIMS}, file)

    output, errors = tessera("check", "--token", path, "--sddl",
                             "D:(XA;;FR;;;WD;(@User.a == 1))", status=1)
    equal(output, "")
    contains(errors, "user_claims", "not supported yet")
    tessera("check", "--token", path, "--desired", "FR", "--sddl", "D:(A;;FR;;;WD)")


@test
def check_tells_what_to_do_about_a_file_without_descriptor():
    output, errors = tessera("check", SCRATCH.name, status=1)

    equal(output, "")
    contains(errors, SCRATCH.name, "tessera mount", "--sddl")


# check --jsonl


def is_supported(asked):
    """Whether the program can answer: by the members of the vector alone."""
    needs_claims = "conditional" in asked["tags"] and (
        asked.get("resource_claims") or any(asked["token"].get(name) for name in FOR_CONDITIONS))
    return not (needs_claims or asked.get("object_types") or asked.get("result_list")
                or asked.get("central_policies") or "appcontainer" in asked["token"])


def compare_vectors(family, n_answered_expected):
    questions = lines(vectors(family))
    output, errors = tessera("check", "--jsonl", os.path.join(VECTORS, family + ".jsonl"))
    answers = lines(output)
    n_answered = 0

    equal(errors, "")
    equal([answer["id"] for answer in answers], [asked["id"] for asked in questions])
    for asked, answer in zip(questions, answers):
        if asked["id"] in REFUSED_TEXTS:
            contains(answer["error"], "expected a blank")
            continue
        if "error" in answer:
            contains(answer["error"], "not supported yet")
            assert not is_supported(asked), answer
            continue
        n_answered += 1
        if asked["id"] in EXCEPTIONS:
            assert answer["status"] != asked["expect"].get("status"), f"no exception: {answer}"
            continue
        equal(answer["status"], asked["expect"].get("status"), asked["id"])
        if answer["status"] == "STATUS_SUCCESS" and "granted" in asked["expect"]:
            equal(answer["granted"], asked["expect"]["granted"], asked["id"])
        if answer["status"] != "STATUS_SUCCESS":
            equal(answer["granted"], "0x00000000", asked["id"])
    equal(n_answered, n_answered_expected, "vectors answered")


@test
def every_supported_published_check_is_answered_as_expected():
    compare_vectors("access_check", 116)


@test
def every_supported_generated_check_is_answered_as_expected():
    compare_vectors("access_check_generated", 552)


@test
def each_line_is_answered_before_the_next_is_read():
    with subprocess.Popen([TESSERA, "check", "--jsonl"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        for _ in range(3):
            process.stdin.write(json.dumps(QUESTION).encode() + b"\n")
            process.stdin.flush()
            equal(json.loads(process.stdout.readline()), GOOD_ANSWER)
        process.stdin.close()
        equal(process.wait(timeout=30), 0)


@test
def a_last_line_without_end_is_answered_and_an_empty_stream_is_no_error():
    output, _ = tessera("check", "--jsonl", given=json.dumps(QUESTION))

    equal(lines(output), [GOOD_ANSWER])
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


@test
def what_is_not_supported_yet_is_refused_and_not_guessed():
    guid = "00000000-0000-0000-0000-000000000001"
    refused = [
        question(object_types=[{"level": 0, "guid": guid}]), question(result_list=True),
        question(central_policies=[{"sid": "S-1-17-1", "rules": []}]),
        token(appcontainer={"package_sid": "S-1-15-2-1-2-3-4-5-6-7", "capabilities": []}),
        *[token_with({name: value}, sd=sd) for sd in CONDITIONAL for name, value in
          [("user_claims", CLAIMS), ("device_claims", CLAIMS), ("local_claims", CLAIMS),
           ("device_groups", [{"sid": "S-1-1-0", "attributes": "0x4"}]),
           ("device_sids", ["S-1-1-0"])]],
        *[question(sd=sd, resource_claims=CLAIMS) for sd in CONDITIONAL],
    ]
    for answer in stream("check", *refused):
        equal(answer["id"], "changed")
        contains(answer["error"], "not supported yet")


@test
def a_conditional_descriptor_is_answered_when_no_claims_are_given():
    member = {"sddl": "O:SYG:SYD:(XA;;FR;;;WD;(Member_of {SID(WD)}))"}
    stranger = {"sddl": "O:SYG:SYD:(XA;;FR;;;WD;(Member_of {SID(BA)}))"}
    claim = {"sddl": "O:SYG:SYD:(XA;;FR;;;WD;(@User.a == 1))"}
    filtered = {"sddl": "O:SYG:SYD:(A;;FR;;;WD)S:(FL;;FW;;;WD;(Member_of {SID(BA)}))"}
    empty = {name: [] for name in FOR_CONDITIONS}
    answers = stream("check", question(sd=member), token_with(empty, sd=member),
                     question(sd=stranger), question(sd=claim), question(sd=filtered),
                     question(sd=member, resource_claims=[]))

    equal([answer.get("status") for answer in answers],
          ["STATUS_SUCCESS"] * 2 + ["STATUS_ACCESS_DENIED"] * 3 + ["STATUS_SUCCESS"])


@test
def empty_lists_and_claims_beside_an_unconditional_descriptor_change_nothing():
    same = [
        question(object_types=[], result_list=False, central_policies=[], intent=[], tags=[]),
        token(user_claims=CLAIMS, device_claims=CLAIMS, local_claims=CLAIMS,
              device_sids=["S-1-1-0"]),
        question(resource_claims=CLAIMS),
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
