/* micro-cnn_int4: a classifier of 28 x 28 images in C99, int4, made by edgemnist.
 *
 * made from  micro-cnn.keras, SHA-256 d1bbc743e31c1eba7ba6e9a838e4e04fdf888e0a3a1fb9abea47eb578b46dde6
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * weights    packed in 5 layers, unpacked where they are used
 * rows       micro_cnn_int4_push_row takes the image a row at a time: it need not lie in RAM
 * flash      10,952 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        1,664 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 *
 * contract: {"input": {"dtype": "uint8", "name": "pixels", "range": [0.0, 255.0], "scale": null, "shape": [784], "zero_point": null}, "labels": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "output": {"dtype": "int8", "kind": "logits", "name": "logits", "scale": 0.2607622444629669, "zero_point": 18}, "precision": "int4", "rounding": "reference", "schema": 1, "source": {"name": "micro-cnn.keras", "sha256": "d1bbc743e31c1eba7ba6e9a838e4e04fdf888e0a3a1fb9abea47eb578b46dde6"}}
 */
#include "micro-cnn_int4.h"

/* A window that slides over an image of rows x columns x channels. */
typedef struct {
  int rows, columns, channels;
  int window_rows, window_columns;
  int row_stride, column_stride;
  int top, left; /* padding */
  int output_rows, output_columns, output_channels;
} geometry;

/* ------------------------------------------------------------------ kernels
 *
 * Activations are kept as bytes 0 to 255: TFLite's int8 value + 128. So a raw pixel needs no conversion.
 *
 *   real value = (byte - zero) * scale
 *   sum        = bias + weights * (byte - zero)            int32, exact
 *   byte       = zero + round(sum * multiplier / 2^shift)  clamped to [low, high]
 */

typedef struct {
  const int32_t *bias;
  const int32_t *multipliers;
  const uint8_t *shifts; /* of the 64-bit product to the right, 1 to 62 */
  uint8_t zero;
  uint8_t low;
  uint8_t high;
  uint8_t twice; /* 1 if the product is rounded twice */
} quantizer;

/* What the processor has to compute several values at a time. */
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#define EDGE_MVE
#include <arm_mve.h>
#elif defined(__ARM_FEATURE_SIMD32) && defined(__ARM_FEATURE_UNALIGNED) && defined(__GNUC__) && !defined(__ARM_BIG_ENDIAN)
#define EDGE_PAIRS
#elif defined(__SSE2__)
#include <immintrin.h>
#if defined(__AVX2__) /* which MSVC says without the other, and then gets neither */
#define EDGE_AVX2
#endif
#define EDGE_INLINE static inline __attribute__((always_inline)) /* where a constant argument unrolls a loop */
#elif defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
#define EDGE_HALVES /* products of 32 bits at most */
#endif

/* A model needs some of the functions below. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-function"
#endif

#if defined(EDGE_PAIRS)
typedef struct {
  uint32_t word;
} __attribute__((packed, may_alias)) four_bytes;

static inline uint32_t load_four(const void *bytes) { return ((const four_bytes *)bytes)->word; }

static inline void store_four(void *bytes, uint32_t word) { ((four_bytes *)bytes)->word = word; }

/* Instructions of cores with two products at a time: the DSP extension. Of four bytes, the first and the third,
 * or the second and the fourth, become a pair of 16 bits. */
#define EDGE_UNARY(name, instruction)                              \
  static inline uint32_t name(uint32_t bytes) {                    \
    uint32_t pair;                                                 \
    __asm__(instruction : "=r"(pair) : "r"(bytes));                \
    return pair;                                                   \
  }
#define EDGE_PRODUCT(name, instruction)                                                    \
  static inline int32_t name(int32_t sum, uint32_t first, uint32_t second) {               \
    __asm__(instruction " %0, %1, %2, %0" : "+r"(sum) : "r"(first), "r"(second));          \
    return sum;                                                                            \
  }
EDGE_UNARY(split_even, "uxtb16 %0, %1")
EDGE_UNARY(split_odd, "uxtb16 %0, %1, ror #8")
EDGE_UNARY(split_signed_even, "sxtb16 %0, %1")
EDGE_UNARY(split_signed_odd, "sxtb16 %0, %1, ror #8")
EDGE_PRODUCT(add_both, "smlad")
EDGE_PRODUCT(add_low, "smlabb")
EDGE_PRODUCT(add_high, "smlatt")

/* sum + four weights * the bytes that were split */
static inline int32_t add_four_products(int32_t sum, const int8_t *weights, uint32_t even, uint32_t odd) {
  const uint32_t word = load_four(weights);
  return add_both(add_both(sum, split_signed_even(word), even), split_signed_odd(word), odd);
}

/* The larger of each two bytes. */
static inline uint32_t find_larger(uint32_t first, uint32_t second) {
  uint32_t larger;
  __asm__("usub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(larger) : "r"(first), "r"(second) : "cc");
  return larger;
}
#endif

#if defined(__SSE2__)
static inline __m128i widen_signed(const int8_t *bytes) {
  const __m128i values = _mm_loadl_epi64((const __m128i *)bytes);
  return _mm_srai_epi16(_mm_unpacklo_epi8(values, values), 8);
}

static inline __m128i widen(const uint8_t *bytes) {
  return _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)bytes), _mm_setzero_si128());
}

/* Four sums += those that a vector holds. */
static inline void add_quarter(int32_t *sums, __m128i more) {
  _mm_storeu_si128((__m128i *)sums, _mm_add_epi32(_mm_loadu_si128((const __m128i *)sums), more));
}

/* Eight sums, one in each lane. */
#if defined(EDGE_AVX2)
typedef __m256i eight_sums;

static inline eight_sums load_sums(const int32_t *sums) { return _mm256_loadu_si256((const __m256i *)sums); }

static inline eight_sums find_larger_sums(eight_sums first, eight_sums second) {
  return _mm256_max_epi32(first, second);
}
#else
typedef struct {
  __m128i low, high;
} eight_sums;

static inline eight_sums load_sums(const int32_t *sums) {
  const __m128i *halves = (const __m128i *)sums;
  const eight_sums loaded = {_mm_loadu_si128(halves), _mm_loadu_si128(halves + 1)};
  return loaded;
}

static inline __m128i find_larger_four(__m128i first, __m128i second) {
  const __m128i which = _mm_cmpgt_epi32(first, second);
  return _mm_or_si128(_mm_and_si128(which, first), _mm_andnot_si128(which, second));
}

static inline eight_sums find_larger_sums(eight_sums first, eight_sums second) {
  const eight_sums larger = {find_larger_four(first.low, second.low), find_larger_four(first.high, second.high)};
  return larger;
}
#endif
#endif

/* GCC moves loads so far ahead of their products that the sums no longer fit into registers: not so here. */
#if defined(__GNUC__) && !defined(__clang__) && !defined(__SSE2__) && !defined(EDGE_HALVES) && !defined(EDGE_MVE)
#define EDGE_IN_ORDER __attribute__((noinline, optimize("no-schedule-insns")))
#else
#define EDGE_IN_ORDER
#endif

/* The product in 64 bits. Where the processor multiplies 32 bits at most, of halves. */
static inline int64_t multiply_long(int32_t first, int32_t second) {
#if defined(EDGE_HALVES)
  const int32_t a = first >> 16, b = second >> 16;
  const uint32_t c = (uint32_t)first & 0xffff, d = (uint32_t)second & 0xffff;
  const uint32_t low = c * d;
  const int32_t one = a * (int32_t)d + (int32_t)(low >> 16);
  const int32_t two = b * (int32_t)c + (int32_t)((uint32_t)one & 0xffff);
  const int32_t high = a * b + (one >> 16) + (two >> 16);
  return (int64_t)((uint64_t)(uint32_t)high << 32 | (uint32_t)two << 16 | (low & 0xffff));
#else
  return (int64_t)first * second;
#endif
}

/* sum * multiplier / 2^shift, rounded once, half away from zero: as LiteRT's reference kernels do for dense layers. */
static inline int32_t rescale_once(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int64_t product = multiply_long(sum, multiplier) - (sum < 0);
  return (int32_t)((product + ((int64_t)1 << (shift - 1))) >> shift);
}

/* The same of shifts above 32, for which the high word of the product is enough. */
static inline int32_t rescale_once_high(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int32_t high = (int32_t)((multiply_long(sum, multiplier) - (sum < 0)) >> 32);
  return (high + ((int32_t)1 << (shift - 33))) >> (shift - 32);
}

/* sum * multiplier / 2^shift, rounded twice: as TFLite Micro does (gemmlowp's fixed-point arithmetic),
 * and LiteRT's reference kernels for all but dense layers.
 * First the doubled high half of the product, to the nearest; then a division, half away from zero. */
static inline int32_t rescale_twice(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int left = shift < 31 ? 31 - shift : 0;
  const int right = shift > 31 ? shift - 31 : 0;
  const int64_t product = (int64_t)sum * ((int64_t)1 << left) * multiplier;
  const int64_t nudge = product >= 0 ? (int64_t)1 << 30 : 1 - ((int64_t)1 << 30);
  const int32_t high = (int32_t)((product + nudge) / ((int64_t)1 << 31));
  const int32_t mask = (int32_t)(((int64_t)1 << right) - 1);
  const int32_t threshold = (mask >> 1) + (high < 0);
  return (high >> right) + ((high & mask) > threshold);
}

