/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the program says on standard error
 */

#include <tessera/status.h>

/** Print "tessera: …" on one line. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Print "tessera: …: why (STATUS_…)". */
void message_status(tsr_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Say what is wrong with the command line and where its help is.
 *
 * @param command  "check"; NULL: the program itself
 * @return CLI_USAGE, always
 */
int message_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The symbolic name of a status; "0x…" in @buffer where it has none. */
const char *message_status_name(uint32_t code, char buffer[16]);
