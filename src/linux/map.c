/* SPDX-License-Identifier: MIT */
/* The map of the `files` provider: which uid and gid is which SID. */

#include "linux/map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/linux.h>

#include "base/fd.h"
#include "linux/file.h"

#define MAP_SIZE_MAX (16u << 20)

#define DOMAIN_USER_RID_GUEST 501

#define WORDS_MAX 3

struct table {
    struct map_entry *entries; /* owned; ascending by id, then by SID */
    size_t n_entries;
    size_t n_allocated;
    const struct map_entry **by_sid; /* owned; ascending by SID, then by id */
};

struct map {
    struct table users;
    struct table groups;
    struct table members;
    uid_t guest; /* 0: none */
    uint32_t guest_line;
    tsr_sid domain; /* authority 0: none */
};

/* A map while it is read. */
struct reader {
    struct map *map; /* borrowed */
    size_t line;
};

struct word {
    const char *text; /* borrowed; not terminated */
    size_t size;
};

static void table_deinit(struct table *table)
{
    free(table->entries);
    free(table->by_sid);
}

struct map *map_free(struct map *map)
{
    if (map) {
        table_deinit(&map->users);
        table_deinit(&map->groups);
        table_deinit(&map->members);
        free(map);
    }
    return NULL;
}

static tsr_status table_add(struct table *table, const struct map_entry *entry)
{
    struct map_entry *grown;

    if (table->n_entries == table->n_allocated) {
        const size_t n_wanted = table->n_allocated + table->n_allocated / 2 + 16;

        grown = reallocarray(table->entries, n_wanted, sizeof(*grown));
        REQUIRE(grown, STATUS_NO_MEMORY);
        table->entries = grown;
        table->n_allocated = n_wanted;
    }

    table->entries[table->n_entries++] = *entry;
    return TSR_OK;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_sids(const tsr_sid *a, const tsr_sid *b)
{
    int order = compare_numbers(a->authority, b->authority);

    if (order == 0) {
        order = compare_numbers(a->n_sub_authorities, b->n_sub_authorities);
    }
    for (size_t i = 0; order == 0 && i < a->n_sub_authorities; i++) {
        order = compare_numbers(a->sub_authorities[i], b->sub_authorities[i]);
    }
    return order;
}

static int compare_by_id(const void *a, const void *b)
{
    const struct map_entry *left = a;
    const struct map_entry *right = b;
    int order = compare_numbers(left->id, right->id);

    if (order == 0) {
        order = compare_sids(&left->sid, &right->sid);
    }
    return order != 0 ? order : compare_numbers(left->line, right->line);
}

static int compare_by_sid(const void *a, const void *b)
{
    const struct map_entry *left = *(const struct map_entry *const *)a;
    const struct map_entry *right = *(const struct map_entry *const *)b;
    const int order = compare_sids(&left->sid, &right->sid);

    return order != 0 ? order : compare_numbers(left->line, right->line);
}

static tsr_status table_sort(struct table *table)
{
    table->by_sid = array_new(table->n_entries, sizeof(*table->by_sid));
    REQUIRE(table->by_sid, STATUS_NO_MEMORY);
    if (table->n_entries == 0) {
        return TSR_OK;
    }

    qsort(table->entries, table->n_entries, sizeof(*table->entries), compare_by_id);
    for (size_t i = 0; i < table->n_entries; i++) {
        table->by_sid[i] = &table->entries[i];
    }
    qsort(table->by_sid, table->n_entries, sizeof(struct map_entry *), compare_by_sid);
    return TSR_OK;
}

/* The first entry whose id is not below @id. */
static size_t table_lower_bound(const struct table *table, uint32_t id)
{
    size_t low = 0;
    size_t high = table->n_entries;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (table->entries[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static const struct map_entry *table_find_id(const struct table *table, uint32_t id)
{
    const size_t i = table_lower_bound(table, id);

    return i < table->n_entries && table->entries[i].id == id ? &table->entries[i] : NULL;
}

static const struct map_entry *table_find_sid(const struct table *table, const tsr_sid *sid)
{
    size_t low = 0;
    size_t high = table->n_entries;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_sids(&table->by_sid[middle]->sid, sid);

        if (order == 0) {
            return table->by_sid[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static bool is_domain(const tsr_sid *sid)
{
    return sid->authority == 5 && sid->n_sub_authorities == 4 && sid->sub_authorities[0] == 21;
}

/*
 * SIDs that are an account's: of a domain or machine, a service's or LOCAL and NETWORK SERVICE, a
 * virtual account's, Azure AD's. Everything else is a meaning that nobody can be given by a map.
 */
static bool may_be_user(const tsr_sid *sid)
{
    const uint32_t first = sid->sub_authorities[0];

    if (sid->authority == 12) {
        return sid->n_sub_authorities == 5 && first == 1;
    }
    if (sid->authority != 5) {
        return false;
    }
    switch (first) {
    case 19:
    case 20:
        return sid->n_sub_authorities == 1;
    case 21:
        return sid->n_sub_authorities == 5;
    case 80:
    case 82:
    case 83:
        return sid->n_sub_authorities >= 3;
    default:
        return false;
    }
}

/*
 * A group may be any SID that is not the form of a Linux id, a stand-in (CREATOR OWNER, SELF), a
 * level of integrity or trust, or SYSTEM, ANONYMOUS and the service accounts, who are users.
 */
static bool may_be_group(const tsr_sid *sid)
{
    switch (sid->authority) {
    case 0:
    case 3:
    case 16:
    case 19:
    case 22:
        return false;
    case 5:
        break;
    default:
        return true;
    }
    switch (sid->sub_authorities[0]) {
    case 7:
    case 10:
    case 18:
    case 19:
    case 20:
    case 88:
        return false;
    default:
        return true;
    }
}

/* An id that can be mapped: not root, not the number that means none. */
static tsr_status parse_id(const struct word *word, uint32_t *ret_id)
{
    uint64_t id = 0;

    REQUIRE(word->size <= 10, STATUS_DATA_ERROR);
    for (size_t i = 0; i < word->size; i++) {
        REQUIRE(word->text[i] >= '0' && word->text[i] <= '9', STATUS_DATA_ERROR);
        id = id * 10 + (uint64_t)(word->text[i] - '0');
    }
    REQUIRE(id > 0 && id < UINT32_MAX, STATUS_DATA_ERROR);

    *ret_id = (uint32_t)id;
    return TSR_OK;
}

static tsr_status parse_sid(const struct word *word, tsr_sid *ret_sid)
{
    char text[TSR_SID_TEXT_MAX];

    REQUIRE(word->size < sizeof(text) && !memchr(word->text, '\0', word->size), STATUS_DATA_ERROR);
    memcpy(text, word->text, word->size);
    text[word->size] = '\0';
    REQUIRE(tsr_ok(tsr_sid_parse(text, ret_sid, NULL)), STATUS_DATA_ERROR);
    return TSR_OK;
}

static tsr_status parse_entry(const struct reader *reader, const struct word *arguments,
                              struct map_entry *ret_entry)
{
    struct map_entry entry = {.line = (uint32_t)reader->line};

    TRY(parse_id(&arguments[0], &entry.id));
    TRY(parse_sid(&arguments[1], &entry.sid));

    *ret_entry = entry;
    return TSR_OK;
}

static tsr_status read_user(struct reader *reader, const struct word *arguments)
{
    struct map_entry entry;

    TRY(parse_entry(reader, arguments, &entry));
    REQUIRE(may_be_user(&entry.sid), STATUS_DATA_ERROR);
    return table_add(&reader->map->users, &entry);
}

static tsr_status read_group(struct reader *reader, const struct word *arguments)
{
    struct map_entry entry;

    TRY(parse_entry(reader, arguments, &entry));
    REQUIRE(may_be_group(&entry.sid) && !tsr_gid_is_tag(entry.id), STATUS_DATA_ERROR);
    return table_add(&reader->map->groups, &entry);
}

static tsr_status read_member(struct reader *reader, const struct word *arguments)
{
    struct map_entry entry;

    TRY(parse_entry(reader, arguments, &entry));
    REQUIRE(may_be_group(&entry.sid), STATUS_DATA_ERROR);
    return table_add(&reader->map->members, &entry);
}

static tsr_status read_guest(struct reader *reader, const struct word *arguments)
{
    REQUIRE(reader->map->guest == 0, STATUS_DATA_ERROR);

    TRY(parse_id(&arguments[0], &reader->map->guest));
    reader->map->guest_line = (uint32_t)reader->line;
    return TSR_OK;
}

static tsr_status read_domain(struct reader *reader, const struct word *arguments)
{
    tsr_sid domain;

    REQUIRE(reader->map->domain.authority == 0, STATUS_DATA_ERROR);

    TRY(parse_sid(&arguments[0], &domain));
    REQUIRE(is_domain(&domain), STATUS_DATA_ERROR);
    reader->map->domain = domain;
    return TSR_OK;
}

static const struct {
    const char *word;
    size_t n_arguments;
    tsr_status (*read)(struct reader *reader, const struct word *arguments);
} kinds[] = {
    {"user", 2, read_user},   {"group", 2, read_group},   {"member", 2, read_member},
    {"guest", 1, read_guest}, {"domain", 1, read_domain},
};

static bool word_is(const struct word *word, const char *text)
{
    return word->size == strlen(text) && memcmp(word->text, text, word->size) == 0;
}

/* Split a line into words. @return how many there are; only the first WORDS_MAX are stored */
static size_t split(const char *text, size_t size, struct word words[WORDS_MAX])
{
    size_t n_words = 0;
    bool in_word = false;

    for (size_t i = 0; i < size && text[i] != '#'; i++) {
        if (text[i] == ' ' || text[i] == '\t') {
            in_word = false;
            continue;
        }
        if (!in_word) {
            in_word = true;
            n_words++;
            if (n_words <= WORDS_MAX) {
                words[n_words - 1] = (struct word){.text = &text[i], .size = 0};
            }
        }
        if (n_words <= WORDS_MAX) {
            words[n_words - 1].size++;
        }
    }
    return n_words;
}

static tsr_status read_line(struct reader *reader, const char *text, size_t size)
{
    struct word words[WORDS_MAX] = {0};
    const size_t n_words = split(text, size, words);

    if (n_words == 0) {
        return TSR_OK;
    }
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (word_is(&words[0], kinds[i].word)) {
            REQUIRE(n_words == kinds[i].n_arguments + 1, STATUS_DATA_ERROR);
            return kinds[i].read(reader, &words[1]);
        }
    }
    return tsr_status_of(STATUS_DATA_ERROR);
}

static tsr_status read_lines(struct reader *reader, const char *text, size_t size)
{
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        const size_t length = end ? (size_t)(end - text) : size;

        reader->line++;
        TRY(read_line(reader, text, length));
        text += end ? length + 1 : length;
        size -= end ? length + 1 : length;
    }
    return TSR_OK;
}

/* The line that names an id, or an id and SID, a second time; 0 if there is none. */
static uint32_t repeated_id(const struct table *table, bool with_sid)
{
    for (size_t i = 1; i < table->n_entries; i++) {
        const struct map_entry *entry = &table->entries[i];

        if (entry[-1].id == entry->id &&
            (!with_sid || compare_sids(&entry[-1].sid, &entry->sid) == 0)) {
            return entry[-1].line > entry->line ? entry[-1].line : entry->line;
        }
    }
    return 0;
}

/* The line that gives a SID to a second id; 0 if there is none. */
static uint32_t repeated_sid(const struct table *table)
{
    for (size_t i = 1; i < table->n_entries; i++) {
        if (compare_sids(&table->by_sid[i - 1]->sid, &table->by_sid[i]->sid) == 0) {
            return table->by_sid[i]->line;
        }
    }
    return 0;
}

/* The line that makes a group of what is a user's SID; 0 if there is none. */
static uint32_t user_as_group(const struct table *users, const struct table *groups)
{
    for (size_t i = 0; i < groups->n_entries; i++) {
        if (table_find_sid(users, &groups->entries[i].sid)) {
            return groups->entries[i].line;
        }
    }
    return 0;
}

static void guest_sid(const struct map *map, tsr_sid *ret_sid)
{
    *ret_sid = map->domain;
    ret_sid->sub_authorities[ret_sid->n_sub_authorities++] = DOMAIN_USER_RID_GUEST;
}

static bool has_guest_sid(const struct map *map)
{
    return map->guest != 0 && map->domain.authority != 0;
}

/* The line where the guest is also another account; 0 if it is not. */
static uint32_t ambiguous_guest(const struct map *map)
{
    tsr_sid guest;

    if (map->guest != 0 && table_find_id(&map->users, map->guest)) {
        return map->guest_line;
    }
    if (has_guest_sid(map)) {
        guest_sid(map, &guest);
        if (table_find_sid(&map->users, &guest) || table_find_sid(&map->groups, &guest) ||
            table_find_sid(&map->members, &guest)) {
            return map->guest_line;
        }
    }
    return 0;
}

static tsr_status map_finish(struct map *map, size_t *line)
{
    TRY(table_sort(&map->users));
    TRY(table_sort(&map->groups));
    TRY(table_sort(&map->members));

    const uint32_t wrong_lines[] = {
        repeated_id(&map->users, false),
        repeated_id(&map->groups, false),
        repeated_id(&map->members, true),
        repeated_sid(&map->users),
        repeated_sid(&map->groups),
        user_as_group(&map->users, &map->groups),
        user_as_group(&map->users, &map->members),
        ambiguous_guest(map),
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong_lines); i++) {
        *line = wrong_lines[i];
        REQUIRE(wrong_lines[i] == 0, STATUS_DATA_ERROR);
    }
    return TSR_OK;
}

static tsr_status map_read(struct reader *reader, const char *text, size_t size)
{
    TRY(read_lines(reader, text, size));
    return map_finish(reader->map, &reader->line);
}

tsr_status map_parse(const char *text, size_t size, struct map **ret_map, size_t *ret_line)
{
    CLEANUP(map_free) struct map *map = calloc(1, sizeof(*map));
    struct reader reader = {.map = map};
    tsr_status status;

    REQUIRE(map, STATUS_NO_MEMORY);

    status = map_read(&reader, text, size);
    if (status.code == STATUS_DATA_ERROR) {
        *ret_line = reader.line;
    }
    TRY(status);

    *ret_map = STEAL(map);
    return TSR_OK;
}

tsr_status map_load(const char *path, struct map **ret_map, size_t *ret_line)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(fd_close) int fd = -1;
    tsr_status status;
    size_t size;

    *ret_line = 0;
    /* Without O_NONBLOCK a FIFO in its place would hold us up for ever. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }
    REQUIRE(file_is_roots(fd, S_IFREG, NULL), STATUS_ACCESS_DENIED);
    status = file_read(fd, MAP_SIZE_MAX, &bytes, &size);
    REQUIRE(status.code != STATUS_FILE_TOO_LARGE, STATUS_DATA_ERROR);
    TRY(status);

    return map_parse((const char *)bytes, size, ret_map, ret_line);
}

bool map_sid_of_uid(const struct map *map, uid_t uid, tsr_sid *ret_sid)
{
    const struct map_entry *entry = map ? table_find_id(&map->users, uid) : NULL;

    if (entry) {
        *ret_sid = entry->sid;
        return true;
    }
    if (map_is_guest(map, uid) && has_guest_sid(map)) {
        guest_sid(map, ret_sid);
        return true;
    }
    return false;
}

bool map_sid_of_gid(const struct map *map, gid_t gid, tsr_sid *ret_sid)
{
    const struct map_entry *entry = map ? table_find_id(&map->groups, gid) : NULL;

    if (entry) {
        *ret_sid = entry->sid;
    }
    return entry != NULL;
}

bool map_uid_of_sid(const struct map *map, const tsr_sid *sid, uid_t *ret_uid)
{
    const struct map_entry *entry = map ? table_find_sid(&map->users, sid) : NULL;
    tsr_sid guest;

    if (entry) {
        *ret_uid = entry->id;
        return true;
    }
    if (map && has_guest_sid(map)) {
        guest_sid(map, &guest);
        if (compare_sids(&guest, sid) == 0) {
            *ret_uid = map->guest;
            return true;
        }
    }
    return false;
}

bool map_gid_of_sid(const struct map *map, const tsr_sid *sid, gid_t *ret_gid)
{
    const struct map_entry *entry = map ? table_find_sid(&map->groups, sid) : NULL;

    if (entry) {
        *ret_gid = entry->id;
    }
    return entry != NULL;
}

bool map_is_guest(const struct map *map, uid_t uid)
{
    return map && map->guest != 0 && map->guest == uid;
}

size_t map_peek_members(const struct map *map, uid_t uid, const struct map_entry **ret_members)
{
    size_t first;
    size_t end;

    if (!map) {
        return 0;
    }

    first = table_lower_bound(&map->members, uid);
    end = first;
    while (end < map->members.n_entries && map->members.entries[end].id == uid) {
        end++;
    }
    if (end > first) {
        *ret_members = &map->members.entries[first];
    }
    return end - first;
}
