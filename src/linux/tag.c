/* SPDX-License-Identifier: MIT */
/*
 * Tags: leasing, publishing, loading.
 *
 * The state directory is locked while a tag is leased. It holds `next-tag`, the decimal number of
 * the next one, which is written before that tag is published: a crash in between wastes a number,
 * and none is given twice. A published tag is `tags/NUMBER`, all little-endian:
 *
 *     0   8  magic "TSRTAG\r\n"
 *     8   4  version, 1
 *     12  4  the tag
 *     16  4  the uid whose processes may carry it
 *     20  4  size of what follows
 *     24     token snapshot
 */

#include "linux/tag.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tessera/linux.h>
#include <tessera/snapshot.h>

#include "base/cursor.h"
#include "base/fd.h"
#include "base/writer.h"
#include "linux/file.h"
#include "linux/identity.h"

#define TAG_MAGIC       "TSRTAG\r\n"
#define TAG_MAGIC_SIZE  8
#define TAG_VERSION     1u
#define TAG_HEADER_SIZE 24
#define TAG_SIZE_MAX    (TAG_HEADER_SIZE + TSR_SNAPSHOT_SIZE_MAX)

#define COUNTER_NAME     "next-tag"
#define COUNTER_NEW_NAME "next-tag.new"
#define COUNTER_SIZE_MAX 16

#define TAG_NAME_MAX 24 /* "NUMBER.new" and its terminator */

#define DIRECTORY_MODE 0755
#define FILE_MODE      0644

static inline void cleanup_closedir(DIR **stream)
{
    if (*stream) {
        (void)closedir(*stream);
    }
}

static tsr_status open_directory(int parent, const char *path, int *ret_fd)
{
    CLEANUP(fd_close)
    int fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 && (errno == ELOOP || errno == ENOTDIR)) {
        return tsr_status_of(STATUS_ACCESS_DENIED);
    }
    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }
    REQUIRE(file_is_roots(fd, S_IFDIR, NULL), STATUS_ACCESS_DENIED);

    *ret_fd = fd_steal(&fd);
    return TSR_OK;
}

/* What is made here is for everyone to read, whatever the caller's umask. */
static tsr_status make_directory(int parent, const char *path, int *ret_fd)
{
    CLEANUP(fd_close) int fd = -1;
    bool is_new;

    is_new = mkdirat(parent, path, DIRECTORY_MODE) == 0;
    if (!is_new && errno != EEXIST) {
        return tsr_status_of_errno(errno);
    }
    TRY(open_directory(parent, path, &fd));
    if (is_new && fchmod(fd, DIRECTORY_MODE) < 0) {
        return tsr_status_of_errno(errno);
    }

    *ret_fd = fd_steal(&fd);
    return TSR_OK;
}

/* Write a new file to the disk, under a name that nobody looks for. */
static tsr_status write_durably(int directory, const char *name, const void *bytes, size_t size)
{
    CLEANUP(fd_close) int fd = -1;

    /* Left by a lease that was interrupted; nobody else is here while we hold the lock. */
    if (unlinkat(directory, name, 0) < 0 && errno != ENOENT) {
        return tsr_status_of_errno(errno);
    }
    fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }
    TRY(file_write(fd, bytes, size));
    if (fchmod(fd, FILE_MODE) < 0 || fsync(fd) < 0) {
        return tsr_status_of_errno(errno);
    }
    return TSR_OK;
}

static void tag_name(gid_t tag, const char *suffix, char ret_name[TAG_NAME_MAX])
{
    (void)snprintf(ret_name, TAG_NAME_MAX, "%u%s", tag, suffix);
}

/* A decimal number from @min to @max and nothing else. */
static tsr_status parse_decimal(const char *text, size_t size, uint64_t min, uint64_t max,
                                uint64_t *ret_number)
{
    uint64_t number = 0;

    REQUIRE(size > 0 && size <= 10, STATUS_DATA_ERROR);
    for (size_t i = 0; i < size; i++) {
        REQUIRE(text[i] >= '0' && text[i] <= '9', STATUS_DATA_ERROR);
        number = number * 10 + (uint64_t)(text[i] - '0');
    }
    REQUIRE(number >= min && number <= max, STATUS_DATA_ERROR);

    *ret_number = number;
    return TSR_OK;
}

