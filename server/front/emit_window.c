/* OVER (...) */
#include "server/front/emit_parts.h"

static enum sqli_status emit_partition(struct sqli_emitter *emitter,
                                       const struct sqli_window *window)
{
    const char *before = "PARTITION BY ";
    for (const struct sqli_expr *key = window->partition; key; key = key->next) {
        sqli__emit_text(emitter, before);
        SQLI_TRY(sqli__emit_collated(emitter, key));
        before = ", ";
    }
    return SQLI_OK;
}

static enum sqli_status emit_order(struct sqli_emitter *emitter, const struct sqli_window *window)
{
    static const char *const nulls[] = {" NULLS FIRST", "", " NULLS LAST"};
    const char *before = " ORDER BY ";
    for (const struct sqli_order *order = window->order; order; order = order->next) {
        sqli__emit_text(emitter, before);
        SQLI_TRY(sqli__emit_collated(emitter, order->expr));
        sqli__emit_text(emitter, order->descending ? " DESC" : "");
        sqli__emit_text(emitter, nulls[1 + (order->nulls > 0) - (order->nulls < 0)]);
        before = ", ";
    }
    return SQLI_OK;
}

static enum sqli_status emit_bound(struct sqli_emitter *emitter,
                                   const struct sqli_frame_bound *bound)
{
    static const char *const texts[] = {
        [SQLI_BOUND_FIRST] = "UNBOUNDED PRECEDING", [SQLI_BOUND_PRECEDING] = " PRECEDING",
        [SQLI_BOUND_CURRENT] = "CURRENT ROW",       [SQLI_BOUND_FOLLOWING] = " FOLLOWING",
        [SQLI_BOUND_LAST] = "UNBOUNDED FOLLOWING",
    };
    if (bound->offset)
        SQLI_TRY(sqli__emit_root(emitter, bound->offset));
    sqli__emit_text(emitter, texts[bound->kind]);
    return SQLI_OK;
}

enum sqli_status sqli__emit_window(struct sqli_emitter *emitter, const struct sqli_window *window)
{
    sqli__emit_text(emitter, " OVER (");
    SQLI_TRY(emit_partition(emitter, window));
    SQLI_TRY(emit_order(emitter, window));
    if (window->unit != SQLI_FRAME_NONE) {
        sqli__emit_text(emitter,
                        window->unit == SQLI_FRAME_ROWS ? " ROWS BETWEEN " : " RANGE BETWEEN ");
        SQLI_TRY(emit_bound(emitter, &window->start));
        sqli__emit_text(emitter, " AND ");
        SQLI_TRY(emit_bound(emitter, &window->end));
    }
    sqli__emit_text(emitter, ")");
    return SQLI_OK;
}
