/* SPDX-License-Identifier: MIT */
/* What an access check did, worked out from what it told its sink. */

#include "cli/explain-model.h"

#include <stdlib.h>

#include "base/check.h"

#define BIT(n_) (UINT32_C(1) << (n_))

/* For a policy nobody knows (access-check.md 12): full control to BA, SY and OW. */
static const uint8_t recovery_acl[] = {
    2, 0, 72, 0, 3, 0, 0, 0,                                                      /* ACL */
    0, 0, 24, 0, 0, 0, 0, 0x10, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0, /* BA */
    0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,              /* SY */
    0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 3, 4,  0, 0, 0,              /* OW */
};

void model_deinit(struct model *model)
{
    free(model->steps);
    free(model->open_of);
    free(model->granted_of);
    *model = (struct model){0};
}

static struct model_judgement *judgement_of(struct model *model)
{
    return model->rule == MODEL_NO_STEP ? &model->own : &model->of_rule;
}

static void judgement_begin(struct model_judgement *judgement)
{
    *judgement = (struct model_judgement){0};
    for (size_t bit = 0; bit < MODEL_N_BITS; bit++) {
        judgement->by[bit] = MODEL_NO_STEP;
        for (size_t pass = 0; pass < ARRAY_SIZE(judgement->also); pass++) {
            judgement->also[pass][bit] = MODEL_NO_STEP;
        }
    }
}

static struct model_step *step_add(struct model *model, enum model_kind kind,
                                   const tsr_trace_event *event)
{
    struct model_step *grown;

    if (model->n_steps == model->n_room) {
        grown = reallocarray(model->steps, 2 * model->n_room + 16, sizeof(*grown));
        if (!grown) {
            model->has_failed = true;
            return NULL;
        }
        model->steps = grown;
        model->n_room = 2 * model->n_room + 16;
    }
    model->steps[model->n_steps] =
        (struct model_step){.kind = kind, .event = *event, .rule = model->rule};
    return &model->steps[model->n_steps++];
}

/* A step has settled a right in a pass: later passes only take from what the first one granted. */
static void right_settle(struct model_judgement *judgement, tsr_access_pass pass, size_t bit,
                         size_t step, bool allowed)
{
    if (pass == TSR_PASS_NORMAL) {
        judgement->ends[bit] = allowed ? RIGHT_GRANTED : RIGHT_REFUSED;
        judgement->by[bit] = step;
    } else if (allowed) {
        judgement->also[pass][bit] = step;
    } else if (judgement->ends[bit] == RIGHT_GRANTED) {
        judgement->ends[bit] = RIGHT_REFUSED;
        judgement->by[bit] = step;
    }
}

static void rights_settle(struct model_judgement *judgement, uint32_t pass, uint32_t rights,
                          size_t step, bool allowed)
{
    for (size_t bit = 0; bit < MODEL_N_BITS; bit++) {
        if (rights & BIT(bit) && pass <= TSR_PASS_PACKAGE) {
            right_settle(judgement, (tsr_access_pass)pass, bit, step, allowed);
        }
    }
}

static void take_request(struct model *model, const tsr_trace_event *event)
{
    model->required = event->rights;
    model->possible = event->open;
    (void)step_add(model, MODEL_EVENT, event);
}

/* A mandatory stage: what lies outside of its rights is refused by it. */
static void take_limit(struct model *model, const tsr_trace_event *event)
{
    struct model_step *const step = step_add(model, MODEL_EVENT, event);

    if (step) {
        step->denied = model->possible & model->permitted & ~event->rights;
        rights_settle(&model->own, TSR_PASS_NORMAL, step->denied, model->n_steps - 1, false);
    }
    model->permitted &= event->rights;
}

static void take_privilege(struct model *model, const tsr_trace_event *event)
{
    struct model_step *const step = step_add(model, MODEL_EVENT, event);

    if (step) {
        step->allowed = event->rights;
        rights_settle(&model->own, TSR_PASS_NORMAL, event->rights, model->n_steps - 1, true);
    }
    model->supplied |= event->rights;
}

static void open_types(struct model *model, uint32_t rights)
{
    for (size_t i = 0; i < model->n_types; i++) {
        model->open_of[i] = rights;
    }
}

static void take_pass(struct model *model, const tsr_trace_event *event)
{
    struct model_judgement *const judgement = judgement_of(model);

    judgement->asked = event->rights;
    judgement->open = event->rights;
    judgement->allowed = 0;
    judgement->is_cut = false;
    open_types(model, event->rights);
    (void)step_add(model, MODEL_EVENT, event);
}

