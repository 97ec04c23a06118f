/* SPDX-License-Identifier: MIT */
/* Tests of programs made ready for exec. */

#include "linux/command.h"

#include "linux/test-support.h"

static const struct command nothing = {0};

/* What exec reports; the program's exit code plus 1000 if it ran. */
static unsigned int run(char *const *argv, char *const *environment, bool keep_desktop)
{
    struct command command;
    const pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        CHILD_REQUIRE(tsr_ok(command_init(NULL, argv, environment, keep_desktop, &command)));
        switch (command_exec(&command).code) {
        case STATUS_OBJECT_NAME_NOT_FOUND:
            _exit(101);
        case STATUS_ACCESS_DENIED:
            _exit(102);
        case STATUS_INVALID_PARAMETER:
            _exit(103);
        case STATUS_INVALID_IMAGE_FORMAT:
            _exit(104);
        default:
            _exit(105);
        }
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    switch (WEXITSTATUS(status)) {
    case 101:
        return STATUS_OBJECT_NAME_NOT_FOUND;
    case 102:
        return STATUS_ACCESS_DENIED;
    case 103:
        return STATUS_INVALID_PARAMETER;
    case 104:
        return STATUS_INVALID_IMAGE_FORMAT;
    default:
        return 1000u + (unsigned int)WEXITSTATUS(status);
    }
}

static void a_program_without_a_name_is_refused(void **state)
{
    char *none[] = {NULL};
    char *empty[] = {(char[]){""}, NULL};
    struct command command = nothing;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, command_init(NULL, NULL, NULL, false, &command));
    expect_status(STATUS_INVALID_PARAMETER, command_init(NULL, none, NULL, false, &command));
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, command_init(NULL, empty, NULL, false, &command));

    assert_memory_equal(&command, &nothing, sizeof(command));
    command_deinit(&command);
}

