/* SPDX-License-Identifier: MIT */
/* Fuzz target: what NSS is asked for is a name, whatever the text is. NSS itself is not asked. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "linux/account-name.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_known(const struct account_query *query)
{
    require(sid_name_find(&query->known->sid) == query->known);
    require(!query->among_users && !query->among_groups);
}

static void check_name(const char *text, const struct account_query *query)
{
    const size_t size = strlen(text);

    require(query->name >= text && query->name < text + size);
    require(strlen(query->name) < TSR_ACCOUNT_NAME_MAX);
    require(query->among_users || query->among_groups);
    require(query->name == text || query->among_users != query->among_groups);
    require(query->name == text || query->name[-1] == '\\');
    for (const char *at = query->name; *at; at++) {
        require((unsigned char)*at >= 0x20 && *at != 0x7f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct account_query query = {0};
    char *text = malloc(size + 1);

    require(text != NULL);
    memcpy(text, bytes, size);
    text[size] = '\0';

    if (tsr_failed(account_query_of(text, &query))) {
        require(!query.known && !query.name);
    } else if (query.known) {
        check_known(&query);
    } else {
        check_name(text, &query);
    }
    free(text);
    return 0;
}
