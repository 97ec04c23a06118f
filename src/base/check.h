/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The two control-flow macros, ownership, and the few numbers everybody needs
 */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/status.h>

/** Propagate a failure of @expr_ unchanged; otherwise go on. */
#define TRY(expr_)                              \
    do {                                        \
        const tsr_status try_status_ = (expr_); \
        if (tsr_failed(try_status_)) {          \
            return try_status_;                 \
        }                                       \
    } while (0)

/** Fail with @code_ unless @cond_ holds. */
#define REQUIRE(cond_, code_)            \
    do {                                 \
        if (!(cond_)) {                  \
            return tsr_status_of(code_); \
        }                                \
    } while (0)

/** Declare an owner: @func_ receives the variable's value when it leaves scope. */
#define CLEANUP(func_) __attribute__((cleanup(cleanup_##func_)))

/** Let @func_, which takes one @type_, be named in CLEANUP(). */
#define DEFINE_CLEANUP(type_, func_)                  \
    static inline void cleanup_##func_(type_ *value_) \
    {                                                 \
        (void)func_(*value_);                         \
    }                                                 \
    struct cleanup_##func_##_needs_semicolon

/** Hand an owned pointer on: the variable becomes NULL. */
#define STEAL(ptr_)                         \
    ({                                      \
        __typeof__(ptr_) *steal_ = &(ptr_); \
        __typeof__(ptr_) taken_ = *steal_;  \
        *steal_ = NULL;                     \
        taken_;                             \
    })

/* On a function that is small, hot, and called in few places. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* On a function that a hot one rarely calls: kept out of its way. */
#define COLD __attribute__((cold, noinline))

/* The same for one that is called often enough to be fast itself. */
#define OUT_OF_LINE __attribute__((noinline))

#define ARRAY_SIZE(array_) (sizeof(array_) / sizeof((array_)[0]))

/* free() by CLEANUP; spelled by hand because the value may have any pointer type. */
static inline void cleanup_free(void *value)
{
    free(*(void **)value);
}

/**
 * Zeroed memory, or NULL.
 *
 * glibc's calloc() always asks the heap, where its malloc() first looks into what the thread freed
 * last: that is what most memory here is.
 */
static inline void *zeroed_new(size_t size)
{
    void *memory = NULL;

    __asm__("" : "+r"(memory)); /* Compilers that know it is NULL make this calloc(). */
    memory = realloc(memory, size);
    return memory ? memset(memory, 0, size) : NULL;
}

/** A zeroed array of @n elements of @size, or NULL; also NULL when the product overflows. */
static inline void *array_new(size_t n, size_t size)
{
    size_t n_bytes;

    return __builtin_mul_overflow(n, size, &n_bytes) ? NULL : zeroed_new(n_bytes ? n_bytes : 1);
}
