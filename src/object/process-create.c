/* SPDX-License-Identifier: MIT */
/* Starting programs as somebody (token.md 3.15). */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <tessera/token-adjust.h>

#include "base/fd.h"
#include "linux/command.h"
#include "linux/credentials.h"
#include "linux/identity.h"
#include "linux/label.h"
#include "linux/launch.h"
#include "linux/tag.h"
#include "object/assignment.h"
#include "object/linux-identity.h"
#include "object/rights.h"
#include "object/services.h"
#include "token/token.h"

DEFINE_CLEANUP(tsr_resolver *, tsr_resolver_free);

/* What a program is to be. */
struct program {
    char *path;       /* owned */
    int file;         /* owned; what its label was read from, -1: nothing */
    tsr_token *token; /* owned */
};

static inline void cleanup_program_deinit(struct program *program)
{
    free(program->path);
    program->file = fd_close(program->file);
    (void)tsr_token_unref(program->token);
}

/* ---- Whose program it is to be ---- */

static tsr_status source_of(handle_t handle, tsr_token **ret_token)
{
    CLEANUP(token_object_unref) struct token_object *object = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;

    if (handle == HANDLE_NONE) {
        TRY(process_get_token(&object));
    } else {
        TRY(token_by_handle(handle, TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY, &object, NULL));
    }
    token = token_object_get(object);
    TRY(check_assignment(token, ASSIGN_BY_HELD));
    *ret_token = STEAL(token);
    return TSR_OK;
}

/* A program runs no higher than its file, where the policy says so (token.md 7.2). */
static tsr_status lower_to_label(struct program *program)
{
    tsr_token *lowered;
    tsr_sid integrity;
    bool has_label;
    tsr_sid label;

    if (!(program->token->state->subject.mandatory_policy & TSR_POLICY_NEW_PROCESS_MIN) ||
        !tsr_token_get_integrity(program->token, &integrity)) {
        return TSR_OK;
    }
    /* Whoever can put another file there has until exec to do so: this one it has to be then. */
    program->file = open(program->path, O_PATH | O_CLOEXEC);
    if (program->file < 0) {
        return tsr_status_of_errno(errno);
    }
    TRY(file_label(program->file, &has_label, &label));
    if (!has_label || label.sub_authorities[0] >= integrity.sub_authorities[0]) {
        return TSR_OK;
    }
    TRY(tsr_token_set_integrity(program->token, &label, 0, &lowered));
    (void)tsr_token_unref(program->token);
    program->token = lowered;
    return TSR_OK;
}

static tsr_status program_init(handle_t token, const struct process_request *request,
                               struct program *program)
{
    CLEANUP(tsr_token_unref) tsr_token *source = NULL;

    TRY(command_find(request->program, request->argv, &program->path));
    TRY(source_of(token, &source));
    TRY(tsr_token_duplicate(source, TSR_TOKEN_PRIMARY, TSR_LEVEL_ANONYMOUS, false,
                            &program->token));
    return lower_to_label(program);
}

/* ---- Starting it ---- */

static tsr_launch_spec launch_of(const struct process_request *request,
                                 const struct program *program)
{
    return (tsr_launch_spec){
        .program = program->path,
        .argv = request->argv,
        .environment = request->environment,
        .directory = request->directory,
        .keep_desktop = true,
        .keep_terminal = !request->new_session,
    };
}

/* By root: with the credentials of the token, or with a tag if these do not say it all. */
static tsr_status launch_by_root(tsr_resolver *resolver, const struct program *program,
                                 tsr_launch_spec *spec, struct launched *ret_launched)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    const tsr_token *const token = program->token;
    bool is_said;

    TRY(linux_identity_of(resolver, token, &identity));
    TRY(linux_identity_says(resolver, &identity, token, &is_said));
    spec->token = token;
    spec->uid = identity.uid;
    spec->gid = identity.gid;
    spec->groups = identity.groups;
    spec->n_groups = identity.n_groups;
    /* Another user could type into our terminal what our shell then reads. */
    spec->keep_terminal = spec->keep_terminal && identity.uid == 0;
    if (!is_said) {
        /* Nothing of ours that it could reach into is left to a confined program. */
        spec->keep_desktop = false;
        REQUIRE(identity.uid != 0, STATUS_NOT_SUPPORTED);
        TRY(tag_share(NULL, token, identity.uid, &spec->tag));
    }
    return launch_held(spec, program->file, ret_launched);
}

/* By anybody else: as who we are, which our token has to be. */
static tsr_status launch_as_self(tsr_resolver *resolver, const struct program *program,
                                 const tsr_launch_spec *spec, struct launched *ret_launched)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    bool is_said;

    TRY(tsr_identity_of_thread(gettid(), &identity));
    TRY(linux_identity_says(resolver, &identity, program->token, &is_said));
    REQUIRE(is_said && credentials_are_passed_on(&identity), STATUS_ACCESS_DENIED);
    return launch_held(spec, program->file, ret_launched);
}

static tsr_status start(const struct program *program, const struct process_request *request,
                        struct launched *ret_launched)
{
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = NULL;
    tsr_launch_spec spec = launch_of(request, program);

    TRY(tsr_resolver_new(NULL, &resolver, NULL));
    return geteuid() == 0 ? launch_by_root(resolver, program, &spec, ret_launched)
                          : launch_as_self(resolver, program, &spec, ret_launched);
}

/* A thread of another process: a number, and a handle to close. */
static tsr_status first_thread(struct other_process *process, struct thread **ret_thread)
{
    struct thread *thread;

    TRY(thread_new(process->id, process->token, &thread));
    (void)object_ref(&process->object);
    thread->process = process;
    *ret_thread = thread;
    return TSR_OK;
}

static tsr_status open_handles(struct other_process *process, const struct process_request *request,
                               struct process_handles *ret_handles)
{
    CLEANUP(thread_unref) struct thread *thread = NULL;
    struct process_handles handles = {.id = process->id};
    tsr_status status;

    TRY(first_thread(process, &thread));
    TRY(handle_open(&process->object, object_type_process.mapping.all, request->process_flags,
                    &handles.process));
    (void)object_ref(&process->object);
    status = handle_open(&thread->object, object_type_thread.mapping.all, request->thread_flags,
                         &handles.thread);
    if (tsr_failed(status)) {
        (void)handle_close(handles.process);
        return status;
    }
    (void)STEAL(thread);
    *ret_handles = handles;
    return TSR_OK;
}

tsr_status service_create_process(handle_t token, const struct process_request *request,
                                  struct process_handles *ret_handles)
{
    CLEANUP(other_process_unref) struct other_process *process = NULL;
    CLEANUP(program_deinit) struct program program = {.file = -1};
    struct launched launched;
    tsr_status status;

    TRY(program_init(token, request, &program));
    TRY(other_process_new(tsr_token_ref(program.token), &process));
    TRY(start(&program, request, &launched));
    other_process_begin(process, launched.id, launched.fd);
    status = open_handles(process, request, ret_handles);
    if (tsr_failed(status)) {
        (void)other_process_end(process, 0);
    }
    return status;
}
