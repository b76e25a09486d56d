/* mini_int4: a classifier of 28 x 28 images in C99, int4, made by edgemnist.
 *
 * made from  mini.keras, SHA-256 340e80884fd7953cc7ee08b629a4e9619c891f3a92a8ccff9c27db20aaf975fc
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * weights    packed in 5 layers, unpacked where they are used
 * rows       mini_int4_push_row takes the image a row at a time: it need not lie in RAM
 * flash      5,070 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        1,804 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 *
 * contract: {"input": {"dtype": "uint8", "name": "pixels", "range": [0.0, 255.0], "scale": null, "shape": [784], "zero_point": null}, "labels": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "output": {"dtype": "int8", "kind": "logits", "name": "logits", "scale": 0.21365229785442352, "zero_point": 17}, "precision": "int4", "rounding": "reference", "schema": 1, "source": {"name": "mini.keras", "sha256": "340e80884fd7953cc7ee08b629a4e9619c891f3a92a8ccff9c27db20aaf975fc"}}
 */
#include "mini_int4.h"

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

static const uint16_t layer_1_convolution_1_relu_weights[23] = {
26711,43539,30263,9381,35449,30358,31379,22349,30577,27011,34577,1659,17046,10149,14450,42280,43158,8997,25672,17050,
34322,34983,30464
};
static const int16_t layer_1_convolution_1_relu_bias[10] = {
-68,-14,-1977,-216,445,-42,-91,-88,-57,10
};
static const uint16_t layer_1_convolution_1_relu_multipliers[10] = {
47607,6554,59809,49020,1118,6554,9538,6047,26029,14226
};
static const uint8_t layer_1_convolution_1_relu_shifts[10] = {
35,34,36,34,34,34,34,34,34,34
};
static const filters layer_1_convolution_1_relu = {layer_1_convolution_1_relu_weights, {28, 28, 1, 3, 3, 1, 1, 0, 0, 26, 26, 10}, 0, {NULL, NULL, layer_1_convolution_1_relu_shifts, 0, 0, 255, 1}, {layer_1_convolution_1_relu_bias, layer_1_convolution_1_relu_multipliers, 16, 4, -6, 1, 1}, 1, 10};
static const geometry layer_1_convolution_1_relu_pool_1 = {26, 26, 10, 2, 2, 2, 2, 0, 0, 13, 13, 10};

static const uint16_t layer_2_convolution_2_relu_weights[180] = {
39274,39254,23253,30950,24985,54837,23895,38310,27029,25951,26410,20564,35088,21586,25610,21837,38554,34170,18849,
16601,26969,23457,37294,7017,54630,35066,43681,58840,43673,20461,39533,43438,39490,60821,39286,38550,42282,47557,
38888,19046,16710,38222,35396,58528,3104,44332,22962,38566,5550,50880,6548,58996,27353,46092,35418,34455,42649,26153,
16885,25643,31493,10928,4821,27050,41296,39460,2731,35410,55830,38245,32344,26214,5549,41053,61030,21856,55439,3464,
58010,43669,23117,20816,49194,18961,42149,9557,21924,27221,33534,27007,26202,21345,42295,19034,38485,38757,23850,
14985,46316,20255,38113,62894,32870,23106,24681,20634,2913,49526,10405,1604,59516,3274,35158,41386,58726,48750,6742,
25001,6664,56048,38317,2379,55364,60489,43412,6477,17040,1366,39686,41360,27526,9496,28758,42005,28005,38510,58981,
42359,5658,41430,6428,37750,42413,7269,34190,27229,57372,6480,42392,23040,26070,43401,19204,43146,22102,44476,39049,
36506,42394,38617,27214,26714,22150,55125,26736,20690,4696,9766,17065,39529,39137,43738,6805,54874,43362,61034,26217,
45158,22283,41620
};
static const int16_t layer_2_convolution_2_relu_bias[16] = {
-238,973,-737,485,-103,361,190,499,924,917,502,1207,78,409,434,-87
};
static const uint16_t layer_2_convolution_2_relu_multipliers[16] = {
3153,28581,7880,10227,64155,26946,47647,44588,15633,59316,30005,48715,15277,3331,14855,25311
};
static const uint8_t layer_2_convolution_2_relu_shifts[16] = {
34,35,35,34,35,35,35,35,35,35,35,35,35,34,34,35
};
static const filters layer_2_convolution_2_relu = {layer_2_convolution_2_relu_weights, {13, 13, 10, 3, 3, 1, 1, 0, 0, 11, 11, 16}, 0, {NULL, NULL, layer_2_convolution_2_relu_shifts, 0, 0, 255, 1}, {layer_2_convolution_2_relu_bias, layer_2_convolution_2_relu_multipliers, 4, 8, -3, 2, 1}, 10, 16};

