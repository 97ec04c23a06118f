#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `tessera explain` says, and that it is true: the whole program, from the command line.

Environment:
  TESSERA          the built program
  TESSERA_VECTORS  the folder of the vectors
Output is TAP. Nothing here needs root, an account or a browser.
"""

import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

TESSERA = os.path.abspath(os.environ.get("TESSERA", "tessera"))
VECTORS = os.environ.get("TESSERA_VECTORS") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "vectors")
SCRATCH = tempfile.TemporaryDirectory(prefix="tessera-explain-")

USER = "S-1-5-21-1-2-3-1001"
SALES = "S-1-5-21-1-2-3-2001"
FILES = ["0x00120089", "0x00120116", "0x001200a0", "0x001f01ff"]
PACKAGE = "S-1-15-2-1-2-3-4-5-6-7"
GUIDS = [f"00000000-0000-0000-0000-{n:012}" for n in range(3)]

# Rows that explain refuses as check does (tests/cli/test-cli.py).
N_REFUSED = 5

TESTS = []


def test(function):
    """Register a test; its name is its sentence."""
    TESTS.append(function)
    return function


def equal(got, expected, what="value"):
    assert got == expected, f"{what}: expected {expected!r}, got {got!r}"


def contains(text, *parts):
    for part in parts:
        assert part in text, f"{part!r} is not in {text!r}"


def tessera(*arguments, given="", status=0):
    done = subprocess.run([TESSERA, *arguments], input=given.encode(), capture_output=True,
                          timeout=300, check=False)
    output = done.stdout.decode()
    errors = done.stderr.decode(errors="replace")
    if status is not None:
        equal(done.returncode, status, f"exit status of {arguments}: {errors}{output[-500:]}")
    assert "Sanitizer" not in errors, errors
    return output, errors


def explain(*arguments, given="", status=0):
    return tessera("explain", *arguments, given=given, status=status)


def scratch(name, content=None):
    path = os.path.join(SCRATCH.name, name)
    if content is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
    return path


def capsule(sddl, desired="0x00000001", **members):
    """A question of USER, who is in SALES; token=... changes members of the token."""
    token = {"user": USER, "groups": ["S-1-1-0", SALES], "privileges": []}
    token.update(members.pop("token", {}))
    return {"token": token, "sd": {"sddl": sddl}, "desired": desired, "mapping": FILES, **members}


def explained(*questions, advice=True):
    options = [] if advice else ["--no-advice"]
    output, _ = explain("--jsonl", *options,
                        given="".join(json.dumps(question) + "\n" for question in questions))
    return [json.loads(line) for line in output.splitlines()]


def explained_one(question):
    answer = explained(question)[0]
    assert "error" not in answer, answer
    return answer


def checked(questions):
    output, _ = tessera("check", "--jsonl",
                        given="".join(json.dumps(question) + "\n" for question in questions))
    return [json.loads(line) for line in output.splitlines()]


def kinds(answer):
    return [[change["kind"] for change in advice["changes"]] for advice in answer["advice"]]


def offers(question, kind, *parts):
    """Check that a change of one kind alone is proposed, in these words; tell what it makes."""
    answer = explained_one(question)
    for advice in answer["advice"]:
        if [change["kind"] for change in advice["changes"]] == [kind]:
            contains(advice["changes"][0]["text"], *parts)
            return advice["capsule"]
    raise AssertionError(f"{kind} is not among {kinds(answer)}: {answer['verdict']}")


def end_of(answer, right):
    found = [item for item in answer["rights"] if item["right"] == right]
    equal(len(found), 1, f"{right} in {answer['rights']}")
    return found[0]["end"], found[0]["by"]


def vectors(family):
    with open(os.path.join(VECTORS, family + ".jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# The verdict and the rights


@test
def a_deny_entry_that_decides_is_named():
    answer = explained_one(capsule(f"O:SYG:SYD:(A;;FX;;;BA)(D;;0x2;;;{SALES})(A;;FA;;;WD)", "0x3"))
    contains(answer["verdict"], "DENIED: ", "read data, write data",
             f"entry 2 of the DACL (deny, {SALES}) refuses write data")
    equal(end_of(answer, "write data"), ("refused", f"entry 2 of the DACL (deny, {SALES})"))
    equal(end_of(answer, "read data"), ("not reached", "the check was over before"))
    decisive = answer["steps"][answer["decisive_step"]]
    equal((decisive["ace_index"], decisive["decides"], decisive["denied"]), (1, True, "0x00000002"))


@test
def a_right_allowed_before_the_refusal_is_called_allowed():
    answer = explained_one(capsule("O:SYG:SYD:(A;;0x1;;;WD)", "0x3"))
    equal(end_of(answer, "read data"), ("allowed", "entry 1 of the DACL (allow, everyone)"))
    equal(end_of(answer, "write data"), ("refused", "the end of the DACL"))
    equal(answer["granted"], "0x00000000")


@test
def ownership_that_grants_is_named():
    answer = explained_one(capsule(f"O:{USER}G:SYD:", "0x00060000"))
    contains(answer["verdict"], "GRANTED: ", "ownership completes the grant")
    equal(end_of(answer, "read permissions"), ("granted", "ownership"))


@test
def what_maximum_allowed_comes_to_is_told():
    question = capsule(f"O:SYG:SYD:(D;;0x2;;;{SALES})(A;;0x3;;;WD)", "0x02000000")
    answer = explained_one(question)
    contains(answer["verdict"], "asked for maximum allowed and gets read data; entry 2")
    equal(end_of(answer, "write data"), ("refused", f"entry 1 of the DACL (deny, {SALES})"))
    equal(end_of(answer, "delete"), ("refused", "the end of the DACL"))
    offers(question, "remove-allow", "entry 2")
    offers(capsule("O:SYG:SYD:", "0x02000000"), "add-allow", USER, "read")


@test
def the_absence_of_a_dacl_is_named():
    contains(explained_one(capsule("O:SYG:SY"))["verdict"], "GRANTED", "absence of a DACL")


@test
def a_privilege_that_grants_and_one_that_lacks_are_named():
    held = capsule("O:SYG:SYD:", "0x01000000", token={"privileges": ["SeSecurityPrivilege"]})
    contains(explained_one(held)["verdict"], "GRANTED", "SeSecurityPrivilege completes")
    contains(explained_one(capsule("O:SYG:SYD:", "0x01000000"))["verdict"],
             "the lack of SeSecurityPrivilege refuses system security")


@test
def each_mandatory_stage_is_named():
    low = {"integrity": "S-1-16-4096"}
    contains(explained_one(capsule("O:SYG:SYD:(A;;FA;;;WD)", "0x2", token=low))["verdict"],
             "the mandatory label refuses write data")
    contains(explained_one(capsule("O:SYG:SYD:(A;;FA;;;WD)S:(TL;;0x1;;;S-1-19-512-1024)",
                                   "0x2"))["verdict"], "the process-trust label refuses")
    contains(explained_one(capsule("O:SYG:SYD:(A;;FA;;;WD)S:(FL;;0x1;;;WD;(@User.a == 1))",
                                   "0x2"))["verdict"], "the access filter in entry 1 of the SACL")


@test
def the_passes_of_restricted_tokens_and_packages_are_told_apart():
    restricted = explained_one(capsule("O:SYG:SYD:(A;;FR;;;WD)", token={
        "restricting_sids": ["S-1-5-12"]}))
    contains(restricted["verdict"], "the end of the DACL for the restricting SIDs")
    both = explained_one(capsule("O:SYG:SYD:(A;;FR;;;WD)(A;;FR;;;AC)", token={
        "appcontainer": {"package_sid": PACKAGE}}))
    equal(end_of(both, "read data"),
          ("granted", "entry 1 of the DACL (allow, everyone); for the package and its capabilities "
                      "entry 2 of the DACL (allow, all-packages)"))


def dacl_hex(sddl):
    answer, _ = tessera("sddl", "--jsonl", given=json.dumps({"id": 1, "sddl": sddl}))
    data = bytes.fromhex(json.loads(answer)["sd_hex"])
    offset = int.from_bytes(data[16:20], "little")
    return data[offset:offset + int.from_bytes(data[offset + 2:offset + 4], "little")].hex()


def under_policy(*rules, sid="S-1-17-5"):
    return capsule("O:SYG:SYD:(A;;FA;;;WD)S:(SP;;;;;S-1-17-5)", "0x2", central_policies=[
        {"sid": sid, "rules": list(rules)}])


@test
def rules_of_central_policies_are_told_with_their_entries():
    refusing = {"effective_dacl": dacl_hex(f"D:(D;;0x2;;;{SALES})(A;;FA;;;WD)")}
    idle = {"effective_dacl": dacl_hex("D:"), "applies_to": "(@Resource.a == 1)"}
    answer = explained_one(under_policy(idle, refusing))
    contains(answer["verdict"], f"entry 1 of rule 2 of the central policy (deny, {SALES}) refuses")
    steps = [step for step in answer["steps"] if step["step"] == "central-rule"]
    equal([step["did"] for step in steps],
          ["does not apply", "applies: its own DACL must grant the same"])
    contains(steps[0]["what"], "(@RESOURCE.a == 1)")
    contains(explained_one(under_policy(refusing, sid="S-1-17-6"))["verdict"],
             "the end of the DACL of the recovery policy refuses write data")


@test
def why_an_entry_had_no_effect_is_told():
    answer = explained_one(capsule(
        f"O:SYG:SYD:(A;;FA;;;BA)(A;OIIO;FA;;;WD)(XA;;FA;;;WD;(@User.a == 1))(A;;FA;;;{SALES})"
        "(A;;FA;;;BG)", token={"groups": ["S-1-1-0", {"sid": SALES, "attributes": "0x10"},
                                          {"sid": "S-1-5-32-546", "attributes": 0}]}))
    did = [step["did"] for step in answer["steps"] if step["step"] == "ace"]
    for said, part in zip(did, ["administrators is not among the user and the groups",
                                "for children alone", "its condition is unknown", "denied by alone",
                                "guests is disabled in the token"]):
        contains(said, part)


@test
def entries_after_the_decision_are_told_as_not_reached():
    answer = explained_one(capsule("O:SYG:SYD:(A;;FA;;;WD)(D;;FA;;;WD)"))
    reached = [step["reached"] for step in answer["steps"] if step["step"] == "ace"]
    equal(reached, [True, False])


def with_type(question, name, **members):
    return {**question, "token": {**question["token"], "type": name, **members}}


@test
def a_request_that_never_reaches_the_check_has_no_steps():
    answer = explained_one(capsule("O:SYG:SYD:(A;;FA;;;WD)", "0x80000000", tags=["api"]))
    equal((answer["steps"], answer["status"]), ([], "STATUS_GENERIC_NOT_MAPPED"))
    contains(answer["verdict"], "generic rights must be mapped")
    for question, reason in [
            (capsule("D:(A;;FA;;;WD)", tags=["api"]), "the descriptor has no owner or no group"),
            (with_type(capsule("O:SYG:SYD:", tags=["api"]), "primary"), "wants a token that"),
            (with_type(capsule("O:SYG:SYD:", tags=["api"]), "impersonation", level="anonymous"),
             "too low a level"),
            (capsule("O:SYG:SYD:", "0x0"), "nothing is asked for"),
            (capsule("O:SYG:SYD:", "0x0", tags=["api"]), "nothing is asked for"),
            (capsule("O:SYG:SYD:", object_types=[{"level": 1, "guid": GUIDS[0]}]),
             "the object types are no tree")]:
        contains(explained_one(question)["verdict"], "DENIED", reason)
    output, _ = explain("--replay", scratch("nothing.json", capsule("O:SYG:SYD:", 0)), status=1)
    contains(output, "It is the request that would have to be another.")


# Every vector


def explain_family(family):
    rows = vectors(family)
    answers = explained(*rows)
    decisions = checked(rows)
    equal(len(answers), len(rows))
    for row, answer, decision in zip(rows, answers, decisions):
        equal(answer["id"], row["id"])
        equal("error" in answer, "error" in decision, row["id"])
    kept = [(row, answer, decision) for row, answer, decision in zip(rows, answers, decisions)
            if "error" not in answer]
    return kept, len(rows) - len(kept)


@test
def the_model_of_every_vector_comes_to_the_decision_of_the_check():
    for family, n_refused in [("access_check", N_REFUSED), ("access_check_generated", 0)]:
        kept, refused = explain_family(family)
        equal(refused, n_refused, family)
        for row, answer, decision in kept:
            equal((answer["status"], answer["granted"]), (decision["status"], decision["granted"]),
                  row["id"])
            if "nodes" in decision:
                equal([(node["status"], node["granted"]) for node in answer["types"]],
                      [(node["status"], node["granted"]) for node in decision["nodes"]], row["id"])
            if decision["status"] == "STATUS_SUCCESS":
                granted = sum(int(right["mask"], 16) for right in answer["rights"]
                              if right["end"] == "granted")
                equal(granted, int(decision["granted"], 16), row["id"])


@test
def every_piece_of_advice_about_every_vector_turns_the_decision():
    changed = []
    for family in ["access_check", "access_check_generated"]:
        for row, answer, _ in explain_family(family)[0]:
            for advice in answer["advice"]:
                assert 1 <= len(advice["changes"]) <= 4, row["id"]
                changed.append((row["id"], answer["status"] == "STATUS_SUCCESS",
                                advice["capsule"]))
    assert len(changed) > 1000, len(changed)
    decisions = checked([question for _, _, question in changed])
    for (name, was_granted, _), decision in zip(changed, decisions):
        equal(decision["status"] == "STATUS_SUCCESS", not was_granted, name)


@test
def any_vector_is_a_capsule():
    for row in vectors("access_check")[:40]:
        path = scratch("row.json", row)
        decision = checked([row])[0]
        if "error" in decision:
            continue
        agrees = decision["status"] == row["expect"].get("status")
        granted = decision["status"] == "STATUS_SUCCESS"
        output, _ = explain("--replay", path, status=None if not agrees else 0 if granted else 1)
        contains(output, "DENIED: " if not granted else "GRANTED: ")


# Advice


@test
def enabling_a_disabled_group_is_advised():
    question = capsule("O:SYG:SYD:(A;;FA;;;BA)", token={
        "groups": [{"sid": "S-1-5-32-544", "attributes": 0}]})
    offers(question, "enable-group", "administrators", "disabled")
    question["token"]["groups"][0]["attributes"] = "0x10"
    offers(question, "enable-group", "deny-only administrators")


@test
def joining_a_group_that_is_allowed_is_advised_but_not_becoming_somebody():
    offers(capsule("O:SYG:SYD:(A;;FA;;;BA)"), "join-group", "administrators")
    answer = explained_one(capsule("O:SYG:SYD:(A;;FA;;;SY)(A;;FA;;;CO)(A;;FA;;;S-1-22-1-5)"))
    assert ["join-group"] not in kinds(answer), kinds(answer)


@test
def an_allow_entry_is_advised_in_its_canonical_place():
    question = capsule("O:SYG:SYD:(D;;0x2;;;BG)(A;;FX;;;BA)(A;ID;FX;;;SY)")
    changed = offers(question, "add-allow", USER, "read data", "as entry 3", f"(A;;CC;;;{USER})")
    text, _ = tessera("sddl", "--jsonl", "--from-hex",
                      given=json.dumps({"id": 1, "sd_hex": changed["sd"]["sd_hex"]}))
    contains(text, f"(A;;CC;;;{USER})(A;ID;FX;;;SY)")


@test
def a_denial_is_advised_to_be_narrowed_or_removed():
    question = capsule(f"O:SYG:SYD:(D;;0x3;;;{SALES})(A;;FA;;;WD)")
    offers(question, "narrow-deny", "entry 1", "no more than write data")
    offers(question, "remove-deny", "entry 1")


@test
def a_restricted_token_needs_its_restricting_sids_to_be_allowed_too():
    question = capsule("O:SYG:SYD:(A;;FR;;;WD)", token={"restricting_sids": ["S-1-5-12"]})
    offers(question, "add-allow", "restricted", "(A;;CC;;;S-1-5-12)")
    offers(question, "add-restricting", "everyone")
    offers(question, "unrestrict")
    nothing = explained_one(capsule("O:SYG:SYD:", token={"restricting_sids": ["S-1-5-12"]}))
    assert ["add-allow", "add-allow"] in kinds(nothing), kinds(nothing)


@test
def one_entry_for_a_group_in_both_lists_beats_two():
    question = capsule("O:SYG:SYD:", token={"restricting_sids": [SALES]})
    offers(question, "add-allow", SALES)


@test
def an_appcontainer_needs_its_package_to_be_allowed_too():
    question = capsule("O:SYG:SYD:(A;;FR;;;WD)(A;;FR;;;S-1-15-3-7)", token={
        "appcontainer": {"package_sid": PACKAGE, "capabilities": []}})
    offers(question, "add-allow", PACKAGE)
    offers(question, "add-capability", "S-1-15-3-7")
    offers(question, "leave-appcontainer")
    question["token"]["appcontainer"]["capabilities"] = [{"sid": "S-1-15-3-7", "attributes": 0}]
    offers(question, "enable-group", "S-1-15-3-7")


@test
def holding_or_enabling_a_privilege_is_advised():
    question = capsule("O:SYG:SYD:", "0x01000000")
    offers(question, "hold-privilege", "SeSecurityPrivilege")
    question["token"]["privileges"] = [{"name": "SeSecurityPrivilege", "attributes": 0}]
    offers(question, "enable-privilege", "SeSecurityPrivilege")
    offers(capsule("O:SYG:SYD:", "0x00080000"), "hold-privilege", "SeTakeOwnershipPrivilege")
    offers(capsule("O:SYG:SYD:", intent=["backup"]), "hold-privilege", "SeBackupPrivilege")
    offers(capsule("O:SYG:SYD:", "0x2", intent=["restore"]), "hold-privilege",
           "SeRestorePrivilege")


@test
def becoming_the_owner_is_advised():
    offers(capsule("O:SYG:SYD:", "0x00040000"), "owner", USER)


@test
def integrity_is_advised_to_be_raised_or_the_label_lowered():
    low = {"integrity": "S-1-16-4096"}
    question = capsule("O:SYG:SYD:(A;;FA;;;WD)S:(ML;;NW;;;HI)", "0x2", token=low)
    offers(question, "raise-integrity", "high-integrity")
    offers(question, "lower-label", "low-integrity")
    unlabelled = capsule("O:SYG:SYD:(A;;FA;;;WD)", "0x2", token=low)
    offers(unlabelled, "raise-integrity", "medium-integrity")
    offers(unlabelled, "lower-label", "label the object low-integrity")


@test
def process_trust_is_advised_to_be_raised_or_its_label_removed():
    question = capsule("O:SYG:SYD:(A;;FA;;;WD)S:(TL;;0x1;;;S-1-19-512-1024)", "0x2")
    offers(question, "raise-trust", "S-1-19-512-1024")
    offers(question, "remove-trust-label", "entry 1 of the SACL")


@test
def conditions_are_told_and_no_claim_is_guessed():
    for sddl in ["O:SYG:SYD:(XA;;FA;;;WD;(@User.a == 1))",
                 "O:SYG:SYD:(XD;;FA;;;WD;(@User.a == 1))(A;;FA;;;WD)",
                 "O:SYG:SYD:(A;;FA;;;WD)S:(FL;;0x2;;;WD;(@User.a == 1))"]:
        changed = offers(capsule(sddl), "condition", "(@USER.a == 1)")
        assert not changed["token"].get("user_claims"), changed


@test
def an_entry_for_children_is_advised_to_apply_to_the_object():
    offers(capsule("O:SYG:SYD:(A;OICIIO;FA;;;WD)"), "not-inherit-only", "entry 1")


@test
def a_central_rule_is_advised_to_be_changed():
    deny = {"effective_dacl": dacl_hex(f"D:(D;;0x3;;;{SALES})(A;;FA;;;WD)")}
    offers(under_policy(deny), "narrow-deny", "entry 1 of rule 1 of the central policy")
    offers(under_policy({"effective_dacl": dacl_hex("D:")}), "add-allow", "central rule")
    offers(under_policy(deny), "remove-policy", "entry 1 of the SACL")
    recovery = explained_one(under_policy(deny, sid="S-1-17-6"))
    equal(sorted(kinds(recovery)), [["join-group"], ["remove-policy"]])


@test
def changes_that_are_needed_together_are_told_together():
    answer = explained_one(capsule("O:SYG:SYD:(D;;FA;;;WD)S:(ML;;NW;;;HI)", "0x2", token={
        "integrity": "S-1-16-8192"}))
    assert any(sorted(found) == ["add-allow", "raise-integrity", "remove-deny"]
               for found in kinds(answer)), kinds(answer)


@test
def nothing_short_is_said_to_be_nothing_short():
    question = capsule("O:SYG:SYD:" + "(D;;FA;;;WD)" * 12)
    equal(explained_one(question)["advice"], [])
    output, _ = explain("--replay", scratch("hard.json", question), status=1)
    contains(output, "Nothing short was found")


@test
def what_a_grant_rests_on_is_told():
    offers(capsule("O:SYG:SYD:(A;;FR;;;WD)"), "remove-allow", "entry 1")
    offers(capsule("O:SYG:SYD:", "0x01000000", token={"privileges": ["SeSecurityPrivilege"]}),
           "remove-privilege", "SeSecurityPrivilege")
    offers(capsule(f"O:{USER}G:SYD:", "0x00040000"), "other-owner", "another owner")
    equal(explained_one(capsule("O:SYG:SYD:(A;;FR;;;WD)(A;;FR;;;WD)"))["advice"], [])


# The command line and capsules


COMMAND = ["--user", "61001", "--sddl", "O:SYG:SYD:(D;;0x2;;;S-1-22-1-61001)(A;;FA;;;WD)"]


@test
def the_exit_status_is_the_decision():
    explain(*COMMAND, "--desired", "FILE_READ_DATA", status=0)
    explain(*COMMAND, "--desired", "FILE_WRITE_DATA", status=1)
    for wrong in [[], COMMAND + ["--json", "--html"], ["--replay", "a", "b"],
                  ["--replay", "a", "--jsonl"], ["--jsonl", "a", "b"], ["--no-such"],
                  ["--replay", "a", "--desired", "read"], ["--jsonl", "--save", "a"]]:
        _, errors = explain(*wrong, status=2)
        contains(errors, "tessera explain --help")


@test
def the_command_explains_itself():
    output, errors = explain("--help")
    equal(errors, "")
    contains(output, "Usage: tessera explain", "--replay CAPSULE", "--save CAPSULE", "Exit status:")


@test
def the_text_fits_a_hundred_columns_and_marks_what_decides():
    output, _ = explain(*COMMAND, "--desired", "read,write", status=1)
    assert output.startswith("DENIED: uid:61001 asked for read, write; entry 1 of the DACL"), output
    for line in output.splitlines():
        assert len(line) <= 100, line
    marked = [line for line in output.splitlines() if line.startswith("> ")]
    equal(len(marked), 1, output)
    contains(marked[0], "> 1 ", "deny uid:61001: write data", "denies write data")
    contains(output, "What would grant it", "The token", "The object", "The rights")


@test
def a_saved_capsule_tells_the_same_story_again():
    path = scratch("saved.json")
    first, _ = explain(*COMMAND, "--desired", "write", "--json", "--save", path, status=1)
    again, _ = explain("--replay", path, "--json", status=1)
    first, again = json.loads(first), json.loads(again)
    equal(again.pop("agrees"), True)
    for answer in (first, again):
        for advice in answer["advice"]:
            advice["capsule"].pop("expect", None)
    equal(again, first)
    with open(path, encoding="utf-8") as file:
        kept = json.load(file)
    equal((kept["tessera_capsule"], kept["expect"]["status"]), (1, "STATUS_ACCESS_DENIED"))
    equal(checked([kept])[0]["status"], "STATUS_ACCESS_DENIED")


@test
def a_capsule_saved_of_a_replay_keeps_what_decides():
    rows = vectors("access_check_generated")[::20]
    for row, answer in zip(rows, explained(*rows, advice=False)):
        saved = scratch("kept.json")
        explain("--replay", scratch("row.json", row), "--save", saved, "--no-advice", status=None)
        explain("--replay", saved, "--no-advice",
                status=0 if answer["status"] == "STATUS_SUCCESS" else 1)


@test
def a_decision_that_differs_from_the_recorded_one_has_its_own_exit_status():
    question = capsule("O:SYG:SYD:(A;;FR;;;WD)", expect={"status": "STATUS_ACCESS_DENIED"})
    output, _ = explain("--replay", scratch("other.json", question), status=3)
    contains(" ".join(output.split()), "STATUS_SUCCESS now; STATUS_ACCESS_DENIED is recorded")
    question["expect"] = {"status": "STATUS_SUCCESS", "granted": "0x00000003"}
    output, _ = explain("--replay", scratch("other.json", question), "--json", status=3)
    equal(json.loads(output)["agrees"], False)
    contains(json.loads(output)["difference"], "0x00000001 now; 0x00000003 is recorded")
    question["expect"] = {"status": "STATUS_SUCCESS", "granted": "0x00000001"}
    explain("--replay", scratch("other.json", question), status=0)


@test
def a_tampered_capsule_differs():
    path = scratch("tampered.json")
    explain(*COMMAND, "--desired", "FILE_WRITE_DATA", "--save", path, status=1)
    with open(path, encoding="utf-8") as file:
        kept = json.load(file)
    kept["desired"] = "0x00000001"
    explain("--replay", scratch("tampered.json", kept), status=3)


@test
def a_capsule_of_a_stranger_is_refused_with_a_reason():
    good = capsule("O:SYG:SYD:(A;;FR;;;WD)")
    cases = [("", "line 1"), ("[]", "is a JSON object"), ('{"a":1,"a":2}', "duplicate"),
             ({**good, "tessera_capsule": 2}, "only version 1"),
             ({**good, "tessera_capsule": []}, "tessera_capsule is not a number"),
             ({**good, "names": []}, "names is not an object"),
             ({**good, "names": {"S-1-1-0": 1}}, "'S-1-1-0' is not a string"),
             ({**good, "names": {"S-1-1-0": "x" * 300}}, "too long"),
             ({**good, "object": 1}, "object is not a string"),
             ({**good, "expect": 1}, "not an object"),
             ({**good, "expect": {"granted": "x"}}, "granted is not a number"),
             ({**good, "expect": {"nodes": [1]}}, "not an object"),
             ({**good, "sd": {"sddl": "D:(A"}}, "column"), ({**good, "token": {}}, "no user"),
             ({**good, "desired": "all"}, "desired is not a number")]
    for content, part in cases:
        output, errors = explain("--replay", scratch("strange.json", content), status=1)
        equal(output, "", part)
        contains(errors, part)
    explain("--replay", scratch("absent") + "/none", status=1)
    explain(*COMMAND, "--save", scratch("absent") + "/none", status=1)


# The page

HOSTILE = "<script>alert('x')</script>&\"\u202e\x1b[31m"


def hostile():
    return capsule('O:SYG:SYD:(XA;;FR;;;WD;(@User.%003cscript%003e == "<script>alert(1)</script>"))'
                   f"(D;;FA;;;{SALES})", "0x3", object=HOSTILE, names={
                       USER: HOSTILE, SALES: "</title><img src=x onerror=alert(1)>"}, token={
                           "user_claims": [{"name": "<script>", "type": "STRING", "flags": 0,
                                            "values": ["</dd><script>alert(2)</script>"]}]})


class Page(html.parser.HTMLParser):
    """What a page is made of."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.attributes = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def page_of(question):
    output, _ = explain("--replay", scratch("page.json", question), "--html", status=None)
    xml.etree.ElementTree.fromstring(output)
    return output, Page(output)