/* The same of shifts above 32: both divisions at once, the half of a negative number rounded down. */
static inline int32_t rescale_twice_high(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int64_t product = multiply_long(sum, multiplier) + ((int64_t)1 << 30);
  const int32_t high = (int32_t)((product - (product < 0 ? (int64_t)1 << 31 : 0)) >> 32);
  return (high + ((int32_t)1 << (shift - 33))) >> (shift - 32);
}

static inline int32_t rescale(const quantizer *q, int32_t sum, int channel) {
  const int32_t multiplier = q->multipliers[channel];
  const uint8_t shift = q->shifts[channel];
  return q->zero + (q->twice ? rescale_twice(sum, multiplier, shift) : rescale_once(sum, multiplier, shift));
}

/* The same of shifts above 32. */
static inline int32_t rescale_high(const quantizer *q, int32_t sum, int channel) {
  const int32_t multiplier = q->multipliers[channel];
  const uint8_t shift = q->shifts[channel];
  return q->zero + (q->twice ? rescale_twice_high(sum, multiplier, shift) : rescale_once_high(sum, multiplier, shift));
}

static inline uint8_t clamp(const quantizer *q, int32_t value) {
  return (uint8_t)(value < q->low ? q->low : value > q->high ? q->high : value);
}

static inline uint8_t quantize(const quantizer *q, int32_t sum, int channel) {
  return clamp(q, rescale(q, sum, channel));
}

/* The part of a window that lies inside the image, along rows or columns. */
typedef struct {
  int first, count;
} span;

static inline span clip(int start, int window, int size) {
  const int first = start < 0 ? 0 : start, stop = start + window > size ? size : start + window;
  const span inside = {first, stop - first};
  return inside;
}

/* Functions that are kept apart, so that less is on the stack. Where a core has few registers, that takes more: one
 * function of which the others are parts, without values that are computed ahead and kept. */
#if defined(__GNUC__) && !defined(__clang__)
#define EDGE_ALONE __attribute__((noinline, noclone))
#else
#define EDGE_ALONE
#endif
#if defined(__GNUC__) && !defined(__clang__) && defined(EDGE_HALVES)
#define EDGE_NARROW EDGE_ALONE __attribute__((optimize("no-tree-loop-im", "no-tree-pre", "no-move-loop-invariants")))
#define EDGE_PART __attribute__((always_inline)) inline
#else
#define EDGE_NARROW EDGE_ALONE
#define EDGE_PART
#endif

/* Weights of few levels: each is low + step * digit. A word holds some digits as a fraction, the first one first: what
 * the word times the number of levels exceeds 16 bits by is a digit, and the rest of it is a word for the next one. */
typedef struct {
  const int16_t *bias; /* NULL where the quantizer has biases of 32 bits */
  const uint16_t *multipliers; /* NULL where the quantizer has them; else 16 of their 31 bits */
  uint16_t levels;
  uint8_t digits; /* in a word */
  int8_t low;
  uint8_t step;
  uint8_t each; /* 1 if each output has a multiplier and a shift of its own, 0 if all have the same */
} packing;

static inline void clear_bytes(uint8_t *bytes, int count) {
  for (int i = 0; i < count; i++) {
    bytes[i] = 0;
  }
}

/* Where the next weight is read. */
typedef struct {
  const uint16_t *next;
  uint32_t word;
  int left; /* digits in the word */
} weight_reader;

static inline int32_t get_bias(const packing *p, const quantizer *q, int output) {
  return p->bias != NULL ? p->bias[output] : q->bias[output];
}

/* The first of 31 bits is always 1, and of short ones, the last 14 are 0. */
static inline int32_t get_multiplier(const packing *p, const quantizer *q, int output) {
  return p->multipliers != NULL ? 0x40000000 + ((int32_t)p->multipliers[output] << 14) : q->multipliers[output];
}
/* Of shifts above 32. What a sum below 0 gives is clamped, whatever the multiplier is, where no output lies below
 * real 0. */
static EDGE_PART uint8_t quantize_packed(const packing *p, const quantizer *q, int32_t sum, int channel) {
  if (sum < 1 && q->low >= q->zero) return q->low;
  const int32_t multiplier = get_multiplier(p, q, channel);
  const quantizer one = {NULL, &multiplier, q->shifts + channel, q->zero, q->low, q->high, q->twice};
  return clamp(&one, rescale_high(&one, sum, 0));
}

/* A convolution, depthwise or not, that is computed row by row, each of its filters for a whole row at a time. */
typedef struct {
  const uint16_t *weights; /* output channels x window rows x window columns x depth, without a gap */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
  packing packed;
  int depth; /* channels that a filter sees */
  int fan;   /* filters that see the same channels */
} filters;

