/* SPDX-License-Identifier: MIT */
/* Tests of what the transport adds to libfuse's answers: a session whose kernel is this test. */

#include <support/expect.h>

#include <linux/fuse.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/fd.h"
#include "vfs/vfs.h"

/* As the kernel's <linux/fuse.h> has them, where Debian 12's is older. */
#define INIT_PASSTHROUGH (UINT64_C(1) << 37)
#define OPEN_PASSTHROUGH (1u << 7)

#define REPLY_MAX 4096

struct init_request {
    struct fuse_in_header header;
    struct fuse_init_in init;
};

struct open_request {
    struct fuse_in_header header;
    struct fuse_open_in open;
};

struct create_request {
    struct fuse_in_header header;
    struct fuse_create_in create;
    char name[8];
};

/* The part of INIT's answer that is of interest; protocol 7.40. */
struct init_reply {
    struct fuse_out_header header;
    struct fuse_init_out init;
};

_Static_assert(offsetof(struct fuse_init_out, flags2) == 32, "as transport.c says");

struct fixture {
    tsr_vfs vfs;
    uint32_t backing_id;
    int kernel; /* our end of what the session takes for /dev/fuse */
    uint8_t reply[REPLY_MAX];
    size_t n_reply;
};

static void answer_open(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    const struct fixture *fixture = tsr_vfs_context(request);

    (void)id;
    info->fh = 4711;
    if (fixture->backing_id != 0) {
        assert_int_equal(tsr_vfs_reply_open_backed(request, info, fixture->backing_id), 0);
    } else {
        assert_int_equal(fuse_reply_open(request, info), 0);
    }
}

static void answer_create(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode,
                          struct fuse_file_info *info)
{
    const struct fixture *fixture = tsr_vfs_context(request);
    const struct fuse_entry_param entry = {.ino = 42};

    (void)parent;
    (void)name;
    (void)mode;
    info->fh = 4711;
    assert_int_equal(tsr_vfs_reply_create_backed(request, &entry, info, fixture->backing_id), 0);
}

static const struct fuse_lowlevel_ops operations = {
    .open = answer_open,
    .create = answer_create,
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    char name[] = "test";
    char *argv[] = {name, NULL};
    struct fuse_args arguments = FUSE_ARGS_INIT(1, argv);
    int ends[2];

    assert_non_null(fixture);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    fixture->kernel = ends[0];
    fixture->vfs.context = fixture;
    fixture->vfs.transport.fd = ends[1];
    fixture->vfs.session =
        fuse_session_new(&arguments, &operations, sizeof(operations), &fixture->vfs);
    fuse_opt_free_args(&arguments);
    assert_non_null(fixture->vfs.session);
    assert_int_equal(fuse_session_custom_io(fixture->vfs.session, &transport_io, ends[1]), 0);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    fuse_session_destroy(fixture->vfs.session);
    assert_int_equal(close(fixture->kernel), 0);
    free(fixture);
    return 0;
}

/* Ask, and keep the answer. */
static void ask(struct fixture *fixture, void *request, size_t size, uint32_t opcode)
{
    struct fuse_in_header *header = request;
    struct fuse_buf buffer = {0};
    struct fuse_out_header answer;
    ssize_t n_read;

    header->len = (uint32_t)size;
    header->opcode = opcode;
    header->nodeid = FUSE_ROOT_ID;
    header->unique += 2;
    assert_int_equal(send(fixture->kernel, request, size, 0), size);
    assert_true(fuse_session_receive_buf(fixture->vfs.session, &buffer) > 0);
    fuse_session_process_buf(fixture->vfs.session, &buffer);
    free(buffer.mem);

    n_read = recv(fixture->kernel, fixture->reply, sizeof(fixture->reply), MSG_DONTWAIT);
    assert_true(n_read >= (ssize_t)sizeof(answer));
    fixture->n_reply = (size_t)n_read;
    memcpy(&answer, fixture->reply, sizeof(answer));
    assert_int_equal(answer.error, 0);
    assert_int_equal(answer.len, fixture->n_reply);
}

