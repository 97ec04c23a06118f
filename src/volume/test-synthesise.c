/* SPDX-License-Identifier: MIT */
/*
 * Tests of the descriptor that mode bits and POSIX ACLs amount to.
 *
 * The access check on it is compared with POSIX's own, written here from acl(5).
 */

#include "volume/system-acl.h"

#include <tessera/access.h>
#include <tessera/descriptor.h>
#include <tessera/sddl.h>
#include <tessera/token.h>

#include <support/expect.h>

#include "base/check.h"
#include "base/writer.h"

#define ALL_INFORMATION                                                                    \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

#define OWNER_UID 1000
#define FILE_GID  2000
#define N_UIDS    5 /* from OWNER_UID */
#define N_GIDS    4 /* from FILE_GID */
#define N_SETS    (1u << N_GIDS)

#define N_NAMED_MAX 4
#define N_PERMS     8

#define RANDOM_ACLS         1500
#define RANDOM_ACLS_REMOVED 150

static tsr_resolver *resolver;

/* Someone who asks; @gids bit n: a member of FILE_GID + n. */
struct identity {
    uid_t uid;
    unsigned int gids;
    tsr_token *token;
};

static struct identity everybody[N_UIDS * N_SETS];

/* A descriptor and its bytes. */
struct made {
    uint8_t *bytes;
    size_t size;
    tsr_sd sd;
};

static tsr_token *token_of(uid_t uid, unsigned int gids)
{
    tsr_group groups[1 + N_GIDS] = {{TSR_SID_EVERYONE, TSR_GROUP_ORDINARY}};
    tsr_token_spec spec = {.groups = groups, .n_groups = 1};
    tsr_token *token = NULL;

    tsr_resolver_sid_of_uid(resolver, uid, &spec.user);
    for (unsigned int i = 0; i < N_GIDS; i++) {
        if (gids & 1u << i) {
            tsr_resolver_sid_of_gid(resolver, FILE_GID + i, &groups[spec.n_groups].sid);
            groups[spec.n_groups++].attributes = TSR_GROUP_ORDINARY;
        }
    }
    expect_ok(tsr_token_new(&spec, &token));
    return token;
}

static int set_up(void **state)
{
    const tsr_resolver_options options = {.state_dir = "/nonexistent/tessera"};

    (void)state;

    expect_ok(tsr_resolver_new(&options, &resolver, NULL));
    for (size_t i = 0; i < ARRAY_SIZE(everybody); i++) {
        everybody[i].uid = OWNER_UID + (uid_t)(i / N_SETS);
        everybody[i].gids = (unsigned int)(i % N_SETS);
        everybody[i].token = token_of(everybody[i].uid, everybody[i].gids);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(everybody); i++) {
        tsr_token_unref(everybody[i].token);
    }
    tsr_resolver_free(resolver);
    return 0;
}

static const struct identity *identity_of(uid_t uid, unsigned int gids)
{
    return &everybody[(uid - OWNER_UID) * N_SETS + gids];
}

static struct made made_of(const struct system_acl *acl)
{
    struct made made = {0};

    expect_ok(system_acl_descriptor(acl, resolver, &made.bytes, &made.size));
    expect_ok(tsr_sd_view(made.bytes, made.size, &made.sd));
    return made;
}

static struct system_acl file_of(mode_t mode)
{
    return (struct system_acl){
        .attributes = {.st_mode = mode, .st_uid = OWNER_UID, .st_gid = FILE_GID},
    };
}

static struct made made_of_mode(mode_t mode)
{
    const struct system_acl acl = file_of(mode);

    return made_of(&acl);
}

static bool allowed(const tsr_sd *sd, const tsr_token *token, uint32_t rights)
{
    const tsr_access_request request = {.desired = rights, .mapping = TSR_FILE_MAPPING};

    return tsr_ok(tsr_token_access_check(token, sd, &request).status);
}

static uint32_t maximum(const tsr_sd *sd, const tsr_token *token)
{
    const tsr_access_request request = {.desired = MAXIMUM_ALLOWED, .mapping = TSR_FILE_MAPPING};

    return tsr_token_access_check(token, sd, &request).granted;
}

