/* SPDX-License-Identifier: MIT */
/* Tests of the map of the `files` provider. */

#include "linux/map.h"

#include "linux/test-support.h"

#define DOMAIN "S-1-5-21-1-2-3"

static struct map *map_of(const char *text)
{
    struct map *map = NULL;
    size_t line = 42;

    expect_ok(map_parse(text, strlen(text), &map, &line));
    assert_int_equal(line, 42);
    return map;
}

/* The text is refused because of this line. */
static void expect_line(size_t expected, const char *text)
{
    struct map *map = NULL;
    size_t line = 4242;
    const tsr_status status = map_parse(text, strlen(text), &map, &line);

    if (status.code != STATUS_DATA_ERROR || line != expected) {
        print_error("for: %s\n", text);
    }
    expect_status(STATUS_DATA_ERROR, status);
    assert_int_equal(line, expected);
    assert_null(map);
}

static void expect_sid(const char *expected, const tsr_sid *sid)
{
    char text[TSR_SID_TEXT_MAX];

    tsr_sid_format(sid, text);
    assert_string_equal(text, expected);
}

static void an_empty_map_maps_nothing(void **state)
{
    static const char *const texts[] = {"", "\n\n", "# only a comment", " \t # and blanks \n"};
    const tsr_sid sid = sid_of(DOMAIN "-1104");
    const struct map_entry *members = NULL;
    tsr_sid out;
    uid_t id;

    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct map *map = map_of(texts[i]);

        assert_false(map_sid_of_uid(map, 1000, &out));
        assert_false(map_sid_of_gid(map, 1000, &out));
        assert_false(map_uid_of_sid(map, &sid, &id));
        assert_false(map_gid_of_sid(map, &sid, &id));
        assert_false(map_is_guest(map, 1000));
        assert_false(map_is_guest(map, 0));
        assert_int_equal(map_peek_members(map, 1000, &members), 0);
        map_free(map);
    }
}

static void null_is_the_empty_map(void **state)
{
    const tsr_sid sid = sid_of(DOMAIN "-1104");
    const struct map_entry *members = NULL;
    tsr_sid out;
    uid_t id;

    (void)state;

    assert_false(map_sid_of_uid(NULL, 1000, &out));
    assert_false(map_sid_of_gid(NULL, 1000, &out));
    assert_false(map_uid_of_sid(NULL, &sid, &id));
    assert_false(map_gid_of_sid(NULL, &sid, &id));
    assert_false(map_is_guest(NULL, 0));
    assert_int_equal(map_peek_members(NULL, 1000, &members), 0);
    assert_null(map_free(NULL));
}

static void users_and_groups_are_mapped_both_ways(void **state)
{
    struct map *map = map_of("user 1001 " DOMAIN "-1105\n"
                             "  user\t1000   " DOMAIN "-1104 # alice\n"
                             "group 1000 " DOMAIN "-513\n"
                             "group 27 S-1-5-32-544");
    const tsr_sid alice = sid_of(DOMAIN "-1104");
    const tsr_sid administrators = sid_of("S-1-5-32-544");
    tsr_sid sid;
    uid_t id;

    (void)state;

    assert_true(map_sid_of_uid(map, 1000, &sid));
    expect_sid(DOMAIN "-1104", &sid);
    assert_true(map_sid_of_uid(map, 1001, &sid));
    expect_sid(DOMAIN "-1105", &sid);
    assert_true(map_sid_of_gid(map, 1000, &sid));
    expect_sid(DOMAIN "-513", &sid);
    assert_true(map_uid_of_sid(map, &alice, &id));
    assert_int_equal(id, 1000);
    assert_true(map_gid_of_sid(map, &administrators, &id));
    assert_int_equal(id, 27);
    assert_false(map_gid_of_sid(map, &alice, &id));
    assert_false(map_uid_of_sid(map, &administrators, &id));
    assert_false(map_sid_of_uid(map, 27, &sid));
    map_free(map);
}

static void members_are_those_of_their_uid(void **state)
{
    struct map *map = map_of("member 1000 S-1-5-32-551\n"
                             "member 1001 S-1-5-32-551\n"
                             "member 1000 " DOMAIN "-512\n");
    const struct map_entry *members = NULL;

    (void)state;

    assert_int_equal(map_peek_members(map, 1000, &members), 2);
    expect_sid("S-1-5-32-551", &members[0].sid);
    expect_sid(DOMAIN "-512", &members[1].sid);
    assert_int_equal(map_peek_members(map, 1001, &members), 1);
    assert_int_equal(map_peek_members(map, 999, &members), 0);
    assert_int_equal(map_peek_members(map, 1002, &members), 0);
    map_free(map);
}