/* sums[0] = start + filter * bytes, and sums[1] with the bytes of the next column if there are `two`. */
EDGE_IN_ORDER static EDGE_PART void multiply_filter(const filters *layer, const int8_t *filter, const uint8_t *input,
                                          const int32_t *rows, int two, int32_t start, int32_t *sums) {
  const geometry *g = &layer->shape;
  const int whole = layer->depth == g->channels; /* all bytes of a row are then seen, or else some of each column */
  const int pieces = whole ? 1 : g->window_columns, count = whole ? g->window_columns * layer->depth : layer->depth;
  const int apart = two ? g->column_stride * g->channels : 0;
  int32_t a = start, b = start;
#if defined(__SSE2__)
  __m128i c = _mm_setzero_si128(), d = c;
#endif
  for (int row = 0; row < g->window_rows; row++) {
    const uint8_t *values = input + rows[row];
    if (rows[row] < 0) {
      filter += pieces * count;
      continue;
    }
    for (int piece = 0; piece < pieces; piece++, filter += count, values += g->channels) {
      int i = 0;
#if defined(EDGE_MVE)
      for (; i < count; i += 8) {
        const mve_pred16_t some = vctp16q((uint32_t)(count - i));
        const int16x8_t taps = vldrbq_z_s16(filter + i, some);
        a = vmladavaq_s16(a, taps, vreinterpretq_s16_u16(vldrbq_z_u16(values + i, some)));
        b = vmladavaq_s16(b, taps, vreinterpretq_s16_u16(vldrbq_z_u16(values + i + apart, some)));
      }
#elif defined(EDGE_PAIRS)
      for (; i + 4 <= count; i += 4) {
        const uint32_t taps = load_four(filter + i), even = split_signed_even(taps), odd = split_signed_odd(taps);
        const uint32_t first = load_four(values + i), second = load_four(values + i + apart);
        a = add_both(add_both(a, even, split_even(first)), odd, split_odd(first));
        b = add_both(add_both(b, even, split_even(second)), odd, split_odd(second));
      }
#elif defined(__SSE2__)
      for (; i + 8 <= count; i += 8) {
        const __m128i taps = widen_signed(filter + i);
        c = _mm_add_epi32(c, _mm_madd_epi16(taps, widen(values + i)));
        d = _mm_add_epi32(d, _mm_madd_epi16(taps, widen(values + i + apart)));
      }
#endif
      for (; i < count; i++) {
        const int32_t tap = filter[i];
        a += tap * values[i];
        b += tap * values[i + apart];
      }
    }
  }
#if defined(__SSE2__)
  const __m128i both = _mm_add_epi32(_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
  const __m128i all = _mm_add_epi32(both, _mm_srli_si128(both, 8));
  a += _mm_cvtsi128_si32(all);
  b += _mm_cvtsi128_si32(_mm_srli_si128(all, 4));
#endif
  sums[0] = a;
  sums[1] = b;
}

/* sum + filter * (bytes - zero), of the columns that a window sees inside the image. */
static EDGE_PART int32_t multiply_edge(const filters *layer, const int8_t *filter, const uint8_t *input,
                                        const int32_t *rows, int left, int32_t sum) {
  const geometry *g = &layer->shape;
  for (int row = 0; row < g->window_rows; row++) {
    for (int column = left; column < left + g->window_columns; column++, filter += layer->depth) {
      if (rows[row] < 0 || column < 0 || column >= g->columns) continue;
      const uint8_t *values = input + rows[row] + column * g->channels;
      for (int i = 0; i < layer->depth; i++) {
        sum += filter[i] * (values[i] - layer->zero);
      }
    }
  }
  return sum;
}

/* Unpacks the next filter. */
static EDGE_PART void unpack_filter(const filters *layer, weight_reader *from, int8_t *filter) {
  const int32_t levels = layer->packed.levels, low = layer->packed.low, step = layer->packed.step;
  int8_t *end = filter + layer->shape.window_rows * layer->shape.window_columns * layer->depth;
  while (filter < end) {
    if (from->left == 0) {
      from->word = *from->next++;
      from->left = layer->packed.digits;
    }
    uint32_t word = from->word;
    int some = from->left < end - filter ? from->left : (int)(end - filter);
    from->left -= some;
    for (; some > 0; some--) {
      word *= (uint32_t)levels;
      *filter++ = (int8_t)(low + step * (int32_t)(word >> 16));
      word &= 0xffff;
    }
    from->word = word;
  }
}

/* What the inputs' zero takes away from the sums of a filter. */
static EDGE_PART int32_t multiply_zero(const filters *layer, const int8_t *filter, const int32_t *rows) {
  const int count = layer->shape.window_columns * layer->depth;
  int32_t sum = 0;
  for (int row = 0; row < layer->shape.window_rows && layer->zero != 0; row++, filter += count) {
    for (int i = 0; i < count && rows[row] >= 0; i++) {
      sum += filter[i];
    }
  }
  return sum * layer->zero;
}

/* How many columns are computed: with a pooling, those that it sees. */
static inline int count_columns(const geometry *g, const geometry *pool) {
  return pool != NULL ? pool->output_columns * pool->window_columns : g->output_columns;
}

/* One row of outputs, each of them only where it is larger than what is there: so a row of a max pooling after it is
 * made of several. Row i of what the windows see lies `rows[i]` bytes behind the input, or outside the image where that
 * is less than 0. Behind these numbers is room for the weights of a filter. */
static EDGE_NARROW void filter_row(const filters *layer, const geometry *pool, const uint8_t *input, int32_t *rows,
                                  uint8_t *output) {
  const geometry *g = &layer->shape;
  int8_t *filter = (int8_t *)(rows + g->window_rows);
  weight_reader from = {layer->weights, 0, 0};
  for (int j = 0, seen_by = 0; j < g->output_channels; j++) {
    unpack_filter(layer, &from, filter);
    const int32_t start = get_bias(&layer->packed, &layer->output, j) - multiply_zero(layer, filter, rows);
    uint8_t *target = output + j;
    for (int column = 0, pooled = 0, some; column < count_columns(g, pool); column += some) {
      const int left = column * g->column_stride - g->left, right = left + g->window_columns;
      int32_t sums[2];
      if (left < 0 || right > g->columns) {
        some = 1;
        sums[0] = multiply_edge(layer, filter, input, rows, left, get_bias(&layer->packed, &layer->output, j));
      } else {
        some = column + 1 < count_columns(g, pool) && right + g->column_stride <= g->columns ? 2 : 1;
        multiply_filter(layer, filter, input + left * g->channels, rows, some == 2, start, sums);
      }
      for (int i = 0; i < some; i++) {
        const uint8_t byte = quantize_packed(&layer->packed, &layer->output, sums[i], layer->packed.each ? j : 0);
        if (byte > *target) *target = byte;
        if (pool == NULL || ++pooled == pool->window_columns) {
          pooled = 0;
          target += g->output_channels;
        }
      }
    }
    if (++seen_by == layer->fan) {
      seen_by = 0;
      input += layer->depth;
    }
  }
}

static inline void run_packed_conv_row(const filters *layer, const geometry *pool, const uint8_t *input, int32_t *rows,
                                       uint8_t *output) {
  filter_row(layer, pool, input, rows, output);
}

/* The mean of each channel over all positions; the division is in the multiplier. */
static void run_mean(const quantizer *q, int positions, int channels, uint8_t zero, const uint8_t *input,
                     uint8_t *output) {
  for (int channel = 0; channel < channels; channel++) {
    int32_t sum = 0;
    for (int position = 0; position < positions; position++) {
      sum += input[position * channels + channel] - zero;
    }
    output[channel] = quantize(q, sum, 0);
  }
}

typedef struct {
  const uint16_t *weights; /* inputs x outputs, without a gap */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
  packing packed;
  int words, rest; /* the outputs by the digits of a word, and what remains */
} packed_dense_layer;

/* sums[j] += digit j * factor, of the digits that follow some others in a word */
static void add_digits(const packing *p, const uint16_t *words, int before, int32_t factor, int32_t *sums, int count) {
  uint32_t word = *words++;
  int some = p->digits - before;
  for (; before > 0; before--) {
    word = (word * p->levels) & 0xffff;
  }
  for (int32_t *end = sums + count; ; word = *words++, some = p->digits) {
    if (some > end - sums) some = (int)(end - sums);
    for (; some > 0; some--) {
      const uint32_t product = word * p->levels;
      word = product & 0xffff;
      *sums++ += (int32_t)(product >> 16) * factor;
    }
    if (sums == end) return;
  }
}

/* The weights of an input that is 0 are skipped. */
static void run_packed_dense(const packed_dense_layer *layer, const uint8_t *input, uint8_t *output, int32_t *sums) {
  const packing *p = &layer->packed;
  const uint16_t *words = layer->weights;
  int32_t total = 0;
  for (int j = 0; j < layer->outputs; j++) {
    sums[j] = get_bias(p, &layer->output, j);
  }
  for (int i = 0, before = 0; i < layer->inputs; i++) {
    const int32_t value = input[i] - layer->zero;
    if (value != 0) {
      total += value;
      add_digits(p, words, before, value * p->step, sums, layer->outputs);
    }
    words += layer->words;
    before += layer->rest;
    if (before >= p->digits) {
      before -= p->digits;
      words++;
    }
  }
  for (int j = 0; j < layer->outputs; j++) { /* each byte is written after the sum that it may lie upon is read */
    output[j] = quantize_packed(p, &layer->output, sums[j] + total * p->low, p->each ? j : 0);
  }
}

/* Layers with windows, one after the other, from the first row of pixels on. Of what a layer reads only as many rows
 * are kept as its window has: the last ones, in a ring. */
typedef struct {
  uint16_t place;     /* of the ring of rows that it reads, in bytes of the working memory */
  uint16_t row_bytes; /* of a row that it reads */
  uint8_t slots;      /* rows in the ring */
  uint8_t rows;       /* that it reads in all */
  uint8_t window, stride, top;
  uint8_t together;   /* rows that it computes for one row of its output: those of a pooling that is part of it */
  uint8_t outputs;    /* rows of its output */
} stage;

typedef struct {
  const stage *stages;
  uint8_t count;    /* of stages; one more follows them */
  uint16_t state;   /* where the states lie in the working memory, in bytes: before them lies what a stage works with */
} stream;

/* How far the rows that a stage reads have been made. */
typedef struct {
  uint8_t done; /* rows */
  uint8_t part; /* of the next one */
  uint8_t slot; /* of the next one in the ring */
} state;

/* Computes one row of a stage: see below. */
static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output);

static inline state *get_states(const stream *layer, int32_t *words) {
  return (state *)((uint8_t *)words + layer->state);
}

static void start_stream(const stream *layer, int32_t *words) {
  state *states = get_states(layer, words);
  for (int i = 0; i <= layer->count; i++) {
    states[i].done = states[i].part = states[i].slot = 0;
  }
}

/* Where the next row of pixels belongs. */
static inline uint8_t *find_next_row(const stream *layer, int32_t *words) {
  const stage *first = layer->stages;
  return (uint8_t *)words + first->place + get_states(layer, words)->slot * first->row_bytes;
}

static inline int has_all_rows(const stream *layer, int32_t *words) {
  return get_states(layer, words)->done == layer->stages->rows;
}

static inline void end_row(const stage *reader, state *rows) {
  rows->done++;
  rows->part = 0;
  if (++rows->slot == reader->slots) rows->slot = 0;
}

/* Finds the rows that a window sees for the next row of a stage. Returns 0 where one is still lacking. */
static EDGE_ALONE int find_ring_rows(const stage *s, const state *from, int32_t *rows) {
  const state *to = from + 1;
  const int top = (to->done * s->together + to->part) * s->stride - s->top, bottom = top + s->window;
  if (to->done == s->outputs || from->done < (bottom > s->rows ? s->rows : bottom)) return 0;
  for (int i = 0; i < s->window; i++) {
    const int row = top + i, slot = from->slot - (from->done - row);
    rows[i] = row < 0 || row >= s->rows ? -1 : (slot < 0 ? slot + s->slots : slot) * s->row_bytes;
  }
  return 1;
}

/* The place of the next row that a stage reads, where it begins: of several that are made one, the largest is kept. */
static EDGE_ALONE uint8_t *find_place(const stage *reader, const state *next, uint8_t *ring) {
  uint8_t *place = ring + next->slot * reader->row_bytes;
  if (next->part == 0) clear_bytes(place, reader->row_bytes);
  return place;
}

/* Takes the row of pixels that was put where it belongs. The last stage that has its rows always runs first, so that
 * no row is overwritten that is still to be read. */
static void run_stream(const stream *layer, uint8_t *output, int32_t *words) {
  state *states = get_states(layer, words);
  end_row(layer->stages, states);
  for (int number = layer->count - 1; number >= 0; number--) {
    const stage *s = layer->stages + number;
    if (!find_ring_rows(s, states + number, words)) continue;
    uint8_t *ring = number + 1 == layer->count ? output : (uint8_t *)words + s[1].place;
    run_stage(number, (uint8_t *)words + s->place, words, find_place(s + 1, states + number + 1, ring));
    if (++states[number + 1].part == s->together) end_row(s + 1, states + number + 1);
    number = layer->count;
  }
}

static int find_largest(const int8_t *values, int count) {
  int best = 0;
  for (int j = 1; j < count; j++) {
    if (values[j] > values[best]) best = j;
  }
  return best;
}


/* --------------------------------------------------------------- parameters */

static const uint16_t layer_1_convolution_1_relu_weights[18] = {
31108,26947,13735,50726,1684,19010,46662,9075,23209,21875,23093,45861,14234,42884,6598,14455,43352,43163
};
static const int16_t layer_1_convolution_1_relu_bias[8] = {
-33,-38,-90,-29,-39,-62,-494,71
};
static const uint16_t layer_1_convolution_1_relu_multipliers[8] = {
52817,21472,13771,5328,17419,60385,4045,33362
};
static const uint8_t layer_1_convolution_1_relu_shifts[8] = {
34,34,34,34,34,35,34,36
};
static const filters layer_1_convolution_1_relu = {layer_1_convolution_1_relu_weights, {28, 28, 1, 3, 3, 1, 1, 0, 0, 26, 26, 8}, 0, {NULL, NULL, layer_1_convolution_1_relu_shifts, 0, 0, 255, 1}, {layer_1_convolution_1_relu_bias, layer_1_convolution_1_relu_multipliers, 16, 4, -6, 1, 1}, 1, 8};
static const geometry layer_1_convolution_1_relu_pool_1 = {26, 26, 8, 2, 2, 2, 2, 0, 0, 13, 13, 8};