static const uint16_t layer_3_convolution_3_relu_weights[504] = {
8790,38808,21783,43688,5659,43640,42614,20857,10853,39397,11094,39413,23865,26997,26917,10662,27812,8433,42421,29793,
35477,20900,29257,29352,42408,29090,22177,30112,41613,42909,41058,5506,26982,7076,46678,26588,9401,27522,33400,56838,
52772,55845,10938,44673,35476,42592,36420,38169,39495,43222,46725,25830,27265,35929,42330,42678,41113,31074,8427,
38473,41610,43690,21837,39514,23194,35085,37770,35306,38553,51353,23378,34204,42378,38310,43357,47202,7893,25785,
26214,23067,10309,26966,6849,10616,43285,27442,34894,44613,6978,28332,38244,21590,25761,26241,42066,23432,22165,1409,
27110,54664,23191,59849,7098,38294,42614,38038,24229,54512,25703,22170,22886,22185,54375,38490,10265,6209,38500,26709,
58725,24733,27956,43392,22182,45220,57558,57496,37464,60774,25253,47490,43189,30816,38726,38568,37581,54865,43452,
43394,20827,33389,37189,32874,58512,16642,22901,22880,17769,37924,16856,54294,55697,26001,35158,42329,34604,54366,
21975,5850,9558,9910,5697,14969,37541,25268,14487,42709,29858,46214,39602,26936,43650,21780,22101,25610,39078,28064,
35416,38293,19352,44633,58658,1065,55909,2066,38058,22947,36384,18757,35428,19031,34980,26739,23328,28233,59672,26198,
22685,43346,27229,46488,39510,45716,44937,25236,9838,37466,9877,25000,12613,22356,23072,2331,58656,6683,37921,8034,
38437,34126,38445,34373,19373,64025,21522,8798,22550,20904,23050,50872,21609,31318,27005,26279,27304,25255,21654,
44357,18722,22789,19050,35437,22165,64128,50785,38468,22057,38441,38566,57538,25026,53478,21829,50283,19348,42582,
51812,41512,34088,8564,38310,41376,43476,20820,21589,6425,21194,55621,22234,40214,2951,36429,18591,28099,31127,39065,
26199,23225,18778,34959,43362,17833,27414,6069,34449,5658,42517,14106,43306,14165,27306,39305,23161,17801,25750,5845,
18273,51210,2657,18776,21661,43728,17936,11814,22872,44704,28045,59797,23269,22917,26325,40324,34809,51303,39268,9746,
23144,27553,39572,27046,22533,5902,43030,9045,41984,8898,38441,17829,38488,39270,43093,42194,51029,22176,21776,25209,
37072,5841,53699,17120,36869,1685,21590,1861,27241,43802,10922,27301,22442,44518,21133,39735,43656,59769,23204,30053,
36865,16574,41986,16552,43010,21140,45290,42581,46232,64081,20841,63910,55363,38308,59652,38464,3922,43416,17494,
14611,17797,18065,6032,16980,34390,50342,33169,17574,16469,19802,33349,34410,24662,24153,9319,39238,41497,43803,24617,
43606,39016,43409,1448,27209,19128,55322,34232,33843,17690,51501,34065,21097,33792,4177,20758,26282,28758,42902,25734,
21834,8567,20857,5738,49577,10595,54713,6497,19813,35429,34086,6566,32865,28324,28052,40548,17737,35741,42250,35813,
43238,41670,38118,12487,17754,34789,5607,37590,18843,20902,35847,42629,6775,37264,26902,18960,27926,28999,37465,28774,
22825,26682,6683,24854,1366,10326,26965,10857,40265,25617,9479,9237,10629,7079,27032,26006,37974,26005,26281,28950,
26516,38169,22866,42314,26262,30107,60313,37466,33236,41119,49309,42135,51417,24906,601,20675,21001,8602,39575,25685,
6659,41577,43526,56188,38410,27065,47745,22954,41632,39321,20772
};
static const int16_t layer_3_convolution_3_relu_bias[28] = {
-265,337,-635,-956,-626,49,540,285,605,-95,767,675,-90,86,282,-102,125,789,1739,50,417,589,1018,-281,259,731,-113,430
};
static const uint16_t layer_3_convolution_3_relu_multipliers[28] = {
4741,3172,44926,9394,58344,55078,61000,1962,1057,35620,47041,60577,32541,62269,13624,65535,18582,3654,55806,45772,
5346,1357,56229,43175,52963,61305,25468,9758
};
static const uint8_t layer_3_convolution_3_relu_shifts[28] = {
34,34,35,34,35,35,35,34,34,34,35,35,34,35,34,35,34,34,35,35,34,34,35,35,35,35,34,34
};
static const filters layer_3_convolution_3_relu = {layer_3_convolution_3_relu_weights, {11, 11, 16, 3, 3, 1, 1, 0, 0, 9, 9, 28}, 0, {NULL, NULL, layer_3_convolution_3_relu_shifts, 0, 0, 255, 1}, {layer_3_convolution_3_relu_bias, layer_3_convolution_3_relu_multipliers, 4, 8, -3, 2, 1}, 16, 28};
static const geometry layer_3_convolution_3_relu_pool_2 = {9, 9, 28, 2, 2, 2, 2, 0, 0, 4, 4, 28};