static void the_guest_is_501_of_the_domain_wherever_the_domain_stands(void **state)
{
    static const char *const texts[] = {
        "guest 65534\ndomain " DOMAIN "\n",
        "domain " DOMAIN "\nguest 65534\n",
    };
    const tsr_sid guest = sid_of(DOMAIN "-501");

    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct map *map = map_of(texts[i]);
        tsr_sid sid;
        uid_t uid;

        assert_true(map_is_guest(map, 65534));
        assert_false(map_is_guest(map, 65533));
        assert_true(map_sid_of_uid(map, 65534, &sid));
        assert_true(tsr_sid_equal(&sid, &guest));
        assert_true(map_uid_of_sid(map, &guest, &uid));
        assert_int_equal(uid, 65534);
        map_free(map);
    }
}

static void a_guest_without_domain_has_no_sid_of_its_own(void **state)
{
    struct map *map = map_of("guest 65534\n");
    tsr_sid sid;

    (void)state;

    assert_true(map_is_guest(map, 65534));
    assert_false(map_sid_of_uid(map, 65534, &sid));
    map_free(map);
}

static void malformed_lines_are_named(void **state)
{
    (void)state;

    expect_line(1, "user 1000");
    expect_line(1, "user 1000 " DOMAIN "-1104 more");
    expect_line(1, "user 1000 " DOMAIN "-1104 more and more and more");
    expect_line(2, "# fine\nusers 1000 " DOMAIN "-1104\n");
    expect_line(3, "\n\nUSER 1000 " DOMAIN "-1104\n");
    expect_line(1, "user x " DOMAIN "-1104\n");
    expect_line(1, "user -1 " DOMAIN "-1104\n");
    expect_line(1, "user 0x10 " DOMAIN "-1104\n");
    expect_line(1, "user 42949672950 " DOMAIN "-1104\n");
    expect_line(1, "user 1000 alice\n");
    expect_line(1, "user 1000 " DOMAIN "-1104x\n");
    expect_line(1, "user 1000 S-1-5-21-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16\n");
    expect_line(1, "guest\n");
    expect_line(1, "guest 1 2\n");
    expect_line(1, "domain\n");
    expect_line(1, "domain S-1-5-32\n");
    expect_line(1, "domain " DOMAIN "-4\n");
    expect_line(1, "user 1000 " DOMAIN "-1104\r\n");
}

static void a_byte_of_zero_is_malformed(void **state)
{
    const char text[] = "user 1000 " DOMAIN "-1104\0\n";
    struct map *map = NULL;
    size_t line = 0;

    (void)state;

    expect_status(STATUS_DATA_ERROR, map_parse(text, sizeof(text) - 1, &map, &line));
    assert_int_equal(line, 1);
}

static void root_and_no_id_cannot_be_mapped(void **state)
{
    static const char *const kinds[] = {"user %s " DOMAIN "-1104", "group %s " DOMAIN "-1104",
                                        "member %s " DOMAIN "-1104", "guest %s"};
    static const char *const ids[] = {"0", "000", "4294967295", "4294967296"};
    char format[64];
    char text[96];

    (void)state;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        for (size_t j = 0; j < sizeof(ids) / sizeof(ids[0]); j++) {
            const char *hole = strstr(kinds[i], "%s");

            (void)snprintf(format, sizeof(format), "%.*s", (int)(hole - kinds[i]), kinds[i]);
            (void)snprintf(text, sizeof(text), "%s%s%s", format, ids[j], hole + 2);
            expect_line(1, text);
        }
    }
}

static void a_tag_cannot_be_mapped(void **state)
{
    (void)state;

    expect_line(1, "group 1778384897 " DOMAIN "-1104\n"); /* TSR_TAG_FIRST */
    expect_line(1, "group 1795162111 " DOMAIN "-1104\n"); /* TSR_TAG_LAST */
    map_free(map_of("group 1778384896 " DOMAIN "-1104\n"));
    map_free(map_of("group 1795162112 " DOMAIN "-1104\n"));
}

