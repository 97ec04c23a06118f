/* SPDX-License-Identifier: MIT */
/* Fuzz target: a map that parses leads from ids to SIDs and back, and never to root. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/sid.h>

#include "linux/map.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_id(const struct map *map, uint32_t id)
{
    const struct map_entry *members = NULL;
    size_t n_members = map_peek_members(map, id, &members);
    uint32_t back;
    tsr_sid sid;

    if (map_sid_of_uid(map, id, &sid)) {
        require(id != 0 && id != UINT32_MAX);
        require(map_uid_of_sid(map, &sid, &back) && back == id);
        require(!map_gid_of_sid(map, &sid, &back));
    }
    if (map_sid_of_gid(map, id, &sid)) {
        require(id != 0 && id != UINT32_MAX);
        require(map_gid_of_sid(map, &sid, &back) && back == id);
        require(!map_uid_of_sid(map, &sid, &back));
    }
    for (size_t i = 0; i < n_members; i++) {
        require(members[i].id == id && id != 0);
    }
    require(!map_is_guest(map, id) || (id != 0 && id != UINT32_MAX));
}

/* Every number in the text may be an id. */
static void check_numbers(const struct map *map, const uint8_t *bytes, size_t size)
{
    uint32_t number = 0;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] >= '0' && bytes[i] <= '9') {
            number = number * 10 + (bytes[i] - '0');
        } else {
            check_id(map, number);
            number = 0;
        }
    }
    check_id(map, number);
    check_id(map, 0);
    check_id(map, UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct map *map = NULL;
    size_t line = 0;
    const tsr_status status = map_parse((const char *)bytes, size, &map, &line);

    if (tsr_failed(status)) {
        require(map == NULL);
        require(status.code != STATUS_DATA_ERROR || (line >= 1 && line <= size + 1));
        return 0;
    }

    check_numbers(map, bytes, size);
    map_free(map);
    return 0;
}