static uint32_t rights_of(unsigned int perms, bool is_directory)
{
    static const uint32_t of_file[] = {FILE_EXECUTE,
                                       FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA,
                                       FILE_READ_DATA | FILE_READ_EA};
    static const uint32_t of_directory[] = {
        FILE_TRAVERSE, FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_DELETE_CHILD | FILE_WRITE_EA,
        FILE_LIST_DIRECTORY | FILE_READ_EA};
    uint32_t rights = 0;

    for (unsigned int i = 0; i < 3; i++) {
        if (perms & 1u << i) {
            rights |= is_directory ? of_directory[i] : of_file[i];
        }
    }
    return rights;
}

/* acl(5), "access check algorithm" */

static bool in_group(const struct identity *who, gid_t gid)
{
    return gid >= FILE_GID && gid < FILE_GID + N_GIDS && (who->gids & 1u << (gid - FILE_GID));
}

static const struct posix_acl_entry *entry_with(const struct posix_acl *acl, uint16_t tag)
{
    for (size_t i = 0; i < acl->n_entries; i++) {
        if (acl->entries[i].tag == tag) {
            return &acl->entries[i];
        }
    }
    return NULL;
}

static bool contains(const struct posix_acl_entry *entry, unsigned int wanted)
{
    return (entry->perms & wanted) == wanted;
}

static bool group_matches(const struct posix_acl_entry *entry, const struct identity *who)
{
    return (entry->tag == ACL_GROUP_OBJ && in_group(who, FILE_GID)) ||
           (entry->tag == ACL_GROUP && in_group(who, entry->id));
}

static bool posix_allows(const struct posix_acl *acl, const struct identity *who,
                         unsigned int wanted)
{
    const struct posix_acl_entry *mask = entry_with(acl, ACL_MASK);
    bool any_contains = false;
    bool any_matches = false;

    if (who->uid == OWNER_UID) {
        return contains(entry_with(acl, ACL_USER_OBJ), wanted);
    }
    for (size_t i = 0; i < acl->n_entries; i++) {
        if (acl->entries[i].tag == ACL_USER && acl->entries[i].id == who->uid) {
            return contains(&acl->entries[i], wanted) && contains(mask, wanted);
        }
    }
    for (size_t i = 0; i < acl->n_entries; i++) {
        if (group_matches(&acl->entries[i], who)) {
            any_matches = true;
            any_contains = any_contains || contains(&acl->entries[i], wanted);
        }
    }
    if (any_matches) {
        return any_contains && (!mask || contains(mask, wanted));
    }
    return contains(entry_with(acl, ACL_OTHER), wanted);
}

/* How many group entries match; 0 where a user's entry decides. */
static size_t n_groups_asked(const struct posix_acl *acl, const struct identity *who)
{
    size_t n = 0;

    if (who->uid == OWNER_UID) {
        return 0;
    }
    for (size_t i = 0; i < acl->n_entries; i++) {
        if (acl->entries[i].tag == ACL_USER && acl->entries[i].id == who->uid) {
            return 0;
        }
        n += group_matches(&acl->entries[i], who);
    }
    return n;
}

/* Each bit asked for by itself. */
static bool posix_allows_each(const struct posix_acl *acl, const struct identity *who,
                              unsigned int wanted)
{
    for (unsigned int bit = 1; bit < N_PERMS; bit <<= 1) {
        if ((wanted & bit) && !posix_allows(acl, who, bit)) {
            return false;
        }
    }
    return true;
}

/* Random ACLs, the same in every run. */

static uint32_t random_state;

static uint32_t random_below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % n;
}

struct random_acl {
    struct posix_acl_entry entries[4 + 2 * N_NAMED_MAX];
    struct posix_acl acl;
    uint8_t bytes[4 + 8 * (4 + 2 * N_NAMED_MAX)];
    struct system_acl file;
};

static void add_entry(struct random_acl *random, uint16_t tag, uint32_t id)
{
    random->entries[random->acl.n_entries++] =
        (struct posix_acl_entry){.tag = tag, .perms = (uint16_t)random_below(N_PERMS), .id = id};
}

/* Of @n ids from @first on some, each with its entry. @return how many */
static size_t add_some(struct random_acl *random, uint16_t tag, uint32_t first, uint32_t n)
{
    const size_t n_before = random->acl.n_entries;

    for (uint32_t i = 0; i < n; i++) {
        if (random_below(2)) {
            add_entry(random, tag, first + i);
        }
    }
    return random->acl.n_entries - n_before;
}

