/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Rights to tokens, processes and threads (token.md 1.1, 1.2)
 */

#define TOKEN_ASSIGN_PRIMARY    0x0001u
#define TOKEN_DUPLICATE         0x0002u
#define TOKEN_IMPERSONATE       0x0004u
#define TOKEN_QUERY             0x0008u
#define TOKEN_QUERY_SOURCE      0x0010u
#define TOKEN_ADJUST_PRIVILEGES 0x0020u
#define TOKEN_ADJUST_GROUPS     0x0040u
#define TOKEN_ADJUST_DEFAULT    0x0080u
#define TOKEN_ADJUST_SESSIONID  0x0100u
#define TOKEN_ALL_ACCESS        0x000F01FFu

#define PROCESS_TERMINATE                 0x0001u
#define PROCESS_DUP_HANDLE                0x0040u
#define PROCESS_SET_INFORMATION           0x0200u
#define PROCESS_QUERY_INFORMATION         0x0400u
#define PROCESS_QUERY_LIMITED_INFORMATION 0x1000u

#define THREAD_QUERY_INFORMATION         0x0040u
#define THREAD_SET_THREAD_TOKEN          0x0080u
#define THREAD_IMPERSONATE               0x0100u
#define THREAD_DIRECT_IMPERSONATION      0x0200u
#define THREAD_QUERY_LIMITED_INFORMATION 0x0800u
