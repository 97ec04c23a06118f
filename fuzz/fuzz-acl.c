/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: ACLs and descriptors. What a view accepts can be walked to its end inside its bytes,
 * and built again to the same ACEs.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/descriptor.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(const uint8_t *part, size_t n_part, const uint8_t *whole, size_t n_whole)
{
    assert(part >= whole && n_part <= n_whole && (size_t)(part - whole) <= n_whole - n_part);
}

static void check_sid(const uint8_t *sid, const tsr_ace *ace)
{
    tsr_sid decoded;
    size_t n_taken;

    check_inside(sid, TSR_SID_SIZE_MIN, ace->bytes, ace->size);
    check_inside(sid, tsr_encoded_sid_size(sid), ace->bytes, ace->size);
    assert(tsr_ok(tsr_sid_decode(sid, tsr_encoded_sid_size(sid), &decoded, &n_taken)));
    assert(n_taken == tsr_encoded_sid_size(sid));
}

static void check_ace(const tsr_ace *ace, const tsr_acl *acl)
{
    assert(ace->size >= TSR_ACE_HEADER_SIZE && ace->size % 4 == 0);
    check_inside(ace->bytes, ace->size, acl->bytes, acl->size);
    if (!ace->sid) {
        assert(ace->type > SYSTEM_ACCESS_FILTER_ACE_TYPE && ace->mask == 0 && ace->n_data == 0);
        return;
    }
    check_sid(ace->sid, ace);
    check_inside(ace->data, ace->n_data, ace->bytes, ace->size);
    assert(ace->data == ace->sid + tsr_encoded_sid_size(ace->sid));
    if (ace->server_sid) {
        check_sid(ace->server_sid, ace);
    }
    if (ace->object_type) {
        check_inside(ace->object_type, TSR_GUID_SIZE, ace->bytes, ace->size);
    }
    if (ace->inherited_object_type) {
        check_inside(ace->inherited_object_type, TSR_GUID_SIZE, ace->bytes, ace->size);
    }
}

static void check_acl(const tsr_acl *acl)
{
    tsr_acl_builder builder = {0};
    size_t n_packed = 8;
    size_t n_aces = 0;
    size_t offset = 0;
    uint8_t *bytes;
    tsr_acl built;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        check_ace(&ace, acl);
        assert(ace.bytes == acl->bytes + n_packed);
        tsr_acl_builder_add_encoded(&builder, ace.bytes, ace.size);
        n_packed += ace.size;
        n_aces++;
    }
    assert(n_aces == acl->n_aces);

    if (n_packed > TSR_ACL_SIZE_MAX) {
        assert(tsr_failed(tsr_acl_builder_finish(&builder, &bytes, &built)));
        return;
    }
    assert(tsr_ok(tsr_acl_builder_finish(&builder, &bytes, &built)));
    assert(built.size == n_packed && built.n_aces == n_aces);
    if (n_packed > 8) {
        assert(memcmp(built.bytes + 8, acl->bytes + 8, n_packed - 8) == 0);
    }
    assert(tsr_ok(tsr_acl_view(bytes, built.size, &built)));
    free(bytes);
}

/* Build the same descriptor from the parts of a view. */
static void check_sd(const tsr_sd *sd)
{
    tsr_sd_parts parts = {
        .control = sd->control,
        .resource_manager_control = sd->resource_manager_control,
        .has_dacl = sd->has_dacl,
        .has_sacl = sd->has_sacl,
        .dacl = sd->dacl,
        .sacl = sd->sacl,
    };
    uint8_t *bytes;
    tsr_sid owner;
    tsr_sid group;
    tsr_sd built;
    size_t size;

    if (sd->owner) {
        assert(tsr_ok(tsr_sid_decode(sd->owner, TSR_SID_SIZE_MAX, &owner, NULL)));
        parts.owner = &owner;
    }
    if (sd->group) {
        assert(tsr_ok(tsr_sid_decode(sd->group, TSR_SID_SIZE_MAX, &group, NULL)));
        parts.group = &group;
    }
    assert(tsr_ok(tsr_sd_build(&parts, &bytes, &size)));
    assert(tsr_ok(tsr_sd_view(bytes, size, &built)));
    assert(built.control == sd->control);
    assert(!built.owner == !sd->owner && !built.group == !sd->group);
    assert(!sd->owner || memcmp(built.owner, sd->owner, tsr_encoded_sid_size(sd->owner)) == 0);
    assert(!sd->group || memcmp(built.group, sd->group, tsr_encoded_sid_size(sd->group)) == 0);
    assert(built.dacl.size == sd->dacl.size && built.sacl.size == sd->sacl.size);
    assert(!sd->dacl.bytes || memcmp(built.dacl.bytes, sd->dacl.bytes, sd->dacl.size) == 0);
    assert(!sd->sacl.bytes || memcmp(built.sacl.bytes, sd->sacl.bytes, sd->sacl.size) == 0);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tsr_acl acl;
    tsr_sd sd;

    if (tsr_ok(tsr_acl_view(data, size, &acl))) {
        assert(acl.bytes == data && acl.size <= size);
        check_acl(&acl);
    }
    if (tsr_ok(tsr_sd_view(data, size, &sd))) {
        check_acl(&sd.dacl);
        check_acl(&sd.sacl);
        check_sd(&sd);
    }
    return 0;
}
