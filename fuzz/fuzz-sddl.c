/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: what SDDL parses to prints as text that parses to the same bytes, lax parsing takes
 * for the same what strict parsing takes, and printing bytes tells whether anything is left out.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/descriptor.h>
#include <tessera/sddl.h>

#include "base/check.h"

#define ALL_SECTIONS                                                                       \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* A refusal points into the text, or just behind it, and gives a reason. */
static void check_error(const char *text, const tsr_sddl_error *error)
{
    require(error->column >= 1 && error->column <= strlen(text) + 1);
    require(error->message != NULL);
}

/* The text's descriptor, which is read back from how it is printed; the caller frees it. */
static uint8_t *check_descriptor(const char *text, const tsr_sid *domain, uint32_t flags,
                                 size_t *ret_size)
{
    CLEANUP(free) uint8_t *again = NULL;
    CLEANUP(free) char *printed = NULL;
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    bool is_lossless = false;
    size_t again_size;
    tsr_sd sd;

    if (tsr_failed(tsr_sddl_parse_ex(text, domain, flags, &bytes, ret_size, &error))) {
        require(bytes == NULL);
        check_error(text, &error);
        return NULL;
    }
    require(tsr_ok(tsr_sd_view(bytes, *ret_size, &sd)));
    require(tsr_ok(tsr_sddl_format_ex(&sd, ALL_SECTIONS, domain, flags | TSR_SDDL_LOSSLESS,
                                      &printed, &is_lossless)));
    require(is_lossless);
    require(tsr_ok(tsr_sddl_parse_ex(printed, domain, flags, &again, &again_size, NULL)));
    require(*ret_size == again_size && memcmp(bytes, again, again_size) == 0);
    return bytes;
}

static void check_both_readings(const char *text, const tsr_sid *domain)
{
    size_t n_strict;
    size_t n_lax;
    CLEANUP(free) uint8_t *strict = check_descriptor(text, domain, 0, &n_strict);
    CLEANUP(free) uint8_t *lax = check_descriptor(text, domain, TSR_SDDL_WINDOWS_LAX, &n_lax);

    require(!strict || (lax && n_strict == n_lax && memcmp(strict, lax, n_lax) == 0));
}

/* Text of other bytes is whole, or said not to be; whole text does not change any more. */
static void check_bytes(const uint8_t *input, size_t size, uint32_t information)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) char *printed = NULL;
    CLEANUP(free) char *whole = NULL;
    CLEANUP(free) char *again = NULL;
    bool is_lossless = false;
    size_t n_bytes;
    tsr_sd sd;

    if (tsr_failed(tsr_sd_view(input, size, &sd)) ||
        tsr_failed(tsr_sddl_format_ex(&sd, information, NULL, 0, &printed, &is_lossless))) {
        return;
    }
    require(tsr_ok(tsr_sddl_format_ex(&sd, information, NULL, TSR_SDDL_LOSSLESS, &whole, NULL)) ==
            is_lossless);
    if (!is_lossless) {
        return;
    }
    require(strcmp(printed, whole) == 0);
    require(tsr_ok(tsr_sddl_parse(printed, NULL, &bytes, &n_bytes, NULL)));
    require(tsr_ok(tsr_sd_view(bytes, n_bytes, &sd)));
    require(tsr_ok(tsr_sddl_format(&sd, ALL_SECTIONS, NULL, &again)));
    require(strcmp(printed, again) == 0);
}

static void check_sid(const char *text, const tsr_sid *domain, uint32_t flags)
{
    char printed[TSR_SID_TEXT_MAX];
    tsr_sddl_error error = {0};
    size_t n_taken;
    tsr_sid again;
    tsr_sid sid;

    if (tsr_failed(tsr_sddl_parse_sid_ex(text, domain, flags, &sid, &n_taken, &error))) {
        check_error(text, &error);
        return;
    }
    require(n_taken <= strlen(text));
    tsr_sddl_format_sid(&sid, domain, printed);
    require(tsr_ok(tsr_sddl_parse_sid(printed, domain, &again, NULL)));
    require(tsr_sid_equal(&sid, &again));
}

static void check_rights(const char *text)
{
    char printed[TSR_SDDL_RIGHTS_MAX];
    uint32_t again;
    uint32_t mask;

    if (tsr_failed(tsr_sddl_parse_rights(text, &mask))) {
        return;
    }
    tsr_sddl_format_rights(mask, printed);
    require(tsr_ok(tsr_sddl_parse_rights(printed, &again)));
    require(mask == again);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);
    char *text = malloc(size + 1); /* exactly as long as the text, for AddressSanitizer's sake */

    require(text != NULL);
    if (size > 0) {
        memcpy(text, input, size);
    }
    text[size] = '\0';
    check_both_readings(text, &domain);
    check_both_readings(text, NULL);
    check_sid(text, &domain, 0);
    check_sid(text, &domain, TSR_SDDL_WINDOWS_LAX);
    check_bytes(input, size, ALL_SECTIONS);
    check_bytes(input, size, LABEL_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION);
    check_rights(text);
    free(text);
    return 0;
}
