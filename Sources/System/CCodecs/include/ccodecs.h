#pragma once
/*
 * What Swift cannot call itself: libjpeg and libpng report errors by longjmp, and pixel loops are slow in debug builds.
 * Every function is reentrant. Results named `out` are malloc'ed and freed by the caller; plain buffers are the caller's.
 * Plain types only: system headers here would clash with Swift's own modules.
 */
#include <stddef.h>
#include <stdint.h>

#define CCODECS_OK 0
#define CCODECS_DAMAGED 1
#define CCODECS_LIMIT 2
#define CCODECS_NO_MEMORY 3
#define CCODECS_UNSUPPORTED 4
#define CCODECS_MESSAGE 256

/* --- JPEG --- */
typedef struct {
    int width, height, components;
    int has_jfif;        /* 1 when an APP0 JFIF marker was seen */
    int adobe_transform; /* -1 when there is no Adobe marker */
    int is_ycc;          /* 1 when three components are stored as YCbCr */
    int is_progressive;
    int quality;         /* IJG quality that comes nearest to the first quantisation table, 1...100 */
} ccodecs_jpeg_info;

int ccodecs_jpeg_inspect(const uint8_t *data, size_t size, ccodecs_jpeg_info *info, char *message);
/* Size of the picture that ccodecs_jpeg_decode gives for a `reduction` of 1, 2, 4 or 8. */
int ccodecs_jpeg_reduced(int length, int reduction);
/* Decodes into `pixels` (exactly `capacity` bytes, channels 1 or 3). Any libjpeg warning that changes pixels counts as damage. */
int ccodecs_jpeg_decode(const uint8_t *data, size_t size, int reduction, int channels, uint8_t *pixels, size_t capacity,
                        char *message);
/* Progressive with optimised Huffman tables; `halves_chroma` picks 4:2:0, otherwise 4:4:4. */
int ccodecs_jpeg_encode(const uint8_t *pixels, int width, int height, int channels, int quality, int halves_chroma,
                        uint8_t **out, size_t *out_size, char *message);
/* Same coefficients, new entropy coding; drops every APPn and COM segment but JFIF and Adobe. */
int ccodecs_jpeg_transcode(const uint8_t *data, size_t size, uint8_t **out, size_t *out_size, char *message);

/* --- PNG --- */
typedef struct {
    int width, height, bits, colour_type, channels, is_interlaced;
    size_t row_bytes;
} ccodecs_png_info;

int ccodecs_png_inspect(const uint8_t *data, size_t size, ccodecs_png_info *info, char *message);
/* Rows in the file's own mode, unfiltered and de-interlaced; capacity = row_bytes * height. */
int ccodecs_png_decode(const uint8_t *data, size_t size, uint8_t *pixels, size_t capacity, char *message);

/* --- Flate, LZW, predictors --- */
/* Stops at `limit` bytes: success when `accepts_more` is set, CCODECS_LIMIT otherwise. */
int ccodecs_inflate(const uint8_t *data, size_t size, size_t limit, int accepts_more, uint8_t **out, size_t *out_size);
int ccodecs_lzw(const uint8_t *data, size_t size, int early_change, size_t limit, int accepts_more, uint8_t **out,
                size_t *out_size);
void *ccodecs_deflater_new(int level);
void ccodecs_deflater_free(void *deflater);
size_t ccodecs_deflate_bound(void *deflater, size_t size);
/* zlib format; returns 0 when `capacity` is too small. */
size_t ccodecs_deflate(void *deflater, const uint8_t *data, size_t size, uint8_t *packed, size_t capacity);
uint32_t ccodecs_crc32(const uint8_t *data, size_t size);
/* PNG row filters: `filter` 0...4, or 5 for the smallest sum of absolute differences per row. */
void ccodecs_filter_rows(const uint8_t *pixels, size_t row_bytes, int rows, int pixel_bytes, int filter, uint8_t *filtered);
/* Undoes PNG row filters; rows that are missing make it fail. */
int ccodecs_unfilter_rows(const uint8_t *filtered, size_t size, size_t row_bytes, int rows, int pixel_bytes,
                          uint8_t *pixels);
/* Undoes TIFF predictor 2 in place, 8 bits a component. */
void ccodecs_untiff_rows(uint8_t *pixels, size_t row_bytes, int rows, int channels);

/* --- pixels --- */
/* Lanczos-3 reduction, 8 bits a channel. */
int ccodecs_resample(const uint8_t *pixels, int width, int height, int channels, uint8_t *reduced, int new_width,
                     int new_height);
typedef struct {
    double mean;       /* mean luma SSIM */
    double worst;      /* the lowest mean of any 64 by 64 tile */
    double colour;     /* the largest mean absolute channel error of any 16 by 16 tile, 0...255 */
} ccodecs_likeness;
int ccodecs_compare(const uint8_t *left, const uint8_t *right, int width, int height, int channels, ccodecs_likeness *result);
/* Replaces each index by its entry; indices beyond the table take its last entry. */
void ccodecs_expand_palette(const uint8_t *indices, size_t count, const uint8_t *table, int entries, int channels,
                            uint8_t *pixels);
/* Number of distinct pixels, or -1 above 256. Fills `table` (256 * channels) and one index a pixel. */
int ccodecs_index_colours(const uint8_t *pixels, size_t count, int channels, uint8_t *table, uint8_t *indices);
/* Packs one value a byte into rows of 1, 2 or 4 bits, and back. */
void ccodecs_pack_bits(const uint8_t *values, int width, int height, int bits, uint8_t *rows);
void ccodecs_unpack_bits(const uint8_t *rows, int width, int height, int bits, uint8_t *values);
/* 1 when every sample of 16 bits repeats its high byte. */
int ccodecs_is_widened(const uint8_t *samples, size_t count);
/* 1 when the three first channels of every pixel agree (pixels of 3 or 4 channels). */
int ccodecs_is_grey(const uint8_t *pixels, size_t count, int channels);
/* 1 when the last channel of every pixel is 255. */
int ccodecs_is_opaque(const uint8_t *pixels, size_t count, int channels);
/* Copies `kept` of `channels` bytes of each pixel, starting at byte `first`. */
void ccodecs_pick_channels(const uint8_t *pixels, size_t count, int channels, int first, int stride_kept, int kept,
                           uint8_t *picked);
