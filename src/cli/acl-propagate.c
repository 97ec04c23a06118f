/* SPDX-License-Identifier: MIT */
/*
 * `tessera acl propagate`: brings what is below a directory up to date with what it hands down.
 *
 * Everything is reached by name from a directory that is held open, and read and changed by its fd,
 * so that nobody can slip in another object meanwhile.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <tessera/assign.h>
#include <tessera/volume.h>

#include "base/fd.h"
#include "cli/acl.h"
#include "cli/cli.h"
#include "cli/descriptor.h"
#include "cli/message.h"
#include "cli/options.h"

#define OWNER_GROUP_DACL \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)
#define SACL_AND_LABEL (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION)

struct propagate_options {
    bool sacl;
    bool dry_run;
};

#define AT(member_) offsetof(struct propagate_options, member_)

static const struct option options[] = {
    {"sacl", NULL, "the SACL and the label as well", OPTION_SWITCH, AT(sacl)},
    {"dry-run", NULL, "name what would change, and change nothing", OPTION_SWITCH, AT(dry_run)},
};

static const struct syntax syntax = {
    .command = "acl propagate",
    .synopsis = "[OPTION]... DIRECTORY",
    .purpose =
        "Replace what everything below a directory of a Tessera volume has inherited by what "
        "its\nfolder hands down now.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes =
        "Entries that are not inherited stay, and so do protected lists, below which nothing is\n"
        "looked at. The directory itself is only marked as inheriting automatically (AI). "
        "Symbolic\n"
        "links are not followed, and other file systems not entered. Each object is read and\n"
        "changed with your own rights.\n\n"
        "Exit status:\n"
        "  0  everything is up to date, or with --dry-run would be\n"
        "  1  something could not be read or changed; the rest has been dealt with\n"
        "  2  the command line was not understood\n",
};

/* What distinguishes DACL and SACL. */
struct side {
    uint32_t information;
    uint16_t auto_inherited;
    uint16_t guarded;
};

static const struct side dacl_side = {DACL_SECURITY_INFORMATION, SE_DACL_AUTO_INHERITED,
                                      SE_DACL_PROTECTED};
static const struct side sacl_side = {SACL_SECURITY_INFORMATION, SE_SACL_AUTO_INHERITED,
                                      SE_SACL_PROTECTED};

/* A directory whose entries are being read. */
struct level {
    DIR *stream;                  /* owned */
    char *path;                   /* owned; for messages */
    struct descriptor descriptor; /* of the directory, up to date */
};

/* The way down to where we are. */
struct walk {
    struct level *levels; /* owned */
    size_t n_levels;
    size_t n_allocated;
    uint32_t read;    /* the parts that are read … */
    uint32_t changed; /* … and those that are written */
    bool dry_run;
    dev_t device;
    size_t n_changed;
    size_t n_unchanged;
    size_t n_protected;
    size_t n_refused;
};

/* What an object is reached by, whoever renames what meanwhile. */
struct fd_name {
    char text[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
};

static struct fd_name fd_name(int fd)
{
    struct fd_name name;

    (void)snprintf(name.text, sizeof(name.text), "/proc/self/fd/%d", fd);
    return name;
}

static void level_deinit(struct level *level)
{
    if (level->stream) {
        (void)closedir(level->stream);
    }
    free(level->path);
    descriptor_deinit(&level->descriptor);
    *level = (struct level){0};
}

static void cleanup_level_deinit(struct level *level)
{
    level_deinit(level);
}

static void walk_leave(struct walk *walk)
{
    level_deinit(&walk->levels[--walk->n_levels]);
}

static void cleanup_walk_deinit(struct walk *walk)
{
    while (walk->n_levels > 0) {
        walk_leave(walk);
    }
    free(walk->levels);
}

static void refuse(struct walk *walk, const char *path, const char *why)
{
    message("%s: %s", path, why);
    walk->n_refused++;
}

/* Go down into a directory, which becomes the walk's. */
static bool walk_enter(struct walk *walk, struct level *level)
{
    struct level *grown;

    if (walk->n_levels == walk->n_allocated) {
        grown = reallocarray(walk->levels, 2 * walk->n_levels + 8, sizeof(*grown));
        if (!grown) {
            return false;
        }
        walk->levels = grown;
        walk->n_allocated = 2 * walk->n_levels + 8;
    }
    walk->levels[walk->n_levels++] = *level;
    *level = (struct level){0};
    return true;
}

/* The entries of a directory that is known by an fd without rights. */
static bool open_stream(int fd, DIR **ret_stream, struct problem *ret_problem)
{
    CLEANUP(fd_close) int readable = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = readable >= 0 ? fdopendir(readable) : NULL;

    if (!stream) {
        return problem_set(ret_problem, "cannot list it: %s", strerror(errno));
    }
    (void)fd_steal(&readable);
    *ret_stream = stream;
    return true;
}

/* Whether a list says nothing about what it has inherited: not even that it does so. */
static bool is_silent(const tsr_sd *sd, const struct side *side)
{
    const tsr_acl *acl = side == &dacl_side ? &sd->dacl : &sd->sacl;
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (ace.flags & INHERITED_ACE) {
            return false;
        }
    }
    return acl->n_aces > 0 && !(sd->control & (side->auto_inherited | side->guarded));
}

