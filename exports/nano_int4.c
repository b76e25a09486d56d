/* nano_int4: a classifier of 28 x 28 images in C99, int4, made by edgemnist.
 *
 * made from  nano.keras, SHA-256 acc8caab204193657cdb7a5042dc235c8dc241a79c8859f5b7b32b771380ea7c
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * weights    packed in 5 layers, unpacked where they are used
 * rows       nano_int4_push_row takes the image a row at a time: it need not lie in RAM
 * flash      1,987 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        1,268 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 *
 * contract: {"input": {"dtype": "uint8", "name": "pixels", "range": [0.0, 255.0], "scale": null, "shape": [784], "zero_point": null}, "labels": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "output": {"dtype": "int8", "kind": "logits", "name": "logits", "scale": 0.20371973514556885, "zero_point": 16}, "precision": "int4", "rounding": "reference", "schema": 1, "source": {"name": "nano.keras", "sha256": "acc8caab204193657cdb7a5042dc235c8dc241a79c8859f5b7b32b771380ea7c"}}
 */
#include "nano_int4.h"

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
30850,22050,631,39220,4996,6436,29267,836,22952,18290,26913,25366,1716,34386,10626,14694,34358,31098
};
static const int16_t layer_1_convolution_1_relu_bias[8] = {
180,-140,1,-23,-42,9,-304,73
};
static const uint16_t layer_1_convolution_1_relu_multipliers[8] = {
31114,43049,21750,2604,30738,11090,46916,7349
};
static const uint8_t layer_1_convolution_1_relu_shifts[8] = {
34,34,34,34,34,34,34,35
};
static const filters layer_1_convolution_1_relu = {layer_1_convolution_1_relu_weights, {28, 28, 1, 3, 3, 1, 1, 0, 0, 26, 26, 8}, 0, {NULL, NULL, layer_1_convolution_1_relu_shifts, 0, 0, 255, 1}, {layer_1_convolution_1_relu_bias, layer_1_convolution_1_relu_multipliers, 16, 4, -5, 1, 1}, 1, 8};
static const geometry layer_1_convolution_1_relu_pool_1 = {26, 26, 8, 2, 2, 2, 2, 0, 0, 13, 13, 8};

static const uint16_t layer_2_convolution_2_relu_weights[108] = {
42596,23141,1829,22133,26226,5739,10657,22626,21683,22045,46868,41552,21846,19102,39560,22943,23786,2526,38549,28138,
43558,54152,53893,41600,37477,21273,33293,23006,7316,1649,10601,3476,38326,7834,22362,43686,35225,27030,42390,57748,
64081,41842,37024,25462,42875,43606,57946,33503,44386,39329,39127,11377,22881,44262,22954,31094,47653,18870,26789,
46873,19150,50894,58206,5545,6550,5547,18910,38571,62822,39381,42133,59460,43617,25681,9761,43089,5553,27238,1184,
22745,36061,25941,21657,6570,18062,38341,37066,24234,18825,53380,22955,39527,47621,27299,43270,38149,43350,38217,
22088,25973,10592,7424,21797,22809,18201,41498,58202,42842
};
static const int16_t layer_2_convolution_2_relu_bias[12] = {
197,504,710,421,-656,-456,-204,-83,1144,775,469,779
};
static const uint16_t layer_2_convolution_2_relu_multipliers[12] = {
4346,40967,10725,36898,18942,20963,19283,19703,51074,10515,7916,35008
};
static const uint8_t layer_2_convolution_2_relu_shifts[12] = {
35,35,34,35,35,35,35,35,35,34,35,35
};
static const filters layer_2_convolution_2_relu = {layer_2_convolution_2_relu_weights, {13, 13, 8, 3, 3, 1, 1, 0, 0, 11, 11, 12}, 0, {NULL, NULL, layer_2_convolution_2_relu_shifts, 0, 0, 255, 1}, {layer_2_convolution_2_relu_bias, layer_2_convolution_2_relu_multipliers, 4, 8, -3, 2, 1}, 8, 12};

