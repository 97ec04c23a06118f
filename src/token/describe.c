/* SPDX-License-Identifier: MIT */
/* Tokens as text and as JSON. */

#include "token/token.h"

#include <inttypes.h>

#include <tessera/token-adjust.h>

#include "base/writer.h"
#include "token/describe-claim.h"
#include "token/sid-name.h"

struct word {
    uint32_t bits;
    const char *text;
};

static const struct word group_words[] = {
    {SE_GROUP_MANDATORY, "mandatory"},
    {SE_GROUP_ENABLED_BY_DEFAULT, "default"},
    {SE_GROUP_ENABLED, "enabled"},
    {SE_GROUP_OWNER, "owner"},
    {SE_GROUP_USE_FOR_DENY_ONLY, "deny-only"},
    {SE_GROUP_INTEGRITY, "integrity"},
    {SE_GROUP_INTEGRITY_ENABLED, "integrity-enabled"},
    {SE_GROUP_RESOURCE, "resource"},
    {SE_GROUP_LOGON_ID, "logon-id"},
};

static const struct word flag_words[] = {
    {TSR_TOKEN_WRITE_RESTRICTED, "write-restricted"},
    {TSR_TOKEN_IS_RESTRICTED, "restricted"},
    {TSR_TOKEN_SANDBOX_INERT, "sandbox-inert"},
    {TSR_TOKEN_VIRTUALIZE_ALLOWED, "virtualization-allowed"},
    {TSR_TOKEN_VIRTUALIZE_ENABLED, "virtualization-enabled"},
    {TSR_TOKEN_IS_FILTERED, "filtered"},
    {TSR_TOKEN_UI_ACCESS, "ui-access"},
};

static const struct word policy_words[] = {
    {TSR_POLICY_NO_WRITE_UP, "no-write-up"},
    {TSR_POLICY_NEW_PROCESS_MIN, "new-process-min"},
};

static const char *const level_names[] = {
    [TSR_LEVEL_ANONYMOUS] = "anonymous",
    [TSR_LEVEL_IDENTIFICATION] = "identification",
    [TSR_LEVEL_IMPERSONATION] = "impersonation",
    [TSR_LEVEL_DELEGATION] = "delegation",
};

static const char *const elevation_names[] = {
    [TSR_ELEVATION_DEFAULT] = "default",
    [TSR_ELEVATION_FULL] = "full",
    [TSR_ELEVATION_LIMITED] = "limited",
};

const char *token_level_name(tsr_impersonation_level level)
{
    return level_names[level];
}

static const char *type_name(tsr_token_type type)
{
    return type == TSR_TOKEN_PRIMARY ? "primary" : "impersonation";
}

/* The words whose bits are all set, separated by blanks; @nothing if there are none. */
static void write_words(struct writer *writer, uint32_t bits, const struct word *words,
                        size_t n_words, const char *nothing)
{
    const char *separator = "";

    for (size_t i = 0; i < n_words; i++) {
        if ((bits & words[i].bits) == words[i].bits) {
            writer_format(writer, "%s%s", separator, words[i].text);
            separator = " ";
        }
    }
    if (*separator == '\0') {
        writer_text(writer, nothing);
    }
}

/* "S-1-1-0  Everyone" */
static void write_sid(struct writer *writer, const tsr_sid *sid)
{
    char text[TSR_SID_TEXT_MAX];

    tsr_sid_format(sid, text);
    writer_text(writer, text);
    sid_name_write(sid, "  ", writer);
}

static void write_sid_line(struct writer *writer, const char *title, const tsr_sid *sid)
{
    writer_format(writer, "%-16s", title);
    write_sid(writer, sid);
    writer_char(writer, '\n');
}

/* The name is the creator's bytes; what is not printable ASCII could spoil a terminal. */
static void write_source_name(struct writer *writer, const tsr_token_source *source)
{
    for (size_t i = 0; i < sizeof(source->name) && source->name[i] != '\0'; i++) {
        writer_char(writer,
                    source->name[i] >= ' ' && source->name[i] < 0x7f ? source->name[i] : '.');
    }
}

