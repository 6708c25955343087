#include "server/store/runtime_case.h"

#include <stdbool.h>
#include <stddef.h>

/* Letters whose capital and small forms stand apart by a distance, or take turns: the capital is
 * the even or the odd one of each pair. The dotless and the dotted i of Turkish are left out, as
 * their partners are those of other letters. */
enum { EVEN = 0, ODD = 1 };

static const struct range {
    uint32_t first, last; /* of the capitals, or of both where they take turns */
    int32_t distance;     /* from a capital to its small letter; EVEN or ODD: they take turns */
} ranges[] = {
    {0x41, 0x5a, 32},       {0xc0, 0xd6, 32},     {0xd8, 0xde, 32},     {0x100, 0x12f, EVEN},
    {0x132, 0x137, EVEN},   {0x139, 0x148, ODD},  {0x14a, 0x177, EVEN}, {0x178, 0x178, -121},
    {0x179, 0x17e, ODD},    {0x1a0, 0x1a5, EVEN}, {0x1af, 0x1b0, ODD},  {0x1cd, 0x1dc, ODD},
    {0x1de, 0x1ef, EVEN},   {0x1f8, 0x21f, EVEN}, {0x222, 0x233, EVEN}, {0x246, 0x24f, EVEN},
    {0x386, 0x386, 38},     {0x388, 0x38a, 37},   {0x38c, 0x38c, 64},   {0x38e, 0x38f, 63},
    {0x391, 0x3a1, 32},     {0x3a3, 0x3ab, 32},   {0x3d8, 0x3ef, EVEN}, {0x400, 0x40f, 80},
    {0x410, 0x42f, 32},     {0x460, 0x481, EVEN}, {0x48a, 0x4bf, EVEN}, {0x4c0, 0x4c0, 15},
    {0x4c1, 0x4ce, ODD},    {0x4d0, 0x52f, EVEN}, {0x531, 0x556, 48},   {0x1e00, 0x1e95, EVEN},
    {0x1ea0, 0x1eff, EVEN}, {0x2160, 0x216f, 16}, {0x24b6, 0x24cf, 26}, {0xff21, 0xff3a, 32},
};

enum { FINAL_SIGMA = 0x3c2, CAPITAL_SIGMA = 0x3a3 };

static bool take_turns(const struct range *range)
{
    return range->distance == EVEN || range->distance == ODD;
}

static uint32_t moved(uint32_t point, int32_t distance)
{
    return (uint32_t)((int32_t)point + distance);
}

uint32_t sqli__point_upper(uint32_t point)
{
    if (point < 0x80)
        return point >= 'a' && point <= 'z' ? point - 32 : point;
    if (point == FINAL_SIGMA)
        return CAPITAL_SIGMA;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const struct range *r = &ranges[i];
        if (take_turns(r)) {
            if (point >= r->first && point <= r->last)
                return (int32_t)(point & 1) == r->distance ? point : point - 1;
        } else if (point >= moved(r->first, r->distance) && point <= moved(r->last, r->distance)) {
            return moved(point, -r->distance);
        }
    }
    return point;
}

uint32_t sqli__point_lower(uint32_t point)
{
    if (point < 0x80)
        return point >= 'A' && point <= 'Z' ? point + 32 : point;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const struct range *r = &ranges[i];
        if (point < r->first || point > r->last)
            continue;
        if (!take_turns(r))
            return moved(point, r->distance);
        return (int32_t)(point & 1) == r->distance ? point + 1 : point;
    }
    return point;
}