static const uint16_t layer_2_convolution_2_relu_weights[216] = {
46217,13971,42873,26741,25929,31113,38232,22133,38937,35688,26422,36236,26933,42821,18514,42775,6002,47147,30329,
22408,41851,22692,1414,25200,26487,34714,21926,34232,1941,41808,18786,39002,10898,34102,5992,39463,29557,42372,21398,
43145,39273,22651,49787,18083,54615,12661,34375,25736,25690,31366,30300,27541,31078,27207,30568,18312,38998,22136,
38552,22680,33976,25495,41082,29812,37716,29334,34423,34471,25752,25781,37284,96,34408,26485,35173,18021,27189,1635,
34616,14422,26698,15189,37435,11108,14389,31047,30294,43145,33705,26792,46489,30327,29588,37767,13528,46487,30888,
18038,8259,38456,18086,46730,26201,31145,31239,23384,23127,26697,18281,31351,13944,26486,6037,34389,27511,30825,34151,
34247,9896,34694,23003,26503,42423,37754,42188,55003,30840,31111,22071,22152,17783,38797,34887,39015,29717,35195,
42614,30381,34675,38213,38768,20758,54928,28758,34664,30806,22582,26710,18503,22854,31827,25652,13128,51336,31626,
31559,33392,29187,41921,45978,26056,29351,31301,30540,13720,34490,38533,30359,27223,26424,26789,55899,23217,33333,
31029,30759,39811,30518,18325,30257,22663,30344,26998,34919,35431,30822,9414,55195,26519,17751,31320,18278,34007,
26510,41818,1720,55915,6516,33881,35156,18578,46421,6517,30549,30329,19077,29586,37700,28788,33688,18089,27017,29371,
26775,49576,38234
};
static const int16_t layer_2_convolution_2_relu_bias[12] = {
-168,1120,412,1062,1553,362,-869,651,889,-49,-185,872
};
static const uint16_t layer_2_convolution_2_relu_multipliers[12] = {
11021,35265,26032,63985,41302,7259,35413,63001,25344,22799,17254,23487
};
static const uint8_t layer_2_convolution_2_relu_shifts[12] = {
35,35,35,35,35,35,36,36,35,35,35,35
};
static const filters layer_2_convolution_2_relu = {layer_2_convolution_2_relu_weights, {13, 13, 8, 3, 3, 1, 1, 0, 0, 11, 11, 12}, 0, {NULL, NULL, layer_2_convolution_2_relu_shifts, 0, 0, 255, 1}, {layer_2_convolution_2_relu_bias, layer_2_convolution_2_relu_multipliers, 16, 4, -7, 1, 1}, 8, 12};

static const uint16_t layer_3_convolution_3_relu_weights[756] = {
31015,18805,37543,22634,29778,37541,18274,26226,22326,17814,14713,34136,4453,38760,38266,5490,34839,22424,22201,19001,
27143,21943,34427,19012,30361,33899,27475,22150,29512,41835,25652,41317,49288,17542,36951,33127,31129,18294,18473,
22360,21590,39305,9801,45173,45959,47973,18802,10088,48003,2661,23206,23640,22661,34710,29337,38267,38519,25941,33738,
25736,38530,22424,32922,22340,30551,35668,24886,26199,30355,42038,34169,30594,30996,22370,44376,34058,14388,47734,
30620,34073,30551,26501,33963,39322,29312,34409,30596,29553,33929,38256,38792,13448,34342,30070,21382,39270,17293,
45638,42420,31130,10102,46438,18501,26740,40042,6492,29744,34955,42593,26967,39539,42534,27017,31312,29525,38537,
39509,18213,22869,34485,13944,38004,46520,5050,54915,22443,22406,15209,13510,38039,34665,8859,33673,41591,13449,27816,
18803,35213,31589,31604,52556,39700,42899,51047,22393,30628,26999,18818,43112,25866,38242,27030,17480,30631,34233,
13911,22406,42681,22327,35152,15146,27221,13946,31352,30012,26232,11126,31383,22697,6548,30629,31368,47719,13625,
26489,27240,26216,33926,2649,30885,43138,43856,14374,35440,30532,14470,51314,6724,27303,39815,22886,30838,35943,18756,
35143,15926,27494,39850,27221,15190,26759,18197,10853,26501,38263,46756,30121,50489,2664,33716,21035,34921,37270,
38012,45911,25447,30598,26502,34570,39238,26760,47416,46872,26473,34983,14260,43297,9261,14261,21621,18012,30568,
13960,42887,26704,34183,43126,26005,18244,9337,22443,26129,5272,27044,22644,22619,35190,19289,14647,35111,26536,27030,
34709,31384,26488,42584,13706,22567,38729,18360,22341,38550,24679,30292,18551,29641,46619,10851,2025,42347,11641,
14517,29830,34886,35205,41831,34116,36180,38467,18744,22165,29527,34597,31110,26969,38725,18552,30100,5429,23162,
30394,13666,43883,27307,18053,26956,31157,35429,33574,22566,41590,38730,43349,49267,42889,26963,30214,26423,55639,
34118,33608,54390,24725,21829,17508,6822,18021,21832,2469,38021,21320,13459,22357,30292,43362,34679,34406,37236,30875,
26759,33656,39047,22188,34598,35672,47268,46152,30039,17445,35481,38102,21810,27143,14229,51130,5512,38197,24743,
18833,35736,15459,30866,31093,26502,34951,30324,35380,43093,38562,18434,22341,9861,25718,10358,21088,38291,22184,
34452,22358,21654,6987,20570,4948,25478,33131,21124,37461,26246,46741,13909,13684,45987,26726,13906,41605,34664,22660,
34469,30039,25189,30583,37992,37767,25514,45735,21435,35191,27512,13908,27802,18075,13415,23437,30439,33129,15225,
40039,34617,43624,31850,51575,24184,38484,43356,22919,27210,21877,22439,29815,27508,14968,43104,35381,29880,37800,
10823,34025,50502,18776,47434,39460,27239,36980,23156,26487,20809,26455,18021,30565,34954,25909,33625,26535,22899,
26439,18086,18002,48243,6538,26213,27004,33171,26675,18761,31157,47158,38209,1692,46504,20871,30616,38586,36999,30584,
17814,46231,41591,13927,26312,29560,10036,35254,33109,18485,26739,30297,34647,39348,37730,30738,27712,26486,51815,
14656,10072,47800,14454,43160,34441,19606,33926,17801,42842,46007,38266,22132,30844,26998,19076,34152,22599,47717,
34907,26984,21366,18089,38567,17221,47500,17833,8273,35214,18651,34150,18793,34712,26727,30855,39050,34937,39801,
30842,30840,26971,39321,34662,19545,35975,30583,18486,14149,21704,38683,9509,29608,42245,2371,14426,58112,31538,10390,
14724,32889,30306,26242,29609,17764,35444,42088,10403,34935,21833,34384,34612,30821,31008,22052,38739,38998,22661,
31624,29963,21906,33976,22091,37746,28855,38106,42600,17514,21432,46488,21112,21643,42120,13720,39112,45994,21082,
26041,38039,34667,18587,41639,22698,39493,47780,50776,30552,35222,43146,35160,38612,34493,26937,6787,39309,31032,
23138,30829,43095,30885,51035,31305,2949,30566,26247,26260,25947,30630,51092,30584,18183,6853,25478,25957,18564,13193,
30628,35218,13977,25941,22149,39512,30583,34422,22615,39256,22630,35383,18055,26194,38775,31050,22406,30247,39478,
26504,47752,13943,34930,363,17745,35441,1931,13712,43376,1706,34728,46985,2101,46981,38552,13891,55673,34746,34151,
42836,43077,31795,33799,17527,34626,26950,1959,38739,34828,30757,35206,1354,26423,34983,2166,18026,47193,25770,14613,
22899,21161,10870,17943,18281,18070,30531,10104,34708,46758,22919,22868,26488,18323,2938,14168,22678,39000,37737,
30340,42595,26691,34960,6437,10368,39562,19080,35174,47719,10597,19335,31558,22887,19286,47737,10597,26947,26726,
16785,5207,21349,51330,25687,18053,37171,22275,17464,34903,46611,38487,46458,38536,28742,34680,13648,34421,34485,
17986,19099,41874,25686,9337,29249,38742,14232,26676,23382,19127,6537,31046,6277,34406,30345,26483,30264,27030,47712,
2311,27477
};
static const int16_t layer_3_convolution_3_relu_bias[28] = {
519,540,148,24,-386,-636,124,-594,562,-328,-686,1541,-405,2006,310,-1612,866,774,-608,-713,1424,-2105,-70,914,33,1373,
1092,1144
};
static const uint16_t layer_3_convolution_3_relu_multipliers[28] = {
21189,63805,47733,47398,14431,14431,18844,35069,47733,1068,32848,32513,59057,44201,24080,44019,61613,53486,63470,
37749,48585,60761,8008,38266,24750,35739,51629,61766
};
static const uint8_t layer_3_convolution_3_relu_shifts[28] = {
35,35,35,35,35,35,35,35,35,34,35,35,35,35,35,35,35,35,36,35,35,36,35,35,35,35,35,35
};
static const filters layer_3_convolution_3_relu = {layer_3_convolution_3_relu_weights, {11, 11, 12, 3, 3, 1, 1, 0, 0, 9, 9, 28}, 0, {NULL, NULL, layer_3_convolution_3_relu_shifts, 0, 0, 255, 1}, {layer_3_convolution_3_relu_bias, layer_3_convolution_3_relu_multipliers, 16, 4, -7, 1, 1}, 12, 28};
static const geometry layer_3_convolution_3_relu_pool_2 = {9, 9, 28, 2, 2, 2, 2, 0, 0, 4, 4, 28};

