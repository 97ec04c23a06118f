/* SPDX-License-Identifier: MIT */
/* Whether two descriptors say the same, wherever their parts lie. */

#include "samba/compare.h"

#include <string.h>

void seen_sd_init(struct seen_sd *seen, const struct samba_sd *sd)
{
    size_t size = 0;

    *seen = (struct seen_sd){.bytes = sd ? samba_sd_push(sd, &size) : NULL};
    if (seen->bytes && tsr_ok(tsr_sd_view(seen->bytes, size, &seen->sd))) {
        seen->view = &seen->sd;
    }
    seen->is_unreadable = sd && !seen->view;
}

static bool sid_is_same(const uint8_t *a, const uint8_t *b)
{
    if (!a || !b) {
        return a == b;
    }
    return tsr_encoded_sid_size(a) == tsr_encoded_sid_size(b) &&
           memcmp(a, b, tsr_encoded_sid_size(a)) == 0;
}

static bool type_is_same(const uint8_t *a, const uint8_t *b)
{
    if (!a || !b) {
        return a == b;
    }
    return memcmp(a, b, TSR_GUID_SIZE) == 0;
}

static uint8_t effective_type(const tsr_ace *ace, uint32_t differences)
{
    const bool of_object =
        ace->type >= ACCESS_ALLOWED_OBJECT_ACE_TYPE && ace->type <= SYSTEM_ALARM_OBJECT_ACE_TYPE;

    if (differences & BUT_BARE_OBJECTS && of_object && !ace->object_type &&
        !ace->inherited_object_type) {
        return ace->type - ACCESS_ALLOWED_OBJECT_ACE_TYPE;
    }
    return ace->type;
}

static bool ace_is_same_but(const tsr_ace *a, const tsr_ace *b, uint32_t differences)
{
    if (a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0) {
        return true;
    }
    if (differences == 0 || !a->sid || !b->sid) {
        return false;
    }
    return effective_type(a, differences) == effective_type(b, differences) &&
           a->flags == b->flags && a->mask == b->mask && sid_is_same(a->sid, b->sid) &&
           type_is_same(a->object_type, b->object_type) &&
           type_is_same(a->inherited_object_type, b->inherited_object_type) &&
           (differences & BUT_SLACK || (a->n_data == 0 && b->n_data == 0));
}

static bool came_before(const tsr_acl *acl, const tsr_ace *ace)
{
    size_t offset = 0;
    tsr_ace earlier;

    while (tsr_acl_next(acl, &offset, &earlier) && earlier.bytes != ace->bytes) {
        if (ace_is_same_but(&earlier, ace, 0)) {
            return true;
        }
    }
    return false;
}

/* The next ACE that counts. */
static bool next_ace(const tsr_acl *acl, uint32_t differences, size_t *offset, tsr_ace *ret_ace)
{
    while (tsr_acl_next(acl, offset, ret_ace)) {
        if (!(differences & BUT_DUPLICATES) || !came_before(acl, ret_ace)) {
            return true;
        }
    }
    return false;
}

static bool acl_is_same_but(const tsr_acl *a, const tsr_acl *b, uint32_t differences)
{
    size_t offset_a = 0;
    size_t offset_b = 0;
    bool more_a;
    bool more_b;
    tsr_ace ace_a;
    tsr_ace ace_b;

    if (!a->bytes || !b->bytes) {
        return a->bytes == b->bytes;
    }
    for (;;) {
        more_a = next_ace(a, differences, &offset_a, &ace_a);
        more_b = next_ace(b, differences, &offset_b, &ace_b);
        if (!more_a || !more_b) {
            return more_a == more_b;
        }
        if (!ace_is_same_but(&ace_a, &ace_b, differences)) {
            return false;
        }
    }
}

bool sd_is_same_but(const tsr_sd *a, const tsr_sd *b, uint32_t differences)
{
    if (!a || !b) {
        return a == b;
    }
    return a->control == b->control && sid_is_same(a->owner, b->owner) &&
           sid_is_same(a->group, b->group) && a->has_dacl == b->has_dacl &&
           a->has_sacl == b->has_sacl && acl_is_same_but(&a->dacl, &b->dacl, differences) &&
           acl_is_same_but(&a->sacl, &b->sacl, differences);
}

bool bytes_agree(const uint8_t *bytes, size_t size, uint32_t differences)
{
    struct samba_sd *theirs = samba_sd_pull(bytes, size);
    struct seen_sd seen;
    bool agree;
    tsr_sd sd;

    seen_sd_init(&seen, theirs);
    agree =
        !seen.is_unreadable &&
        sd_is_same_but(tsr_ok(tsr_sd_view(bytes, size, &sd)) ? &sd : NULL, seen.view, differences);
    cleanup_seen_sd_deinit(&seen);
    samba_release(theirs);
    return agree;
}

bool text_agrees(const char *text, const tsr_sd *sd)
{
    struct samba_sd *theirs = samba_sd_parse(text);
    struct seen_sd seen;
    bool agrees;

    seen_sd_init(&seen, theirs);
    agrees = sd_is_same(sd, seen.view);
    cleanup_seen_sd_deinit(&seen);
    samba_release(theirs);
    return agrees;
}
