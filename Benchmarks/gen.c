// Fills an empty store, whose schema the program under test made itself, with members and their history:
//   gen STORE --members N --due D [--seed S]
// Exactly D/5 members are due for each of the five rules in rules/ at 2026-06-15 10:00 +08:00, and nobody else is.
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "population.h"
#include "random.h"

static sqlite3 *db;
static uint64_t seed = 42;

static void fail(const char *what) {
    fprintf(stderr, "gen: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql) { if (sqlite3_exec(db, sql, 0, 0, 0) != SQLITE_OK) fail(sql); }

static int64_t number(const char *sql) {
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, 0) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW) fail(sql);
    int64_t value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return value;
}

/// One INSERT at a time; values are bound in the order of their columns.
static sqlite3_stmt *insert;
static int column;

static void begin_table(const char *sql) {
    sqlite3_finalize(insert);
    if (sqlite3_prepare_v2(db, sql, -1, &insert, 0) != SQLITE_OK) fail(sql);
    column = 0;
}
static void put(int64_t value) { sqlite3_bind_int64(insert, ++column, value); }
static void put_time(int64_t seconds) { put(seconds * 1000000); }
static void put_text(const char *text) { sqlite3_bind_text(insert, ++column, text, -1, SQLITE_TRANSIENT); }
static void put_null(void) { sqlite3_bind_null(insert, ++column); }
static void end_row(void) {
    if (sqlite3_step(insert) != SQLITE_DONE) fail("insert");
    sqlite3_reset(insert);
    column = 0;
}

static const char *member_id(uint32_t id) { static char text[16]; snprintf(text, 16, "M%08u", id); return text; }
static const char *row_id(char kind, size_t n) {
    static char text[24];
    snprintf(text, sizeof text, "%c%09zu", kind, n);
    return text;
}

// MARK: indexes: loading first and indexing afterwards is faster

/// This one stays: the tick writes into it, and an index that grew has room in its pages, a new one has none.
#define GROWING "events_member"

static char *indexes[64];
static int index_count;

static void drop_indexes(void) {
    sqlite3_stmt *s;
    char drop[256], *drops[64];
    const char *sql =
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND name <> '" GROWING "'";
    if (sqlite3_prepare_v2(db, sql, -1, &s, 0) != SQLITE_OK) fail(sql);
    while (sqlite3_step(s) == SQLITE_ROW && index_count < 64) {
        snprintf(drop, sizeof drop, "DROP INDEX %s", sqlite3_column_text(s, 0));
        drops[index_count] = strdup(drop);
        indexes[index_count++] = strdup((const char *)sqlite3_column_text(s, 1));
    }
    sqlite3_finalize(s);
    for (int i = 0; i < index_count; i++) run(drops[i]);
}

// MARK: tables

