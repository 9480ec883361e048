// The limit: the least that keeps the promise, in tables of its own. Five rules find whom they are about through
// indexes and windows, and each occurrence is one unique row of a ledger whose open rows are the outbox; one commit,
// on disk. There is no text, no consent beyond a bit, no reason and no trace: nothing that a shop needs besides.
//   limit fill STORE --members N --due D    the population of gen.c in the limit's own tables
//   limit tick STORE [TICKS]                as many ticks, each for an occasion of its own, and the same with nothing due
// Prints medians in milliseconds as `name=value` words. What it wrote is taken away again.
#include <inttypes.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "population.h"
#include "random.h"

enum { RULES = 5, MOST_TICKS = 101, CELEBRATED = 618, GOLD = 2, SMS = 1 };

static sqlite3 *db;

static void fail(const char *what) {
    fprintf(stderr, "limit: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql) { if (sqlite3_exec(db, sql, 0, 0, 0) != SQLITE_OK) fail(sql); }

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *s;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, 0) != SQLITE_OK) fail(sql);
    return s;
}

static double ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

// MARK: filling

static const char *TABLES =
    "CREATE TABLE members (id INTEGER PRIMARY KEY, ext_id TEXT, name TEXT, phone TEXT, email TEXT, openid TEXT,"
    " birth_md INT, birth_year INT, tier INT, store_id INT, consent INT, joined_at INT, last_order_at INT,"
    " orders_n INT, spend_total INT);"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, member_id INT, store_id INT, paid_at INT, total INT, channel INT);"
    "CREATE TABLE carts (id INTEGER PRIMARY KEY, member_id INT, updated_at INT, state INT, total INT, items TEXT);"
    "CREATE TABLE points (id INTEGER PRIMARY KEY, member_id INT, earned_at INT, expires_at INT, earned INT,"
    " remaining INT);"
    "CREATE TABLE coupons (id INTEGER PRIMARY KEY, member_id INT, code TEXT, expires_at INT, used_at INT);"
    "CREATE TABLE ledger (rule INT, occasion INT, member INT, due_at INT, state INT, channel INT,"
    " PRIMARY KEY (rule, occasion, member)) WITHOUT ROWID";

static const char *INDEXES =
    "CREATE INDEX members_birthday ON members (birth_md, tier, consent) WHERE birth_md IS NOT NULL;"
    "CREATE INDEX members_last ON members (last_order_at) WHERE last_order_at IS NOT NULL;"
    "CREATE INDEX orders_paid ON orders (paid_at, member_id);"
    "CREATE INDEX orders_member ON orders (member_id, paid_at, total);"
    "CREATE INDEX carts_open ON carts (updated_at, member_id, total) WHERE state = 0;"
    "CREATE INDEX points_left ON points (expires_at, member_id, remaining) WHERE remaining > 0;"
    "CREATE INDEX coupons_unused ON coupons (expires_at, member_id) WHERE used_at IS NULL;"
    "CREATE INDEX ledger_outbox ON ledger (due_at, rule) WHERE state = 0;"
    "ANALYZE";

/// Inserts one row: `i` an integer, `t` a text, `n` an integer that is NULL when it is 0.
static void add(sqlite3_stmt *insert, const char *kinds, ...) {
    va_list values;
    va_start(values, kinds);
    for (int i = 0; kinds[i]; i++) {
        if (kinds[i] == 't') {
            sqlite3_bind_text(insert, i + 1, va_arg(values, const char *), -1, SQLITE_TRANSIENT);
            continue;
        }
        int64_t value = va_arg(values, int64_t);
        if (kinds[i] == 'n' && value == 0) sqlite3_bind_null(insert, i + 1);
        else sqlite3_bind_int64(insert, i + 1, value);
    }
    va_end(values);
    if (sqlite3_step(insert) != SQLITE_DONE) fail("insert");
    sqlite3_reset(insert);
}

#define I (int64_t)

