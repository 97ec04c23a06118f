/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: descriptors from strangers.
 *
 * Input: u32 parts, u16 length of the first descriptor, the first descriptor, the second. Whatever
 * is accepted must be walkable, and what is made of it must be valid, keep what was not named, and
 * come out the same when made again.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/assign.h>

#include "base/check.h"
#include "base/cursor.h"
#include "sec/assign.h"

#define PARTS 0x7fu

#define ASSIGN_FLAGS                                                                     \
    (SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT | SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT | \
     SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK | SEF_DEFAULT_OWNER_FROM_PARENT | \
     SEF_DEFAULT_GROUP_FROM_PARENT)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t sink;

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Read every byte that an ACE claims. */
static void walk(const tsr_acl *acl)
{
    size_t n_aces = 0;
    size_t offset = 0;
    tsr_ace ace;
    tsr_sid sid;

    while (tsr_acl_next(acl, &offset, &ace)) {
        n_aces++;
        for (size_t i = 0; i < ace.size; i++) {
            sink = ace.bytes[i];
        }
        for (size_t i = 0; i < ace.n_data; i++) {
            sink = ace.data[i];
        }
        if (ace.sid) {
            expect(tsr_ok(tsr_sid_decode(ace.sid, tsr_encoded_sid_size(ace.sid), &sid, NULL)));
        }
    }
    expect(n_aces == acl->n_aces);
}

static bool same_acl(const tsr_acl *a, const tsr_acl *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

/* Selecting again from what was selected changes nothing. */
static void check_select(const tsr_sd *sd, uint32_t parts)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) uint8_t *again = NULL;
    size_t size;
    size_t n_again;
    tsr_sd selected;

    expect(tsr_ok(tsr_sd_select(sd, parts, &bytes, &size)));
    expect(tsr_ok(tsr_sd_view(bytes, size, &selected)));
    expect(tsr_ok(tsr_sd_select(&selected, parts, &again, &n_again)));
    expect(size == n_again && memcmp(bytes, again, size) == 0);
}

static bool owns_all(const void *context, const tsr_sid *sid)
{
    (void)context;
    (void)sid;
    return true;
}

static void check_change(const struct assigner *assigner, const tsr_sd *current, uint32_t parts,
                         const tsr_sd *change)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    const tsr_change_request request = {
        .information = parts, .change = change, .mapping = &mapping};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;
    tsr_sd changed;

    if (tsr_failed(sd_change(assigner, current, &request, &bytes, &size))) {
        expect(!bytes);
        return;
    }
    expect(tsr_ok(tsr_sd_view(bytes, size, &changed)));
    walk(&changed.dacl);
    walk(&changed.sacl);
    expect(parts & DACL_SECURITY_INFORMATION || same_acl(&current->dacl, &changed.dacl));
    expect(parts & ~(OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                     DACL_SECURITY_INFORMATION) ||
           same_acl(&current->sacl, &changed.sacl));
}

static void check_assign(const struct assigner *assigner, const tsr_sd *parent,
                         const tsr_sd *creator, uint32_t choice)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    const tsr_assign_request request = {.parent = parent,
                                        .creator = creator,
                                        .is_container = choice & 1,
                                        .flags = choice >> 1 & ASSIGN_FLAGS,
                                        .mapping = &mapping};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;
    tsr_sd assigned;

    if (tsr_failed(sd_assign(assigner, &request, &bytes, &size))) {
        expect(!bytes);
        return;
    }
    expect(tsr_ok(tsr_sd_view(bytes, size, &assigned)));
    walk(&assigned.dacl);
    walk(&assigned.sacl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const tsr_sid user = TSR_SID(5, 21, 1, 2, 3, 1000);
    const tsr_sid level = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    const struct assigner assigner = {.user = &user,
                                      .owner = &user,
                                      .primary_group = &user,
                                      .integrity = &level,
                                      .may_own = owns_all};
    struct cursor cursor = cursor_over(data, size);
    const uint8_t *bytes;
    uint32_t choice;
    uint16_t n_first;
    tsr_sd first;
    tsr_sd second;

    if (tsr_failed(cursor_le32(&cursor, &choice)) || tsr_failed(cursor_le16(&cursor, &n_first)) ||
        tsr_failed(cursor_bytes(&cursor, n_first, &bytes)) ||
        tsr_failed(tsr_sd_view(bytes, n_first, &first))) {
        return 0;
    }
    walk(&first.dacl);
    walk(&first.sacl);
    check_select(&first, choice & PARTS);
    check_assign(&assigner, &first, NULL, choice >> 8);

    if (tsr_ok(tsr_sd_view(cursor.at, cursor.n_left, &second))) {
        check_change(&assigner, &first, choice & PARTS, &second);
        check_assign(&assigner, &first, &second, choice >> 8);
    }
    return 0;
}