/* In the form of the xattr. */
static void encode(struct random_acl *random)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    writer_le32(&writer, 2);
    for (size_t i = 0; i < random->acl.n_entries; i++) {
        writer_le16(&writer, random->entries[i].tag);
        writer_le16(&writer, random->entries[i].perms);
        writer_le32(&writer, random->entries[i].id);
    }
    assert_false(writer.failed);
    memcpy(random->bytes, writer.bytes, writer.size);
    random->file.access_acl = random->bytes;
    random->file.n_access_acl = writer.size;
}

/* @n_shared: 1 if the owner and the file's group may be named as well, 0 if not. */
static void random_acl(struct random_acl *ret_random, uint32_t n_shared)
{
    const uint32_t skip = 1 - n_shared;
    size_t n_named;

    *ret_random = (struct random_acl){.acl = {.entries = ret_random->entries}};
    add_entry(ret_random, ACL_USER_OBJ, UINT32_MAX);
    n_named = add_some(ret_random, ACL_USER, OWNER_UID + skip, N_NAMED_MAX - skip);
    add_entry(ret_random, ACL_GROUP_OBJ, UINT32_MAX);
    n_named += add_some(ret_random, ACL_GROUP, FILE_GID + skip, N_NAMED_MAX - skip);
    if (n_named > 0 || random_below(2)) {
        add_entry(ret_random, ACL_MASK, UINT32_MAX);
    }
    add_entry(ret_random, ACL_OTHER, UINT32_MAX);
    ret_random->file = file_of(random_below(2) ? S_IFREG : S_IFDIR);
    encode(ret_random);
}

/* Tests */

static void expect_posix_answers(const struct made *made, const struct identity *who, mode_t mode)
{
    const unsigned int granted = who->uid == OWNER_UID ? mode >> 6
                                 : who->gids & 1       ? mode >> 3
                                                       : mode;

    for (unsigned int wanted = 1; wanted < N_PERMS; wanted++) {
        const bool expected = (granted & wanted) == wanted;

        if (allowed(&made->sd, who->token, rights_of(wanted, S_ISDIR(mode))) != expected) {
            fail_msg("mode %o, uid %u, groups %x, wanted %u", mode, who->uid, who->gids, wanted);
        }
    }
}

static void every_mode_answers_as_posix_does(void **state)
{
    static const mode_t types[] = {S_IFREG, S_IFDIR, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        for (mode_t mode = types[i]; mode <= (types[i] | 0777); mode++) {
            struct made made = made_of_mode(mode);

            expect_posix_answers(&made, identity_of(OWNER_UID, 0), mode);
            expect_posix_answers(&made, identity_of(OWNER_UID, 1), mode);
            expect_posix_answers(&made, identity_of(OWNER_UID, 3), mode);
            expect_posix_answers(&made, identity_of(OWNER_UID + 1, 1), mode);
            expect_posix_answers(&made, identity_of(OWNER_UID + 1, 3), mode);
            expect_posix_answers(&made, identity_of(OWNER_UID + 1, 0), mode);
            expect_posix_answers(&made, identity_of(OWNER_UID + 1, 2), mode);
            free(made.bytes);
        }
    }
}

static void system_gets_everything_of_every_mode(void **state)
{
    tsr_token *system = token_of(0, 0);

    (void)state;

    for (mode_t mode = 0; mode <= 0777; mode++) {
        struct made file = made_of_mode(S_IFREG | mode);
        struct made directory = made_of_mode(S_IFDIR | mode);

        assert_int_equal(maximum(&file.sd, system), FILE_ALL_ACCESS);
        assert_int_equal(maximum(&directory.sd, system), FILE_ALL_ACCESS);
        free(file.bytes);
        free(directory.bytes);
    }
    tsr_token_unref(system);
}

static void expect_maximum(const struct made *made, mode_t mode, const struct identity *who)
{
    const bool is_owner = who->uid == OWNER_UID;
    const unsigned int perms = is_owner ? mode >> 6 : who->gids & 1 ? mode >> 3 : mode;
    uint32_t expected = READ_CONTROL | FILE_READ_ATTRIBUTES | SYNCHRONIZE;

    expected |= rights_of(perms & 7, S_ISDIR(mode));
    expected |= is_owner ? WRITE_DAC | WRITE_OWNER | FILE_WRITE_ATTRIBUTES : 0;
    assert_int_equal(maximum(&made->sd, who->token), expected);
}

