/* SPDX-License-Identifier: MIT */
/*
 * The handle table.
 *
 * A place is a state in one atomic word: the generation, whether it is open or being closed, and
 * how many threads are looking at it. Whoever looks pins it first; the last to let go of one that
 * is being closed drops the object. So an object that a thread sees in an open place stays until
 * that thread has taken a reference, and nobody waits.
 */

#include "object/handle.h"

#include <stdlib.h>

#define FIRST_CHUNK_LOG2 8
#define N_CHUNKS         (24 - FIRST_CHUNK_LOG2 + 1)

#define PIN        UINT64_C(1)
#define PINS       UINT64_C(0x3fffffff)
#define CLOSING    (UINT64_C(1) << 30)
#define OPEN       (UINT64_C(1) << 31)
#define GENERATION (UINT64_C(1) << 32)

struct place {
    _Atomic uint64_t state;
    struct object *object; /* owned while open or closing */
    uint32_t granted;
    _Atomic uint32_t flags;
    uint32_t next_free; /* place number + 1; 0: none */
};

/* Places come in chunks, each as large as all before it, which never move. */
static _Atomic(struct place *) chunks[N_CHUNKS];

_Static_assert(1u << (FIRST_CHUNK_LOG2 + N_CHUNKS - 1) == HANDLES_MAX, "chunks for all handles");

/* Free places form a queue, so that a number comes back as late as possible. */
static pthread_mutex_t free_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t first_free; /* place number + 1; 0: none */
static uint32_t last_free;
static uint32_t n_places;

/* Where a place is: its chunk, and how far into it. */
static uint32_t chunk_of(uint32_t number, uint32_t *ret_at)
{
    uint32_t high;

    if (number < (1u << FIRST_CHUNK_LOG2)) {
        *ret_at = number;
        return 0;
    }
    high = 31 - (uint32_t)__builtin_clz(number);
    *ret_at = number - (1u << high);
    return high - FIRST_CHUNK_LOG2 + 1;
}

static uint32_t chunk_size(uint32_t chunk)
{
    return 1u << (FIRST_CHUNK_LOG2 + (chunk == 0 ? 0 : chunk - 1));
}

/* The place of this number; NULL if there never was one. */
static struct place *place_at(uint32_t number)
{
    uint32_t at;
    uint32_t chunk;
    struct place *places;

    if (number >= HANDLES_MAX) {
        return NULL;
    }
    chunk = chunk_of(number, &at);
    places = atomic_load_explicit(&chunks[chunk], memory_order_acquire);
    return places ? &places[at] : NULL;
}

static handle_t handle_of(uint32_t number, uint64_t state)
{
    /* Number 0 is not NULL: handles begin at four. */
    return state >> 32 << 32 | (uint64_t)(number + 1) << 2;
}

/* The place a handle names; NULL if it cannot be one of ours. */
static struct place *place_of(handle_t handle, uint32_t *ret_number)
{
    const uint32_t low = (uint32_t)handle;

    if (low & 3) {
        return NULL;
    }
    /* That of NULL is the greatest there could be, and never was. */
    *ret_number = (low >> 2) - 1;
    return place_at(*ret_number);
}

/* With free_lock: append a place to the queue. */
static void queue_free(uint32_t number)
{
    place_at(number)->next_free = 0;
    if (last_free) {
        place_at(last_free - 1)->next_free = number + 1;
    } else {
        first_free = number + 1;
    }
    last_free = number + 1;
}

/* With free_lock: make one more chunk of places. */
static tsr_status grow(void)
{
    const uint32_t first = n_places;
    uint32_t at;
    uint32_t chunk;
    struct place *places;

    REQUIRE(first < HANDLES_MAX, STATUS_INSUFFICIENT_RESOURCES);
    chunk = chunk_of(first, &at);
    places = calloc(chunk_size(chunk), sizeof(*places));
    REQUIRE(places, STATUS_NO_MEMORY);
    atomic_store_explicit(&chunks[chunk], places, memory_order_release);
    n_places += chunk_size(chunk);
    for (uint32_t number = first; number < n_places; number++) {
        queue_free(number);
    }
    return TSR_OK;
}

/* Take a place off the queue. */
static tsr_status take_free(uint32_t *ret_number)
{
    tsr_status status = TSR_OK;

    (void)pthread_mutex_lock(&free_lock);
    if (!first_free) {
        status = grow();
    }
    if (tsr_ok(status)) {
        *ret_number = first_free - 1;
        first_free = place_at(*ret_number)->next_free;
        last_free = first_free ? last_free : 0;
    }
    (void)pthread_mutex_unlock(&free_lock);
    return status;
}

