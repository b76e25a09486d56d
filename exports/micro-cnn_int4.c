/* micro-cnn_int4: a classifier of 28 x 28 images in C99, int4, made by edgemnist.
 *
 * made from  micro-cnn.keras, SHA-256 03ac8c998cc3ffd92f336aee773d3cba110907fb247d6059533849a100899f05
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * weights    packed in 5 layers, unpacked where they are used
 * rows       micro_cnn_int4_push_row takes the image a row at a time: it need not lie in RAM
 * flash      11,161 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        1,692 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 *
 * contract: {"input": {"dtype": "uint8", "name": "pixels", "range": [0.0, 255.0], "scale": null, "shape": [784], "zero_point": null}, "labels": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "output": {"dtype": "int8", "kind": "logits", "name": "logits", "scale": 0.2880076766014099, "zero_point": 25}, "precision": "int4", "rounding": "reference", "schema": 1, "source": {"name": "micro-cnn.keras", "sha256": "03ac8c998cc3ffd92f336aee773d3cba110907fb247d6059533849a100899f05"}}
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
#if defined(__AVX2__) /* which MSVC says without the other, and then gets neither */
#include <immintrin.h>
#define EDGE_AVX2
#else
#include <emmintrin.h> /* read in a tenth of the time */
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

/* The same of shifts above 32, for which the high word of the product is enough: of a negative one, less 1, that is the
 * complement of the positive one's. */
static inline int32_t rescale_once_high(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int32_t sign = sum >> 31;
  const int32_t high = (int32_t)(multiply_long((sum ^ sign) - sign, multiplier) >> 32) ^ sign;
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
27009,22817,9321,39220,646,6466,33603,5126,39077,13442,22819,38147,38151,42775,21895,22167,34154,38536
};
static const int16_t layer_1_convolution_1_relu_bias[8] = {
-74,-122,-85,-27,-40,-52,-1053,51
};
static const uint16_t layer_1_convolution_1_relu_multipliers[8] = {
15595,14682,20907,6627,15595,16425,3054,42997
};
static const uint8_t layer_1_convolution_1_relu_shifts[8] = {
34,34,34,34,34,34,35,36
};
static const filters layer_1_convolution_1_relu = {layer_1_convolution_1_relu_weights, {28, 28, 1, 3, 3, 1, 1, 0, 0, 26, 26, 8}, 0, {NULL, NULL, layer_1_convolution_1_relu_shifts, 0, 0, 255, 1}, {layer_1_convolution_1_relu_bias, layer_1_convolution_1_relu_multipliers, 16, 4, -5, 1, 1}, 1, 8};
static const geometry layer_1_convolution_1_relu_pool_1 = {26, 26, 8, 2, 2, 2, 2, 0, 0, 13, 13, 8};

static const uint16_t layer_2_convolution_2_relu_weights[252] = {
34390,43365,30083,34407,24695,30636,46117,19540,41991,31096,30823,38382,47385,23142,31547,25960,18585,33415,34676,
34438,21878,42872,26504,38553,46116,38996,38498,47032,39525,22679,12888,19110,42292,11363,47109,1618,34167,46470,
34518,41811,31642,25683,17031,39271,9595,34967,35134,7321,26472,30121,27512,17800,38695,14730,26245,34457,29846,39337,
14485,29333,38774,34936,35510,34149,5050,37188,44393,12644,14215,28784,18233,29636,31577,14729,31080,30825,30839,
34168,22153,26522,31832,13671,31622,1638,38802,19611,38467,7238,34887,2355,26184,30835,23160,33173,1959,29348,21864,
14983,26773,18260,34164,37716,42822,18843,42327,28059,33670,23688,27000,22356,17464,18550,20552,27032,22632,38008,
26186,42428,34166,30957,21638,41862,30130,45688,38272,30296,34407,43159,31351,18085,10884,579,39267,13858,19338,17458,
26398,18311,13913,29541,22635,37800,34682,30857,26199,10838,33908,26709,4982,29555,17816,43402,17059,30804,25687,
42099,14263,46506,9429,38741,25960,42358,26006,42873,34695,30295,31098,26439,38774,38824,34679,31129,27274,6023,58880,
22563,38962,4626,22328,9025,33909,34714,21847,34970,43625,18040,38278,38041,26279,34489,43699,9797,21463,49799,29890,
42886,33875,6657,30324,34134,22167,34150,13416,30325,34134,34595,24757,41862,21144,39610,26212,14963,37251,29590,
54368,35242,34696,39270,34695,39253,5303,51045,18569,39031,17271,34663,5062,46199,5531,31374,10585,25707,6586,30073,
34919,22136,51527,18810,50530,35690,32106,17766,22872,25416,21688,46251,5979,29797,13672,33416,27092,37990
};
static const int16_t layer_2_convolution_2_relu_bias[14] = {
-225,1082,22,1333,87,714,-295,1091,874,1012,-80,970,-125,-25
};
static const uint16_t layer_2_convolution_2_relu_multipliers[14] = {
7203,42535,32141,28296,5256,12464,2537,20557,7798,30774,59734,38287,31787,60973
};
static const uint8_t layer_2_convolution_2_relu_shifts[14] = {
35,35,36,35,35,35,35,35,35,35,36,35,36,36
};
static const filters layer_2_convolution_2_relu = {layer_2_convolution_2_relu_weights, {13, 13, 8, 3, 3, 1, 1, 0, 0, 11, 11, 14}, 0, {NULL, NULL, layer_2_convolution_2_relu_shifts, 0, 0, 255, 1}, {layer_2_convolution_2_relu_bias, layer_2_convolution_2_relu_multipliers, 16, 4, -7, 1, 1}, 8, 14};

