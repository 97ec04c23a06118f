/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Descriptors that the program holds: where they come from, and how their entries read
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/descriptor.h>

#include "cli/problem.h"

/* Zero-initialise. */
struct descriptor {
    uint8_t *bytes; /* owned */
    tsr_sd sd;      /* view of @bytes */
};

void descriptor_deinit(struct descriptor *descriptor);

static inline void cleanup_descriptor_deinit(struct descriptor *descriptor)
{
    descriptor_deinit(descriptor);
}

/* All of these leave @ret_descriptor, which must be empty, alone when they refuse. */

/** Take self-relative bytes, also when they are refused. */
bool descriptor_take(uint8_t *take_bytes, size_t size, struct descriptor *ret_descriptor,
                     struct problem *ret_problem);

bool descriptor_of_sddl(const char *text, const tsr_sid *domain, struct descriptor *ret_descriptor,
                        struct problem *ret_problem);
bool descriptor_of_hex(const char *text, struct descriptor *ret_descriptor,
                       struct problem *ret_problem);

/** The self-relative bytes in a file. */
bool descriptor_of_content(const char *path, struct descriptor *ret_descriptor,
                           struct problem *ret_problem);

/* The parts of a descriptor are named by the letters O G D S L: owner, group, DACL, SACL, label. */

/** @param ret_information  …_SECURITY_INFORMATION bits; untouched on failure */
bool descriptor_parts(const char *letters, uint32_t *ret_information, struct problem *ret_problem);

#define DESCRIPTOR_LETTERS_MAX 6

void descriptor_letters(uint32_t information, char ret_letters[DESCRIPTOR_LETTERS_MAX]);

/** Read the parts of a file's descriptor, from the volume it is on or else as Samba stored it. */
bool descriptor_of_file(const char *path, uint32_t information, struct descriptor *ret_descriptor,
                        struct problem *ret_problem);

/** Replace the parts of a file's descriptor that @information names by those of @sd. */
bool descriptor_to_file(const char *path, uint32_t information, const tsr_sd *sd,
                        struct problem *ret_problem);

/** The ACE at this position. @return whether there is one */
bool descriptor_ace_at(const tsr_acl *acl, uint32_t index, tsr_ace *ret_ace);

/** An ACE as SDDL, or as hexadecimal bytes where it has none. @return owned by the caller; NULL: no
 * memory */
char *descriptor_ace_text(const tsr_ace *ace);