static const uint16_t layer_4_convolution_4_relu_weights[1449] = {
18007,9890,5785,14863,55209,30634,38261,8134,39282,25944,26070,23194,42071,59990,25122,26214,23194,18659,25173,27529,
39333,56428,56953,39279,22521,27055,26094,27223,63800,36281,47785,718,3293,38651,16359,53672,55622,42554,60148,59530,
19354,24132,39242,39272,55478,22198,42677,9834,26218,42598,42602,57690,21829,19141,44520,26708,27221,58789,42410,
21872,38442,37370,48401,21880,27158,42324,32361,43625,27309,26966,10586,27173,26005,26973,46442,9956,11122,44310,
39781,42682,42665,27231,25018,42589,23740,10800,21575,30637,23646,13402,26222,42826,46509,28570,61290,39000,23268,
23526,42921,23906,43306,42341,47961,13934,28157,26182,29334,60357,17706,22039,27213,39306,25909,26222,18541,40940,
26971,22422,59683,43188,31249,41317,25517,14776,25074,35347,18689,21154,21145,11789,19016,59774,40566,27335,36511,
28541,18005,23125,42518,38554,21574,26984,22938,39511,29349,23909,44458,56671,38908,24234,39577,27302,30826,43106,
56617,20085,46684,25129,37050,42853,26209,26070,39575,6810,25703,42649,42347,21933,60008,18151,38489,9829,13735,38485,
43609,54965,23515,20835,39665,26473,38567,34073,63846,23201,30534,19181,34645,44991,20307,53761,11970,54847,39459,
26200,55766,48474,22098,19885,43709,40538,8860,22918,43933,24166,26298,16806,39561,21863,47786,42662,50868,42322,2835,
56470,42584,25946,22956,23186,25013,5978,64604,43162,30632,6774,39189,43173,10523,42489,33416,1326,2901,22698,42620,
17510,46714,21846,44759,43513,26246,27285,54873,21790,48788,14356,22228,27565,21949,22933,60571,7840,59531,21148,9573,
22905,61033,39526,31269,20954,22874,42410,5979,39326,22889,26198,42661,11686,23141,23057,39610,23253,29961,26021,
14889,5527,26977,27325,40602,6790,25015,26218,64603,19323,32621,24882,56096,6025,16409,12667,12651,2448,28064,47411,
26437,36925,29094,22118,10916,42421,22949,39289,43354,38311,26987,6802,47738,27030,11881,43419,42597,22043,25685,
42905,41299,1957,54694,3355,54901,1173,22374,11922,28121,38231,27242,29037,39662,21353,10066,10538,25800,27027,21082,
27236,38234,42386,43605,42081,58394,39892,11194,47909,22523,26983,44454,41431,19833,45740,25241,23142,22122,22185,
39322,22869,42405,43348,42361,33190,30120,10664,37285,21846,39338,7504,59950,35414,21625,43601,6566,39271,42835,38506,
10952,30119,39846,62906,55392,58047,41457,65190,61861,25998,59773,39285,26529,39270,54374,26355,9822,55008,43127,
21349,22182,39004,6489,22117,25946,22920,42587,43578,54853,30626,10395,44029,20075,36953,38250,24233,43203,40854,
63357,57707,39092,54106,59365,8808,42402,6505,47450,43429,57881,42406,30808,13498,23750,5813,38182,39337,44570,59562,
19109,26986,775,44389,27972,37317,27051,23849,64886,34356,59757,5352,14440,18625,22017,833,13724,41893,4371,18234,
40673,46710,24962,15040,39062,54550,33826,21673,38549,25134,21930,41351,53857,21857,24998,27177,37018,8597,58777,
22241,10850,59816,34459,38422,9914,54889,18859,22553,26265,26041,10580,22194,59996,5481,6229,25961,25174,21142,7061,
39318,43609,55843,42322,5781,40661,1518,31850,27241,35707,39100,7860,40458,39320,47150,13533,45980,18585,42581,20866,
25930,39080,21627,18026,35401,56465,14619,52132,59994,9556,22105,39598,46954,30357,23210,19146,43385,8098,34260,46373,
24853,46218,23958,6954,26997,27265,20751,24089,45429,26042,21721,53624,30121,47232,58773,13744,26152,17624,17744,
10868,43430,33937,10661,26954,22250,39190,8343,22869,39328,20487,58665,57040,26521,20954,19864,43433,43298,54121,5269,
41140,27238,26267,42663,54614,43434,24229,43689,27112,42474,33973,42346,27030,38737,22234,26286,26267,43610,24421,
39542,27541,38491,5458,19266,41082,45332,37551,8336,47780,5312,47745,49393,29160,23138,34890,16918,42603,26884,35346,
21787,32752,117,54233,42362,45733,42597,40537,23194,10889,55654,6754,43409,26066,43449,30315,27243,64219,26965,42601,
10837,38490,21157,22187,34122,25959,22166,54910,50513,26457,40330,48809,20922,5471,50622,29029,6018,55382,54469,18838,
43630,18154,39578,54887,44710,38490,24611,38549,31725,43285,37285,59750,43685,11986,46038,38613,46390,43505,10817,
32868,8890,41386,21648,43109,25778,57664,58045,23194,42407,26260,10837,39534,21610,27498,43500,23602,25958,48761,
26503,58795,43432,6819,38565,23253,44382,48033,27270,54942,41682,10369,45979,55381,49516,4517,23445,42384,22818,38201,
63845,37498,49831,55190,6514,26020,23269,35496,29989,31113,43614,56392,36759,22698,25492,38429,35044,26002,43304,
47445,58595,21052,23282,46197,49505,6216,64422,58774,43342,17657,41298,58110,26071,10140,27044,40342,42410,26969,
38813,52072,59818,5531,44393,22362,42649,58517,44309,43637,46565,19198,5344,28207,55638,30358,39318,31327,35447,39641,
60713,39623,27258,30061,40622,36138,22810,39913,47722,31394,7015,21925,58782,29878,41270,53913,36700,38270,1361,23450,
19610,14953,2454,55896,23725,31239,40040,25961,26580,59689,5481,21909,38649,23963,31053,61306,28187,30057,42346,59545,
17961,42662,38376,55688,40586,39597,48478,25493,43608,11341,21896,38554,20569,27281,27181,19120,12062,35191,32428,
46377,6465,27514,11153,15709,21911,28215,38393,23250,18075,9618,28183,59882,38294,34477,22254,58713,50022,38550,38544,
22085,27078,42619,63077,49848,43625,23465,9667,60689,21860,25678,23019,12625,54823,19996,39229,55658,29549,7885,43645,
44611,7515,38777,6549,43370,26469,28057,42217,42663,23198,58728,26709,10977,46122,10985,41641,39253,43641,43161,28233,
30373,30825,36142,51898,27083,22345,22182,30122,43345,20292,61950,43498,37274,27294,48173,27098,24993,26890,22872,
42474,42136,59985,54312,27221,27566,42682,55014,10570,30118,25922,62585,3253,47661,1417,9803,27613,31835,47019,17820,
55725,6962,26405,3780,23573,17686,38249,23145,39594,39528,23206,27045,54888,26707,41233,5511,20901,40283,38573,26262,
43610,54938,26722,64857,25666,34396,36168,40533,42351,26202,39065,5433,7014,43138,36106,31245,33112,38555,11817,38489,
41130,41639,42385,47528,39705,21930,22872,38233,55894,43709,30340,44357,26270,44330,5486,30232,20073,32105,53926,
38570,43412,26071,48193,43374,31090,54681,17108,27049,5954,42630,37820,27141,38550,43410,44603,22225,61899,17042,
43589,30118,41874,32637,2477,38842,4458,43594,17639,59264,54230,30377,27222,31401,22905,27286,47720,60758,46770,13998,
19945,23898,22714,10901,43895,23126,35691,28968,45918,30199,25938,53994,28076,38758,24578,30361,55693,10664,22649,
39576,44216,41363,48232,42581,27989,17433,43098,42330,23174,6628,2741,19821,38513,24742,26149,25897,57625,27044,22165,
27538,43865,34910,39272,25192,39086,13344,27315,21636,41989,20567,25250,26129,35432,22545,14714,21930,44457,39449,
30354,27501,59814,20088,54271,42454,27238,43429,40602,26969,21925,38485,22125,43496,14474,42615,23079,38490,26282,
57321,23259,2626,43627,21782,65099,1583,32605,21204,35517,18597,38884,22169,43657,44458,39078,35576,32889,42740,30374,
47397,43478,41558,32121,27529,22870,25975,19561,59752,41597,25846,9837,21878,43112,37478,22850,9506,16929,2696,18529,
46682,21902,62569,38506,23032,21689,47830,5933,46758,42345,58903,34645,19031,60685,9880,27237,26282,27877,25998,41493,
43629,38682,46831,39919,19303,26198,59003,39517,59766,23922,43887,40123,43925,28281,35538,25961,39546,14446,58975,
26101,60022,43465,22161,37278,22052,43429,22946,10854,28025,42369,42346,9818,38211,675,50155,27061,24963,41959,26222,
45492,49753,55255,28017,20619,39560,47069,26137,22217,22966,52578,3945,56804,31198,37554,39829,38501,63658,30377,
22871,21844,31158,41830,39551,23652,13866,20966,27244,27173,9750,42586,27001,43346,25099,44376,8873,31671,21865,35430,
28461,42938,27049,43529,38842,10412,63994,10538,37733,28505,60073,9755,40602,31198,1957,31334,38066,48556,42335,26292,
31162,22614,28241,29879,28182,26034,39204,50025,6804,43555,24961,47449,37981,5670,6841,40596,55798,5463,23145,26965,
13900,20517,5466,25116,24149,43677,23254,59781,18007,5499,25204,10916,59541,43946,43430,58873,42122,40597,53865,9802,
20582,9810,25965,23193,23141,21845,30330,54604,5545,22569,33300,38482,54895,31381,6534,59046,26983,21881,21398,35241,
23241,48312,32476,28518,60012,39597,22813,23197,27817,43268,9146,39302,6278,13834,21673,50536,16682,18277,42944,22594,
9733,40338,34219,51027,5994,26070,43714,22166,10848,33465,33365,24229,56005,21963,38743,8734,38501,22442,39458,5413,
58626,21669,22104,37537,42402,34086,39061,41384,34178,10836,20325,36269,39201,10466,26898,10585,26920,24937,8597,
41365,5026,29725,22948,41325,44186,14356,38503,23188,27241,29269,10083,37234,23162,34849,30438,5719,25984,22581,43573,
10585,21642,46248,9766,38293,8035,38730,23126,55385,27299,22101,26216,38633,47545,17553,26478,35476,37978,17239,6807,
26213,2438,22109,35708,42084,259,44377,50853,37925,50449,7066,43670,38213,42343,15028,37105,21194,64411,38585,9928,
22869,54874,42564,22889,43234,19074,41366,20978,31401,60014,34440,26002,21589,28438,43173,16977,1839,3032
};
static const int16_t layer_4_convolution_4_relu_bias[46] = {
-1188,-1190,-771,-215,-1000,-532,-744,-233,-1383,139,-419,-797,-809,-319,1282,-8,465,1396,65,50,-1060,-306,708,-370,
-1089,-373,-715,-1518,-479,204,-72,-362,-877,1751,-1145,465,-1783,-828,-655,-1020,284,180,1559,1541,1163,479
};
static const uint16_t layer_4_convolution_4_relu_multipliers[46] = {
16706,8443,14617,15646,27875,30781,15041,4477,36774,9441,8443,54634,14648,21246,7171,25605,12952,14193,36593,19369,
27482,15434,9017,15858,15041,27482,17523,361,330,2176,17947,8443,23304,16070,20036,118,21246,30600,17554,15677,12771,
61263,16918,9229,4689,13619
};
static const uint8_t layer_4_convolution_4_relu_shifts[46] = {
35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,35,
35,35,36,35,35,35,35
};
static const filters layer_4_convolution_4_relu = {layer_4_convolution_4_relu_weights, {4, 4, 28, 3, 3, 1, 1, 0, 0, 2, 2, 46}, 0, {NULL, NULL, layer_4_convolution_4_relu_shifts, 0, 0, 255, 1}, {layer_4_convolution_4_relu_bias, layer_4_convolution_4_relu_multipliers, 4, 8, -3, 2, 1}, 28, 46};