/* So nobody has DELETE, and the rights of an owner are the owner's alone. */
static void nothing_else_is_granted_by_any_mode(void **state)
{
    static const mode_t types[] = {S_IFREG, S_IFDIR};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        for (mode_t mode = types[i]; mode <= (types[i] | 0777); mode++) {
            struct made made = made_of_mode(mode);

            for (size_t j = 0; j < ARRAY_SIZE(everybody); j++) {
                expect_maximum(&made, mode, &everybody[j]);
            }
            free(made.bytes);
        }
    }
}

static void every_posix_acl_answers_as_posix_does(void **state)
{
    struct random_acl random;
    size_t n_wider = 0;

    (void)state;
    random_state = 0x7e55e7a;

    for (size_t i = 0; i < RANDOM_ACLS; i++) {
        struct made made;

        random_acl(&random, 1);
        made = made_of(&random.file);
        for (size_t j = 0; j < ARRAY_SIZE(everybody); j++) {
            const struct identity *who = &everybody[j];

            for (unsigned int wanted = 1; wanted < N_PERMS; wanted++) {
                const bool each = posix_allows_each(&random.acl, who, wanted);
                const uint32_t rights = rights_of(wanted, S_ISDIR(random.file.attributes.st_mode));

                assert_int_equal(allowed(&made.sd, who->token, rights), each);
                if (each != posix_allows(&random.acl, who, wanted)) {
                    /* The one exception: several bits, which several groups have together. */
                    assert_true(each && (wanted & (wanted - 1)) != 0);
                    assert_true(n_groups_asked(&random.acl, who) > 1);
                    n_wider++;
                }
            }
        }
        free(made.bytes);
    }
    assert_true(n_wider > 0);
}

/* The descriptor without the ACE at @index. */
static struct made made_without(const struct made *made, size_t index)
{
    CLEANUP(free) uint8_t *acl = NULL;
    tsr_sd_parts parts = {.has_dacl = true};
    tsr_acl_builder builder = {0};
    struct made without = {0};
    size_t offset = 0;
    tsr_sid owner;
    tsr_ace ace;

    for (size_t i = 0; tsr_acl_next(&made->sd.dacl, &offset, &ace); i++) {
        if (i != index) {
            tsr_acl_builder_add_encoded(&builder, ace.bytes, ace.size);
        }
    }
    expect_ok(tsr_sid_decode(made->sd.owner, TSR_SID_SIZE_MAX, &owner, NULL));
    parts.owner = &owner;
    expect_ok(tsr_acl_builder_finish(&builder, &acl, &parts.dacl));
    expect_ok(tsr_sd_build(&parts, &without.bytes, &without.size));
    expect_ok(tsr_sd_view(without.bytes, without.size, &without.sd));
    return without;
}

static bool same_answers(const struct made *a, const struct made *b)
{
    for (size_t i = 0; i < ARRAY_SIZE(everybody); i++) {
        if (maximum(&a->sd, everybody[i].token) != maximum(&b->sd, everybody[i].token)) {
            return false;
        }
    }
    return true;
}

/* @return how many there were */
static size_t expect_no_useless_deny(const struct made *made)
{
    size_t offset = 0;
    size_t n = 0;
    tsr_ace ace;

    for (size_t i = 0; tsr_acl_next(&made->sd.dacl, &offset, &ace); i++) {
        if (ace.type == ACCESS_DENIED_ACE_TYPE) {
            struct made without = made_without(made, i);

            assert_false(same_answers(made, &without));
            free(without.bytes);
            n++;
        }
    }
    return n;
}

static void no_deny_is_useless(void **state)
{
    struct random_acl random;
    size_t n_denies = 0;

    (void)state;
    random_state = 0x5eed;

    for (size_t i = 0; i < RANDOM_ACLS_REMOVED; i++) {
        struct made made;

        random_acl(&random, 0);
        made = made_of(&random.file);
        n_denies += expect_no_useless_deny(&made);
        free(made.bytes);
    }
    for (mode_t mode = S_IFREG; mode <= (S_IFREG | 0777); mode++) {
        struct made made = made_of_mode(mode);

        n_denies += expect_no_useless_deny(&made);
        free(made.bytes);
    }
    assert_true(n_denies > 0);
}

