/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where the current one of counted objects stands, read without a lock
 *
 * An object begins with its count, an atomic_size_t. The place is a pointer in the low 48 bits of
 * one word, above which readers are counted that are about to take a reference. Whoever puts
 * another object there hands each of them one; so a reader that finds the pointer changed has one
 * reference too many, and one that finds it there takes itself off the count.
 *
 * Readers are any number of threads at once, fewer than 65,536 of them in the middle of a read;
 * writers are one at a time, by a lock of theirs.
 */

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define PLACE_READER      (UINT64_C(1) << 48)
#define PLACE_POINTER     (PLACE_READER - 1)
#define PLACE_READERS_MAX ((size_t)1 << 16)

struct place {
    _Atomic uint64_t word;
};

static inline void *place_object_in(uint64_t word)
{
    return (void *)(uintptr_t)(word & PLACE_POINTER);
}

/** @param take_object  the place's reference; NULL: nothing is there */
static inline void place_init(struct place *place, void *take_object)
{
    atomic_init(&place->word, (uint64_t)(uintptr_t)take_object);
}

/** What is there, for a writer or where there are no others. @return borrowed from the place */
static inline void *place_peek(struct place *place)
{
    return place_object_in(atomic_load_explicit(&place->word, memory_order_acquire));
}

/**
 * What is there.
 *
 * @param ret_surplus  an object that the caller drops a reference to, or NULL
 * @return a new reference; NULL: nothing is there
 */
static inline void *place_get(struct place *place, void **ret_surplus)
{
    uint64_t word =
        atomic_fetch_add_explicit(&place->word, PLACE_READER, memory_order_acquire) + PLACE_READER;
    void *object = place_object_in(word);

    if (object) {
        (void)atomic_fetch_add_explicit((atomic_size_t *)object, 1, memory_order_relaxed);
    }
    *ret_surplus = NULL;
    while (place_object_in(word) == object) {
        if (atomic_compare_exchange_weak_explicit(&place->word, &word, word - PLACE_READER,
                                                  memory_order_release, memory_order_relaxed)) {
            return object;
        }
    }
    /* Replaced meanwhile: the reference that was handed over is one too many. */
    *ret_surplus = object;
    return object;
}

/**
 * Put another object in the place. One that was there before must not come back while somebody may
 * still be reading it.
 *
 * @param take_new  becomes the place's
 * @return what was there, with the place's reference; NULL: nothing was
 */
static inline void *place_replace(struct place *place, void *take_new)
{
    atomic_size_t *old = place_peek(place);
    uint64_t word;

    if (old) {
        /* More references than there can be readers, so that none of them drops the last. */
        (void)atomic_fetch_add_explicit(old, PLACE_READERS_MAX, memory_order_relaxed);
    }
    word =
        atomic_exchange_explicit(&place->word, (uint64_t)(uintptr_t)take_new, memory_order_acq_rel);
    if (old) {
        (void)atomic_fetch_sub_explicit(old, PLACE_READERS_MAX - (size_t)(word / PLACE_READER),
                                        memory_order_relaxed);
    }
    return old;
}
