// Makes calls on the store's files fail in one process, as its control file says while it runs.
//   LD_PRELOAD=disk.so FAULT_DISK_CONTROL=FILE FAULT_DISK_MATCH=nudged.db
// The control file is five ints: how many calls until the failure (0: none), which calls (1 write, 2 sync, 4 read), the
// errno or -1 for SIGKILL, whether later calls fail too, and how many have failed.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, READ = 4 };

struct control {
    atomic_int after;
    int calls, error, forever;
    atomic_int fired;
};

static struct control *control;
static const char *match;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_DISK_CONTROL");
    match = getenv("FAULT_DISK_MATCH");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (map != MAP_FAILED) control = map;
}

static int is_ours(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, match) != NULL;
}

// Whether this call is to fail; errno is set then.
static int fails(int kind, int file) {
    if (!control || !match || atomic_load(&control->after) <= 0 || !(control->calls & kind) || !is_ours(file)) return 0;
    int before = atomic_fetch_sub(&control->after, 1);
    if (before > 1) return 0;
    if (before < 1 && !control->forever) return 0;
    if (control->forever) atomic_store(&control->after, 1);
    atomic_fetch_add(&control->fired, 1);
    if (control->error == -1) kill(getpid(), SIGKILL);
    errno = control->error;
    return 1;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    return fails(WRITE, file) ? -1 : real(file, bytes, count);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    REAL(pwrite);
    return fails(WRITE, file) ? -1 : real(file, bytes, count, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    REAL(pwrite64);
    return fails(WRITE, file) ? -1 : real(file, bytes, count, at);
}
int fsync(int file) {
    REAL(fsync);
    return fails(SYNC, file) ? -1 : real(file);
}
int fdatasync(int file) {
    REAL(fdatasync);
    return fails(SYNC, file) ? -1 : real(file);
}
ssize_t read(int file, void *bytes, size_t count) {
    REAL(read);
    return fails(READ, file) ? -1 : real(file, bytes, count);
}
ssize_t pread(int file, void *bytes, size_t count, off_t at) {
    REAL(pread);
    return fails(READ, file) ? -1 : real(file, bytes, count, at);
}
ssize_t pread64(int file, void *bytes, size_t count, off64_t at) {
    REAL(pread64);
    return fails(READ, file) ? -1 : real(file, bytes, count, at);
}