static const uint16_t layer_4_convolution_4_relu_weights[4032] = {
16998,30311,25977,30600,26471,46680,43162,29495,34981,33608,26483,17737,34920,27239,25434,59066,42585,14688,22296,
29562,22644,25974,34951,21880,30873,26964,22920,38776,22662,15225,42630,26215,34883,26008,35174,14181,23675,39045,
30550,26437,26516,26469,25254,34183,2837,55623,43105,30051,54844,14968,30068,11047,43639,43107,22201,51324,22659,
30304,50790,59001,43190,2492,60350,12999,1170,34409,34168,60341,31534,59996,10401,1131,29799,38230,39062,19288,38776,
39792,9116,45641,21385,31414,7316,31387,26743,27009,46697,34150,25942,27000,39768,27258,39284,22681,30313,18026,22102,
12678,27016,42345,26985,25964,31131,26776,33913,34677,34437,30040,25992,40361,39353,14806,26231,34775,35175,26007,
44408,34662,30631,31318,42682,39317,22679,31366,31128,30824,17802,44171,28038,39323,25687,41557,29768,30072,27014,
18548,43878,34676,33433,31320,50380,28051,22486,11058,30033,49793,17779,30856,34995,10566,34408,43106,8551,43304,
38568,26487,21510,31048,39511,29017,35222,9624,34696,38793,19267,30597,54649,26759,22151,41880,15160,43345,43088,
21142,38987,30902,30246,38199,59987,13704,29099,30603,43911,35175,50758,35735,13434,50860,3017,27269,1427,46743,20644,
39132,32379,38259,21669,17286,37467,29297,29881,18837,27475,23190,27849,27065,38484,36042,34201,40266,27065,1718,
34725,33144,39099,38807,42883,34710,21124,25557,37987,34197,26213,26774,38725,38284,27061,34694,21890,37751,26971,
22663,22980,50551,38013,43129,46932,43176,39032,34710,38554,33671,30072,34373,26458,30361,42134,14202,46249,35460,
41795,47451,25961,43623,33161,30823,14183,38808,30309,29767,42097,25691,31136,18212,30055,26551,26196,8629,33870,
51061,35861,26405,36510,31335,43415,38744,22647,26758,34424,35223,34903,26963,35704,35377,30855,33653,34676,39020,
18025,19355,26186,26967,41060,21593,35189,34964,43338,47732,27029,43115,38759,43096,46484,31275,43875,35704,42343,
26663,23114,50261,31815,47050,43892,13718,38203,13498,23194,22439,20569,22346,38423,33959,25497,39317,25973,21609,
30311,14934,30855,26311,30579,46195,26250,38584,19066,47193,10596,27259,27017,25450,26504,30291,18056,14217,38010,
38758,30870,31095,34114,25751,30346,35686,42135,43463,30087,18825,27255,13189,50554,19269,38279,34485,37763,29018,
28261,46439,19512,43174,47808,27000,50587,39205,47525,12779,52616,38867,30702,35737,26997,18310,31368,22661,52325,
40235,42642,17461,30090,35625,39543,43353,30106,35542,4161,14313,47705,22026,55895,17033,40586,21654,30070,50762,
26730,43143,34636,26970,34425,39218,38282,39289,26985,30264,26829,42874,43367,43173,26741,30327,27291,34661,13224,
26246,29606,21627,34985,31118,18349,30564,27032,26552,22389,39336,22890,39864,59304,51831,30355,2949,30441,27581,
30548,4270,43857,27291,34680,25461,25143,28704,5544,26775,14184,30021,43641,13932,30614,43107,18071,30362,17746,38808,
18597,30344,34713,47461,22616,51793,20563,8854,39252,38789,31112,27045,22357,14186,13978,22901,22580,10631,27273,
25485,22123,26468,43462,46871,41799,31031,48800,25972,30106,2644,39260,12630,43349,19108,26760,39274,14727,35207,9811,
30552,34744,29608,22327,31400,26998,42958,30084,22100,43128,22761,35258,22913,30620,34440,29508,39015,18361,23448,
26497,26314,43389,22421,39785,30599,23977,34966,34398,22422,17753,46727,18121,26530,22183,22393,34982,34645,34964,
25511,39334,21399,29291,34734,38758,31398,17591,50538,30343,34440,46936,33867,31332,19112,23092,27546,34660,39752,
30327,26440,30838,34132,11798,40116,39294,51843,48130,15258,28254,18549,31566,31402,35160,21656,42442,42392,46440,
34955,21876,35431,13496,34245,25782,46523,48804,21728,22598,21684,50809,37299,39512,26708,40123,43570,31351,22712,
47477,30360,18279,33944,39258,30600,46746,31128,10652,51623,21735,30614,27705,46628,51097,28312,23207,48470,26484,
30581,33718,23142,26247,26727,34743,47494,26230,58794,26216,22313,42393,38277,30889,9770,43865,34714,6488,60278,18008,
17480,8528,16964,17218,18551,38993,22622,46710,30306,26439,25718,27271,21858,24940,51095,21400,31075,25752,25172,
42424,26696,22644,22354,29577,18232,22645,26278,47223,30338,26740,24950,30821,30855,2725,31124,21157,30345,18754,
25732,42869,34744,34228,31079,27482,26451,50821,30326,33415,26725,22611,43606,9796,30324,13637,14952,28283,13382,
60017,17713,42856,25990,43603,22376,39562,20581,58676,37942,34165,33844,14390,31367,33915,26264,34649,9894,29558,
30071,30580,39030,17608,27001,39736,43210,34965,22660,18259,30634,14386,59734,34443,30355,34694,18553,34152,14421,
38723,22939,30388,26471,10136,49803,6824,38787,39400,30100,34667,27718,47926,59257,26249,56044,42308,38230,19029,
34341,30279,22411,51883,36454,21861,48002,49221,34119,28348,25961,26630,10192,39097,31684,17090,13911,27465,32377,
34155,30824,38516,29862,14172,44699,14948,18232,39798,33352,26068,36473,33398,18026,22212,22391,22165,35158,30534,
21586,30314,43156,39028,27305,42858,21160,37226,42098,22884,39570,30586,37780,22932,41144,41771,26263,39989,22373,
27192,26501,35414,42822,22935,26485,34954,34855,7304,34421,30825,42646,34854,23688,18534,26505,39307,17798,34710,
34188,46760,26839,13653,34679,29834,26727,51558,26486,34725,2183,47157,25765,30104,34406,35192,38086,22119,22407,
18278,42629,17512,26055,14265,23171,14741,34187,38742,38774,30566,18890,6007,30563,22201,42356,46131,38996,34440,
49159,30471,22933,48004,16508,21895,5477,39190,22885,22616,35173,55641,25431,34681,14135,19562,15957,10017,59744,
25987,46341,103,47195,19060,21771,40,28851,21376,21146,48260,29817,38486,882,42136,28978,19081,47508,25528,60040,
17270,43369,53866,18837,42856,30278,26200,30817,33912,14922,30615,34710,34612,21632,34691,30327,26388,34968,30869,
38534,22712,13688,31350,38454,18117,37993,10375,34373,34418,41858,30567,22678,34391,27720,29288,30355,25431,34148,
35191,34426,31094,29594,6040,23398,17561,6532,30602,10071,17271,34678,30615,30037,1958,39594,25750,22695,34663,34166,
43671,7252,31406,38865,26995,21860,46283,22660,10852,42698,26458,23097,39270,50597,26024,26531,25447,25692,46980,
47205,30548,38536,31144,26538,35241,42882,38033,42635,34600,31571,31351,41667,35096,22153,35255,55209,42883,21907,
37530,47686,26456,11637,39002,41191,30056,27173,14934,42419,26402,58182,17082,39028,10402,34183,33910,58710,34144,
13209,26244,26246,43397,29845,42858,27799,30693,33092,36892,46515,34214,23704,51580,14935,34884,6276,47192,33347,
33943,39000,31048,35174,30360,39325,25960,42870,14503,26949,25202,34173,42138,43366,10307,39241,33188,22309,7346,
39255,21416,29862,22104,30904,25991,34128,30858,39001,38773,34249,18278,17799,20819,26202,18471,6517,23273,14950,
39305,21924,20823,38521,14229,37251,25989,18058,21896,21124,25979,26231,21686,17973,9450,33366,12660,33939,22708,
18727,25733,46937,22934,34165,29334,16569,29748,26473,34137,35432,42425,26246,34919,21654,10821,17833,26154,17285,
38485,43361,23142,35125,25897,11687,17286,39291,14257,25699,30826,26696,27446,25705,48248,39266,38823,14232,6789,
26949,7,38709,42305,42357,39065,34199,42820,22421,34392,26311,27255,42871,39032,19100,34953,38420,34133,31301,21644,
38763,39543,27001,39268,34422,38550,27031,22628,39015,34391,26744,8891,30634,35430,22676,51339,38985,26200,29801,
35432,51064,37975,22164,39523,25737,51116,26707,34409,34665,34601,1972,39992,1716,22422,30348,35927,44087,10561,44099,
21638,26983,37582,32376,36419,9751,31335,57414,26403,32070,22084,34363,26744,33954,31300,28816,35975,30726,34967,
43866,33432,43095,21623,59560,35718,30693,43619,16602,45385,1700,40552,25783,30534,25991,39300,35190,17735,22969,
18294,30358,38759,21337,34967,14152,38329,42966,37526,18339,4728,33896,6038,39047,42696,43128,39990,39270,34148,47464,
25734,26997,14551,35349,22374,38264,26472,10153,21618,22646,37509,18023,39766,22086,22136,21654,31547,13954,48440,
18072,30662,18246,30107,35422,30579,27476,22121,35190,25942,26542,50764,22119,23159,34391,31863,26997,22404,46634,
17513,21545,30122,6550,22617,39012,43097,22167,21399,21132,30313,33931,42582,23404,14487,21639,29851,30762,24230,
30375,47209,18297,28260,17850,10373,27274,31337,39804,29574,27766,14197,30550,35448,30587,35931,21112,35399,22371,
18742,38674,27550,19415,30997,74,28899,4256,43064,34680,34936,39286,17994,21924,17802,9852,44167,29860,34199,17204,
38518,16501,33890,34947,50583,39004,34682,38535,26790,30598,18294,38980,26230,42903,43112,39050,30617,30297,34660,
30580,30340,39831,45685,22118,42600,38552,22425,33879,18056,18004,34822,40024,27063,13958,34421,9608,14388,59652,
35416,19620,34648,31130,18857,9542,21195,13173,18029,17064,27483,27142,39335,16755,38635,26156,21105,22148,22614,
36219,18021,51118,42326,1668,10599,18343,34438,16469,22677,34376,30616,18823,51254,33690,29321,37974,39532,30642,
22134,26761,29798,31609,35397,34921,30389,30806,38503,26936,18619,39579,6486,38756,26242,45667,33877,30840,30022,
19018,46710,35505,14757,37737,38027,18501,30823,42074,15288,22355,45737,23675,43093,17430,39074,17493,26020,1654,
26267,30309,38437,30584,26774,30600,10069,30635,48232,42582,22407,23221,34668,26292,27591,22918,25959,31060,22353,
22154,35159,38566,18521,38002,31304,26775,34204,18246,43206,51033,26023,44198,30905,39049,33877,15562,43142,43530,
22133,51810,25463,27207,25822,47449,43623,35012,26772,46217,13382,35481,46420,38298,59321,26506,31319,26701,25973,
13228,31799,26486,60853,30428,35721,27272,22104,30874,38804,39093,29867,31063,38775,38493,26759,40024,19061,46951,
34696,45942,38012,34920,26251,47225,26199,34693,26507,44455,21849,29752,43063,17253,35671,31678,59515,31332,39042,
22660,39049,41543,25205,35143,18068,39003,30328,39527,41575,24964,14194,1991,39545,26218,22183,55000,43172,22882,
18060,44264,38361,11978,30937,9352,18057,26760,22868,55893,32950,29844,13668,22119,39257,35670,31349,29849,27034,
35494,21799,22123,52342,34759,31355,35213,27237,38233,22887,34935,50787,30133,31142,39274,43638,34390,14711,26711,
39300,6067,30599,26737,30606,55675,39002,38693,39002,45894,29447,31112,34964,28868,23241,10326,43113,13922,43155,
22403,4775,35447,26710,30857,30632,28856,35448,842,43352,15530,26469,55354,14676,44377,12450,50612,33654,42625,34901,
42394,40568,13685,38296,47228,38743,25191,30618,31635,9096,21607,22375,53795,54393,46982,31618,34919,43652,14617,
47207,34678,47417,26778,18549,22645,27207,42599,23175,35197,9383,25958,14710,22900,42923,17304,21910,17782,35670,
27831,46745,17818,30088,34216,17687,22356,19304,38795,13720,26216,46231,38,13334,22370,18306,5306,34338,30653,48468,
18067,38196,37988,17527,29811,21354,46710,23161,29700,46391,43433,28754,12558,47008,22379,30496,30856,43350,43124,
43146,31554,35479,30106,22600,29800,26471,14214,22344,31864,30072,21624,23158,17795,10083,26026,39541,31370,42905,
34360,29832,42808,34692,27545,25674,7079,42858,17511,34664,26997,31386,43047,9625,30838,32874,26473,34969,51336,27002,
34746,26459,58759,46445,44178,1380,16757,9254,22667,59222,42346,35251,17973,21045,27241,30667,53858,29561,31698,13369,
37703,31111,43111,38791,33942,35160,27018,38726,18329,25990,14951,30617,22103,30347,25941,22647,35191,18038,39255,
30634,27002,31110,34665,43434,41875,21900,51816,35383,34568,59069,31625,30065,30107,39015,30553,25865,30539,27252,
20566,35886,42662,59254,34695,46906,51251,38248,38522,43622,36215,31079,47996,50453,26508,38809,31059,23163,42643,
25733,33029,17292,20088,30781,18506,37536,33991,33574,18026,42887,22373,27529,22874,38758,26474,17752,42888,34963,
31386,27013,33939,39001,33894,21609,14939,22108,27048,25751,21688,34428,41779,9100,35672,39499,38322,21702,44390,
33940,30536,30068,38485,30549,41816,46171,35939,19543,8828,45974,13091,12973,34148,26489,38501,42820,25621,51224,
17559,34645,2167,38470,21349,21863,42632,26737,5527,7509,30229,41847,17862,39512,19317,35718,43113,26629,22340,38776,
19333,18042,35735,39528,34697,26677,38775,10423,19044,26844,23571,25508,46882,29573,11061,23961,23157,35139,30262,
26243,51272,10394,33140,14214,39830,39016,34913,43384,22618,13202,6103,21924,38219,21845,21145,39496,14923,27268,
30825,16969,22598,9991,35475,9611,27049,18791,12372,43141,30311,35156,22360,22104,13670,21046,43653,31416,41047,30839,
26731,42810,13181,27192,26633,42602,17813,43431,26247,22106,31077,18840,34659,33429,34407,29602,22409,5499,27511,
21361,28760,43419,42275,21402,26472,39495,34210,25429,54954,49988,30072,10070,31351,25953,18248,38996,37252,45755,
1659,26421,24694,13895,23113,60792,18439,13399,34283,21911,30007,39002,18857,26666,21883,9430,13796,42887,51001,21366,
39272,30855,22168,29124,35392,25496,47720,35491,31366,30698,18531,30294,26777,46744,30603,22893,43162,10903,31011,
39275,30106,59769,40105,46715,42906,26518,21909,19076,47206,47013,39047,59708,26506,10116,18533,25973,30835,51061,
30521,34443,35177,22652,39363,34161,50551,34391,35671,27557,31097,30585,30054,17428,34117,22648,22884,26197,38997,
25956,38758,26489,43096,2672,21896,35177,25735,46944,23210,26743,26858,6486,17481,39028,21348,31306,23192,35241,6774,
22118,34455,29044,26744,26375,22694,14989,22089,30091,24930,23179,16504,50791,2453,59716,17971,33635,33626,18361,
39014,10646,51090,16729,33652,25993,27433,9895,34187,21418,9003,26448,2717,26230,46710,21814,30872,27271,34120,34428,
26459,42902,42808,30867,14404,33108,34887,27262,59035,19366,23527,10549,37449,26551,23157,33895,37991,30345,31113,
30807,26998,30821,26251,31110,26679,35237,42407,39064,31289,41338,30856,34472,30613,23480,25706,26966,30642,34713,
50811,10936,29442,30346,31027,21921,25780,38778,26792,30810,25771,11808,4308,21415,50263,22870,3194,27758,34456,25496,
25941,17856,43686,26482,27476,38310,34439,21353,34674,35432,30568,22902,33448,44747,51079,26467,40070,33864,27222,
39494,30869,21639,17861,30311,17846,31383,47649,34709,42662,35765,30565,30587,30342,22375,34199,29095,35474,26437,
50522,30807,14470,22972,1637,9062,35377,38849,26725,25031,31303,22678,42561,34690,26245,38005,21645,19815,25715,33653,
327,53777,25206,30888,21931,42893,34164,43870,33449,26838,30786,30136,33869,30852,21850,24759,14520,30242,49754,21352,
44213,18566,30122,29609,26504,17783,30394,47430,39304,34952,18313,25736,22069,23451,34425,29831,37475,17027,22660,
37432,21341,50870,43443,39236,34588,23177,29846,51564,34665,22424,34187,18313,26200,30852,23485,26280,22986,33913,
34134,49765,39078,33438,35733,26570,38029,19613,39051,30210,43689,39001,25480,23126,34683,37733,34937,35018,34395,
30062,30040,34648,38808,34714,30603,26276,33929,34435,18841,50706,30576,59210,23156,21399,20124,6710,21911,39798,
35944,26235,26021,26776,26664,6553,26775,19316,17876,43137,11411,39000,47195,18049,38008,43718,14012,27238,22982,
30872,22709,34739,25943,30041,14458,23158,2691,13801,30356,13625,41812,2456,39272,39255,37972,23130,48788,43601,25171,
35196,34632,13655,19580,39540,48199,37507,38358,33929,17464,14697,35157,34405,53874,22647,45905,29800,29845,22890,
35689,10136,27735,35445,18022,30376,30359,35210,18293,47208,34919,29272,31060,30886,31108,31641,49974,34375,26455,
25416,26778,32344,22358,38582,38278,25989,38059,31130,22951,26633,31626,44080,30598,31405,47000,34773,11130,36171,
30612,43415,30822,26023,35256,39273,30017,22647,43383,31319,30073,35222,18298,34406,30682,40587,31366,20869,47552,
26263,38198,30104,50298,17527,30436,18039,29575,30309,39990,42344,46936,39592,39496,34411,34187,9143,42906,59018,
38240,43843,25706,35161,26793,37593,14088,12435,47956,6339,30248,26327,31098,26407,22115,43602,30375,30566,29885,
35734,29527,34643,17511,45656,37749,13006,39286,22647,38520,16551,30022,41376,5273,23412,25191,25178,46216,22106,
26005,1702,38229,37768,30329,21401,42889,33733,34356,46136,26983,56965,24675,35223,43383,22100,30631,30630,31845,
25943,37767,34919,42681,42340,13704,44216,9609,26247,38280,47908,34743,42312,27254,36165,39066,10868,31898,27321,
38774,26455,31639,46666,13910,31174,30023,31371,50327,51109,43603,42326,34408,54986,33639,14200,34326,42568,26731,
31061,59783,29784,26968,34118,10102,27016,18752,30068,25928,17417,50536,14504,43111,14212,26778,39032,33880,39080,
46696,29861,18292,34712,42104,38840,39284,22118,14502,26416,23481,45987,34743,30807,39065,6501,22696,42858,1649,47702,
29861,59043,33645,30355,29846,6279,59989,30372,27254,43100,38070,43958,22500,44135,34771,50622,46725,22408,22086,
47223,21913,25748,26710,38212,13447,26436,18597,33881,38038,22886,34630,25785,43206,34457,17770,46971,22394,43112,
27799,21926,45115,30376,30553,30265,23160,10341,30887,25796,25975,25446,34888,10360,2164,35480,10690,9526,30611,47943,
9320,18562,9872,30326,58254,29833,42243,42924,22806,21622,27464,37016,24645,51220,2135,6985,49835,35414,26306,8787,
55668,17416,34613,55143,30120,48792,26215,46180,30554,46404,30580,26998,36209,22342,34967,23911,34211,1429,43627,
26198,35128,26229,20122,47428,47463,6629,39558,34680,18054,22813,31576,22633,22949,21336,31578,30051,31079,14169,
35177,18774,25432,30263,30310,38822,33386,43109,7747,43398,34391,26742,26152,9880,33847,19782,42850,34995,17815,42313,
38726,42836,19350,40074,42711,6638,30808,27493,18042,39494,17467,17482,25939,14516,22385,34188,30326,22101,25994,
21703,10392,6706,22379,17776,26713,22418,31178,32953,31830,30647,37929,26918,31303,17526,35157,31126,26232,21066,
25925,35689,17269,18324,27256,32379,18058,22662,30664,39593,33734,25958,30856,42083,34392,5208,30565,26208,30547,
34935,26023,38535,26553,30585,33907,54665,39476,9875,18839,17900,34716,41109,23431,35494,30629,38487,13211,30756,
29844,26758,26521,34725,26708,34955,26518,31112,59546,34199,32854,27045,22137,30059,18022,38038,55383,42675,27542,
38553,34952,46684,34149,30073,34903,30583,35431,22902,30295,34679,22938,30086,14755,10386,38199,14469,41770,38165,
18376,26532,16826,5816,6492,42313,16985,29594,6568,9063,11686,30646,50027,34423,37333,26536,137,15144,21926,35376,
26329,27000,39288,30310,46503,22839,35158,34407,30807,39541,21606,37768,26455,21318,30636,27272,43285,26722,41832,
34372,44441,42985,31112,14459,43384,29547,31084,39336,34952,34118,30041,25946,21336,10053,30875,39820,39204,18007,
25443,41624,18466,42634,58715,30872,52375,33898,38567,57946,25992,22850,18552,43384,25691,14485,46746,34234,14642,
39428,29595,29289,18816,42887,41846,41832,22616,44689,60327,30870,59582,30308,30584,13974,31270,39288,30054,30583,
22917,33692,30023,25973,35721,38725,31126,42853,34421,22902,14211,47475,14005,39509,39014,38503,26085,43144,22681,
35192,42070,18036,46478,18293,26487,18548,38026,38489,31351,30869,29482,21685,40486,22352,30820,26216,39287,31030,
38584,35671,26740,21878,2626,42890,43864,30566,48400,26209,27195,22902,35303,51060,18294,43346,33559,27414,42955,
38067,46696,39253,26227,25880,40505,46558,38289,29470,47761,27272,10090,40523,27203,27306,22885,30762,42857,38277,
34696,30822,27016,26774,30537,34696,34216,18295,51591,34725,25781,38584,23420,27288,39304,26723,43706,30821,43065,
23621,21623,31095,34487,23190,18292,30292,31042,29321,14229,18537,19381,13509,20617,10584,19044,21862,21644,30277,
29323,30389,43142,30825,38985,38839,37784,16489,23189,34676,26439,32366,35440,25802,34203,27991,35208,35225,36542,
34425,34646,30054,30887,34709,26742,33686,38297,35717,27029,25972,34647,26725,34981,47292,39609,39330,22153,22106,
50536,26520,31368,39272,1652,47721,13144,59443,42891,25431,34453,19045,38776,30071,39300,34712,21656,42854,31857,
35526,33699,27353,33940,7799,1397,47196,38518,52038,26886,32869,18789,9767,27563,38790,40057,26262,24999,38090,18569,
22439,14497,47560,42424,9796,32373,26011,54839,22854,34695,38295,26199,25973,21847,35689,34154,30570,41828,21398,
35741,29605,18267,34225,51593,26468,18549,18823,41623,25942,27014,39077,30133,34904,17442,34630,14486,42905,27288,
34952,38568,26642,18389,21417,29547,18314,17960,40059,27015,26345,29049,25448,14680,26119,9846,23174,39351,47799,
26281,1642,25941,6008,38744,26837,35531,25801,18043,33654,18841,35175,38809,42166,31178,22154,39030,18297,26520,34457,
42644,27001,13927,30594,26663,30634,21606,38482,25975,21863,30532,14232,43016,18304,52043,39557,21928,34924,18702,
28188,33928,23177,9623,21624,30888,5895,19836,50298,22422,14507,9559,36475,17975,31883,22204,1585,22067,18747,17012,
17525,38333,39113,31331,31317,27239,20869,9638,25993,40084,39104,25451,22887,18505,20629,30517,22888,23155,30490,7548,
34455,29845,34456,34954,31329,26487,47992,43399,30102,30872,42105,35225,34169,43669,35127,46921,28008,18823,50826,
18041,11914,22440,18103,28347,35977,35493,26554,27482,23194,38294,19323,33671,38970,34456,30984,10889,27016,47290,912,
57688,33718,44507,19514,22883,44697,17733,30854,21639,35206,19030,12915,26264,25861,26936,33931,46757,31848,16711,
26584,18101,25943,56197,34905,26728,42858,27012,29817,18550,46707,30836,29542,33590,38009,21333,14714,42867,46993,
30328,25653,34969,26978,30087,47703,30042,34393,39067,34647,25703,38508,59461,38968,17751,31117,26540,9607,9942,47219,
43380,30567,46968,27973,19127,47464,18011,12888,27034,18533,26437,35223,34681,38518,34138,30615,30824,18484,30123,
18571,33829,43064,29843,50504,26530,39604,33898,34777,34711,47211,43075,38514,43104,37976,39113,34453,14153,35659,
9793,22135,42518,25703,18008,14987,22119,21705,42202,25238,38553,43193,35179,34638,26277,43178,34697,30340,38789,
23367,23354,46689,60524,19096,31378,42724,42428,46340,48555,29848,1878,25497,44202,25697,23112,40102,37528,17492,
25991,39042,22950,14425,41589,41607,34709,31849,34677,22969,20660,36967,30632,13975,17259,31006,31060,34724,34422,
38570,13668,34407,34136,38569,10391,38792,46949,45959,30357,35209,43130,4725,21383,18393,58284,38062,23918,35848,
35031,30601,30904,34424,34743,35705,31081,13990,30838,38790,38316,36070,18600,31354,9893,2180,10371,33621,25128,30790,
31238,17013,14177,14712,35464,22165,35172,38024,18085,35943,14298,30634,52915,27049,29573,34953,31573,26234,55917,
26730,34679,30617,17511,30324,31318,39815,27029,42852,29111,30565,48170,26810,39290,19077,26249,24979,21572,31577,
34488,50774,39795,17574,47548,18726,22599,22675,22407,38248,29814,18329,23316,35638,31462,10108,26204,39480,17928,
23418,42375,21315,31060,30885,55529,32167,38506,35720,25978,25975,22617,30601,46950,18585,26709,25195,29530,27239,
35191,42871,39626,43114,30550,30775,30357,43657,10387,51352,47914,31350,35000,31101,14472,26501,34471,55848,47192,
18363,31372,13929,38264,25751,20616,22394,22051,8856,39191,15445,46786,26269,51863,29990,5718,27207,22934,30916,18348,
32121,47778,1819,27209,46934,26049,54852,25769,31110,18357,34907,26452,27515,54903,29338,22136,18805,26697,21636,
27259,42174,25719,30821,34675,18809,34164,30887,34361,22088,35175,22183,14424,27186,22661,38440,35207,22677,31113,
13978,34694,35418,39290,42611,29816,39291,9612,27241,30330,28020,22999,49754,874,36404,18005,35416,35033,43685,17558,
13638,36198,2163,30613,18855,27063,42675,1325,15128,3120,26340,52857,22436,26690,22153,26762,27801,6327,31415,34949,
26968,22407,34373,42631,18790,18349,42889,44593,14232,26166,30056,26161,34683,33943,30342,35495,14702,46743,13746,
30328,34423,38811,47750,30599,46202,34923,30618,38278,31042,34146,34148,34921,22278,52057,21671,32857,9899,32365,
30580,21719,42582,35173,22665,10096,43637,26757,13703,10107,10661,44171,12825,60434,42802,34662,19113,34946,26217,
22151,34902,22278,40009,26725,25158,13431,30312,9305,11060,39017,38262,13924,22392,42791,26007,10611,15240,14709,
51945,22647,30058,22131,25931,43335,31067,42890,19574,34393,14968,22392,25989,39015,31896,27062,17990,30856,34407,
6777,25469,57975,27181,60533,17030,43111,49978,34201,26243,33895,30758,21914,43642,14456,38092,39847,42851,2418,21897,
54122,2437,27749,2215,34181,598,22169,15081,18256,18853,10406,30584,24903,26248,19096,26743,27269,20151,30085,20842,
31127,39287,34695,22167,14215,10342,21670,26197,38292,26256,26981,35238,30345,34731,30822,34422,27290,10322,26791,
26776,42581,34678,14165,43385,11959,6615,9843,16439,35125,29824,34633,27062,18311,13987,20596,30549,25488,25956,38486,
10627,14699,36969,34344,21568,31094,35996,34660,26805,51541,165,34631,16403,39610,35142,25522,30792,21927,30310,20791,
47084,39682,20823,21874,30135,50744,20501,40088,27063,46438,30505,10092,42838,10117,30853,31642,27064,26729,31114,
34215,22393,35224,42391,38793,38581,44150,19318,26248,19114,21684,37189,33676,18747,38455,34760,22068,26759,37734,
29767,38472,26747,14697,5459,14488,38026,42806,35141,21897,38792,19542,7864,20821,25961,363,42872,16727,18775,27768,
26453,19303,34919,34182,25510,18536,23447,35396,14919,34947,30376,38229,14135,43466,13922,30920,25449,59011,33912,
22403,43127,38753,31414,50325,50315,30119,30819,26501,35177,38291,41825,30584,30741,30536,42104,14182,30151,30104,
30610,12375,30290,30773,18388,42901,41892,39867,34632,35140,27591,30141,26374,46966,33133,23368
};
static const int16_t layer_4_convolution_4_relu_bias[64] = {
33,-2877,292,-2227,-1168,-1142,-2756,58,-2223,-3040,2283,-1128,-498,764,1979,-1321,507,2585,-871,32,-794,1479,100,
-1348,-2692,-647,311,-571,-684,367,902,1537,-1520,1698,-1046,1247,-1783,-1889,-941,-1452,-844,-916,1431,186,673,-190,
47,-451,-799,-2045,-354,-317,-1450,-268,-1503,-2200,-796,-1801,-54,-667,-38,1623,-168,695
};
static const uint16_t layer_4_convolution_4_relu_multipliers[64] = {
1907,11795,42858,40176,52326,45330,59882,54425,6408,45633,50204,56617,47732,6711,35442,59882,49411,48898,12448,40316,
46939,38497,4589,41412,1837,58716,42858,30708,31221,34999,40176,52466,38637,48688,12891,34789,40759,62214,37774,27373,
47732,21333,8670,3726,47009,2700,31221,39873,3656,50647,48035,3936,3726,40969,59742,59602,50064,49341,88,58576,44397,
19724,31944,22849
};
static const uint8_t layer_4_convolution_4_relu_shifts[64] = {
35,36,36,36,36,36,36,36,35,36,36,36,36,35,36,36,36,36,35,36,36,36,35,36,35,36,36,36,36,36,36,36,36,36,35,36,36,36,36,
36,36,36,35,35,36,35,36,36,35,36,36,35,35,36,36,36,36,36,35,36,36,36,36,36
};
static const filters layer_4_convolution_4_relu = {layer_4_convolution_4_relu_weights, {4, 4, 28, 3, 3, 1, 1, 0, 0, 2, 2, 64}, 0, {NULL, NULL, layer_4_convolution_4_relu_shifts, 0, 0, 255, 1}, {layer_4_convolution_4_relu_bias, layer_4_convolution_4_relu_multipliers, 16, 4, -7, 1, 1}, 28, 64};

