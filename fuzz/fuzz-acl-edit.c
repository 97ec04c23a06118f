/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: editing ACLs. The first bytes choose what is done, the rest is an ACL. Results are
 * whole, keep what the edit is not about, and doing the same again changes nothing.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/acl-edit.h>

#include "base/bytes.h"

#define N_ENTRIES   3
#define ENTRY_SIZE  8
#define N_CHOICES   (N_ENTRIES * ENTRY_SIZE)
#define SIZE_MAX_IN 4096 /* adding an ACL to itself is quadratic */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t guids[2][TSR_GUID_SIZE] = {{1}, {2}};

/* An ACL, and what it lies in; the view has no bytes after a failure. */
struct made {
    uint8_t *bytes; /* owned */
    tsr_acl acl;
};

/* Every result is a whole ACL without slack; only size may stand in its way. */
static void check_result(tsr_status status, const struct made *made)
{
    tsr_acl again;

    if (tsr_failed(status)) {
        assert(status.code == STATUS_INVALID_ACL && !made->bytes && !made->acl.bytes);
        return;
    }
    assert(made->acl.bytes == made->bytes);
    assert(tsr_ok(tsr_acl_view(made->bytes, made->acl.size, &again)));
    assert(again.size == made->acl.size && again.n_aces == made->acl.n_aces);
}

static bool is_same(const tsr_acl *a, const tsr_acl *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static size_t ace_bytes(const tsr_acl *acl)
{
    size_t offset = 0;
    size_t n = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        n += ace.size;
    }
    return n;
}

static void check_canonical(const tsr_acl *acl)
{
    struct made once = {0};
    struct made twice = {0};

    check_result(tsr_acl_make_canonical(acl, &once.bytes, &once.acl), &once);
    if (!once.bytes) {
        return;
    }
    check_result(tsr_acl_make_canonical(&once.acl, &twice.bytes, &twice.acl), &twice);

    assert(tsr_acl_is_canonical(&once.acl));
    assert(once.acl.n_aces == acl->n_aces && ace_bytes(&once.acl) == ace_bytes(acl));
    assert(is_same(&once.acl, &twice.acl));
    free(once.bytes);
    free(twice.bytes);
}

static void check_added(const tsr_acl *acl)
{
    struct made made = {0};

    check_result(tsr_acl_add(acl, acl, &made.bytes, &made.acl), &made);
    if (made.bytes) {
        assert(made.acl.n_aces >= acl->n_aces && made.acl.n_aces <= 2 * acl->n_aces);
        assert(tsr_acl_is_canonical(acl) == tsr_acl_is_canonical(&made.acl));
    }
    free(made.bytes);
}

static void check_removed(const tsr_acl *acl, const tsr_sid *sid, size_t index)
{
    struct made at = {0};
    struct made without = {0};
    size_t offset = 0;
    tsr_ace ace;

    if (index < acl->n_aces) {
        check_result(tsr_acl_remove_at(acl, index, &at.bytes, &at.acl), &at);
        assert(!at.bytes || at.acl.n_aces == acl->n_aces - 1);
        free(at.bytes);
    }
    check_result(tsr_acl_remove_sid(acl, sid, TSR_REMOVE_INHERITED, &without.bytes, &without.acl),
                 &without);
    assert(without.acl.n_aces <= acl->n_aces);
    free(without.bytes);
    while (tsr_acl_next(acl, &offset, &ace)) {
        without = (struct made){0};
        check_result(tsr_acl_remove_ace(acl, &ace, &without.bytes, &without.acl), &without);
        assert(!without.bytes || without.acl.n_aces < acl->n_aces);
        free(without.bytes);
    }
}

/* The SID of one of the ACEs, so that entries meet them. */
static tsr_sid chosen_sid(const tsr_acl *acl, uint8_t choice)
{
    tsr_sid sid = TSR_SID_EVERYONE;
    size_t offset = 0;
    tsr_ace ace;

    for (size_t i = 0; tsr_acl_next(acl, &offset, &ace) && i <= choice; i++) {
        if (ace.sid) {
            assert(tsr_ok(tsr_sid_decode(ace.sid, tsr_encoded_sid_size(ace.sid), &sid, NULL)));
        }
    }
    return sid;
}

static tsr_explicit_access chosen_entry(const tsr_acl *acl, const uint8_t choices[ENTRY_SIZE])
{
    return (tsr_explicit_access){
        .mode = (tsr_access_mode)(GRANT_ACCESS + choices[0] % SET_AUDIT_FAILURE),
        .mask = load_le32(choices + 4),
        .inheritance = choices[1] & 0x0f,
        .sid = chosen_sid(acl, choices[2]),
        .object_type = choices[3] & 1 ? guids[choices[3] >> 1 & 1] : NULL,
        .inherited_object_type = choices[3] & 4 ? guids[choices[3] >> 3 & 1] : NULL,
    };
}

static bool is_kept(const tsr_acl *acl, const tsr_ace *ace)
{
    size_t offset = 0;
    tsr_ace other;

    while (tsr_acl_next(acl, &offset, &other)) {
        if (other.size == ace->size && memcmp(other.bytes, ace->bytes, ace->size) == 0) {
            return true;
        }
    }
    return false;
}

/* What is inherited, of unknown type or somebody else's stays to the byte. */
static void check_untouched(const tsr_acl *before, const tsr_acl *after, const tsr_sid *sid)
{
    size_t offset = 0;
    tsr_sid named;
    tsr_ace ace;

    while (tsr_acl_next(before, &offset, &ace)) {
        if (ace.flags & INHERITED_ACE || !ace.sid) {
            assert(is_kept(after, &ace));
            continue;
        }
        assert(tsr_ok(tsr_sid_decode(ace.sid, tsr_encoded_sid_size(ace.sid), &named, NULL)));
        assert(tsr_sid_equal(&named, sid) || is_kept(after, &ace));
    }
}

static void check_entry(const tsr_acl *acl, const tsr_explicit_access *entry)
{
    struct made once = {0};
    struct made twice = {0};

    check_result(tsr_acl_set_entries(acl, entry, 1, &once.bytes, &once.acl), &once);
    if (!once.bytes) {
        return;
    }
    check_result(tsr_acl_set_entries(&once.acl, entry, 1, &twice.bytes, &twice.acl), &twice);

    assert(once.acl.n_aces <= acl->n_aces + 1);
    assert(twice.bytes && is_same(&once.acl, &twice.acl));
    check_untouched(acl, &once.acl, &entry->sid);
    free(once.bytes);
    free(twice.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tsr_explicit_access entries[N_ENTRIES];
    struct made made = {0};
    tsr_acl acl;

    if (size < N_CHOICES || size > SIZE_MAX_IN ||
        tsr_failed(tsr_acl_view(data + N_CHOICES, size - N_CHOICES, &acl))) {
        return 0;
    }
    for (size_t i = 0; i < N_ENTRIES; i++) {
        entries[i] = chosen_entry(&acl, data + i * ENTRY_SIZE);
        check_entry(&acl, &entries[i]);
    }
    check_canonical(&acl);
    check_added(&acl);
    check_removed(&acl, &entries[0].sid, data[0]);
    check_result(tsr_acl_set_entries(&acl, entries, N_ENTRIES, &made.bytes, &made.acl), &made);
    free(made.bytes);
    return 0;
}