static void write_user(struct writer *writer, const struct token_state *state)
{
    const tsr_sid user = token_member(state, TOKEN_USER_PLACE);

    writer_text(writer, "User            ");
    write_sid(writer, &user);
    writer_text(writer, token_user_attributes(state) ? "  [deny-only]\n" : "\n");
}

static void write_integrity(struct writer *writer, const struct token_state *state)
{
    writer_text(writer, "Integrity       ");
    if (!state->subject.integrity) {
        writer_text(writer, "none\n");
        return;
    }
    write_sid(writer, &state->integrity);
    writer_text(writer, "  [");
    write_words(writer, state->subject.mandatory_policy, policy_words, ARRAY_SIZE(policy_words),
                "policy off");
    writer_text(writer, "]\n");
}

static void write_ids(struct writer *writer, const tsr_token *token)
{
    const struct token_state *state = token->state;

    writer_format(writer, "Token id        %" PRIu64 ", modified %" PRIu64 ", parent %" PRIu64 "\n",
                  token->token_id, state->modified_id, state->parent_token_id);
    writer_format(writer, "Logon           0x%" PRIx64 ", session %" PRIu32 ", source \"",
                  state->authentication_id, state->session_id);
    write_source_name(writer, &state->source);
    writer_format(writer, "\" 0x%" PRIx64 "\n", state->source.id);
    if (state->origin) {
        writer_format(writer, "Origin          0x%" PRIx64 "\n", state->origin);
    }
    if (state->expiration != TSR_TOKEN_NEVER_EXPIRES) {
        writer_format(writer, "Expires         %" PRId64 "\n", state->expiration);
    }
}

static void write_elevation(struct writer *writer, const tsr_token *token)
{
    writer_format(writer, "Elevation       %s%s\n", elevation_names[token->state->elevation],
                  tsr_token_is_elevated(token) ? ", elevated" : "");
}

static void write_header(struct writer *writer, const tsr_token *token)
{
    const struct token_state *state = token->state;
    const tsr_sid owner = token_member(state, state->owner);
    const tsr_sid primary_group = token_member(state, state->primary_group);

    write_user(writer, state);
    write_sid_line(writer, "Owner", &owner);
    write_sid_line(writer, "Primary group", &primary_group);
    write_integrity(writer, state);
    if (state->subject.process_trust_type || state->subject.process_trust_level) {
        writer_format(writer, "Process trust   S-1-19-%" PRIu32 "-%" PRIu32 "\n",
                      state->subject.process_trust_type, state->subject.process_trust_level);
    }
    writer_format(writer, "Type            %s, level %s\n", type_name(token->type),
                  token_level_name(token->level));
    writer_text(writer, "Flags           ");
    write_words(writer, state->flags, flag_words, ARRAY_SIZE(flag_words), "none");
    writer_char(writer, '\n');
    write_elevation(writer, token);
    write_ids(writer, token);
}

static void write_groups(struct writer *writer, struct group_range groups)
{
    const uint32_t alive = SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_INTEGRITY;

    for (uint32_t i = 0; i < groups.n; i++) {
        const tsr_group group = group_range_get(groups, i);

        writer_text(writer, "  ");
        write_sid(writer, &group.sid);
        writer_text(writer, "  [");
        write_words(writer, group.attributes, group_words, ARRAY_SIZE(group_words), "");
        if (!(group.attributes & alive)) {
            writer_text(writer, group.attributes ? " disabled" : "disabled");
        }
        writer_text(writer, "]\n");
    }
}

static void write_sids(struct writer *writer, struct group_range sids)
{
    for (uint32_t i = 0; i < sids.n; i++) {
        const tsr_group group = group_range_get(sids, i);

        writer_text(writer, "  ");
        write_sid(writer, &group.sid);
        writer_char(writer, '\n');
    }
}

