/* SPDX-License-Identifier: MIT */
/*
 * The witness: a small file system on the kit that tells whose requests it got.
 *
 * A flat directory of a few files in memory, which everybody may read and write. Each operation
 * asks the kit for its originator and, where there is a handle, for the handle's creator, and adds
 * one line of JSON to a log:
 *
 *     {"op": "read", "name": "data", "cached": false, "stale": false,
 *      "originator": {"status": "STATUS_SUCCESS", "uid": 1000, ...},
 *      "handle": "100000001", "creator": {"uid": 1000, ...}}
 *
 * "stale" tells whether the handle that was released last can still be found.
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <tessera/vfs.h>

#define FILES_MAX      16
#define FILE_SIZE_MAX  65536
#define NAME_MAX_      32
#define GROUPS_SHOWN   100
#define FIRST_FILE_ID  2
#define EVERYBODY_FILE (S_IFREG | 0777)

struct file {
    char name[NAME_MAX_];
    uint8_t bytes[FILE_SIZE_MAX];
    size_t size;
};

struct witness {
    pthread_mutex_t lock; /* of the files */
    struct file files[FILES_MAX];
    size_t n_files;
    int log;
    bool direct_io;
    bool asks_for_write_back;
    unsigned int open_delay_ms;
    unsigned int read_delay_ms;
    _Atomic(uint64_t) released; /* the handle that was released last; 0: none yet */
};

/* One operation: who asks, and whose handle it is about. */
struct event {
    const char *op;
    fuse_req_t request;
    fuse_ino_t id;
    uint64_t handle;
    bool cached;
    tsr_status status; /* of asking */
    tsr_caller caller;
};

static void wait_ms(unsigned int n_ms)
{
    struct timespec time = {.tv_sec = n_ms / 1000, .tv_nsec = n_ms % 1000 * 1000000L};

    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

/* Process names may hold anything. */
static void print_name(FILE *line, const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        (void)fprintf(line, *c >= ' ' && *c < 0x7f && *c != '"' && *c != '\\' ? "%c" : "\\u%04x",
                      (unsigned char)*c);
    }
}

static void print_token(FILE *line, const tsr_token *token)
{
    tsr_token_statistics statistics;
    char text[TSR_SID_TEXT_MAX];
    tsr_group group;

    tsr_token_get_user(token, &group);
    tsr_sid_format(&group.sid, text);
    tsr_token_get_statistics(token, &statistics);
    (void)fprintf(line, ", \"user\": \"%s\", \"privileges\": %" PRIu64 ", \"n_groups\": %zu", text,
                  tsr_token_enabled_privileges(token), statistics.n_groups);
    (void)fprintf(line, ", \"n_restricting\": %zu, \"groups\": [", statistics.n_restricting);
    for (size_t i = 0; i < GROUPS_SHOWN && tsr_token_get_group(token, i, &group); i++) {
        tsr_sid_format(&group.sid, text);
        (void)fprintf(line, "%s\"%s\"", i > 0 ? ", " : "", text);
    }
    (void)fprintf(line, "]");
}

static void print_originator(FILE *line, const struct event *event)
{
    static const char *const origins[] = {
        [TSR_ORIGIN_NONE] = "none",
        [TSR_ORIGIN_PLAIN] = "plain",
        [TSR_ORIGIN_TAGGED] = "tagged",
        [TSR_ORIGIN_OVERRIDE] = "override",
    };

    (void)fprintf(line, "\"originator\": {\"status\": \"%s\"", tsr_status_name(event->status.code));
    if (tsr_ok(event->status)) {
        (void)fprintf(line, ", \"uid\": %u, \"pid\": %d, \"tid\": %d, \"origin\": \"%s\"",
                      event->caller.uid, event->caller.process_id, event->caller.thread_id,
                      origins[event->caller.origin]);
        (void)fprintf(line, ", \"process\": \"");
        print_name(line, event->caller.name);
        (void)fprintf(line, "\"");
        print_token(line, event->caller.token);
    }
    (void)fprintf(line, "}");
}