static tsr_status read_counter(int state, uint64_t *ret_next)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(fd_close) int fd = -1;
    size_t size;

    fd = openat(state, COUNTER_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }
    REQUIRE(file_is_roots(fd, S_IFREG, NULL), STATUS_ACCESS_DENIED);
    REQUIRE(tsr_ok(file_read(fd, COUNTER_SIZE_MAX, &bytes, &size)), STATUS_DATA_ERROR);
    REQUIRE(size > 0 && bytes[size - 1] == '\n', STATUS_DATA_ERROR);
    return parse_decimal((const char *)bytes, size - 1, TSR_TAG_FIRST, TSR_TAG_LAST + 1u, ret_next);
}

static tsr_status write_counter(int state, uint64_t next)
{
    char text[COUNTER_SIZE_MAX];
    const int size = snprintf(text, sizeof(text), "%llu\n", (unsigned long long)next);

    TRY(write_durably(state, COUNTER_NEW_NAME, text, (size_t)size));
    if (renameat(state, COUNTER_NEW_NAME, state, COUNTER_NAME) < 0 || fsync(state) < 0) {
        return tsr_status_of_errno(errno);
    }
    return TSR_OK;
}

/* A stream of its own over an open directory. */
static tsr_status open_stream(int parent, const char *path, DIR **ret_stream)
{
    CLEANUP(fd_close) int fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream;

    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }
    stream = fdopendir(fd);
    if (!stream) {
        return tsr_status_of_errno(errno);
    }

    (void)fd_steal(&fd);
    *ret_stream = stream;
    return TSR_OK;
}

/* The next entry that is a number. @return STATUS_NO_MORE_ENTRIES at the end */
static tsr_status next_number(DIR *stream, uint64_t min, uint64_t max, uint64_t *ret_number)
{
    const struct dirent *entry;

    for (;;) {
        errno = 0;
        entry = readdir(stream);
        if (!entry) {
            return tsr_status_of(errno == 0 ? STATUS_NO_MORE_ENTRIES : STATUS_IO_DEVICE_ERROR);
        }
        if (tsr_ok(parse_decimal(entry->d_name, strlen(entry->d_name), min, max, ret_number))) {
            return TSR_OK;
        }
    }
}

/* Raise @next above every tag that is published. */
static tsr_status skip_published(int tags, uint64_t *next)
{
    CLEANUP(closedir) DIR *stream = NULL;
    tsr_status status;
    uint64_t tag;

    TRY(open_stream(tags, ".", &stream));
    while (tsr_ok(status = next_number(stream, TSR_TAG_FIRST, TSR_TAG_LAST, &tag))) {
        *next = tag >= *next ? tag + 1 : *next;
    }
    REQUIRE(status.code == STATUS_NO_MORE_ENTRIES, status.code);
    return TSR_OK;
}

static tsr_status skip_tags_of_thread(const struct proc *proc, pid_t thread_id, uint64_t *next)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    const tsr_status status = identity_read(proc, thread_id, &identity);

    if (status.code == STATUS_NOT_FOUND) {
        return TSR_OK;
    }
    TRY(status);
    for (size_t i = 0; i < identity.n_groups; i++) {
        if (tsr_gid_is_tag(identity.groups[i]) && identity.groups[i] >= *next) {
            *next = (uint64_t)identity.groups[i] + 1;
        }
    }
    return TSR_OK;
}

static tsr_status skip_tags_of_process(const struct proc *proc, pid_t process_id, uint64_t *next)
{
    CLEANUP(closedir) DIR *threads = NULL;
    char path[TAG_NAME_MAX];
    tsr_status status;
    uint64_t thread_id;

    (void)snprintf(path, sizeof(path), "%d/task", (int)process_id);
    status = open_stream(proc->fd, path, &threads);
    if (status.code == STATUS_OBJECT_NAME_NOT_FOUND || status.code == STATUS_NOT_FOUND) {
        return TSR_OK;
    }
    TRY(status);
    /* A process that ends meanwhile is an end like any other: its threads carry nothing any more.
     */
    while (tsr_ok(next_number(threads, 1, INT32_MAX, &thread_id))) {
        TRY(skip_tags_of_thread(proc, (pid_t)thread_id, next));
    }
    return TSR_OK;
}