static void only_an_accounts_sid_can_be_a_users(void **state)
{
    static const char *const refused[] = {
        "S-1-0-0",      "S-1-1-0",
        "S-1-2-0",      "S-1-3-0",
        "S-1-5-2",      "S-1-5-7",
        "S-1-5-10",     "S-1-5-11",
        "S-1-5-12",     "S-1-5-18",
        "S-1-5-32-544", "S-1-5-32-1000",
        "S-1-5-88-1-0", "S-1-5-5-1-2",
        "S-1-15-2-1",   "S-1-16-16384",
        "S-1-19-512-0", "S-1-22-1-1000",
        "S-1-22-2-100", DOMAIN,
        "S-1-5-21-1",   "S-1-5-21-1-2-3-4-5",
    };
    static const char *const accepted[] = {
        DOMAIN "-500", DOMAIN "-1104",       "S-1-5-19",
        "S-1-5-20",    "S-1-5-80-1-2-3-4-5", "S-1-12-1-1-2-3-4",
    };
    char text[256];

    (void)state;

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        (void)snprintf(text, sizeof(text), "user 1000 %s\n", refused[i]);
        expect_line(1, text);
    }
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        (void)snprintf(text, sizeof(text), "user 1000 %s\n", accepted[i]);
        map_free(map_of(text));
    }
}

static void a_group_cannot_be_a_level_a_stand_in_or_a_linux_id(void **state)
{
    static const char *const refused[] = {
        "S-1-0-0",       "S-1-3-0",    "S-1-3-4",      "S-1-16-12288", "S-1-19-512-0",
        "S-1-5-7",       "S-1-5-10",   "S-1-5-18",     "S-1-5-19",     "S-1-5-20",
        "S-1-22-1-1000", "S-1-22-2-5", "S-1-5-88-2-5",
    };
    static const char *const accepted[] = {"S-1-5-32-544", DOMAIN "-513", "S-1-5-4", "S-1-2-1",
                                           "S-1-18-1"};
    char text[256];

    (void)state;

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        (void)snprintf(text, sizeof(text), "member 1000 %s\n", refused[i]);
        expect_line(1, text);
        (void)snprintf(text, sizeof(text), "group 1000 %s\n", refused[i]);
        expect_line(1, text);
    }
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        (void)snprintf(text, sizeof(text), "member 1000 %s\ngroup 1000 %s", accepted[i],
                       accepted[i]);
        map_free(map_of(text));
    }
}

static void what_is_said_twice_is_wrong_the_second_time(void **state)
{
    (void)state;

    expect_line(3, "user 1 " DOMAIN "-1\nuser 2 " DOMAIN "-2\nuser 1 " DOMAIN "-3\n");
    expect_line(3, "user 1 " DOMAIN "-3\nuser 2 " DOMAIN "-2\nuser 1 " DOMAIN "-1\n");
    expect_line(2, "user 1 " DOMAIN "-1\nuser 1 " DOMAIN "-1\n");
    expect_line(2, "user 2 " DOMAIN "-1\nuser 1 " DOMAIN "-1\n");
    expect_line(2, "group 1 " DOMAIN "-1\ngroup 1 " DOMAIN "-2\n");
    expect_line(2, "group 2 " DOMAIN "-1\ngroup 1 " DOMAIN "-1\n");
    expect_line(2, "member 1 " DOMAIN "-1\nmember 1 " DOMAIN "-1\n");
    expect_line(2, "guest 1\nguest 1\n");
    expect_line(2, "domain " DOMAIN "\ndomain " DOMAIN "\n");
}

static void one_sid_is_one_account(void **state)
{
    (void)state;

    expect_line(2, "user 1 " DOMAIN "-1\ngroup 1 " DOMAIN "-1\n");
    expect_line(1, "group 1 " DOMAIN "-1\nuser 1 " DOMAIN "-1\n");
    expect_line(2, "user 1 " DOMAIN "-1\nmember 2 " DOMAIN "-1\n");
    expect_line(2, "user 5 " DOMAIN "-1\nguest 5\n");
    expect_line(1, "guest 5\ndomain " DOMAIN "\nuser 6 " DOMAIN "-501\n");
    expect_line(1, "guest 5\ndomain " DOMAIN "\nmember 6 " DOMAIN "-501\n");
}