static void fill_members(const Population *all) {
    int64_t *last = calloc(all->count, sizeof *last), *number = calloc(all->count, sizeof *number);
    int64_t *spent = calloc(all->count, sizeof *spent);
    if (!last || !number || !spent) { perror("memory"); exit(1); }
    for (size_t i = 0; i < all->orders.count; i++) {   // in the order of time
        Row order = all->orders.rows[i];
        last[order.member - 1] = order.at;
        number[order.member - 1]++;
        spent[order.member - 1] += order.a;
    }
    sqlite3_stmt *insert = prepare("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    char code[16], phone[24], email[32], openid[40];
    for (uint32_t id = 1; id <= all->count; id++) {
        const Member *m = &all->members[id - 1];
        uint64_t h = mix(id);
        snprintf(code, sizeof code, "M%08u", id);
        snprintf(phone, sizeof phone, "1%u%09u", 3 + (unsigned)(h >> 16) % 7, (unsigned)((h >> 20) % 1000000000));
        snprintf(email, sizeof email, "u%u@example.invalid", id);
        snprintf(openid, sizeof openid, "o%016" PRIx64 "%010" PRIx64, mix(h), h & 0xffffffffff);
        add(insert, "itttttnniiiinii", I id, code, "王秀英", phone, m->consents & 4 ? email : (char *)0,
            m->consents & 2 ? openid : (char *)0, I m->birthday, I m->birth_year, I m->tier, I m->store,
            I m->consents, m->joined, last[id - 1], number[id - 1], spent[id - 1]);
    }
    sqlite3_finalize(insert);
    free(last); free(number); free(spent);
}

static void fill_history(const Population *all) {
    char text[160];
    sqlite3_stmt *insert = prepare("INSERT INTO orders VALUES (?, ?, ?, ?, ?, 0)");
    for (size_t i = 0; i < all->orders.count; i++) {
        Row row = all->orders.rows[i];
        add(insert, "iiiii", I i + 1, I row.member, I row.b, row.at, I row.a);
    }
    sqlite3_finalize(insert);
    insert = prepare("INSERT INTO carts VALUES (?, ?, ?, ?, ?, ?)");
    for (size_t i = 0; i < all->carts.count; i++) {
        Row row = all->carts.rows[i];
        snprintf(text, sizeof text, "[{\"sku\":\"S%06u\",\"quantity\":2,\"price\":%u}]", row.member % 50000, row.a / 4);
        add(insert, "iiiiit", I i + 1, I row.member, row.at, I row.b, I row.a, text);
    }
    sqlite3_finalize(insert);
    insert = prepare("INSERT INTO points VALUES (?, ?, ?, ?, ?, ?)");
    for (size_t i = 0; i < all->points.count; i++) {
        Row row = all->points.rows[i];
        add(insert, "iiiiii", I i + 1, I row.member, row.at, row.until, I row.a, I row.b);
    }
    sqlite3_finalize(insert);
    insert = prepare("INSERT INTO coupons VALUES (?, ?, ?, ?, ?)");
    for (size_t i = 0; i < all->coupons.count; i++) {
        Row row = all->coupons.rows[i];
        snprintf(text, sizeof text, "C%08X", (unsigned)mix(i));
        add(insert, "iitin", I i + 1, I row.member, text, row.until, row.a ? row.at + DAY : I 0);
    }
    sqlite3_finalize(insert);
}

/// One message of the past for each member, over five rules and ninety days, so that the tree has its real depth.
static void fill_ledger(const Population *all) {
    sqlite3_stmt *insert = prepare("INSERT OR IGNORE INTO ledger VALUES (?, ?, ?, ?, 2, 0)");
    int64_t each = all->count / 90 + 1, day = (TICK + OFFSET) / DAY;
    for (int64_t i = 0; i < all->count; i++)
        add(insert, "iiii", 1 + i / (each * 18), day - 91 + i / each, i * 7919 % all->count + 1, TICK - 91 * I DAY);
    sqlite3_finalize(insert);
}

static void fill(const char *path, uint32_t members, uint32_t due) {
    remove(path);
    if (sqlite3_open(path, &db) != SQLITE_OK) fail(path);
    run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000");
    run(TABLES);
    Population all = populate(members, due, 42);
    run("BEGIN");
    fill_members(&all);
    fill_history(&all);
    fill_ledger(&all);
    run("COMMIT");
    run(INDEXES);
    run("PRAGMA journal_mode = WAL");
}

// MARK: the tick. ?1 is now, ?2 the occasion.

#define INTO_LEDGER(rule, member, channel) \
    "INSERT OR IGNORE INTO ledger SELECT " #rule ", ?2, " member ", ?1, 0, " #channel " "

static const char *FINDS[RULES] = {
    INTO_LEDGER(101, "id", 1) "FROM members WHERE birth_md = ?3 AND tier >= ?4 AND consent & ?5",
    INTO_LEDGER(102, "member_id", 2)
        "FROM carts WHERE state = 0 AND updated_at > ?1 - 86400 - ?3 AND updated_at <= ?1 - 86400",
    INTO_LEDGER(103, "member_id", 2) "FROM orders WHERE paid_at > ?1 - 3600 - ?3 AND paid_at <= ?1 - 3600",
    INTO_LEDGER(104, "member_id", 1)
        "FROM points WHERE remaining > 0 AND remaining >= ?3 AND expires_at > ?4 AND expires_at <= ?5",
    INTO_LEDGER(105, "m.id", 1)
        "FROM members m WHERE last_order_at > ?3 AND last_order_at <= ?4 AND (SELECT coalesce(sum(total), 0)"
        " FROM orders o WHERE o.member_id = m.id AND o.paid_at > ?1 - 31536000) >= ?5"};

typedef struct {
    sqlite3_stmt *finds[RULES];
    double rules[RULES][MOST_TICKS], commit[MOST_TICKS], total[MOST_TICKS];
} Ticks;

static void bind(sqlite3_stmt *s, int64_t now, int64_t occasion, const int64_t *values) {
    sqlite3_bind_int64(s, 1, now);
    sqlite3_bind_int64(s, 2, occasion);
    for (int i = 3; i <= sqlite3_bind_parameter_count(s); i++) sqlite3_bind_int64(s, i, values[i - 3]);
}

/// One tick; returns the number of its occurrences. A birthday that nobody has stands for a day without any.
static int tick(Ticks *ticks, int n, int64_t now, int64_t birthday, int64_t occasion) {
    const int64_t midnight = (now + OFFSET) / DAY * DAY - OFFSET;
    const int64_t values[RULES][3] = {
        {birthday, GOLD, SMS}, {INTERVAL}, {INTERVAL},
        {500, midnight + 7 * I DAY, midnight + 8 * I DAY}, {now - 91 * I DAY, now - 90 * I DAY, 200000}};
    int rows = 0;
    double start = ms();
    run("BEGIN IMMEDIATE");
    for (int rule = 0; rule < RULES; rule++) {
        double began = ms();
        bind(ticks->finds[rule], now, occasion, values[rule]);
        if (sqlite3_step(ticks->finds[rule]) != SQLITE_DONE) fail(FINDS[rule]);
        rows += sqlite3_changes(db);
        sqlite3_reset(ticks->finds[rule]);
        ticks->rules[rule][n] = ms() - began;
    }
    double commit = ms();
    run("COMMIT");
    ticks->commit[n] = ms() - commit;
    ticks->total[n] = ms() - start;
    return rows;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, int count) {
    qsort(times, (size_t)count, sizeof *times, ascending);
    return times[count / 2];
}

static void measure(const char *path, int count) {
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, 0) != SQLITE_OK) fail(path);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000;"
        "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY");
    static Ticks ticks;
    for (int rule = 0; rule < RULES; rule++) ticks.finds[rule] = prepare(FINDS[rule]);
    int rows = 0;
    for (int n = 0; n < count; n++) rows = tick(&ticks, n, TICK, CELEBRATED, n + 1);
    printf("rows=%d first=%.3f", rows, ticks.total[0]);
    for (int rule = 0; rule < RULES; rule++) printf(" r%d=%.3f", rule + 1, median(ticks.rules[rule], count));
    printf(" commit=%.3f", median(ticks.commit, count));
    printf(" total=%.3f", median(ticks.total, count));
    for (int n = 0; n < count; n++) if (tick(&ticks, n, TICK + 400 * I DAY, 1399, n + 1)) fail("something is due");
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf(" empty=%.4f rss_kb=%ld\n", median(ticks.total, count), usage.ru_maxrss);
    for (int rule = 0; rule < RULES; rule++) sqlite3_finalize(ticks.finds[rule]);
    run("DELETE FROM ledger WHERE rule > 100; PRAGMA wal_checkpoint(TRUNCATE)");
}

static int usage(void) {
    fprintf(stderr, "usage: limit fill STORE --members N --due D | limit tick STORE [TICKS]; D is a multiple of five\n");
    return 64;
}

int main(int argc, char **argv) {
    if (argc == 7 && !strcmp(argv[1], "fill") && !strcmp(argv[3], "--members") && !strcmp(argv[5], "--due")) {
        uint32_t members = (uint32_t)strtoul(argv[4], 0, 10), due = (uint32_t)strtoul(argv[6], 0, 10);
        if (!members || due % 5 || due > members) return usage();
        fill(argv[2], members, due);
    } else if (argc >= 3 && argc <= 4 && !strcmp(argv[1], "tick")) {
        int count = argc == 4 ? atoi(argv[3]) : 11;
        if (count < 1 || count > MOST_TICKS) return usage();
        measure(argv[2], count);
    } else {
        return usage();
    }
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