static const stage layer_1_convolution_1_relu_stream_stages[5] = {
  {279, 28, 3, 28, 3, 1, 0, 2, 13},
  {363, 104, 3, 13, 3, 1, 0, 1, 11},
  {675, 132, 3, 11, 3, 1, 0, 2, 4},
  {1071, 112, 3, 4, 3, 1, 0, 1, 2},
  {0, 128, 2, 2, 0, 0, 0, 0, 0}
};
static const stream layer_1_convolution_1_relu_stream = {layer_1_convolution_1_relu_stream_stages, 4, 264};

static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output) {
  if (number == 0) run_packed_conv_row(&layer_1_convolution_1_relu, &layer_1_convolution_1_relu_pool_1, input, rows, output);
  if (number == 1) run_packed_conv_row(&layer_2_convolution_2_relu, NULL, input, rows, output);
  if (number == 2) run_packed_conv_row(&layer_3_convolution_3_relu, &layer_3_convolution_3_relu_pool_2, input, rows, output);
  if (number == 3) run_packed_conv_row(&layer_4_convolution_4_relu, NULL, input, rows, output);
}

static const int32_t layer_5_mean_multipliers[1] = {
1839126737
};
static const uint8_t layer_5_mean_shifts[1] = {
32
};
static const quantizer layer_5_mean = {0, layer_5_mean_multipliers, layer_5_mean_shifts, 0, 0, 255, 1};

