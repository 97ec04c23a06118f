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
    tsr_session_routine *call;
    void *context;
};

/* Those who are told. A list never changes: another takes its place. */
struct routines {
    size_t n_references;
    size_t n;
    struct routine items[];
};

#define N_BUCKETS 1024

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct session *buckets[N_BUCKETS];
static struct routines *routines; /* NULL: nobody is told */

/* Those that always are: they are never counted. */
static bool is_permanent(uint64_t id)
{
    return id == SESSION_SYSTEM || id == SESSION_ANONYMOUS || id == SESSION_LOCAL_SERVICE ||
           id == SESSION_NETWORK_SERVICE;
}

/* Where a session is looked for: LUIDs are drawn or counted, and both spread by their low bits. */
static struct session **bucket_of(uint64_t id)
{
    return &buckets[(id ^ id >> 32) % N_BUCKETS];
}

/* With the lock: the link to a session; the one at the end if there is none. */
static struct session **link_to(uint64_t id)
{
    struct session **link = bucket_of(id);

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
    struct session *session = zeroed_new(sizeof(*session));

    if (session) {
        session->id = id;
        session->n_references = 1;
    }
    return session;
}

tsr_status tsr_session_new(uint64_t id)
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

tsr_status tsr_session_ref(uint64_t id)
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

/* With the lock. */
static struct routines *routines_ref(struct routines *list)
{
    if (list) {
        list->n_references++;
    }
    return list;
}

/* With the lock. */
static void routines_unref(struct routines *list)
{
    if (list && --list->n_references == 0) {
        free(list);
    }
}

/* Call those of a list that was referenced, without the lock. */
static void tell(struct routines *list, uint64_t id)
{
    for (size_t i = 0; i < list->n; i++) {
        list->items[i].call(list->items[i].context, id);
    }
    (void)pthread_mutex_lock(&lock);
    routines_unref(list);
    (void)pthread_mutex_unlock(&lock);
}

void tsr_session_unref(uint64_t id)
{
    CLEANUP(session_free) struct session *ended = NULL;
    struct routines *told = NULL;
    struct session **link;

    if (is_permanent(id)) {
        return;
    }
    (void)pthread_mutex_lock(&lock);
    link = link_to(id);
    if (*link && --(*link)->n_references == 0) {
        ended = *link;
        *link = ended->next;
        told = ended->marked ? routines_ref(routines) : NULL;
    }
    (void)pthread_mutex_unlock(&lock);
    if (told) {
        tell(told, id);
    }
}

tsr_status tsr_session_mark(uint64_t id)
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

tsr_status tsr_session_link(uint64_t id, tsr_token *linked)
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

/* With the lock: a list of the first @n of those who are told, with room for one more. */
static struct routines *routines_copy(size_t n)
{
    struct routines *copy = zeroed_new(sizeof(*copy) + (n + 1) * sizeof(copy->items[0]));

    if (copy) {
        copy->n_references = 1;
        copy->n = n;
        for (size_t i = 0; i < n; i++) {
            copy->items[i] = routines->items[i];
        }
    }
    return copy;
}

/* With the lock. */
static void routines_replace(struct routines *take_next)
{
    routines_unref(routines);
    routines = take_next;
}

/* With the lock. */
static tsr_status locked_add(tsr_session_routine *call, void *context)
{
    struct routines *const next = routines_copy(routines ? routines->n : 0);

    REQUIRE(next, STATUS_NO_MEMORY);
    next->items[next->n++] = (struct routine){call, context};
    routines_replace(next);
    return TSR_OK;
}

tsr_status tsr_session_add_routine(tsr_session_routine *routine, void *context)
{
    tsr_status status;

    REQUIRE(routine, STATUS_INVALID_PARAMETER);
    (void)pthread_mutex_lock(&lock);
    status = locked_add(routine, context);
    (void)pthread_mutex_unlock(&lock);
    return status;
}

/* With the lock: the place of a routine among those who are told; their number if it is not. */
static size_t place_of(tsr_session_routine *call, const void *context)
{
    size_t i = 0;

    while (i < routines->n &&
           (routines->items[i].call != call || routines->items[i].context != context)) {
        i++;
    }
    return i;
}

/* With the lock. */
static tsr_status locked_remove(tsr_session_routine *call, const void *context)
{
    const size_t place = routines ? place_of(call, context) : 0;
    struct routines *next;

    REQUIRE(routines && place < routines->n, STATUS_NOT_FOUND);
    next = routines_copy(routines->n);
    REQUIRE(next, STATUS_NO_MEMORY);
    next->n--;
    next->items[place] = next->items[next->n];
    routines_replace(next);
    return TSR_OK;
}

tsr_status tsr_session_remove_routine(tsr_session_routine *routine, void *context)
{
    tsr_status status;

    (void)pthread_mutex_lock(&lock);
    status = locked_remove(routine, context);
    (void)pthread_mutex_unlock(&lock);
    return status;
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
