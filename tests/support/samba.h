/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Samba's own access check, found at run time, to measure and to compare with
 *
 * Nothing of Samba is linked or included: its library is opened if the machine has one, and what is
 * laid out here by hand is probed before anything is believed. What the functions return lives
 * until samba_release() or the end of the process.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>
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

/** Enable a privilege that Samba knows under this LUID. */
void samba_token_enable(struct samba_token *token, uint32_t privilege);

/** Parse a self-relative descriptor (NDR); NULL if Samba refuses it. */
struct samba_sd *samba_sd_pull(const uint8_t *bytes, size_t size);

/** Parse SDDL; NULL if Samba refuses it. */
struct samba_sd *samba_sd_parse(const char *text);

/** Print SDDL; NULL if Samba cannot. */
char *samba_sd_format(const struct samba_sd *sd);

/** Bytes of a descriptor (NDR), and how many; NULL if Samba refuses it. */
uint8_t *samba_sd_push(const struct samba_sd *sd, size_t *ret_size);

/** Map the generic rights of every ACE of the DACL, as the file server does before it judges. */
void samba_sd_map_generic(struct samba_sd *sd, const tsr_generic_mapping *mapping);

/**
 * The descriptor of what is created below @parent.
 *
 * @param parent  must have a DACL that is not NULL: Samba crashes otherwise
 * @return NULL if Samba refuses
 */
struct samba_sd *samba_sd_of_child(const struct samba_sd *parent, const tsr_sid *owner,
                                   const tsr_sid *group, bool is_container);

/** Replace the generic rights of @mask. */
uint32_t samba_map_generic(uint32_t mask, const tsr_generic_mapping *mapping);

/** Read a SID that is the whole text. @return whether Samba takes it */
bool samba_sid_parse(const char *text, tsr_sid *ret_sid);

/** The text of a SID. */
void samba_sid_format(const tsr_sid *sid, char ret_text[TSR_SID_TEXT_MAX]);

/** The access check. @return NTSTATUS */
uint32_t samba_access_check(const struct samba_token *token, const struct samba_sd *sd,
                            uint32_t desired, uint32_t *ret_granted);

/** The file server's access check, with backup and restore intent. @return NTSTATUS */
uint32_t samba_file_access_check(const struct samba_token *token, const struct samba_sd *sd,
                                 uint32_t desired, uint32_t *ret_granted);

/**
 * The directory's access check.
 *
 * @param type  GUID of the one node of the object tree; NULL: no tree
 * @param self  who stands for PRINCIPAL_SELF; NULL: nobody
 * @return NTSTATUS
 */
uint32_t samba_directory_access_check(const struct samba_token *token, const struct samba_sd *sd,
                                      uint32_t desired, const uint8_t *type, const tsr_sid *self,
                                      uint32_t *ret_granted);

/** Free what one of these functions returned. */
void samba_release(const void *object);