static bool replace(struct descriptor *descriptor, uint8_t *take_bytes, size_t size,
                    struct problem *ret_problem)
{
    struct descriptor replaced = {0};

    if (!descriptor_take(take_bytes, size, &replaced, ret_problem)) {
        return false;
    }
    descriptor_deinit(descriptor);
    *descriptor = replaced;
    return true;
}

/* Where a silent list holds all that is handed down, mark that: it would come twice otherwise. */
static bool convert(const tsr_heritage *heritage, const struct side *side, struct descriptor *child,
                    bool *changed, struct problem *ret_problem)
{
    uint8_t *bytes;
    tsr_status status;
    tsr_sd converted;
    size_t size;

    if (!is_silent(&child->sd, side)) {
        return true;
    }
    status = tsr_sd_convert_to_auto_inherit(heritage, side->information, &bytes, &size);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "cannot tell what it has inherited", status);
    }
    if (tsr_failed(tsr_sd_view(bytes, size, &converted)) || converted.control & side->guarded) {
        free(bytes);
        return true;
    }
    *changed = true;
    return replace(child, bytes, size, ret_problem);
}

/* Bring the descriptor in @child up to date with its parent's. */
static bool renew(const struct walk *walk, const tsr_sd *parent, bool is_container,
                  struct descriptor *child, bool *ret_changed, struct problem *ret_problem)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    const tsr_heritage heritage = {
        .parent = parent, .child = &child->sd, .is_container = is_container, .mapping = &mapping};
    bool converted = false;
    uint8_t *bytes;
    tsr_status status;
    size_t size;

    if (!convert(&heritage, &dacl_side, child, &converted, ret_problem) ||
        (walk->changed & SACL_SECURITY_INFORMATION &&
         !convert(&heritage, &sacl_side, child, &converted, ret_problem))) {
        return false;
    }
    status = tsr_sd_propagate(&heritage, &bytes, &size, ret_changed);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "cannot build the new descriptor", status);
    }
    *ret_changed = *ret_changed || converted;
    return replace(child, bytes, size, ret_problem);
}

/* AUTO_INHERITED is only kept by who asks for it (tsr_sd_change). */
static bool store(int fd, uint32_t information, const tsr_sd *sd, struct problem *ret_problem)
{
    tsr_sd asking = *sd;

    asking.control |= sd->control & SE_DACL_AUTO_INHERITED ? SE_DACL_AUTO_INHERIT_REQ : 0;
    asking.control |= sd->control & SE_SACL_AUTO_INHERITED ? SE_SACL_AUTO_INHERIT_REQ : 0;
    return descriptor_to_file(fd_name(fd).text, information, &asking, ret_problem);
}

static bool is_protected(const struct walk *walk, const tsr_sd *sd)
{
    const bool sacl_is_free =
        walk->changed & SACL_SECURITY_INFORMATION && !(sd->control & SE_SACL_PROTECTED);

    return sd->control & SE_DACL_PROTECTED && !sacl_is_free;
}

/* A child whose descriptor is known, and is to be renewed. @return whether that is done */
static bool update(struct walk *walk, int fd, const tsr_sd *parent, bool is_container,
                   struct level *child, struct problem *ret_problem)
{
    bool changed;

    if (!renew(walk, parent, is_container, &child->descriptor, &changed, ret_problem)) {
        return false;
    }
    /* First what the new descriptor might not allow us any more. */
    if (is_container && !open_stream(fd, &child->stream, ret_problem)) {
        return false;
    }
    if (!changed) {
        walk->n_unchanged++;
        return true;
    }
    if (walk->dry_run) {
        (void)printf("%s\n", child->path);
    } else if (!store(fd, walk->changed, &child->descriptor.sd, ret_problem)) {
        return false;
    }
    walk->n_changed++;
    return true;
}

static void visit_fd(struct walk *walk, int fd, struct level *child)
{
    const tsr_sd *parent = &walk->levels[walk->n_levels - 1].descriptor.sd;
    struct problem problem = {0};
    struct stat attributes;

    if (fstat(fd, &attributes) != 0) {
        refuse(walk, child->path, strerror(errno));
        return;
    }
    if (attributes.st_dev != walk->device) {
        message("%s: not entered, for it is another file system", child->path);
        return;
    }
    if (!descriptor_of_file(fd_name(fd).text, walk->read, &child->descriptor, &problem)) {
        refuse(walk, child->path, problem.text);
        return;
    }
    if (is_protected(walk, &child->descriptor.sd)) {
        walk->n_protected++;
        return;
    }
    if (!update(walk, fd, parent, S_ISDIR(attributes.st_mode), child, &problem)) {
        refuse(walk, child->path, problem.text);
        return;
    }
    if (child->stream && !walk_enter(walk, child)) {
        refuse(walk, child->path, "out of memory");
    }
}

