/* SPDX-License-Identifier: MIT */
/* What the program says on standard error. */

#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"
#include "cli/cli.h"

/* Plain words for the statuses that users meet. */
static const struct {
    uint32_t code;
    const char *words;
} status_words[] = {
    {STATUS_ACCESS_DENIED, "access is denied"},
    {STATUS_DATA_ERROR, "the data is malformed"},
    {STATUS_INSUFFICIENT_RESOURCES, "no resources are left"},
    {STATUS_INVALID_ACL, "an access control list is malformed or too large"},
    {STATUS_INVALID_PARAMETER, "a value is not allowed here"},
    {STATUS_INVALID_SECURITY_DESCR, "the security descriptor is malformed"},
    {STATUS_INVALID_SID, "a SID is malformed"},
    {STATUS_NO_MEMORY, "out of memory"},
    {STATUS_NO_TOKEN, "the process carries a tag that names no token of its user"},
    {STATUS_NOT_FOUND, "it does not exist"},
    {STATUS_NOT_SUPPORTED, "this is not supported"},
    {STATUS_OBJECT_NAME_NOT_FOUND, "no such file or directory"},
    {STATUS_REVISION_MISMATCH, "the revision is unknown"},
};

static const char *words_of(uint32_t code)
{
    for (size_t i = 0; i < ARRAY_SIZE(status_words); i++) {
        if (status_words[i].code == code) {
            return status_words[i].words;
        }
    }
    return "it failed";
}

const char *message_status_name(uint32_t code, char buffer[16])
{
    const char *name = tsr_status_name(code);

    if (name) {
        return name;
    }
    (void)snprintf(buffer, 16, "0x%08x", code);
    return buffer;
}

void message(const char *format, ...)
{
    va_list arguments;

    (void)fflush(stdout);
    (void)fputs("tessera: ", stderr);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
}

void message_status(tsr_status status, const char *format, ...)
{
    va_list arguments;
    char buffer[16];

    (void)fflush(stdout);
    (void)fputs("tessera: ", stderr);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fprintf(stderr, ": %s (%s)\n", words_of(status.code),
                  message_status_name(status.code, buffer));
}

int message_usage(const char *command, const char *format, ...)
{
    va_list arguments;

    (void)fflush(stdout);
    (void)fprintf(stderr, "tessera: %s%s", command ? command : "", command ? ": " : "");
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fprintf(stderr, "\ntessera: try 'tessera %s%s--help'\n", command ? command : "",
                  command ? " " : "");
    return CLI_USAGE;
}
