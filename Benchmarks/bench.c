// Small parts of run.sh:
//   bench schema STORE          a fingerprint of the schema, so that a cached store of another one is not used
//   bench hold STORE            reads, says "held", and keeps the snapshot until standard input ends
//   bench digest STORE          the rows of the five rules: their numbers and a fingerprint of who gets what
//   bench size STORE            bytes on disk of a decision, and of what one read
//   bench measure FILE CMD …    runs CMD and writes "milliseconds maxrss_kb exit" to FILE
//
// While a snapshot of the unchanged file is held, no checkpoint can move the write-ahead log into it. So a run may
// commit as ever, and taking the log away afterwards gives the store back as it was, without copying gigabytes.
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static sqlite3 *db;

static void fail(const char *what) {
    fprintf(stderr, "bench: %s: %s\n", what, db ? sqlite3_errmsg(db) : "failed");
    exit(1);
}

static uint64_t hash(uint64_t h, const char *text) {   // FNV-1a, with an end mark
    for (; text && *text; text++) h = (h ^ (uint8_t)*text) * 0x100000001b3ull;
    return (h ^ 0x1f) * 0x100000001b3ull;
}

/// Every column of every row, in order; `count` counts the rows.
static uint64_t fingerprint(const char *sql, int64_t *count) {
    sqlite3_stmt *s;
    uint64_t h = 0xcbf29ce484222325ull;
    if (sqlite3_prepare_v2(db, sql, -1, &s, 0) != SQLITE_OK) fail(sql);
    while (sqlite3_step(s) == SQLITE_ROW) {
        ++*count;
        for (int i = 0; i < sqlite3_column_count(s); i++) h = hash(h, (const char *)sqlite3_column_text(s, i));
    }
    if (sqlite3_finalize(s) != SQLITE_OK) fail(sql);
    return h;
}

static void open_store(const char *path, int flags) {
    if (sqlite3_open_v2(path, &db, flags, 0) != SQLITE_OK) fail(path);
    sqlite3_busy_timeout(db, 30000);
}

static void digest(void) {
    struct { const char *name, *sql; } tables[] = {
        // Only what the measured tick wrote: its rows are the newest deliveries, and their decisions are keyed.
        {"deliveries",
         "SELECT member, rule, occasion, channel, template, purpose, state, address, text FROM v_deliveries"
         " WHERE id > (SELECT COUNT(*) FROM members) ORDER BY member, rule, occasion"},
        {"decisions",
         "SELECT d.member, d.rule, d.occasion, d.due, d.outcome, d.channel, d.template FROM deliveries o JOIN decisions d"
         " ON d.id = o.decision WHERE o.id > (SELECT COUNT(*) FROM members) ORDER BY 1, 2, 3"},
        {"transitions", "SELECT to_state, cause FROM transitions WHERE delivery > (SELECT COUNT(*) FROM members)"},
        {"events",
         "SELECT o.member, o.at, o.data FROM sends s JOIN own_messages o ON o.decision = s.decision"
         " WHERE s.at >= 1781488800000000 ORDER BY o.member"},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        int64_t count = 0;
        uint64_t h = fingerprint(tables[i].sql, &count);
        printf("%s%s=%" PRId64 ":%016" PRIx64, i ? " " : "", tables[i].name, count, h);
    }
    printf("\n");
}

/// Pages of the table over its rows, indexes not counted.
static double bytes_a_row(const char *table) {
    char sql[160];
    sqlite3_stmt *s;
    snprintf(sql, sizeof sql, "SELECT SUM(pgsize) * 1.0 / (SELECT COUNT(*) FROM %s) FROM dbstat WHERE name = '%s'",
             table, table);
    if (sqlite3_prepare_v2(db, sql, -1, &s, 0) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW) fail(sql);
    double bytes = sqlite3_column_double(s, 0);
    sqlite3_finalize(s);
    return bytes;
}

static int measure(const char *report, char **command) {
    struct timespec start, end;
    struct rusage usage;
    int status;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = fork();
    if (child == 0) {
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) fail("cannot run");
    clock_gettime(CLOCK_MONOTONIC, &end);
    FILE *file = fopen(report, "w");
    if (!file) fail(report);
    double ms = (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    fprintf(file, "%.3f %ld %d\n", ms, usage.ru_maxrss, code);
    return fclose(file) ? 1 : code;
}

int main(int argc, char **argv) {
    const char *mode = argc > 2 ? argv[1] : "";
    int64_t count = 0;
    if (!strcmp(mode, "measure") && argc > 3) return measure(argv[2], argv + 3);
    if (!strcmp(mode, "schema")) {
        open_store(argv[2], SQLITE_OPEN_READWRITE);
        printf("%08" PRIx64 "\n", fingerprint("SELECT sql FROM sqlite_master ORDER BY name", &count) & 0xffffffff);
    } else if (!strcmp(mode, "digest")) {
        open_store(argv[2], SQLITE_OPEN_READWRITE);
        digest();
    } else if (!strcmp(mode, "size")) {
        open_store(argv[2], SQLITE_OPEN_READWRITE);
        printf("decision=%.0f trace=%.0f\n", bytes_a_row("decisions"), bytes_a_row("traces"));
    } else if (!strcmp(mode, "hold")) {
        open_store(argv[2], SQLITE_OPEN_READWRITE);
        if (sqlite3_exec(db, "BEGIN; SELECT COUNT(*) FROM sqlite_master", 0, 0, 0) != SQLITE_OK) fail(argv[2]);
        printf("held\n");
        fflush(stdout);
        while (getchar() != EOF) {}
    } else {
        fprintf(stderr, "usage: bench schema|hold|digest|size STORE, bench measure FILE COMMAND…\n");
        return 64;
    }
    _exit(fflush(stdout) ? 1 : 0);   // without closing: the last connection to close would checkpoint
}