static void write_restricting(struct writer *writer, const struct token_state *state)
{
    const struct group_range restricting = token_list(state->restricting);

    if (!state->restricting) {
        return;
    }
    writer_format(writer, "Restricting SIDs (%" PRIu32 ")%s\n", restricting.n,
                  state->subject.write_restricted ? ", for writing only" : "");
    write_sids(writer, restricting);
}

static void write_device(struct writer *writer, const struct token_state *state)
{
    const struct group_range groups = token_list(state->device_groups);
    const struct group_range restricting = token_list(state->restricting_devices);

    if (groups.n > 0) {
        writer_format(writer, "Device groups (%" PRIu32 ")\n", groups.n);
        write_groups(writer, groups);
    }
    if (restricting.n > 0) {
        writer_format(writer, "Restricting device SIDs (%" PRIu32 ")\n", restricting.n);
        write_sids(writer, restricting);
    }
}

static void write_appcontainer(struct writer *writer, const tsr_token *token)
{
    const struct group_range capabilities = token_capabilities(token->state);
    tsr_sid package;

    if (!tsr_token_get_package(token, &package, NULL)) {
        return;
    }
    writer_text(writer, "AppContainer    ");
    write_sid(writer, &package);
    writer_text(writer, token->state->less_privileged ? "  [less privileged]\n" : "\n");
    writer_format(writer, "Capabilities (%" PRIu32 ")\n", capabilities.n);
    write_groups(writer, capabilities);
}

static void write_claims(struct writer *writer, const struct token_state *state)
{
    describe_claims(writer, "User claims", state->subject.user_claims);
    describe_claims(writer, "Device claims", state->subject.device_claims);
    describe_claims(writer, "Local claims", state->subject.local_claims);
}

static void write_privileges(struct writer *writer, const struct token_state *state)
{
    writer_format(writer, "Privileges (%u)\n", state->n_privileges);
    for (size_t i = 0; i < state->n_privileges; i++) {
        const uint32_t attributes = state->privileges[i].attributes;

        writer_format(writer, "  %-3s  %s%s\n", attributes & SE_PRIVILEGE_ENABLED ? "on" : "off",
                      tsr_privilege_name(state->privileges[i].luid),
                      attributes & SE_PRIVILEGE_ENABLED_BY_DEFAULT ? "  [default]" : "");
    }
}

static void write_ace(struct writer *writer, const tsr_ace *ace)
{
    tsr_sid sid;

    if (ace->type == ACCESS_ALLOWED_ACE_TYPE || ace->type == ACCESS_DENIED_ACE_TYPE) {
        writer_text(writer, ace->type == ACCESS_ALLOWED_ACE_TYPE ? "  allow" : "  deny ");
    } else {
        writer_format(writer, "  type 0x%02x", ace->type);
    }
    writer_format(writer, "  flags 0x%02x  mask 0x%08" PRIx32, ace->flags, ace->mask);
    if (ace->sid && tsr_ok(tsr_sid_decode(ace->sid, TSR_SID_SIZE_MAX, &sid, NULL))) {
        writer_text(writer, "  ");
        write_sid(writer, &sid);
    }
    writer_char(writer, '\n');
}

static void write_default_dacl(struct writer *writer, const struct token_state *state)
{
    size_t offset = 0;
    tsr_ace ace;

    if (!state->default_dacl.bytes) {
        writer_text(writer, "Default DACL    none\n");
        return;
    }
    writer_format(writer, "Default DACL (%u)\n", state->default_dacl.n_aces);
    while (tsr_acl_next(&state->default_dacl, &offset, &ace)) {
        write_ace(writer, &ace);
    }
}

