// What the generator invents before anything is written: members and their rows, in memory.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { DAY = 86400, HOUR = 3600, OFFSET = 8 * HOUR };   // Asia/Shanghai has no daylight saving time in these years

/// The measured tick: 2026-06-15 10:00 +08:00, in seconds.
static const int64_t TICK = 1781488800;
/// The tick before it, from which the windows of the measured one begin.
enum { INTERVAL = 60, EMPTIED_AFTER = 600 };

typedef struct {
    int64_t joined;
    uint16_t birthday;      // month * 100 + day, 0 unknown
    uint16_t birth_year;
    uint8_t tier;           // 0 none, 1 silver, 2 gold, 3 platinum
    uint8_t consents;       // 1 sms, 2 wechat, 4 email
    uint8_t store;
} Member;

/// A row of a history table. `a` and `b` mean: order – cents and store; cart – cents and, if it was emptied, 1;
/// points – earned and remaining; coupon – 1 if used and nothing.
typedef struct {
    int64_t at;             // seconds
    int64_t until;          // expiry of points and coupons
    uint32_t member;
    uint32_t a, b;
} Row;

typedef struct { Row *rows; size_t count, capacity; } Rows;

typedef struct {
    uint32_t count;
    Member *members;        // by id - 1
    Rows orders, carts, points, coupons;
} Population;

/// `due` must be a multiple of five: so many members are due at TICK for each of the five rules, and nobody else is.
/// Rows come out in the order of time.
Population populate(uint32_t members, uint32_t due, uint64_t seed);

/// Sorts by time, keeping the order of equals.
void sort_by_time(Rows *rows);