static const uint16_t layer_3_convolution_3_relu_weights[756] = {
42885,43606,46454,38328,30870,22422,22950,30296,1146,33878,51047,42614,29782,18241,38999,19063,26181,21160,38932,
31315,26006,35128,26150,26946,19061,18693,25684,33385,29849,12407,25064,9897,22551,31099,8785,34618,13141,30003,13703,
14964,26501,34392,13450,13945,29492,14947,38469,35716,31064,35736,34986,39560,29751,25145,42375,26951,39746,22963,
47220,16521,18278,30375,25905,26246,34708,38468,34122,35195,17320,18036,31130,19082,30506,33412,25993,45429,37992,
5988,27749,43093,21365,34090,43366,18057,30258,34976,26057,26682,25627,29542,33653,50832,11142,18277,43913,13911,
21640,27749,18310,21160,38043,26177,42185,35218,30821,43064,10515,35861,38520,18467,25222,23640,13444,38275,42395,
14452,42121,31381,24983,36984,35157,35152,38544,42375,21848,25974,25483,30294,13640,21622,35158,30230,29316,14726,
35449,14756,24726,43157,26661,33943,26552,38536,1699,21800,58779,26183,26951,25953,44166,34707,47687,28829,26231,
30310,34656,28295,30021,31321,42601,34918,34694,14740,39321,22665,38233,49769,46870,13701,27527,30630,6217,14200,
38280,29993,22083,42340,9875,25377,18823,23142,6505,21080,29787,22553,37732,34912,35093,26288,30587,29555,47237,33927,
38230,34218,43111,22657,43141,43690,22600,17029,30055,25476,42855,6469,34903,39066,25883,921,14196,26694,39194,21844,
46390,42902,11330,26292,30887,1545,13363,45449,39296,26484,26000,38248,29032,29525,42648,39044,31634,19369,26566,
37239,29028,37991,39220,26484,21927,27251,10168,31020,30487,33960,32920,29592,22648,18832,35447,22583,30054,53641,
30998,13171,26487,37525,6273,22873,37750,29192,25703,18292,22560,22392,18794,31333,14439,14150,35177,21591,26443,
26290,26641,29553,30857,26759,30296,50470,38770,39061,30325,13207,37001,45895,34417,34732,13881,18473,6438,51799,
39029,14665,1927,31368,26185,34824,31688,14940,30755,26487,30600,22643,13877,26486,39047,33641,17476,41814,51556,
35194,17059,38535,46229,34112,37782,22183,38288,29863,43226,17556,39239,37750,54536,21865,19267,14208,21914,34870,
26985,37015,42919,18772,31061,30549,39594,13941,25732,31147,27220,26451,43882,33175,25702,22458,21364,30574,30019,
19075,22936,6183,14538,18006,43111,9592,30357,27361,42548,35204,42332,38492,14699,42550,43369,34914,39524,34423,29336,
33928,26757,18808,39798,35458,10408,10138,43381,38264,34356,46792,13708,26729,33399,30869,46679,29814,26007,26006,
31396,5778,26504,34408,28770,38777,34387,38825,25718,34917,13414,25384,42101,22057,31075,17301,31091,20648,31557,
30549,22037,38456,27766,41045,16069,1350,19094,42578,48213,1897,18566,13689,14105,10056,17432,18314,19000,26181,34667,
21609,34904,9863,14730,30584,18726,34393,33676,17753,18295,25720,39299,35671,30544,38808,42124,27959,21144,39257,
30097,26198,22405,14693,25458,22952,41514,17992,38007,60294,23154,34454,30857,39254,37560,42360,35207,10955,22426,
30101,39257,38022,19045,1129,10377,18536,28932,5959,43546,22900,1610,26538,30571,22338,33383,25687,30296,34931,22627,
29841,39101,26469,6245,15177,30067,21844,9112,34422,28759,47107,38326,26247,16458,22121,32885,43329,31299,14642,33926,
41610,4680,949,26566,15433,29704,31319,17260,22662,10105,19462,19206,46904,35175,42935,51640,35484,23160,51370,43626,
39433,18806,29864,22165,26246,41895,38536,46726,35462,49784,26745,25980,31094,30326,34214,34437,34360,20618,41829,
13416,14464,31651,17768,34466,38777,50328,38216,22882,27304,25924,35463,34408,34390,18566,33159,31286,27731,22904,
26153,6230,13671,30122,13368,13394,29057,52007,22374,30615,14214,6279,38293,37894,26184,38069,47015,6434,27013,10037,
25714,42823,29272,22645,12948,13655,34710,31016,22325,25655,14386,41610,26902,38726,9637,39046,7014,34359,39048,21464,
33393,34216,51786,46215,29348,42882,34675,35445,38071,26024,43816,17157,40016,17750,31074,18837,21368,22391,31064,
22346,25926,44324,28247,17546,26026,26714,30791,37959,47244,38745,27009,30071,35177,30534,26517,38760,43896,30344,
35269,27350,14711,37973,26981,26485,14903,9579,29714,25432,17193,1874,9013,14760,30339,10548,26970,22614,41318,1383,
14658,42852,46085,30280,33354,21610,28810,10356,31123,26677,10808,33769,45432,31037,33124,35412,18274,31397,25990,
30325,25912,37748,34660,41094,27584,26023,35156,18347,33943,33868,29531,51317,34886,27287,31161,43175,17814,17772,
26440,26695,34375,30841,22375,5956,23402,38725,25393,22628,31784,16727,13655,9833,26499,35139,22277,35220,37732,389,
43369,34147,34099,22874,31316,26007,21369,9913,25476,39061,38729,42852,34886,30070,27030,21895,30599,41563,30854,
25766,45398,38522,28821,35732,39049,38727,38248,17765,18279,18249,39300,38564,31107,35464,1909,29527,34565,21078,8212,
19026,2235
};
static const int16_t layer_3_convolution_3_relu_bias[24] = {
535,1095,826,531,885,884,508,696,1459,807,189,-860,696,417,-169,1264,-1119,975,1697,-220,1055,-333,1920,845
};
static const uint16_t layer_3_convolution_3_relu_multipliers[24] = {
2200,57789,26683,11857,22218,46867,59907,5440,5440,19436,38624,18875,53553,24794,54343,41074,44417,64040,65494,49317,
14244,30816,28137,2429
};
static const uint8_t layer_3_convolution_3_relu_shifts[24] = {
34,35,35,34,35,35,35,34,34,35,35,35,35,35,35,35,35,35,35,35,34,35,35,34
};
static const filters layer_3_convolution_3_relu = {layer_3_convolution_3_relu_weights, {11, 11, 14, 3, 3, 1, 1, 0, 0, 9, 9, 24}, 0, {NULL, NULL, layer_3_convolution_3_relu_shifts, 0, 0, 255, 1}, {layer_3_convolution_3_relu_bias, layer_3_convolution_3_relu_multipliers, 16, 4, -7, 1, 1}, 14, 24};
static const geometry layer_3_convolution_3_relu_pool_2 = {9, 9, 24, 2, 2, 2, 2, 0, 0, 4, 4, 24};

