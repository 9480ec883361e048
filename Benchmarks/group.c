// The yardstick of the ingest benchmark: the rows of the same events by SQLite alone, as many a commit as writers wait, each
// commit on disk.
//   group STORE EVENTS WRITERS MEMBERS START [least]
// The rows are those that the daemon leaves for an event: in events, received, latest and arrivals of a store of ours. With
// `least` each event is one row of one table with one key, which is the least that keeps it and knows it again. Prints
// `seconds=`.
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "event.h"

enum { HASH = 16 };

static const char *SAME[] = {
    "INSERT INTO events (member, name, at, source, event_id, data) VALUES (?1, 'product.viewed', ?2, 'shop', ?3, ?4)",
    "INSERT INTO received (source, event_id, hash, at) VALUES ('shop', ?3, ?5, ?6)",
    "INSERT INTO latest (member, name, at) VALUES (?1, 'product.viewed', ?2)"
    " ON CONFLICT (member, name) DO UPDATE SET at = excluded.at WHERE excluded.at > latest.at",
    "INSERT INTO arrivals (member, seq) VALUES (?1, ?7) ON CONFLICT (member) DO UPDATE SET seq = excluded.seq",
    0,
};
static const char *LEAST[] = {
    "INSERT INTO intake VALUES ('shop', ?3, ?1, 'product.viewed', ?2, ?4, ?5, ?6)",
    0,
};

static sqlite3 *db;

static void fail(const char *what) {
    fprintf(stderr, "group: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql) { if (sqlite3_exec(db, sql, 0, 0, 0) != SQLITE_OK) fail(sql); }

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void bind_text(sqlite3_stmt *s, int place, const char *text) {
    if (place <= sqlite3_bind_parameter_count(s)) sqlite3_bind_text(s, place, text, -1, SQLITE_STATIC);
}

static void bind_number(sqlite3_stmt *s, int place, int64_t value) {
    if (place <= sqlite3_bind_parameter_count(s)) sqlite3_bind_int64(s, place, value);
}

static void write_event(sqlite3_stmt **statements, Event event, int64_t now, int64_t seq) {
    uint64_t hash[HASH / sizeof(uint64_t)];
    for (size_t i = 0; i < sizeof hash / sizeof *hash; i++) hash[i] = mix((uint64_t)event.at + i);
    for (; *statements; statements++) {
        sqlite3_stmt *s = *statements;
        bind_text(s, 1, event.member);
        bind_number(s, 2, event.at * 1000);
        bind_text(s, 3, event.id);
        bind_text(s, 4, event.data);
        if (sqlite3_bind_parameter_count(s) >= 5) sqlite3_bind_blob(s, 5, hash, HASH, SQLITE_STATIC);
        bind_number(s, 6, now);
        bind_number(s, 7, seq);
        if (sqlite3_step(s) != SQLITE_DONE) fail("write");
        sqlite3_reset(s);
    }
}

int main(int count, char **arguments) {
    int is_least = count == 7 && !strcmp(arguments[6], "least");
    if (count != 6 && !is_least) return fprintf(stderr, "usage: group STORE EVENTS WRITERS MEMBERS START [least]\n"), 2;
    uint32_t events = (uint32_t)atol(arguments[2]), writers = (uint32_t)atol(arguments[3]);
    uint32_t members = (uint32_t)atol(arguments[4]);
    int64_t start = atoll(arguments[5]);
    if (!events || !writers || !members) return fprintf(stderr, "group: a number is out of range\n"), 2;
    if (sqlite3_open(arguments[1], &db) != SQLITE_OK) fail("open");
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536");
    if (is_least)
        run("CREATE TABLE intake (source TEXT, event_id TEXT, member TEXT, name TEXT, at INTEGER, data TEXT, hash BLOB,"
            " received INTEGER, PRIMARY KEY (source, event_id)) WITHOUT ROWID");
    const char **sql = is_least ? LEAST : SAME;
    sqlite3_stmt *statements[8] = {0};
    for (int i = 0; sql[i]; i++)
        if (sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &statements[i], 0) != SQLITE_OK) fail(sql[i]);
    double began = seconds();
    for (uint32_t n = 0; n < events;) {
        run("BEGIN IMMEDIATE");
        if (!is_least) run("UPDATE meta SET value = value + 1 WHERE key = 'seq'");
        for (uint32_t i = 0; i < writers && n < events; i++, n++)
            write_event(statements, event_of(n, members, start), start * 1000, n / writers + 1);
        run("COMMIT");
    }
    printf("seconds=%.4f\n", seconds() - began);
    for (int i = 0; statements[i]; i++) sqlite3_finalize(statements[i]);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