static void print_creator(FILE *line, tsr_vfs *vfs, uint64_t id)
{
    const tsr_vfs_handle *handle = id != 0 ? tsr_vfs_handle_find(vfs, id) : NULL;

    (void)fprintf(line, ", \"handle\": \"%" PRIx64 "\", \"creator\": ", id);
    if (!handle) {
        (void)fprintf(line, "null");
        return;
    }
    (void)fprintf(line, "{\"uid\": %u, \"pid\": %d, \"process\": \"", handle->creator_uid,
                  handle->creator_process_id);
    print_name(line, handle->creator_name);
    (void)fprintf(line, "\"");
    print_token(line, handle->creator);
    (void)fprintf(line, "}");
}

static const char *name_of(const struct witness *witness, fuse_ino_t id)
{
    return id >= FIRST_FILE_ID && id < FIRST_FILE_ID + FILES_MAX
               ? witness->files[id - FIRST_FILE_ID].name
               : "";
}

/* One line in one write, so that lines of several threads do not mix. */
static void event_log(const struct event *event)
{
    struct witness *witness = tsr_vfs_context(event->request);
    tsr_vfs *vfs = tsr_vfs_of_request(event->request);
    const uint64_t released = atomic_load(&witness->released);
    char *text = NULL;
    size_t size = 0;
    FILE *line = open_memstream(&text, &size);

    if (!line) {
        abort();
    }
    (void)fprintf(line, "{\"op\": \"%s\", \"name\": \"%s\", \"cached\": %s, \"stale\": %s, ",
                  event->op, name_of(witness, event->id), event->cached ? "true" : "false",
                  released != 0 && tsr_vfs_handle_find(vfs, released) ? "true" : "false");
    print_originator(line, event);
    print_creator(line, vfs, event->handle);
    (void)fprintf(line, "}\n");
    if (fclose(line) != 0 || write(witness->log, text, size) != (ssize_t)size) {
        abort();
    }
    free(text);
}

static void event_deinit(struct event *event)
{
    tsr_caller_deinit(&event->caller);
}

/* Ask who asks, and log it. */
static struct event event_begin(const char *op, fuse_req_t request, fuse_ino_t id,
                                const struct fuse_file_info *info)
{
    struct event event = {.op = op, .request = request, .id = id};

    if (info) {
        event.handle = info->fh;
        event.cached = info->writepage;
    }
    event.status = tsr_vfs_get_originator(request, &event.caller);
    event_log(&event);
    return event;
}

/* For operations that need nothing of the event but its log. */
static void event_note(const char *op, fuse_req_t request, fuse_ino_t id,
                       const struct fuse_file_info *info)
{
    struct event event = event_begin(op, request, id, info);

    event_deinit(&event);
}

static void attributes_of(const struct witness *witness, fuse_ino_t id, struct stat *ret_attributes)
{
    *ret_attributes = (struct stat){.st_ino = id, .st_nlink = 1, .st_mode = S_IFDIR | 0777};
    if (id != FUSE_ROOT_ID) {
        ret_attributes->st_mode = EVERYBODY_FILE;
        ret_attributes->st_size = (off_t)witness->files[id - FIRST_FILE_ID].size;
    }
}

/* The file with this name; 0 if there is none. */
static fuse_ino_t find(const struct witness *witness, const char *name)
{
    for (size_t i = 0; i < witness->n_files; i++) {
        if (strcmp(witness->files[i].name, name) == 0) {
            return FIRST_FILE_ID + i;
        }
    }
    return 0;
}

static struct fuse_entry_param entry_of(struct witness *witness, fuse_ino_t id)
{
    struct fuse_entry_param entry = {.ino = id};

    attributes_of(witness, id, &entry.attr);
    return entry;
}

static void op_lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
    struct witness *witness = tsr_vfs_context(request);
    struct fuse_entry_param entry;
    fuse_ino_t id;

    event_note("lookup", request, parent, NULL);
    (void)pthread_mutex_lock(&witness->lock);
    id = find(witness, name);
    entry = entry_of(witness, id ? id : FUSE_ROOT_ID);
    (void)pthread_mutex_unlock(&witness->lock);
    if (id == 0) {
        (void)fuse_reply_err(request, ENOENT);
        return;
    }
    (void)fuse_reply_entry(request, &entry);
}

