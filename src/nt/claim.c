/* SPDX-License-Identifier: MIT */
/* Claims out of CLAIM_SECURITY_ATTRIBUTES_INFORMATION, and into it. */

#include "nt/claim.h"

#include <stdlib.h>

#include "base/utf.h"

void claims_deinit(struct claims *claims)
{
    for (size_t i = 0; claims->bytes && i < claims->n_claims; i++) {
        free(claims->bytes[i]);
    }
    free(claims->bytes);
    free(claims->views);
}

static tsr_status text_in(const WCHAR *wide, char **ret_text)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    size_t length = 0;

    REQUIRE(wide, STATUS_INVALID_PARAMETER);
    while (wide[length]) {
        length++;
    }
    TRY(utf16le_to_utf8((const uint8_t *)wide, length * sizeof(*wide), &writer));
    return writer_finish_text(&writer, ret_text);
}

/* The values of a claim, and the texts that they borrow. */
struct values {
    tsr_claim_source *sources; /* owned */
    char **texts;              /* owned, and each of them */
    size_t n_values;
};

static void cleanup_values_deinit(struct values *values)
{
    for (size_t i = 0; values->texts && i < values->n_values; i++) {
        free(values->texts[i]);
    }
    free(values->texts);
    free(values->sources);
}

static tsr_status read_octets(const CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE *octets,
                              tsr_claim_source *ret_source)
{
    REQUIRE(octets->pValue || octets->ValueLength == 0, STATUS_INVALID_PARAMETER);
    ret_source->octets = octets->pValue;
    ret_source->n_octets = octets->ValueLength;
    return TSR_OK;
}

static tsr_status read_sid(const CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE *octets,
                           tsr_claim_source *ret_source)
{
    size_t size;

    REQUIRE(octets->pValue, STATUS_INVALID_PARAMETER);
    TRY(tsr_sid_decode(octets->pValue, octets->ValueLength, &ret_source->sid, &size));
    REQUIRE(size == octets->ValueLength, STATUS_INVALID_SID);
    return TSR_OK;
}

static tsr_status read_value(const CLAIM_SECURITY_ATTRIBUTE_V1 *claim, size_t index,
                             tsr_claim_source *ret_source, char **ret_text)
{
    switch (claim->ValueType) {
    case TSR_CLAIM_INT64:
    case TSR_CLAIM_UINT64:
    case TSR_CLAIM_BOOLEAN:
        ret_source->number = claim->Values.pUint64[index];
        return TSR_OK;
    case TSR_CLAIM_STRING:
        TRY(text_in(claim->Values.ppString[index], ret_text));
        ret_source->text = *ret_text;
        return TSR_OK;
    case TSR_CLAIM_SID:
        return read_sid(&claim->Values.pOctetString[index], ret_source);
    case TSR_CLAIM_OCTETS:
        return read_octets(&claim->Values.pOctetString[index], ret_source);
    case TSR_CLAIM_FQBN:
        return tsr_status_of(STATUS_NOT_SUPPORTED);
    default:
        return tsr_status_of(STATUS_INVALID_PARAMETER);
    }
}

static tsr_status read_values(const CLAIM_SECURITY_ATTRIBUTE_V1 *claim, struct values *values)
{
    REQUIRE(claim->ValueCount > 0 && claim->ValueCount <= TSR_CLAIM_SIZE_MAX,
            STATUS_INVALID_PARAMETER);
    REQUIRE(claim->Values.pInt64, STATUS_INVALID_PARAMETER); /* whichever of the union it is */
    values->n_values = claim->ValueCount;
    values->sources = array_new(values->n_values, sizeof(*values->sources));
    values->texts = array_new(values->n_values, sizeof(*values->texts));
    REQUIRE(values->sources && values->texts, STATUS_NO_MEMORY);
    for (size_t i = 0; i < values->n_values; i++) {
        TRY(read_value(claim, i, &values->sources[i], &values->texts[i]));
    }
    return TSR_OK;
}

tsr_status claim_capture(const CLAIM_SECURITY_ATTRIBUTE_V1 *claim, uint8_t **ret_bytes,
                         size_t *ret_size)
{
    /* Taken once: what its values are read as is what they are encoded as. */
    const CLAIM_SECURITY_ATTRIBUTE_V1 taken = *claim;
    CLEANUP(values_deinit) struct values values = {0};
    CLEANUP(free) char *name = NULL;

    TRY(text_in(taken.Name, &name));
    TRY(read_values(&taken, &values));
    return tsr_claim_encode(name, (tsr_claim_type)taken.ValueType, taken.Flags, values.sources,
                            values.n_values, ret_bytes, ret_size);
}

tsr_status claims_capture(const CLAIM_SECURITY_ATTRIBUTES_INFORMATION *information,
                          struct claims *ret_claims)
{
    const CLAIM_SECURITY_ATTRIBUTE_V1 *const given = information->Attribute.pAttributeV1;
    const size_t n_claims = information->AttributeCount;
    size_t size;

