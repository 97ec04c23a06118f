/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The actions of `tessera acl`; each is given its own name as argv[0]
 */

int acl_show(int argc, char **argv);
int acl_set(int argc, char **argv);
int acl_edit(int argc, char **argv);
int acl_propagate(int argc, char **argv);