/* An ACE, the owner, or there being no DACL. */
static void take_ruling(struct model *model, const tsr_trace_event *event)
{
    struct model_judgement *const judgement = judgement_of(model);
    const uint32_t settled = judgement->open & ~event->open;
    const bool is_list = model->rule == MODEL_NO_STEP && model->question->request.result_list;
    struct model_step *const step = step_add(model, MODEL_EVENT, event);

    if (!step) {
        return;
    }
    *(event->allowed ? &step->allowed : &step->denied) = settled;
    rights_settle(judgement, event->pass, settled, model->n_steps - 1, event->allowed);
    judgement->open = event->open;
    judgement->allowed |= step->allowed;
    if (step->denied & model->required && !is_list) {
        judgement->is_cut = true;
    }
    if (event->step != TSR_TRACE_ACE) {
        for (size_t i = 0; i < model->n_types; i++) {
            model->open_of[i] &= ~settled;
        }
    }
}

static void take_node(struct model *model, const tsr_trace_event *event)
{
    if (event->node >= model->n_types || model->n_steps == 0) {
        return;
    }
    if (event->node > 0 && model->open_of[event->node] & ~event->open) {
        model->steps[model->n_steps - 1].n_types++;
    }
    model->open_of[event->node] = event->open;
}

/* The rest of a DACL, which the pass did not come to. */
static void add_not_reached(struct model *model, const tsr_trace_event *end)
{
    const size_t last = model->n_steps - 1;
    const tsr_acl *const dacl = model_dacl(model, last);
    tsr_trace_event event = *end;
    tsr_ace ace;
    size_t offset = 0;
    uint32_t first = 0;

    if (model->n_steps == 0 || !dacl->bytes) {
        return;
    }
    if (model->steps[last].event.step == TSR_TRACE_ACE) {
        first = model->steps[last].event.ace_index + 1;
    }
    event.step = TSR_TRACE_ACE;
    for (uint32_t i = 0; tsr_acl_next(dacl, &offset, &ace); i++) {
        event.ace_index = i;
        event.rights = ace.sid ? tsr_map_generic(ace.mask, &model->question->request.mapping) : 0;
        if (i >= first) {
            (void)step_add(model, MODEL_NOT_REACHED, &event);
        }
    }
}

/* What a later pass was asked about and did not come to is not granted, nor refused by anything. */
static void forget_open(struct model_judgement *judgement)
{
    for (size_t bit = 0; bit < MODEL_N_BITS; bit++) {
        if (judgement->open & BIT(bit) && judgement->ends[bit] == RIGHT_GRANTED) {
            judgement->ends[bit] = RIGHT_UNTOUCHED;
            judgement->by[bit] = MODEL_NO_STEP;
        }
    }
}

/* What no ACE spoke about is refused at the end, unless a deny has ended the pass before. */
static void end_object(struct model *model, const tsr_trace_event *event)
{
    struct model_judgement *const judgement = judgement_of(model);
    struct model_step *step;

    add_not_reached(model, event);
    step = step_add(model, MODEL_EVENT, event);
    if (!step) {
        return;
    }
    if (!judgement->is_cut) {
        step->denied = judgement->open;
        rights_settle(judgement, event->pass, judgement->open, model->n_steps - 1, false);
    } else if (event->pass != TSR_PASS_NORMAL) {
        forget_open(judgement);
    }
    if (event->pass == TSR_PASS_NORMAL) {
        judgement->granted = judgement->allowed | model->supplied;
    } else {
        judgement->granted &= judgement->allowed | ~judgement->asked;
    }
    model->has_failed = model->has_failed || judgement->granted != event->rights;
}

static void take_pass_end(struct model *model, const tsr_trace_event *event)
{
    if (event->node == 0) {
        end_object(model, event);
    }
    if (model->rule == MODEL_NO_STEP && event->node < model->n_types) {
        model->granted_of[event->node] = event->rights;
    }
}

/* A central rule has spoken: what it refuses is refused by that step of it. */
static void end_rule(struct model *model)
{
    const struct model_judgement *const judgement = &model->of_rule;

    for (size_t bit = 0; bit < MODEL_N_BITS; bit++) {
        if (model->own.ends[bit] == RIGHT_GRANTED && !(judgement->granted & BIT(bit))) {
            const bool is_refused = judgement->ends[bit] == RIGHT_REFUSED;

            model->own.ends[bit] = is_refused ? RIGHT_REFUSED : RIGHT_UNTOUCHED;
            model->own.by[bit] = is_refused ? judgement->by[bit] : MODEL_NO_STEP;
        }
    }
    model->limit &= judgement->granted;
}

