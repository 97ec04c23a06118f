/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Reading test vectors (tests/vectors/README.md)
 *
 * A vector that the code answers otherwise than it says must be named, with the reason, in a list
 * of exceptions; an exception that is no longer one fails too.
 */

#include <support/expect.h>

#include <jansson.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>

struct vector_exception {
    const char *id;
    const char *reason;
};

struct vector_run {
    const struct vector_exception *exceptions; /* ended by a NULL id; NULL: none */
    size_t n_vectors;
    size_t n_failed;
};

static inline const char *vector_text(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

/** A number given as hexadecimal text or as a number; 0 if absent. */
static inline uint32_t vector_number(const json_t *value)
{
    const char *text = json_string_value(value);

    return text ? (uint32_t)strtoul(text, NULL, 0) : (uint32_t)json_integer_value(value);
}

static inline uint32_t vector_mask(const json_t *object, const char *member)
{
    return vector_number(json_object_get(object, member));
}

/** Whether an array of texts holds this one. */
static inline bool vector_has(const json_t *array, const char *text)
{
    size_t i;
    json_t *element;

    json_array_foreach(array, i, element)
    {
        if (strcmp(json_string_value(element), text) == 0) {
            return true;
        }
    }
    return false;
}

/** read, write, execute, all; the file mapping if absent. */
static inline tsr_generic_mapping vector_mapping(const json_t *array)
{
    if (!json_is_array(array)) {
        return TSR_FILE_MAPPING;
    }
    return (tsr_generic_mapping){
        vector_number(json_array_get(array, 0)), vector_number(json_array_get(array, 1)),
        vector_number(json_array_get(array, 2)), vector_number(json_array_get(array, 3))};
}

static inline const struct vector_exception *vector_exception(const struct vector_run *run,
                                                              const char *id)
{
    for (const struct vector_exception *e = run->exceptions; e && e->id; e++) {
        if (strcmp(e->id, id) == 0) {
            return e;
        }
    }
    return NULL;
}

/** Count the outcome of one vector: @agrees with what it says, or is a known exception. */
static inline void vector_judge(struct vector_run *run, const json_t *vector, bool agrees)
{
    const char *id = vector_text(vector, "id");
    const struct vector_exception *exception = vector_exception(run, id);

    run->n_vectors++;
    if (agrees == !exception) {
        return;
    }
    run->n_failed++;
    if (exception) {
        print_error("%s: agrees, though listed as an exception: %s\n", id, exception->reason);
    } else {
        print_error("%s: disagrees\n", id);
    }
}

static inline const char *vectors_folder(void)
{
    const char *folder = getenv("TESSERA_VECTORS");

    return folder ? folder : TESSERA_VECTORS;
}

/** Call @each for every vector of a family. */
static inline void vectors_each(const char *family,
                                void (*each)(const json_t *vector, void *context), void *context)
{
    char path[4096];
    char *line = NULL;
    size_t n_allocated = 0;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s.jsonl", vectors_folder(), family);
    file = fopen(path, "re");
    if (!file) {
        fail_msg("cannot open %s", path);
    }
    while (getline(&line, &n_allocated, file) > 0) {
        json_error_t error;
        json_t *vector = json_loads(line, 0, &error);

        if (!vector) {
            fail_msg("%s: %s", path, error.text);
        }
        each(vector, context);
        json_decref(vector);
    }
    free(line);
    fclose(file);
}
