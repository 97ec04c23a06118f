/* SPDX-License-Identifier: MIT */
/* Fuzz target: what SDDL parses to prints as text that parses to the same bytes. */

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

static void check_descriptor(const char *text, const tsr_sid *domain)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) uint8_t *again = NULL;
    CLEANUP(free) char *printed = NULL;
    tsr_sddl_error error = {0};
    size_t again_size;
    size_t size;
    tsr_sd sd;

    if (tsr_failed(tsr_sddl_parse(text, domain, &bytes, &size, &error))) {
        require(bytes == NULL);
        check_error(text, &error);
        return;
    }
    require(tsr_ok(tsr_sd_view(bytes, size, &sd)));
    require(tsr_ok(tsr_sddl_format(&sd, ALL_SECTIONS, domain, &printed)));
    require(tsr_ok(tsr_sddl_parse(printed, domain, &again, &again_size, NULL)));
    require(size == again_size && memcmp(bytes, again, size) == 0);
}

static void check_sid(const char *text, const tsr_sid *domain)
{
    char printed[TSR_SID_TEXT_MAX];
    size_t n_taken;
    tsr_sid again;
    tsr_sid sid;

    if (tsr_failed(tsr_sddl_parse_sid(text, domain, &sid, &n_taken))) {
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
    check_descriptor(text, &domain);
    check_descriptor(text, NULL);
    check_sid(text, &domain);
    check_rights(text);
    free(text);
    return 0;
}