static const stage layer_1_convolution_1_relu_stream_stages[5] = {
  {279, 28, 3, 28, 3, 1, 0, 2, 13},
  {363, 130, 3, 13, 3, 1, 0, 1, 11},
  {753, 176, 3, 11, 3, 1, 0, 2, 4},
  {1281, 112, 3, 4, 3, 1, 0, 1, 2},
  {0, 92, 2, 2, 0, 0, 0, 0, 0}
};
static const stream layer_1_convolution_1_relu_stream = {layer_1_convolution_1_relu_stream_stages, 4, 264};

static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output) {
  if (number == 0) run_packed_conv_row(&layer_1_convolution_1_relu, &layer_1_convolution_1_relu_pool_1, input, rows, output);
  if (number == 1) run_packed_conv_row(&layer_2_convolution_2_relu, NULL, input, rows, output);
  if (number == 2) run_packed_conv_row(&layer_3_convolution_3_relu, &layer_3_convolution_3_relu_pool_2, input, rows, output);
  if (number == 3) run_packed_conv_row(&layer_4_convolution_4_relu, NULL, input, rows, output);
}

static const int32_t layer_5_mean_multipliers[1] = {
1894636316
};
static const uint8_t layer_5_mean_shifts[1] = {
32
};
static const quantizer layer_5_mean = {0, layer_5_mean_multipliers, layer_5_mean_shifts, 0, 0, 255, 1};