tsr_status handle_open(struct object *take_object, uint32_t granted, uint32_t flags,
                       handle_t *ret_handle)
{
    struct place *place;
    uint32_t number;
    uint64_t state;

    TRY(take_free(&number));
    place = place_at(number);
    place->object = take_object;
    place->granted = granted;
    atomic_store_explicit(&place->flags, flags, memory_order_relaxed);
    state = atomic_fetch_or_explicit(&place->state, OPEN, memory_order_release);
    *ret_handle = handle_of(number, state);
    return TSR_OK;
}

/* The last one out of a place that is being closed drops its object. */
static void place_release(struct place *place, uint32_t number)
{
    uint64_t state = atomic_load_explicit(&place->state, memory_order_acquire);
    struct object *object;

    while ((state & (CLOSING | PINS)) == CLOSING) {
        if (atomic_compare_exchange_weak_explicit(&place->state, &state, state & ~CLOSING,
                                                  memory_order_acq_rel, memory_order_acquire)) {
            /* The place is in nobody's reach until it is in the queue. */
            object = place->object;
            (void)pthread_mutex_lock(&free_lock);
            queue_free(number);
            (void)pthread_mutex_unlock(&free_lock);
            object_unref(object);
            return;
        }
    }
}

static void unpin(struct place *place, uint32_t number)
{
    const uint64_t state = atomic_fetch_sub_explicit(&place->state, PIN, memory_order_acq_rel);

    if ((state & (CLOSING | PINS)) == (CLOSING | PIN)) {
        place_release(place, number);
    }
}

/* Pin the place of a handle that is open; it must be unpinned. */
static tsr_status pin(handle_t handle, struct place **ret_place, uint32_t *ret_number)
{
    struct place *place = place_of(handle, ret_number);
    uint64_t state;

    REQUIRE(place, STATUS_INVALID_HANDLE);
    state = atomic_fetch_add_explicit(&place->state, PIN, memory_order_acquire);
    if (!(state & OPEN) || state >> 32 != handle >> 32) {
        unpin(place, *ret_number);
        return tsr_status_of(STATUS_INVALID_HANDLE);
    }
    *ret_place = place;
    return TSR_OK;
}

/* What a pinned place gives to whoever asks for this type and access. */
static tsr_status place_check(const struct place *place, const struct object_type *type,
                              uint32_t access)
{
    REQUIRE(!type || place->object->type == type, STATUS_OBJECT_TYPE_MISMATCH);
    REQUIRE((access & ~place->granted) == 0, STATUS_ACCESS_DENIED);
    return TSR_OK;
}

tsr_status handle_reference(handle_t handle, const struct object_type *type, uint32_t access,
                            struct object **ret_object, uint32_t *ret_granted)
{
    struct place *place;
    tsr_status status;
    uint32_t number;

    TRY(pin(handle, &place, &number));
    status = place_check(place, type, access);
    if (tsr_ok(status)) {
        *ret_object = object_ref(place->object);
        if (ret_granted) {
            *ret_granted = place->granted;
        }
    }
    unpin(place, number);
    return status;
}

/*
 * Turn a pinned place into one that is being closed. It is not used again before it is unpinned, so
 * only closing can have moved its generation on since.
 *
 * @return whether this call did it
 */
static bool begin_closing(struct place *place, handle_t handle)
{
    uint64_t state = atomic_load_explicit(&place->state, memory_order_relaxed);

    while (state >> 32 == handle >> 32) {
        const uint64_t closed = ((state & ~OPEN) | CLOSING) + GENERATION;

        if (atomic_compare_exchange_weak_explicit(&place->state, &state, closed,
                                                  memory_order_acq_rel, memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

tsr_status handle_close(handle_t handle)
{
    struct place *place;
    uint32_t number;
    bool closed;

    TRY(pin(handle, &place, &number));
    if (atomic_load_explicit(&place->flags, memory_order_relaxed) &
        HANDLE_FLAG_PROTECT_FROM_CLOSE) {
        unpin(place, number);
        return tsr_status_of(STATUS_HANDLE_NOT_CLOSABLE);
    }
    closed = begin_closing(place, handle);
    unpin(place, number);
    return closed ? TSR_OK : tsr_status_of(STATUS_INVALID_HANDLE);
}

tsr_status handle_get_flags(handle_t handle, uint32_t *ret_flags)
{
    struct place *place;
    uint32_t number;

    TRY(pin(handle, &place, &number));
    *ret_flags = atomic_load_explicit(&place->flags, memory_order_relaxed);
    unpin(place, number);
    return TSR_OK;
}

tsr_status handle_set_flags(handle_t handle, uint32_t mask, uint32_t flags)
{
    struct place *place;
    uint32_t number;
    uint32_t old;

    TRY(pin(handle, &place, &number));
    old = atomic_load_explicit(&place->flags, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&place->flags, &old,
                                                  (old & ~mask) | (flags & mask),
                                                  memory_order_relaxed, memory_order_relaxed)) {
    }
    unpin(place, number);
    return TSR_OK;
}