static char *text_of(const tsr_sd *sd)
{
    char *text = NULL;

    expect_ok(tsr_sddl_format(sd, ALL_INFORMATION, NULL, &text));
    return text;
}

static void expect_sddl(const struct system_acl *acl, const char *expected_sddl)
{
    struct made made = made_of(acl);
    CLEANUP(free) char *text = text_of(&made.sd);
    CLEANUP(free) char *expected_text = NULL;
    struct made expected = {0};

    expect_ok(tsr_sddl_parse(expected_sddl, NULL, &expected.bytes, &expected.size, NULL));
    expect_ok(tsr_sd_view(expected.bytes, expected.size, &expected.sd));
    expected_text = text_of(&expected.sd);

    assert_string_equal(text, expected_text);
    free(expected.bytes);
    free(made.bytes);
}

static void expect_mode_sddl(mode_t mode, const char *expected)
{
    const struct system_acl acl = file_of(mode);

    expect_sddl(&acl, expected);
}

#define OWNER_GROUP "O:S-1-22-1-1000G:S-1-22-2-2000"

static void ordinary_modes_need_no_deny(void **state)
{
    (void)state;

    expect_mode_sddl(S_IFREG | 0644, OWNER_GROUP "D:(A;;FA;;;SY)(A;;0xe011f;;;S-1-22-1-1000)"
                                                 "(A;;0x9;;;S-1-22-2-2000)(A;;FR;;;WD)");
    expect_mode_sddl(S_IFREG | 0600,
                     OWNER_GROUP "D:(A;;FA;;;SY)(A;;0xe011f;;;S-1-22-1-1000)(A;;0x120080;;;WD)");
    expect_mode_sddl(S_IFDIR | 0755, OWNER_GROUP "D:(A;;FA;;;SY)(A;;0xe017f;;;S-1-22-1-1000)"
                                                 "(A;;0x29;;;S-1-22-2-2000)(A;;0x1200a9;;;WD)");
}

static void classes_that_have_less_than_later_ones_are_denied(void **state)
{
    (void)state;

    expect_mode_sddl(S_IFREG | 0407, OWNER_GROUP
                     "D:(A;;FA;;;SY)(D;;0x36;;;S-1-22-1-1000)"
                     "(A;;0xe0109;;;S-1-22-1-1000)(D;;0x3f;;;S-1-22-2-2000)(A;;0x1200bf;;;WD)");
}

static void mode_bits_beyond_rwx_change_nothing(void **state)
{
    struct made plain = made_of_mode(S_IFDIR | 0755);
    struct made special = made_of_mode(S_IFDIR | 07755);

    (void)state;

    assert_int_equal(plain.size, special.size);
    assert_memory_equal(plain.bytes, special.bytes, plain.size);
    free(plain.bytes);
    free(special.bytes);
}

static void a_symbolic_link_is_read_by_everyone_whatever_its_mode(void **state)
{
    (void)state;

    expect_mode_sddl(S_IFLNK | 0777,
                     OWNER_GROUP "D:(A;;FA;;;SY)(A;;0xe0100;;;S-1-22-1-1000)(A;;FR;;;WD)");
    expect_mode_sddl(S_IFLNK, OWNER_GROUP "D:(A;;FA;;;SY)(A;;0xe0100;;;S-1-22-1-1000)(A;;FR;;;WD)");
}

static void what_root_owns_is_systems_and_says_so_once(void **state)
{
    struct system_acl acl = file_of(S_IFREG | 0077);

    (void)state;
    acl.attributes.st_uid = 0;
    acl.attributes.st_gid = 0;

    expect_sddl(&acl, "O:SYG:S-1-22-2-0D:(A;;FA;;;SY)(A;;0x3f;;;S-1-22-2-0)(A;;0x1200bf;;;WD)");
}