tsr_status tsr_token_format(const tsr_token *token, char **ret_text)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    write_header(&writer, token);
    writer_format(&writer, "Groups (%" PRIu32 ")\n", token->state->n_groups);
    write_groups(&writer, token_groups(token->state));
    write_restricting(&writer, token->state);
    write_appcontainer(&writer, token);
    write_device(&writer, token->state);
    write_claims(&writer, token->state);
    write_privileges(&writer, token->state);
    write_default_dacl(&writer, token->state);
    return writer_finish_text(&writer, ret_text);
}

/* Members are written with their separator in front; the first of an object stands alone. */
static void json_name(struct writer *writer, const char *name)
{
    writer_format(writer, ",\"%s\":", name);
}

static void json_sid(struct writer *writer, const tsr_sid *sid)
{
    char text[TSR_SID_TEXT_MAX];

    tsr_sid_format(sid, text);
    writer_format(writer, "\"%s\"", text);
}

static void json_id(struct writer *writer, const char *name, uint64_t id)
{
    /* As text: a JSON number does not hold 64 bits everywhere. */
    writer_format(writer, ",\"%s\":\"0x%" PRIx64 "\"", name, id);
}

static void json_bool(struct writer *writer, const char *name, bool value)
{
    writer_format(writer, ",\"%s\":%s", name, value ? "true" : "false");
}

static void json_sid_attributes(struct writer *writer, const tsr_sid *sid, uint32_t attributes,
                                bool is_first)
{
    writer_text(writer, is_first ? "{\"sid\":" : ",{\"sid\":");
    json_sid(writer, sid);
    writer_format(writer, ",\"attributes\":\"0x%08" PRIx32 "\"}", attributes);
}

static void json_groups(struct writer *writer, const char *name, struct group_range groups)
{
    json_name(writer, name);
    writer_char(writer, '[');
    for (uint32_t i = 0; i < groups.n; i++) {
        const tsr_group group = group_range_get(groups, i);

        json_sid_attributes(writer, &group.sid, group.attributes, i == 0);
    }
    writer_char(writer, ']');
}

static void json_restricting(struct writer *writer, const struct token_state *state)
{
    if (state->restricting) {
        json_groups(writer, "restricting_sids", token_list(state->restricting));
    }
}

static void json_device(struct writer *writer, const struct token_state *state)
{
    if (state->device_groups) {
        json_groups(writer, "device_groups", token_list(state->device_groups));
    }
    if (state->restricting_devices) {
        json_groups(writer, "restricting_device_groups", token_list(state->restricting_devices));
    }
}

static void json_appcontainer(struct writer *writer, const tsr_token *token)
{
    tsr_sid package;

    if (!tsr_token_get_package(token, &package, NULL)) {
        return;
    }
    json_name(writer, "appcontainer");
    writer_text(writer, "{\"package_sid\":");
    json_sid(writer, &package);
    json_groups(writer, "capabilities", token_capabilities(token->state));
    json_bool(writer, "less_privileged", token->state->less_privileged);
    writer_char(writer, '}');
}

static void json_claims(struct writer *writer, const struct token_state *state)
{
    describe_claims_json(writer, "user_claims", state->subject.user_claims);
    describe_claims_json(writer, "device_claims", state->subject.device_claims);
    describe_claims_json(writer, "local_claims", state->subject.local_claims);
}

static void json_privileges(struct writer *writer, const struct token_state *state)
{
    const char *separator = "";

    json_name(writer, "privileges");
    writer_char(writer, '[');
    for (size_t i = 0; i < state->n_privileges; i++) {
        if (state->privileges[i].attributes & SE_PRIVILEGE_ENABLED) {
            writer_format(writer, "%s\"%s\"", separator,
                          tsr_privilege_name(state->privileges[i].luid));
            separator = ",";
        }
    }
    writer_char(writer, ']');

    json_name(writer, "all_privileges");
    writer_char(writer, '[');
    for (size_t i = 0; i < state->n_privileges; i++) {
        writer_format(writer, "%s{\"name\":\"%s\",\"attributes\":\"0x%08" PRIx32 "\"}",
                      i == 0 ? "" : ",", tsr_privilege_name(state->privileges[i].luid),
                      (uint32_t)state->privileges[i].attributes);
    }
    writer_char(writer, ']');
}

