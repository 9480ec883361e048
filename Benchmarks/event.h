// The events of the ingest benchmark: views of products by members of gen.c. The client and the yardstick make the same ones,
// so what the daemon stores and what the yardstick writes are equal byte for byte.
#pragma once
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include "random.h"

typedef struct {
    char id[40];         // as random as the ids of clients are
    char member[16];
    char data[192];      // the properties, in the order in which the daemon keeps them
    int64_t at;          // milliseconds since 1970; grows by one with each event
} Event;

/// The event of that number, one of `members` people, `start` being the instant of number 0.
static inline Event event_of(uint32_t number, uint32_t members, int64_t start) {
    Event event = {.at = start + number};
    uint64_t a = mix(number), b = mix(a), sku = b % 50000;
    snprintf(
        event.id, sizeof event.id, "%08x-%04x-4%03x-8%03x-%012" PRIx64, (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
        (unsigned)(a & 0xfff), (unsigned)(b >> 52), b & 0xffffffffffff);
    snprintf(event.member, sizeof event.member, "M%08u", (unsigned)(mix(b) % members) + 1);
    snprintf(
        event.data, sizeof event.data,
        "{\"name\":\"手冲壶 %u\",\"category\":\"brewing\",\"url\":\"https://shop.example/p/%u\",\"sku\":\"S%06u\",\"price\":%u.5}",
        (unsigned)sku, (unsigned)sku, (unsigned)sku, (unsigned)(sku % 900) + 9);
    return event;
}