static void visit(struct walk *walk, const char *name)
{
    const struct level *parent = &walk->levels[walk->n_levels - 1];
    CLEANUP(level_deinit) struct level child = {0};
    CLEANUP(fd_close) int fd = -1;

    if (asprintf(&child.path, "%s/%s", parent->path, name) < 0) {
        child.path = NULL;
        refuse(walk, name, "out of memory");
        return;
    }
    fd = openat(dirfd(parent->stream), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        refuse(walk, child.path, strerror(errno));
        return;
    }
    visit_fd(walk, fd, &child);
}

/* Deal with the next entry of the directory we are in. */
static void step(struct walk *walk)
{
    const struct level *level = &walk->levels[walk->n_levels - 1];
    const struct dirent *entry;

    errno = 0;
    entry = readdir(level->stream);
    if (entry && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
        visit(walk, entry->d_name);
    }
    if (entry) {
        return;
    }
    if (errno != 0) {
        refuse(walk, level->path, strerror(errno));
    }
    walk_leave(walk);
}

static bool is_on_volume(int fd)
{
    return getxattr(fd_name(fd).text, TSR_VOLUME_SD_XATTR "D", NULL, 0) >= 0 ||
           (errno != EOPNOTSUPP && errno != ENODATA && errno != EINVAL);
}

static bool is_handed_down(const tsr_acl *acl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (ace.flags & (OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE)) {
            return true;
        }
    }
    return false;
}

/* What is made in the directory from now on must be marked like what is there, or it would be taken
 * for the child's own: so the directory has to inherit automatically. */
static void mark_top(struct walk *walk, int fd, struct level *top)
{
    tsr_sd marked = top->descriptor.sd;
    struct problem problem = {0};
    uint32_t information = 0;

    if (is_handed_down(&marked.dacl) && !(marked.control & dacl_side.auto_inherited)) {
        information |= dacl_side.information;
        marked.control |= dacl_side.auto_inherited;
    }
    if (is_handed_down(&marked.sacl) && !(marked.control & sacl_side.auto_inherited)) {
        information |= sacl_side.information;
        marked.control |= sacl_side.auto_inherited;
    }
    if (information == 0) {
        return;
    }
    if (walk->dry_run) {
        (void)printf("%s\n", top->path);
    } else if (!store(fd, information, &marked, &problem)) {
        refuse(walk, top->path, problem.text);
        return;
    }
    walk->n_changed++;
}

/* Enter the directory where the walk begins. */
static bool begin(struct walk *walk, const char *path, struct problem *ret_problem)
{
    CLEANUP(fd_close) int fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    CLEANUP(level_deinit) struct level top = {.path = strdup(path)};
    struct stat attributes;

    if (fd < 0 || fstat(fd, &attributes) != 0) {
        return problem_set(ret_problem, "%s", strerror(errno));
    }
    if (!is_on_volume(fd)) {
        return problem_set(ret_problem, "it is not on a Tessera volume: serve its directory by "
                                        "'tessera mount' and give it there");
    }
    if (!descriptor_of_file(fd_name(fd).text, walk->read, &top.descriptor, ret_problem) ||
        !open_stream(fd, &top.stream, ret_problem)) {
        return false;
    }
    if (!top.path) {
        return problem_set(ret_problem, "out of memory");
    }
    mark_top(walk, fd, &top);
    walk->device = attributes.st_dev;
    return walk_enter(walk, &top) || problem_set(ret_problem, "out of memory");
}

static int propagate(const struct propagate_options *chosen, const char *path)
{
    CLEANUP(walk_deinit)
    struct walk walk = {.read = OWNER_GROUP_DACL | (chosen->sacl ? SACL_AND_LABEL : 0),
                        .changed = DACL_SECURITY_INFORMATION | (chosen->sacl ? SACL_AND_LABEL : 0),
                        .dry_run = chosen->dry_run};
    struct problem problem = {0};

    if (!begin(&walk, path, &problem)) {
        message("%s: %s", path, problem.text);
        return CLI_FAILED;
    }
    while (walk.n_levels > 0) {
        step(&walk);
    }
    (void)printf("changed %zu, unchanged %zu, protected %zu, refused %zu\n", walk.n_changed,
                 walk.n_unchanged, walk.n_protected, walk.n_refused);
    return walk.n_refused == 0 ? CLI_OK : CLI_FAILED;
}

int acl_propagate(int argc, char **argv)
{
    struct propagate_options chosen = {0};
    struct operands operands;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (operands.n != 1) {
        return message_usage("acl propagate", "give one DIRECTORY");
    }
    return propagate(&chosen, operands.texts[0]);
}