static void reply_attributes(fuse_req_t request, fuse_ino_t id)
{
    struct witness *witness = tsr_vfs_context(request);
    struct stat attributes;

    (void)pthread_mutex_lock(&witness->lock);
    attributes_of(witness, id, &attributes);
    (void)pthread_mutex_unlock(&witness->lock);
    (void)fuse_reply_attr(request, &attributes, 0);
}

static void op_getattr(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    event_note("getattr", request, id, info);
    reply_attributes(request, id);
}

/* Only the size can be set; the rest is accepted and ignored. */
static void op_setattr(fuse_req_t request, fuse_ino_t id, struct stat *attributes, int which,
                       struct fuse_file_info *info)
{
    struct witness *witness = tsr_vfs_context(request);

    event_note("setattr", request, id, info);
    if (which & FUSE_SET_ATTR_SIZE && id != FUSE_ROOT_ID && attributes->st_size >= 0 &&
        attributes->st_size <= FILE_SIZE_MAX) {
        (void)pthread_mutex_lock(&witness->lock);
        witness->files[id - FIRST_FILE_ID].size = (size_t)attributes->st_size;
        (void)pthread_mutex_unlock(&witness->lock);
    }
    reply_attributes(request, id);
}

static void op_access(fuse_req_t request, fuse_ino_t id, int mask)
{
    (void)mask;
    event_note("access", request, id, NULL);
    (void)fuse_reply_err(request, 0);
}

/* A handle for whoever asks; nobody gets none. The log tells the new handle already. */
static tsr_status handle_begin(const char *op, fuse_req_t request, fuse_ino_t id,
                               struct fuse_file_info *info)
{
    struct witness *witness = tsr_vfs_context(request);
    struct event event = {.op = op, .request = request, .id = id};
    tsr_vfs_handle *handle;
    tsr_status status;

    event.status = tsr_vfs_get_originator(request, &event.caller);
    status = event.status;
    if (tsr_ok(status)) {
        status =
            tsr_vfs_handle_open(tsr_vfs_of_request(request), &event.caller, 0, -1, NULL, &handle);
    }
    if (tsr_ok(status)) {
        info->fh = handle->id;
        info->direct_io = witness->direct_io;
        event.handle = handle->id;
    }
    event_log(&event);
    event_deinit(&event);
    return status;
}

static void op_open(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    const struct witness *witness = tsr_vfs_context(request);
    tsr_status status;

    wait_ms(witness->open_delay_ms);
    status = handle_begin("open", request, id, info);
    if (tsr_failed(status)) {
        (void)fuse_reply_err(request, tsr_errno_of_status(status));
        return;
    }
    /* Nobody is there any more: no release will come. */
    if (fuse_reply_open(request, info) != 0) {
        tsr_vfs_handle_close(tsr_vfs_of_request(request), info->fh);
    }
}

/* A new file, unless the name is taken. @return 0: there is no room */
static fuse_ino_t make(struct witness *witness, const char *name)
{
    const fuse_ino_t id = find(witness, name);

    if (id != 0 || witness->n_files == FILES_MAX || strlen(name) >= NAME_MAX_) {
        return id;
    }
    (void)strcpy(witness->files[witness->n_files].name, name);
    return FIRST_FILE_ID + witness->n_files++;
}

static void op_create(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode,
                      struct fuse_file_info *info)
{
    struct witness *witness = tsr_vfs_context(request);
    struct fuse_entry_param entry;
    tsr_status status;
    fuse_ino_t id;

    (void)parent;
    (void)mode;
    (void)pthread_mutex_lock(&witness->lock);
    id = make(witness, name);
    entry = entry_of(witness, id ? id : FUSE_ROOT_ID);
    (void)pthread_mutex_unlock(&witness->lock);
    if (id == 0) {
        (void)fuse_reply_err(request, ENOSPC);
        return;
    }
    status = handle_begin("create", request, id, info);
    if (tsr_failed(status)) {
        (void)fuse_reply_err(request, tsr_errno_of_status(status));
        return;
    }
    if (fuse_reply_create(request, &entry, info) != 0) {
        tsr_vfs_handle_close(tsr_vfs_of_request(request), info->fh);
    }
}