static void a_group_that_is_a_tag_narrows_everyone(void **state)
{
    struct system_acl acl = file_of(S_IFREG | 0757);
    struct made made;

    (void)state;
    acl.attributes.st_gid = TSR_TAG_FIRST;

    made = made_of(&acl);

    assert_true(allowed(&made.sd, identity_of(OWNER_UID, 0)->token, FILE_WRITE_DATA));
    assert_true(
        allowed(&made.sd, identity_of(OWNER_UID + 1, 0)->token, FILE_READ_DATA | FILE_EXECUTE));
    assert_false(allowed(&made.sd, identity_of(OWNER_UID + 1, 0)->token, FILE_WRITE_DATA));
    free(made.bytes);
}

static void a_user_named_twice_has_what_comes_first(void **state)
{
    struct random_acl random = {.file = file_of(S_IFREG), .acl = {.n_entries = 6}};
    struct made made;

    (void)state;
    random.entries[0] = (struct posix_acl_entry){.tag = ACL_USER_OBJ};
    random.entries[1] = (struct posix_acl_entry){.tag = ACL_USER, .perms = 4, .id = OWNER_UID + 1};
    random.entries[2] = (struct posix_acl_entry){.tag = ACL_USER, .perms = 7, .id = OWNER_UID + 1};
    random.entries[3] = (struct posix_acl_entry){.tag = ACL_GROUP_OBJ};
    random.entries[4] = (struct posix_acl_entry){.tag = ACL_MASK, .perms = 7};
    random.entries[5] = (struct posix_acl_entry){.tag = ACL_OTHER};
    encode(&random);

    made = made_of(&random.file);

    assert_true(allowed(&made.sd, identity_of(OWNER_UID + 1, 0)->token, FILE_READ_DATA));
    assert_false(allowed(&made.sd, identity_of(OWNER_UID + 1, 0)->token, FILE_WRITE_DATA));
    free(made.bytes);
}

static void expect_refused(uint32_t code, const struct system_acl *acl)
{
    uint8_t *bytes = NULL;
    size_t size = 42;

    expect_status(code, system_acl_descriptor(acl, resolver, &bytes, &size));
    assert_null(bytes);
    assert_int_equal(size, 42);
}

static void malformed_acls_are_refused_and_leave_the_outputs_alone(void **state)
{
    struct system_acl acl = file_of(S_IFREG | 0777);

    (void)state;
    acl.access_acl = "";

    expect_refused(STATUS_DATA_ERROR, &acl);
    acl.access_acl = "\2\0\0\0";
    acl.n_access_acl = 4;
    expect_refused(STATUS_DATA_ERROR, &acl);
}

/* The largest ACL that an xattr can hold names more than a DACL can. */
static void an_acl_too_large_for_a_dacl_is_refused(void **state)
{
    const size_t n_users = 8187;
    CLEANUP(writer_deinit) struct writer writer = {0};
    struct system_acl acl = file_of(S_IFREG | 0777);

    (void)state;
    writer_le32(&writer, 2);
    writer_le64(&writer, 0xffffffff00070001);
    for (size_t i = 0; i < n_users; i++) {
        writer_le64(&writer, (uint64_t)i << 32 | 0x00040002);
    }
    writer_le64(&writer, 0xffffffff00070004);
    writer_le64(&writer, 0xffffffff00070010);
    writer_le64(&writer, 0xffffffff00070020);
    acl.access_acl = writer.bytes;
    acl.n_access_acl = writer.size;

    expect_refused(STATUS_INVALID_ACL, &acl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mode_answers_as_posix_does),
        cmocka_unit_test(system_gets_everything_of_every_mode),
        cmocka_unit_test(nothing_else_is_granted_by_any_mode),
        cmocka_unit_test(every_posix_acl_answers_as_posix_does),
        cmocka_unit_test(no_deny_is_useless),
        cmocka_unit_test(ordinary_modes_need_no_deny),
        cmocka_unit_test(classes_that_have_less_than_later_ones_are_denied),
        cmocka_unit_test(mode_bits_beyond_rwx_change_nothing),
        cmocka_unit_test(a_symbolic_link_is_read_by_everyone_whatever_its_mode),
        cmocka_unit_test(what_root_owns_is_systems_and_says_so_once),
        cmocka_unit_test(a_group_that_is_a_tag_narrows_everyone),
        cmocka_unit_test(a_user_named_twice_has_what_comes_first),
        cmocka_unit_test(malformed_acls_are_refused_and_leave_the_outputs_alone),
        cmocka_unit_test(an_acl_too_large_for_a_dacl_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
