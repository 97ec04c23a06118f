/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * `tessera check --jsonl`: the access_check vectors, one by one
 */

/** @param path  NULL or "-": standard input. @return the exit status */
int check_jsonl(const char *path);
