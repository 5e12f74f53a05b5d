#include "ccodecs.h"
#include <libdeflate.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct growing {
    uint8_t *bytes;
    size_t count, capacity, limit;
};

/* 0 when the limit or the memory is reached. */
static int grow(struct growing *buffer) {
    if (buffer->capacity >= buffer->limit) return 0;
    size_t wanted = buffer->capacity ? buffer->capacity * 2 : 64 << 10;
    if (wanted > buffer->limit) wanted = buffer->limit;
    uint8_t *bytes = realloc(buffer->bytes, wanted ? wanted : 1);
    if (!bytes) return 0;
    buffer->bytes = bytes;
    buffer->capacity = wanted;
    return 1;
}

static int finish(struct growing *buffer, int result, uint8_t **out, size_t *out_size) {
    if (result != CCODECS_OK) {
        free(buffer->bytes);
        return result;
    }
    *out = buffer->bytes;
    *out_size = buffer->count;
    return CCODECS_OK;
}

static int inflate_all(z_stream *stream, struct growing *buffer, const uint8_t *data, size_t size, int accepts_more) {
    for (;;) {
        if (buffer->count == buffer->capacity && !grow(buffer)) {
            if (buffer->capacity < buffer->limit) return CCODECS_NO_MEMORY;
            if (accepts_more) return CCODECS_OK;
            uint8_t probe; /* exactly `limit` bytes are allowed, one more is not */
            stream->next_out = &probe, stream->avail_out = 1;
            int last = inflate(stream, Z_NO_FLUSH);
            if (stream->avail_out == 0) return CCODECS_LIMIT;
            return last == Z_STREAM_END ? CCODECS_OK : CCODECS_DAMAGED;
        }
        size_t done = (size_t)(stream->next_in - data), left = size - done, room = buffer->capacity - buffer->count;
        stream->avail_in = left > UINT_MAX / 2 ? UINT_MAX / 2 : (uInt)left;
        stream->next_out = buffer->bytes + buffer->count;
        stream->avail_out = room > UINT_MAX / 2 ? UINT_MAX / 2 : (uInt)room;
        uInt offered = stream->avail_out;
        int result = inflate(stream, Z_NO_FLUSH);
        buffer->count += offered - stream->avail_out;
        if (result == Z_STREAM_END) return CCODECS_OK;
        if (result == Z_MEM_ERROR) return CCODECS_NO_MEMORY;
        if (result != Z_OK || (stream->avail_in == 0 && stream->avail_out > 0)) return CCODECS_DAMAGED;
    }
}

int ccodecs_inflate(const uint8_t *data, size_t size, size_t limit, int accepts_more, uint8_t **out, size_t *out_size) {
    struct growing buffer = {.limit = limit};
    z_stream stream = {.next_in = (Bytef *)data};
    if (inflateInit(&stream) != Z_OK) return CCODECS_NO_MEMORY;
    int result = inflate_all(&stream, &buffer, data, size, accepts_more);
    inflateEnd(&stream);
    return finish(&buffer, result, out, out_size);
}

struct lzw {
    uint16_t prefix[4096];
    uint16_t length[4096];
    uint8_t last[4096], first[4096];
};

/* Appends the string of `code`; walks it backwards from its end. */
static int lzw_emit(const struct lzw *table, unsigned code, struct growing *buffer) {
    size_t length = table->length[code];
    while (buffer->capacity - buffer->count < length)
        if (!grow(buffer)) return 0;
    for (size_t at = buffer->count + length; at > buffer->count; code = table->prefix[code])
        buffer->bytes[--at] = table->last[code];
    buffer->count += length;
    return 1;
}

static int lzw_all(struct lzw *table, const uint8_t *data, size_t size, int early, struct growing *buffer) {
    unsigned next = 258, width = 9, previous = 256;
    uint32_t bits = 0, held = 0;
    for (size_t at = 0;;) {
        while (held < width) {
            if (at == size) return CCODECS_DAMAGED;
            bits = bits << 8 | data[at++], held += 8;
        }
        unsigned code = bits >> (held - width) & ((1u << width) - 1);
        held -= width;
        if (code == 257) return CCODECS_OK;
        if (code == 256) {
            next = 258, width = 9, previous = 256;
            continue;
        }
        if (previous != 256 && next < 4096) {
            if (code > next) return CCODECS_DAMAGED;
            table->prefix[next] = (uint16_t)previous;
            table->length[next] = (uint16_t)(table->length[previous] + 1);
            table->first[next] = table->first[previous];
            table->last[next] = table->first[code == next ? previous : code];
            next++;
        }
        if (code >= next || code == 256) return CCODECS_DAMAGED;
        if (!lzw_emit(table, code, buffer)) return buffer->capacity < buffer->limit ? CCODECS_NO_MEMORY : CCODECS_LIMIT;
        previous = code;
        if (next + (unsigned)early >= 1u << width && width < 12) width++;
    }
}

int ccodecs_lzw(const uint8_t *data, size_t size, int early_change, size_t limit, int accepts_more, uint8_t **out,
                size_t *out_size) {
    struct growing buffer = {.limit = limit + (accepts_more ? 4096 : 0)};
    struct lzw *table = calloc(1, sizeof *table);
    if (!table || !grow(&buffer)) {
        free(table);
        return CCODECS_NO_MEMORY;
    }
    for (unsigned i = 0; i < 256; i++) table->length[i] = 1, table->last[i] = table->first[i] = (uint8_t)i;
    int result = lzw_all(table, data, size, early_change, &buffer);
    free(table);
    if (result == CCODECS_LIMIT && accepts_more) result = CCODECS_OK;
    if (buffer.count > limit) buffer.count = limit;
    return finish(&buffer, result, out, out_size);
}

void *ccodecs_deflater_new(int level) { return libdeflate_alloc_compressor(level); }
void ccodecs_deflater_free(void *deflater) { libdeflate_free_compressor(deflater); }
size_t ccodecs_deflate_bound(void *deflater, size_t size) { return libdeflate_zlib_compress_bound(deflater, size); }
size_t ccodecs_deflate(void *deflater, const uint8_t *data, size_t size, uint8_t *packed, size_t capacity) {
    return libdeflate_zlib_compress(deflater, data, size, packed, capacity);
}
uint32_t ccodecs_crc32(const uint8_t *data, size_t size) { return libdeflate_crc32(0, data, size); }