    REQUIRE(information->Version == CLAIM_SECURITY_ATTRIBUTES_INFORMATION_VERSION_V1,
            STATUS_INVALID_PARAMETER);
    REQUIRE(n_claims <= TSR_TOKEN_CLAIMS_MAX, STATUS_INVALID_PARAMETER);
    REQUIRE(given || n_claims == 0, STATUS_INVALID_PARAMETER);
    ret_claims->n_claims = n_claims;
    ret_claims->bytes = array_new(n_claims, sizeof(*ret_claims->bytes));
    ret_claims->views = array_new(n_claims, sizeof(*ret_claims->views));
    REQUIRE(ret_claims->bytes && ret_claims->views, STATUS_NO_MEMORY);
    for (size_t i = 0; i < n_claims; i++) {
        TRY(claim_capture(&given[i], &ret_claims->bytes[i], &size));
        TRY(tsr_claim_view(ret_claims->bytes[i], size, &ret_claims->views[i]));
    }
    return TSR_OK;
}

/* ---- Laying out ---- */

/* Text without terminator, and one. */
static PWSTR put_text(struct layout *layout, const uint8_t *text, size_t size)
{
    PWSTR address = layout_address(layout, layout_reserve(layout, 0));

    (void)layout_bytes(layout, text, size);
    writer_le16(&layout->writer, 0);
    return address;
}

static void *put_octets(struct layout *layout, const uint8_t *bytes, size_t size)
{
    void *address = layout_address(layout, layout_reserve(layout, 0));

    (void)layout_bytes(layout, bytes, size);
    return address;
}

/* The size of one element of a claim's values. */
static size_t element_size(const tsr_claim *claim)
{
    switch ((tsr_claim_type)claim->type) {
    case TSR_CLAIM_FQBN:
        return sizeof(CLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE);
    case TSR_CLAIM_SID:
    case TSR_CLAIM_OCTETS:
        return sizeof(CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE);
    case TSR_CLAIM_STRING:
        return sizeof(PWSTR);
    case TSR_CLAIM_INT64:
    case TSR_CLAIM_UINT64:
    case TSR_CLAIM_BOOLEAN:
        return sizeof(DWORD64);
    }
    return 0; /* tsr_claim_view() accepts no other. */
}

static void put_value(struct layout *layout, const tsr_claim *claim, size_t element,
                      const tsr_claim_value *value)
{
    CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE octets;
    CLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE fqbn;
    PWSTR text;

    switch ((tsr_claim_type)claim->type) {
    case TSR_CLAIM_FQBN:
        fqbn.Version = value->number;
        fqbn.Name = put_text(layout, value->bytes, value->n_bytes);
        layout_put(layout, element, &fqbn, sizeof(fqbn));
        break;
    case TSR_CLAIM_SID:
    case TSR_CLAIM_OCTETS:
        octets = (CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE){
            .pValue = put_octets(layout, value->bytes, value->n_bytes),
            .ValueLength = (DWORD)value->n_bytes,
        };
        layout_put(layout, element, &octets, sizeof(octets));
        break;
    case TSR_CLAIM_STRING:
        text = put_text(layout, value->bytes, value->n_bytes);
        layout_put(layout, element, &text, sizeof(text));
        break;
    case TSR_CLAIM_INT64:
    case TSR_CLAIM_UINT64:
    case TSR_CLAIM_BOOLEAN:
        layout_put(layout, element, &value->number, sizeof(value->number));
        break;
    }
}

static void *put_values(struct layout *layout, const tsr_claim *claim)
{
    const size_t size = element_size(claim);
    const size_t array = layout_reserve(layout, claim->n_values * size);

    for (uint32_t i = 0; i < claim->n_values; i++) {
        tsr_claim_value value;

        tsr_claim_get_value(claim, i, &value);
        put_value(layout, claim, array + i * size, &value);
    }
    return layout_address(layout, array);
}

static void put_claim(struct layout *layout, const tsr_claim *claim, size_t place)
{
    CLAIM_SECURITY_ATTRIBUTE_V1 attribute = {
        .ValueType = claim->type,
        .Flags = claim->flags,
        .ValueCount = claim->n_values,
    };

    attribute.Name = put_text(layout, claim->name, claim->n_name);
    attribute.Values.pInt64 = put_values(layout, claim);
    layout_put(layout, place, &attribute, sizeof(attribute));
}

void layout_claims(struct layout *layout, const tsr_claim *claims, size_t n_claims)
{
    const size_t start = layout_reserve(layout, sizeof(CLAIM_SECURITY_ATTRIBUTES_INFORMATION));
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION information = {
        .Version = CLAIM_SECURITY_ATTRIBUTES_INFORMATION_VERSION_V1,
        .AttributeCount = (DWORD)n_claims,
    };
    size_t array;

    if (n_claims > 0) {
        array = layout_reserve(layout, n_claims * sizeof(CLAIM_SECURITY_ATTRIBUTE_V1));
        information.Attribute.pAttributeV1 = layout_address(layout, array);
        for (size_t i = 0; i < n_claims; i++) {
            put_claim(layout, &claims[i], array + i * sizeof(CLAIM_SECURITY_ATTRIBUTE_V1));
        }
    }
    layout_put(layout, start, &information, sizeof(information));
}
