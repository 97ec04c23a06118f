/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Handles for tests of services: token.md 0.3, h(X, rights)
 */

#include "object/services.h"
#include "object/test-scene.h"

static inline handle_t h(tsr_token *take_token, uint32_t rights)
{
    struct token_object *object = object_of(take_token);
    handle_t handle = HANDLE_NONE;

    expect_ok(handle_open(&object->object, rights, 0, &handle));
    return handle;
}

/* The token behind a handle, as it is now. */
static inline tsr_token *behind(handle_t handle)
{
    struct token_object *object = NULL;
    tsr_token *token;

    expect_ok(token_by_handle(handle, 0, &object, NULL));
    token = token_object_get(object);
    (void)token_object_unref(object);
    return token;
}

static inline uint32_t rights_of(handle_t handle)
{
    struct object *object = NULL;
    uint32_t granted = 0;

    expect_ok(handle_reference(handle, NULL, 0, &object, &granted));
    (void)object_unref(object);
    return granted;
}

static inline tsr_token_statistics statistics_behind(handle_t handle)
{
    tsr_token *token = behind(handle);
    const tsr_token_statistics statistics = statistics_of(token);

    (void)tsr_token_unref(token);
    return statistics;
}

/* The descriptor of what a handle refers to, in SDDL; the caller frees it. */
static inline char *sddl_behind(handle_t handle, uint32_t information)
{
    uint8_t *bytes = NULL;
    char *text = NULL;
    size_t size = 0;
    tsr_sd sd;

    expect_ok(service_query_security(handle, information, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    expect_ok(tsr_sddl_format(&sd, information, NULL, &text));
    free(bytes);
    return text;
}

/* The thread's token, opened as the process, and what it tells. */
static inline tsr_token_statistics thread_statistics(void)
{
    tsr_token_statistics statistics;
    handle_t handle = HANDLE_NONE;

    expect_ok(service_open_thread_token(HANDLE_CURRENT_THREAD, TOKEN_QUERY, true, 0, &handle));
    statistics = statistics_behind(handle);
    expect_ok(handle_close(handle));
    return statistics;
}

#define LIMITED_SESSION UINT64_C(0x777002)

/* A pair as logging on makes it: the handle of one, in its session. */
static inline void log_on(handle_t *ret_full, handle_t *ret_limited)
{
    tsr_token *full = alice_elevated();
    tsr_token *limited = NULL;

    expect_ok(tsr_token_split(full, LIMITED_SESSION, &limited));
    *ret_full = h(tsr_token_ref(full), TOKEN_ALL_ACCESS);
    *ret_limited = h(tsr_token_ref(limited), TOKEN_ALL_ACCESS);
    expect_ok(tsr_session_link(LOGON_SESSION, limited));
    expect_ok(tsr_session_link(LIMITED_SESSION, full));
    (void)tsr_token_unref(full);
    (void)tsr_token_unref(limited);
}

static inline handle_t thread_handle(uint32_t rights)
{
    handle_t handle = HANDLE_NONE;

    expect_ok(handle_open(object_ref(&this_thread()->object), rights, 0, &handle));
    return handle;
}

static inline handle_t process_handle(uint32_t rights)
{
    handle_t handle = HANDLE_NONE;

    expect_ok(handle_open(process_object(), rights, 0, &handle));
    return handle;
}

/* Whether the gate lets the calling thread act as whoever it acts as. */
static inline bool is_let(void)
{
    CLEANUP(impersonation_deinit) struct impersonation impersonation = {0};
    CLEANUP(tsr_token_unref) tsr_token *process = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    struct thread *thread;

    if (tsr_failed(thread_get_current(&thread)) ||
        tsr_failed(token_for_query(HANDLE_PROCESS_TOKEN, TOKEN_QUERY, &process))) {
        return false;
    }
    thread_get_impersonation(thread, &impersonation);
    if (!impersonation.token) {
        return true;
    }
    token = token_object_get(impersonation.token);
    return gate_decide(process, token, impersonation.level) == GATE_ALLOW;
}
