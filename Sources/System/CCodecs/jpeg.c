#include "ccodecs.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

/* libjpeg leaves through error_exit; each entry point catches that jump before its own frame is gone. */
struct failure {
    struct jpeg_error_mgr manager;
    jmp_buf escape;
    char *message;
};

static void fail(j_common_ptr common) {
    struct failure *failure = (struct failure *)common->err;
    char text[JMSG_LENGTH_MAX];
    common->err->format_message(common, text);
    if (failure->message) snprintf(failure->message, CCODECS_MESSAGE, "%s", text);
    longjmp(failure->escape, 1);
}

/* Some warnings change no pixel: bytes between segments, an unusual JFIF version or Adobe transform. */
static void count_warning(j_common_ptr common, int level) {
    int code = common->err->msg_code;
    if (level >= 0 || code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM) return;
    common->err->num_warnings++;
}

static void keep_silent(j_common_ptr common) { (void)common; }

static struct jpeg_error_mgr *prepare(struct failure *failure, char *message) {
    struct jpeg_error_mgr *manager = jpeg_std_error(&failure->manager);
    manager->error_exit = fail;
    manager->emit_message = count_warning;
    manager->output_message = keep_silent;
    failure->message = message;
    return manager;
}

/* What an entry point returns after the jump. */
static int reason(const struct failure *failure, int otherwise) {
    return failure->manager.msg_code == JERR_OUT_OF_MEMORY ? CCODECS_NO_MEMORY : otherwise;
}

/* A progressive file may hold thousands of empty scans, each of which walks all coefficients. */
static void limit_scans(j_common_ptr common) {
    if (common->is_decompressor && ((j_decompress_ptr)common)->input_scan_number > 100) {
        snprintf(((struct failure *)common->err)->message, CCODECS_MESSAGE, "more than 100 scans");
        longjmp(((struct failure *)common->err)->escape, 1);
    }
}

/* Own destination: after growing, jpeg_mem_dest leaves a dangling pointer with its caller when an error follows. */
struct sink {
    struct jpeg_destination_mgr manager;
    uint8_t *bytes;
    size_t capacity;
};

static boolean grow_sink(j_compress_ptr jpeg) {
    struct sink *sink = (struct sink *)jpeg->dest;
    uint8_t *bytes = realloc(sink->bytes, sink->capacity * 2);
    if (!bytes) ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 10);
    sink->bytes = bytes;
    sink->manager.next_output_byte = bytes + sink->capacity;
    sink->manager.free_in_buffer = sink->capacity;
    sink->capacity *= 2;
    return TRUE;
}

static void open_sink(j_compress_ptr jpeg) {
    struct sink *sink = (struct sink *)jpeg->dest;
    sink->capacity = 16 << 10;
    if (!(sink->bytes = malloc(sink->capacity))) ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 10);
    sink->manager.next_output_byte = sink->bytes;
    sink->manager.free_in_buffer = sink->capacity;
}

static void close_sink(j_compress_ptr jpeg) { (void)jpeg; }

static void attach(struct jpeg_compress_struct *jpeg, struct sink *sink) {
    sink->manager.init_destination = open_sink;
    sink->manager.empty_output_buffer = grow_sink;
    sink->manager.term_destination = close_sink;
    jpeg->dest = &sink->manager;
}

static int nearest_quality(const struct jpeg_decompress_struct *jpeg) {
    const JQUANT_TBL *table = jpeg->comp_info ? jpeg->quant_tbl_ptrs[jpeg->comp_info[0].quant_tbl_no] : NULL;
    if (!table) table = jpeg->quant_tbl_ptrs[0];
    if (!table) return 75;
    double sum = 0;
    for (int i = 0; i < DCTSIZE2; i++) sum += table->quantval[i];
    double percent = sum * 100 / 3692; /* the sum of the standard luminance table */
    double quality = percent <= 100 ? 100 - percent / 2 : 5000 / percent;
    return quality < 1 ? 1 : quality > 100 ? 100 : (int)(quality + 0.5);
}

int ccodecs_jpeg_inspect(const uint8_t *data, size_t size, ccodecs_jpeg_info *info, char *message) {
    struct jpeg_decompress_struct jpeg;
    struct failure failure;
    memset(&jpeg, 0, sizeof jpeg);
    jpeg.err = prepare(&failure, message);
    if (setjmp(failure.escape)) {
        jpeg_destroy_decompress(&jpeg);
        return reason(&failure, CCODECS_DAMAGED);
    }
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, data, size);
    jpeg_read_header(&jpeg, TRUE);
    info->width = (int)jpeg.image_width;
    info->height = (int)jpeg.image_height;
    info->components = jpeg.num_components;
    info->has_jfif = jpeg.saw_JFIF_marker ? 1 : 0;
    info->adobe_transform = jpeg.saw_Adobe_marker ? jpeg.Adobe_transform : -1;
    info->is_ycc = jpeg.jpeg_color_space == JCS_YCbCr;
    info->is_progressive = jpeg.progressive_mode ? 1 : 0;
    info->quality = nearest_quality(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return CCODECS_OK;
}

