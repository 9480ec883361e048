// What the five rules of rules/ cost when somebody writes their SQL into our own tables by hand, on the same store:
//   handwritten STORE
// Every row that the tick writes: decision, delivery, transition, the event of the message, watermark. Windows and indexes
// as in the program, INSERT … SELECT, prepared statements, one transaction, synchronous FULL.
// Prints milliseconds by rule, of the commit and in all, as `name=value` words.
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const int64_t SECOND = 1000000, TICK = 1781488800 * 1000000LL;
static const int64_t HOUR = 3600 * 1000000LL, DAY = 24 * 3600 * 1000000LL;

static sqlite3 *db;

static double ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fail(const char *what) {
    fprintf(stderr, "handwritten: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql) { if (sqlite3_exec(db, sql, 0, 0, 0) != SQLITE_OK) fail(sql); }

// MARK: the statements. :now is the tick, :after the tick before it.

/// Consent and suppression, as the gates ask them.
#define MARKETING(channel) \
    " AND (SELECT state FROM consents WHERE member = m.id AND channel = '" channel "' AND purpose = 'marketing'" \
    " AND at <= :now ORDER BY at DESC LIMIT 1) = 'granted'" NOT_SUPPRESSED(channel)
#define SERVICE(channel) \
    " AND (SELECT state FROM consents WHERE member = m.id AND channel = '" channel "' AND purpose = 'service'" \
    " AND at <= :now ORDER BY at DESC LIMIT 1) IS NOT 'withdrawn'" NOT_SUPPRESSED(channel)
#define NOT_SUPPRESSED(channel) \
    " AND NOT EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND channel IN ('" channel "', '*') AND at <= :now)"
#define UNDECIDED(rule) \
    " AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.member = m.id AND d.rule = '" rule "' AND d.occasion = "
#define INSTANT(column) "strftime('%Y-%m-%dT%H:%M:%SZ', " column " / 1000000, 'unixepoch')"
#define YUAN(cents) \
    "CASE WHEN " cents " % 100 = 0 THEN " cents " / 100 ELSE printf('%.2f', " cents " / 100.0) END"
#define NAME(most) "coalesce(substr(m.display_name, 1, " most "), '您好')"

#define INSERT_INTO \
    "INSERT INTO due (member, rule, occasion, channel, template, purpose, state, created_at, not_before, send_by," \
    " start, address, ref, event, date, text) SELECT m.id, "
#define PENDING ", 'pending', :now, :now, "

static const char *BIRTHDAY = INSERT_INTO
    "'r1-birthday', :occasion, 'sms', 'sms_birthday', 'marketing'" PENDING ":now + 43200000000, :now, m.phone,"
    " NULL, NULL, NULL, '【星河百货】' || " NAME("10") " || '，提前祝您生日快乐！生日当天到店有礼。拒收请回复R'"
    " FROM members m WHERE m.birthday_key = :key AND m.status = 'active' AND (m.birthday_year < :year OR"
    " m.birthday_year IS NULL) AND m.tier IN ('gold', 'platinum') AND m.phone IS NOT NULL" MARKETING("sms")
    UNDECIDED("r1-birthday") ":occasion)";

static const char *CART = INSERT_INTO
    "'r2-cart', 'cart:' || e.ref || '@' || " INSTANT("e.at") ", 'wechat', 'wx_cart', 'marketing'" PENDING
    ":now + 21600000000, e.at, m.wechat_openid, e.ref, e.seq, NULL,"
    " " NAME("20") " || '，您挑选的商品还在购物车里' || coalesce('，合计 ' || " YUAN("c.total") " || ' 元', '') || '。'"
    " FROM events e CROSS JOIN members m ON m.id = e.member"
    " CROSS JOIN carts c ON c.member = e.member AND c.id = e.ref AND c.at = e.at"
    " WHERE e.name = 'cart.updated' AND e.at > :after - 86400000000 AND e.at <= :now - 86400000000"
    " AND m.status = 'active' AND m.wechat_openid IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member AND x.name IN ('cart.updated', 'cart.emptied',"
    " 'cart.ordered') AND x.at > e.at AND x.at <= :now AND x.ref = e.ref)"
    " AND NOT EXISTS (SELECT 1 FROM orders x WHERE x.member = e.member AND x.cart = e.ref AND x.paid_at > e.at"
    " AND x.paid_at <= :now)" MARKETING("wechat") UNDECIDED("r2-cart") "'cart:' || e.ref || '@' || " INSTANT("e.at") ")";

static const char *PURCHASE = INSERT_INTO
    "'r3-purchase', 'order:' || e.ref, 'wechat', 'wx_thanks', 'service'" PENDING
    ":now + 21600000000, e.at, m.wechat_openid, e.ref, e.seq, NULL, " NAME("20") " || '，感谢您的惠顾！本单' ||"
    " coalesce(' ' || " YUAN("o.total") " || ' 元', '') || '的发票在“我的订单”里。'"
    " FROM events e CROSS JOIN members m ON m.id = e.member CROSS JOIN orders o ON o.member = e.member AND o.id = e.ref"
    " WHERE e.name = 'order.paid' AND e.at > :after - 3600000000 AND e.at <= :now - 3600000000"
    " AND m.status = 'active' AND m.wechat_openid IS NOT NULL" SERVICE("wechat") UNDECIDED("r3-purchase")
    "'order:' || e.ref)";

static const char *POINTS = INSERT_INTO
    "'r4-points', :occasion, 'sms', 'sms_points', 'service'" PENDING ":now + 43200000000, :now, m.phone,"
    " NULL, NULL, :date, '【星河百货】您有' || p.left || '积分将于06月22日到期，可在会员中心兑换礼品或抵现。拒收请回复R'"
    " FROM (SELECT member, SUM(remaining) AS left FROM points WHERE expires_at > :expiry - 86400000000"
    " AND expires_at <= :expiry AND remaining > 0 AND (earned_at IS NULL OR earned_at <= :now) GROUP BY member"
    " HAVING SUM(remaining) >= 500) p CROSS JOIN members m ON m.id = p.member"
    " WHERE m.status = 'active' AND m.phone IS NOT NULL" SERVICE("sms") UNDECIDED("r4-points") ":occasion)";

/// From those whose last order it was.
static const char *INACTIVE = INSERT_INTO
    "'r5-inactive', 'inactive@' || " INSTANT("e.at") ", 'sms', 'sms_winback', 'marketing'" PENDING
    ":now + 21600000000, e.at, m.phone, NULL, e.seq, NULL,"
    " '【星河百货】' || " NAME("10") " || '，好久不见，新品已到店，期待您的光临。拒收请回复R'"
    " FROM (SELECT * FROM latest WHERE name = 'order.paid' AND at > :now - 91 * 86400000000"
    " AND at <= :now - 90 * 86400000000) l"
    " CROSS JOIN events e ON e.member = l.member AND e.name = l.name AND e.at = l.at"
    " CROSS JOIN members m ON m.id = e.member"
    " WHERE NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member AND x.name = 'order.paid' AND x.at > e.at"
    " AND x.at <= :now) AND m.status = 'active' AND m.phone IS NOT NULL"
    " AND (SELECT SUM(x.total) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now"
    " AND x.paid_at > :now - 365 * 86400000000"
    " AND (x.status = 'paid' OR x.cancelled_at > :now OR x.refunded_at > :now)) >= 200000"
    MARKETING("sms") UNDECIDED("r5-inactive") "'inactive@' || " INSTANT("e.at") ")";

/// What the rules find, before it is written as decisions and deliveries; `id` counts from 1.
static const char *DUE =
    "CREATE TEMP TABLE due (id INTEGER PRIMARY KEY, member TEXT, rule TEXT, occasion TEXT, channel TEXT, template TEXT,"
    " purpose TEXT, state TEXT, created_at INTEGER, not_before INTEGER, send_by INTEGER, start INTEGER, address TEXT,"
    " ref TEXT, event INTEGER, date INTEGER, text TEXT)";
/// Of the rows just found: due `:span` after their start, or at the tick where it is negative.
static const char *DECISIONS =
    "INSERT INTO decisions (member, rule, occasion, id, due, at, outcome, channel, template, rules_version,"
    " is_service) SELECT member, rule, occasion, :decision + id, CASE WHEN :span < 0 THEN created_at ELSE start + :span END,"
    " created_at, 'sent', channel, template, 1, purpose = 'service' FROM due WHERE id > :id";
static const char *DELIVERIES =
    "INSERT INTO deliveries (decision, rule, channel, template, purpose, state, created_at, not_before, send_by, start,"
    " address, ref, event, date, text) SELECT :decision + id, rule, channel, template, purpose, state, created_at,"
    " not_before, send_by, start, address, ref, event, date, text FROM due WHERE id > :id";
static const char *TRANSITIONS =
    "INSERT INTO transitions (delivery, seq, to_state, cause) SELECT :delivery + id, :seq + id, 'pending', 'decided'"
    " FROM due WHERE id > :id";
/// The decision is the event of its message; this finds it by its instant.
static const char *EVENTS =
    "INSERT INTO sends (at, decision) SELECT created_at, :decision + id FROM due WHERE id > :id";
static const char *SEQUENCE = "UPDATE meta SET value = value + :rows WHERE key = 'seq'";
static const char *WATERMARK = "UPDATE live_rules SET watermark = :now";

// MARK: running

typedef struct { const char *name; int64_t value; const char *text; } Binding;

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *s;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, 0) != SQLITE_OK) fail(sql);
    return s;
}

