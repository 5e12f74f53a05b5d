#include "ccodecs.h"
#include <stdlib.h>
#include <string.h>

/* Sums over one 4 by 4 block of both pictures. */
struct sums {
    int32_t left, right, squares, products;
};

static int luma(const uint8_t *pixel, int channels) {
    return channels < 3 ? pixel[0] : (pixel[0] * 77 + pixel[1] * 150 + pixel[2] * 29 + 128) >> 8;
}

static void sum_block(const uint8_t *left, const uint8_t *right, size_t stride, int channels, struct sums *out) {
    memset(out, 0, sizeof *out);
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++) {
            size_t at = (size_t)y * stride + (size_t)x * (size_t)channels;
            int a = luma(left + at, channels), b = luma(right + at, channels);
            out->left += a, out->right += b, out->squares += a * a + b * b, out->products += a * b;
        }
}

/* SSIM of the 8 by 8 window made of four neighbouring blocks. */
static double window(const struct sums *upper, const struct sums *lower) {
    double a = upper[0].left + upper[1].left + lower[0].left + lower[1].left;
    double b = upper[0].right + upper[1].right + lower[0].right + lower[1].right;
    double s = (double)upper[0].squares + upper[1].squares + lower[0].squares + lower[1].squares;
    double p = (double)upper[0].products + upper[1].products + lower[0].products + lower[1].products;
    double ma = a / 64, mb = b / 64, spread = s / 64 - ma * ma - mb * mb, together = p / 64 - ma * mb;
    return (2 * ma * mb + 6.5025) * (2 * together + 58.5225) / ((ma * ma + mb * mb + 6.5025) * (spread + 58.5225));
}

static double worst_colour(const uint8_t *left, const uint8_t *right, int width, int height, int channels) {
    double worst = 0;
    for (int y = 0; y < height; y += 16)
        for (int x = 0; x < width; x += 16) {
            int w = width - x < 16 ? width - x : 16, h = height - y < 16 ? height - y : 16;
            int sum[4] = {0, 0, 0, 0};
            for (int j = 0; j < h; j++)
                for (int i = 0; i < w * channels; i++) {
                    size_t at = ((size_t)(y + j) * width + x) * channels + i;
                    sum[i % channels] += abs(left[at] - right[at]);
                }
            for (int c = 0; c < channels; c++)
                if ((double)sum[c] / (w * h) > worst) worst = (double)sum[c] / (w * h);
        }
    return worst;
}

/* Tiles of 16 by 16 windows, that is 64 by 64 pixels; `tiles` holds sum and count for one row of tiles. */
static double close_tiles(double *tiles, int count) {
    double worst = 1;
    for (int i = 0; i < count; i++) {
        if (tiles[2 * i + 1] > 0 && tiles[2 * i] / tiles[2 * i + 1] < worst) worst = tiles[2 * i] / tiles[2 * i + 1];
        tiles[2 * i] = tiles[2 * i + 1] = 0;
    }
    return worst;
}

static void measure(const uint8_t *left, const uint8_t *right, int width, int height, int channels, struct sums *rows,
                    double *tiles, ccodecs_likeness *result) {
    int across = width / 4, down = height / 4, wide = across / 16 + 1;
    double sum = 0, count = 0;
    size_t stride = (size_t)width * channels;
    for (int y = 0; y < down; y++) {
        struct sums *lower = rows + (y & 1) * across, *upper = rows + (1 - (y & 1)) * across;
        for (int x = 0; x < across; x++) {
            size_t at = (size_t)y * 4 * stride + (size_t)x * 4 * channels;
            sum_block(left + at, right + at, stride, channels, lower + x);
        }
        for (int x = 0; y > 0 && x + 1 < across; x++) {
            double value = window(upper + x, lower + x);
            sum += value, count += 1;
            tiles[x / 16 * 2] += value, tiles[x / 16 * 2 + 1] += 1;
        }
        if (y % 16 == 15 || y + 1 == down) {
            double worst = close_tiles(tiles, wide);
            if (worst < result->worst) result->worst = worst;
        }
    }
    if (count > 0) result->mean = sum / count;
}

int ccodecs_compare(const uint8_t *left, const uint8_t *right, int width, int height, int channels,
                    ccodecs_likeness *result) {
    result->mean = result->worst = 1;
    result->colour = worst_colour(left, right, width, height, channels);
    int across = width / 4;
    struct sums *rows = calloc((size_t)across * 2 + 2, sizeof *rows);
    double *tiles = calloc((size_t)(across / 16 + 1) * 2, sizeof *tiles);
    if (rows && tiles) measure(left, right, width, height, channels, rows, tiles, result);
    int result_code = rows && tiles ? CCODECS_OK : CCODECS_NO_MEMORY;
    free(rows), free(tiles);
    return result_code;
}