/*
 * Raise @next above every tag that a running thread carries: above, not only past that one number,
 * as nobody will look again.
 */
static tsr_status skip_carried(uint64_t *next)
{
    CLEANUP(proc_deinit) struct proc proc = {.fd = -1};
    CLEANUP(closedir) DIR *processes = NULL;
    tsr_status status;
    uint64_t process_id;

    TRY(proc_init(&proc));
    TRY(open_stream(proc.fd, ".", &processes));
    while (tsr_ok(status = next_number(processes, 1, INT32_MAX, &process_id))) {
        TRY(skip_tags_of_process(&proc, (pid_t)process_id, next));
    }
    REQUIRE(status.code == STATUS_NO_MORE_ENTRIES, status.code);
    return TSR_OK;
}

/* The number to try first: the counter's, or without a counter one above all that is known. */
static tsr_status first_candidate(int state, int tags, uint64_t *ret_next)
{
    const tsr_status status = read_counter(state, ret_next);

    if (status.code != STATUS_OBJECT_NAME_NOT_FOUND) {
        return status;
    }
    *ret_next = TSR_TAG_FIRST;
    TRY(skip_published(tags, ret_next));
    return skip_carried(ret_next);
}

/* The first number from @next that is not published. */
static tsr_status skip_taken(int tags, uint64_t *next)
{
    char name[TAG_NAME_MAX];
    struct stat stat;

    for (; *next <= TSR_TAG_LAST; (*next)++) {
        tag_name((gid_t)*next, "", name);
        if (fstatat(tags, name, &stat, AT_SYMLINK_NOFOLLOW) == 0) {
            continue;
        }
        if (errno != ENOENT) {
            return tsr_status_of_errno(errno);
        }
        return TSR_OK;
    }
    return tsr_status_of(STATUS_INSUFFICIENT_RESOURCES);
}

static tsr_status encode(const tsr_token *token, gid_t tag, uid_t uid, uint8_t **ret_bytes,
                         size_t *ret_size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) uint8_t *snapshot = NULL;
    size_t size;

    TRY(tsr_snapshot_encode(token, &snapshot, &size));
    REQUIRE(size <= TSR_SNAPSHOT_SIZE_MAX, STATUS_INSUFFICIENT_RESOURCES);
    writer_bytes(&writer, TAG_MAGIC, TAG_MAGIC_SIZE);
    writer_le32(&writer, TAG_VERSION);
    writer_le32(&writer, tag);
    writer_le32(&writer, uid);
    writer_le32(&writer, (uint32_t)size);
    writer_bytes(&writer, snapshot, size);
    return writer_finish(&writer, ret_bytes, ret_size);
}

static tsr_status publish(int tags, const tsr_token *token, gid_t tag, uid_t uid)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    char name[TAG_NAME_MAX];
    char new_name[TAG_NAME_MAX];
    size_t size;

    tag_name(tag, "", name);
    tag_name(tag, ".new", new_name);
    TRY(encode(token, tag, uid, &bytes, &size));
    TRY(write_durably(tags, new_name, bytes, size));
    if (renameat2(tags, new_name, tags, name, RENAME_NOREPLACE) < 0 || fsync(tags) < 0) {
        return tsr_status_of_errno(errno);
    }
    return TSR_OK;
}

/* Whatever could not be done on the disk. */
static tsr_status status_of_lease(tsr_status status)
{
    switch (status.code) {
    case STATUS_SUCCESS:
    case STATUS_ACCESS_DENIED:
    case STATUS_DATA_ERROR:
    case STATUS_INSUFFICIENT_RESOURCES:
    case STATUS_NO_MEMORY:
        return status;
    case STATUS_PRIVILEGE_NOT_HELD:
        return tsr_status_of(STATUS_ACCESS_DENIED);
    default:
        return tsr_status_of(STATUS_IO_DEVICE_ERROR);
    }
}

