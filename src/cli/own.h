/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Owners of public and foreign types, for CLEANUP()
 */

#include <stdio.h>

#include <jansson.h>

#include <tessera/descriptor.h>
#include <tessera/linux.h>
#include <tessera/token.h>

#include "base/check.h"

static inline void cleanup_tsr_token_unref(tsr_token **token)
{
    (void)tsr_token_unref(*token);
}

static inline void cleanup_tsr_resolver_free(tsr_resolver **resolver)
{
    (void)tsr_resolver_free(*resolver);
}

static inline void cleanup_tsr_identity_deinit(tsr_identity *identity)
{
    tsr_identity_deinit(identity);
}

static inline void cleanup_tsr_acl_builder_deinit(tsr_acl_builder *builder)
{
    tsr_acl_builder_deinit(builder);
}

static inline void cleanup_json_decref(json_t **json)
{
    json_decref(*json);
}

static inline void cleanup_fclose(FILE **file)
{
    if (*file) {
        (void)fclose(*file);
    }
}
