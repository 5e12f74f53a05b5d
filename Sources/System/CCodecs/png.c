#include "ccodecs.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <png.h>

struct source {
    const uint8_t *data;
    size_t size, position;
    char *message;
    int is_exhausted;
};

static void fail(png_structp png, png_const_charp text) {
    struct source *source = png_get_error_ptr(png);
    snprintf(source->message, CCODECS_MESSAGE, "%s", text);
    png_longjmp(png, 1);
}

static void keep_silent(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
    struct source *source = png_get_io_ptr(png);
    if (count > source->size - source->position) png_error(png, "the file ends too early");
    memcpy(bytes, source->data + source->position, count);
    source->position += count;
}

static png_voidp allocate(png_structp png, png_alloc_size_t count) {
    struct source *source = png_get_mem_ptr(png);
    void *bytes = malloc(count);
    if (!bytes) source->is_exhausted = 1;
    return bytes;
}

static void release(png_structp png, png_voidp bytes) { (void)png, free(bytes); }

/* Leaves *info NULL only when memory is exhausted. */
static png_structp start(struct source *source, png_infop *info) {
    png_structp png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, source, fail, keep_silent, source, allocate, release);
    *info = png ? png_create_info_struct(png) : NULL;
    if (png && !*info) png_destroy_read_struct(&png, NULL, NULL);
    return png;
}

static void read_header(png_structp png, png_infop info, struct source *source) {
    png_set_read_fn(png, source, read_bytes);
    png_set_user_limits(png, 1000000, 1000000);
    png_set_chunk_malloc_max(png, 16 << 20);
    png_set_chunk_cache_max(png, 128);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_read_info(png, info);
}

int ccodecs_png_inspect(const uint8_t *data, size_t size, ccodecs_png_info *result, char *message) {
    struct source source = {data, size, 0, message, 0};
    png_infop info;
    png_structp png = start(&source, &info);
    if (!png) return CCODECS_NO_MEMORY;
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return source.is_exhausted ? CCODECS_NO_MEMORY : CCODECS_DAMAGED;
    }
    read_header(png, info, &source);
    result->width = (int)png_get_image_width(png, info);
    result->height = (int)png_get_image_height(png, info);
    result->bits = png_get_bit_depth(png, info);
    result->colour_type = png_get_color_type(png, info);
    result->channels = png_get_channels(png, info);
    result->is_interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
    result->row_bytes = png_get_rowbytes(png, info);
    png_destroy_read_struct(&png, &info, NULL);
    return CCODECS_OK;
}

int ccodecs_png_decode(const uint8_t *data, size_t size, uint8_t *pixels, size_t capacity, char *message) {
    struct source source = {data, size, 0, message, 0};
    png_infop info;
    png_structp png = start(&source, &info);
    if (!png) return CCODECS_NO_MEMORY;
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return source.is_exhausted ? CCODECS_NO_MEMORY : CCODECS_DAMAGED;
    }
    read_header(png, info, &source);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t row_bytes = png_get_rowbytes(png, info), rows = png_get_image_height(png, info);
    if (row_bytes * rows != capacity) png_error(png, "unexpected size");
    for (int pass = 0; pass < passes; pass++)
        for (size_t row = 0; row < rows; row++) png_read_row(png, pixels + row * row_bytes, NULL);
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    return CCODECS_OK;
}
