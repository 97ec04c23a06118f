/* SPDX-License-Identifier: MIT */

#include "base/place.h"

#include <pthread.h>
#include <stdlib.h>

#include <support/expect.h>

#define N_READERS 4
#define N_ROUNDS  20000

struct thing {
    atomic_size_t n_references;
    int value;
};

static atomic_int n_things;

static struct thing *thing_new(int value)
{
    struct thing *thing = calloc(1, sizeof(*thing));

    assert_non_null(thing);
    thing->n_references = 1;
    thing->value = value;
    n_things++;
    return thing;
}

static void thing_unref(struct thing *thing)
{
    if (thing && atomic_fetch_sub(&thing->n_references, 1) == 1) {
        thing->value = -1;
        free(thing);
        n_things--;
    }
}

static struct thing *get(struct place *place)
{
    void *surplus = NULL;
    struct thing *thing = place_get(place, &surplus);

    thing_unref(surplus);
    return thing;
}

static void what_is_put_there_is_found_there(void **state)
{
    struct thing *first = thing_new(1);
    struct place place;
    struct thing *found;
    struct thing *old;

    (void)state;

    place_init(&place, first);
    found = get(&place);
    assert_ptr_equal(found, first);
    assert_int_equal(first->n_references, 2);
    old = place_replace(&place, thing_new(2));
    assert_ptr_equal(old, first);
    assert_int_equal(first->n_references, 2);
    thing_unref(old);
    thing_unref(found);
    found = get(&place);
    assert_int_equal(found->value, 2);
    thing_unref(found);
    thing_unref(place_peek(&place));
    assert_int_equal(n_things, 0);
}

static void nothing_is_there_until_something_is_put(void **state)
{
    struct place place;

    (void)state;

    place_init(&place, NULL);
    assert_null(get(&place));
    assert_null(place_replace(&place, thing_new(1)));
    thing_unref(get(&place));
    thing_unref(place_replace(&place, NULL));
    assert_null(get(&place));
    assert_int_equal(n_things, 0);
}

struct race {
    struct place place;
    atomic_bool is_over;
};

static void *read_on(void *context)
{
    struct race *race = context;
    intptr_t n_wrong = 0;

    while (!race->is_over) {
        struct thing *thing = get(&race->place);

        n_wrong += thing->value <= 0;
        thing_unref(thing);
    }
    return (void *)n_wrong;
}

static void readers_never_meet_what_has_gone(void **state)
{
    pthread_t readers[N_READERS];
    struct race race = {.is_over = false};
    void *n_wrong;

    (void)state;

    place_init(&race.place, thing_new(1));
    for (size_t i = 0; i < N_READERS; i++) {
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, &race), 0);
    }
    for (int i = 0; i < N_ROUNDS; i++) {
        thing_unref(place_replace(&race.place, thing_new(2 + i)));
    }
    race.is_over = true;
    for (size_t i = 0; i < N_READERS; i++) {
        assert_int_equal(pthread_join(readers[i], &n_wrong), 0);
        assert_null(n_wrong);
    }
    thing_unref(place_peek(&race.place));
    assert_int_equal(n_things, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_there_is_found_there),
        cmocka_unit_test(nothing_is_there_until_something_is_put),
        cmocka_unit_test(readers_never_meet_what_has_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