static int64_t step(sqlite3_stmt *s, const Binding *bindings) {
    for (const Binding *b = bindings; b->name; b++) {
        int index = sqlite3_bind_parameter_index(s, b->name);
        if (!index) continue;
        if (b->text) sqlite3_bind_text(s, index, b->text, -1, SQLITE_STATIC);
        else sqlite3_bind_int64(s, index, b->value);
    }
    if (sqlite3_step(s) != SQLITE_DONE) fail(sqlite3_sql(s));
    sqlite3_reset(s);
    return sqlite3_changes64(db);
}

static int64_t number(const char *sql) {
    sqlite3_stmt *s = prepare(sql);
    if (sqlite3_step(s) != SQLITE_ROW) fail(sql);
    int64_t value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return value;
}

static void tick(void) {
    const int64_t after = TICK - 60 * SECOND - 1;
    run(DUE);
    sqlite3_stmt *finds[] = {
        prepare(BIRTHDAY), prepare(CART), prepare(PURCHASE), prepare(POINTS), prepare(INACTIVE)};
    sqlite3_stmt *decisions = prepare(DECISIONS), *deliveries = prepare(DELIVERIES);
    sqlite3_stmt *transitions = prepare(TRANSITIONS), *events = prepare(EVENTS);
    sqlite3_stmt *sequence = prepare(SEQUENCE), *watermark = prepare(WATERMARK);
    const int64_t spans[] = {0, DAY, HOUR, 0, -1};
    const char *occasions[] = {"birthday:solar:2026", 0, 0, "points:2026-06-22", 0};
    double times[6], start = ms();
    int64_t rows = 0;
    run("BEGIN IMMEDIATE");
    int64_t id = 0, decision = number("SELECT MAX(id) FROM decisions");
    int64_t delivery = number("SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'");
    int64_t seq = number("SELECT value FROM meta WHERE key = 'seq'");
    for (int rule = 0; rule < 5; rule++) {
        double began = ms();
        Binding bindings[] = {
            {":now", TICK, 0}, {":after", after, 0}, {":occasion", 0, occasions[rule]}, {":key", 0, "s0618"},
            {":year", 2026, 0}, {":expiry", TICK + 7 * DAY + 14 * HOUR, 0}, {":date", 20626, 0}, {":id", id, 0},
            {":seq", seq, 0}, {":span", spans[rule], 0}, {":decision", decision, 0}, {":delivery", delivery, 0},
            {0, 0, 0}};
        int64_t found = step(finds[rule], bindings);
        if (found) {
            step(decisions, bindings);
            step(deliveries, bindings);
            step(transitions, bindings);
            step(events, bindings);
        }
        id += found;
        rows += found;
        times[rule] = ms() - began;
    }
    if (rows) {
        step(sequence, (Binding[]){{":rows", rows, 0}, {0, 0, 0}});
        step(watermark, (Binding[]){{":now", TICK, 0}, {0, 0, 0}});
    }
    double commit = ms();
    run("COMMIT");
    double end = ms();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("rows=%" PRId64, rows);
    for (int rule = 0; rule < 5; rule++) printf(" r%d=%.3f", rule + 1, times[rule]);
    printf(" commit=%.3f total=%.3f rss_kb=%ld\n", end - commit, end - start, usage.ru_maxrss);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: handwritten STORE\n");
        return 64;
    }
    if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, 0) != SQLITE_OK) fail(argv[1]);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY");
    tick();
    return 0;
}