int ccodecs_jpeg_reduced(int length, int reduction) { return (length + reduction - 1) / reduction; }

static int read_rows(struct jpeg_decompress_struct *jpeg, int channels, uint8_t *pixels, size_t capacity) {
    size_t stride = (size_t)jpeg->output_width * channels;
    if (jpeg->output_components != channels || stride * jpeg->output_height != capacity) return CCODECS_UNSUPPORTED;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = pixels + stride * jpeg->output_scanline;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
    return jpeg->err->num_warnings ? CCODECS_DAMAGED : CCODECS_OK;
}

int ccodecs_jpeg_decode(const uint8_t *data, size_t size, int reduction, int channels, uint8_t *pixels, size_t capacity,
                        char *message) {
    struct jpeg_decompress_struct jpeg;
    struct failure failure;
    struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
    memset(&jpeg, 0, sizeof jpeg);
    jpeg.err = prepare(&failure, message);
    if (setjmp(failure.escape)) {
        jpeg_destroy_decompress(&jpeg);
        return reason(&failure, CCODECS_DAMAGED);
    }
    jpeg_create_decompress(&jpeg);
    jpeg.progress = &progress;
    jpeg_mem_src(&jpeg, data, size);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg.scale_num = 1;
    jpeg.scale_denom = (unsigned)reduction;
    jpeg_start_decompress(&jpeg);
    int result = read_rows(&jpeg, channels, pixels, capacity);
    if (result == CCODECS_DAMAGED) snprintf(message, CCODECS_MESSAGE, "the data are damaged");
    if (result == CCODECS_UNSUPPORTED) snprintf(message, CCODECS_MESSAGE, "unexpected size or number of components");
    jpeg_destroy_decompress(&jpeg);
    return result;
}

static void configure(struct jpeg_compress_struct *jpeg, int channels, int quality, int halves_chroma) {
    jpeg->input_components = channels;
    jpeg->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    if (channels == 3 && !halves_chroma) jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor = 1;
    jpeg->optimize_coding = TRUE;
    jpeg_simple_progression(jpeg);
}

int ccodecs_jpeg_encode(const uint8_t *pixels, int width, int height, int channels, int quality, int halves_chroma,
                        uint8_t **out, size_t *out_size, char *message) {
    struct jpeg_compress_struct jpeg;
    struct failure failure;
    struct sink sink = {0};
    memset(&jpeg, 0, sizeof jpeg);
    jpeg.err = prepare(&failure, message);
    if (setjmp(failure.escape)) {
        jpeg_destroy_compress(&jpeg);
        free(*(uint8_t *volatile *)&sink.bytes);
        return reason(&failure, CCODECS_UNSUPPORTED);
    }
    jpeg_create_compress(&jpeg);
    attach(&jpeg, &sink);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    configure(&jpeg, channels, quality, halves_chroma);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = (JSAMPROW)pixels + (size_t)jpeg.next_scanline * width * channels;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    *out = sink.bytes;
    *out_size = sink.capacity - sink.manager.free_in_buffer;
    return CCODECS_OK;
}

/* A reader decides by these two markers how to read the colours: present before, present after. */
static void copy_parameters(struct jpeg_decompress_struct *from, struct jpeg_compress_struct *to) {
    jpeg_copy_critical_parameters(from, to);
    to->write_JFIF_header = from->saw_JFIF_marker;
    to->write_Adobe_marker = from->saw_Adobe_marker;
    to->optimize_coding = TRUE;
    jpeg_simple_progression(to);
}

int ccodecs_jpeg_transcode(const uint8_t *data, size_t size, uint8_t **out, size_t *out_size, char *message) {
    struct jpeg_decompress_struct from;
    struct jpeg_compress_struct to;
    struct failure failure;
    struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
    struct sink sink = {0};
    memset(&from, 0, sizeof from);
    memset(&to, 0, sizeof to);
    from.err = to.err = prepare(&failure, message);
    if (setjmp(failure.escape)) {
        jpeg_destroy_compress(&to);
        jpeg_destroy_decompress(&from);
        free(*(uint8_t *volatile *)&sink.bytes);
        return reason(&failure, CCODECS_DAMAGED);
    }
    jpeg_create_decompress(&from);
    jpeg_create_compress(&to);
    from.progress = &progress;
    jpeg_mem_src(&from, data, size);
    jpeg_read_header(&from, TRUE);
    jvirt_barray_ptr *coefficients = jpeg_read_coefficients(&from);
    copy_parameters(&from, &to);
    attach(&to, &sink);
    jpeg_write_coefficients(&to, coefficients);
    jpeg_finish_compress(&to);
    jpeg_finish_decompress(&from);
    int is_damaged = failure.manager.num_warnings > 0;
    jpeg_destroy_compress(&to);
    jpeg_destroy_decompress(&from);
    if (is_damaged) {
        snprintf(message, CCODECS_MESSAGE, "the data are damaged");
        free(sink.bytes);
        return CCODECS_DAMAGED;
    }
    *out = sink.bytes;
    *out_size = sink.capacity - sink.manager.free_in_buffer;
    return CCODECS_OK;
}