static const uint16_t layer_4_convolution_4_relu_weights[4050] = {
34458,29853,13672,37895,18136,43368,34471,34423,26491,30296,26283,38809,34214,46408,11388,40309,1484,32406,34955,
22171,30039,34233,46712,43097,50855,22120,26470,43127,22375,34983,13926,30819,38586,34705,17800,32378,26764,33973,
26230,26489,34716,38286,35175,38118,25716,26186,34696,42681,23095,38374,34712,14006,37816,51539,49556,42123,12362,
36933,26810,38758,38855,43623,30138,38997,30646,46218,38840,44690,48101,30850,46745,38333,38572,21369,26453,13622,
26220,41589,39516,21606,21877,31095,9638,42054,35655,26151,35032,42982,30905,55336,39349,34919,18305,43335,38473,
26517,43383,31064,30341,43143,31098,34133,30826,33881,22837,29787,25978,39047,30309,37752,18552,22857,18299,34999,
26726,24951,18008,22119,35177,30392,50583,16952,13374,42331,18087,10883,23175,42890,34474,10108,34596,42326,52136,
22342,34723,39277,34419,50567,18055,38250,34140,38762,1417,26759,30348,39333,42618,34408,35731,25688,41847,33655,
25669,47736,26341,42618,22394,53924,42615,47974,38072,51881,26705,26676,51098,18055,7341,35191,13911,34422,59805,
34951,18567,29271,8830,27003,58444,26028,30298,30486,44120,30259,27238,46728,30823,42615,34437,34118,27014,34871,
10087,18247,27237,39031,30343,22680,26548,31079,46165,43414,21916,42563,34995,38110,26228,42407,22171,51029,35508,
46461,1190,42966,39512,22677,43159,58521,34151,39752,58841,19339,24202,46505,22636,26760,43363,22201,31096,21897,
39003,22380,42069,30156,39525,29333,43159,26408,30348,15224,22437,30822,29818,26468,26280,25973,14217,30554,29544,
30889,16744,37991,18645,39305,29587,34376,30873,28246,29763,43736,30084,29559,39020,23172,38807,52376,26582,35237,
42345,26964,38761,51177,38999,22680,21573,32913,9897,46444,30534,27226,54426,29817,9576,49769,9269,59867,31366,30022,
13981,52120,33961,30087,30340,29350,50807,42858,46917,26120,29257,37509,22614,34694,29782,26739,47273,25232,47382,
41897,30182,26233,31586,22167,34152,34729,47002,26437,34663,30124,14520,26487,33127,21300,45195,47287,25433,26976,
32391,35456,39702,13445,48444,22920,15189,34409,22326,30631,34952,34901,27300,36390,59032,11142,35691,35448,14006,
42374,26775,39287,30041,18311,38774,46713,1864,26487,10102,39253,26259,39845,38762,10598,26537,38518,12979,50533,
22356,33412,38263,10669,30082,46725,26758,14740,35704,30855,30326,27224,46715,27734,1592,37764,59745,54886,26506,
58402,26600,25752,13431,31093,34212,34660,34744,26264,10169,18898,39523,18759,46934,37770,29866,39066,37513,43287,
10711,30071,34652,25944,34918,34666,18005,22886,43353,22578,43399,38066,43110,55164,18310,33675,43161,27499,13219,
42953,22121,38246,30841,21866,42375,43433,13930,25655,39030,25976,17260,48038,38326,31371,38021,21896,39273,26280,
26519,34951,30070,30311,26455,30328,38981,34634,34101,26744,30840,18310,35221,35498,33161,29796,39012,34385,38601,
26694,33686,30807,5460,30341,34692,47195,17243,22171,22689,21687,34918,40519,42617,27235,27556,12898,38996,26678,
30040,14947,26982,29544,25753,44512,58758,2872,46596,57578,26520,6108,33573,20933,47406,22853,25542,27565,22342,29606,
37452,26486,51115,38493,2077,30904,16470,18869,30551,13898,26216,30100,26472,35158,22386,18315,30020,30882,43435,
19078,26678,35414,38553,30625,26264,22697,38571,22936,31078,27032,34665,42361,38806,14250,26693,31608,34955,22914,
22567,38468,43145,22933,34188,26438,25862,33913,16525,41815,4754,41048,13605,26230,21415,18020,29767,21099,13653,
34453,10392,29810,41800,33162,22660,34364,34666,31029,5540,38581,30599,26423,31094,22407,34708,30902,30036,21607,
23095,29574,47189,17800,46951,19753,26250,26742,22568,34917,55157,27223,14214,39029,35430,34405,54817,23674,9318,
33384,15954,25461,30629,25477,26282,25945,42664,42105,34438,25735,38537,22072,22682,38506,34711,30857,42634,29546,
21927,18565,30125,30603,34439,22877,33653,38680,30075,38760,38247,38793,42054,34918,37704,22123,37495,33660,33863,
22116,59724,36426,39773,31061,48551,17466,43113,43350,27511,58950,19640,25864,38442,39019,21765,58217,16038,38404,
27774,21888,15436,21940,38195,22425,26491,29543,25736,32919,40277,34492,25227,16520,16506,41049,10611,28007,27767,
55447,43357,46440,38711,22632,30102,38791,33446,34633,26483,42389,26955,38853,30132,38989,6531,59238,18583,47030,
38971,33156,23431,18532,25480,42872,26453,30535,26513,18307,26985,34408,38786,43366,18838,22375,22388,42904,30583,
42565,25755,22629,38535,22937,43099,21080,34942,30519,30857,38247,22918,42759,21374,35912,30137,46454,30821,25912,
18088,42329,43194,29558,42533,25990,38027,37751,50821,39042,39271,9526,27219,21385,25014,25658,25523,18812,29541,
55995,36986,9570,20896,22953,31607,39884,30006,1672,33366,39256,15889,29323,17959,22129,10780,50485,25415,4449,34456,
31111,17754,29960,13143,4439,16757,38041,1693,39061,18042,22854,14889,35189,34872,29766,21092,20583,18322,34648,42791,
38232,38777,4949,1173,47779,28281,34147,34470,43351,30037,43143,18037,45700,39024,21271,46934,39286,22898,33394,35207,
17206,25493,27576,38328,26053,46696,54426,13388,14312,30311,26726,31274,22644,18791,30859,38792,13400,22072,25959,
33898,9389,21623,5018,27146,1366,14936,34184,18762,51093,18266,30108,18070,55399,39531,34628,18282,42906,39033,35220,
35736,29995,34086,26008,27544,42695,39000,37494,37469,31166,26500,47525,42619,42918,58996,46457,54676,56969,25958,
55640,27760,29061,29072,45926,1403,46915,17561,22152,25492,22100,29848,26934,18294,26263,18051,34708,31371,18772,
34646,25480,12432,41894,24742,39269,34960,17291,26997,38008,26710,38538,37784,31047,41782,47497,35129,21845,26727,
34408,400,20601,16596,18555,25712,34955,22116,42937,30342,14184,34395,43690,33349,22694,47207,17986,31304,34775,34474,
26458,25959,26698,29828,35223,42823,31527,38518,31129,22647,40070,42326,18215,34392,25975,23351,26439,38760,35670,
38981,22405,26248,43447,18281,47477,38264,26261,5784,39062,34904,29499,17802,43419,21829,30003,58296,31606,43292,
39009,35705,21856,30648,30473,47981,42869,10646,38210,38748,9481,14266,50345,37482,39683,26215,30585,38519,30330,
34392,27017,38742,31576,42873,30614,27000,35174,35414,22345,43095,33685,31627,17974,30614,30855,34950,26580,14440,
47770,23433,26806,34391,13783,10613,38793,23107,28794,18086,42393,34421,21876,46131,27755,21337,54096,40039,14418,
38545,23081,26725,49733,11912,30054,42756,4105,1701,57417,31891,26912,46219,43180,25539,26217,20936,52326,27477,46951,
26994,37333,34475,48025,38982,47175,34105,50343,17770,11639,37482,27463,34907,22390,23910,11282,30649,30601,22630,
29528,14230,29832,21861,38729,25995,30311,21366,35463,15209,23335,47998,13957,23438,47159,39306,22614,38550,19099,
30569,34680,13958,39330,43367,10310,30838,25496,42600,27267,30468,33862,26777,38709,52043,18978,34308,22089,30810,
42518,46423,10281,38408,9165,39530,26645,31325,34613,26403,25944,26251,38742,34666,34613,29762,25945,26487,43400,
30088,30072,25910,39020,18867,30070,39582,48761,34853,38761,26728,35107,43595,43574,31074,26489,22904,27208,42521,
34168,31616,38523,51367,26903,25126,13162,1077,50817,13156,30584,38468,17995,9268,30069,30296,27046,55127,20522,1612,
46916,17317,31667,10104,26165,39561,27047,30522,39625,22390,30568,34410,26248,40282,22969,30628,38521,21388,42871,
18836,22183,43147,51400,35447,13948,21305,39236,46970,34458,22616,18538,17480,26708,47512,30315,30902,27515,46424,
26709,14742,38771,10358,22104,34651,31122,9621,33685,18071,38725,39299,26214,26567,18548,38772,31573,30550,18823,6249,
31156,39047,22187,33161,31302,30425,31130,27270,22615,25942,30854,50568,23320,46440,19574,13386,22730,22601,15234,
47015,22934,37467,30620,54636,18995,35401,31302,22583,21578,49945,58649,22316,50469,15237,29548,29558,34680,25266,
51092,18150,38953,30615,31109,42872,34711,26504,38998,38743,51608,27464,22680,14250,43670,23129,26775,38774,33686,
59543,26437,34472,25643,34167,30585,26953,9813,13446,47465,34953,22915,39000,17851,46953,26998,25412,30292,23191,
25156,38263,34151,21828,34601,2197,34408,9595,40419,59317,18280,25443,58567,10347,34964,43592,33673,35465,35130,22652,
38296,36166,29369,38504,38711,38778,18536,53817,30375,31016,50325,18810,41590,30568,42394,22455,30056,34152,26423,
22360,42087,30298,26965,25927,18260,39194,29575,13717,35442,21896,57994,37570,21373,21907,60284,29544,38293,42564,
18584,30340,44099,26279,41657,22294,23959,12743,6208,51062,30600,22344,34983,10650,13175,43158,21847,34151,26827,
18552,26502,18841,43624,51383,32104,23188,51402,45927,34952,20825,33880,31063,25944,47240,25672,13092,41896,31116,
14643,26009,34903,35222,23461,17798,43386,38357,37722,26231,34345,31600,29337,31126,33928,31076,34647,22933,38262,
9626,18593,56295,19178,24722,52103,5240,37804,8621,34088,24913,46699,34406,26494,38570,1899,17718,59033,39274,34469,
41879,21868,21829,54134,29047,34606,38041,43590,13891,43303,41819,26438,26502,35269,30837,44198,26967,30068,19046,
27256,30791,1880,26250,39272,31322,30103,27241,19045,22681,39013,31095,30855,35226,27011,21859,22647,29635,30820,
23395,22530,22274,38473,29867,42054,17557,58730,21538,26726,42938,13975,30003,59016,13622,38800,30345,46213,34725,
59786,21592,30727,30617,30760,18051,42757,26233,18502,22903,17834,31331,39270,31606,25991,27285,14022,47255,34680,
34120,27524,26729,17251,10375,39509,26517,35755,34905,14711,30679,47013,30694,43886,51830,20073,34361,27112,30825,
30532,34953,26726,22375,46689,38776,34694,26488,39046,18051,34151,18010,30626,38839,38791,9368,52087,19065,43397,
44375,30552,42599,34696,38264,38518,30789,30342,13381,26437,38744,38504,30311,9639,25735,40291,15227,43653,48310,6269,
42871,59342,26728,39139,38516,14156,38229,54414,18775,51169,35685,9048,46995,46647,51017,23992,57769,23159,47688,
41661,34695,9610,26296,18877,43354,22854,56247,620,21286,29849,27931,1641,38775,22105,26505,23208,22117,30600,23207,
22407,26967,42884,31147,13928,15287,9366,35208,58393,22870,13464,22187,46182,15477,47512,30248,19331,22362,30069,
22645,34437,18025,10886,10360,21900,13207,46922,14642,18264,17331,34690,34277,33893,43960,26506,37783,13719,37850,
30357,34740,26214,13240,13442,41908,30985,19506,14408,30314,27014,37798,50794,35177,26183,39258,26472,26168,33878,
34136,43095,42313,14181,30272,47111,26181,38682,26822,42659,35366,30486,38601,33191,31144,31110,47512,9817,33624,
54667,46425,13351,38795,54889,30051,18568,31332,35761,38520,39825,35718,26196,26552,31430,46971,42787,35114,5191,
14022,17819,22070,27589,34859,1025,31028,31396,31834,43604,30842,25989,18278,25720,30057,47958,33845,17972,5464,25716,
13924,51348,29815,2873,17699,43671,22154,59219,25686,5798,25208,39817,22664,45895,42342,14454,31033,21333,7561,38261,
34745,27256,31865,26454,30299,30313,38452,38182,34425,39546,33626,25688,21835,38709,29561,31646,22103,27048,13117,
26213,27752,39785,34677,43189,27000,38490,35959,26518,27286,27061,14153,39029,35705,50553,23686,39337,26246,51657,
25424,38794,21130,34163,27332,35052,42643,18854,25176,30819,35747,47066,45701,42899,18104,55220,39912,55946,25818,
31112,34742,19287,38487,26708,33977,26233,34919,14728,30580,22377,34683,18241,39016,30613,26244,51867,34617,22890,
46972,34694,18246,14182,37976,30282,34679,30564,18776,18249,22089,13443,46967,18885,26472,35480,20802,42026,38798,
30052,22645,30154,20565,20599,21066,25361,18231,9642,28728,1489,41077,4471,9544,51608,26455,31112,38761,26199,10088,
34936,39001,30632,38775,17547,9347,34135,34566,54652,30555,17594,13798,51796,22634,35176,30567,26035,47239,34679,
37752,22392,34150,27526,10059,13670,26199,47833,35178,14245,35222,9352,18820,38999,35176,30359,25974,26282,25698,
30037,39257,9574,50744,34956,16763,18880,59828,17817,58378,55205,20875,18337,38278,33171,47572,39192,22229,35465,
42885,37814,50870,30538,50089,31829,46651,34899,26503,28229,38233,30119,30567,34978,17813,37416,29861,38841,34997,
39318,22395,46666,13112,35191,46747,10167,22117,43093,37017,34392,38508,30340,34406,33180,26489,45430,30296,46644,
21083,26013,13623,25474,38474,21622,8311,17537,22615,27018,34643,33718,42907,27195,10103,30602,38549,34921,26506,
35367,26933,34621,34136,14217,14158,31045,38230,31047,34726,22452,26986,27271,25988,26458,33926,42837,27254,30617,
22965,39817,30551,42614,35432,34744,11422,46646,52775,43436,39086,30905,23385,38669,35158,39546,34699,18774,31690,
56905,52085,23080,34362,30907,9523,37817,17064,34390,24944,34410,37989,30330,33930,22490,33364,33385,22340,50839,
26009,29578,25479,59527,38554,30997,27558,6554,25944,43555,26248,30342,25447,18904,14711,34965,18293,30613,35239,
22932,35174,23381,34184,30788,32327,17495,42910,22593,51080,26949,43352,30556,26505,14688,30873,2677,43099,21848,
27497,25872,31515,14928,26438,26725,20608,45144,38504,18514,22707,31718,34228,33383,17574,34386,27297,44131,31157,
38779,22343,26728,48009,38951,22672,37528,42343,17753,26197,42612,22632,10359,29575,6244,33913,39060,18774,31816,
18201,34216,29802,34392,30368,41610,34662,29576,25735,30293,26741,29800,18728,1683,45944,31143,1974,27495,21947,34228,
19064,47719,46947,18344,13945,8774,26743,39045,39495,15242,46573,9800,30277,30216,43332,22633,34465,54124,9594,46713,
13653,22120,22837,42649,22630,38772,30524,38281,29799,23226,46712,33850,35415,13129,55220,48284,17287,22157,30567,
31316,43401,43609,22610,34886,26487,22372,34422,23094,38741,43060,23991,2420,25429,32915,1931,42871,5845,33941,29031,
21622,24982,26952,18791,1143,9811,54873,29852,55095,13037,59576,26246,30890,34696,22278,26518,33896,34713,22890,46200,
42839,13361,25925,26216,34632,31125,46982,29845,44598,25963,27028,43881,30809,43402,38520,29817,27285,34923,26984,
17800,31113,27223,39543,18551,29492,35991,39277,26483,38824,30520,43384,26743,30361,30325,38523,26459,18567,17544,
26999,22391,30569,29593,10616,18454,9320,26981,39575,34474,27782,14921,34440,30583,35240,34968,10650,18487,38711,
32886,34443,34376,35467,25685,22324,5504,41003,22216,17286,42071,39852,18293,18263,38760,14260,47449,31607,18081,
36939,1388,43464,1174,23413,1079,25686,21371,31383,25731,22576,9098,29845,30139,30052,34689,24968,34983,38260,22419,
50688,18564,18824,31177,38487,19050,23175,38967,22916,37798,30329,21866,34403,22551,21878,25687,27046,39306,41557,
34649,30533,30907,51264,48756,34455,54154,34971,33864,30737,42889,46731,33801,22356,20522,30874,32875,33338,13863,
21142,46455,26695,46220,14200,30818,37964,47460,13160,30312,21417,20086,43387,34934,4950,41032,34363,15444,46184,
37750,23144,41081,43112,14452,30551,46438,22119,33412,47241,31609,30840,26743,17785,33610,35932,30870,37221,30359,
42631,26471,39770,14964,30441,26774,38106,33958,35464,22694,34777,30891,27083,51367,19373,28775,50341,17238,28982,
14649,32135,13381,30068,33608,34632,30074,27242,1655,34390,33288,18297,24728,22169,10329,21076,34679,51283,22597,
39543,22359,29835,39061,30819,30549,35960,34648,26693,42886,31315,26712,30614,34409,26198,16752,51112,26248,45415,
34675,25774,26453,42935,31287,29543,43654,17751,15011,55707,27497,30900,39827,45213,30760,34694,6246,50613,33702,
23176,39303,30583,27256,33926,42378,31847,5783,46744,34952,31496,25484,35414,31109,42841,39035,35156,43354,27526,
39271,31016,30314,34938,34905,35464,9094,34103,26263,31370,21861,26451,9877,33419,13509,10201,25655,36352,23174,38825,
14422,19349,27033,23364,3271,50792,23414,28343,9124,27459,34910,31112,17977,21884,34325,37159,31098,42601,13685,13722,
10584,46200,46970,16972,20620,26011,2074,20868,31305,30586,39002,35176,10103,30344,30040,34374,30373,34951,18017,
30585,24921,26234,28985,37981,5237,18021,21797,38522,34925,46230,23160,35739,30518,22148,34474,38306,47719,22601,
26165,26800,33175,38275,22665,17735,34166,42311,10651,25931,20631,34132,30280,26536,35225,18536,21866,38199,18555,
20068,59597,2491,19563,51532,34140,26488,21847,25914,21658,17990,34681,29787,18229,30037,22636,30824,18456,25752,
30504,39112,26774,23688,30315,38521,35207,30314,34920,38538,37960,34887,34408,34419,17767,26200,37705,26259,42825,
26246,21707,30805,26216,34181,9830,53299,38082,34153,17546,18485,14267,33121,22180,30874,1443,52322,30410,58629,2247,
48746,25946,27002,30567,34676,50775,46918,29544,31356,22088,22421,47177,46727,26018,31623,43927,27682,50806,35192,
38518,48262,39530,38500,34185,46729,38263,35511,30807,23414,46666,22215,38550,9782,31082,27479,26202,10903,6224,51284,
39353,38517,22504,59050,21875,30821,39047,18614,30823,22630,22921,34951,50998,30409,34924,26231,41338,38761,26262,
18295,25252,46921,24999,26484,22341,17301,26407,22120,34712,30325,34872,21701,30324,29561,41799,43531,39561,34917,
26730,34953,22115,30099,34680,10661,14980,9637,21685,60334,26442,15174,28259,37086,30876,23205,22391,26005,47527,
33674,34731,22649,38564,42404,38842,34358,14024,39049,47224,42598,26516,24133,35272,39003,30583,38826,34662,21416,
55640,34904,30614,29800,26233,38246,20537,27040,34982,21349,31092,34679,26085,34681,43350,13722,42838,22203,42679,
38730,35385,18793,29738,30137,21575,1072,42123,30389,28987,15024,34358,27305,34919,38006,22696,18553,42358,30825,
30824,33894,34152,26712,37768,34649,30038,6039,34876,27508,23080,22200,22119,18325,30582,30630,31335,34663,22377,
29827,30843,22151,18534,34935,10875,26532,35188,5466,35550,35238,44116,17789,42630,34170,30298,39379,42630,29783,
51108,42342,20572,44752,58562,14630,30581,58809,21613,8396,1081,45460,28760,38180,22699,18071,5474,24982,29285,34181,
29629,16518,1693,21417,24709,26965,30117,18073,22904,34869,38489,25975,30083,13412,39076,21846,39300,30071,21384,
29541,26281,34185,26694,38426,50568,35225,26215,29286,22360,21865,50790,30616,22101,30054,22407,13927,34711,30869,
34773,22711,34709,38765,30444,47712,11958,14438,51802,15526,42407,30278,23479,35109,34388,21863,47254,10360,51350,
11129,39700,5015,18294,30900,29544,41091,23019,27226,22648,34712,21911,25206,18611,34920,25704,42858,34439,26734,
34673,34696,31065,25796,38776,22148,18360,30071,22587,22677,46920,22135,31113,30795,45834,30761,38246,46679,24252,
23144,31355,5851,30309,17864,38968,21315,31373,22426,21844,21671,25398,17463,31110,25963,1347,22930,34568,4266,34957,
35225,29798,38758,34935,33862,34697,22390,38229,30596,34374,22375,25717,30282,26518,43414,30823,17817,19082,43142,
35448,39301,30840,18567,26762,22854,34665,18313,22072,1944,29320,58142,1724,51579,13893,30631,39012,27187,26727,13970,
27499,39033,23158,30806,51369,18774,31131,39050,14201,22392,58791,14477,23851,25961,51320,39043,21621,34963,39324,
50775,38517,34915,33689,13409,18601,46699,24715,34968,42374,26203,30565,46984,31130,54404,35460,35210,22652,35227,
19513,46727,38517,10648,14971,38746,14758,59262,23175,35450,19062,18601,31115,27088,11316,25749,46437,17783,35706,
22662,26467,33431,26538,30026,18203,38517,34184,24777,22966,55623,39594,22139,22595,21080,51048,30086,47176,22839,
25476,33348,26713,42599,25355,26787,34646,21445,35204,31048,30702,26268,32052,9854,42629,35193,41912,34903,30584,
26234,22132,22649,28794,26976,42918,34728,46937,14202,9122,56000,52406,30773,23147,3765,34708,35477,48552,30724,30615,
14199,39847,19065,51763,31304,43365,14486,17491,25240,29545,41846,31402,38522,13670,20872,13176,43092,30068,33673,
25944,30296,31319,46649,22131,18567,47140,22616,30074,22420,37486,31080,30788,31366,38281,26772,34876,43162,46694,
39036,22374,59704,15991,14232,31147,26312,34661,33413,38505,30774,34938,22152,38263,29862,18088,34360,22312,38026,
30085,41930,22504,40262,34694,39034,22597,17748,38760,30295,21911,26695,42618,14488,22101,37814,38026,22663,33923,
26539,26454,22188,19046,35640,40330,21127,30094,23640,17987,35673,35688,26536,13945,15458,59003,20116,60213,14440,
28263,30088,13500,34217,22196,30329,37767,32295,22376,34391,27525,30038,26776,34887,42374,38264,22370,34645,14472,
20087,30103,34664,14681,21894,38796,31303,17830,34713,38505,22088,18582,41927,21623,22392,38550,22584,26486,27018,
15448,18438,22677,22469,29838,35433,37717,31319,38518,22665,31289,22660,59255,16032,35113,17728,36468,17030,19018,
43366,46457,30118,27799,38457,22854,33929,33894,29875,35226,34936,38772,26454,45446,46649,27769,34424,34170,47014,
50856,43882,30051,41526,51353,29812,22404,22935,25418,30057,33818,34425,37179,34381,22392,25767,24936,58487,38508,
32838,22657,21950,41848,42360,29800,34166,34722,33979,34151,49784,33899,55641,30167,26324,33993,34453,22820,38520,
31158,19045,46964,43365,34614,41766,35226,38251,58451,18471,29774,34148,35212,14422,33657,46518,26263,34457,9623,
42294,30119,42902,29828,34426,42055,42326,30370,34394,25433,18044,25929,29556,22615,38498,30600,42611,38805,12327,
30297,37218,21891,43131,25703,33562,9510,33447,9574,32861,33875,37173,30363,26518,26720,58439,46821,34871,47480,22597,
34850,43093,31701,23146,46932,25449,14598,35685,19130,20118,22167,30872,30805,51076,29894,43126,38776,31064,39015,
38474,18807,26505,43111,34635,17461,42827,31385,26744,55901,36532,35365,38019,30682,34883,47207,39576,31541,29769,
35544,18773,43862,34920,23122,35383,47833,31078,55606,6473,38843,14518,11642,35157,43385,26456,34646,39865,22393,
31060,30058,26471,26469,23207,21878,31285,23094,18598,22920,19283,25737,26738,26182,38740,30858,27524,22698,31107,
34407,30326,26249,35558,35432,39236,31102,11175,43911,14729,34132,30529,25979,15573,43417,38515,39064,38672,35260,
19396,48707,47189,26535,22320,30598,22429,25543,17481,25433,45671,23381,26011,22183,20854,30055,50310,31032,22391,
46986,41656,33636,54679,42809,19092,37447,42359,39318,18996,42137,22854,25666,46742,14196,14612,38196,18264,30216,
30906,30327,31795,6929,33686,21933,46690,48261,41625,17523,21172,29899,42355,23460,46135,869,22486,38745,25784,34693,
50484,38004,31115,46215,38822,43865,35464,34168,30825,46969,39305,38230,38727,18056,43128,35171,31079,22151,42838,
22357,22357,25754,22711,34612,26692,22088,34967,29804,22694,30808,17847,18793,34456,25975,43443,33945,35446,42650,
19572,52554,35175,39021,34880,42089,27066,47662,31063,39575,37728,23398,13988,23628,25219,29384,50960,29778,33954,
10331,51827,22194,33191,29844,18039,18276,31109,30617,14217,30102,26217,26218,34328,38500,34714,17472,38006,21660,
30245,6512,21641,30551,25449,30054,17526,38760,30072,29497,33673,34119,22599,33893,25975,34276,34894,37768,14092,
21874,47259,43498,30795,30837,35674,25990,47304,50252,14114,30835,47992,1894,11701,35773,39001,34950,30311,51269,
30552,39052,34390,31110,33928,30840,47447,25420,34397,33924,54109,26729,46661,14165,43366,39543,30898,31866,31160,
25737,34930,26773,19078,18275,22118,30267,46696,30535,43066,9106,27460,1376,20570,20921,21143,30872,51913,21891,1637,
37561,26536,35973,54937,26551,50837,18582,38554,36007,42108,21834,26464,18040,21651,31093,21851,26710,18005,18087,
38546,30826,12905,14741,22163,34757,27249,55350,8346,30343,34438,30615,34947,18789,25479,27285,30872,30839,30087,
38504,17496,30359,2709,42648,10418,38453,9593,29776,18023,25514,25457,18502,30344,33123,18342,29545,9346,31256,17753,
41284,1952,37739,1425,35333,17540,38311,30651,22344,30599,22876,31864,38501,22138,25942,26297,18728,38216,38995,38745,
15223,27521,17804,42649,30393,29065,38772,21894,35468,39046,18572,21126,38451,34664,17977,30869,18008,34953,38312,
25703,22599,49309,51834,39800,20882,6234,21559,30272,59226,35178,21808,26184,7043,30292,58120,26409,29761,51046,28340,
37958,22362,21932,39045,26759,30583,26228,22085,25994,34949,25714,30361,42647,25190,13746,34211,17205,34856,38794,
39292,47253,27496,47191,31096,30327,43399,35157,35145,21651,21627,42871,51079,13412,30520,30037,21306,26230,33425,
59518,29578,36920,34708,38555,33974,43070,37752,30617,33924,46201,58040,33834,29002,36186,13653,26090,29552,25996,
34458,34980,30858,18314,21109,42871,38808,27288,25992,30583,26204,38281,26746,30590,26513,41559,30305,30122,16539,
39045,14471,21882,31062,22931,34730,34692,27288,21591,38536,34728,31847,43108,39353,26235,24933,33435,16504,33862,
9089,34150,29332,29754,41851,21413,21923,38738,30440,49422,39256,56485,16555,35768,21858,47751,43210,34727,31320,
47070,25493,22665,42889,30805,34330,23401,29560,27749,51242,38741,38984,35175,34438,30553,25222,14985,34452,46949,
26502,42840,29769,25175,38792,35224,18276,34395,30298,29831,43189,34187,31358,27973,43857,19339,34424,31062,39787,
23734,35205,9926,38300,38756,38567,44778,60003,6198,31064,49625,26421,38211,17831,26984,21429,41556,22820,30581,30840,
31079,22921,30550,18536,31891,59543,13416,26409,50331,30346,47224,26149,38713,29559,37704,33960,26455,30053,34117,
17511,38967,42056,18261,38229,5016,30839,35224,34138,47894,47799,31579,30518,42361,34617,47716,35463,22392,10582,
33832,34853,56270,34823,13113,20100,29065,51333,35640,50917,10637,28009,39769,34661,30552,34422,34507,38981,47686,
38216,26969,42547,29385,39269,39511,31576,30789,26773,1144,22743,31014,14472,42853,30821,22406,21671,26469,26741,
30613,39078,22966,33671,34232,39246,15955,59737,30513,35977,34407,29302,35668,47436,42626,14485,30819,30308,5986,
35610,41922,46216,38464
};
static const int16_t layer_4_convolution_4_relu_bias[75] = {
-1865,-2328,-1059,-1360,-3046,-536,-199,-2145,-257,-152,2411,-1956,-564,109,3094,-1458,1973,-387,1001,-1902,240,821,
378,-735,56,-840,-5,-759,-797,-521,1151,2170,-1748,1609,-1275,1016,-3144,249,2248,-676,409,-126,1370,-1873,1901,-1002,
1237,-582,-502,-1012,-1431,-606,3604,-1811,1060,-3457,-293,-532,-1677,-118,-879,2835,-1691,-723,1796,-1119,1136,-1327,
3243,479,-62,-259,-3685,-1,-407
};
static const uint16_t layer_4_convolution_4_relu_multipliers[75] = {
34577,10634,19702,14401,25556,41078,28483,14088,52066,24069,16655,41558,32897,49426,11714,28003,23469,39638,52066,
23469,37311,30330,18215,33137,39158,31697,39638,16128,26396,18982,41965,17255,15768,16728,51106,5140,18455,24476,
20782,11474,18695,13801,34984,21982,6387,26923,4133,51106,18695,39398,12241,34577,15888,16368,32177,24069,44365,11401,
42685,34817,12961,29370,19582,25436,18455,19822,27236,23469,6820,43165,21789,28963,29850,41318,14928
};
static const uint8_t layer_4_convolution_4_relu_shifts[75] = {
36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,
36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,36
};
static const filters layer_4_convolution_4_relu = {layer_4_convolution_4_relu_weights, {4, 4, 24, 3, 3, 1, 1, 0, 0, 2, 2, 75}, 0, {NULL, NULL, layer_4_convolution_4_relu_shifts, 0, 0, 255, 1}, {layer_4_convolution_4_relu_bias, layer_4_convolution_4_relu_multipliers, 16, 4, -7, 1, 1}, 24, 75};