static const uint16_t layer_6_probs_weights[160] = {
21671,14243,41590,35379,18553,39264,42118,34083,35477,22916,22170,16965,39330,38246,37721,35976,29495,13971,21606,
37002,29499,21890,38741,25241,39042,19255,34598,30994,38291,17833,30777,31034,37669,21638,38970,31316,22432,26709,
46740,37705,38501,13737,22665,22163,18472,6466,37515,22646,22186,12693,18505,13706,26201,13209,38007,14262,22171,
21379,1369,39302,18073,30036,50594,30757,42101,33109,43378,18834,38697,33913,901,31331,38921,30322,18267,47271,9272,
26457,37943,31014,5285,34457,38298,5221,31126,5161,10643,34471,25489,22919,22922,10661,25173,34666,14346,31048,22564,
47256,21394,19078,13075,34947,35474,42614,30007,10407,6024,41365,41844,29352,18852,30117,25511,34377,29042,30630,
37476,42308,14710,6297,37717,10330,39520,43093,14216,42314,31046,25687,31545,25220,19015,31638,17045,42807,2663,27030,
42629,12839,39514,18453,34394,35152,26468,34949,35081,1321,43080,18710,22184,14935,38293,38453,46697,21909,19076,
29828,27243,22180,13991,34871
};
static const int16_t layer_6_probs_bias[10] = {
58,49,6,23,7,-20,-25,-15,-21,-30
};
static const uint16_t layer_6_probs_multipliers[1] = {
32871
};
static const uint8_t layer_6_probs_shifts[1] = {
36
};
static const packed_dense_layer layer_6_probs = {layer_6_probs_weights, 64, 10, 0, {NULL, NULL, layer_6_probs_shifts, 146, 0, 255, 0}, {layer_6_probs_bias, layer_6_probs_multipliers, 16, 4, -7, 1, 0}, 2, 2};

