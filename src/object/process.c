/* SPDX-License-Identifier: MIT */
/* The current process and its threads. */

#include "object/process.h"

#include <stdlib.h>
#include <unistd.h>

#include <tessera/token-adjust.h>

#include "object/default-token.h"
#include "object/other-process.h"
#include "token/token.h"

static void thread_free(struct object *object)
{
    struct thread *thread = thread_of(object);

    impersonation_deinit(&thread->impersonation);
    (void)other_process_unref(thread->process);
    (void)pthread_mutex_destroy(&thread->security);
    object_deinit(object);
    free(thread);
}

const struct object_type object_type_thread = {
    .name = "Thread",
    .mapping = {0x00020048, 0x00020437, 0x00121800, 0x001fffff},
    .valid_access = 0x001fffff,
    .free = thread_free,
};

const struct object_type object_type_process = {
    .name = "Process",
    .mapping = {0x00020410, 0x00020bea, 0x00121001, 0x001fffff},
    .valid_access = 0x001fffff,
    .free = other_process_free, /* Ours has a reference of its own, and never ends. */
};

static struct {
    pthread_mutex_t lock;
    struct object object;
    struct place token;     /* a holder of it; nothing until the first use */
    struct thread *threads; /* one reference each */
    pthread_key_t key;      /* tells when a thread ends; there as soon as the token is */
} process = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .object = {.n_references = 1, .type = &object_type_process, .lock = PTHREAD_MUTEX_INITIALIZER},
};

/* A token object may become the process's again, and a holder of it never does. */
struct holder {
    atomic_size_t n_references;
    struct token_object *token; /* owned */
};

static struct holder *holder_new(struct token_object *token)
{
    struct holder *holder = zeroed_new(sizeof(*holder));

    if (holder) {
        atomic_init(&holder->n_references, 1);
        holder->token = token_object_ref(token);
    }
    return holder;
}

static struct holder *holder_unref(struct holder *holder)
{
    if (holder && atomic_fetch_sub_explicit(&holder->n_references, 1, memory_order_acq_rel) == 1) {
        (void)token_object_unref(holder->token);
        free(holder);
    }
    return NULL;
}

DEFINE_CLEANUP(struct holder *, holder_unref);

static __thread struct thread *current_thread; /* borrowed from the list of threads */

/* A thread has ended: whoever holds its object keeps an object that does nothing any more. */
static void thread_ended(void *value)
{
    struct thread *thread = value;
    struct thread **link;

    current_thread = NULL;
    (void)pthread_mutex_lock(&process.lock);
    for (link = &process.threads; *link != thread; link = &(*link)->next) {
    }
    *link = thread->next;
    (void)pthread_mutex_unlock(&process.lock);
    thread_swap_impersonation(thread, (struct impersonation){.token = NULL}, NULL);
    (void)thread_unref(thread);
}

/* The descriptor of what belongs to a process with this token. */
static tsr_status own_sd(const struct object_type *type, struct token_object *object,
                         struct object_sd **ret_sd)
{
    CLEANUP(tsr_token_unref) tsr_token *token = token_object_get(object);

    return private_sd(type, token, token, ret_sd);
}

/* With the lock. */
static tsr_status locked_init(struct token_object *token, struct holder **holder)
{
    REQUIRE(!place_peek(&process.token), STATUS_TOKEN_ALREADY_IN_USE);
    REQUIRE(pthread_key_create(&process.key, thread_ended) == 0, STATUS_NO_MEMORY);
    atomic_store_explicit(&token->in_use, true, memory_order_relaxed);
    (void)place_replace(&process.token, STEAL(*holder));
    return TSR_OK;
}

