/* SPDX-License-Identifier: MIT */

#include "nt/test-support.h"

#define ACE_SIZE 20 /* with a SID of one sub-authority */

/* An ACL with ACEs of these masks. */
static acl_room acl_with(size_t n_masks, const ACCESS_MASK *masks)
{
    sid_room everyone = sid_bytes("S-1-1-0");
    acl_room room = acl_empty();

    for (size_t i = 0; i < n_masks; i++) {
        expect_nt(STATUS_SUCCESS,
                  RtlAddAccessAllowedAce(&room.acl, ACL_REVISION, masks[i], &everyone));
    }
    return room;
}

static ACCESS_MASK mask_at(acl_room *room, ULONG index)
{
    PVOID ace = NULL;

    expect_nt(STATUS_SUCCESS, RtlGetAce(&room->acl, index, &ace));
    return ((ACCESS_ALLOWED_ACE *)ace)->Mask;
}

static void an_acl_is_created_empty_and_valid(void **state)
{
    acl_room room;
    (void)state;

    memset(&room, 0xff, sizeof(room));
    expect_nt(STATUS_SUCCESS, RtlCreateAcl(&room.acl, sizeof(room), ACL_REVISION));

    assert_true(RtlValidAcl(&room.acl));
    assert_int_equal(room.acl.AclRevision, ACL_REVISION);
    assert_int_equal(room.acl.AclSize, sizeof(room));
    assert_int_equal(room.acl.AceCount, 0);
}

static void an_acl_needs_a_header_a_revision_and_a_size_that_fits(void **state)
{
    static union {
        ACL acl;
        DWORD bytes[UINT16_MAX / sizeof(DWORD) + 1];
    } large;
    acl_room room = {.bytes = {42}};
    (void)state;

    expect_nt(STATUS_BUFFER_TOO_SMALL, RtlCreateAcl(&room.acl, 7, ACL_REVISION));
    expect_nt(STATUS_INVALID_PARAMETER, RtlCreateAcl(&room.acl, sizeof(room), 1));
    expect_nt(STATUS_INVALID_PARAMETER, RtlCreateAcl(&room.acl, sizeof(room), 5));
    expect_nt(STATUS_INVALID_PARAMETER, RtlCreateAcl(&room.acl, 65536, ACL_REVISION));
    expect_nt(STATUS_INVALID_PARAMETER, RtlCreateAcl(NULL, sizeof(room), ACL_REVISION));
    assert_int_equal(room.bytes[0], 42);
    expect_nt(STATUS_SUCCESS, RtlCreateAcl(&room.acl, 8, ACL_REVISION_DS));
    expect_nt(STATUS_SUCCESS, RtlCreateAcl(&large.acl, 65535, ACL_REVISION));

    assert_int_equal(large.acl.AclSize, 65532);
    assert_true(RtlValidAcl(&large.acl));
}

static void an_acl_is_valid_by_its_revision_and_aces(void **state)
{
    acl_room room = acl_with(1, (ACCESS_MASK[]){1});
    (void)state;

    assert_true(RtlValidAcl(&room.acl));
    room.acl.AceCount = 100;
    assert_false(RtlValidAcl(&room.acl));
    room.acl.AceCount = 1;
    room.acl.AclRevision = 7;
    assert_false(RtlValidAcl(&room.acl));
    assert_false(RtlValidAcl(NULL));
}

static void sizes_and_revision_are_told(void **state)
{
    acl_room room = acl_with(2, (ACCESS_MASK[]){1, 2});
    ACL_REVISION_INFORMATION revision = {0};
    ACL_SIZE_INFORMATION sizes = {0};
    (void)state;

    expect_nt(STATUS_SUCCESS,
              RtlQueryInformationAcl(&room.acl, &sizes, sizeof(sizes), AclSizeInformation));
    expect_nt(STATUS_SUCCESS, RtlQueryInformationAcl(&room.acl, &revision, sizeof(revision),
                                                     AclRevisionInformation));

    assert_int_equal(sizes.AceCount, 2);
    assert_int_equal(sizes.AclBytesInUse, 8 + 2 * ACE_SIZE);
    assert_int_equal(sizes.AclBytesFree, sizeof(room) - 8 - 2 * ACE_SIZE);
    assert_int_equal(revision.AclRevision, ACL_REVISION);
}

