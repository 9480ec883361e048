// The client of the ingest benchmark: posts events in the shape of Segment over connections that are kept, on each the next
// one as soon as the last was answered.
//   post PORT EVENTS CONNECTIONS BATCH MEMBERS START
// KEY in the environment is the write key. BATCH is 1 for /v1/track, more for /v1/batch with so many events each. One thread
// and one epoll. Prints seconds, milliseconds of an answer (median, 99th of a hundred, longest) and how many events the
// answers say are accepted as `name=value` words; fails with 1 where an answer is not 200.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>
#include "event.h"

enum { MOST_CONNECTIONS = 1024, MOST_BATCH = 500, EACH = 640, ROOM = 8192 };

typedef struct {
    int descriptor, length;
    double began;
    char answer[ROOM];
} Connection;

static Connection connections[MOST_CONNECTIONS];
static char body[MOST_BATCH * EACH + 1024], head[512];
static char credentials[256];
static double *took;
static uint32_t events, members, batch, posted, answered;
static unsigned long accepted;
static int64_t start;

static void fail(const char *what) {
    fprintf(stderr, "post: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void encode(const char *key) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[128];
    size_t length = (size_t)snprintf(text, sizeof text, "%s:", key), out = 0;
    if (length >= sizeof text - 3) { errno = EMSGSIZE; fail("the key"); }
    memset(text + length, 0, 3);
    for (size_t i = 0; i < length; i += 3) {
        uint32_t bits = (uint32_t)(uint8_t)text[i] << 16 | (uint32_t)(uint8_t)text[i + 1] << 8 | (uint8_t)text[i + 2];
        for (int place = 0; place < 4; place++)
            credentials[out++] = i + (size_t)place > length ? '=' : digits[bits >> (18 - 6 * place) & 63];
    }
}

/// Appends the event as clients write it; those of a batch say their type.
static size_t append(char *to, uint32_t number) {
    Event event = event_of(number, members, start);
    time_t second = event.at / 1000;
    struct tm utc;
    char at[32];
    gmtime_r(&second, &utc);
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%S", &utc);
    int length = snprintf(
        to, EACH,
        "{%s\"messageId\":\"%s\",\"userId\":\"%s\",\"event\":\"Product Viewed\",\"timestamp\":\"%s.%03dZ\",\"properties\":%s,"
        "\"context\":{\"library\":{\"name\":\"bench\",\"version\":\"1.0.0\"}}}",
        batch > 1 ? "\"type\":\"track\"," : "", event.id, event.member, at, (int)(event.at % 1000), event.data);
    if (length >= EACH) { errno = EMSGSIZE; fail("an event"); }
    return (size_t)length;
}

static void send_all(int descriptor, const char *bytes, size_t length) {
    while (length) {
        ssize_t count = send(descriptor, bytes, length, MSG_NOSIGNAL);
        if (count <= 0) fail("send");
        bytes += count;
        length -= (size_t)count;
    }
}

static void post_next(Connection *connection) {
    if (posted == events) return;
    size_t length = 0;
    if (batch > 1) length = (size_t)sprintf(body, "{\"batch\":[");
    for (uint32_t i = 0; i < batch && posted < events; i++, posted++) {
        if (i) body[length++] = ',';
        length += append(body + length, posted);
    }
    if (batch > 1) length += (size_t)sprintf(body + length, "]}");
    int before = snprintf(
        head, sizeof head,
        "POST /v1/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic %s\r\nContent-Type: application/json\r\n"
        "Content-Length: %zu\r\n\r\n",
        batch > 1 ? "batch" : "track", credentials, length);
    connection->length = 0;
    // In one write, as clients do it.
    memmove(body + before, body, length);
    memcpy(body, head, (size_t)before);
    connection->began = milliseconds();
    send_all(connection->descriptor, body, (size_t)before + length);
}

/// Whether the answer has come whole. It is 200 and says how many events are accepted.
static int is_whole(Connection *connection) {
    char *end = memmem(connection->answer, (size_t)connection->length, "\r\n\r\n", 4);
    if (!end) return 0;
    char *field = strcasestr(connection->answer, "\ncontent-length:");
    if (!field || field > end) { errno = EPROTO; fail("an answer without a length"); }
    if (end + 4 + atol(field + 16) > connection->answer + connection->length) return 0;
    char *count = strstr(end, "\"accepted\":");
    if (strncmp(connection->answer, "HTTP/1.1 200 ", 13) || !count) {
        fprintf(stderr, "post: answered %.12s\n", connection->answer);
        exit(1);
    }
    accepted += strtoul(count + 11, 0, 10);
    return 1;
}

static void read_answer(Connection *connection) {
    ssize_t count = recv(
        connection->descriptor, connection->answer + connection->length, (size_t)(ROOM - 1 - connection->length), 0);
    if (count <= 0) fail("the connection");
    connection->length += (int)count;
    connection->answer[connection->length] = 0;
    if (!is_whole(connection)) return;
    took[answered++] = milliseconds() - connection->began;
    post_next(connection);
}

static void connect_all(uint32_t count, int port, int poll) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (uint32_t i = 0; i < count; i++) {
        int descriptor = socket(AF_INET, SOCK_STREAM, 0), one = 1;
        if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address)) fail("connect");
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        connections[i].descriptor = descriptor;
        if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)) fail("epoll");
    }
}

static int compare(const void *a, const void *b) {
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

int main(int count, char **arguments) {
    const char *key = getenv("KEY");
    if (count != 7 || !key) return fprintf(stderr, "usage: KEY=KEY post PORT EVENTS CONNECTIONS BATCH MEMBERS START\n"), 2;
    uint32_t width = (uint32_t)atol(arguments[3]);
    events = (uint32_t)atol(arguments[2]);
    batch = (uint32_t)atol(arguments[4]);
    members = (uint32_t)atol(arguments[5]);
    start = atoll(arguments[6]);
    if (!events || !members || !batch || batch > MOST_BATCH || !width || width > MOST_CONNECTIONS)
        return fprintf(stderr, "post: a number is out of range\n"), 2;
    encode(key);
    uint32_t requests = (events + batch - 1) / batch;
    took = calloc(requests, sizeof *took);
    if (!took) fail("memory");
    int poll = epoll_create1(0);
    connect_all(width, atoi(arguments[1]), poll);
    struct epoll_event ready[MOST_CONNECTIONS];
    double began = milliseconds();
    for (uint32_t i = 0; i < width; i++) post_next(&connections[i]);
    while (answered < requests) {
        int found = epoll_wait(poll, ready, MOST_CONNECTIONS, 30000);
        if (found <= 0) fail("no answer in half a minute");
        for (int i = 0; i < found; i++) read_answer(ready[i].data.ptr);
    }
    double seconds = (milliseconds() - began) / 1e3;
    qsort(took, requests, sizeof *took, compare);
    printf(
        "seconds=%.4f p50=%.3f p99=%.3f longest=%.3f accepted=%lu\n", seconds, took[requests / 2],
        took[(uint64_t)requests * 99 / 100], took[requests - 1], accepted);
    return 0;
}
