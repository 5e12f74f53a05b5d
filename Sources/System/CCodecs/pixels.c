#include "ccodecs.h"
#include <stdlib.h>
#include <string.h>

void ccodecs_expand_palette(const uint8_t *indices, size_t count, const uint8_t *table, int entries, int channels,
                            uint8_t *pixels) {
    for (size_t i = 0; i < count; i++) {
        int entry = indices[i] < entries ? indices[i] : entries - 1;
        for (int c = 0; c < channels; c++) *pixels++ = table[entry * channels + c];
    }
}

#define SLOTS 1024

int ccodecs_index_colours(const uint8_t *pixels, size_t count, int channels, uint8_t *table, uint8_t *indices) {
    uint32_t keys[SLOTS];
    int16_t entry[SLOTS];
    int colours = 0;
    memset(entry, -1, sizeof entry);
    for (size_t i = 0; i < count; i++, pixels += channels) {
        uint32_t key = 0;
        for (int c = 0; c < channels; c++) key = key << 8 | pixels[c];
        uint32_t slot = key * 2654435761u >> 22;
        while (entry[slot] >= 0 && keys[slot] != key) slot = (slot + 1) % SLOTS;
        if (entry[slot] < 0) {
            if (colours == 256) return -1;
            memcpy(table + colours * channels, pixels, (size_t)channels);
            keys[slot] = key, entry[slot] = (int16_t)colours++;
        }
        indices[i] = (uint8_t)entry[slot];
    }
    return colours;
}

void ccodecs_pack_bits(const uint8_t *values, int width, int height, int bits, uint8_t *rows) {
    size_t stride = ((size_t)width * (size_t)bits + 7) / 8;
    memset(rows, 0, stride * (size_t)height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            size_t bit = (size_t)x * (size_t)bits;
            rows[(size_t)y * stride + bit / 8] |= (uint8_t)(*values++ << (8 - bits - (int)(bit % 8)));
        }
}

void ccodecs_unpack_bits(const uint8_t *rows, int width, int height, int bits, uint8_t *values) {
    size_t stride = ((size_t)width * (size_t)bits + 7) / 8;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            size_t bit = (size_t)x * (size_t)bits;
            *values++ = (uint8_t)(rows[(size_t)y * stride + bit / 8] >> (8 - bits - (int)(bit % 8)) & ((1 << bits) - 1));
        }
}

int ccodecs_is_widened(const uint8_t *samples, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (samples[2 * i] != samples[2 * i + 1]) return 0;
    return 1;
}

int ccodecs_is_grey(const uint8_t *pixels, size_t count, int channels) {
    for (size_t i = 0; i < count; i++, pixels += channels)
        if (pixels[0] != pixels[1] || pixels[1] != pixels[2]) return 0;
    return 1;
}

int ccodecs_is_opaque(const uint8_t *pixels, size_t count, int channels) {
    for (size_t i = 0; i < count; i++)
        if (pixels[(i + 1) * (size_t)channels - 1] != 255) return 0;
    return 1;
}

void ccodecs_pick_channels(const uint8_t *pixels, size_t count, int channels, int first, int stride_kept, int kept,
                           uint8_t *picked) {
    for (size_t i = 0; i < count; i++, pixels += channels)
        for (int c = 0; c < kept; c++) *picked++ = pixels[first + c * stride_kept];
}
