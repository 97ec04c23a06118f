/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A process of ours for tests: whose it is, and what its threads do
 *
 * Sessions of the fixtures' tokens begin with the first token object and never end.
 */

#include <pthread.h>

#include <tessera/token-adjust.h>

#include "object/handle.h"
#include "object/impersonate.h"
#include "object/process.h"
#include "object/rights.h"
#include "object/session.h"
#include "token/test-fixtures.h"
#include "token/token.h"

#define BOB "S-1-5-21-1-2-3-1002"

/* A token object with a private descriptor, as threads and processes have. */
static inline struct token_object *object_of(tsr_token *take_token)
{
    struct token_object *object = NULL;

    expect_ok(token_object_new_private(take_token, take_token, true, &object));
    return object;
}

/* Let this process be somebody, in every test anew. */
static inline void be(tsr_token *take_token)
{
    static bool begun;
    struct token_object *object = object_of(take_token);

    if (process_init(object).code == STATUS_TOKEN_ALREADY_IN_USE) {
        expect_ok(process_assign(object));
    }
    if (!begun) {
        expect_ok(session_join(LOGON_SESSION));
    }
    begun = true;
    (void)token_object_unref(object);
}

static inline struct thread *this_thread(void)
{
    struct thread *thread = NULL;

    expect_ok(thread_get_current(&thread));
    return thread;
}

/* alice's twin: another user with the same groups. */
static inline tsr_token *bob(void)
{
    tsr_token_spec spec = alice_spec();

    spec.user = sid_of(BOB);
    return token_of_spec(&spec);
}

/* token.md 0.3, S: a service that may impersonate. */
static inline tsr_token *service(uint32_t impersonate_attributes)
{
    const tsr_privilege_state privileges[] = {
        {SE_IMPERSONATE_PRIVILEGE, impersonate_attributes},
        {SE_ASSIGNPRIMARYTOKEN_PRIVILEGE, 0},
        {SE_INCREASE_QUOTA_PRIVILEGE, 0},
    };
    tsr_token_spec spec = alice_spec();

    spec.user = sid_of("S-1-5-20");
    spec.privileges = privileges;
    spec.n_privileges = ARRAY_SIZE(privileges);
    spec.integrity = &(tsr_sid){16, 1, {TSR_INTEGRITY_SYSTEM}};
    return token_of_spec(&spec);
}

#define HELD (SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT)

/* alice with a privilege that is enabled. */
static inline tsr_token *alice_with(uint32_t luid)
{
    const tsr_privilege_state privileges[] = {
        {SE_CHANGE_NOTIFY_PRIVILEGE, HELD}, {SE_SHUTDOWN_PRIVILEGE, 0}, {luid, HELD}};
    tsr_token_spec spec = alice_spec();

    spec.privileges = privileges;
    spec.n_privileges = ARRAY_SIZE(privileges);
    spec.integrity = &fixture_high;
    return token_of_spec(&spec);
}

#define ENDED_SESSION UINT64_C(0x777004)

/* An impersonation token of bob's whose logon session has ended, so that no other can be made. */
static inline struct token_object *bob_of_an_ended_session(void)
{
    tsr_token_spec spec = alice_spec();
    struct token_object *object;

    spec.user = sid_of(BOB);
    spec.authentication_id = ENDED_SESSION;
    object = object_of(impersonating(token_of_spec(&spec), TSR_LEVEL_IMPERSONATION));
    token_object_leave_session(object);
    assert_int_equal(session_count(ENDED_SESSION), 0);
    return object;
}

static inline size_t n_references(const struct token_object *token)
{
    return token->object.n_references;
}

/* The calling thread impersonates @take_token, without asking the gate. */
static inline struct token_object *act_as(tsr_token *take_token, tsr_impersonation_level level)
{
    struct token_object *token = object_of(take_token);

    thread_swap_impersonation(
        this_thread(), (struct impersonation){.token = token_object_ref(token), .level = level},
        NULL);
    return token;
}
