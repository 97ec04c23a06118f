/* SPDX-License-Identifier: MIT */
/* Claims as text and as JSON. */

#include "token/describe-claim.h"

#include <inttypes.h>

#include "base/utf.h"

/* How text of a claim is written: as JSON, or for a terminal. */
typedef void (*text_writer)(struct writer *writer, const char *text);

static const char *type_name(uint16_t type)
{
    switch ((tsr_claim_type)type) {
    case TSR_CLAIM_INT64:
        return "INT64";
    case TSR_CLAIM_UINT64:
        return "UINT64";
    case TSR_CLAIM_STRING:
        return "STRING";
    case TSR_CLAIM_FQBN:
        return "FQBN";
    case TSR_CLAIM_SID:
        return "SID";
    case TSR_CLAIM_BOOLEAN:
        return "BOOLEAN";
    case TSR_CLAIM_OCTETS:
        return "OCTET_STRING";
    }
    return "unknown";
}

/* Quoted. What controls a terminal becomes a dot: C0, DEL, and C1 in its two bytes. */
static void write_printable(struct writer *writer, const char *text)
{
    const uint8_t *at = (const uint8_t *)text;

    writer_char(writer, '"');
    for (; *at != '\0'; at++) {
        if (at[0] == 0xc2 && at[1] < 0xa0) {
            at++;
            writer_char(writer, '.');
            continue;
        }
        if (*at == '"' || *at == '\\') {
            writer_char(writer, '\\');
        }
        writer_char(writer, *at < ' ' || *at == 0x7f ? '.' : (char)*at);
    }
    writer_char(writer, '"');
}

/* UTF-16LE; a lone surrogate, and what follows it, becomes U+FFFD. */
static void write_utf16(struct writer *writer, const uint8_t *bytes, size_t n_bytes,
                        text_writer write_text)
{
    CLEANUP(writer_deinit) struct writer utf8 = {0};
    CLEANUP(free) char *text = NULL;

    if (tsr_failed(utf16le_to_utf8(bytes, n_bytes, &utf8))) {
        writer_text(&utf8, "\xef\xbf\xbd");
    }
    if (tsr_failed(writer_finish_text(&utf8, &text))) {
        writer->failed = true;
        return;
    }
    write_text(writer, text);
}

static void write_octets(struct writer *writer, const tsr_claim_value *value)
{
    writer_char(writer, '"');
    for (size_t i = 0; i < value->n_bytes; i++) {
        writer_format(writer, "%02x", value->bytes[i]);
    }
    writer_char(writer, '"');
}

static void write_sid(struct writer *writer, const tsr_claim_value *value)
{
    char text[TSR_SID_TEXT_MAX] = "";
    tsr_sid sid;

    if (tsr_ok(tsr_sid_decode(value->bytes, value->n_bytes, &sid, NULL))) {
        tsr_sid_format(&sid, text);
    }
    writer_format(writer, "\"%s\"", text);
}

static void write_value(struct writer *writer, const tsr_claim *claim, uint32_t index,
                        text_writer write_text)
{
    tsr_claim_value value;

    tsr_claim_get_value(claim, index, &value);
    switch ((tsr_claim_type)claim->type) {
    case TSR_CLAIM_INT64:
        writer_format(writer, "%" PRId64, (int64_t)value.number);
        return;
    case TSR_CLAIM_UINT64:
    case TSR_CLAIM_BOOLEAN:
        writer_format(writer, "%" PRIu64, value.number);
        return;
    case TSR_CLAIM_STRING:
    case TSR_CLAIM_FQBN:
        write_utf16(writer, value.bytes, value.n_bytes, write_text);
        return;
    case TSR_CLAIM_SID:
        write_sid(writer, &value);
        return;
    case TSR_CLAIM_OCTETS:
        write_octets(writer, &value);
        return;
    }
}

static void write_values(struct writer *writer, const tsr_claim *claim, const char *separator,
                         text_writer write_text)
{
    for (uint32_t i = 0; i < claim->n_values; i++) {
        writer_text(writer, i == 0 ? "" : separator);
        write_value(writer, claim, i, write_text);
    }
}

void describe_claims(struct writer *writer, const char *title, struct claim_list claims)
{
    if (claims.n_claims == 0) {
        return;
    }
    writer_format(writer, "%s (%zu)\n", title, claims.n_claims);
    for (size_t i = 0; i < claims.n_claims; i++) {
        const tsr_claim *claim = &claims.claims[i];

        writer_text(writer, "  ");
        write_utf16(writer, claim->name, claim->n_name, write_printable);
        writer_format(writer, "  %s  flags 0x%08" PRIx32 "  {", type_name(claim->type),
                      claim->flags);
        write_values(writer, claim, ", ", write_printable);
        writer_text(writer, "}\n");
    }
}

void describe_claims_json(struct writer *writer, const char *name, struct claim_list claims)
{
    if (claims.n_claims == 0) {
        return;
    }
    writer_format(writer, ",\"%s\":[", name);
    for (size_t i = 0; i < claims.n_claims; i++) {
        const tsr_claim *claim = &claims.claims[i];

        writer_text(writer, i == 0 ? "{\"name\":" : ",{\"name\":");
        write_utf16(writer, claim->name, claim->n_name, writer_json_string);
        writer_format(writer, ",\"type\":\"%s\",\"flags\":%" PRIu32 ",\"values\":[",
                      type_name(claim->type), claim->flags);
        write_values(writer, claim, ",", writer_json_string);
        writer_text(writer, "]}");
    }
    writer_char(writer, ']');
}
