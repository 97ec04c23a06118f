/* SPDX-License-Identifier: MIT */
/* What the forms of an explanation have in common. */

#include "cli/explain-print.h"

const char *explain_advice_title(const struct explanation *explanation)
{
    if (explanation->model->decisive == MODEL_NO_STEP) {
        return "It is the request that would have to be another.";
    }
    return explanation->model->is_granted ? "What would take it away" : "What would grant it";
}

const char *explain_no_advice(const struct explanation *explanation)
{
    if (explanation->advices->n > 0) {
        return NULL;
    }
    if (explanation->model->decisive == MODEL_NO_STEP) {
        return "It is the request that would have to be another.";
    }
    return explanation->model->is_granted ? "No single entry, privilege or owner: it is granted "
                                            "without any one of them."
                                          : "Nothing short was found: no few changes of the token "
                                            "or the descriptor grant it.";
}

void explain_replay(const struct explanation *explanation, struct writer *writer)
{
    if (explanation->agrees) {
        writer_text(writer, "The recorded decision is today's, too.");
        return;
    }
    writer_format(writer, "The recorded decision was another: %s.", explanation->difference->text);
}