static const uint16_t layer_3_convolution_3_relu_weights[230] = {
27046,17752,38405,32939,22100,41545,20519,38240,27301,6245,49442,9446,8821,46186,25078,27269,42645,51642,27285,26238,
22966,43358,46521,42405,10857,47416,43381,17749,42326,39643,2377,36504,55910,47512,6521,37994,64148,9702,25697,62048,
25946,39317,39514,39641,15958,2458,9544,38180,20565,20520,54402,8661,49697,39552,26905,43098,22944,20885,32809,2710,
17734,337,17669,27177,22117,23065,25883,7762,43353,21397,25683,33946,16981,25682,2405,23436,39762,6489,42782,22502,
22807,34459,39306,39194,18388,22153,49497,34197,19142,38378,35217,35205,25833,38376,46761,37989,11553,25910,4261,
62118,50530,22169,22272,26850,37261,26117,40282,5337,33190,19161,25879,30821,22368,21909,34916,24932,41041,37389,
38217,39457,17553,17560,26905,22644,5409,13344,26985,27161,41313,4710,21658,38290,34149,19073,43658,30548,26262,22128,
33370,34408,39446,34386,21122,26458,23985,21120,45458,16742,59993,32851,18756,25866,2474,54673,22122,22182,10525,
26519,30299,27511,6838,31251,47530,38315,22867,39579,17337,10976,38998,9932,22294,13778,41000,55893,23702,21906,39558,
38309,35497,25162,24857,39256,6292,19865,41378,7606,9741,21082,18194,57942,39569,9893,25902,37265,6813,10525,21801,
43636,23343,43610,22357,6466,2389,25941,25253,43170,58969,6758,42326,26345,34375,40239,38678,2954,3594,34141,39253,
43430,43482,46444,43546,37989,42585,43170,10665,27264,5722,37129,21088,2048
};
static const int16_t layer_3_convolution_3_relu_bias[17] = {
824,-896,67,757,821,357,428,205,813,904,495,183,116,320,-37,-5,190
};
static const uint16_t layer_3_convolution_3_relu_multipliers[17] = {
27969,6801,40976,42606,54754,25535,10496,34434,37727,32815,43377,26752,56384,46626,18580,32033,4356
};
static const uint8_t layer_3_convolution_3_relu_shifts[17] = {
34,34,34,34,34,34,34,34,34,34,34,34,35,34,34,34,33
};
static const filters layer_3_convolution_3_relu = {layer_3_convolution_3_relu_weights, {11, 11, 12, 3, 3, 1, 1, 0, 0, 9, 9, 17}, 0, {NULL, NULL, layer_3_convolution_3_relu_shifts, 0, 0, 255, 1}, {layer_3_convolution_3_relu_bias, layer_3_convolution_3_relu_multipliers, 4, 8, -3, 2, 1}, 12, 17};
static const geometry layer_3_convolution_3_relu_pool_2 = {9, 9, 17, 2, 2, 2, 2, 0, 0, 4, 4, 17};

