/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Capsules: a question to the access check with the decision it got, to be asked again elsewhere
 *
 * A capsule is an object in the form of the access_check vectors, with a member "tessera_capsule";
 * any vector is one, too. It also holds the names of its SIDs, and of its object, where they are
 * known.
 */

#include <jansson.h>

#include "cli/question-json.h"

#define CAPSULE_VERSION 1

/**
 * The capsule of a question, with the names that this machine knows.
 *
 * @param object  what it is about; NULL: nothing that has a name
 * @return owned by the caller; NULL: the question cannot be written
 */
json_t *capsule_of(const struct question *question, const char *object);

/** Read a file that holds one. It must be of our version, if of any. @param ret_capsule  owned by
 * the caller */
bool capsule_read(const char *path, json_t **ret_capsule, struct problem *ret_problem);

/** Check what is not part of the question: version, names, object, and the form of the decision. */
bool capsule_check(const json_t *capsule, struct problem *ret_problem);

/** Write it to a file, which is replaced. */
bool capsule_write(const json_t *capsule, const char *path, struct problem *ret_problem);

/** Record a decision. */
void capsule_record(json_t *capsule, const tsr_access_result *result,
                    const tsr_access_request *request);

/**
 * Compare a decision with the recorded one, if any; what is not recorded is not compared.
 *
 * @param ret_difference  what differs
 */
bool capsule_agrees(const json_t *capsule, const tsr_access_result *result,
                    const tsr_access_request *request, struct problem *ret_difference);

/** A token as capsules have it: with all its privileges, without what is of one run. */
json_t *capsule_token(const tsr_token *token);

/** Bytes in hexadecimal. */
json_t *capsule_hex(const uint8_t *bytes, size_t size);