static void a_query_is_refused_without_room_class_or_acl(void **state)
{
    acl_room room = acl_empty();
    ACL_SIZE_INFORMATION sizes = {.AceCount = 42};
    (void)state;

    expect_nt(STATUS_BUFFER_TOO_SMALL,
              RtlQueryInformationAcl(&room.acl, &sizes, sizeof(sizes) - 1, AclSizeInformation));
    expect_nt(STATUS_BUFFER_TOO_SMALL,
              RtlQueryInformationAcl(&room.acl, &sizes, 3, AclRevisionInformation));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlQueryInformationAcl(&room.acl, &sizes, sizeof(sizes), (ACL_INFORMATION_CLASS)3));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlQueryInformationAcl(NULL, &sizes, sizeof(sizes), AclSizeInformation));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlQueryInformationAcl(&room.acl, NULL, sizeof(sizes), AclSizeInformation));

    assert_int_equal(sizes.AceCount, 42);
}

static void a_revision_is_raised_and_never_lowered(void **state)
{
    ACL_REVISION_INFORMATION revision = {ACL_REVISION_DS};
    acl_room room = acl_empty();
    (void)state;

    expect_nt(STATUS_BUFFER_TOO_SMALL,
              RtlSetInformationAcl(&room.acl, &revision, 3, AclRevisionInformation));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlSetInformationAcl(&room.acl, &revision, sizeof(revision), AclSizeInformation));
    expect_nt(STATUS_SUCCESS,
              RtlSetInformationAcl(&room.acl, &revision, sizeof(revision), AclRevisionInformation));
    assert_int_equal(room.acl.AclRevision, ACL_REVISION_DS);
    for (DWORD wrong = ACL_REVISION; wrong <= 5; wrong += 3) {
        revision.AclRevision = wrong;
        expect_nt(
            STATUS_INVALID_PARAMETER,
            RtlSetInformationAcl(&room.acl, &revision, sizeof(revision), AclRevisionInformation));
    }

    assert_int_equal(room.acl.AclRevision, ACL_REVISION_DS);
}

static void the_first_free_byte_is_behind_the_last_ace(void **state)
{
    acl_room room = acl_with(1, (ACCESS_MASK[]){1});
    PVOID free_byte = &room;
    (void)state;

    assert_true(RtlFirstFreeAce(&room.acl, &free_byte));
    assert_ptr_equal(free_byte, (BYTE *)&room + 8 + ACE_SIZE);
    room.acl.AclSize = 8 + ACE_SIZE;
    assert_true(RtlFirstFreeAce(&room.acl, &free_byte));
    assert_null(free_byte);
    assert_false(RtlFirstFreeAce(NULL, &free_byte));
    assert_false(RtlFirstFreeAce(&room.acl, NULL));
}

static void aces_are_inserted_at_an_index_or_the_end(void **state)
{
    acl_room added = acl_with(2, (ACCESS_MASK[]){5, 6});
    acl_room room = acl_with(2, (ACCESS_MASK[]){1, 2});
    static const ACCESS_MASK expected[] = {1, 5, 6, 2, 5};
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlAddAce(&room.acl, ACL_REVISION, 1, &added.acl + 1, 2 * ACE_SIZE));
    expect_nt(STATUS_SUCCESS,
              RtlAddAce(&room.acl, ACL_REVISION, MAXDWORD, &added.acl + 1, ACE_SIZE));

    assert_int_equal(room.acl.AceCount, 5);
    for (ULONG i = 0; i < 5; i++) {
        assert_int_equal(mask_at(&room, i), expected[i]);
    }
    assert_true(RtlValidAcl(&room.acl));
}

static void malformed_aces_are_not_inserted(void **state)
{
    acl_room added = acl_with(1, (ACCESS_MASK[]){5});
    acl_room room = acl_with(1, (ACCESS_MASK[]){1});
    const acl_room before = room;
    ACE_HEADER *header = (ACE_HEADER *)(&added.acl + 1);
    (void)state;

    for (ULONG size = 1; size < ACE_SIZE; size++) {
        expect_nt(STATUS_INVALID_PARAMETER, RtlAddAce(&room.acl, ACL_REVISION, 0, header, size));
    }
    header->AceSize = 2;
    expect_nt(STATUS_INVALID_PARAMETER, RtlAddAce(&room.acl, ACL_REVISION, 0, header, ACE_SIZE));
    header->AceSize = 12;
    expect_nt(STATUS_INVALID_PARAMETER, RtlAddAce(&room.acl, ACL_REVISION, 0, header, 12));

    assert_memory_equal(&room, &before, sizeof(room));
}