static const uint16_t layer_4_convolution_4_relu_weights[421] = {
27236,27302,22953,22638,57959,38423,43694,27305,42586,60265,21926,26918,42077,34509,34770,24935,21989,40098,56318,
29314,15798,19049,38829,42670,23498,22993,39588,22110,23190,27042,42362,5801,44712,26203,39710,10641,26311,54800,
22615,43431,34342,39524,22933,42074,10658,43274,19000,43669,58709,27490,38622,33972,59449,23081,42394,41564,42522,
47973,22886,22677,9654,39269,35487,43414,42258,21868,6102,39306,17913,27237,22163,11141,11416,19937,18293,34566,37543,
22709,25222,46765,28066,32383,21930,43350,39306,26245,22693,62069,21801,38573,40359,58794,27478,42670,22178,26005,
43349,9636,27290,19049,14758,22526,27303,33386,23909,22169,19156,27957,43371,36190,24425,37802,26570,41724,22008,
41067,30889,49285,51882,42534,46999,22471,58977,54102,37989,21845,38366,22189,8006,23063,34665,39492,10827,46886,
25907,38132,21854,59837,28033,48235,24927,24235,51883,39210,22117,34408,34213,44149,27918,38810,27429,26341,43690,
38523,42405,38557,43413,26798,43610,22169,39141,39258,23081,21863,40296,34202,42342,22117,39258,39590,28567,62846,
51593,53888,29307,46418,26977,55348,35086,27174,38293,48750,60253,23385,41902,22741,57685,55701,43620,25249,56166,
42517,37955,39017,9813,45593,34261,48793,39001,22553,26213,17689,26157,20761,26142,43437,14678,38438,8101,24964,34133,
44457,41557,43685,43413,26950,27298,26273,43941,43926,38330,39093,20776,38617,52912,65209,41577,26461,9460,425,17230,
17622,21730,24953,22821,55389,23017,9897,21849,36973,26792,18962,43171,30103,39569,21669,36929,38436,18129,7890,38468,
25174,38486,41126,23193,17514,37924,19050,22676,43733,32291,39063,34146,42454,43677,59824,43611,23062,21141,37212,
34217,40986,14398,18690,22918,43680,42405,42649,26804,46441,4445,22743,39429,42581,41428,34580,31714,39349,39449,
39274,46502,27055,44293,59045,39542,42749,27481,46438,42607,9363,10537,54997,39563,9839,8896,44793,50517,27940,28678,
26970,44624,40797,43429,43380,42345,26518,26969,42429,26265,38501,38208,43370,25893,4239,53319,18874,55914,25790,
64238,26010,59825,38055,43686,42666,38506,23201,2645,21155,18860,44033,37785,11882,4133,16929,18837,4733,43673,18154,
42410,22137,37410,38244,43926,43354,27002,39349,31046,6430,39245,29842,27476,3109,38080,682,1638,47062,16534,59553,
24577,48662,27258,38329,18149,42085,54826,38245,23527,43370,42334,23194,27288,27285,1927,22954,49497,55963,29925,
26535,54555,22866,22287,38485,35218,43353,21916,24185,9837,11822,17515,22171,21098,42436,2434,6696,5716,27525,4512,
15336,26330,55719,21866,27029,39313,39290,38846,22886,39854,41610,42382,35236,40608
};
static const int16_t layer_4_convolution_4_relu_bias[22] = {
-576,-511,438,336,-530,-38,281,-375,-952,-558,1360,-364,1530,350,1009,-1299,915,-349,720,59,-335,725
};
static const uint16_t layer_4_convolution_4_relu_multipliers[22] = {
35977,32832,19678,52278,40554,51419,24253,48559,13673,29116,43128,234,22825,50847,35121,55995,43698,233,22825,56280,
48274,40840
};
static const uint8_t layer_4_convolution_4_relu_shifts[22] = {
35,35,35,35,35,35,35,35,34,35,35,34,35,35,35,35,35,34,35,35,35,35
};
static const filters layer_4_convolution_4_relu = {layer_4_convolution_4_relu_weights, {4, 4, 17, 3, 3, 1, 1, 0, 0, 2, 2, 22}, 0, {NULL, NULL, layer_4_convolution_4_relu_shifts, 0, 0, 255, 1}, {layer_4_convolution_4_relu_bias, layer_4_convolution_4_relu_multipliers, 4, 8, -3, 2, 1}, 17, 22};

static const stage layer_1_convolution_1_relu_stream_stages[5] = {
  {183, 28, 3, 28, 3, 1, 0, 2, 13},
  {267, 104, 3, 13, 3, 1, 0, 1, 11},
  {579, 132, 3, 11, 3, 1, 0, 2, 4},
  {975, 68, 3, 4, 3, 1, 0, 1, 2},
  {0, 44, 2, 2, 0, 0, 0, 0, 0}
};
static const stream layer_1_convolution_1_relu_stream = {layer_1_convolution_1_relu_stream_stages, 4, 168};

