/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: conditions and resource attributes that parse are valid, and print as text that
 * parses to the same bytes; those that print do so for good
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "sec/condition.h"
#include "sec/sddl-condition.h"

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

static tsr_status parse_lax(const char *text, size_t n_text, const tsr_sid *of_domain,
                            struct writer *writer, size_t *ret_n_taken, tsr_sddl_error *ret_error)
{
    struct scanner scanner = scanner_over(text, n_text, of_domain);
    tsr_status status;

    scanner.flags = TSR_SDDL_WINDOWS_LAX;
    status = condition_read(&scanner, writer);
    if (tsr_failed(status)) {
        *ret_error = scanner.error;
        return status;
    }
    *ret_n_taken = (size_t)(scanner.at - text);
    return TSR_OK;
}

static tsr_status format_lax(const uint8_t *data, size_t n_data, const tsr_sid *of_domain,
                             struct writer *writer)
{
    return condition_print(data, n_data, of_domain, TSR_SDDL_WINDOWS_LAX, writer);
}

/* One of the two kinds of last field. */
struct language {
    tsr_status (*parse)(const char *text, size_t n_text, const tsr_sid *domain,
                        struct writer *writer, size_t *ret_n_taken, tsr_sddl_error *ret_error);
    tsr_status (*format)(const uint8_t *data, size_t n_data, const tsr_sid *domain,
                         struct writer *writer);
};

static const struct language condition = {condition_parse, condition_format};
static const struct language lax_condition = {parse_lax, format_lax};
static const struct language attribute = {attribute_parse, attribute_format};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool same(const struct writer *a, const struct writer *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

/* Whatever prints, is read as a whole. */
static void print(const struct language *language, const struct writer *data, struct writer *text,
                  struct writer *again)
{
    tsr_sddl_error error;
    size_t n_taken;

    require(tsr_ok(language->format(data->bytes, data->size, &domain, text)));
    require(tsr_ok(
        language->parse((const char *)text->bytes, text->size, &domain, again, &n_taken, &error)));
    require(n_taken == text->size);
}

static void check_text(const struct language *language, const uint8_t *input, size_t size)
{
    CLEANUP(writer_deinit) struct writer data = {0};
    CLEANUP(writer_deinit) struct writer text = {0};
    CLEANUP(writer_deinit) struct writer again = {0};
    tsr_sddl_error error = {0};
    size_t n_taken;

    if (tsr_failed(language->parse((const char *)input, size, &domain, &data, &n_taken, &error))) {
        require(data.size == 0);
        require(error.column >= 1 && error.column <= size + 1 && error.message);
        return;
    }
    require(n_taken <= size);
    require(data.size % 4 == 0);
    require(language == &attribute || condition_is_valid(data.bytes, data.size));
    print(language, &data, &text, &again);
    require(same(&data, &again));
}

/* Other bytes may have the same text, but what is made of that does not change any more. */
static void check_bytes(const struct language *language, const uint8_t *input, size_t size)
{
    CLEANUP(writer_deinit) struct writer data = {0};
    CLEANUP(writer_deinit) struct writer text = {0};
    CLEANUP(writer_deinit) struct writer again = {0};
    CLEANUP(writer_deinit) struct writer text_again = {0};
    CLEANUP(writer_deinit) struct writer third = {0};

    if (tsr_failed(language->format(input, size, &domain, &text))) {
        require(text.size == 0);
        return;
    }
    require(language == &attribute || condition_is_valid(input, size));
    text.size = 0;
    writer_bytes(&data, input, size);
    print(language, &data, &text, &again);
    print(language, &again, &text_again, &third);
    require(same(&text, &text_again));
    require(same(&again, &third));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    check_text(&condition, input, size);
    check_text(&lax_condition, input, size);
    check_text(&attribute, input, size);
    check_bytes(&condition, input, size);
    check_bytes(&lax_condition, input, size);
    check_bytes(&attribute, input, size);
    return 0;
}