tsr_status process_init(struct token_object *token)
{
    CLEANUP(holder_unref) struct holder *holder = holder_new(token);
    CLEANUP(object_sd_unref) struct object_sd *sd = NULL;
    tsr_status status;

    REQUIRE(holder, STATUS_NO_MEMORY);
    TRY(own_sd(&object_type_process, token, &sd));
    (void)pthread_mutex_lock(&process.lock);
    status = locked_init(token, &holder);
    if (tsr_ok(status)) {
        object_set_sd(&process.object, sd);
    }
    (void)pthread_mutex_unlock(&process.lock);
    return status;
}

/* The first use of a process that was not given a token; another thread may be the first. */
static tsr_status init_by_default(void)
{
    CLEANUP(token_object_unref) struct token_object *object = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    tsr_status status;

    TRY(default_token(getpid(), &token));
    TRY(token_object_new_private(tsr_token_ref(token), token, true, &object));
    status = process_init(object);
    REQUIRE(tsr_ok(status) || status.code == STATUS_TOKEN_ALREADY_IN_USE, status.code);
    return TSR_OK;
}

static struct token_object *token_if_any(void)
{
    CLEANUP(holder_unref) struct holder *holder = NULL;
    void *surplus;

    holder = place_get(&process.token, &surplus);
    (void)holder_unref(surplus);
    return holder ? token_object_ref(holder->token) : NULL;
}

tsr_status process_get_token(struct token_object **ret_token)
{
    struct token_object *token = token_if_any();

    if (!token) {
        TRY(init_by_default());
        token = token_if_any();
    }
    *ret_token = token;
    return TSR_OK;
}

static tsr_status is_equal(struct token_object *a, struct token_object *b, bool *ret_equal)
{
    CLEANUP(tsr_token_unref) tsr_token *token_a = token_object_get(a);
    CLEANUP(tsr_token_unref) tsr_token *token_b = token_object_get(b);

    return tsr_token_compare(token_a, token_b, ret_equal);
}

/* One step of a change: the session number of the process. */
static tsr_status take_session_id(void *context, tsr_token *old, tsr_token **ret_new)
{
    const uint32_t *session_id = context;

    return tsr_token_set_session_id(old, *session_id, TSR_PRIVILEGE_BIT(SE_TCB_PRIVILEGE), ret_new);
}

/* A token that comes into use by the process of @old. */
static tsr_status join_process(struct token_object *token, struct token_object *old)
{
    CLEANUP(tsr_token_unref) tsr_token *of_process = token_object_get(old);
    CLEANUP(tsr_token_unref) tsr_token *next = token_object_get(token);
    uint32_t session_id = of_process->state->session_id;

    if (next->state->session_id == session_id) {
        return TSR_OK;
    }
    return token_object_change(token, take_session_id, &session_id);
}

static tsr_status swap_token(struct token_object *token)
{
    CLEANUP(object_sd_unref) struct object_sd *sd = NULL;
    CLEANUP(holder_unref) struct holder *holder = NULL;

    TRY(own_sd(&object_type_process, token, &sd));
    holder = holder_new(token);
    REQUIRE(holder, STATUS_NO_MEMORY);
    (void)pthread_mutex_lock(&process.lock);
    holder = place_replace(&process.token, holder);
    object_set_sd(&process.object, sd);
    (void)pthread_mutex_unlock(&process.lock);
    atomic_store_explicit(&holder->token->in_use, false, memory_order_release);
    return TSR_OK;
}

/* A token that is marked as in use comes into it. */
static tsr_status put_in_place(struct token_object *token, struct token_object *old)
{
    TRY(join_process(token, old));
    return swap_token(token);
}

tsr_status process_assign(struct token_object *token)
{
    CLEANUP(token_object_unref) struct token_object *old = NULL;
    tsr_status status;
    bool equal;

    TRY(process_get_token(&old));
    if (old == token) {
        return TSR_OK;
    }
    if (atomic_exchange_explicit(&token->in_use, true, memory_order_acq_rel)) {
        TRY(is_equal(old, token, &equal));
        REQUIRE(equal, STATUS_TOKEN_ALREADY_IN_USE);
        return TSR_OK;
    }
    status = put_in_place(token, old);
    if (tsr_failed(status)) {
        atomic_store_explicit(&token->in_use, false, memory_order_release);
    }
    return status;
}