@test
def the_page_is_well_formed_and_says_what_the_text_says():
    output, page = page_of(capsule(f"O:SYG:SYD:(D;;0x2;;;{SALES})(A;;FA;;;WD)", "0x3"))
    contains(page.text, "DENIED", "refuses write data", "Right by right", "Step by step",
             "What would grant it", "The token", "The object", "decides", SALES)
    assert output.startswith('<!DOCTYPE html>\n<html lang="en">'), output[:60]
    equal(page.elements.count("title"), 1)
    equal(page.elements.count("h1"), 1)
    equal(output.count(" class=\"decides\""), 2, "a marked row in the matrix and among the steps")


@test
def the_matrix_shows_what_each_entry_did_to_each_right():
    output, _ = page_of(capsule(f"O:SYG:SYD:(A;;0x1;;;WD)(D;;0x2;;;{SALES})(A;;FA;;;WD)", "0x3"))
    root = xml.etree.ElementTree.fromstring(output)
    table = [item for item in root.iter("table") if item.get("class") == "matrix"][0]
    columns = ["".join(cell.itertext()) for cell in table.find("thead").iter("th")]
    equal(columns, ["Step", "read data", "write data"])
    rows = {"".join(row.find("th").itertext()): [cell.get("class") for cell in row.findall("td")]
            for row in table.iter("tr") if row.findall("td")}
    equal(rows["1 allow everyone"], ["a", None])
    equal(rows[f"2 deny {SALES} decides"], [None, "d"])
    equal(rows["3 allow everyone"], ["n", "n"])
    equal(rows["outcome"], ["a", "d"])


