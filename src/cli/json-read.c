/* SPDX-License-Identifier: MIT */
/* Members of JSON objects, checked one by one. */

#include "cli/json-read.h"

#include <string.h>

#include "base/check.h"
#include "base/writer.h"
#include "cli/text.h"

bool json_read_file(const char *path, size_t size_max, json_t **ret_json,
                    struct problem *ret_problem)
{
    CLEANUP(writer_deinit) struct writer content = {0};
    const int error = text_read_file(path, size_max, &content);
    json_error_t json_error;
    json_t *json;

    if (error != 0) {
        return problem_set(ret_problem, "cannot read it: %s", strerror(error));
    }
    json = json_loadb((const char *)content.bytes, content.size, JSON_READ_FLAGS, &json_error);
    if (!json) {
        return problem_set(ret_problem, "line %d, column %d: %s", json_error.line,
                           json_error.column, json_error.text);
    }
    *ret_json = json;
    return true;
}

bool json_read_text(const json_t *object, const char *name, const char **ret_text,
                    struct problem *ret_problem)
{
    const json_t *const value = json_object_get(object, name);

    if (value && !json_is_string(value)) {
        return problem_set(ret_problem, "%s is not a string", name);
    }
    if (value) {
        *ret_text = json_string_value(value);
    }
    return true;
}

bool json_read_bool(const json_t *object, const char *name, bool *ret_value,
                    struct problem *ret_problem)
{
    const json_t *const value = json_object_get(object, name);

    if (value && !json_is_boolean(value)) {
        return problem_set(ret_problem, "%s is neither true nor false", name);
    }
    if (value) {
        *ret_value = json_is_true(value);
    }
    return true;
}

bool json_read_array(const json_t *object, const char *name, const json_t **ret_array,
                     struct problem *ret_problem)
{
    const json_t *const value = json_object_get(object, name);

    if (value && !json_is_array(value)) {
        return problem_set(ret_problem, "%s is not an array", name);
    }
    if (value) {
        *ret_array = value;
    }
    return true;
}

bool json_value_u32(const json_t *value, const char *what, uint32_t *ret_value,
                    struct problem *ret_problem)
{
    if (json_is_string(value) && text_to_u32(json_string_value(value), ret_value)) {
        return true;
    }
    if (json_is_integer(value) && json_integer_value(value) >= 0 &&
        json_integer_value(value) <= UINT32_MAX) {
        *ret_value = (uint32_t)json_integer_value(value);
        return true;
    }
    return problem_set(ret_problem, "%s is not a number of 32 bits", what);
}

bool json_read_u32(const json_t *object, const char *name, uint32_t *ret_value,
                   struct problem *ret_problem)
{
    const json_t *const value = json_object_get(object, name);

    return !value || json_value_u32(value, name, ret_value, ret_problem);
}

bool json_value_sid(const json_t *value, const char *what, tsr_sid *ret_sid,
                    struct problem *ret_problem)
{
    if (!json_is_string(value)) {
        return problem_set(ret_problem, "%s: a SID is not a string", what);
    }
    if (tsr_failed(tsr_sid_parse(json_string_value(value), ret_sid, NULL))) {
        return problem_set(ret_problem, "%s: '%.60s' is no SID", what, json_string_value(value));
    }
    return true;
}

bool json_read_sid(const json_t *object, const char *name, tsr_sid *ret_sid, bool *ret_present,
                   struct problem *ret_problem)
{
    const json_t *const value = json_object_get(object, name);

    if (ret_present) {
        *ret_present = value != NULL;
    }
    return !value || json_value_sid(value, name, ret_sid, ret_problem);
}

bool json_read_mapping(const json_t *object, tsr_generic_mapping *ret_mapping,
                       struct problem *ret_problem)
{
    const json_t *array = NULL;
    uint32_t masks[4];

    if (!json_read_array(object, "mapping", &array, ret_problem)) {
        return false;
    }
    if (!array) {
        *ret_mapping = TSR_FILE_MAPPING;
        return true;
    }
    if (json_array_size(array) != ARRAY_SIZE(masks)) {
        return problem_set(ret_problem, "mapping does not have four masks");
    }
    for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
        if (!json_value_u32(json_array_get(array, i), "mapping", &masks[i], ret_problem)) {
            return false;
        }
    }
    *ret_mapping = (tsr_generic_mapping){masks[0], masks[1], masks[2], masks[3]};
    return true;
}