static void an_insertion_needs_an_acl_a_revision_and_room(void **state)
{
    acl_room added = acl_with(1, (ACCESS_MASK[]){5});
    acl_room room = acl_empty();
    PVOID ace = &added.acl + 1;
    (void)state;

    room.acl.AclSize = 8 + ACE_SIZE - 4;
    expect_nt(STATUS_BUFFER_TOO_SMALL, RtlAddAce(&room.acl, ACL_REVISION, 0, ace, ACE_SIZE));
    expect_nt(STATUS_INVALID_PARAMETER, RtlAddAce(&room.acl, 1, 0, ace, ACE_SIZE));
    expect_nt(STATUS_INVALID_PARAMETER, RtlAddAce(&room.acl, 5, 0, ace, ACE_SIZE));
    expect_nt(STATUS_INVALID_PARAMETER, RtlAddAce(NULL, ACL_REVISION, 0, ace, ACE_SIZE));
    expect_nt(STATUS_INVALID_PARAMETER, RtlAddAce(&room.acl, ACL_REVISION, 0, NULL, 0));
    assert_int_equal(room.acl.AceCount, 0);
    room.acl.AclSize += 4;

    expect_nt(STATUS_SUCCESS, RtlAddAce(&room.acl, ACL_REVISION, 0, ace, ACE_SIZE));
}

static void object_aces_need_the_revision_for_them(void **state)
{
    sid_room everyone = sid_bytes("S-1-1-0");
    GUID type = {1, 2, 3, {4}};
    acl_room added = acl_empty();
    acl_room room = acl_empty();
    ACE_HEADER *ace = (ACE_HEADER *)(&added.acl + 1);
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlAddAccessAllowedObjectAce(&added.acl, ACL_REVISION_DS, 0, 1, &type,
                                                           NULL, &everyone));
    expect_nt(STATUS_INVALID_PARAMETER, RtlAddAce(&room.acl, ACL_REVISION, 0, ace, ace->AceSize));
    expect_nt(STATUS_SUCCESS, RtlAddAce(&room.acl, ACL_REVISION_DS, 0, ace, ace->AceSize));

    assert_int_equal(room.acl.AclRevision, ACL_REVISION_DS);
}

static void aces_are_got_and_deleted_by_index(void **state)
{
    acl_room room = acl_with(3, (ACCESS_MASK[]){1, 2, 3});
    PVOID ace = &room;
    (void)state;

    expect_nt(STATUS_INVALID_PARAMETER, RtlGetAce(&room.acl, 3, &ace));
    expect_nt(STATUS_INVALID_PARAMETER, RtlGetAce(NULL, 0, &ace));
    expect_nt(STATUS_INVALID_PARAMETER, RtlGetAce(&room.acl, 0, NULL));
    expect_nt(STATUS_INVALID_PARAMETER, RtlDeleteAce(&room.acl, 3));
    expect_nt(STATUS_INVALID_PARAMETER, RtlDeleteAce(NULL, 0));
    assert_ptr_equal(ace, &room);
    expect_nt(STATUS_SUCCESS, RtlDeleteAce(&room.acl, 1));

    assert_int_equal(room.acl.AceCount, 2);
    assert_int_equal(mask_at(&room, 0), 1);
    assert_int_equal(mask_at(&room, 1), 3);
    expect_nt(STATUS_SUCCESS, RtlDeleteAce(&room.acl, 1));
    expect_nt(STATUS_SUCCESS, RtlDeleteAce(&room.acl, 0));
    assert_int_equal(room.acl.AceCount, 0);
}

/* An ACL that ends where its ACEs do, and what is behind it. */
#define N_FULL    3
#define FULL_SIZE (sizeof(ACL) + N_FULL * ACE_SIZE)

static acl_room full_with_guard(void)
{
    acl_room room = acl_with(N_FULL, (ACCESS_MASK[]){1, 2, 3});

    room.acl.AclSize = FULL_SIZE;
    for (size_t i = FULL_SIZE; i < sizeof(room); i++) {
        ((BYTE *)&room)[i] = (BYTE)i;
    }
    return room;
}

