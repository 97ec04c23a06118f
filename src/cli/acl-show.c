/* SPDX-License-Identifier: MIT */
/* `tessera acl show`: descriptors as a table, SDDL or JSON. */

#include <stdio.h>
#include <string.h>

#include <tessera/sddl.h>

#include "base/writer.h"
#include "cli/acl.h"
#include "cli/cli.h"
#include "cli/descriptor.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/rights.h"
#include "cli/sids.h"

struct show_options {
    bool sddl;
    bool json;
    bool table;
    const char *parts;
};

#define AT(member_) offsetof(struct show_options, member_)

static const struct option options[] = {
    {"table", NULL, "one line for each entry; the default", OPTION_SWITCH, AT(table)},
    {"sddl", NULL, "as SDDL", OPTION_SWITCH, AT(sddl)},
    {"json", NULL, "as one JSON object for each file", OPTION_SWITCH, AT(json)},
    {"parts", "OGDSL", "owner, group, DACL, SACL, label; default: OGDL", OPTION_TEXT, AT(parts)},
};

static const struct syntax syntax = {
    .command = "acl show",
    .synopsis = "[OPTION]... FILE...",
    .purpose =
        "Show the security descriptors of files: through the Tessera volume they are on, or\n"
        "else as Samba stored them in security.NTACL.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes = "Exit status:\n"
             "  0  shown\n"
             "  1  a file has no descriptor, or may not be read\n"
             "  2  the command line was not understood\n",
};

/* Letters of inheritance, spelled out where they are rare. */
static const struct {
    uint8_t flags;
    const char *text;
} inheritance_words[] = {
    {0, "this only"},
    {CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE, "this, folders, files"},
    {CONTAINER_INHERIT_ACE, "this, folders"},
    {OBJECT_INHERIT_ACE, "this, files"},
    {CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE, "folders, files"},
    {CONTAINER_INHERIT_ACE | INHERIT_ONLY_ACE, "folders"},
    {OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE, "files"},
    {INHERIT_ONLY_ACE, "nothing"},
};

static const char *const type_words[] = {
    [ACCESS_ALLOWED_ACE_TYPE] = "allow",
    [ACCESS_DENIED_ACE_TYPE] = "deny",
    [SYSTEM_AUDIT_ACE_TYPE] = "audit",
    [SYSTEM_ALARM_ACE_TYPE] = "alarm",
    [ACCESS_ALLOWED_COMPOUND_ACE_TYPE] = "allow (compound)",
    [ACCESS_ALLOWED_OBJECT_ACE_TYPE] = "allow (object)",
    [ACCESS_DENIED_OBJECT_ACE_TYPE] = "deny (object)",
    [SYSTEM_AUDIT_OBJECT_ACE_TYPE] = "audit (object)",
    [ACCESS_ALLOWED_CALLBACK_ACE_TYPE] = "allow (condition)",
    [ACCESS_DENIED_CALLBACK_ACE_TYPE] = "deny (condition)",
    [SYSTEM_AUDIT_CALLBACK_ACE_TYPE] = "audit (condition)",
    [SYSTEM_MANDATORY_LABEL_ACE_TYPE] = "label",
    [SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE] = "attribute",
    [SYSTEM_SCOPED_POLICY_ID_ACE_TYPE] = "policy",
    [SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE] = "trust label",
    [SYSTEM_ACCESS_FILTER_ACE_TYPE] = "filter",
};

#define INHERITANCE_FLAGS (CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE)

static const char *inheritance_of(const tsr_ace *ace)
{
    for (size_t i = 0; i < ARRAY_SIZE(inheritance_words); i++) {
        if (inheritance_words[i].flags == (ace->flags & INHERITANCE_FLAGS)) {
            return inheritance_words[i].text;
        }
    }
    return "";
}

static void write_type(struct writer *writer, const tsr_ace *ace)
{
    if (ace->type < ARRAY_SIZE(type_words) && type_words[ace->type]) {
        writer_text(writer, type_words[ace->type]);
        return;
    }
    writer_format(writer, "type 0x%02x", ace->type);
}

static void write_word(struct writer *writer, bool wanted, const char *word)
{
    if (wanted) {
        writer_format(writer, "%s%s", writer->size > 0 ? ", " : "", word);
    }
}

static void write_flags(struct writer *writer, const tsr_ace *ace)
{
    const bool is_filter = ace->type == SYSTEM_ACCESS_FILTER_ACE_TYPE;

    write_word(writer, ace->flags & INHERITED_ACE, "inherited");
    write_word(writer, ace->flags & NO_PROPAGATE_INHERIT_ACE, "one level");
    write_word(writer, ace->flags & CRITICAL_ACE_FLAG, "critical");
    write_word(writer, !is_filter && ace->flags & SUCCESSFUL_ACCESS_ACE_FLAG, "successes");
    write_word(writer, is_filter && ace->flags & TRUST_PROTECTED_FILTER_ACE_FLAG, "trusted");
    write_word(writer, ace->flags & FAILED_ACCESS_ACE_FLAG, "failures");
    write_word(writer, ace->object_type != NULL, "object type");
    write_word(writer, ace->inherited_object_type != NULL, "inherited type");
    if (writer->size == 0) {
        writer_text(writer, "-");
    }
}

