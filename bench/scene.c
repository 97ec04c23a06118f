/* SPDX-License-Identifier: MIT */
/* Scenes to judge: a token and a descriptor, in our form and in Samba's. */

#include "bench/scene.h"

#include <stdio.h>
#include <stdlib.h>

#include <tessera/sddl.h>

#include "base/check.h"

#define FIRST_RID       1000
#define FOREIGN_RID     500000
#define RANDOM_SIDS_MAX 12
#define RANDOM_ACES_MAX 8
#define RANDOM_POOL     24

/* What a foreign SID may do. Not FA: Samba 4.17 reads that name as 0x1ff. */
#define FOREIGN_RIGHTS (FILE_GENERIC_READ | FILE_GENERIC_WRITE | FILE_GENERIC_EXECUTE | DELETE)

/* A measurement that could not be set up measures nothing. */
static void must(tsr_status status, const char *what)
{
    if (tsr_failed(status)) {
        fprintf(stderr, "bench-access: %s: %#x\n", what, status.code);
        exit(EXIT_FAILURE);
    }
}

static void must_exist(const void *object, const char *what)
{
    must(object ? TSR_OK : tsr_status_of(STATUS_NO_MEMORY), what);
}

static tsr_sid domain_sid(uint32_t rid)
{
    return TSR_SID(5, 21, 397955417, 626881126, 188441444, rid);
}

static void make_tokens(struct scene *scene, const tsr_sid *sids, size_t n_sids, bool with_samba)
{
    CLEANUP(free) tsr_group *groups = array_new(n_sids, sizeof(*groups));
    const tsr_sid medium = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    const tsr_token_spec spec = {
        .user = sids[0],
        .groups = groups,
        .n_groups = n_sids - 1,
        .integrity = &medium,
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP,
    };

    must_exist(groups, "groups");
    for (size_t i = 1; i < n_sids; i++) {
        groups[i - 1] = (tsr_group){.sid = sids[i], .attributes = TSR_GROUP_ORDINARY};
    }
    must(tsr_token_new(&spec, &scene->token), "token");
    if (with_samba) {
        scene->samba_token = samba_token_new(sids, n_sids);
        must_exist(scene->samba_token, "Samba's token");
    }
}

static void make_descriptors(struct scene *scene, tsr_acl_builder *builder, const tsr_sid *owner,
                             bool with_samba)
{
    CLEANUP(free) uint8_t *acl_bytes = NULL;
    tsr_sd_parts parts = {.owner = owner, .group = owner, .has_dacl = true};

    must(tsr_acl_builder_finish(builder, &acl_bytes, &parts.dacl), "ACL");
    must(tsr_sd_build(&parts, &scene->bytes, &scene->size), "descriptor");
    must(tsr_sd_view(scene->bytes, scene->size, &scene->sd), "view");
    must(tsr_sddl_format(&scene->sd,
                         OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                             DACL_SECURITY_INFORMATION,
                         NULL, &scene->text),
         "SDDL");
    if (with_samba) {
        scene->samba_sd = samba_sd_pull(scene->bytes, scene->size);
        must_exist(scene->samba_sd, "Samba's descriptor");
    }
}

void scene_init(struct scene *scene, struct dice *dice, size_t n_sids, size_t n_aces,
                bool with_samba)
{
    CLEANUP(free) tsr_sid *sids = array_new(n_sids, sizeof(*sids));
    const tsr_sid owner = domain_sid(FOREIGN_RID - 1);
    tsr_acl_builder builder = {0};
    tsr_sid foreign;

    *scene = (struct scene){0};
    must_exist(sids, "SIDs");
    for (size_t i = 0; i < n_sids; i++) {
        sids[i] = domain_sid(FIRST_RID + 10 * (uint32_t)i + dice_roll(dice, 10));
    }
    for (size_t i = 1; i < n_aces; i++) {
        foreign = domain_sid(FOREIGN_RID + dice_roll(dice, FOREIGN_RID));
        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, FOREIGN_RIGHTS, &foreign);
    }
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, FILE_GENERIC_READ,
                        &sids[dice_roll(dice, (uint32_t)n_sids)]);

    make_tokens(scene, sids, n_sids, with_samba);
    make_descriptors(scene, &builder, &owner, with_samba);
}

static tsr_sid random_sid(struct dice *dice)
{
    static const tsr_sid well_known[] = {
        {1, 1, {0}}, {5, 1, {11}}, {5, 1, {18}}, {5, 2, {32, 544}}, {5, 2, {32, 545}},
    };
    const uint32_t number = dice_roll(dice, RANDOM_POOL);

    return number < ARRAY_SIZE(well_known) ? well_known[number] : domain_sid(number);
}

void scene_init_random(struct scene *scene, struct dice *dice, bool with_samba)
{
    const size_t n_sids = 1 + dice_roll(dice, RANDOM_SIDS_MAX);
    const size_t n_aces = dice_roll(dice, RANDOM_ACES_MAX + 1);
    const tsr_sid owner = random_sid(dice);
    tsr_sid sids[RANDOM_SIDS_MAX];
    tsr_acl_builder builder = {0};
    tsr_sid sid;

    *scene = (struct scene){0};
    for (size_t i = 0; i < n_sids; i++) {
        sids[i] = random_sid(dice);
    }
    for (size_t i = 0; i < n_aces; i++) {
        const bool denies = dice_roll(dice, 3) == 0;
        const uint8_t flags = dice_roll(dice, 6) == 0 ? INHERIT_ONLY_ACE : 0;

        sid = random_sid(dice);
        tsr_acl_builder_add(&builder, denies ? ACCESS_DENIED_ACE_TYPE : ACCESS_ALLOWED_ACE_TYPE,
                            flags, dice_roll(dice, FILE_ALL_ACCESS + 1) & FILE_ALL_ACCESS, &sid);
    }

    make_tokens(scene, sids, n_sids, with_samba);
    make_descriptors(scene, &builder, &owner, with_samba);
}

void scene_deinit(struct scene *scene)
{
    tsr_token_unref(scene->token);
    free(scene->bytes);
    free(scene->text);
    samba_release(scene->samba_token);
    samba_release(scene->samba_sd);
    *scene = (struct scene){0};
}

tsr_access_result scene_check(const struct scene *scene, uint32_t desired)
{
    const tsr_access_request request = {.desired = desired, .mapping = TSR_FILE_MAPPING};

    return tsr_token_access_check(scene->token, &scene->sd, &request);
}

uint32_t scene_check_samba(const struct scene *scene, uint32_t desired, uint32_t *ret_granted)
{
    return samba_access_check(scene->samba_token, scene->samba_sd, desired, ret_granted);
}
