#include "ccodecs.h"
#include <stdlib.h>
#include <string.h>

static uint8_t paeth(int left, int up, int corner) {
    int guess = left + up - corner;
    int a = abs(guess - left), b = abs(guess - up), c = abs(guess - corner);
    return (uint8_t)(a <= b && a <= c ? left : b <= c ? up : corner);
}

static uint8_t predict(int filter, int left, int up, int corner) {
    switch (filter) {
    case 1: return (uint8_t)left;
    case 2: return (uint8_t)up;
    case 3: return (uint8_t)((left + up) / 2);
    case 4: return paeth(left, up, corner);
    default: return 0;
    }
}

/* `above` is NULL in the first row. Returns the sum of absolute differences. */
static size_t filter_row(const uint8_t *row, const uint8_t *above, size_t count, int step, int filter, uint8_t *out) {
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        int left = i >= (size_t)step ? row[i - step] : 0, up = above ? above[i] : 0;
        int corner = above && i >= (size_t)step ? above[i - step] : 0;
        out[i] = (uint8_t)(row[i] - predict(filter, left, up, corner));
        sum += (size_t)abs((int8_t)out[i]);
    }
    return sum;
}

void ccodecs_filter_rows(const uint8_t *pixels, size_t row_bytes, int rows, int pixel_bytes, int filter, uint8_t *filtered) {
    for (int y = 0; y < rows; y++) {
        const uint8_t *row = pixels + (size_t)y * row_bytes, *above = y ? row - row_bytes : NULL;
        uint8_t *out = filtered + (size_t)y * (row_bytes + 1);
        int best = filter;
        if (filter > 4) {
            size_t least = SIZE_MAX;
            for (int candidate = 0; candidate < 5; candidate++) {
                size_t sum = filter_row(row, above, row_bytes, pixel_bytes, candidate, out + 1);
                if (sum < least) least = sum, best = candidate;
            }
        }
        out[0] = (uint8_t)best;
        if (filter <= 4 || best != 4) filter_row(row, above, row_bytes, pixel_bytes, best, out + 1);
    }
}

int ccodecs_unfilter_rows(const uint8_t *filtered, size_t size, size_t row_bytes, int rows, int pixel_bytes,
                          uint8_t *pixels) {
    if (size < (row_bytes + 1) * (size_t)rows) return CCODECS_DAMAGED;
    size_t step = (size_t)pixel_bytes;
    for (int y = 0; y < rows; y++) {
        const uint8_t *in = filtered + (size_t)y * (row_bytes + 1);
        uint8_t *row = pixels + (size_t)y * row_bytes;
        const uint8_t *above = y ? row - row_bytes : NULL;
        if (in[0] > 4) return CCODECS_DAMAGED;
        for (size_t i = 0; i < row_bytes; i++) {
            int left = i >= step ? row[i - step] : 0, up = above ? above[i] : 0;
            int corner = above && i >= step ? above[i - step] : 0;
            row[i] = (uint8_t)(in[i + 1] + predict(in[0], left, up, corner));
        }
    }
    return CCODECS_OK;
}

void ccodecs_untiff_rows(uint8_t *pixels, size_t row_bytes, int rows, int channels) {
    for (int y = 0; y < rows; y++) {
        uint8_t *row = pixels + (size_t)y * row_bytes;
        for (size_t i = (size_t)channels; i < row_bytes; i++) row[i] = (uint8_t)(row[i] + row[i - (size_t)channels]);
    }
}