/* -------------------------------------------------------------------- model */

/* What follows the last row of pixels. */
static int finish_image(micro_cnn_int4_arena *arena, int8_t logits[MICRO_CNN_INT4_CLASSES]);

void micro_cnn_int4_start(micro_cnn_int4_arena *arena) {
  start_stream(&layer_1_convolution_1_relu_stream, arena->words + 64);
}

EDGE_NARROW int micro_cnn_int4_push_row(micro_cnn_int4_arena *arena, const uint8_t row[MICRO_CNN_INT4_COLUMNS],
                            int8_t logits[MICRO_CNN_INT4_CLASSES]) {
  uint8_t *values = find_next_row(&layer_1_convolution_1_relu_stream, arena->words + 64);
  for (int i = 0; i < 28; i++) values[i] = row[i];
  run_stream(&layer_1_convolution_1_relu_stream, (uint8_t *)(arena->words + 0), arena->words + 64);
  if (!has_all_rows(&layer_1_convolution_1_relu_stream, arena->words + 64)) return -1;
  const int found = finish_image(arena, logits);
  micro_cnn_int4_start(arena);
  return found;
}

static EDGE_ALONE int finish_image(micro_cnn_int4_arena *arena, int8_t logits[MICRO_CNN_INT4_CLASSES]) {
  run_mean(&layer_5_mean, 4, 64, 0, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 64));
  run_packed_dense(&layer_6_probs, (uint8_t *)(arena->words + 64), (uint8_t *)(arena->words + 0), arena->words + 0);
  const uint8_t *outputs = (uint8_t *)(arena->words + 0);
  for (int j = 0; j < MICRO_CNN_INT4_CLASSES; j++) logits[j] = (int8_t)(outputs[j] - 128);
  return find_largest(logits, MICRO_CNN_INT4_CLASSES);
}

int micro_cnn_int4_classify(const uint8_t pixels[MICRO_CNN_INT4_PIXELS], int8_t logits[MICRO_CNN_INT4_CLASSES],
                            micro_cnn_int4_arena *arena) {
  int found = -1;
  micro_cnn_int4_start(arena);
  for (int row = 0; row < MICRO_CNN_INT4_ROWS; row++) {
    found = micro_cnn_int4_push_row(arena, pixels + row * MICRO_CNN_INT4_COLUMNS, logits);
  }
  return found;
}