static void a_map_of_many_entries_is_searched_right(void **state)
{
    char *text = malloc(1u << 20);
    size_t size = 0;
    struct map *map;

    (void)state;
    assert_non_null(text);
    for (unsigned int i = 0; i < 5000; i++) {
        const unsigned int id = 1 + (i * 2654435761u) % 1000000u;

        size += (size_t)sprintf(text + size, "user %u " DOMAIN "-%u\n", id, 2000000u - id);
    }
    text[size] = '\0';

    map = map_of(text);

    for (unsigned int i = 0; i < 5000; i++) {
        const unsigned int id = 1 + (i * 2654435761u) % 1000000u;
        tsr_sid sid;
        uid_t uid = 0;

        assert_true(map_sid_of_uid(map, id, &sid));
        assert_int_equal(sid.sub_authorities[4], 2000000u - id);
        assert_true(map_uid_of_sid(map, &sid, &uid));
        assert_int_equal(uid, id);
    }
    map_free(map);
    free(text);
}

static void load_reads_a_file_of_roots(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path path = test_path_in(&directory, "map");
    const char text[] = "user 1000 " DOMAIN "-1104\n";
    struct map *map = NULL;
    size_t line = 42;
    tsr_sid sid;

    (void)state;
    require_root();
    test_file_write(path.text, text, strlen(text), 0644);

    expect_ok(map_load(path.text, &map, &line));

    assert_true(map_sid_of_uid(map, 1000, &sid));
    assert_int_equal(line, 0);
    map_free(map);
    test_directory_remove(&directory);
}

static void load_tells_the_line(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path path = test_path_in(&directory, "map");
    struct map *map = NULL;
    size_t line = 42;

    (void)state;
    require_root();
    test_file_write(path.text, "\nuser\n", 6, 0644);

    expect_status(STATUS_DATA_ERROR, map_load(path.text, &map, &line));

    assert_int_equal(line, 2);
    assert_null(map);
    test_directory_remove(&directory);
}

static void load_refuses_what_others_can_write_and_what_is_no_file(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path path = test_path_in(&directory, "map");
    const struct test_path fifo = test_path_in(&directory, "fifo");
    struct map *map = NULL;
    size_t line = 42;

    (void)state;
    require_root();
    test_file_write(path.text, "", 0, 0666);
    assert_int_equal(mkfifo(fifo.text, 0600), 0);

    expect_status(STATUS_ACCESS_DENIED, map_load(path.text, &map, &line));
    assert_int_equal(line, 0);
    assert_int_equal(chmod(path.text, 0644), 0);
    assert_int_equal(chown(path.text, TEST_UID, 0), 0);
    expect_status(STATUS_ACCESS_DENIED, map_load(path.text, &map, &line));
    expect_status(STATUS_ACCESS_DENIED, map_load(directory.path, &map, &line));
    expect_status(STATUS_ACCESS_DENIED, map_load(fifo.text, &map, &line));
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, map_load("/nonexistent/map", &map, &line));

    assert_null(map);
    test_directory_remove(&directory);
}

static void load_refuses_a_file_that_is_too_large(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path path = test_path_in(&directory, "map");
    struct map *map = NULL;
    size_t line = 42;

    (void)state;
    require_root();
    test_file_write(path.text, "", 0, 0644);
    assert_int_equal(truncate(path.text, (16 << 20) + 1), 0);

    expect_status(STATUS_DATA_ERROR, map_load(path.text, &map, &line));

    assert_int_equal(line, 0);
    test_directory_remove(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_maps_nothing),
        cmocka_unit_test(null_is_the_empty_map),
        cmocka_unit_test(users_and_groups_are_mapped_both_ways),
        cmocka_unit_test(members_are_those_of_their_uid),
        cmocka_unit_test(the_guest_is_501_of_the_domain_wherever_the_domain_stands),
        cmocka_unit_test(a_guest_without_domain_has_no_sid_of_its_own),
        cmocka_unit_test(malformed_lines_are_named),
        cmocka_unit_test(a_byte_of_zero_is_malformed),
        cmocka_unit_test(root_and_no_id_cannot_be_mapped),
        cmocka_unit_test(a_tag_cannot_be_mapped),
        cmocka_unit_test(only_an_accounts_sid_can_be_a_users),
        cmocka_unit_test(a_group_cannot_be_a_level_a_stand_in_or_a_linux_id),
        cmocka_unit_test(what_is_said_twice_is_wrong_the_second_time),
        cmocka_unit_test(one_sid_is_one_account),
        cmocka_unit_test(a_map_of_many_entries_is_searched_right),
        cmocka_unit_test(load_reads_a_file_of_roots),
        cmocka_unit_test(load_tells_the_line),
        cmocka_unit_test(load_refuses_what_others_can_write_and_what_is_no_file),
        cmocka_unit_test(load_refuses_a_file_that_is_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