static const stage layer_1_convolution_1_relu_stream_stages[5] = {
  {243, 28, 3, 28, 3, 1, 0, 2, 13},
  {327, 104, 3, 13, 3, 1, 0, 1, 11},
  {639, 154, 3, 11, 3, 1, 0, 2, 4},
  {1101, 96, 3, 4, 3, 1, 0, 1, 2},
  {0, 150, 2, 2, 0, 0, 0, 0, 0}
};
static const stream layer_1_convolution_1_relu_stream = {layer_1_convolution_1_relu_stream_stages, 4, 228};

static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output) {
  if (number == 0) run_packed_conv_row(&layer_1_convolution_1_relu, &layer_1_convolution_1_relu_pool_1, input, rows, output);
  if (number == 1) run_packed_conv_row(&layer_2_convolution_2_relu, NULL, input, rows, output);
  if (number == 2) run_packed_conv_row(&layer_3_convolution_3_relu, &layer_3_convolution_3_relu_pool_2, input, rows, output);
  if (number == 3) run_packed_conv_row(&layer_4_convolution_4_relu, NULL, input, rows, output);
}

static const int32_t layer_5_mean_multipliers[1] = {
1876767431
};
static const uint8_t layer_5_mean_shifts[1] = {
32
};
static const quantizer layer_5_mean = {0, layer_5_mean_multipliers, layer_5_mean_shifts, 0, 0, 255, 1};

