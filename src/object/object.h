/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Objects that handles refer to
 *
 * An object is counted by whoever holds it: handles, processes, threads, contexts. It has one type
 * and a security descriptor of its own, which decides who may open it.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include <tessera/access.h>
#include <tessera/assign.h>
#include <tessera/descriptor.h>
#include <tessera/token.h>

#include "base/check.h"

struct object;

struct object_type {
    const char *name;
    tsr_generic_mapping mapping;
    uint32_t valid_access;
    /* Free what the object is the first member of; the last reference is gone. */
    void (*free)(struct object *object);
};

struct object {
    atomic_size_t n_references;
    const struct object_type *type;
    pthread_mutex_t lock; /* of the descriptor */
    uint8_t *sd;          /* owned, packed; NULL: everybody may do everything */
    size_t sd_size;
};

/** Begin the life of an object with one reference. @param take_sd  becomes the object's */
void object_init(struct object *object, const struct object_type *type, uint8_t *take_sd,
                 size_t sd_size);

/** End it; for the type's own free(). */
void object_deinit(struct object *object);

/** Take a reference. @return @object */
struct object *object_ref(struct object *object);

/** Drop a reference; accepts NULL. @return NULL, always. */
struct object *object_unref(struct object *object);

DEFINE_CLEANUP(__typeof__(struct object *), object_unref);

/**
 * Judge who opens an object (token.md 3.3): the generic bits of @desired are mapped.
 *
 * @param ret_granted  untouched on failure
 * @return STATUS_ACCESS_DENIED also for desiring nothing; STATUS_PRIVILEGE_NOT_HELD,
 *         STATUS_BAD_IMPERSONATION_LEVEL
 */
tsr_status object_check(struct object *object, const tsr_token *opener, uint32_t desired,
                        uint32_t *ret_granted);

/** The parts of the descriptor that @information names. @param ret_sd  owned by the caller */
tsr_status object_select_sd(struct object *object, uint32_t information, uint8_t **ret_sd,
                            size_t *ret_size);

/**
 * Replace parts of the descriptor, as tsr_sd_change_object() does for @token; nobody else changes
 * it meanwhile.
 */
tsr_status object_change_sd(struct object *object, const tsr_token *token,
                            const tsr_change_request *request);

/* What Windows says of its object types (token.md 1.2, recorded by Wine's tests). */
extern const struct object_type object_type_token;
extern const struct object_type object_type_process;
extern const struct object_type object_type_thread;
