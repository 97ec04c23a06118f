/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The longest names, without their terminators
 */

#define CNLEN 15 /* of a computer */
#define DNLEN CNLEN
#define UNLEN 256 /* of a user */
#define GNLEN UNLEN