@test
def the_examples_are_explained_as_they_were_recorded():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples",
                          "explain")
    for name, status, part in [
            ("denied", 1, "entry 1 of the DACL (deny, Sales) refuses write data"),
            ("appcontainer", 1, "entry 1 of rule 1 of the central policy (deny, Helpdesk)"),
            ("owner", 0, "ownership completes the grant")]:
        path = os.path.join(folder, name + ".json")
        output, _ = explain("--replay", path, status=status)
        contains(" ".join(output.split()), part, "The recorded decision is today's, too.")
        page = explain("--replay", path, "--html", status=status)[0]
        xml.etree.ElementTree.fromstring(page)


@test
def the_page_needs_nothing_and_runs_nothing():
    for question in [hostile(), capsule("O:SYG:SYD:")]:
        output, page = page_of(question)
        for element in ["script", "img", "link", "iframe", "object", "form", "a"]:
            assert element not in page.elements, element
        for name, value in page.attributes:
            assert not name.startswith("on") and name not in ("src", "href", "style"), (name, value)
        assert "url(" not in output and "@import" not in output
        contains(output, "default-src 'none'; style-src 'unsafe-inline'")


@test
def the_page_is_made_for_light_dark_and_narrow_screens():
    output, page = page_of(capsule("O:SYG:SYD:"))
    contains(output, "prefers-color-scheme:dark", "max-width:640px")
    assert ("name", "viewport") in page.attributes
    for table in xml.etree.ElementTree.fromstring(output).iter("table"):
        for header in table.iter("th"):
            assert header.get("scope"), "a header without a scope"