static const char *FAMILY[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄"};
static const char *GIVEN[] = {"伟", "芳", "娜", "秀英", "敏", "静", "丽", "欣怡"};
static const char *TIERS[] = {0, "silver", "gold", "platinum"};

static void write_members(const Population *all) {
    begin_table(
        "INSERT INTO members (id, display_name, tier, birthday_key, birthday_year, registered_at, phone, email,"
        " wechat_openid, store_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    char text[64];
    for (uint32_t id = 1; id <= all->count; id++) {
        const Member *m = &all->members[id - 1];
        uint64_t h = mix(id * 7 + seed);
        put_text(member_id(id));
        snprintf(text, sizeof text, "%s%s", FAMILY[h % 8], GIVEN[h >> 8 & 7]);
        put_text(text);
        if (m->tier) put_text(TIERS[m->tier]); else put_null();
        if (m->birthday) {
            snprintf(text, sizeof text, "s%04u", m->birthday);
            put_text(text);
            put(m->birth_year);
        } else { put_null(); put_null(); }
        put_time(m->joined);
        snprintf(text, sizeof text, "1%u%09u", 3 + (unsigned)(h >> 16) % 7, (unsigned)((h >> 20) % 1000000000));
        put_text(text);
        snprintf(text, sizeof text, "u%u@example.invalid", id);
        if (m->consents & 4) put_text(text); else put_null();
        snprintf(text, sizeof text, "o%016" PRIx64 "%010" PRIx64, mix(h), h & 0xffffffffff);
        if (m->consents & 2) put_text(text); else put_null();
        snprintf(text, sizeof text, "S%03u", m->store + 1u);
        put_text(text);
        end_row();
    }
    begin_table("INSERT INTO stores (id, name) VALUES (?, ?)");
    for (unsigned store = 1; store <= 200; store++) {
        snprintf(text, sizeof text, "S%03u", store);
        put_text(text);
        put_text(text);
        end_row();
    }
}

static void write_consents(const Population *all) {
    static const char *channels[] = {"email", "sms", "wechat"};
    static const int bits[] = {4, 1, 2};
    begin_table(
        "INSERT INTO consents (member, channel, purpose, at, state, source, seq)"
        " VALUES (?, ?, 'marketing', ?, 'granted', 'signup', 1)");
    for (uint32_t id = 1; id <= all->count; id++)
        for (int i = 0; i < 3; i++) {
            if (!(all->members[id - 1].consents & bits[i])) continue;
            put_text(member_id(id));
            put_text(channels[i]);
            put_time(all->members[id - 1].joined);
            end_row();
        }
}

/// Numbers of rows (their order in time), in the order of members: that of the primary keys.
static size_t *by_member(const Rows *rows, uint32_t members) {
    size_t *starts = calloc(members + 2, sizeof(size_t)), *order = malloc((rows->count + 1) * sizeof(size_t));
    if (!starts || !order) { perror("memory"); exit(1); }
    for (size_t i = 0; i < rows->count; i++) starts[rows->rows[i].member + 1]++;
    for (uint32_t m = 0; m <= members; m++) starts[m + 1] += starts[m];
    for (size_t i = 0; i < rows->count; i++) order[starts[rows->rows[i].member]++] = i;
    free(starts);
    return order;
}

static void put_order(Row row, size_t n) {
    char store[8];
    put_text(member_id(row.member));
    put_text(row_id('O', n));
    put_time(row.at);
    put(row.a);
    snprintf(store, sizeof store, "S%03u", row.b + 1);
    put_text(store);
}

static void put_cart(Row row, size_t n) {
    char items[256];
    snprintf(
        items, sizeof items,
        "[{\"sku\":\"S%06u\",\"quantity\":2,\"price\":%u},{\"sku\":\"S%06zu\",\"quantity\":1,\"price\":%u}]",
        row.member % 50000, row.a / 4, n % 50000, row.a / 2);
    put_text(member_id(row.member));
    put_text(row_id('C', n));
    put_time(row.at);
    put(row.a);
    put(2);
    put_text(items);
}

static void put_points(Row row, size_t n) {
    put_text(member_id(row.member));
    put_text(row_id('P', n));
    put(row.a);
    put(row.b);
    put_time(row.at);
    put_time(row.until);
}

static void put_coupon(Row row, size_t n) {
    char code[24];
    snprintf(code, sizeof code, "%010" PRIX64, mix(n) & 0xffffffffff);
    put_text(member_id(row.member));
    put_text(row_id('K', n));
    put_text(code);
    put_time(row.at);
    put_time(row.until);
    put_text(row.a ? "used" : row.until <= TICK ? "expired" : "unused");
    if (row.a) put_time(row.at + DAY); else put_null();
}

static void write_history(const Rows *rows, uint32_t members, const char *sql, void (*put_row)(Row, size_t)) {
    size_t *order = by_member(rows, members);
    begin_table(sql);
    for (size_t i = 0; i < rows->count; i++) {
        put_row(rows->rows[order[i]], order[i]);
        end_row();
    }
    free(order);
}

/// One message of the past for each member, in the order of time as they came, so that the ledger's and the outbox's
/// trees have their real depth and fill. The decision to send is its own event.
static void write_ledger(const Population *all) {
    const char *sql[] = {
        "INSERT INTO decisions (due, at, id, member, rule, occasion, outcome, channel, template, rules_version)"
        " VALUES (?, ?, ?, ?, 'r0-joined', 'event:member.registered', 'sent', 'sms', 'sms_joined', 1)",
        "INSERT INTO deliveries (created_at, not_before, decision, send_by, start, rule, channel, template, purpose,"
        " state, text) VALUES (?, ?, ?, ?, ?, 'r0-joined', 'sms', 'sms_joined',"
        " 'marketing', 'expired', '【星河百货】欢迎您。拒收请回复R')",
    };
    Rows joined = {.rows = malloc(all->count * sizeof(Row)), .count = all->count};
    if (!joined.rows) { perror("memory"); exit(1); }
    for (uint32_t i = 0; i < all->count; i++) joined.rows[i] = (Row){.at = all->members[i].joined, .member = i + 1};
    sort_by_time(&joined);
    for (int table = 0; table < 2; table++) {
        begin_table(sql[table]);
        for (size_t i = 0; i < joined.count; i++) {
            Row row = joined.rows[i];
            put_time(row.at);
            put_time(row.at);
            put((int64_t)i + 1);
            if (table == 0) put_text(member_id(row.member));
            else { put_time(row.at + DAY); put_time(row.at); }
            end_row();
        }
    }
    free(joined.rows);
    run("INSERT INTO sends (at, decision) SELECT at, id FROM decisions ORDER BY at, id");
    begin_table("INSERT INTO transitions (delivery, seq, from_state, to_state, cause) VALUES (?, ?, ?, ?, ?)");
    for (uint32_t id = 1; id <= all->count; id++)
        for (int step = 0; step < 2; step++) {
            put(id);
            put(2 * (int64_t)id + step);
            if (step) put_text("pending"); else put_null();
            put_text(step ? "expired" : "pending");
            put_text(step ? "too late" : "decided");
            end_row();
        }
}

// MARK: rows are events

enum { REGISTERED, PAID, EARNED, TOUCHED, EMPTIED };
static const char *NAMES[] = {
    "member.registered", "order.paid", "points.earned", "cart.updated", "cart.emptied"};

static Rows spine;

static void tell(int64_t at, uint32_t member, unsigned name, size_t n) {
    spine.rows[spine.count++] = (Row){.at = at, .member = member, .a = name, .b = (uint32_t)n};
}

static void write_events(const Population *all) {
    spine.capacity = (size_t)all->count + all->orders.count + all->points.count + 2 * all->carts.count;
    spine.rows = malloc(spine.capacity * sizeof(Row));
    if (!spine.rows) { perror("memory"); exit(1); }
    for (uint32_t id = 1; id <= all->count; id++) tell(all->members[id - 1].joined, id, REGISTERED, 0);
    for (size_t i = 0; i < all->orders.count; i++) tell(all->orders.rows[i].at, all->orders.rows[i].member, PAID, i);
    for (size_t i = 0; i < all->points.count; i++) tell(all->points.rows[i].at, all->points.rows[i].member, EARNED, i);
    for (size_t i = 0; i < all->carts.count; i++) {
        Row cart = all->carts.rows[i];
        tell(cart.at, cart.member, TOUCHED, i);
        if (cart.b) tell(cart.at + EMPTIED_AFTER, cart.member, EMPTIED, i);
    }
    sort_by_time(&spine);
    begin_table("INSERT INTO events (member, name, at, source, ref) VALUES (?, ?, ?, 'row', ?)");
    const char kinds[] = {0, 'O', 'P', 'C', 'C'};
    for (size_t i = 0; i < spine.count; i++) {
        Row event = spine.rows[i];
        put_text(member_id(event.member));
        put_text(NAMES[event.a]);
        put_time(event.at);
        if (kinds[event.a]) put_text(row_id(kinds[event.a], event.b)); else put_null();
        end_row();
    }
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fill(const Population *all) {
    double start = seconds();
    run("PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
        "PRAGMA cache_size = -1000000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = FILE");
    drop_indexes();
    run("BEGIN");
    write_members(all);
    write_consents(all);
    write_history(&all->orders, all->count,
        "INSERT INTO orders (member, id, paid_at, total, store_id) VALUES (?, ?, ?, ?, ?)", put_order);
    write_history(&all->carts, all->count,
        "INSERT INTO carts (member, id, at, total, in_stock_items, items) VALUES (?, ?, ?, ?, ?, ?)", put_cart);
    write_history(&all->points, all->count,
        "INSERT INTO points (member, id, points, remaining, earned_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        put_points);
    write_history(&all->coupons, all->count,
        "INSERT INTO coupons (member, id, template, code, face_value, issued_at, expires_at, state, used_at)"
        " VALUES (?, ?, 'WELCOME-20', ?, 2000, ?, ?, ?, ?)", put_coupon);
    write_ledger(all);
    write_events(all);
    sqlite3_finalize(insert);
    run("INSERT INTO latest (member, name, at) SELECT member, name, MAX(at) FROM events"
        " GROUP BY member, name");
    run("COMMIT");
    double loaded = seconds();
    for (int i = 0; i < index_count; i++) run(indexes[i]);
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE meta SET value = %" PRId64 " WHERE key = 'seq'", 2 * (int64_t)all->count + 2);
    run(sql);
    run("PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = DELETE; PRAGMA journal_mode = WAL");
    size_t rows = all->count * 5ull + all->orders.count + all->points.count + all->carts.count + all->coupons.count
        + spine.count;
    fprintf(
        stderr, "%u members, %zu orders, %zu events; %zu rows in %.0f s, indexes in %.0f s\n", all->count,
        all->orders.count, spine.count, rows, loaded - start, seconds() - loaded);
}

int main(int argc, char **argv) {
    uint32_t members = 100000, due = 300;
    const char *path = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--members") && i + 1 < argc) members = (uint32_t)strtoul(argv[++i], 0, 10);
        else if (!strcmp(argv[i], "--due") && i + 1 < argc) due = (uint32_t)strtoul(argv[++i], 0, 10);
        else if (!strcmp(argv[i], "--seed") && i + 1 < argc) seed = strtoull(argv[++i], 0, 10);
        else path = argv[i];
    }
    if (!path || !members || members > 99999999 || due % 5 || due > members) {
        fprintf(stderr, "usage: gen STORE --members N --due D [--seed S]; D is a multiple of five, at most N\n");
        return 64;
    }
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, 0) != SQLITE_OK) fail(path);
    if (number("SELECT EXISTS (SELECT 1 FROM members)")) {
        fprintf(stderr, "gen: %s has members already\n", path);
        return 1;
    }
    Population all = populate(members, due, seed);
    fill(&all);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
