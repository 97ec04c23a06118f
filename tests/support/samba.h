/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Samba's own access check, found at run time, to measure against
 *
 * Nothing of Samba is linked or included: its library is opened if the machine has one, and what is
 * laid out here by hand is probed before anything is believed. What the functions return lives
 * until samba_release() or the end of the process.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/sid.h>

struct samba_token;
struct samba_sd;

/**
 * Open the library and probe it.
 *
 * @param path  NULL: where Debian keeps it
 * @return NULL; else why there is nothing to compare with
 */
const char *samba_open(const char *path);

/** A token of these SIDs, the user first, without privileges; NULL if out of memory. */
struct samba_token *samba_token_new(const tsr_sid *sids, size_t n_sids);

/** Parse a self-relative descriptor (NDR); NULL if Samba refuses it. */
struct samba_sd *samba_sd_pull(const uint8_t *bytes, size_t size);

/** Parse SDDL; NULL if Samba refuses it. */
struct samba_sd *samba_sd_parse(const char *text);

/** Print SDDL; NULL if Samba cannot. */
char *samba_sd_format(const struct samba_sd *sd);

/** The access check. @return NTSTATUS */
uint32_t samba_access_check(const struct samba_token *token, const struct samba_sd *sd,
                            uint32_t desired, uint32_t *ret_granted);

/** Free what one of these functions returned. */
void samba_release(const void *object);