static void expect_guard(const acl_room *room)
{
    for (size_t i = FULL_SIZE; i < sizeof(*room); i++) {
        assert_int_equal(((const BYTE *)room)[i], (BYTE)i);
    }
}

static void what_is_deleted_leaves_zeros_and_what_is_behind_the_acl(void **state)
{
    const BYTE zeros[ACE_SIZE] = {0};
    (void)state;

    for (ULONG i = 0; i < N_FULL; i++) {
        acl_room room = full_with_guard();

        expect_nt(STATUS_SUCCESS, RtlDeleteAce(&room.acl, i));
        assert_true(RtlValidAcl(&room.acl));
        assert_int_equal(mask_at(&room, 0), i == 0 ? 2 : 1);
        assert_int_equal(mask_at(&room, 1), i == 2 ? 2 : 3);
        assert_memory_equal((BYTE *)&room + FULL_SIZE - ACE_SIZE, zeros, ACE_SIZE);
        expect_guard(&room);
    }
}

static void what_is_inserted_moves_no_more_than_the_acl(void **state)
{
    acl_room one = acl_with(1, (ACCESS_MASK[]){9});
    (void)state;

    for (ULONG i = 0; i < N_FULL; i++) {
        acl_room room = full_with_guard();

        expect_nt(STATUS_SUCCESS, RtlDeleteAce(&room.acl, N_FULL - 1));
        expect_nt(STATUS_SUCCESS,
                  RtlAddAce(&room.acl, ACL_REVISION, i, (BYTE *)&one + sizeof(ACL), ACE_SIZE));
        assert_int_equal(mask_at(&room, i), 9);
        assert_int_equal(mask_at(&room, N_FULL - 1), i == N_FULL - 1 ? 9 : 2);
        expect_guard(&room);
    }
}

static void the_smallest_ace_is_a_header(void **state)
{
    BYTE header[4] = {0xf0, 0, sizeof(header), 0};
    acl_room room = acl_empty();
    PVOID ace = NULL;
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlAddAce(&room.acl, ACL_REVISION, 0, header, sizeof(header)));
    expect_nt(STATUS_SUCCESS, RtlGetAce(&room.acl, 0, &ace));
    assert_memory_equal(ace, header, sizeof(header));
    header[2] = 3;
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlAddAce(&room.acl, ACL_REVISION, 0, header, sizeof(header)));
    assert_int_equal(room.acl.AceCount, 1);
}

static void a_revision_may_stay_and_is_given(void **state)
{
    ACL_REVISION_INFORMATION revision = {ACL_REVISION_DS};
    ACL no_acl = {0};
    acl_room room = acl_empty();
    (void)state;

    for (int i = 0; i < 2; i++) {
        expect_nt(STATUS_SUCCESS, RtlSetInformationAcl(&room.acl, &revision, sizeof(revision),
                                                       AclRevisionInformation));
        assert_int_equal(room.acl.AclRevision, ACL_REVISION_DS);
    }
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlSetInformationAcl(&room.acl, NULL, sizeof(revision), AclRevisionInformation));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlSetInformationAcl(&no_acl, &revision, sizeof(revision), AclRevisionInformation));
    assert_int_equal(no_acl.AclRevision, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_acl_is_created_empty_and_valid),
        cmocka_unit_test(an_acl_needs_a_header_a_revision_and_a_size_that_fits),
        cmocka_unit_test(an_acl_is_valid_by_its_revision_and_aces),
        cmocka_unit_test(sizes_and_revision_are_told),
        cmocka_unit_test(a_query_is_refused_without_room_class_or_acl),
        cmocka_unit_test(a_revision_is_raised_and_never_lowered),
        cmocka_unit_test(the_first_free_byte_is_behind_the_last_ace),
        cmocka_unit_test(aces_are_inserted_at_an_index_or_the_end),
        cmocka_unit_test(malformed_aces_are_not_inserted),
        cmocka_unit_test(an_insertion_needs_an_acl_a_revision_and_room),
        cmocka_unit_test(object_aces_need_the_revision_for_them),
        cmocka_unit_test(aces_are_got_and_deleted_by_index),
        cmocka_unit_test(what_is_deleted_leaves_zeros_and_what_is_behind_the_acl),
        cmocka_unit_test(what_is_inserted_moves_no_more_than_the_acl),
        cmocka_unit_test(the_smallest_ace_is_a_header),
        cmocka_unit_test(a_revision_may_stay_and_is_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
