#include "population.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "random.h"

/// Which rule a member is planted for.
enum { NOBODY, BIRTHDAY, CART, PURCHASE, POINTS, INACTIVE };

static const int HOURS[24] = {1, 1, 0, 0, 0, 0, 1, 2, 4, 6, 8, 10, 11, 9, 7, 7, 8, 10, 12, 13, 12, 10, 6, 3};

static int64_t local_day(int64_t at) { return (at + OFFSET) / DAY; }
static int64_t midnight(int64_t day) { return day * DAY - OFFSET; }
static int within(int64_t at, int64_t low, int64_t high) { return low <= at && at <= high; }

static struct tm date_of(int64_t day) {
    time_t t = (time_t)(day * DAY);
    struct tm date;
    gmtime_r(&t, &date);
    return date;
}

static uint16_t month_day(int64_t day) {
    struct tm date = date_of(day);
    return (uint16_t)((date.tm_mon + 1) * 100 + date.tm_mday);
}

/// The first midnight after the end of the month.
static int64_t month_end(int64_t at) {
    struct tm date = date_of(local_day(at));
    date.tm_mon += 1;
    date.tm_mday = 1;
    return (int64_t)timegm(&date) - OFFSET;
}

static int64_t time_of_day(Random *r) {
    static int total = 0;
    if (!total) for (int h = 0; h < 24; h++) total += HOURS[h];
    int64_t left = below(r, total);
    int hour = 0;
    while (left >= HOURS[hour]) left -= HOURS[hour++];
    return hour * HOUR + below(r, HOUR);
}

static uint8_t store_of(Random *r) {   // Zipf, 200 stores
    static double reach[200];
    if (reach[199] == 0) {
        double sum = 0;
        for (int i = 0; i < 200; i++) reach[i] = sum += 1.0 / (i + 1);
    }
    double u = uniform(r) * reach[199];
    int store = 0;
    while (reach[store] < u) store++;
    return (uint8_t)store;
}

static void push(Rows *rows, Row row) {
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity ? rows->capacity * 2 : 1 << 16;
        rows->rows = realloc(rows->rows, rows->capacity * sizeof(Row));
        if (!rows->rows) { perror("memory"); exit(1); }
    }
    rows->rows[rows->count++] = row;
}

void sort_by_time(Rows *rows) {   // radix, 11 bits a pass
    if (!rows->count) return;
    int64_t low = rows->rows[0].at, high = low;
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->rows[i].at < low) low = rows->rows[i].at;
        if (rows->rows[i].at > high) high = rows->rows[i].at;
    }
    Row *from = rows->rows, *to = malloc(rows->count * sizeof(Row));
    if (!to) { perror("memory"); exit(1); }
    for (int shift = 0; (high - low) >> shift; shift += 11) {
        size_t starts[2049] = {0};
        for (size_t i = 0; i < rows->count; i++) starts[((from[i].at - low) >> shift & 2047) + 1]++;
        for (int i = 0; i < 2048; i++) starts[i + 1] += starts[i];
        for (size_t i = 0; i < rows->count; i++) to[starts[(from[i].at - low) >> shift & 2047]++] = from[i];
        Row *swap = from; from = to; to = swap;
    }
    free(to);
    rows->rows = from;
    rows->capacity = rows->count;
}

// MARK: one member

typedef struct {
    Population *all;
    Random random;
    uint32_t id;
    int plant;
    Member member;
    size_t first_order;     // its orders lie from here to the end of all->orders
} Draft;

/// Negative binomial (r 0.8, mean 5); lognormal values around 120.00; a third of the members leave at some time.
static void draw_orders(Draft *d, double age) {
    Random *r = &d->random;
    int count = poisson(r, gamma_of(r, 0.8) * 6.25);
    double life = age;
    if (uniform(r) < 0.35) { double left = -200.0 * DAY * log(uniform(r)); if (left < life) life = left; }
    if (d->plant == INACTIVE && count < 3) count = 3;
    if (d->plant == PURCHASE && count < 1) count = 1;
    for (int i = 0; i < count; i++) {
        double cents = exp(normal(r) * 0.9 + 4.787) * 100;
        cents = cents < 100 ? 100 : cents > 5e6 ? 5e6 : cents;
        int64_t day = local_day(d->member.joined + below(r, life));
        int weekday = (int)((day + 4) % 7);
        if (weekday != 0 && weekday != 6 && uniform(r) < 0.28) day += 6 - weekday;
        int64_t at = midnight(day) + time_of_day(r);
        if (at >= TICK) at = TICK - 1 - below(r, DAY);
        if (at < d->member.joined) at = d->member.joined;
        push(&d->all->orders, (Row){.at = at, .member = d->id, .a = (uint32_t)cents, .b = d->member.store});
    }
}

