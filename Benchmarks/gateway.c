/* A gateway that costs next to nothing:  gateway PORT MS
 *
 * HTTP/1.1 with kept connections on the loopback, one thread and one epoll. Every request whose headers and body have come
 * whole is answered after MS milliseconds, 0 being at once. At SIGTERM it prints how many it answered. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 4096, ROOM = 64 * 1024, WAITING = 1 << 14 };

/* What came on a connection and is not answered yet. The number tells it from a later one with the same descriptor. */
struct connection {
    char *bytes;
    int length;
    unsigned number;
};

/* An answer that is due. All wait equally long, so they are due in the order of their requests. */
struct answer {
    double due;
    int descriptor;
    unsigned number;
};

static struct connection connections[CONNECTIONS];
static struct answer answers[WAITING];
static unsigned first, last;
static volatile sig_atomic_t stopping;
static unsigned long answered;

static const char reply[] = "HTTP/1.1 202 Accepted\r\nContent-Type: text/plain\r\nContent-Length: 24\r\n\r\n"
                            "0: Accepted for delivery";

static void stop(int signal) {
    (void)signal;
    stopping = 1;
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void hang_up(int descriptor) {
    close(descriptor);
    connections[descriptor].length = 0;
    connections[descriptor].number++;
}

static void answer(int descriptor) {
    if (write(descriptor, reply, sizeof reply - 1) == (ssize_t)sizeof reply - 1)
        answered++;
    else
        hang_up(descriptor);
}

/* The length of the whole request at the start of `bytes`, 0 when it has not come whole. */
static int whole_request(const char *bytes, int length) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end) return 0;
    const char *field = strcasestr(bytes, "\ncontent-length:");
    long body = field && field < end ? atol(field + 16) : 0;
    long all = end - bytes + 4 + body;
    return all <= length ? (int)all : 0;
}

static void accept_all(int listener, int poll) {
    int descriptor, one = 1;
    while ((descriptor = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
        if (descriptor >= CONNECTIONS) {
            close(descriptor);
            continue;
        }
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *connection = &connections[descriptor];
        if (!connection->bytes) connection->bytes = malloc(ROOM);
        connection->length = 0;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
        epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
    }
}

static void read_from(int descriptor, double delay) {
    struct connection *connection = &connections[descriptor];
    ssize_t count = read(descriptor, connection->bytes + connection->length, ROOM - 1 - connection->length);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return hang_up(descriptor);
    connection->length += count;
    connection->bytes[connection->length] = 0;
    int length;
    while ((length = whole_request(connection->bytes, connection->length)) > 0) {
        connection->length -= length;
        memmove(connection->bytes, connection->bytes + length, connection->length + 1);
        if (delay <= 0)
            answer(descriptor);
        else
            answers[last++ % WAITING] = (struct answer){milliseconds() + delay, descriptor, connection->number};
    }
}

static void answer_due(void) {
    double now = milliseconds();
    for (; first != last && answers[first % WAITING].due <= now; first++) {
        struct answer next = answers[first % WAITING];
        if (connections[next.descriptor].number == next.number) answer(next.descriptor);
    }
}

/* Milliseconds until the next answer is due, rounded up; -1 for none. */
static int wait_for(void) {
    if (first == last) return -1;
    double rest = answers[first % WAITING].due - milliseconds();
    return rest <= 0 ? 0 : (int)rest + 1;
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: gateway PORT MS\n"), 2;
    double delay = atof(arguments[2]);
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, 0);
    signal(SIGPIPE, SIG_IGN);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) return perror("listen"), 1;

    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[512];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    while (!stopping) {
        int ready = epoll_wait(poll, events, 512, wait_for());
        for (int i = 0; i < ready; i++) {
            int descriptor = events[i].data.fd;
            descriptor == listener ? accept_all(listener, poll) : read_from(descriptor, delay);
        }
        answer_due();
    }
    printf("%lu\n", answered);
    return 0;
}