static const uint16_t layer_6_probs_weights[188] = {
16997,27301,37987,31027,55384,29747,43416,37939,39221,35715,25753,21333,43123,26922,42070,38569,34105,9872,29765,
42121,34105,22389,45879,34967,38768,15176,33875,35075,26003,22921,39221,47463,21333,33672,38187,31379,18582,14437,
39334,34613,38692,26024,18779,25748,14361,22401,37226,14916,13978,9639,19273,25755,17497,16793,38517,13973,29049,
42625,14106,42629,34457,13906,41873,22550,37255,32883,43122,35219,34408,28809,905,6258,38745,30321,13690,47029,17737,
18233,42568,22869,17571,30617,34216,12932,35223,5417,10658,42646,21879,23188,19578,14709,25909,34442,18473,39494,
18742,38789,9380,14744,21538,39040,39591,38228,37972,22710,18985,25786,25714,26263,22692,18100,30102,30523,29268,
35240,37492,33923,27219,10393,41618,10617,22835,46921,17817,45129,22631,26020,19017,33877,35381,39042,21620,43125,
6741,18599,29862,17499,39254,18020,30283,35137,26418,39286,6216,1832,43303,30983,22169,14920,42917,38199,33609,21652,
27283,30772,27243,22088,10889,14136,22852,37702,47429,27513,10265,37189,42353,26933,46727,17813,35367,25434,22279,
9604,47704,37813,38771,22404,42357,41636,26698,18211,34872,47460,13736,9273,38457,27136
};
static const int16_t layer_6_probs_bias[10] = {
47,55,-12,18,-41,11,-46,31,-3,-35
};
static const uint16_t layer_6_probs_multipliers[1] = {
26633
};
static const uint8_t layer_6_probs_shifts[1] = {
36
};
static const packed_dense_layer layer_6_probs = {layer_6_probs_weights, 75, 10, 0, {NULL, NULL, layer_6_probs_shifts, 153, 0, 255, 0}, {layer_6_probs_bias, layer_6_probs_multipliers, 16, 4, -7, 1, 0}, 2, 2};