static void write_rights(struct writer *writer, const tsr_ace *ace)
{
    if (ace->type != SYSTEM_MANDATORY_LABEL_ACE_TYPE) {
        rights_write_words(writer, ace->mask);
        return;
    }
    write_word(writer, ace->mask & SYSTEM_MANDATORY_LABEL_NO_WRITE_UP, "no write up");
    write_word(writer, ace->mask & SYSTEM_MANDATORY_LABEL_NO_READ_UP, "no read up");
    write_word(writer, ace->mask & SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP, "no execute up");
    if (writer->size == 0) {
        writer_text(writer, "none");
    }
}

static void name_encoded(const uint8_t *encoded, char ret_name[SIDS_NAME_MAX])
{
    tsr_sid sid;

    if (!encoded ||
        tsr_failed(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), &sid, NULL))) {
        (void)snprintf(ret_name, SIDS_NAME_MAX, "-");
        return;
    }
    sids_name(&sid, ret_name);
}

enum column {
    COLUMN_TYPE,
    COLUMN_WHO,
    COLUMN_RIGHTS,
    COLUMN_INHERITANCE,
    COLUMN_FLAGS,
    N_COLUMNS,
};

struct row {
    char *cells[N_COLUMNS]; /* owned */
};

/* A table under construction: rows are kept until the widths are known. */
struct table {
    struct row *rows; /* owned */
    size_t n_rows;
    int widths[N_COLUMNS];
};

static void cleanup_table_deinit(struct table *table)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        for (size_t column = 0; column < N_COLUMNS; column++) {
            free(table->rows[i].cells[column]);
        }
    }
    free(table->rows);
}

static bool table_put(struct table *table, struct row *row, enum column column,
                      struct writer *writer)
{
    if (tsr_failed(writer_finish_text(writer, &row->cells[column]))) {
        return false;
    }
    if ((int)strlen(row->cells[column]) > table->widths[column]) {
        table->widths[column] = (int)strlen(row->cells[column]);
    }
    return true;
}

static bool table_add(struct table *table, const tsr_ace *ace)
{
    struct row *const row = &table->rows[table->n_rows++];
    struct writer writers[N_COLUMNS] = {0};
    char name[SIDS_NAME_MAX];
    bool good = true;

    name_encoded(ace->sid, name);
    write_type(&writers[COLUMN_TYPE], ace);
    writer_text(&writers[COLUMN_WHO], name);
    write_rights(&writers[COLUMN_RIGHTS], ace);
    writer_text(&writers[COLUMN_INHERITANCE], inheritance_of(ace));
    write_flags(&writers[COLUMN_FLAGS], ace);
    for (size_t column = 0; column < N_COLUMNS; column++) {
        good = table_put(table, row, (enum column)column, &writers[column]) && good;
        writer_deinit(&writers[column]);
    }
    return good;
}

static void table_print(const struct table *table)
{
    static const char *const titles[] = {"TYPE", "WHO", "RIGHTS", "APPLIES TO", "FLAGS"};
    int widths[N_COLUMNS];

    for (size_t column = 0; column < N_COLUMNS; column++) {
        const int title_width = (int)strlen(titles[column]);

        widths[column] = table->widths[column] > title_width ? table->widths[column] : title_width;
    }
    (void)printf("  %-*s  %-*s  %-*s  %-*s  %s\n", widths[0], titles[0], widths[1], titles[1],
                 widths[2], titles[2], widths[3], titles[3], titles[4]);
    for (size_t i = 0; i < table->n_rows; i++) {
        char *const *const cells = table->rows[i].cells;

        (void)printf("  %-*s  %-*s  %-*s  %-*s  %s\n", widths[0], cells[0], widths[1], cells[1],
                     widths[2], cells[2], widths[3], cells[3], cells[4]);
    }
}

static bool print_acl(const char *title, bool is_protected, const tsr_acl *acl)
{
    CLEANUP(table_deinit) struct table table = {0};
    const char *const note = is_protected ? " (protected: inherits nothing)" : "";
    size_t offset = 0;
    tsr_ace ace;

    if (!acl->bytes) {
        (void)printf("%s: null: grants everything to everyone\n", title);
        return true;
    }
    (void)printf("%s%s%s\n", title, note, acl->n_aces == 0 ? ": empty: grants nothing" : ":");
    if (acl->n_aces == 0) {
        return true;
    }
    table.rows = array_new(acl->n_aces, sizeof(*table.rows));
    if (!table.rows) {
        return false;
    }
    while (tsr_acl_next(acl, &offset, &ace)) {
        if (!table_add(&table, &ace)) {
            return false;
        }
    }
    table_print(&table);
    return true;
}