static tsr_status lease(const char *state_dir, const tsr_token *token, uid_t uid, gid_t *ret_tag)
{
    CLEANUP(fd_close) int state = -1;
    CLEANUP(fd_close) int tags = -1;
    uint64_t next = 0;

    /* safe because the directory is opened without following a link, and root's alone, or refused;
     * needs write access to its parent, which root has. */
    TRY(make_directory(AT_FDCWD, state_dir, &state));
    TRY(make_directory(state, "tags", &tags));
    /* The directory is locked, not the counter, which is replaced each time. */
    if (flock(state, LOCK_EX) < 0) {
        return tsr_status_of_errno(errno);
    }

    TRY(first_candidate(state, tags, &next));
    TRY(skip_taken(tags, &next));
    TRY(write_counter(state, next + 1));
    TRY(publish(tags, token, (gid_t)next, uid));

    *ret_tag = (gid_t)next;
    return TSR_OK;
}

tsr_status tsr_tag_lease(const char *state_dir, const tsr_token *token, uid_t uid, gid_t *ret_tag)
{
    REQUIRE(token && uid != 0 && uid != UINT32_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(geteuid() == 0, STATUS_ACCESS_DENIED);

    return status_of_lease(lease(state_dir ? state_dir : TSR_STATE_DIR, token, uid, ret_tag));
}

static tsr_status decode(const uint8_t *bytes, size_t size, gid_t tag, uid_t uid,
                         tsr_token **ret_token)
{
    struct cursor cursor = cursor_over(bytes, size);
    const uint8_t *magic;
    uint32_t version;
    uint32_t found_tag;
    uint32_t found_uid;
    uint32_t n_snapshot;

    TRY(cursor_bytes(&cursor, TAG_MAGIC_SIZE, &magic));
    TRY(cursor_le32(&cursor, &version));
    TRY(cursor_le32(&cursor, &found_tag));
    TRY(cursor_le32(&cursor, &found_uid));
    TRY(cursor_le32(&cursor, &n_snapshot));
    REQUIRE(memcmp(magic, TAG_MAGIC, TAG_MAGIC_SIZE) == 0 && version == TAG_VERSION &&
                n_snapshot == cursor.n_left,
            STATUS_DATA_ERROR);
    REQUIRE(found_tag == tag && found_uid == uid, STATUS_NO_TOKEN);

    return tsr_snapshot_decode(cursor.at, cursor.n_left, ret_token);
}

static tsr_status read_published(const char *state_dir, gid_t tag, uint8_t **ret_bytes,
                                 size_t *ret_size)
{
    CLEANUP(fd_close) int state = -1;
    CLEANUP(fd_close) int tags = -1;
    CLEANUP(fd_close) int fd = -1;
    char name[TAG_NAME_MAX];

    TRY(open_directory(AT_FDCWD, state_dir, &state));
    TRY(open_directory(state, "tags", &tags));
    tag_name(tag, "", name);
    fd = openat(tags, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }
    REQUIRE(file_is_roots(fd, S_IFREG, NULL), STATUS_ACCESS_DENIED);
    return file_read(fd, TAG_SIZE_MAX, ret_bytes, ret_size);
}

static tsr_status load(const char *state_dir, gid_t tag, uid_t uid, tsr_token **ret_token)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;

    TRY(read_published(state_dir, tag, &bytes, &size));
    return decode(bytes, size, tag, uid, ret_token);
}

bool tag_is_published(const char *state_dir, const tsr_token *token, gid_t tag, uid_t uid)
{
    const char *const directory = state_dir ? state_dir : TSR_STATE_DIR;
    CLEANUP(free) uint8_t *published = NULL;
    CLEANUP(free) uint8_t *expected = NULL;
    size_t published_size;
    size_t size;

    return tsr_ok(read_published(directory, tag, &published, &published_size)) &&
           tsr_ok(encode(token, tag, uid, &expected, &size)) && size == published_size &&
           memcmp(published, expected, size) == 0;
}

tsr_status tag_load(const char *state_dir, gid_t tag, uid_t uid, tsr_token **ret_token)
{
    const tsr_status status = load(state_dir, tag, uid, ret_token);

    if (tsr_failed(status) && status.code != STATUS_NO_MEMORY) {
        return tsr_status_of(STATUS_NO_TOKEN);
    }
    return status;
}

tsr_status tag_check_state_dir(const char *state_dir)
{
    CLEANUP(fd_close) int fd = -1;
    const tsr_status status = open_directory(AT_FDCWD, state_dir, &fd);

    return status.code == STATUS_OBJECT_NAME_NOT_FOUND ? TSR_OK : status;
}