static const uint16_t layer_6_probs_weights[115] = {
9141,18596,38019,27173,14442,41844,34192,42004,39539,27301,17563,13382,39059,23097,42053,39321,25672,13473,33909,
37000,30523,22116,46423,34453,41586,14184,34580,43524,13990,14985,14154,47193,21813,29832,38922,23380,18341,18580,
42935,29510,42084,13963,18569,17571,22568,10068,41594,22916,22187,21381,10315,29802,14664,12968,42581,18326,21899,
33380,8794,38820,29881,22597,38289,22823,45924,24932,43636,23188,42582,25482,13702,18786,42842,34673,18026,38326,
21560,31050,37959,26886,17092,34407,34699,5254,30615,13881,14738,42406,17801,23156,19577,14919,21539,26762,10553,
42552,10824,39064,25250,18824,17701,30626,27542,42339,38214,22711,18201,25755,18501,21942,22948,26019,30118,30522,
17446
};
static const int16_t layer_6_probs_bias[10] = {
50,32,13,31,-8,17,-46,10,21,-64
};
static const uint16_t layer_6_probs_multipliers[1] = {
49567
};
static const uint8_t layer_6_probs_shifts[1] = {
36
};
static const packed_dense_layer layer_6_probs = {layer_6_probs_weights, 46, 10, 0, {NULL, NULL, layer_6_probs_shifts, 145, 0, 255, 0}, {layer_6_probs_bias, layer_6_probs_multipliers, 16, 4, -7, 1, 0}, 2, 2};

