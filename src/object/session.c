/* SPDX-License-Identifier: MIT */
/* Logon sessions. */

#include "object/session.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/check.h"
#include "token/token.h"

struct session {
    uint64_t id;
    size_t n_references;
    bool marked;       /* routines are told when it ends */
    tsr_token *linked; /* owned; NULL: not one of a pair */
    struct session *next;
};

struct routine {
    session_routine *call;
    struct routine *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct session *sessions;
static struct routine *routines;

/* Those that always are: they are never counted. */
static bool is_permanent(uint64_t id)
{
    return id == SESSION_SYSTEM || id == SESSION_ANONYMOUS || id == SESSION_LOCAL_SERVICE ||
           id == SESSION_NETWORK_SERVICE;
}

/* With the lock: the link to a session; the one at the end if there is none. */
static struct session **link_to(uint64_t id)
{
    struct session **link = &sessions;

    while (*link && (*link)->id != id) {
        link = &(*link)->next;
    }
    return link;
}

static struct session *session_free(struct session *session)
{
    if (session) {
        (void)tsr_token_unref(session->linked);
        free(session);
    }
    return NULL;
}

DEFINE_CLEANUP(struct session *, session_free);

/* A session that is in nobody's reach yet, with one reference. */
static struct session *session_alloc(uint64_t id)
{
    struct session *session = calloc(1, sizeof(*session));

    if (session) {
        session->id = id;
        session->n_references = 1;
    }
    return session;
}

tsr_status session_new(uint64_t id)
{
    CLEANUP(session_free) struct session *session = session_alloc(id);
    struct session **link;

    REQUIRE(session, STATUS_NO_MEMORY);
    (void)pthread_mutex_lock(&lock);
    link = link_to(id);
    if (!*link && !is_permanent(id)) {
        *link = STEAL(session);
    }
    (void)pthread_mutex_unlock(&lock);
    REQUIRE(!session, STATUS_LOGON_SESSION_EXISTS);
    return TSR_OK;
}

tsr_status session_ref(uint64_t id)
{
    struct session *session;

    if (is_permanent(id)) {
        return TSR_OK;
    }
    (void)pthread_mutex_lock(&lock);
    session = *link_to(id);
    if (session) {
        session->n_references++;
    }
    (void)pthread_mutex_unlock(&lock);
    REQUIRE(session, STATUS_NO_SUCH_LOGON_SESSION);
    return TSR_OK;
}

tsr_status session_join(uint64_t id)
{
    CLEANUP(session_free) struct session *session = session_alloc(id);
    struct session **link;

    REQUIRE(session, STATUS_NO_MEMORY);
    if (is_permanent(id)) {
        return TSR_OK;
    }
    (void)pthread_mutex_lock(&lock);
    link = link_to(id);
    if (*link) {
        (*link)->n_references++;
    } else {
        *link = STEAL(session);
    }
    (void)pthread_mutex_unlock(&lock);
    return TSR_OK;
}

/* With the lock: a copy of the routines, for calling them without. */
static session_routine **routines_copy(size_t *ret_n)
{
    session_routine **copy;
    size_t n = 0;

    for (struct routine *routine = routines; routine; routine = routine->next) {
        n++;
    }
    copy = array_new(n, sizeof(session_routine *));
    *ret_n = copy ? n : 0;
    n = 0;
    for (struct routine *routine = routines; copy && routine; routine = routine->next) {
        copy[n++] = routine->call;
    }
    return copy;
}

void session_unref(uint64_t id)
{
    CLEANUP(session_free) struct session *ended = NULL;
    CLEANUP(free) session_routine **told = NULL;
    struct session **link;
    size_t n_told = 0;

    if (is_permanent(id)) {
        return;
    }
    (void)pthread_mutex_lock(&lock);
    link = link_to(id);
    if (*link && --(*link)->n_references == 0) {
        ended = *link;
        *link = ended->next;
        told = ended->marked ? routines_copy(&n_told) : NULL;
    }
    (void)pthread_mutex_unlock(&lock);
    for (size_t i = 0; i < n_told; i++) {
        told[i](id);
    }
}

tsr_status session_mark(uint64_t id)
{
    struct session *session;

    (void)pthread_mutex_lock(&lock);
    session = *link_to(id);
    if (session) {
        session->marked = true;
    }
    (void)pthread_mutex_unlock(&lock);
    REQUIRE(session || is_permanent(id), STATUS_NOT_FOUND);
    return TSR_OK;
}

tsr_status session_set_linked(uint64_t id, tsr_token *linked)
{
    CLEANUP(tsr_token_unref) tsr_token *old = NULL;
    struct session *session;

    (void)pthread_mutex_lock(&lock);
    session = *link_to(id);
    if (session) {
        old = session->linked;
        session->linked = tsr_token_ref(linked);
    }
    (void)pthread_mutex_unlock(&lock);
    REQUIRE(session, STATUS_NO_SUCH_LOGON_SESSION);
    return TSR_OK;
}

tsr_status session_get_linked(uint64_t id, tsr_token **ret_linked)
{
    tsr_token *linked = NULL;
    struct session *session;

    (void)pthread_mutex_lock(&lock);
    session = *link_to(id);
    if (session) {
        linked = tsr_token_ref(session->linked);
    }
    (void)pthread_mutex_unlock(&lock);
    REQUIRE(linked, STATUS_NO_SUCH_LOGON_SESSION);
    *ret_linked = linked;
    return TSR_OK;
}

tsr_status session_add_routine(session_routine *routine)
{
    struct routine *added;

    REQUIRE(routine, STATUS_INVALID_PARAMETER);
    added = calloc(1, sizeof(*added));
    REQUIRE(added, STATUS_NO_MEMORY);
    added->call = routine;
    (void)pthread_mutex_lock(&lock);
    added->next = routines;
    routines = added;
    (void)pthread_mutex_unlock(&lock);
    return TSR_OK;
}

tsr_status session_remove_routine(session_routine *routine)
{
    struct routine **link;
    struct routine *removed;

    (void)pthread_mutex_lock(&lock);
    link = &routines;
    while (*link && (*link)->call != routine) {
        link = &(*link)->next;
    }
    removed = *link;
    if (removed) {
        *link = removed->next;
    }
    (void)pthread_mutex_unlock(&lock);
    REQUIRE(removed, STATUS_NOT_FOUND);
    free(removed);
    return TSR_OK;
}

size_t session_count(uint64_t id)
{
    struct session *session;
    size_t n;

    (void)pthread_mutex_lock(&lock);
    session = *link_to(id);
    n = session ? session->n_references : 0;
    (void)pthread_mutex_unlock(&lock);
    return n;
}
