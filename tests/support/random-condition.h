/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Random claims and conditions, of few names and few values, so that they meet
 *
 * A name has a type that its claims mostly are of, and that it is mostly compared with.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/sid.h>

#include "base/writer.h"
#include "sec/ref/ref-value.h"

#define RANDOM_CLAIMS_MAX 10

struct random_claims {
    struct ref_bytes list[RANDOM_CLAIMS_MAX]; /* bytes owned */
    size_t n;
};

/** Claims as a token holds them. */
void random_claims_init(struct random_claims *claims);
void random_claims_deinit(struct random_claims *claims);
struct ref_claims random_claims_list(const struct random_claims *claims);

/** A claim as resource attributes hold it: now and then malformed, or with a value twice. */
void random_put_attribute(struct writer *writer);

/** Change one byte, or one bit of it. */
void random_change(uint8_t *bytes, size_t size);

/** An actor: one of the few SIDs that users, groups, owners and ACEs are taken from. */
tsr_sid random_actor(void);

/**
 * A conditional expression, now and then malformed.
 *
 * @param of_resource  its attributes are the resource's, and it asks for no membership
 */
void random_put_condition(struct writer *writer, bool of_resource);