static void a_path_is_taken_as_it_is(void **state)
{
    char *argv[] = {(char[]){"/bin/sh"}, (char[]){"-c"}, (char[]){"exit 7"}, NULL};
    char *missing[] = {(char[]){"/nonexistent/program"}, NULL};

    (void)state;

    assert_int_equal(run(argv, NULL, false), 1007);
    assert_int_equal(run(missing, NULL, false), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_name_is_looked_up_in_the_path_of_the_new_environment(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path program = test_path_in(&directory, "tessera-test-program");
    const char text[] = "#!/bin/sh\nexit 9\n";
    char *argv[] = {(char[]){"tessera-test-program"}, NULL};
    char path[256];
    char *environment[] = {path, NULL};
    char *elsewhere[] = {(char[]){"PATH=/nonexistent"}, NULL};
    char *empty[] = {(char[]){"PATH="}, NULL};
    char *none[] = {NULL};
    char *sh[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"exit 5"}, NULL};

    (void)state;
    test_file_write(program.text, text, strlen(text), 0755);
    (void)snprintf(path, sizeof(path), "PATH=/nonexistent::/etc/passwd:%s:", directory.path);

    assert_int_equal(run(argv, environment, false), 1009);
    assert_int_equal(run(argv, elsewhere, false), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(run(argv, empty, false), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(run(argv, none, false), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(run(sh, none, false), 1005);

    test_directory_remove(&directory);
}

static void a_program_that_may_not_run_is_told_from_a_missing_one(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path program = test_path_in(&directory, "tessera-test-program");
    const struct test_path other = test_path_in(&directory, "other");
    const struct test_path found = test_path_in(&directory, "other/tessera-test-program");
    const char text[] = "#!/bin/sh\nexit 9\n";
    char *argv[] = {(char[]){"tessera-test-program"}, NULL};
    char path[256];
    char *environment[] = {path, NULL};

    (void)state;
    test_file_write(program.text, text, strlen(text), 0644);
    assert_int_equal(mkdir(other.text, 0755), 0);
    (void)snprintf(path, sizeof(path), "PATH=%s:%s", directory.path, other.text);

    assert_int_equal(run(argv, environment, false), STATUS_ACCESS_DENIED);
    test_file_write(found.text, text, strlen(text), 0755);
    assert_int_equal(run(argv, environment, false), 1009);
    test_file_write(found.text, "neither\n", 8, 0755);
    assert_int_equal(run(argv, environment, false), STATUS_INVALID_IMAGE_FORMAT);

    test_directory_remove(&directory);
}

static void a_directory_that_may_not_be_searched_holds_nothing(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path program = test_path_in(&directory, "tessera-test-program");
    const struct test_credentials credentials = {TEST_UID, TEST_GID, NULL, 0};
    char *argv[] = {(char[]){"tessera-test-program"}, NULL};
    char *direct[] = {(char *)program.text, NULL};
    char path[256];
    char *environment[] = {path, NULL};
    pid_t pid;

    (void)state;
    require_root();
    test_file_write(program.text, "", 0, 0755);
    assert_int_equal(chmod(directory.path, 0700), 0);
    (void)snprintf(path, sizeof(path), "PATH=%s:/nonexistent", directory.path);

    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct command command;

        test_become(&credentials);
        CHILD_REQUIRE(tsr_ok(command_init(NULL, argv, environment, false, &command)));
        CHILD_REQUIRE(command_exec(&command).code == STATUS_OBJECT_NAME_NOT_FOUND);
        command_deinit(&command);
        CHILD_REQUIRE(tsr_ok(command_init(NULL, direct, environment, false, &command)));
        CHILD_REQUIRE(command_exec(&command).code == STATUS_ACCESS_DENIED);
        _exit(0);
    }

    assert_int_equal(test_exit_code(pid), 0);
    test_directory_remove(&directory);
}

static void arguments_that_are_too_long_are_the_callers_mistake(void **state)
{
    char *argument = malloc(1u << 20);
    char *argv[] = {(char[]){"/bin/true"}, argument, NULL};

    (void)state;
    assert_non_null(argument);
    memset(argument, 'x', (1u << 20) - 1);
    argument[(1u << 20) - 1] = '\0';

    assert_int_equal(run(argv, NULL, false), STATUS_INVALID_PARAMETER);

    free(argument);
}

static void what_leads_to_the_desktop_is_removed_unless_kept(void **state)
{
    char *argv[] = {(char[]){"/bin/true"}, NULL};
    char *environment[] = {
        (char[]){"DISPLAY=:0"},
        (char[]){"HOME=/root"},
        (char[]){"WAYLAND_DISPLAY=wayland-0"},
        (char[]){"DBUS_SESSION_BUS_ADDRESS=unix:path=/x"},
        (char[]){"DISPLAYED=yes"},
        (char[]){"SSH_AUTH_SOCK=/x"},
        (char[]){"DISPLAY"},
        NULL,
    };
    struct command command;

    (void)state;

    expect_ok(command_init(NULL, argv, environment, false, &command));
    assert_string_equal(command.environment[0], "HOME=/root");
    assert_string_equal(command.environment[1], "DISPLAYED=yes");
    assert_string_equal(command.environment[2], "DISPLAY");
    assert_null(command.environment[3]);
    command_deinit(&command);

    expect_ok(command_init(NULL, argv, environment, true, &command));
    for (size_t i = 0; i < sizeof(environment) / sizeof(environment[0]); i++) {
        assert_ptr_equal(command.environment[i], environment[i]);
    }
    command_deinit(&command);
}

static void without_an_environment_ours_is_given(void **state)
{
    char *argv[] = {(char[]){"/bin/sh"}, (char[]){"-c"},
                    (char[]){"test \"$TESSERA_TEST$DISPLAY\" = here"}, NULL};

    (void)state;
    assert_int_equal(setenv("TESSERA_TEST", "here", 1), 0);
    assert_int_equal(setenv("DISPLAY", ":42", 1), 0);

    assert_int_equal(run(argv, NULL, false), 1000);
    assert_int_equal(run(argv, NULL, true), 1001);

    unsetenv("TESSERA_TEST");
    unsetenv("DISPLAY");
}

static tsr_status find(const char *name, char **ret_path)
{
    char *const argv[] = {(char *)name, NULL};

    return command_find(NULL, argv, ret_path);
}

static void a_name_is_found_in_our_path_and_made_absolute(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path other = test_path_in(&directory, "other");
    const struct test_path namesake = test_path_in(&directory, "other/program");
    const struct test_path program = test_path_in(&directory, "program");
    const struct test_path data = test_path_in(&directory, "data");
    char *const before = strdup(getenv("PATH"));
    char *path = NULL;
    char search[256];

    (void)state;
    test_file_write(program.text, "", 0, 0755);
    test_file_write(data.text, "", 0, 0644);
    assert_int_equal(mkdir(other.text, 0755), 0);
    assert_int_equal(mkdir(namesake.text, 0755), 0);
    (void)snprintf(search, sizeof(search), "/nonexistent:%s:%s", other.text, directory.path);

    expect_ok(find(program.text, &path));
    assert_string_equal(path, program.text);
    free(path);
    path = NULL;
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, find("program", &path));
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, find("", &path));
    expect_status(STATUS_INVALID_PARAMETER, find(NULL, &path));
    expect_status(STATUS_ACCESS_DENIED, find(data.text, &path));
    expect_status(STATUS_ACCESS_DENIED, find(namesake.text, &path));
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, find("/nonexistent/program", &path));
    assert_null(path);
    assert_int_equal(setenv("PATH", search, 1), 0);
    /* Past a directory of that name. */
    expect_ok(find("program", &path));
    assert_int_equal(setenv("PATH", before, 1), 0);
    assert_string_equal(path, program.text);
    free(path);
    free(before);

    test_directory_remove(&directory);
}

