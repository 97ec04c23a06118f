/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What every Tessera header needs: linkage and attributes.
 */

#ifdef __cplusplus
#define TSR_BEGIN_DECLS extern "C" {
#define TSR_END_DECLS   }
#else
#define TSR_BEGIN_DECLS
#define TSR_END_DECLS
#endif

#define TSR_PUBLIC __attribute__((visibility("default")))

/* On a struct type: the compiler refuses to let a returned value be dropped. */
#if defined(__cplusplus) || (defined(__GNUC__) && !defined(__clang__))
#define TSR_NODISCARD_TYPE [[nodiscard]]
#else
#define TSR_NODISCARD_TYPE __attribute__((warn_unused_result))
#endif