static void begin_rule(struct model *model, const tsr_trace_event *event)
{
    model->rule = MODEL_NO_STEP;
    (void)step_add(model, MODEL_EVENT, event);
    model->rule = model->n_steps - 1;
    judgement_begin(&model->of_rule);
    model->of_rule.granted = UINT32_MAX;
    rights_settle(&model->of_rule, TSR_PASS_NORMAL, model->supplied, model->rule, true);
}

static void take_policy(struct model *model, const tsr_trace_event *event)
{
    begin_rule(model, event);
    if (event->policy != TSR_TRACE_RECOVERY) {
        model->rule = MODEL_NO_STEP; /* Its rules follow, each with passes of its own. */
    }
}

static void take_rule(struct model *model, const tsr_trace_event *event)
{
    if (model->rule != MODEL_NO_STEP) {
        end_rule(model);
    }
    begin_rule(model, event);
}

static void take_central_limit(struct model *model, const tsr_trace_event *event)
{
    if (model->rule != MODEL_NO_STEP) {
        end_rule(model);
    }
    model->rule = MODEL_NO_STEP;
    model->has_failed = model->has_failed || model->limit != event->rights;
    (void)step_add(model, MODEL_EVENT, event);
    model->own.granted &= model->limit;
    for (size_t i = 0; i < model->n_types; i++) {
        model->granted_of[i] &= model->limit;
    }
}

/* Steps that are not about who may do what, such as auditing, stand in no row. */
static void (*const takers[])(struct model *, const tsr_trace_event *) = {
    [TSR_TRACE_REQUEST] = take_request,     [TSR_TRACE_PROCESS_TRUST] = take_limit,
    [TSR_TRACE_ACCESS_FILTER] = take_limit, [TSR_TRACE_INTEGRITY] = take_limit,
    [TSR_TRACE_PRIVILEGE] = take_privilege, [TSR_TRACE_PASS] = take_pass,
    [TSR_TRACE_OWNER] = take_ruling,        [TSR_TRACE_NO_DACL] = take_ruling,
    [TSR_TRACE_ACE] = take_ruling,          [TSR_TRACE_NODE] = take_node,
    [TSR_TRACE_PASS_END] = take_pass_end,   [TSR_TRACE_CENTRAL_POLICY] = take_policy,
    [TSR_TRACE_CENTRAL_RULE] = take_rule,   [TSR_TRACE_CENTRAL_LIMIT] = take_central_limit,
};

static void take_event(void *context, const tsr_trace_event *event)
{
    struct model *const model = context;

    if (!model->has_failed && event->step < ARRAY_SIZE(takers) && takers[event->step]) {
        takers[event->step](model, event);
    }
}

static bool has_passes(const struct model *model)
{
    for (size_t i = 0; i < model->n_steps; i++) {
        if (model->steps[i].event.step == TSR_TRACE_PASS) {
            return true;
        }
    }
    return false;
}

/* The mandatory stages refuse a right asked for by name, or all that MAXIMUM_ALLOWED could give. */
static bool is_refused_by_stages(const struct model *model)
{
    return model->required & ~model->permitted ||
           (model->possible && !(model->possible & model->permitted));
}

/* No pass took place: ACCESS_SYSTEM_SECURITY is not for a DACL to grant. */
static void add_not_held(struct model *model)
{
    const tsr_trace_event event = {.step = TSR_TRACE_PRIVILEGE,
                                   .privilege = SE_SECURITY_PRIVILEGE,
                                   .ace_index = TSR_TRACE_NO_ACE,
                                   .rights = ACCESS_SYSTEM_SECURITY};
    struct model_step *const step = step_add(model, MODEL_NOT_HELD, &event);

    if (step) {
        step->denied = ACCESS_SYSTEM_SECURITY;
        rights_settle(&model->own, TSR_PASS_NORMAL, step->denied, model->n_steps - 1, false);
    }
}

/* Access-check.md 4: what the steps come to. Denial is the initial state. */
static void decide(struct model *model)
{
    const tsr_access_request *const request = &model->question->request;
    const bool asks_nothing = tsr_map_generic(request->desired, &request->mapping) == 0;

    if (model->n_steps == 0 || (asks_nothing && request->previously_granted == 0) ||
        is_refused_by_stages(model)) {
        return;
    }
    if (model->required & ACCESS_SYSTEM_SECURITY & ~model->supplied) {
        add_not_held(model);
        return;
    }
    if (!has_passes(model) && !asks_nothing) {
        return;
    }
    model->is_granted =
        (model->required & ~model->own.granted) == 0 && (asks_nothing || model->own.granted != 0);
    if (model->is_granted) {
        model->granted = model->own.granted | request->previously_granted;
    }
}