static void op_read(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset,
                    struct fuse_file_info *info)
{
    struct witness *witness = tsr_vfs_context(request);
    const struct file *file = &witness->files[id - FIRST_FILE_ID];
    uint8_t *bytes = malloc(FILE_SIZE_MAX);
    size_t n = 0;

    if (!bytes) {
        abort();
    }
    wait_ms(witness->read_delay_ms);
    event_note("read", request, id, info);
    (void)pthread_mutex_lock(&witness->lock);
    if (offset >= 0 && (size_t)offset < file->size) {
        n = file->size - (size_t)offset < size ? file->size - (size_t)offset : size;
        memcpy(bytes, file->bytes + offset, n);
    }
    (void)pthread_mutex_unlock(&witness->lock);
    (void)fuse_reply_buf(request, (const char *)bytes, n);
    free(bytes);
}

static void op_write(fuse_req_t request, fuse_ino_t id, const char *bytes, size_t size,
                     off_t offset, struct fuse_file_info *info)
{
    struct witness *witness = tsr_vfs_context(request);
    struct file *file = &witness->files[id - FIRST_FILE_ID];

    event_note("write", request, id, info);
    if (offset < 0 || offset > FILE_SIZE_MAX || size > FILE_SIZE_MAX - (size_t)offset) {
        (void)fuse_reply_err(request, EFBIG);
        return;
    }
    (void)pthread_mutex_lock(&witness->lock);
    memcpy(file->bytes + offset, bytes, size);
    if (file->size < (size_t)offset + size) {
        file->size = (size_t)offset + size;
    }
    (void)pthread_mutex_unlock(&witness->lock);
    (void)fuse_reply_write(request, size);
}

static void op_flush(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    event_note("flush", request, id, info);
    (void)fuse_reply_err(request, 0);
}

static void handle_end(const char *op, fuse_req_t request, fuse_ino_t id,
                       struct fuse_file_info *info)
{
    struct witness *witness = tsr_vfs_context(request);

    event_note(op, request, id, info);
    tsr_vfs_handle_close(tsr_vfs_of_request(request), info->fh);
    atomic_store(&witness->released, info->fh);
    (void)fuse_reply_err(request, 0);
}

static void op_release(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    handle_end("release", request, id, info);
}

static void op_opendir(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    const tsr_status status = handle_begin("opendir", request, id, info);

    if (tsr_failed(status)) {
        (void)fuse_reply_err(request, tsr_errno_of_status(status));
        return;
    }
    if (fuse_reply_open(request, info) != 0) {
        tsr_vfs_handle_close(tsr_vfs_of_request(request), info->fh);
    }
}

static void op_readdir(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset,
                       struct fuse_file_info *info)
{
    struct witness *witness = tsr_vfs_context(request);
    char buffer[4096];
    size_t n_used = 0;

    event_note("readdir", request, id, info);
    if (size > sizeof(buffer)) {
        size = sizeof(buffer);
    }
    (void)pthread_mutex_lock(&witness->lock);
    for (size_t i = (size_t)offset; i < witness->n_files; i++) {
        struct stat attributes;
        size_t n_entry;

        attributes_of(witness, FIRST_FILE_ID + i, &attributes);
        n_entry = fuse_add_direntry(request, buffer + n_used, size - n_used, witness->files[i].name,
                                    &attributes, (off_t)i + 1);
        if (n_entry > size - n_used) {
            break;
        }
        n_used += n_entry;
    }
    (void)pthread_mutex_unlock(&witness->lock);
    (void)fuse_reply_buf(request, buffer, n_used);
}

static void op_releasedir(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *info)
{
    handle_end("releasedir", request, id, info);
}

/* The kit hands both of these our own context, although it has a part in them. */
static void op_init(void *context, struct fuse_conn_info *connection)
{
    const struct witness *witness = context;

    if (witness->asks_for_write_back) {
        connection->want |= FUSE_CAP_WRITEBACK_CACHE & connection->capable;
    }
    if (dprintf(witness->log, "{\"op\": \"init\"}\n") < 0) {
        abort();
    }
}