/* -------------------------------------------------------------------- model */

/* What follows the last row of pixels. */
static int finish_image(mini_int4_arena *arena, int8_t logits[MINI_INT4_CLASSES]);

void mini_int4_start(mini_int4_arena *arena) {
  start_stream(&layer_1_convolution_1_relu_stream, arena->words + 46);
}

EDGE_NARROW int mini_int4_push_row(mini_int4_arena *arena, const uint8_t row[MINI_INT4_COLUMNS],
                       int8_t logits[MINI_INT4_CLASSES]) {
  uint8_t *values = find_next_row(&layer_1_convolution_1_relu_stream, arena->words + 46);
  for (int i = 0; i < 28; i++) values[i] = row[i];
  run_stream(&layer_1_convolution_1_relu_stream, (uint8_t *)(arena->words + 0), arena->words + 46);
  if (!has_all_rows(&layer_1_convolution_1_relu_stream, arena->words + 46)) return -1;
  const int found = finish_image(arena, logits);
  mini_int4_start(arena);
  return found;
}

static EDGE_ALONE int finish_image(mini_int4_arena *arena, int8_t logits[MINI_INT4_CLASSES]) {
  run_mean(&layer_5_mean, 4, 46, 0, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 46));
  run_packed_dense(&layer_6_probs, (uint8_t *)(arena->words + 46), (uint8_t *)(arena->words + 0), arena->words + 0);
  const uint8_t *outputs = (uint8_t *)(arena->words + 0);
  for (int j = 0; j < MINI_INT4_CLASSES; j++) logits[j] = (int8_t)(outputs[j] - 128);
  return find_largest(logits, MINI_INT4_CLASSES);
}

int mini_int4_classify(const uint8_t pixels[MINI_INT4_PIXELS], int8_t logits[MINI_INT4_CLASSES],
                       mini_int4_arena *arena) {
  int found = -1;
  mini_int4_start(arena);
  for (int row = 0; row < MINI_INT4_ROWS; row++) {
    found = mini_int4_push_row(arena, pixels + row * MINI_INT4_COLUMNS, logits);
  }
  return found;
}