@test
def hostile_texts_are_shown_and_do_nothing():
    output, page = page_of(hostile())
    contains(page.text, "<script>alert('x')</script>&\"\\u202e\\u001b[31m",
             "</dd><script>alert(2)</script>")
    for form in [output, explain("--replay", scratch("page.json", hostile()), status=None)[0]]:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", form), repr(form)


@test
def a_capsule_gives_nobody_the_name_of_somebody_known():
    question = capsule(f"O:SYG:SYD:(A;;FR;;;WD)(A;;FR;;;{SALES})", "0x2", names={
        "S-1-1-0": "Sales", SALES: "everyone", USER: "S-1-5-18"})
    what = [step["what"] for step in explained_one(question)["steps"] if step["step"] == "ace"]
    equal(what, ["allow everyone: read", f"allow {SALES}: read"])
    contains(explained_one(question)["verdict"], f"DENIED: {USER} asked")
    question["names"] = {SALES: "Sales", USER: "ed"}
    contains(explained_one(question)["verdict"], "DENIED: ed asked")


@test
def json_has_every_member_the_manual_names():
    answer = explained_one(capsule("O:SYG:SYD:(A;;FR;;;WD)", "0x3", object="x", expect={}))
    for member in ["verdict", "status", "desired", "granted", "decisive_step", "rights", "steps",
                   "advice", "agrees"]:
        assert member in answer, member
    for member in ["step", "label", "what", "did", "allowed", "denied", "reached", "decides"]:
        assert member in answer["steps"][1], member
    typed = explained_one(capsule("O:SYG:SYD:(A;;FR;;;WD)", result_list=True, object_types=[
        {"level": 0, "guid": GUIDS[0]}, {"level": 1, "guid": GUIDS[1]}]))
    equal([(item["guid"], item["status"]) for item in typed["types"]],
          [(GUIDS[0], "STATUS_SUCCESS"), (GUIDS[1], "STATUS_SUCCESS")])
    equal("advice" in explained(hostile(), advice=False)[0], False)


def main():
    n_failed = 0

    print(f"1..{len(TESTS)}")
    for number, function in enumerate(TESTS, 1):
        name = function.__name__.replace("_", " ")
        try:
            function()
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
    sys.exit(main())