/* -------------------------------------------------------------------- model */

/* What follows the last row of pixels. */
static int finish_image(micro_cnn_int4_arena *arena, int8_t logits[MICRO_CNN_INT4_CLASSES]);

void micro_cnn_int4_start(micro_cnn_int4_arena *arena) {
  start_stream(&layer_1_convolution_1_relu_stream, arena->words + 75);
}

EDGE_NARROW int micro_cnn_int4_push_row(micro_cnn_int4_arena *arena, const uint8_t row[MICRO_CNN_INT4_COLUMNS],
                            int8_t logits[MICRO_CNN_INT4_CLASSES]) {
  uint8_t *values = find_next_row(&layer_1_convolution_1_relu_stream, arena->words + 75);
  for (int i = 0; i < 28; i++) values[i] = row[i];
  run_stream(&layer_1_convolution_1_relu_stream, (uint8_t *)(arena->words + 0), arena->words + 75);
  if (!has_all_rows(&layer_1_convolution_1_relu_stream, arena->words + 75)) return -1;
  const int found = finish_image(arena, logits);
  micro_cnn_int4_start(arena);
  return found;
}

static EDGE_ALONE int finish_image(micro_cnn_int4_arena *arena, int8_t logits[MICRO_CNN_INT4_CLASSES]) {
  run_mean(&layer_5_mean, 4, 75, 0, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 75));
  run_packed_dense(&layer_6_probs, (uint8_t *)(arena->words + 75), (uint8_t *)(arena->words + 0), arena->words + 0);
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