static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output) {
  if (number == 0) run_packed_conv_row(&layer_1_convolution_1_relu, &layer_1_convolution_1_relu_pool_1, input, rows, output);
  if (number == 1) run_packed_conv_row(&layer_2_convolution_2_relu, NULL, input, rows, output);
  if (number == 2) run_packed_conv_row(&layer_3_convolution_3_relu, &layer_3_convolution_3_relu_pool_2, input, rows, output);
  if (number == 3) run_packed_conv_row(&layer_4_convolution_4_relu, NULL, input, rows, output);
}

static const int32_t layer_5_mean_multipliers[1] = {
1596153197
};
static const uint8_t layer_5_mean_shifts[1] = {
32
};
static const quantizer layer_5_mean = {0, layer_5_mean_multipliers, layer_5_mean_shifts, 0, 0, 255, 1};

static const uint16_t layer_6_probs_weights[55] = {
21172,22421,38228,27190,10585,46676,29842,46102,34404,31428,21675,21302,42852,23083,37462,38058,26713,13473,37990,
29066,21802,10369,46435,26023,42866,15125,30565,39188,18103,5738,43319,42551,25940,17556,46906,23477,21637,13436,
42886,21572,47204,1418,22120,21154,18745,14211,34107,30820,26188,10119,23371,17770,22070,13195,38276
};
static const int16_t layer_6_probs_bias[10] = {
48,-1,15,51,-18,25,-63,-7,26,-31
};
static const uint16_t layer_6_probs_multipliers[1] = {
28607
};
static const uint8_t layer_6_probs_shifts[1] = {
35
};
static const packed_dense_layer layer_6_probs = {layer_6_probs_weights, 22, 10, 0, {NULL, NULL, layer_6_probs_shifts, 144, 0, 255, 0}, {layer_6_probs_bias, layer_6_probs_multipliers, 16, 4, -7, 1, 0}, 2, 2};

/* -------------------------------------------------------------------- model */

/* What follows the last row of pixels. */
static int finish_image(nano_int4_arena *arena, int8_t logits[NANO_INT4_CLASSES]);

void nano_int4_start(nano_int4_arena *arena) {
  start_stream(&layer_1_convolution_1_relu_stream, arena->words + 22);
}

EDGE_NARROW int nano_int4_push_row(nano_int4_arena *arena, const uint8_t row[NANO_INT4_COLUMNS],
                       int8_t logits[NANO_INT4_CLASSES]) {
  uint8_t *values = find_next_row(&layer_1_convolution_1_relu_stream, arena->words + 22);
  for (int i = 0; i < 28; i++) values[i] = row[i];
  run_stream(&layer_1_convolution_1_relu_stream, (uint8_t *)(arena->words + 0), arena->words + 22);
  if (!has_all_rows(&layer_1_convolution_1_relu_stream, arena->words + 22)) return -1;
  const int found = finish_image(arena, logits);
  nano_int4_start(arena);
  return found;
}

static EDGE_ALONE int finish_image(nano_int4_arena *arena, int8_t logits[NANO_INT4_CLASSES]) {
  run_mean(&layer_5_mean, 4, 22, 0, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 22));
  run_packed_dense(&layer_6_probs, (uint8_t *)(arena->words + 22), (uint8_t *)(arena->words + 0), arena->words + 0);
  const uint8_t *outputs = (uint8_t *)(arena->words + 0);
  for (int j = 0; j < NANO_INT4_CLASSES; j++) logits[j] = (int8_t)(outputs[j] - 128);
  return find_largest(logits, NANO_INT4_CLASSES);
}

int nano_int4_classify(const uint8_t pixels[NANO_INT4_PIXELS], int8_t logits[NANO_INT4_CLASSES],
                       nano_int4_arena *arena) {
  int found = -1;
  nano_int4_start(arena);
  for (int row = 0; row < NANO_INT4_ROWS; row++) {
    found = nano_int4_push_row(arena, pixels + row * NANO_INT4_COLUMNS, logits);
  }
  return found;
}