static void a_relative_name_is_of_the_directory_we_are_in(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path program = test_path_in(&directory, "program");
    const int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char *path = NULL;

    (void)state;
    test_file_write(program.text, "", 0, 0755);

    assert_int_equal(chdir(directory.path), 0);
    expect_ok(find("./program", &path));
    assert_int_equal(fchdir(before), 0);
    assert_int_equal(access(path, X_OK), 0);
    assert_int_equal(path[0], '/');

    free(path);
    (void)close(before);
    test_directory_remove(&directory);
}

/* "sh" is in every PATH; the file that is named here is another. */
static void a_programs_file_is_not_looked_up(void **state)
{
    const struct test_directory directory = test_directory_new();
    const struct test_path program = test_path_in(&directory, "sh");
    const int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char *argv[] = {(char[]){"true"}, NULL};
    struct command command;
    char *path = NULL;

    (void)state;

    expect_ok(command_init("sh", argv, NULL, true, &command));
    assert_int_equal(command.n_paths, 1);
    assert_string_equal(command.paths, "sh");
    command_deinit(&command);
    assert_int_equal(chdir(directory.path), 0);
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, command_find("sh", argv, &path));
    expect_status(STATUS_OBJECT_NAME_NOT_FOUND, command_find("", argv, &path));
    assert_null(path);
    test_file_write(program.text, "", 0, 0755);
    expect_ok(command_find("sh", argv, &path));
    assert_int_equal(fchdir(before), 0);
    assert_string_equal(path, program.text);

    free(path);
    (void)close(before);
    test_directory_remove(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_without_a_name_is_refused),
        cmocka_unit_test(a_path_is_taken_as_it_is),
        cmocka_unit_test(a_name_is_looked_up_in_the_path_of_the_new_environment),
        cmocka_unit_test(a_program_that_may_not_run_is_told_from_a_missing_one),
        cmocka_unit_test(a_directory_that_may_not_be_searched_holds_nothing),
        cmocka_unit_test(arguments_that_are_too_long_are_the_callers_mistake),
        cmocka_unit_test(what_leads_to_the_desktop_is_removed_unless_kept),
        cmocka_unit_test(without_an_environment_ours_is_given),
        cmocka_unit_test(a_name_is_found_in_our_path_and_made_absolute),
        cmocka_unit_test(a_relative_name_is_of_the_directory_we_are_in),
        cmocka_unit_test(a_programs_file_is_not_looked_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
