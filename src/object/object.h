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
#include "base/shared.h"

struct object;

/* A packed descriptor in shared memory: objects that were made alike have the same one. */
struct object_sd {
    size_t size;
    uint8_t bytes[];
};

/** @param bytes  copied, valid. @return STATUS_NO_MEMORY */
tsr_status object_sd_new(const uint8_t *bytes, size_t size, struct object_sd **ret_sd);

/** Drop a reference; accepts NULL. @return NULL, always. */
static inline struct object_sd *object_sd_unref(struct object_sd *sd)
{
    return shared_unref(sd);
}

DEFINE_CLEANUP(__typeof__(struct object_sd *), object_sd_unref);

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
    struct object_sd *sd; /* owned reference; NULL: everybody may do everything */
};

/** Begin the life of an object with one reference. @param sd  its own reference is taken */
void object_init(struct object *object, const struct object_type *type, struct object_sd *sd);

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

/** Put another descriptor in place of the one there is. @param sd  its own reference is taken */
void object_set_sd(struct object *object, struct object_sd *sd);

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