/* What the session answers to a kernel that offers these flags. */
static struct init_reply init(struct fixture *fixture, uint64_t flags, size_t size)
{
    struct init_request request = {
        .init = {.major = 7, .minor = 40, .max_readahead = 4096},
    };
    struct init_reply reply = {0};

    request.init.flags = (uint32_t)flags;
    request.init.flags2 = (uint32_t)(flags >> 32);
    ask(fixture, &request, size, FUSE_INIT);
    assert_int_equal(fixture->n_reply, sizeof(reply));
    memcpy(&reply, fixture->reply, sizeof(reply));
    return reply;
}

static uint32_t stack_depth(const struct fixture *fixture)
{
    uint32_t depth;

    memcpy(&depth, fixture->reply + sizeof(struct fuse_out_header) + 36, sizeof(depth));
    return depth;
}

static struct fuse_open_out open_answer(struct fixture *fixture)
{
    struct open_request request = {.header = {.unique = 100}};
    struct fuse_open_out out;

    ask(fixture, &request, sizeof(request), FUSE_OPEN);
    assert_int_equal(fixture->n_reply, sizeof(struct fuse_out_header) + sizeof(out));
    memcpy(&out, fixture->reply + fixture->n_reply - sizeof(out), sizeof(out));
    assert_int_equal(out.fh, 4711);
    return out;
}

static void passthrough_is_agreed_where_it_is_offered_and_wanted(void **state)
{
    struct fixture *fixture = *state;
    struct init_reply reply;

    fixture->vfs.transport.want_passthrough = true;
    assert_false(tsr_vfs_has_passthrough(&fixture->vfs));
    reply = init(fixture, FUSE_INIT_EXT | INIT_PASSTHROUGH, sizeof(struct init_request));

    assert_true(tsr_vfs_has_passthrough(&fixture->vfs));
    assert_true(reply.init.flags & FUSE_INIT_EXT);
    assert_int_equal(reply.init.flags2, INIT_PASSTHROUGH >> 32);
    assert_int_equal(stack_depth(fixture), 1);
    assert_int_equal(reply.init.major, 7);
}

static void passthrough_is_not_agreed_where_it_is_not_wanted(void **state)
{
    struct fixture *fixture = *state;
    const struct init_reply reply =
        init(fixture, FUSE_INIT_EXT | INIT_PASSTHROUGH, sizeof(struct init_request));

    assert_false(tsr_vfs_has_passthrough(&fixture->vfs));
    assert_int_equal(reply.init.flags2, 0);
    assert_int_equal(stack_depth(fixture), 0);
}

static void passthrough_is_not_agreed_where_it_is_not_offered(void **state)
{
    struct fixture *fixture = *state;
    struct init_reply reply;

    fixture->vfs.transport.want_passthrough = true;
    reply = init(fixture, FUSE_INIT_EXT, sizeof(struct init_request));

    assert_false(tsr_vfs_has_passthrough(&fixture->vfs));
    assert_int_equal(reply.init.flags2, 0);
    assert_int_equal(stack_depth(fixture), 0);
}

static void the_second_word_counts_only_where_the_first_says_so(void **state)
{
    struct fixture *fixture = *state;
    struct init_reply reply;

    fixture->vfs.transport.want_passthrough = true;
    reply = init(fixture, INIT_PASSTHROUGH, sizeof(struct init_request));

    assert_false(tsr_vfs_has_passthrough(&fixture->vfs));
    assert_false(reply.init.flags & FUSE_INIT_EXT);
}

/* Before protocol 7.36 the request ended after the first word. */
static void a_short_offer_has_no_second_word(void **state)
{
    const size_t size = sizeof(struct fuse_in_header) + offsetof(struct fuse_init_in, flags2);
    struct fixture *fixture = *state;

    fixture->vfs.transport.want_passthrough = true;
    (void)init(fixture, FUSE_INIT_EXT | INIT_PASSTHROUGH, size);

    assert_false(tsr_vfs_has_passthrough(&fixture->vfs));
}

static void removing_set_id_bits_is_taken_over_where_it_is_offered(void **state)
{
    struct fixture *fixture = *state;
    const struct init_reply reply =
        init(fixture, FUSE_HANDLE_KILLPRIV_V2, sizeof(struct init_request));

    assert_true(reply.init.flags & FUSE_HANDLE_KILLPRIV_V2);
}

