// Keeps a copy of each of the store's files as it was when it was last synced: what is left after a power cut.
//   LD_PRELOAD=power.so FAULT_POWER_FOLDER=FOLDER FAULT_POWER_MATCH=nudged.db
// A copy replaces the one before it by a rename, so that a kill amid the copying leaves the older one; the sync had not
// returned by then.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/types.h>
#include <unistd.h>

static const char *folder, *match;

__attribute__((constructor)) static void begin(void) {
    folder = getenv("FAULT_POWER_FOLDER");
    match = getenv("FAULT_POWER_MATCH");
}

static void copy(int file, const char *path, const char *name) {
    char bytes[1 << 14];
    char part[4200], whole[4200];
    snprintf(whole, sizeof whole, "%s/%s", folder, name);
    snprintf(part, sizeof part, "%s/%s.%d.part", folder, name, (int)getpid());
    // Through the descriptor that is there: a second one of a database would take its locks along when it is closed. One
    // that is for writing alone belongs to a file without locks.
    int is_readable = (fcntl(file, F_GETFL) & O_ACCMODE) != O_WRONLY;
    int from = is_readable ? file : open(path, O_RDONLY | O_CLOEXEC);
    int to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (from < 0 || to < 0) abort();
    off_t at = 0;
    for (ssize_t count; (count = pread(from, bytes, sizeof bytes, at)) > 0; at += count)
        if (write(to, bytes, (size_t)count) != count) abort();
    if (!is_readable) close(from);
    close(to);
    if (rename(part, whole) != 0) abort();
}

static void keep(int file) {
    char link[64], path[4096];
    if (!folder || !match) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    if (!name || strncmp(name + 1, match, strlen(match)) != 0) return;
    // A checkpoint syncs the log of another process too: of two copies the one that began later must stay.
    char lock[4200];
    snprintf(lock, sizeof lock, "%s/lock", folder);
    int turn = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (turn < 0 || flock(turn, LOCK_EX) != 0) abort();
    copy(file, path, name + 1);
    close(turn);
}

#define SYNCS(name) \
    int name(int file) { \
        static int (*real)(int); \
        if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name); \
        int result = real(file); \
        if (result == 0) keep(file); \
        return result; \
    }
SYNCS(fsync)
SYNCS(fdatasync)
