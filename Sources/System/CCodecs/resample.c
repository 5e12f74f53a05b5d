#include "ccodecs.h"
#include <math.h>
#include <stdlib.h>

#define PRECISION 14

/* For one output position: the first source position, how many follow, and their weights. */
struct taps {
    int *first, *count;
    int32_t *weights;
    int most;
};

static double lanczos(double x) {
    if (x < 0) x = -x;
    if (x >= 3) return 0;
    if (x < 1e-8) return 1;
    double p = M_PI * x;
    return 3 * sin(p) * sin(p / 3) / (p * p);
}

static void free_taps(struct taps *taps) {
    free(taps->first), free(taps->count), free(taps->weights);
}

static void weigh(struct taps *taps, int at, int from, double scale) {
    double centre = (at + 0.5) * scale, support = 3 * scale, sum = 0;
    int first = (int)floor(centre - support), end = (int)ceil(centre + support);
    if (first < 0) first = 0;
    if (end > from) end = from;
    int32_t *weights = taps->weights + (size_t)at * taps->most, total = 0, middle = 0;
    for (int i = first; i < end; i++) sum += lanczos((i + 0.5 - centre) / scale);
    for (int i = first; i < end; i++) {
        weights[i - first] = (int32_t)lround(lanczos((i + 0.5 - centre) / scale) / sum * (1 << PRECISION));
        total += weights[i - first];
        if (weights[i - first] > weights[middle]) middle = i - first;
    }
    weights[middle] += (1 << PRECISION) - total; /* a flat area stays exactly flat */
    taps->first[at] = first, taps->count[at] = end - first;
}

static int make_taps(struct taps *taps, int from, int to) {
    double scale = (double)from / to;
    taps->most = (int)ceil(3 * scale) * 2 + 2;
    taps->first = malloc(sizeof(int) * (size_t)to);
    taps->count = malloc(sizeof(int) * (size_t)to);
    taps->weights = calloc((size_t)to * (size_t)taps->most, sizeof(int32_t));
    if (!taps->first || !taps->count || !taps->weights) return 0;
    for (int i = 0; i < to; i++) weigh(taps, i, from, scale);
    return 1;
}

static uint8_t clamp(int32_t sum) {
    sum = (sum + (1 << (PRECISION - 1))) >> PRECISION;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

static void across(const struct taps *taps, const uint8_t *row, int channels, int width, uint8_t *out) {
    for (int x = 0; x < width; x++) {
        const int32_t *weights = taps->weights + (size_t)x * taps->most;
        const uint8_t *in = row + (size_t)taps->first[x] * channels;
        int32_t sum[4] = {0, 0, 0, 0};
        for (int i = 0; i < taps->count[x]; i++, in += channels)
            for (int c = 0; c < channels; c++) sum[c] += weights[i] * in[c];
        for (int c = 0; c < channels; c++) *out++ = clamp(sum[c]);
    }
}

static void down(const struct taps *taps, int y, const uint8_t *rows, size_t stride, int32_t *sums, uint8_t *out) {
    const int32_t *weights = taps->weights + (size_t)y * taps->most;
    for (size_t x = 0; x < stride; x++) sums[x] = 0;
    for (int i = 0; i < taps->count[y]; i++) {
        const uint8_t *row = rows + (size_t)(taps->first[y] + i) * stride;
        for (size_t x = 0; x < stride; x++) sums[x] += weights[i] * row[x];
    }
    for (size_t x = 0; x < stride; x++) out[x] = clamp(sums[x]);
}

int ccodecs_resample(const uint8_t *pixels, int width, int height, int channels, uint8_t *reduced, int new_width,
                     int new_height) {
    struct taps horizontal = {0}, vertical = {0};
    size_t stride = (size_t)new_width * (size_t)channels;
    uint8_t *middle = malloc(stride * (size_t)height);
    int32_t *sums = malloc(stride * sizeof(int32_t));
    int result = CCODECS_NO_MEMORY;
    if (middle && sums && make_taps(&horizontal, width, new_width) && make_taps(&vertical, height, new_height)) {
        for (int y = 0; y < height; y++)
            across(&horizontal, pixels + (size_t)y * width * channels, channels, new_width, middle + (size_t)y * stride);
        for (int y = 0; y < new_height; y++) down(&vertical, y, middle, stride, sums, reduced + (size_t)y * stride);
        result = CCODECS_OK;
    }
    free_taps(&horizontal), free_taps(&vertical), free(middle), free(sums);
    return result;
}