struct object *process_object(void)
{
    return object_ref(&process.object);
}

bool process_is_ours(const struct object *object)
{
    return object == &process.object;
}

tsr_status thread_new(pid_t id, struct token_object *token, struct thread **ret_thread)
{
    CLEANUP(object_sd_unref) struct object_sd *sd = NULL;
    struct thread *thread;

    TRY(own_sd(&object_type_thread, token, &sd));
    thread = zeroed_new(sizeof(*thread));
    REQUIRE(thread, STATUS_NO_MEMORY);
    object_init(&thread->object, &object_type_thread, sd);
    thread->id = id;
    (void)pthread_mutex_init(&thread->security, NULL);
    *ret_thread = thread;
    return TSR_OK;
}

/* The calling thread's first visit. */
static tsr_status thread_begin(struct thread **ret_thread)
{
    CLEANUP(token_object_unref) struct token_object *token = NULL;
    CLEANUP(thread_unref) struct thread *thread = NULL;

    TRY(process_get_token(&token));
    TRY(thread_new(gettid(), token, &thread));
    REQUIRE(pthread_setspecific(process.key, thread) == 0, STATUS_NO_MEMORY);
    (void)pthread_mutex_lock(&process.lock);
    thread->next = process.threads;
    process.threads = thread;
    (void)pthread_mutex_unlock(&process.lock);
    *ret_thread = STEAL(thread);
    return TSR_OK;
}

tsr_status thread_get_current(struct thread **ret_thread)
{
    if (!current_thread) {
        TRY(thread_begin(&current_thread));
    }
    *ret_thread = current_thread;
    return TSR_OK;
}

struct thread *thread_if_any(void)
{
    return current_thread;
}

struct thread *thread_find(pid_t id)
{
    struct thread *thread;

    (void)pthread_mutex_lock(&process.lock);
    thread = process.threads;
    while (thread && thread->id != id) {
        thread = thread->next;
    }
    if (thread) {
        (void)object_ref(&thread->object);
    }
    (void)pthread_mutex_unlock(&process.lock);
    return thread;
}

void thread_get_impersonation(struct thread *thread, struct impersonation *ret_impersonation)
{
    (void)pthread_mutex_lock(&thread->security);
    *ret_impersonation = thread->impersonation;
    if (ret_impersonation->token) {
        (void)token_object_ref(ret_impersonation->token);
    }
    (void)pthread_mutex_unlock(&thread->security);
}

void thread_swap_impersonation(struct thread *thread, struct impersonation take_new,
                               struct impersonation *ret_old)
{
    struct impersonation old;

    (void)pthread_mutex_lock(&thread->security);
    old = thread->impersonation;
    thread->impersonation = take_new;
    (void)pthread_mutex_unlock(&thread->security);
    if (ret_old) {
        *ret_old = old;
    } else {
        impersonation_deinit(&old);
    }
}

/* Whether two mean the same: a token may come back at another level. */
static bool is_same(const struct impersonation *a, const struct impersonation *b)
{
    return a->token == b->token && a->level == b->level && a->copy_on_open == b->copy_on_open &&
           a->effective_only == b->effective_only;
}

bool thread_replace_impersonation(struct thread *thread, const struct impersonation *expected,
                                  struct impersonation take_new)
{
    struct impersonation old = take_new;
    bool is_expected;

    (void)pthread_mutex_lock(&thread->security);
    is_expected = is_same(&thread->impersonation, expected);
    if (is_expected) {
        old = thread->impersonation;
        thread->impersonation = take_new;
    }
    (void)pthread_mutex_unlock(&thread->security);
    if (is_expected) {
        impersonation_deinit(&old);
    }
    return is_expected;
}