static bool print_table(const char *path, const tsr_sd *sd)
{
    char name[SIDS_NAME_MAX];

    (void)printf("%s\n", path);
    if (sd->owner) {
        name_encoded(sd->owner, name);
        (void)printf("owner: %s\n", name);
    }
    if (sd->group) {
        name_encoded(sd->group, name);
        (void)printf("group: %s\n", name);
    }
    return (!sd->has_dacl || print_acl("DACL", sd->control & SE_DACL_PROTECTED, &sd->dacl)) &&
           (!sd->sacl.bytes || print_acl("SACL", sd->control & SE_SACL_PROTECTED, &sd->sacl));
}

static bool print_sddl(const char *path, const tsr_sd *sd)
{
    CLEANUP(free) char *text = NULL;
    const tsr_status status = tsr_sddl_format(sd, 0x7f, NULL, &text);

    if (tsr_failed(status)) {
        message_status(status, "%s: cannot be printed as SDDL; try --table", path);
        return false;
    }
    (void)printf("%s\n", text);
    return true;
}

static json_t *sid_to_json(const uint8_t *encoded)
{
    char text[TSR_SID_TEXT_MAX];
    tsr_sid sid;

    if (!encoded ||
        tsr_failed(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), &sid, NULL))) {
        return json_null();
    }
    tsr_sid_format(&sid, text);
    return json_string(text);
}

static json_t *written_to_json(void (*write)(struct writer *, const tsr_ace *), const tsr_ace *ace)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *text = NULL;

    write(&writer, ace);
    return tsr_ok(writer_finish_text(&writer, &text)) ? json_string(text) : NULL;
}

static json_t *ace_to_json(const tsr_ace *ace)
{
    CLEANUP(free) char *text = descriptor_ace_text(ace);
    char name[SIDS_NAME_MAX];
    json_t *const json = json_object();

    name_encoded(ace->sid, name);
    (void)json_object_set_new(json, "type", written_to_json(write_type, ace));
    (void)json_object_set_new(json, "sid", sid_to_json(ace->sid));
    (void)json_object_set_new(json, "name", json_string(name));
    (void)json_object_set_new(json, "mask", json_sprintf("0x%08x", ace->mask));
    (void)json_object_set_new(json, "rights", written_to_json(write_rights, ace));
    (void)json_object_set_new(json, "flags", json_sprintf("0x%02x", ace->flags));
    (void)json_object_set_new(json, "inherited", json_boolean(ace->flags & INHERITED_ACE));
    (void)json_object_set_new(json, "ace", text ? json_string(text) : json_null());
    return json;
}

static json_t *acl_to_json(const tsr_acl *acl)
{
    json_t *const array = json_array();
    size_t offset = 0;
    tsr_ace ace;

    if (!acl->bytes) {
        json_decref(array);
        return json_null();
    }
    while (tsr_acl_next(acl, &offset, &ace)) {
        (void)json_array_append_new(array, ace_to_json(&ace));
    }
    return array;
}

static bool print_json(const char *path, const tsr_sd *sd)
{
    CLEANUP(json_decref) json_t *json = json_object();
    CLEANUP(free) char *text = NULL;

    (void)json_object_set_new(json, "file", json_string(path));
    if (tsr_ok(tsr_sddl_format(sd, 0x7f, NULL, &text))) {
        (void)json_object_set_new(json, "sddl", json_string(text));
    }
    (void)json_object_set_new(json, "control", json_sprintf("0x%04x", sd->control));
    (void)json_object_set_new(json, "owner", sid_to_json(sd->owner));
    (void)json_object_set_new(json, "group", sid_to_json(sd->group));
    if (sd->has_dacl) {
        (void)json_object_set_new(json, "dacl", acl_to_json(&sd->dacl));
    }
    if (sd->has_sacl) {
        (void)json_object_set_new(json, "sacl", acl_to_json(&sd->sacl));
    }
    if (json_dumpf(json, stdout, 0) != 0) {
        message("%s: its name or descriptor cannot be written as JSON", path);
        return false;
    }
    (void)putchar('\n');
    return true;
}

static bool show_file(const struct show_options *chosen, uint32_t information, const char *path)
{
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};
    struct problem problem = {0};

    if (!descriptor_of_file(path, information, &descriptor, &problem)) {
        message("%s: %s", path, problem.text);
        return false;
    }
    if (chosen->json) {
        return print_json(path, &descriptor.sd);
    }
    return chosen->sddl ? print_sddl(path, &descriptor.sd) : print_table(path, &descriptor.sd);
}

int acl_show(int argc, char **argv)
{
    struct show_options chosen = {0};
    struct problem problem = {0};
    struct operands operands;
    uint32_t information;
    bool good = true;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (operands.n == 0) {
        return message_usage("acl show", "a FILE is missing");
    }
    if (chosen.sddl + chosen.json + chosen.table > 1) {
        return message_usage("acl show", "--table, --sddl and --json exclude each other");
    }
    if (!descriptor_parts(chosen.parts ? chosen.parts : "OGDL", &information, &problem)) {
        return message_usage("acl show", "--parts: %s", problem.text);
    }

    for (size_t i = 0; i < operands.n; i++) {
        if (i > 0 && !chosen.sddl && !chosen.json) {
            (void)putchar('\n');
        }
        good = show_file(&chosen, information, operands.texts[i]) && good;
    }
    return good ? CLI_OK : CLI_FAILED;
}