static void op_destroy(void *context)
{
    const struct witness *witness = context;

    if (dprintf(witness->log, "{\"op\": \"destroy\"}\n") < 0) {
        abort();
    }
}

static const struct fuse_lowlevel_ops operations = {
    .init = op_init,
    .destroy = op_destroy,
    .lookup = op_lookup,
    .getattr = op_getattr,
    .setattr = op_setattr,
    .access = op_access,
    .open = op_open,
    .create = op_create,
    .read = op_read,
    .write = op_write,
    .flush = op_flush,
    .release = op_release,
    .opendir = op_opendir,
    .readdir = op_readdir,
    .releasedir = op_releasedir,
};

static _Noreturn void end(const char *what, tsr_status status)
{
    const char *name = tsr_status_name(status.code);

    (void)fprintf(stderr, "witness: %s: %s\n", what, name ? name : "unnamed status");
    exit(1);
}

/* Stops the session after a while, from a thread of its own. */
static unsigned int stop_after_ms;

static void *stop_later(void *vfs)
{
    wait_ms(stop_after_ms);
    tsr_vfs_stop(vfs);
    return NULL;
}

static void serve(struct witness *witness, const char *mount_point, const char *state_dir)
{
    const tsr_resolver_options resolver_options = {.state_dir = state_dir};
    tsr_vfs_options options = {
        .mount_point = mount_point,
        .type = "witness",
        .source = "witness",
    };
    tsr_vfs *vfs = NULL;
    pthread_t stopper;
    tsr_status status;

    status = tsr_resolver_new(&resolver_options, &options.resolver, NULL);
    if (tsr_failed(status)) {
        end(state_dir, status);
    }
    status = tsr_vfs_mount(&options, &operations, witness, &vfs);
    if (tsr_failed(status)) {
        end(mount_point, status);
    }
    if (stop_after_ms != 0 && pthread_create(&stopper, NULL, stop_later, vfs) != 0) {
        abort();
    }
    status = tsr_vfs_run(vfs);
    if (stop_after_ms != 0) {
        (void)pthread_join(stopper, NULL);
    }
    (void)tsr_vfs_free(vfs);
    (void)tsr_resolver_free(options.resolver);
    if (tsr_failed(status)) {
        end("the session", status);
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"direct-io", no_argument, NULL, 'd'},        {"write-back", no_argument, NULL, 'w'},
        {"delay-open", required_argument, NULL, 'o'}, {"delay-read", required_argument, NULL, 'r'},
        {"stop-after", required_argument, NULL, 's'}, {0},
    };
    struct witness *witness = calloc(1, sizeof(*witness));
    int option;

    if (!witness || pthread_mutex_init(&witness->lock, NULL) != 0) {
        abort();
    }
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const unsigned int n_ms = optarg ? (unsigned int)strtoul(optarg, NULL, 10) : 0;

        witness->direct_io = witness->direct_io || option == 'd';
        witness->asks_for_write_back = witness->asks_for_write_back || option == 'w';
        witness->open_delay_ms = option == 'o' ? n_ms : witness->open_delay_ms;
        witness->read_delay_ms = option == 'r' ? n_ms : witness->read_delay_ms;
        stop_after_ms = option == 's' ? n_ms : stop_after_ms;
        if (option == '?') {
            return 2;
        }
    }
    if (argc - optind != 3) {
        (void)fprintf(
            stderr,
            "usage: witness [--direct-io] [--write-back] [--delay-open MS] [--delay-read MS] "
            "[--stop-after MS] MOUNTPOINT LOG STATE-DIR\n");
        return 2;
    }
    witness->log = open(argv[optind + 1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (witness->log < 0) {
        perror(argv[optind + 1]);
        return 1;
    }
    (void)make(witness, "data");
    (void)strcpy((char *)witness->files[0].bytes, "the quick brown fox");
    witness->files[0].size = strlen("the quick brown fox");
    serve(witness, argv[optind], argv[optind + 2]);
    (void)close(witness->log);
    free(witness);
    return 0;
}
