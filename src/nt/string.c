/* SPDX-License-Identifier: MIT */
/* Counted strings. */

#include <ntifs.h>

#include <limits.h>
#include <stdlib.h>

#include "nt/nt.h"

/* A string's largest length leaves room for the terminator, and is even. */
#define LENGTH_MAX (USHRT_MAX - 1 - sizeof(WCHAR))

VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    size_t size = 0;

    DestinationString->Buffer = (PWSTR)SourceString;
    DestinationString->Length = 0;
    DestinationString->MaximumLength = 0;
    if (!SourceString) {
        return;
    }
    while (size < LENGTH_MAX && SourceString[size / sizeof(WCHAR)] != 0) {
        size += sizeof(WCHAR);
    }
    DestinationString->Length = (USHORT)size;
    DestinationString->MaximumLength = (USHORT)(size + sizeof(WCHAR));
}

VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    free(UnicodeString->Buffer);
    *UnicodeString = (UNICODE_STRING){0};
}

static tsr_status sid_format(PSID Sid, char ret_text[TSR_SID_TEXT_MAX])
{
    tsr_sid sid;

    REQUIRE(RtlValidSid(Sid), STATUS_INVALID_SID);
    TRY(tsr_sid_decode(Sid, RtlLengthSid(Sid), &sid, NULL));

    tsr_sid_format(&sid, ret_text);
    return TSR_OK;
}

static tsr_status sid_to_string(PSID sid, BOOLEAN allocate, UNICODE_STRING *string)
{
    char text[TSR_SID_TEXT_MAX];
    WCHAR *to = string->Buffer;
    size_t room;

    TRY(sid_format(sid, text));
    room = (strlen(text) + 1) * sizeof(*to);
    if (allocate) {
        to = malloc(room);
        REQUIRE(to, STATUS_NO_MEMORY);
        string->Buffer = to;
        string->MaximumLength = (USHORT)room;
    }
    REQUIRE(to && room <= string->MaximumLength, STATUS_BUFFER_OVERFLOW);

    for (size_t i = 0; i < room / sizeof(*to); i++) {
        to[i] = (WCHAR)text[i]; /* ASCII alone */
    }
    string->Length = (USHORT)(room - sizeof(*to));
    return TSR_OK;
}

NTSTATUS NTAPI RtlConvertSidToUnicodeString(PUNICODE_STRING UnicodeString, PSID Sid,
                                            BOOLEAN AllocateDestinationString)
{
    return nt_status(sid_to_string(Sid, AllocateDestinationString, UnicodeString));
}