/// Moves the orders into or out of the windows of the purchase rule (paid an hour before) and of the inactivity rule
/// (the last one 90 days before, from 10:00 to 10:00).
static void settle_orders(Draft *d) {
    Row *orders = d->all->orders.rows + d->first_order;
    size_t count = d->all->orders.count - d->first_order;
    const int64_t low = TICK - 91 * DAY, high = TICK - 90 * DAY;
    int64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        if (within(orders[i].at, TICK - HOUR - INTERVAL - 1, TICK - HOUR)) orders[i].at -= 4 * INTERVAL;
        if (orders[i].at > last) last = orders[i].at;
    }
    if (d->plant == INACTIVE) {
        for (size_t i = 0; i < count; i++) {
            orders[i].a = 100000 + orders[i].a % 5000;
            if (!within(orders[i].at, TICK - 300 * DAY, low)) orders[i].at = low - below(&d->random, 200 * DAY);
        }
        orders[count - 1].at = high - below(&d->random, DAY);
    } else {
        if (within(last, low + 1, high))
            for (size_t i = 0; i < count; i++) if (within(orders[i].at, low + 1, high)) orders[i].at -= DAY;
        if (d->plant == PURCHASE) orders[count - 1].at = TICK - HOUR - below(&d->random, INTERVAL);
    }
    for (size_t i = 0; i < count; i++) if (orders[i].at < d->member.joined) d->member.joined = orders[i].at;
}

/// A quarter of the members touched a cart in the last 30 days; seven of ten left it.
static void draw_cart(Draft *d) {
    Random *r = &d->random;
    if (uniform(r) >= 0.25 && d->plant != CART) return;
    int64_t at = midnight(local_day(TICK) - below(r, 30)) + time_of_day(r);
    if (at >= TICK) at = TICK - 1 - below(r, HOUR);
    uint32_t emptied = uniform(r) < 0.3 && at < TICK - 2 * EMPTIED_AFTER;
    if (within(at, TICK - DAY - INTERVAL - 1, TICK - DAY)) at -= 4 * INTERVAL;
    if (d->plant == CART) { at = TICK - DAY - below(r, INTERVAL); emptied = 0; }
    uint32_t cents = (uint32_t)(exp(normal(r) * 0.8 + 5) * 100);
    push(&d->all->carts, (Row){.at = at, .member = d->id, .a = cents, .b = emptied});
}

/// A lot for each order of the last 400 days; half expire after a year, half at that month's end; 45 % are used up.
static void draw_points(Draft *d) {
    Random *r = &d->random;
    const int64_t expiring = local_day(TICK) + 7;
    for (size_t i = d->first_order; i < d->all->orders.count; i++) {
        Row order = d->all->orders.rows[i];
        if (order.at <= TICK - 400 * DAY) continue;
        int64_t until = order.at + 365 * DAY;
        until = uniform(r) < 0.5 ? month_end(until) : midnight(local_day(until) + 1);
        if (local_day(until - 1) == expiring) until -= DAY;
        uint32_t earned = order.a / 100, left = uniform(r) < 0.45 ? 0 : (uint32_t)(earned * uniform(r));
        push(&d->all->points, (Row){.at = order.at, .until = until, .member = d->id, .a = earned, .b = left});
    }
    if (d->plant != POINTS) return;
    Row lot = {.at = TICK - 300 * DAY, .until = midnight(expiring + 1), .member = d->id, .a = 900, .b = 800};
    push(&d->all->points, lot);
}

static void draw_coupons(Draft *d) {
    for (int left = poisson(&d->random, 1.2); left > 0; left--) {
        int64_t until = midnight(local_day(TICK) - 60 + below(&d->random, 120));
        uint32_t used = uniform(&d->random) < 0.2;
        push(&d->all->coupons, (Row){.at = until - 30 * DAY, .until = until, .member = d->id, .a = used});
    }
}

static void draw_member(Population *all, uint32_t id, int plant, uint64_t seed) {
    Draft d = {.all = all, .random = {mix(seed * 1000003 + id)}, .id = id, .plant = plant,
               .first_order = all->orders.count};
    Random *r = &d.random;
    Member *m = &d.member;
    double u = uniform(r);
    m->tier = u < 0.80 ? 0 : u < 0.95 ? 1 : u < 0.99 ? 2 : 3;
    m->store = store_of(r);
    m->consents = (uint8_t)((uniform(r) < 0.78 ? 1 : 0) | (uniform(r) < 0.55 ? 2 : 0) | (uniform(r) < 0.35 ? 4 : 0));
    if (uniform(r) < 0.62) {
        m->birthday = uniform(r) < 0.03 ? 101 : month_day(730 + below(r, 1461));   // four years, so 29 February exists
        m->birth_year = (uint16_t)(1945 + below(r, 62));
    }
    double age = 1095 * pow(uniform(r), 1.3) * DAY;
    m->joined = TICK - (int64_t)age - 1;
    const uint16_t celebrated = month_day(local_day(TICK) + 3);
    if (m->birthday == celebrated) m->birthday = month_day(local_day(TICK) + 4);
    if (plant == BIRTHDAY) { m->birthday = celebrated; m->birth_year = 1990; m->tier = 2; }
    if (plant != NOBODY) m->consents |= 3;
    draw_orders(&d, age);
    settle_orders(&d);
    draw_cart(&d);
    draw_points(&d);
    draw_coupons(&d);
    all->members[id - 1] = d.member;
}

Population populate(uint32_t members, uint32_t due, uint64_t seed) {
    Population all = {.count = members, .members = calloc(members, sizeof(Member))};
    if (!all.members) { perror("memory"); exit(1); }
    uint32_t step = due ? members / due : 0;
    for (uint32_t id = 1; id <= members; id++) {
        uint32_t number = step && id % step == 0 ? id / step - 1 : due;
        draw_member(&all, id, number < due ? (int)(number % 5) + 1 : NOBODY, seed);
    }
    sort_by_time(&all.orders);
    sort_by_time(&all.carts);
    sort_by_time(&all.points);
    sort_by_time(&all.coupons);
    return all;
}
