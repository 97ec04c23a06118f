/* SPDX-License-Identifier: MIT */
/* A program, its arguments and its environment, made ready for exec. */

#include "linux/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tessera/linux.h>

#include "base/check.h"
#include "base/fd.h"
#include "base/writer.h"

#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

/* Where the user's other programs listen (design.md, decision 10). */
static const char *const desktop_variables[] = {
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "DBUS_SESSION_BUS_ADDRESS",
    "SSH_AUTH_SOCK",
};

void command_deinit(struct command *command)
{
    free(command->environment);
    free(command->paths);
    *command = (struct command){0};
}

static inline void cleanup_command_deinit(struct command *command)
{
    command_deinit(command);
}

/* The value in "NAME=value" if that is its name, else NULL. */
static const char *value_of(const char *variable, const char *name)
{
    const size_t size = strlen(name);

    return strncmp(variable, name, size) == 0 && variable[size] == '=' ? &variable[size + 1] : NULL;
}

static bool is_desktop_variable(const char *variable)
{
    for (size_t i = 0; i < ARRAY_SIZE(desktop_variables); i++) {
        if (value_of(variable, desktop_variables[i])) {
            return true;
        }
    }
    return false;
}

static tsr_status choose_environment(struct command *command, char *const *environment,
                                     bool keep_desktop)
{
    size_t n_variables = 0;
    size_t n_kept = 0;

    while (environment[n_variables]) {
        n_variables++;
    }
    command->environment = array_new(n_variables + 1, sizeof(*command->environment));
    REQUIRE(command->environment, STATUS_NO_MEMORY);

    for (size_t i = 0; i < n_variables; i++) {
        if (keep_desktop || !is_desktop_variable(environment[i])) {
            command->environment[n_kept++] = environment[i];
        }
    }
    return TSR_OK;
}

static const char *search_path(const struct command *command)
{
    for (size_t i = 0; command->environment[i]; i++) {
        const char *value = value_of(command->environment[i], "PATH");

        if (value) {
            return value;
        }
    }
    return PATH_DEFAULT;
}

/* One path for each directory; an empty one, which would mean where the caller happens to be, has
 * none. */
static void add_paths(struct command *command, struct writer *writer, const char *name)
{
    const char *directory = search_path(command);

    while (*directory) {
        const size_t size = strcspn(directory, ":");

        if (size > 0) {
            writer_bytes(writer, directory, size);
            writer_char(writer, '/');
            writer_bytes(writer, name, strlen(name) + 1);
            command->n_paths++;
        }
        directory += size;
        directory += *directory == ':';
    }
}

static tsr_status choose_paths(struct command *command, const char *program)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    const char *const name = program ? program : command->argv[0];

    REQUIRE(name[0] != '\0', STATUS_OBJECT_NAME_NOT_FOUND);
    if (program || strchr(name, '/')) {
        writer_text(&writer, name);
        command->n_paths = 1;
    } else {
        add_paths(command, &writer, name);
    }
    return writer_finish_text(&writer, &command->paths);
}

tsr_status command_init(const char *program, char *const *argv, char *const *environment,
                        bool keep_desktop, struct command *ret_command)
{
    CLEANUP(command_deinit) struct command command = {.argv = argv};

    REQUIRE(argv && argv[0], STATUS_INVALID_PARAMETER);

    TRY(choose_environment(&command, environment ? environment : environ, keep_desktop));
    TRY(choose_paths(&command, program));

    *ret_command = command;
    command = (struct command){0};
    return TSR_OK;
}

/* Whether a search goes on after this failure: nothing there, or nothing that could be seen. */
static bool is_missing(const char *path, int error)
{
    return error == ENOENT || error == ENOTDIR ||
           (error == EACCES && faccessat(AT_FDCWD, path, F_OK, 0) < 0);
}

/* Arguments and environment may be too long: no extended attribute is meant here. */
static tsr_status status_of_exec(int error)
{
    return error == E2BIG ? tsr_status_of(STATUS_INVALID_PARAMETER) : tsr_status_of_errno(error);
}

tsr_status command_exec(const struct command *command)
{
    const char *path = command->paths;
    int found_error = 0;
    int error = ENOENT;

    for (size_t i = 0; i < command->n_paths; i++) {
        (void)execve(path, command->argv, command->environment);
        error = errno;
        if (!is_missing(path, error)) {
            found_error = error;
            if (error != EACCES) {
                break;
            }
        }
        path += strlen(path) + 1;
    }
    if (found_error != 0) {
        /* A program that may not be run says more than one that is not there. */
        error = found_error;
    } else if (command->n_paths > 1) {
        error = ENOENT;
    }
    return status_of_exec(error);
}

static bool is_same_file(int a, int b)
{
    struct stat of_a;
    struct stat of_b;

    return fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

tsr_status command_exec_file(const struct command *command, int fd)
{
    /* By its path, so that Linux judges who walks there, and then by what was found. */
    CLEANUP(fd_close) int found = open(command->paths, O_PATH | O_CLOEXEC);

    if (found < 0) {
        return tsr_status_of_errno(errno);
    }
    REQUIRE(is_same_file(found, fd), STATUS_ACCESS_DENIED);
    (void)execveat(found, "", command->argv, command->environment, AT_EMPTY_PATH);
    if (errno == ENOENT && fcntl(found, F_SETFD, 0) == 0) {
        (void)execveat(found, "", command->argv, command->environment, AT_EMPTY_PATH);
    }
    return status_of_exec(errno);
}

/* Whether a path is a file that can be executed; exec refuses directories by the same error. */
static bool is_executable(const char *path)
{
    struct stat stat_of_file;

    if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 || stat(path, &stat_of_file) < 0) {
        return false;
    }
    errno = EACCES;
    return S_ISREG(stat_of_file.st_mode);
}

/* The first path that can be executed; NULL: @ret_error kept the nearest from it. */
static const char *first_executable(const struct command *command, int *ret_error)
{
    const char *path = command->paths;

    *ret_error = ENOENT;
    for (size_t i = 0; i < command->n_paths; i++) {
        if (is_executable(path)) {
            return path;
        }
        *ret_error = is_missing(path, errno) ? *ret_error : errno;
        path += strlen(path) + 1;
    }
    return NULL;
}

/* A relative path with the directory we are in before it. */
static tsr_status make_absolute(const char *path, char **ret_path)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    char directory[PATH_MAX];

    if (path[0] != '/') {
        if (!getcwd(directory, sizeof(directory))) {
            return tsr_status_of_errno(errno);
        }
        writer_text(&writer, directory);
        writer_char(&writer, '/');
    }
    writer_text(&writer, path);
    return writer_finish_text(&writer, ret_path);
}

tsr_status command_find(const char *program, char *const *argv, char **ret_path)
{
    CLEANUP(command_deinit) struct command command = {0};
    const char *path;
    int error;

    TRY(command_init(program, argv, NULL, true, &command));
    path = first_executable(&command, &error);
    return path ? make_absolute(path, ret_path) : tsr_status_of_errno(error);
}