/* The step to point at: the last that a grant needed, or the first that refused what was named. */
static size_t decisive_step(const struct model *model)
{
    const uint32_t wanted = model->required ? model->required : model->possible;
    const enum right_end end = model->is_granted ? RIGHT_GRANTED : RIGHT_REFUSED;
    size_t decisive = MODEL_NO_STEP;

    for (size_t bit = 0; bit < MODEL_N_BITS; bit++) {
        const size_t by = model->own.by[bit];

        if (!(wanted & BIT(bit)) || model->own.ends[bit] != end || by == MODEL_NO_STEP) {
            continue;
        }
        if (decisive == MODEL_NO_STEP || (model->is_granted ? by > decisive : by < decisive)) {
            decisive = by;
        }
    }
    return decisive;
}

static bool types_agree(const struct model *model)
{
    const tsr_access_request *const request = &model->question->request;
    const bool asks_nothing = tsr_map_generic(request->desired, &request->mapping) == 0;

    for (size_t i = 0; request->result_list && has_passes(model) && i < model->n_types; i++) {
        const uint32_t granted = model->granted_of[i];
        const bool is_enough = (model->required & ~granted) == 0 && (asks_nothing || granted != 0);
        const uint32_t expected = granted | (is_enough ? request->previously_granted : 0);

        if (tsr_ok(request->types[i].status) != is_enough ||
            request->types[i].granted != expected) {
            return false;
        }
    }
    return true;
}

static bool agrees(const struct model *model)
{
    return !model->has_failed && model->granted == model->result.granted &&
           model->is_granted == tsr_ok(model->result.status) && types_agree(model);
}

bool model_ask(struct question *question, struct model *ret_model, struct problem *ret_problem)
{
    const tsr_trace trace = {.event = take_event, .context = ret_model};

    *ret_model = (struct model){.question = question,
                                .permitted = UINT32_MAX,
                                .limit = UINT32_MAX,
                                .rule = MODEL_NO_STEP,
                                .decisive = MODEL_NO_STEP,
                                .n_types = question->request.n_types};
    judgement_begin(&ret_model->own);
    ret_model->open_of = array_new(ret_model->n_types, sizeof(*ret_model->open_of));
    ret_model->granted_of = array_new(ret_model->n_types, sizeof(*ret_model->granted_of));
    if (!ret_model->open_of || !ret_model->granted_of) {
        return problem_set(ret_problem, "out of memory");
    }

    ret_model->result = question_ask(question, &trace);
    decide(ret_model);
    if (!agrees(ret_model)) {
        return problem_set(ret_problem, "the steps of the check do not add up to its decision; "
                                        "nothing is printed rather than something wrong");
    }
    ret_model->decisive = decisive_step(ret_model);
    return true;
}

static bool is_limit(tsr_trace_step step)
{
    return step == TSR_TRACE_PROCESS_TRUST || step == TSR_TRACE_ACCESS_FILTER ||
           step == TSR_TRACE_INTEGRITY;
}

char model_cell(const struct model *model, size_t step, uint32_t right)
{
    const struct model_step *const at = &model->steps[step];

    if (at->denied & right) {
        return 'd';
    }
    if (at->allowed & right) {
        return 'a';
    }
    if (is_limit(at->event.step) || at->event.step != TSR_TRACE_ACE) {
        return ' ';
    }
    return at->event.rights & right ? 'n' : ' ';
}

uint32_t model_rights(const struct model *model)
{
    return model->question->request.desired & MAXIMUM_ALLOWED ? model->possible : model->required;
}

const tsr_acl *model_dacl(const struct model *model, size_t step)
{
    static const tsr_acl recovery = {
        .bytes = recovery_acl, .size = sizeof(recovery_acl), .n_aces = 3};
    const tsr_access_request *const request = &model->question->request;
    const struct model_step *const at = &model->steps[step];
    const tsr_trace_event *rule;

    if (at->rule == MODEL_NO_STEP) {
        return &model->question->descriptor.sd.dacl;
    }
    rule = &model->steps[at->rule].event;
    return rule->step == TSR_TRACE_CENTRAL_RULE
               ? &request->policies[rule->policy].rules[rule->rule].dacl
               : &recovery;
}
