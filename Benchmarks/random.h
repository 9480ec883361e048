// The distributions of the generator: one splitmix64 stream per member, so that a member does not depend on how many
// others there are.
#pragma once
#include <math.h>
#include <stdint.h>

typedef struct { uint64_t state; } Random;

static inline uint64_t mix(uint64_t z) {
    z += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

static inline uint64_t next_bits(Random *r) {
    uint64_t z = mix(r->state);
    r->state += 0x9E3779B97F4A7C15ull;
    return z;
}

/// Strictly between 0 and 1.
static inline double uniform(Random *r) { return ((double)(next_bits(r) >> 11) + 0.5) / 9007199254740992.0; }

static inline int64_t below(Random *r, double limit) { return (int64_t)(uniform(r) * limit); }

static inline double normal(Random *r) {
    double u = uniform(r), v = uniform(r);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/// Marsaglia and Tsang.
static inline double gamma_of(Random *r, double shape) {
    if (shape < 1) { double u = uniform(r); return gamma_of(r, shape + 1) * pow(u, 1 / shape); }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = normal(r), v = 1 + c * x;
        if (v <= 0) continue;
        v = v * v * v;
        if (log(uniform(r)) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
    }
}

static inline int poisson(Random *r, double mean) {
    if (mean > 40) {
        long n = lround(mean + sqrt(mean) * normal(r));
        return n < 0 ? 0 : (int)n;
    }
    double limit = exp(-mean), product = 1;
    int n = -1;
    do { n++; product *= uniform(r); } while (product > limit);
    return n;
}