static void json_mandatory(struct writer *writer, const struct token_state *state)
{
    if (state->subject.integrity) {
        json_name(writer, "integrity");
        json_sid(writer, &state->integrity);
    }
    json_name(writer, "mandatory_policy");
    writer_format(writer, "%" PRIu32, state->subject.mandatory_policy);
    if (state->subject.process_trust_type || state->subject.process_trust_level) {
        json_name(writer, "process_trust");
        writer_format(writer, "[%" PRIu32 ",%" PRIu32 "]", state->subject.process_trust_type,
                      state->subject.process_trust_level);
    }
}

static void json_source(struct writer *writer, const tsr_token_source *source)
{
    char name[sizeof(source->name) + 1] = {0};

    for (size_t i = 0; i < sizeof(source->name); i++) {
        name[i] = source->name[i];
    }
    json_name(writer, "source");
    writer_text(writer, "{\"name\":");
    writer_json_string(writer, name);
    json_id(writer, "id", source->id);
    writer_char(writer, '}');
}

static void json_default_dacl(struct writer *writer, const struct token_state *state)
{
    if (!state->default_dacl.bytes) {
        return;
    }
    json_name(writer, "default_dacl_hex");
    writer_char(writer, '"');
    for (size_t i = 0; i < state->default_dacl.size; i++) {
        writer_format(writer, "%02x", state->default_dacl.bytes[i]);
    }
    writer_char(writer, '"');
}

static void json_scalars(struct writer *writer, const tsr_token *token)
{
    const struct token_state *state = token->state;

    json_bool(writer, "write_restricted", state->subject.write_restricted);
    json_bool(writer, "sandbox_inert", state->flags & TSR_TOKEN_SANDBOX_INERT);
    json_bool(writer, "filtered", state->flags & TSR_TOKEN_IS_FILTERED);
    writer_format(writer, ",\"flags\":\"0x%08" PRIx32 "\"", state->flags);
    writer_format(writer, ",\"type\":\"%s\",\"level\":\"%s\"", type_name(token->type),
                  token_level_name(token->level));
    writer_format(writer, ",\"session_id\":%" PRIu32, state->session_id);
    json_id(writer, "token_id", token->token_id);
    json_id(writer, "modified_id", state->modified_id);
    json_id(writer, "parent_token_id", state->parent_token_id);
    json_id(writer, "authentication_id", state->authentication_id);
    json_id(writer, "origin", state->origin);
    json_id(writer, "expiration", (uint64_t)state->expiration);
    writer_format(writer, ",\"elevation_type\":\"%s\"", elevation_names[state->elevation]);
    json_bool(writer, "elevated", tsr_token_is_elevated(token));
    json_source(writer, &state->source);
}

tsr_status tsr_token_format_json(const tsr_token *token, char **ret_text)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    const struct token_state *state = token->state;
    const tsr_sid user = token_member(state, TOKEN_USER_PLACE);
    const tsr_sid owner = token_member(state, state->owner);
    const tsr_sid primary_group = token_member(state, state->primary_group);

    writer_text(&writer, "{\"user\":");
    json_sid(&writer, &user);
    json_bool(&writer, "user_deny_only", token_user_attributes(state));
    json_groups(&writer, "groups", token_groups(state));
    json_privileges(&writer, state);
    json_restricting(&writer, state);
    json_appcontainer(&writer, token);
    json_device(&writer, state);
    json_claims(&writer, state);
    json_mandatory(&writer, state);
    json_name(&writer, "owner");
    json_sid(&writer, &owner);
    json_name(&writer, "primary_group");
    json_sid(&writer, &primary_group);
    json_default_dacl(&writer, state);
    json_scalars(&writer, token);
    writer_char(&writer, '}');
    return writer_finish_text(&writer, ret_text);
}