static void removing_set_id_bits_is_not_taken_over_where_it_is_not_offered(void **state)
{
    struct fixture *fixture = *state;
    const struct init_reply reply = init(fixture, 0, sizeof(struct init_request));

    assert_false(reply.init.flags & FUSE_HANDLE_KILLPRIV_V2);
}

static void only_the_backed_open_names_a_backing_id(void **state)
{
    struct fixture *fixture = *state;
    struct fuse_open_out out;

    (void)init(fixture, 0, sizeof(struct init_request));
    out = open_answer(fixture);
    assert_int_equal(out.open_flags & OPEN_PASSTHROUGH, 0);
    assert_int_equal(out.padding, 0);

    fixture->backing_id = 77;
    out = open_answer(fixture);
    assert_int_equal(out.open_flags & OPEN_PASSTHROUGH, OPEN_PASSTHROUGH);
    assert_int_equal(out.padding, 77);

    fixture->backing_id = 0;
    out = open_answer(fixture);
    assert_int_equal(out.open_flags & OPEN_PASSTHROUGH, 0);
    assert_int_equal(out.padding, 0);
}

static void a_backed_create_names_its_backing_id_behind_the_entry(void **state)
{
    struct create_request request = {.header = {.unique = 100}, .name = "name"};
    struct fixture *fixture = *state;
    struct fuse_entry_out entry;
    struct fuse_open_out out;

    (void)init(fixture, 0, sizeof(struct init_request));
    fixture->backing_id = 78;
    ask(fixture, &request, sizeof(request), FUSE_CREATE);
    assert_int_equal(fixture->n_reply,
                     sizeof(struct fuse_out_header) + sizeof(entry) + sizeof(out));
    memcpy(&entry, fixture->reply + sizeof(struct fuse_out_header), sizeof(entry));
    memcpy(&out, fixture->reply + fixture->n_reply - sizeof(out), sizeof(out));

    assert_int_equal(entry.nodeid, 42);
    assert_int_equal(out.fh, 4711);
    assert_int_equal(out.open_flags & OPEN_PASSTHROUGH, OPEN_PASSTHROUGH);
    assert_int_equal(out.padding, 78);
}

static void nothing_is_backed_without_passthrough(void **state)
{
    struct fixture *fixture = *state;
    uint32_t id = 42;

    expect_status(STATUS_NOT_SUPPORTED, tsr_vfs_backing_open(&fixture->vfs, 0, &id));
    assert_int_equal(id, 42);
}

static void what_the_kernel_refuses_to_back_is_told_and_leaves_the_id_alone(void **state)
{
    struct fixture *fixture = *state;
    uint32_t id = 42;

    fixture->vfs.transport.want_passthrough = true;
    (void)init(fixture, FUSE_INIT_EXT | INIT_PASSTHROUGH, sizeof(struct init_request));

    /* A socket knows no such ioctl. */
    expect_status(STATUS_INVALID_DEVICE_REQUEST, tsr_vfs_backing_open(&fixture->vfs, 0, &id));
    assert_int_equal(id, 42);
    tsr_vfs_backing_close(&fixture->vfs, id);
}

#define TEST(function_) cmocka_unit_test_setup_teardown(function_, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(passthrough_is_agreed_where_it_is_offered_and_wanted),
        TEST(passthrough_is_not_agreed_where_it_is_not_wanted),
        TEST(passthrough_is_not_agreed_where_it_is_not_offered),
        TEST(the_second_word_counts_only_where_the_first_says_so),
        TEST(a_short_offer_has_no_second_word),
        TEST(removing_set_id_bits_is_taken_over_where_it_is_offered),
        TEST(removing_set_id_bits_is_not_taken_over_where_it_is_not_offered),
        TEST(only_the_backed_open_names_a_backing_id),
        TEST(a_backed_create_names_its_backing_id_behind_the_entry),
        TEST(nothing_is_backed_without_passthrough),
        TEST(what_the_kernel_refuses_to_back_is_told_and_leaves_the_id_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
