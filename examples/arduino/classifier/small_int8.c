/* small_int8: a classifier of 28 x 28 images in C99, int8, made by edgemnist.
 *
 * made from  small.keras, SHA-256 a328a132d1596011ffb9d4abe2cf8c346341f0d8a579697b74cfcd56650a11e5
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * flash      16,506 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        3,272 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 *
 * contract: {"input": {"dtype": "uint8", "name": "pixels", "range": [0.0, 255.0], "scale": null, "shape": [784], "zero_point": null}, "labels": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "output": {"dtype": "int8", "kind": "logits", "name": "logits", "scale": 0.2178589105606079, "zero_point": -1}, "precision": "int8", "rounding": "reference", "schema": 1, "source": {"name": "small.keras", "sha256": "a328a132d1596011ffb9d4abe2cf8c346341f0d8a579697b74cfcd56650a11e5"}}
 */
#include "small_int8.h"

/* The word by which C++ compilers know C's restrict. */
#if defined(__GNUC__) || defined(_MSC_VER)
#define EDGE_RESTRICT __restrict
#else
#define EDGE_RESTRICT
#endif

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

#if defined(EDGE_MVE)
/* Four values clamped, of high words and of how far these are shifted to the left: less than 0. */
static inline void store_clamped(const quantizer *q, int32x4_t high, int32x4_t left, uint8_t *output) {
  const int32x4_t values = vaddq_n_s32(vrshlq_s32(high, left), q->zero);
  const int32x4_t clamped = vminq_s32(vmaxq_s32(values, vdupq_n_s32(q->low)), vdupq_n_s32(q->high));
  vstrbq_s32((int8_t *)output, clamped);
}

/* Shifts above 32, four outputs at a time. Returns how many are done. */
static inline int quantize_vectors(const quantizer *q, const int32_t *sums, uint8_t *output, int count) {
  const int32x4_t bits = vdupq_n_s32(q->twice ? 31 : 32);
  const int below = q->low < q->zero; /* or else a negative value is clamped, however it is rounded */
  int j = 0;
  for (; q->twice && j + 4 <= count; j += 4) {
    const int32x4_t high = vqrdmulhq_s32(vldrwq_s32(sums + j), vldrwq_s32(q->multipliers + j));
    const int32x4_t left = vsubq_s32(bits, vreinterpretq_s32_u32(vldrbq_u32(q->shifts + j)));
    store_clamped(q, below ? vaddq_s32(high, vshrq_n_s32(high, 31)) : high, left, output + j);
  }
  for (; j + 4 <= count; j += 4) {
    const int32x4_t four = vldrwq_s32(sums + j), multipliers = vldrwq_s32(q->multipliers + j);
    const int32x4_t high = vmulhq_s32(four, multipliers);
    const int32x4_t left = vsubq_s32(bits, vreinterpretq_s32_u32(vldrbq_u32(q->shifts + j)));
    const mve_pred16_t whole = below ? vcmpeqq_n_s32(vmulq_s32(four, multipliers), 0) : 0;
    store_clamped(q, vsubq_m_n_s32(high, high, 1, vcmpltq_m_n_s32(four, 0, whole)), left, output + j);
  }
  return j;
}
#endif

#if defined(__SSE2__)
/* Eight values as bytes, clamped without a branch: which values fall below the lowest can't be foreseen. */
static inline __m128i clamp_eight(__m128i first, __m128i second, __m128i low, __m128i high) {
  const __m128i words = _mm_packs_epi32(first, second), bytes = _mm_packus_epi16(words, words);
  return _mm_min_epu8(_mm_max_epu8(bytes, low), high);
}
#endif

#if defined(EDGE_AVX2)
/* What eight outputs are rescaled by, of shifts above 32. Products are of the even outputs, then of the odd. */
typedef struct {
  __m256i even, odd;   /* multipliers */
  __m256i nudge;       /* what is added to a product that is rounded twice */
  __m256i half, right; /* of the high word: what is added, and the shift */
  __m256i zero;
  __m128i low, high;
  __m256i lower;       /* what a negative product is lessened by, so that its half is rounded down */
  int below;           /* 1 if a negative one is not clamped anyway */
} eight_scales;

static inline eight_scales prepare_eight(const quantizer *q, const int32_t *multipliers, const uint8_t *shifts) {
  const __m256i factors = _mm256_loadu_si256((const __m256i *)multipliers), one = _mm256_set1_epi32(1);
  const __m256i bits = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)shifts));
  eight_scales s;
  s.even = factors;
  s.odd = _mm256_srli_epi64(factors, 32);
  s.nudge = _mm256_set1_epi64x(q->twice ? (int64_t)1 << 30 : 0);
  s.right = _mm256_sub_epi32(bits, _mm256_set1_epi32(32));
  s.half = _mm256_sllv_epi32(one, _mm256_sub_epi32(s.right, one));
  s.zero = _mm256_set1_epi32(q->zero);
  s.low = _mm_set1_epi8((char)q->low);
  s.high = _mm_set1_epi8((char)q->high);
  s.lower = _mm256_set1_epi64x(q->twice ? (int64_t)1 << 31 : 1);
  s.below = q->low < q->zero;
  return s;
}

static inline __m256i lower_negative(__m256i product, __m256i by) {
  const __m256i negative = _mm256_cmpgt_epi64(_mm256_setzero_si256(), product);
  return _mm256_sub_epi64(product, _mm256_and_si256(negative, by));
}

/* The bytes of eight sums, in the lower half. */
static inline __m128i rescale_eight(const eight_scales *s, eight_sums sums) {
  __m256i even = _mm256_add_epi64(_mm256_mul_epi32(sums, s->even), s->nudge);
  __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(sums, 32), s->odd), s->nudge);
  if (s->below) even = lower_negative(even, s->lower), odd = lower_negative(odd, s->lower);
  const __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  const __m256i steps = _mm256_srav_epi32(_mm256_add_epi32(high, s->half), s->right);
  const __m256i values = _mm256_add_epi32(steps, s->zero);
  return clamp_eight(_mm256_castsi256_si128(values), _mm256_extracti128_si256(values, 1), s->low, s->high);
}
#elif defined(__SSE2__)
/* What eight outputs are rescaled by, of shifts above 32, four and four. */
typedef struct {
  __m128i multipliers[2], odd[2]; /* and those of the odd outputs, each in the place of the even one before it */
  __m128i half[2], right[8];      /* of the high word: what is added, and each output's shift */
  __m128i nudge, lower;           /* as above */
  __m128i zero, low, high;
  int below;
} eight_scales;

static inline eight_scales prepare_eight(const quantizer *q, const int32_t *multipliers, const uint8_t *shifts) {
  eight_scales s;
  int32_t halves[8];
  for (int i = 0; i < 8; i++) {
    halves[i] = (int32_t)1 << (shifts[i] - 33);
    s.right[i] = _mm_cvtsi32_si128(shifts[i] - 32);
  }
  for (int i = 0; i < 2; i++) {
    s.multipliers[i] = _mm_loadu_si128((const __m128i *)multipliers + i);
    s.odd[i] = _mm_srli_epi64(s.multipliers[i], 32);
    s.half[i] = _mm_loadu_si128((const __m128i *)halves + i);
  }
  s.nudge = q->twice ? _mm_set_epi32(0, 1 << 30, 0, 1 << 30) : _mm_setzero_si128();
  s.lower = q->twice ? _mm_set_epi32(0, INT32_MIN, 0, INT32_MIN) : _mm_set_epi32(0, 1, 0, 1);
  s.zero = _mm_set1_epi32(q->zero);
  s.low = _mm_set1_epi8((char)q->low);
  s.high = _mm_set1_epi8((char)q->high);
  s.below = q->low < q->zero;
  return s;
}

/* The first of a, the second of b, the third of c, and the fourth of d. */
static inline __m128i take_one_each(__m128i a, __m128i b, __m128i c, __m128i d) {
  const __m128 first = _mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), _MM_SHUFFLE(1, 1, 0, 0));
  const __m128 second = _mm_shuffle_ps(_mm_castsi128_ps(c), _mm_castsi128_ps(d), _MM_SHUFFLE(3, 3, 2, 2));
  return _mm_castps_si128(_mm_shuffle_ps(first, second, _MM_SHUFFLE(2, 0, 2, 0)));
}

/* Products are of numbers without a sign: what is negative has a multiplier too much in the high word. */
static inline __m128i rescale_four(const eight_scales *s, __m128i sums, int four) {
  const __m128i negative = _mm_srai_epi32(sums, 31), *right = s->right + 4 * four;
  __m128i even = _mm_add_epi64(_mm_mul_epu32(sums, s->multipliers[four]), s->nudge);
  __m128i odd = _mm_add_epi64(_mm_mul_epu32(_mm_srli_epi64(sums, 32), s->odd[four]), s->nudge);
  if (s->below) {
    even = _mm_sub_epi64(even, _mm_and_si128(_mm_shuffle_epi32(negative, _MM_SHUFFLE(2, 2, 0, 0)), s->lower));
    odd = _mm_sub_epi64(odd, _mm_and_si128(_mm_shuffle_epi32(negative, _MM_SHUFFLE(3, 3, 1, 1)), s->lower));
  }
  const __m128i words = _mm_or_si128(_mm_srli_epi64(even, 32), _mm_and_si128(odd, _mm_set_epi32(-1, 0, -1, 0)));
  const __m128i high = _mm_sub_epi32(words, _mm_and_si128(negative, s->multipliers[four]));
  const __m128i sum = _mm_add_epi32(high, s->half[four]);
  const __m128i steps = take_one_each(_mm_sra_epi32(sum, right[0]), _mm_sra_epi32(sum, right[1]),
                                      _mm_sra_epi32(sum, right[2]), _mm_sra_epi32(sum, right[3]));
  return _mm_add_epi32(steps, s->zero);
}

/* The bytes of eight sums, in the lower half. */
static inline __m128i rescale_eight(const eight_scales *s, eight_sums sums) {
  return clamp_eight(rescale_four(s, sums.low, 0), rescale_four(s, sums.high, 1), s->low, s->high);
}
#endif

#if defined(__SSE2__)
/* Eight outputs, of shifts above 32. */
static inline void quantize_eight(const quantizer *q, const int32_t *sums, uint8_t *output, int j) {
  const eight_scales scales = prepare_eight(q, q->multipliers + j, q->shifts + j);
  _mm_storel_epi64((__m128i *)(output + j), rescale_eight(&scales, load_sums(sums + j)));
}
#endif

static inline int are_shifts_high(const quantizer *q, int count) {
  int high = 1;
  for (int j = 0; j < count; j++) {
    high &= q->shifts[j] > 32;
  }
  return high;
}

/* The bytes may lie at the start of the sums' own memory: each is written after its sum is read.
 * `high` says if all shifts are above 32. */
static void quantize_all(const quantizer *layer, int high, const int32_t *sums, uint8_t *output, int count) {
  const quantizer q = *layer; /* a copy that no output can lie upon, so that it stays in registers */
  int j = 0;
#if defined(EDGE_MVE)
  j = high ? quantize_vectors(&q, sums, output, count) : 0;
#elif defined(__SSE2__)
  for (; high && j + 8 <= count; j += 8) {
    quantize_eight(&q, sums, output, j);
  }
#endif
#if !defined(EDGE_PAIRS)
  const int32_t least = q.low >= q.zero ? 1 : INT32_MIN; /* less is clamped, whatever the multiplier is */
  for (; high && j < count; j++) {
    output[j] = sums[j] < least ? q.low : clamp(&q, rescale_high(&q, sums[j], j));
  }
#else
  for (; high && j < count; j++) {
    output[j] = clamp(&q, rescale_high(&q, sums[j], j));
  }
#endif
  for (; j < count; j++) {
    output[j] = quantize(&q, sums[j], j);
  }
}

/* Weights lie input by input, a column of all outputs each, so that an input that is 0 is skipped whole.
 * Most are: the paper of a digit, and half of what ReLU lets through. The others' columns are collected,
 * and added to the sums some at a time: four on a microcontroller, as many as its registers can hold. */
#if defined(__SSE2__)
#define EDGE_COLUMNS 64
#else
#define EDGE_COLUMNS 4
#endif

typedef struct {
  const int8_t *columns[EDGE_COLUMNS];
  union {
    int16_t one[EDGE_COLUMNS];
    int32_t two[EDGE_COLUMNS / 2]; /* the same, in pairs */
  } values;
  int count;
} column_batch;

#if defined(__SSE2__)
/* Eight sums += columns[0] * values[0] + columns[1] * values[1] + ..., from output j on.
 * One instruction multiplies int16 values, exactly, and adds them up in pairs: of two columns each. */
static void add_eight(int32_t *sums, const column_batch *some, int j) {
  __m128i low = _mm_setzero_si128(), high = low;
  for (int k = 0; k < some->count; k += 2) {
    const __m128i a = widen_signed(some->columns[k] + j), b = widen_signed(some->columns[k + 1] + j);
    const __m128i values = _mm_set1_epi32(some->values.two[k / 2]);
    low = _mm_add_epi32(low, _mm_madd_epi16(_mm_unpacklo_epi16(a, b), values));
    high = _mm_add_epi32(high, _mm_madd_epi16(_mm_unpackhi_epi16(a, b), values));
  }
  add_quarter(sums + j, low);
  add_quarter(sums + j + 4, high);
}
#endif

#if defined(EDGE_AVX2)
/* The same in wider vectors, for 16 or 32 sums. */
#if defined(__AVX512BW__)
#define EDGE_WIDE 32
#define EDGE_VECTOR(name) _mm512_##name
#define EDGE_BITS(name) _mm512_##name##_si512
typedef __m512i wide;
static wide widen_wide(const int8_t *bytes) { return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)bytes)); }
#else
#define EDGE_WIDE 16
#define EDGE_VECTOR(name) _mm256_##name
#define EDGE_BITS(name) _mm256_##name##_si256
typedef __m256i wide;
static wide widen_wide(const int8_t *bytes) { return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)bytes)); }
#endif

static void add_wide(int32_t *sums, const column_batch *some, int j) {
  wide low = EDGE_BITS(setzero)(), high = low;
  for (int k = 0; k < some->count; k += 2) {
    const wide a = widen_wide(some->columns[k] + j), b = widen_wide(some->columns[k + 1] + j);
    const wide values = EDGE_VECTOR(set1_epi32)(some->values.two[k / 2]);
    low = EDGE_VECTOR(add_epi32)(low, EDGE_VECTOR(madd_epi16)(EDGE_VECTOR(unpacklo_epi16)(a, b), values));
    high = EDGE_VECTOR(add_epi32)(high, EDGE_VECTOR(madd_epi16)(EDGE_VECTOR(unpackhi_epi16)(a, b), values));
  }
  __m128i lows[EDGE_WIDE / 8], highs[EDGE_WIDE / 8];
  EDGE_BITS(storeu)((wide *)lows, low);
  EDGE_BITS(storeu)((wide *)highs, high);
  for (int i = 0; i < EDGE_WIDE / 8; i++) { /* unpacking goes by eight outputs, whatever the vector's width */
    add_quarter(sums + j + 8 * i, lows[i]);
    add_quarter(sums + j + 8 * i + 4, highs[i]);
  }
}
#endif

/* sums[j] += four[0][j] * values[0] + ... + four[3][j] * values[3], from output j on */
static void add_four(int32_t *EDGE_RESTRICT sums, const int8_t *const *columns, const int16_t *values, int j,
                     int count) {
  const int8_t *EDGE_RESTRICT a = columns[0], *EDGE_RESTRICT b = columns[1];
  const int8_t *EDGE_RESTRICT c = columns[2], *EDGE_RESTRICT d = columns[3];
  const int32_t w = values[0], x = values[1], y = values[2], z = values[3];
#if defined(EDGE_MVE)
  for (; j + 4 <= count; j += 4) {
    int32x4_t sum = vldrwq_s32(sums + j);
    sum = vmlaq_n_s32(sum, vldrbq_s32(a + j), w);
    sum = vmlaq_n_s32(sum, vldrbq_s32(b + j), x);
    sum = vmlaq_n_s32(sum, vldrbq_s32(c + j), y);
    sum = vmlaq_n_s32(sum, vldrbq_s32(d + j), z);
    vstrwq_s32(sums + j, sum);
  }
#endif
  for (; j < count; j++) {
    sums[j] += a[j] * w + b[j] * x + c[j] * y + d[j] * z;
  }
}

static void add_columns(int32_t *sums, const column_batch *some, int count) {
  int j = 0;
#if defined(EDGE_AVX2)
  for (; j + EDGE_WIDE <= count; j += EDGE_WIDE) {
    add_wide(sums, some, j);
  }
#endif
#if defined(__SSE2__)
  for (; j + 8 <= count; j += 8) {
    add_eight(sums, some, j);
  }
#endif
  if (j == count) return;
  for (int k = 0; k < some->count; k += 4) {
    add_four(sums, some->columns + k, some->values.one + k, j, count);
  }
}

static void push_column(column_batch *some, const int8_t *column, int32_t value, int32_t *sums, int count) {
  some->columns[some->count] = column;
  some->values.one[some->count] = (int16_t)value;
  some->count += value != 0;
  if (some->count == EDGE_COLUMNS) {
    add_columns(sums, some, count);
    some->count = 0;
  }
}

static void flush_columns(column_batch *some, int32_t *sums, int count) {
  if (some->count == 0) return;
  while (some->count % 4 != 0) {
    some->columns[some->count] = some->columns[0];
    some->values.one[some->count++] = 0;
  }
  add_columns(sums, some, count);
  some->count = 0;
}

/* Weights lie output by output, a row for all values each. The bytes are multiplied as they are; what their zero
 * takes away is the same at all positions, and part of what each sum starts with. Vectors of MVE multiply int8 by
 * int8: the bytes less 128. */
#if defined(EDGE_MVE)
#define EDGE_OFFSET 128
#else
#define EDGE_OFFSET 0
#endif

static inline int32_t add_row(const int8_t *row, int count) {
  int32_t sum = 0;
  int i = 0;
#if defined(EDGE_MVE)
  for (; i < count; i += 16) {
    const mve_pred16_t some = vctp8q((uint32_t)(count - i));
    sum = vaddvaq_p_s8(sum, vldrbq_z_s8(row + i, some), some);
  }
#elif defined(EDGE_PAIRS)
  for (; i + 4 <= count; i += 4) {
    sum = add_four_products(sum, row + i, 0x00010001, 0x00010001);
  }
#endif
  for (; i < count; i++) {
    sum += row[i];
  }
  return sum;
}

/* starts[j] = bias[j] - (zero - offset) * the sum of row j */
static void start_rows(const quantizer *q, const int8_t *rows, uint8_t zero, int count, int32_t *starts, int outputs) {
  const int32_t value = zero - EDGE_OFFSET;
  for (int j = 0; j < outputs; j++) {
    starts[j] = q->bias[j] - (value == 0 ? 0 : value * add_row(rows + j * count, count));
  }
}

#if defined(__SSE2__)
/* The sums of four vectors of four. */
static inline __m128i add_across(__m128i a, __m128i b, __m128i c, __m128i d) {
  const __m128i one = _mm_add_epi32(_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
  const __m128i two = _mm_add_epi32(_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
  return _mm_add_epi32(_mm_unpacklo_epi64(one, two), _mm_unpackhi_epi64(one, two));
}

static inline __m128i add_eight_products(__m128i sum, const int8_t *row, __m128i values) {
  return _mm_add_epi32(sum, _mm_madd_epi16(widen_signed(row), values));
}
#endif

#if defined(EDGE_AVX2)
static inline __m256i add_sixteen_products(__m256i sum, const int8_t *row, __m256i values) {
  const __m256i weights = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)row));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(weights, values));
}

static inline __m128i add_halves(__m256i sums) {
  return _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
}
#endif

#if defined(__SSE2__)
/* The sums of four rows of at least eight weights. What is left at the end is taken with some that are done,
 * times 0. */
static inline __m128i multiply_vectors(const int8_t *a, const uint8_t *values, int count) {
  static const uint8_t last[16] = {0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255};
  const int8_t *b = a + count, *c = b + count, *d = c + count;
  __m128i w = _mm_setzero_si128(), x = w, y = w, z = w;
  int i = 0;
#if defined(EDGE_AVX2)
  if (count >= 16) {
    __m256i one = _mm256_setzero_si256(), two = one, three = one, four = one;
    for (; i + 16 <= count; i += 16) {
      const __m256i some = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(values + i)));
      one = add_sixteen_products(one, a + i, some);
      two = add_sixteen_products(two, b + i, some);
      three = add_sixteen_products(three, c + i, some);
      four = add_sixteen_products(four, d + i, some);
    }
    w = add_halves(one), x = add_halves(two), y = add_halves(three), z = add_halves(four);
  }
#endif
  for (; i < count; i += 8) {
    const int rest = count - i;
    if (rest < 8) i = count - 8; /* nothing is read beyond the end */
    __m128i some = widen(values + i);
    if (rest < 8) some = _mm_and_si128(some, _mm_cmpgt_epi16(widen(last + rest), _mm_setzero_si128()));
    w = add_eight_products(w, a + i, some);
    x = add_eight_products(x, b + i, some);
    y = add_eight_products(y, c + i, some);
    z = add_eight_products(z, d + i, some);
  }
  return add_across(w, x, y, z);
}
#endif

/* Four sums = starts + rows * values. */
EDGE_IN_ORDER static void multiply_four(const int8_t *a, const uint8_t *values, int count,
                                               const int32_t *starts, int32_t *sums) {
  const int8_t *b = a + count, *c = b + count, *d = c + count;
  int i = 0;
#if defined(__SSE2__)
  if (count >= 8) {
    const __m128i start = _mm_loadu_si128((const __m128i *)starts);
    _mm_storeu_si128((__m128i *)sums, _mm_add_epi32(start, multiply_vectors(a, values, count)));
    return;
  }
#endif
  int32_t w = starts[0], x = starts[1], y = starts[2], z = starts[3];
#if defined(EDGE_MVE)
  const uint8x16_t offset = vdupq_n_u8(EDGE_OFFSET);
  for (; i + 16 <= count; i += 16) {
    const int8x16_t bytes = vreinterpretq_s8_u8(veorq_u8(vldrbq_u8(values + i), offset));
    w = vmladavaq_s8(w, vldrbq_s8(a + i), bytes);
    x = vmladavaq_s8(x, vldrbq_s8(b + i), bytes);
    y = vmladavaq_s8(y, vldrbq_s8(c + i), bytes);
    z = vmladavaq_s8(z, vldrbq_s8(d + i), bytes);
  }
  if (i < count) {
    const mve_pred16_t some = vctp8q((uint32_t)(count - i));
    const int8x16_t bytes = vreinterpretq_s8_u8(veorq_u8(vldrbq_z_u8(values + i, some), offset));
    w = vmladavaq_s8(w, vldrbq_z_s8(a + i, some), bytes);
    x = vmladavaq_s8(x, vldrbq_z_s8(b + i, some), bytes);
    y = vmladavaq_s8(y, vldrbq_z_s8(c + i, some), bytes);
    z = vmladavaq_s8(z, vldrbq_z_s8(d + i, some), bytes);
    i = count;
  }
#elif defined(EDGE_PAIRS)
  for (; i + 4 <= count; i += 4) {
    const uint32_t word = load_four(values + i), even = split_even(word), odd = split_odd(word);
    w = add_four_products(w, a + i, even, odd);
    x = add_four_products(x, a + i + count, even, odd);
    y = add_four_products(y, a + i + 2 * count, even, odd);
    z = add_four_products(z, a + i + 3 * count, even, odd);
  }
#elif !defined(EDGE_HALVES)
  for (; i + 4 <= count; i += 4) {
    for (int k = i; k < i + 4; k++) {
      const int32_t value = values[k];
      w += a[k] * value;
      x += b[k] * value;
      y += c[k] * value;
      z += d[k] * value;
    }
  }
#endif
  for (; i < count; i++) {
    const int32_t value = values[i];
    w += a[i] * value;
    x += b[i] * value;
    y += c[i] * value;
    z += d[i] * value;
  }
  sums[0] = w;
  sums[1] = x;
  sums[2] = y;
  sums[3] = z;
}

#if defined(EDGE_MVE)
/* Rows of at most 16 weights, one after the other: the values stay in a register. */
static inline void multiply_short_rows(const int8_t *row, const uint8_t *values, int count, const int32_t *starts,
                                       int32_t *sums, int outputs) {
  const mve_pred16_t some = vctp8q((uint32_t)count);
  const uint8x16_t bytes = veorq_u8(vldrbq_z_u8(values, some), vdupq_n_u8(EDGE_OFFSET));
  for (int j = 0; j < outputs; j++, row += count) {
    sums[j] = vmladavaq_s8(starts[j], vldrbq_z_s8(row, some), vreinterpretq_s8_u8(bytes));
  }
}
#endif

/* sums[j] = starts[j] + row j * values. The last four rows may be some of those before, once more. */
static void multiply_rows(const int8_t *rows, const uint8_t *values, int count, const int32_t *starts, int32_t *sums,
                          int outputs) {
  const int last = outputs - 4;
  for (int j = 0; last >= 0; j = j + 4 < last ? j + 4 : last) {
    multiply_four(rows + j * count, values, count, starts + j, sums + j);
    if (j == last) return;
  }
  for (int j = 0; j < outputs; j++) {
    sums[j] = starts[j];
    for (int i = 0; i < count; i++) {
      sums[j] += rows[j * count + i] * (values[i] - EDGE_OFFSET);
    }
  }
}

static inline void copy_bytes(uint8_t *to, const uint8_t *from, int count) {
  int i = 0;
#if defined(EDGE_MVE)
  for (; i < count; i += 16) {
    const mve_pred16_t some = vctp8q((uint32_t)(count - i));
    vstrbq_p_u8(to + i, vldrbq_z_u8(from + i, some), some);
  }
#elif defined(EDGE_PAIRS)
  for (; i + 4 <= count; i += 4) {
    store_four(to + i, load_four(from + i));
  }
#endif
  for (; i < count; i++) {
    to[i] = from[i];
  }
}

/* Copies rows that are `step` bytes apart in `from`, so that they lie side by side. */
static inline void copy_rows(uint8_t *to, const uint8_t *from, int rows, int count, int step) {
  int row = 0;
#if defined(EDGE_MVE)
  const mve_pred16_t some = vctp8q((uint32_t)count);
  for (; row < rows && count <= 16; row++, to += count, from += step) {
    vstrbq_p_u8(to, vldrbq_z_u8(from, some), some);
  }
#endif
  for (; row < rows; row++, to += count, from += step) {
    copy_bytes(to, from, count);
  }
}

static inline void repeat_byte(uint8_t *to, uint8_t byte, int count) {
  for (int i = 0; i < count; i++) {
    to[i] = byte;
  }
}

static inline int is_inside(const geometry *g, int top, int left) {
  return top >= 0 && left >= 0 && top + g->window_rows <= g->rows && left + g->window_columns <= g->columns;
}

/* What a window sees that hangs over the image, row by row, with `zero` for the padding. */
static void copy_edge(const geometry *g, uint8_t zero, const uint8_t *input, int top, int left, uint8_t *copy) {
  const int size = g->window_columns, first = left < 0 ? -left : 0;
  const int stop = left + size > g->columns ? g->columns - left : size;
  for (int y = top; y < top + g->window_rows; y++, copy += size * g->channels) {
    if (y < 0 || y >= g->rows) {
      repeat_byte(copy, zero, size * g->channels);
      continue;
    }
    repeat_byte(copy, zero, first * g->channels);
    copy_bytes(copy + first * g->channels, input + (y * g->columns + left + first) * g->channels,
               (stop - first) * g->channels);
    repeat_byte(copy + stop * g->channels, zero, (size - stop) * g->channels);
  }
}

#if defined(__SSE2__)
/* Outputs of a filter side by side, one in each lane of a vector: nothing is added up across lanes, and sums stay in a
 * register until they are bytes. For that, weights are laid anew when a layer begins: four of the first output, the
 * same four of the second, and so on. A block is eight outputs, and one or two are computed at a time. */
#define EDGE_LANES 8
#define EDGE_LAID 256 /* vectors of eight words of weights: what the stack has room for */
#if defined(EDGE_AVX2) && defined(__AVX512VNNI__) && defined(__AVX512VL__)
#define EDGE_DOT _mm256_dpbusd_epi32
#elif defined(EDGE_AVX2) && defined(__AVXVNNI__)
#define EDGE_DOT _mm256_dpbusd_avx_epi32
#endif
#if defined(EDGE_DOT)
#define EDGE_PARTS 1
#else
#define EDGE_PARTS 2 /* the even and the odd weights of four, as 16 bits */
#endif

typedef struct {
  int rows, count; /* of the window: rows of so many bytes */
  int fours;       /* of these bytes, row by row; a row's last four may begin in the four before, or before the row */
  int seen[EDGE_LAID], copied[EDGE_LAID]; /* where they lie in the input, and in a copy of the window */
  int lanes;                              /* of a block: 8, or all outputs if they are fewer */
  int first[2];                           /* output of each block */
  eight_sums starts[2];                   /* what the sums start with */
  eight_scales scales[2];                 /* and what these are rescaled by, with tables of their own */
  int32_t multipliers[2][EDGE_LANES];
  uint8_t shifts[2][EDGE_LANES];
  uint32_t weights[EDGE_LAID * EDGE_LANES]; /* for each four bytes those of the blocks */
} lane_filter;

static inline uint32_t load_word(const void *four_bytes) {
  const uint8_t *bytes = (const uint8_t *)four_bytes;
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The last four bytes of a row of weights, with 0 for those before the row and those that another four had. */
static inline uint32_t load_last_weights(const int8_t *row, int count) {
  uint32_t word = 0;
  for (int i = count - count % 4; i < count; i++) {
    word |= (uint32_t)(uint8_t)row[i] << 8 * (i + 4 - count);
  }
  return word;
}

/* How many vectors a block's weights fill. */
static inline int count_laid(const geometry *g) {
  return EDGE_PARTS * g->window_rows * ((g->window_columns * g->channels + 3) / 4);
}

static inline void place_fours(lane_filter *f, int step) {
  f->fours = 0;
  for (int row = 0; row < f->rows; row++) {
    for (int i = 0; i < f->count; i += 4, f->fours++) {
      const int place = i + 4 <= f->count ? i : f->count - 4;
      f->seen[f->fours] = row * step + place;
      f->copied[f->fours] = row * f->count + place;
    }
  }
}

/* Weights of one output, four in every `step`th word. */
static inline void lay_output(uint32_t *words, int step, const int8_t *weights, int rows, int count) {
  for (int row = 0; row < rows; row++, weights += count) {
    int i = 0;
    for (; i + 4 <= count; i += 4, words += step) {
      *words = load_word(weights + i);
    }
    if (i == count) continue;
    *words = load_last_weights(weights, count);
    words += step;
  }
}

#if !defined(EDGE_DOT)
/* Splits each vector into that of the even weights and that of the odd: from the last on, as two take more room. */
static inline void split_weights(uint32_t *words, int vectors) {
  for (int i = vectors - 1; i >= 0; i--) {
    const __m128i *four = (const __m128i *)(words + i * EDGE_LANES);
    const __m128i low = _mm_loadu_si128(four), high = _mm_loadu_si128(four + 1);
    __m128i *split = (__m128i *)(words + 2 * i * EDGE_LANES);
    _mm_storeu_si128(split, _mm_srai_epi16(_mm_slli_epi16(low, 8), 8));
    _mm_storeu_si128(split + 1, _mm_srai_epi16(_mm_slli_epi16(high, 8), 8));
    _mm_storeu_si128(split + 2, _mm_srai_epi16(low, 8));
    _mm_storeu_si128(split + 3, _mm_srai_epi16(high, 8));
  }
}
#endif

static inline void lay_weights(lane_filter *f, const int8_t *weights, int blocks) {
  for (int block = 0; block < blocks; block++) {
    for (int lane = 0; lane < EDGE_LANES; lane++) {
      const int output = f->first[block] + (lane < f->lanes ? lane : 0), place = block * EDGE_LANES + lane;
      lay_output(f->weights + place, blocks * EDGE_LANES, weights + output * f->rows * f->count, f->rows, f->count);
    }
  }
#if !defined(EDGE_DOT)
  split_weights(f->weights, blocks * f->fours);
#endif
}

/* The outputs from j on: their weights, what their sums start with, and what these are rescaled by. The last block may
 * have some of those before, once more. */
EDGE_INLINE void prepare_lanes(lane_filter *f, const geometry *g, const int8_t *weights, const int32_t *starts,
                               const quantizer *q, int j, int blocks) {
  const int outputs = g->output_channels, last = outputs < EDGE_LANES ? 0 : outputs - EDGE_LANES;
  f->rows = g->window_rows;
  f->count = g->window_columns * g->channels;
  place_fours(f, g->columns * g->channels);
  f->lanes = outputs < EDGE_LANES ? outputs : EDGE_LANES;
  for (int block = 0; block < blocks; block++) {
    int32_t sums[EDGE_LANES];
    const int first = j + block * EDGE_LANES < last ? j + block * EDGE_LANES : last;
    for (int lane = 0; lane < EDGE_LANES; lane++) {
      const int output = first + (lane < f->lanes ? lane : 0);
      sums[lane] = starts[output];
      f->multipliers[block][lane] = q->multipliers[output];
      f->shifts[block][lane] = q->shifts[output];
    }
    f->first[block] = first;
    f->starts[block] = load_sums(sums);
    f->scales[block] = prepare_eight(q, f->multipliers[block], f->shifts[block]);
  }
  lay_weights(f, weights, blocks);
}

/* sums += four weights of each output * the four bytes of a word */
static inline eight_sums add_four_bytes(eight_sums sums, const uint32_t *weights, uint32_t word) {
#if defined(EDGE_DOT)
  return EDGE_DOT(sums, _mm256_set1_epi32((int)word), _mm256_loadu_si256((const __m256i *)weights));
#elif defined(EDGE_AVX2)
  const __m256i bytes = _mm256_set1_epi32((int)word), *split = (const __m256i *)weights;
  const __m256i even = _mm256_and_si256(bytes, _mm256_set1_epi16(255)), odd = _mm256_srli_epi16(bytes, 8);
  sums = _mm256_add_epi32(sums, _mm256_madd_epi16(even, _mm256_loadu_si256(split)));
  return _mm256_add_epi32(sums, _mm256_madd_epi16(odd, _mm256_loadu_si256(split + 1)));
#else
  const __m128i bytes = _mm_set1_epi32((int)word), *split = (const __m128i *)weights;
  const __m128i even = _mm_and_si128(bytes, _mm_set1_epi16(255)), odd = _mm_srli_epi16(bytes, 8);
  sums.low = _mm_add_epi32(sums.low, _mm_madd_epi16(even, _mm_loadu_si128(split)));
  sums.high = _mm_add_epi32(sums.high, _mm_madd_epi16(even, _mm_loadu_si128(split + 1)));
  sums.low = _mm_add_epi32(sums.low, _mm_madd_epi16(odd, _mm_loadu_si128(split + 2)));
  sums.high = _mm_add_epi32(sums.high, _mm_madd_epi16(odd, _mm_loadu_si128(split + 3)));
  return sums;
#endif
}

/* The sums of what a window sees, at `places` from `values` on. */
EDGE_INLINE void sum_window(const lane_filter *f, const uint8_t *values, const int *places, eight_sums *sums,
                            int blocks) {
  const uint32_t *weights = f->weights;
  for (int block = 0; block < blocks; block++) {
    sums[block] = f->starts[block];
  }
  for (int i = 0; i < f->fours; i++) {
    const uint32_t word = load_word(values + places[i]);
    for (int block = 0; block < blocks; block++, weights += EDGE_PARTS * EDGE_LANES) {
      sums[block] = add_four_bytes(sums[block], weights, word);
    }
  }
}

/* The bytes of the sums; `output` is of one position. */
EDGE_INLINE void store_lanes(const lane_filter *f, const eight_sums *sums, uint8_t *output, int blocks) {
  for (int block = 0; block < blocks; block++) {
    const __m128i bytes = rescale_eight(&f->scales[block], sums[block]);
    if (f->lanes == EDGE_LANES) {
      _mm_storel_epi64((__m128i *)(output + f->first[block]), bytes);
    } else {
      uint8_t each[16];
      _mm_storeu_si128((__m128i *)each, bytes);
      for (int lane = 0; lane < f->lanes; lane++) {
        output[lane] = each[lane];
      }
    }
  }
}
#endif

typedef struct {
  const int8_t *weights; /* inputs x outputs */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
} dense_layer;

static void run_dense(const dense_layer *layer, const uint8_t *input, uint8_t *output, int32_t *sums) {
  const int outputs = layer->outputs;
  const int8_t *column = layer->weights;
  column_batch four;
  four.count = 0;
  for (int j = 0; j < outputs; j++) {
    sums[j] = layer->output.bias[j];
  }
  for (int i = 0; i < layer->inputs; i++, column += outputs) {
    push_column(&four, column, input[i] - layer->zero, sums, outputs);
  }
  flush_columns(&four, sums, outputs);
  quantize_all(&layer->output, are_shifts_high(&layer->output, outputs), sums, output, outputs);
}

typedef struct {
  const int8_t *weights; /* output channels x window rows x window columns x channels */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
} conv_layer;

/* What the window sees at an output position: where it lies in the input if it lies there in one piece, else in
 * `copy`. */
static const uint8_t *see_window(const conv_layer *layer, const uint8_t *input, int top, int left, uint8_t *copy) {
  const geometry *g = &layer->shape;
  const int place = (top * g->columns + left) * g->channels;
  if (g->window_rows == 1 && g->window_columns == 1) return input + place;
  if (!is_inside(g, top, left)) {
    copy_edge(g, layer->zero, input, top, left, copy);
    return copy;
  }
  if (g->window_rows == 1 || g->window_columns == g->columns) return input + place;
  copy_rows(copy, input + place, g->window_rows, g->window_columns * g->channels, g->columns * g->channels);
  return copy;
}

static void sum_position(const conv_layer *layer, const uint8_t *input, int y, int x, const int32_t *starts,
                         int32_t *sums, uint8_t *copy) {
  const geometry *g = &layer->shape;
  const int count = g->window_rows * g->window_columns * g->channels;
  const uint8_t *seen = see_window(layer, input, y * g->row_stride - g->top, x * g->column_stride - g->left, copy);
#if defined(EDGE_MVE)
  if (count <= 16) {
    multiply_short_rows(layer->weights, seen, count, starts, sums, g->output_channels);
    return;
  }
#endif
  multiply_rows(layer->weights, seen, count, starts, sums, g->output_channels);
}

static inline void keep_larger(int32_t *sums, const int32_t *others, int count) {
  int j = 0;
#if defined(EDGE_MVE)
  for (; j + 4 <= count; j += 4) {
    vstrwq_s32(sums + j, vmaxq_s32(vldrwq_s32(sums + j), vldrwq_s32(others + j)));
  }
#endif
  for (; j < count; j++) {
    sums[j] = others[j] > sums[j] ? others[j] : sums[j];
  }
}

#if defined(__SSE2__)
EDGE_INLINE void sum_lanes(const lane_filter *f, const conv_layer *layer, const uint8_t *input, int y, int x,
                           uint8_t *copy, eight_sums *sums, int blocks) {
  const geometry *g = &layer->shape;
  const int top = y * g->row_stride - g->top, left = x * g->column_stride - g->left;
  const int place = (top * g->columns + left) * g->channels;
  if (is_inside(g, top, left) && place + f->count >= 4) { /* nothing is read before the input */
    sum_window(f, input + place, f->seen, sums, blocks);
  } else {
    copy_edge(g, layer->zero, input, top, left, copy);
    sum_window(f, copy, f->copied, sums, blocks);
  }
}

/* All positions of the outputs from j on: one block or two. */
EDGE_INLINE void run_blocks(const conv_layer *layer, const geometry *pool, const uint8_t *input, uint8_t *output,
                            const int32_t *starts, uint8_t *copy, int j, int blocks) {
  const geometry *g = &layer->shape, *over = pool != NULL ? pool : g;
  const int rows = pool != NULL ? pool->window_rows : 1, columns = pool != NULL ? pool->window_columns : 1;
  lane_filter filter;
  eight_sums sums[2], others[2];
  prepare_lanes(&filter, g, layer->weights, starts, &layer->output, j, blocks);
  for (int row = 0; row < over->output_rows; row++) {
    for (int column = 0; column < over->output_columns; column++, output += g->output_channels) {
      sum_lanes(&filter, layer, input, row * rows, column * columns, copy, sums, blocks);
      for (int y = row * rows; y < (row + 1) * rows; y++) {
        for (int x = column * columns + (y == row * rows); x < (column + 1) * columns; x++) {
          sum_lanes(&filter, layer, input, y, x, copy, others, blocks);
          for (int block = 0; block < blocks; block++) {
            sums[block] = find_larger_sums(sums[block], others[block]);
          }
        }
      }
      store_lanes(&filter, sums, output, blocks);
    }
  }
}

/* The same as below, of shifts above 32 and filters that the stack has room for. */
static void run_conv_lanes(const conv_layer *layer, const geometry *pool, const uint8_t *input, uint8_t *output,
                           const int32_t *starts, uint8_t *copy) {
  const int outputs = layer->shape.output_channels, both = 2 * count_laid(&layer->shape) <= EDGE_LAID;
  int j = 0;
  for (; both && j + EDGE_LANES < outputs; j += 2 * EDGE_LANES) {
    run_blocks(layer, pool, input, output, starts, copy, j, 2);
  }
  for (; j < outputs; j += EDGE_LANES) {
    run_blocks(layer, pool, input, output, starts, copy, j, 1);
  }
}
#endif

/* With a max pooling after it, whose windows lie side by side, or NULL: the largest output is that of the largest sum.
 * In `words` lie what the sums start with, the sums, those of one more position where there is a pooling, and what a
 * window sees. */
static void run_conv(const conv_layer *layer, const geometry *pool, const uint8_t *input, uint8_t *output,
                     int32_t *words) {
  const geometry *g = &layer->shape, *over = pool != NULL ? pool : g;
  const int outputs = g->output_channels, high = are_shifts_high(&layer->output, outputs);
  const int rows = pool != NULL ? pool->window_rows : 1, columns = pool != NULL ? pool->window_columns : 1;
  int32_t *sums = words + outputs, *others = sums + outputs;
  uint8_t *copy = (uint8_t *)(pool != NULL ? others + outputs : others);
  start_rows(&layer->output, layer->weights, layer->zero, g->window_rows * g->window_columns * g->channels, words,
             outputs);
#if defined(__SSE2__)
  if (high && count_laid(g) <= EDGE_LAID) {
    run_conv_lanes(layer, pool, input, output, words, copy);
    return;
  }
#endif
  for (int row = 0; row < over->output_rows; row++) {
    for (int column = 0; column < over->output_columns; column++, output += outputs) {
      sum_position(layer, input, row * rows, column * columns, words, sums, copy);
      for (int y = row * rows; y < (row + 1) * rows; y++) {
        for (int x = column * columns + (y == row * rows); x < (column + 1) * columns; x++) {
          sum_position(layer, input, y, x, words, others, copy);
          keep_larger(sums, others, outputs);
        }
      }
      quantize_all(&layer->output, high, sums, output, outputs);
    }
  }
}

typedef struct {
  const int8_t *weights; /* window rows x window columns x output channels */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
} depthwise_layer;

/* starts[j] = bias[j] - zero * the sum of filter j */
static void start_channels(const depthwise_layer *layer, int32_t *starts) {
  const geometry *g = &layer->shape;
  const int taps = g->window_rows * g->window_columns;
  for (int j = 0; j < g->output_channels; j++) {
    starts[j] = layer->output.bias[j];
    for (int tap = 0; tap < taps && layer->zero != 0; tap++) {
      starts[j] -= layer->zero * layer->weights[tap * g->output_channels + j];
    }
  }
}

/* The sums of one position, some channels at a time. Row by row, `step` bytes apart, lies what the window sees. */
EDGE_IN_ORDER static void multiply_channels(const depthwise_layer *layer, const uint8_t *values, int step,
                                            const int32_t *starts, int32_t *sums) {
  const int rows = layer->shape.window_rows, columns = layer->shape.window_columns;
  const int channels = layer->shape.channels, outputs = layer->shape.output_channels, fan = outputs / channels;
#if defined(EDGE_MVE)
  const int together = 8;
#elif defined(EDGE_PAIRS)
  const int together = 4;
#else
  const int together = outputs + 1;
#endif
  const int first = fan == 1 ? channels - channels % together : 0; /* of the channels one by one */
#if defined(EDGE_MVE)
  for (int j = 0; j < first; j += together) {
    const int8_t *weights = layer->weights + j;
    int32x4x2_t sum = vld2q_s32(starts + j); /* of the even channels, and of the odd */
    for (int row = 0; row < rows; row++) {
      const uint8_t *value = values + row * step + j;
      for (int column = 0; column < columns; column++, value += channels, weights += channels) {
        const int16x8_t bytes = vreinterpretq_s16_u16(vldrbq_u16(value)), some = vldrbq_s16(weights);
        sum.val[0] = vaddq_s32(sum.val[0], vmullbq_int_s16(bytes, some));
        sum.val[1] = vaddq_s32(sum.val[1], vmulltq_int_s16(bytes, some));
      }
    }
    vst2q_s32(sums + j, sum);
  }
#elif defined(EDGE_PAIRS)
  for (int j = 0; j < first; j += together) {
    const int8_t *weights = layer->weights + j;
    int32_t w = starts[j], x = starts[j + 1], y = starts[j + 2], z = starts[j + 3];
    for (int row = 0; row < rows; row++) {
      const uint8_t *value = values + row * step + j;
      for (int column = 0; column < columns; column++, value += channels, weights += channels) {
        const uint32_t bytes = load_four(value), even = split_even(bytes), odd = split_odd(bytes);
        const uint32_t word = load_four(weights);
        const uint32_t even_weights = split_signed_even(word), odd_weights = split_signed_odd(word);
        w = add_low(w, even_weights, even);
        x = add_low(x, odd_weights, odd);
        y = add_high(y, even_weights, even);
        z = add_high(z, odd_weights, odd);
      }
    }
    sums[j] = w;
    sums[j + 1] = x;
    sums[j + 2] = y;
    sums[j + 3] = z;
  }
#endif
  for (int j = first; j < outputs; j++) {
    const int8_t *weights = layer->weights + j;
    int32_t sum = starts[j];
    for (int row = 0; row < rows; row++) {
      const uint8_t *value = values + row * step + j / fan;
      for (int column = 0; column < columns; column++, value += channels, weights += outputs) {
        sum += *weights * *value;
      }
    }
    sums[j] = sum;
  }
}

#if defined(__SSE2__)
#define EDGE_TAP_PAIRS 64 /* of a filter: what the stack has room for */

/* Eight channels from `channel` on, one in each lane of a vector. Two taps of a row are taken together, as pairs of 16
 * bits; a row's last tap may have no other, which is 0. */
typedef struct {
  const depthwise_layer *layer;
  int channel;
  eight_sums starts;
  eight_scales scales;
  int16_t weights[EDGE_TAP_PAIRS][16]; /* row by row */
} channel_filter;

static inline __m128i load_tap(const void *eight_bytes) { return _mm_loadl_epi64((const __m128i *)eight_bytes); }

static inline void lay_taps(int16_t *pairs, __m128i first, __m128i second) {
  const __m128i bytes = _mm_unpacklo_epi8(first, second), none = _mm_setzero_si128();
  _mm_storeu_si128((__m128i *)pairs, _mm_srai_epi16(_mm_unpacklo_epi8(none, bytes), 8));
  _mm_storeu_si128((__m128i *)(pairs + 8), _mm_srai_epi16(_mm_unpackhi_epi8(none, bytes), 8));
}

static void prepare_channels(channel_filter *f, const depthwise_layer *layer, const int32_t *starts, int channel) {
  const geometry *g = &layer->shape;
  const int8_t *tap = layer->weights + channel;
  int pair = 0;
  f->layer = layer;
  f->channel = channel;
  f->starts = load_sums(starts + channel);
  f->scales = prepare_eight(&layer->output, layer->output.multipliers + channel, layer->output.shifts + channel);
  for (int row = 0; row < g->window_rows; row++) {
    for (int column = 0; column < g->window_columns; column += 2, pair++) {
      const int both = column + 1 < g->window_columns;
      lay_taps(f->weights[pair], load_tap(tap), both ? load_tap(tap + g->channels) : _mm_setzero_si128());
      tap += (1 + both) * g->channels;
    }
  }
}

static inline eight_sums add_taps(eight_sums sums, const int16_t *pairs, __m128i first, __m128i second) {
  const __m128i bytes = _mm_unpacklo_epi8(first, second);
#if defined(EDGE_AVX2)
  const __m256i weights = _mm256_loadu_si256((const __m256i *)pairs);
  return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_cvtepu8_epi16(bytes), weights));
#else
  const __m128i *weights = (const __m128i *)pairs, none = _mm_setzero_si128();
  sums.low = _mm_add_epi32(sums.low, _mm_madd_epi16(_mm_unpacklo_epi8(bytes, none), _mm_loadu_si128(weights)));
  sums.high = _mm_add_epi32(sums.high, _mm_madd_epi16(_mm_unpackhi_epi8(bytes, none), _mm_loadu_si128(weights + 1)));
  return sums;
#endif
}

/* The sums of a window inside the image. */
static inline eight_sums sum_inside(const channel_filter *f, const uint8_t *values) {
  const geometry *g = &f->layer->shape;
  eight_sums sums = f->starts;
  int pair = 0;
  for (int row = 0; row < g->window_rows; row++, values += g->columns * g->channels) {
    const uint8_t *value = values;
    int column = 0;
    for (; column + 2 <= g->window_columns; column += 2, value += 2 * g->channels) {
      sums = add_taps(sums, f->weights[pair++], load_tap(value), load_tap(value + g->channels));
    }
    if (column < g->window_columns) sums = add_taps(sums, f->weights[pair++], load_tap(value), _mm_setzero_si128());
  }
  return sums;
}

static inline __m128i see_tap(const channel_filter *f, const uint8_t *input, int y, int x) {
  const geometry *g = &f->layer->shape;
  if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) return _mm_set1_epi8((char)f->layer->zero);
  return load_tap(input + (y * g->columns + x) * g->channels + f->channel);
}

/* The sums of a window that hangs over the image. */
static eight_sums sum_at_edge(const channel_filter *f, const uint8_t *input, int top, int left) {
  const geometry *g = &f->layer->shape;
  eight_sums sums = f->starts;
  int pair = 0;
  for (int y = top; y < top + g->window_rows; y++) {
    for (int x = left; x < left + g->window_columns; x += 2) {
      sums = add_taps(sums, f->weights[pair++], see_tap(f, input, y, x), see_tap(f, input, y, x + 1));
    }
  }
  return sums;
}

/* The same as below, of shifts above 32: all positions for eight channels, then for the next eight. The last eight may
 * be some of those before, once more. Return 0, and do nothing, where channels are few or a filter too large. */
static int run_depthwise_lanes(const depthwise_layer *layer, const uint8_t *input, uint8_t *output,
                               const int32_t *starts) {
  const geometry *g = &layer->shape;
  const int channels = g->channels, last = channels - 8, pairs = g->window_rows * ((g->window_columns + 1) / 2);
  channel_filter filter;
  if (last < 0 || g->output_channels != channels || pairs > EDGE_TAP_PAIRS) return 0;
  for (int done = 0; done < channels; done += 8) {
    uint8_t *to = output + (done < last ? done : last);
    prepare_channels(&filter, layer, starts, done < last ? done : last);
    for (int row = 0; row < g->output_rows; row++) {
      for (int column = 0; column < g->output_columns; column++, to += channels) {
        const int top = row * g->row_stride - g->top, left = column * g->column_stride - g->left;
        const eight_sums sums = is_inside(g, top, left)
                                 ? sum_inside(&filter, input + (top * g->columns + left) * channels + filter.channel)
                                 : sum_at_edge(&filter, input, top, left);
        _mm_storel_epi64((__m128i *)to, rescale_eight(&filter.scales, sums));
      }
    }
  }
  return 1;
}
#endif

/* One filter a channel: output channel j reads input channel j / (output channels / channels). In `words` lie what
 * the sums start with, the sums, and what a window sees that hangs over the image. */
static void run_depthwise(const depthwise_layer *layer, const uint8_t *input, uint8_t *output, int32_t *words) {
  const geometry *g = &layer->shape;
  const int outputs = g->output_channels;
  const int high = are_shifts_high(&layer->output, outputs);
  int32_t *sums = words + outputs;
  start_channels(layer, words);
#if defined(__SSE2__)
  if (high && run_depthwise_lanes(layer, input, output, words)) return;
#endif
  for (int row = 0; row < g->output_rows; row++) {
    for (int column = 0; column < g->output_columns; column++, output += outputs) {
      const int top = row * g->row_stride - g->top, left = column * g->column_stride - g->left;
      const uint8_t *seen = (uint8_t *)(sums + outputs);
      int step = g->window_columns * g->channels;
      if (is_inside(g, top, left)) {
        seen = input + (top * g->columns + left) * g->channels;
        step = g->columns * g->channels;
      } else {
        copy_edge(g, layer->zero, input, top, left, (uint8_t *)(sums + outputs));
      }
      multiply_channels(layer, seen, step, words, sums);
      quantize_all(&layer->output, high, sums, output, outputs);
    }
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

static const int8_t layer_1_edges_weights[72] = {
-19,-8,-22,8,-93,45,-127,-23,-122,-29,35,89,127,102,-18,119,26,-89,102,63,-48,90,127,94,0,19,-28,65,-27,8,70,127,105,
43,113,11,103,127,-2,-12,95,44,-77,-110,-23,14,28,15,65,127,55,-24,50,55,-23,33,69,97,127,103,44,50,-20,-35,55,94,39,
127,88,113,79,-41
};
static const int32_t layer_1_edges_bias[8] = {
-80,169,99,1622,4658,100,141,3573
};
static const int32_t layer_1_edges_multipliers[8] = {
1191956869,1712774163,1476324318,1608214588,2067385125,1244906355,1755083693,1832191213
};
static const uint8_t layer_1_edges_shifts[8] = {
41,40,40,40,40,39,40,40
};
static const conv_layer layer_1_edges = {layer_1_edges_weights, {28, 28, 1, 3, 3, 2, 2, 0, 0, 14, 14, 8}, 0, {layer_1_edges_bias, layer_1_edges_multipliers, layer_1_edges_shifts, 0, 0, 255, 1}};

static const int8_t layer_2_strokes_weights[72] = {
-41,35,92,8,43,26,-46,68,-63,57,74,-127,-111,-21,-123,72,-104,127,-85,-15,-64,74,21,-17,-45,-95,-30,93,43,25,-100,127,
3,-126,66,50,127,-127,-9,-47,-61,-39,116,-16,91,-13,127,-112,-111,-100,36,7,-6,46,10,-24,27,-45,10,29,-97,75,2,-89,
-127,32,127,11,57,23,22,38
};
static const int32_t layer_2_strokes_bias[8] = {
-1283,4460,-2331,1223,-1209,1814,2201,3250
};
static const int32_t layer_2_strokes_multipliers[8] = {
1886662629,2125806175,1976033401,1685560125,1760498163,1539762651,1097344544,2137324943
};
static const uint8_t layer_2_strokes_shifts[8] = {
40,39,39,38,39,38,38,39
};
static const depthwise_layer layer_2_strokes = {layer_2_strokes_weights, {14, 14, 8, 3, 3, 1, 1, 1, 1, 14, 14, 8}, 0, {layer_2_strokes_bias, layer_2_strokes_multipliers, layer_2_strokes_shifts, 0, 0, 255, 1}};

static const int8_t layer_3_mixture_weights[128] = {
20,75,47,-75,-40,0,30,-127,-43,6,-20,-93,35,-127,83,-47,55,-15,16,38,-41,25,8,-127,54,44,-24,-127,86,69,-82,1,47,-127,
103,92,-38,-12,91,43,-34,-127,35,-76,-20,106,-53,-75,46,-116,-35,-17,-10,-42,127,-88,-68,3,39,54,127,-82,-62,3,-26,
-68,-24,-39,-41,22,115,127,2,25,-127,35,-96,29,-24,-22,5,-24,-61,-8,-113,81,44,-127,-79,31,98,-100,-70,-127,-59,-44,
45,-14,-5,-86,34,38,24,-127,32,76,-59,3,27,-51,-127,48,-5,-127,-15,54,99,-38,25,-67,-80,-68,-58,83,-127,66,-103,-24
};
static const int32_t layer_3_mixture_bias[16] = {
-140,1282,-1441,24,-14270,-1262,1557,-2373,-1635,769,-3551,2224,-963,-442,2280,1007
};
static const int32_t layer_3_mixture_multipliers[16] = {
1471911413,1768810837,1442691788,1714539880,1277539044,1850712397,1214015366,1290391751,1942598948,1074260239,
1744435472,1079173448,1953082309,2063732507,1427736954,1095900178
};
static const uint8_t layer_3_mixture_shifts[16] = {
37,37,37,37,38,38,37,37,38,36,37,37,37,37,37,37
};
static const conv_layer layer_3_mixture = {layer_3_mixture_weights, {14, 14, 8, 1, 1, 1, 1, 0, 0, 14, 14, 16}, 0, {layer_3_mixture_bias, layer_3_mixture_multipliers, layer_3_mixture_shifts, 0, 0, 255, 1}};
static const geometry layer_3_mixture_pool = {14, 14, 16, 2, 2, 2, 2, 0, 0, 7, 7, 16};

static const int8_t layer_4_shapes_weights[2304] = {
-104,100,-26,5,-92,-63,-96,-74,0,-26,38,-127,-8,41,-103,-120,-88,58,35,51,30,48,-114,42,-73,35,44,-101,20,-4,-17,-18,
-47,72,16,76,13,65,-61,-17,-54,-5,-7,-78,51,57,1,-34,-64,1,55,-57,31,-19,-9,-7,-87,-22,20,-112,-74,46,-17,3,-31,30,44,
-41,9,2,2,-12,-40,2,0,-57,-76,72,-11,26,-32,35,51,-9,48,-16,13,61,-54,45,57,-46,6,-19,63,54,38,-32,22,6,17,-78,27,34,
25,-26,42,-1,21,84,26,7,25,-21,-3,-32,-27,-24,-22,16,34,1,-8,21,24,16,18,29,-13,25,12,26,-11,-6,-21,24,-9,59,16,48,10,
-4,21,62,11,13,-18,8,1,-44,-27,8,-17,56,17,29,-4,15,-15,17,22,7,6,11,30,-15,14,30,0,23,25,-22,17,-16,26,-39,5,14,-3,
23,18,5,9,6,39,4,31,-37,0,0,27,-47,-26,-43,1,-16,1,-36,36,-40,25,-14,-37,-86,-46,67,37,-99,28,-44,9,2,-21,-15,14,-61,
4,-23,-9,-24,-1,25,7,-54,6,-64,-42,-40,-55,-22,-5,-127,47,-28,-14,-7,11,-4,-35,-3,-10,-14,0,-34,-16,0,26,-23,8,-23,
-84,-42,-30,16,-12,-109,19,-1,-9,-28,-22,-5,-9,6,17,9,-28,-19,29,0,-66,-39,10,-2,-43,-31,-12,-1,-11,-7,1,-14,-45,0,34,
-7,-67,-28,-22,2,20,-8,-1,14,9,-9,-23,-39,-21,-14,-15,18,16,-23,2,-3,-37,44,15,-24,25,-16,-47,0,-15,33,-8,-14,9,-7,5,
34,-47,-101,1,-50,8,-71,15,-25,-75,35,-10,-127,-38,3,-44,-16,23,21,3,32,-4,31,9,1,4,-38,-12,48,13,15,69,-4,-39,53,-22,
-80,-31,2,-50,28,21,58,44,-4,-27,27,5,38,-10,-11,-5,-40,-34,-10,-10,12,29,47,-31,-33,-16,56,-19,17,-57,-21,-20,-38,
-42,4,13,-6,0,-42,-9,15,-46,-34,41,-16,-36,4,12,-74,-39,-9,-24,50,11,35,-3,-10,-21,5,-7,-10,19,21,-12,-70,-4,20,-9,8,
53,-24,-7,15,16,34,-16,32,30,-12,14,-9,6,9,7,-27,14,29,-19,19,-18,4,-2,34,21,7,6,1,18,2,-1,7,-5,4,5,29,5,-16,-21,13,
-4,11,13,-9,-15,7,3,18,12,6,-7,20,-15,-21,-63,23,1,27,5,26,-25,23,-47,38,17,4,-78,19,21,14,-126,-5,2,16,-18,47,-17,
-11,-6,1,9,-33,-56,17,-3,16,-127,-37,15,-7,-21,5,1,-4,-9,-24,-3,-65,-118,9,-1,-32,-44,-42,16,33,28,28,23,12,-25,19,
-10,-17,-35,16,52,9,-24,4,-13,12,-34,18,-32,11,-26,11,17,13,-29,-14,16,-2,-50,12,-8,4,2,2,-15,-3,-51,9,-7,13,-24,-35,
12,-7,-57,96,-28,-28,-46,-71,54,-9,-24,16,5,-38,-12,21,2,-15,-5,67,29,56,-16,11,13,32,-71,10,80,20,24,-65,56,29,38,49,
51,11,26,17,-55,30,-37,2,-1,18,25,-117,35,55,-66,36,14,16,-9,-40,34,-26,-12,-3,-74,-89,-96,87,15,-86,19,-18,15,45,-4,
33,34,6,-39,-20,30,-38,3,-34,44,-127,66,3,-44,-40,-36,-35,-22,-16,52,-36,27,-13,64,-103,-15,-40,-10,35,23,26,6,36,2,
-32,-36,-3,-42,-57,-10,42,30,-47,13,60,72,51,33,78,32,-5,-11,3,-26,-13,-3,10,25,-51,-9,55,-12,4,-27,47,28,16,41,-56,
-23,-8,19,13,-40,0,-70,43,-4,15,18,-8,-19,45,-40,-6,20,4,-46,11,-28,16,-13,49,23,12,3,1,-44,32,-30,46,15,28,3,-4,7,47,
-22,40,45,-15,40,27,39,8,-20,-19,20,14,-32,27,33,-14,-25,-32,-37,59,29,11,-109,55,-72,-4,16,-10,-44,-5,-1,33,-30,40,
-24,-8,14,4,-15,16,-83,9,-13,18,-38,-37,0,35,-84,29,-8,28,22,0,17,9,-75,30,8,-47,-65,3,3,19,7,-125,-21,6,8,-26,-97,
-34,-44,42,40,-11,32,-48,-80,24,7,-29,-80,-9,-4,16,-29,-28,-127,32,-10,23,8,-83,-52,-6,-14,27,-18,48,23,-18,18,-3,-95,
24,-48,-69,-30,-10,-4,-17,-41,79,26,-10,9,6,6,24,-10,-33,31,14,1,-17,-37,-20,-75,25,50,19,5,9,25,91,-63,-53,-7,-9,-63,
55,12,22,-7,-54,31,-11,-26,57,-14,-1,-44,-55,-60,26,-8,20,38,41,3,22,-61,30,-42,-14,-7,-10,80,-4,-35,3,-12,-59,8,26,
-2,-14,-11,127,-43,-15,-42,57,-28,-14,-26,3,-28,-11,24,20,40,-24,7,79,-53,13,-95,8,-27,-12,15,1,9,-8,38,-25,22,65,-25,
-21,-25,16,-37,-29,10,14,3,40,-12,36,-22,-1,22,1,31,-45,-14,-24,44,-50,25,-30,-8,-17,-3,12,3,-1,17,9,-42,-51,-33,-41,
19,-20,55,-3,24,7,46,-37,-33,-5,46,12,-29,-52,-45,-31,16,-58,9,20,18,33,58,-33,38,82,9,5,-28,-51,-60,8,30,-55,20,7,
-26,-4,24,23,39,51,-4,30,-9,-20,-40,12,23,-51,8,10,-4,8,13,-57,67,42,32,-56,-45,-72,-3,35,5,-34,39,-22,10,12,60,-126,
-30,1,21,9,17,-127,-10,41,-5,-49,-4,-45,-13,36,27,-67,0,7,56,1,28,-58,-34,45,41,-35,5,-64,-36,35,59,-25,19,0,41,39,
-17,-5,-3,31,-35,16,-24,-7,22,56,16,-14,-32,-19,-27,16,42,-4,18,-6,-60,66,-22,-34,73,9,-53,46,-3,15,-49,-3,12,41,-9,4,
23,31,31,-90,33,-19,-66,89,44,-2,47,67,-74,84,-5,-76,-8,57,-20,24,42,13,36,3,-14,-70,37,45,-24,29,2,-73,0,-15,43,7,18,
38,-3,70,-18,-19,18,29,-27,-11,-6,-34,22,-55,55,-14,-36,-44,4,50,-20,-89,-12,-9,-14,-42,-27,-30,-19,-16,8,28,23,-23,
10,-82,-70,29,9,44,-69,26,74,-71,15,-24,-19,15,-12,29,48,45,-44,-28,-28,32,-23,6,58,14,20,-45,-18,11,-91,-21,17,41,
-11,-127,45,-19,-3,-10,28,-33,5,36,3,87,32,5,9,-57,-19,49,-19,6,12,22,5,-21,3,2,-54,41,70,-52,32,-59,2,60,-38,-17,2,
22,26,38,-17,-19,-38,-6,-7,-62,12,7,17,-9,5,18,-9,-22,-10,-6,-99,-31,-16,22,29,33,16,-65,-6,13,14,-14,-25,-23,-3,-18,
-12,-33,-31,8,15,10,5,-127,13,-22,11,5,-3,-5,4,24,-28,-3,-19,11,21,9,-16,-62,8,19,-6,21,-13,-108,8,27,-46,-92,14,-14,
-14,23,-19,-24,-1,-1,9,-17,3,-57,-6,-2,-1,-57,-11,18,20,8,14,-61,0,-8,32,13,-30,-31,-7,-7,-33,4,1,39,16,17,41,-35,-5,
18,-18,6,38,-13,36,-19,-9,21,-5,5,11,6,-19,21,-2,29,1,6,22,-15,12,-14,28,-14,30,-3,8,6,-6,-15,-1,14,-5,11,-34,-13,-16,
-8,8,-26,3,33,12,13,4,-32,-19,10,14,-31,27,-47,-20,0,24,-16,36,-57,34,1,10,-34,35,3,-19,-35,-10,1,-20,-2,18,15,35,-66,
-54,-42,25,33,37,16,-66,-61,1,4,-12,0,0,1,-22,24,-25,-82,-33,82,-1,-7,25,1,-75,38,-42,-7,-5,47,-6,-10,-7,35,15,-108,
-10,27,10,21,-25,-31,-36,-7,-50,-17,-15,23,-7,32,20,-70,-18,53,-70,-70,46,19,27,27,39,-15,-27,-39,-25,-127,-14,17,33,
-14,59,7,2,14,-62,7,-2,29,33,-75,35,64,22,51,-29,27,16,3,-4,-34,-59,5,-63,-20,25,-27,16,41,22,21,16,6,22,-19,11,7,22,
-17,17,5,-7,-8,-8,-7,3,-17,13,-27,-18,-19,11,-4,-7,-41,60,2,26,-63,-61,-35,-68,14,33,-55,-8,-27,-11,43,-12,7,36,64,
-11,41,29,-8,8,-96,46,42,3,-37,-1,-22,-20,-14,-6,-10,-37,86,39,7,20,-127,29,68,10,20,-13,26,-11,41,45,-17,9,-100,-99,
16,-4,-21,8,-44,8,16,-2,27,-41,56,-20,7,-32,-16,-31,41,9,10,32,4,16,-8,-6,-85,-40,-33,-38,-42,23,25,-18,22,28,-32,-32,
24,-29,40,10,17,-32,8,-41,2,-17,2,-4,43,-34,4,12,27,-29,58,58,21,-25,5,7,-25,25,-81,-20,-5,-33,67,28,-27,-22,40,14,
-14,14,-44,-25,12,19,-26,-47,11,-20,2,-28,-11,32,-13,28,4,15,37,10,-9,-16,-15,-4,-2,11,-24,4,-27,18,-58,39,-68,65,37,
21,-13,-9,24,3,-46,6,-35,-11,28,-40,-27,30,-9,40,1,24,26,-26,9,-6,-55,-38,-47,-3,34,29,-20,52,-38,21,-9,33,-20,32,-62,
20,-44,21,27,31,-68,20,-45,-1,-75,17,-20,20,-48,49,-45,-27,-6,6,-39,8,-56,-24,14,-67,45,-8,-45,-25,31,1,20,-9,30,-39,
-76,-13,28,29,7,-26,-2,-84,-15,-9,-26,26,-62,-12,27,10,3,-7,-127,21,21,-106,-33,-36,3,-58,-43,22,-14,14,57,11,-38,
-121,-32,-11,43,-104,13,-43,-1,-69,12,-7,20,22,26,4,-12,-39,47,-4,7,-14,-12,14,5,4,13,-57,-22,29,13,44,-48,-14,2,7,24,
-15,-10,20,7,16,6,3,-26,-35,11,4,13,2,-14,-7,9,-23,11,20,-25,1,3,39,31,-51,-1,-36,52,-4,6,-44,72,10,38,-34,44,-24,11,
-127,31,38,-44,22,-41,35,32,-18,24,-2,50,13,32,1,12,-67,23,27,-17,32,13,4,-1,39,33,-38,22,-12,2,3,1,-4,28,-20,30,49,
-17,-27,5,-13,23,-7,6,-22,30,43,-2,-70,-12,-29,-6,-27,4,35,34,-27,22,37,-3,26,14,68,-3,-6,-50,28,-24,-25,53,44,-29,
-11,25,21,3,26,-17,59,0,48,-88,19,-4,31,24,29,2,7,-7,-23,28,-71,-26,-26,-18,7,35,-3,9,17,28,33,-6,12,-54,-62,-44,-85,
-44,10,-49,12,2,-31,-30,36,-35,2,-44,-18,-73,-7,-27,-21,-14,29,-8,31,14,18,-35,-8,25,13,-23,24,-114,23,-25,-17,22,-31,
-64,6,-59,-15,2,16,14,2,-25,22,-84,7,-111,6,-23,20,-87,49,-58,-84,-71,-23,5,-5,-82,-29,-61,7,66,4,66,28,7,-5,-19,-92,
-33,-127,10,54,-5,7,16,67,-14,47,19,51,32,37,-70,-12,-48,19,-24,-1,1,8,38,-21,-22,17,-17,40,43,31,-17,-59,12,-9,8,-37,
4,-49,26,6,58,-11,35,-45,53,32,14,-23,-14,-46,46,16,65,-2,-49,19,12,17,3,-19,20,14,-41,6,6,-16,-45,18,6,0,-47,19,1,4,
-10,-1,19,27,-33,18,12,-4,-4,7,-5,-13,-39,-9,8,-17,-22,12,2,5,4,17,13,0,-9,22,25,13,-13,-10,-2,10,-2,22,4,13,-43,-35,
11,-2,-53,-10,-1,-29,-27,-4,13,-16,44,-24,-1,10,-47,-43,-5,-12,-35,8,-16,-11,-3,-8,15,-43,31,-43,6,19,24,-30,20,16,12,
19,15,-7,23,-72,21,-30,-7,-38,20,-32,13,49,43,5,-33,-37,-9,-14,33,-30,22,-44,-21,-127,33,-20,22,8,19,-21,-1,17,35,-9,
-15,-12,15,-11,-17,-37,-11,6,2,-3,-20,-8,46,42,-1
};
static const int32_t layer_4_shapes_bias[16] = {
298,5657,-1364,1376,-6777,6468,-2595,-6244,1085,4732,-209,-5914,3589,-7157,2392,-452
};
static const int32_t layer_4_shapes_multipliers[16] = {
1332840524,2020158375,2090604794,1305048053,1513324798,1687349020,1461037272,1441284457,1504384143,1271006126,
1817827841,1920666982,1812117706,2003386858,1619367809,1173834442
};
static const uint8_t layer_4_shapes_shifts[16] = {
39,39,39,38,39,39,39,39,39,38,39,39,39,39,39,38
};
static const conv_layer layer_4_shapes = {layer_4_shapes_weights, {7, 7, 16, 3, 3, 1, 1, 0, 0, 5, 5, 16}, 0, {layer_4_shapes_bias, layer_4_shapes_multipliers, layer_4_shapes_shifts, 0, 0, 255, 1}};

static const int8_t layer_5_hidden_weights[12800] = {
70,-82,-10,-17,-1,9,29,-19,-33,-21,-104,7,3,-3,2,-33,14,22,-41,3,-36,1,1,-9,8,3,-8,17,-14,-32,36,44,-85,31,15,-20,16,
0,-3,-22,22,7,31,-29,60,24,45,-17,3,-22,55,-7,11,4,13,-60,-5,17,65,57,-25,91,-2,9,42,-41,2,17,3,-32,-5,12,17,-10,-20,
-15,-3,-65,-17,3,-77,-9,6,-24,-11,-6,6,23,52,-34,1,-100,7,-24,-10,44,-39,-102,6,15,23,47,30,-22,11,10,53,-26,-44,44,
38,-78,-62,9,-82,-4,28,-2,6,31,-36,-17,-57,48,-62,39,59,35,56,-99,-59,26,13,24,-10,11,-35,-30,-1,1,22,-48,-7,-89,-47,
23,9,-32,-16,53,13,20,53,-24,18,-26,-10,-52,37,-28,-3,-46,-110,50,5,24,29,9,-24,11,79,21,-13,38,37,-60,-76,24,-119,
-43,20,45,19,4,-41,-30,-52,-58,-60,-18,17,24,-21,-22,-90,37,-118,45,26,-5,-23,-25,-127,13,6,-2,17,-28,-73,45,-33,-125,
-96,16,0,-4,-18,-9,-72,61,-23,-10,59,16,37,-57,62,10,-34,-98,-58,-20,-42,-38,-51,-8,9,-58,5,-31,8,34,43,-9,-46,5,6,
-17,11,-107,-6,-19,44,-45,58,20,41,-82,-11,23,-34,18,-2,49,-12,-43,19,-72,22,11,-27,-52,5,41,-73,-12,-9,60,13,19,-57,
15,-67,19,-82,-12,40,37,82,-39,89,23,28,-85,14,-25,11,-15,34,6,-21,7,12,-4,-35,11,12,31,-2,1,-3,9,25,19,9,-36,16,38,
25,45,65,-58,-30,-7,-5,-34,-71,-39,-40,-66,-42,9,19,-124,25,-83,5,39,61,-16,-31,-127,59,-10,56,22,33,-61,-40,-31,-24,
33,32,21,-88,-11,-35,108,-5,-5,-55,-26,-59,3,22,-33,10,42,-39,15,-29,-81,-31,2,3,6,42,-49,-43,8,7,-24,28,-16,-91,94,
-62,-16,52,22,58,-83,15,-18,33,-17,10,-6,12,-55,-79,0,-12,42,72,-1,4,-64,-5,41,18,71,-15,65,2,48,20,-119,-57,15,-4,10,
15,6,-38,-13,-12,-5,11,3,21,-93,-26,9,-18,-16,-7,10,23,9,5,5,16,6,13,-39,10,8,16,-29,16,-24,-26,-24,-27,12,-16,6,-84,
-7,7,0,21,58,17,-5,31,5,-24,-18,11,-23,-11,-2,12,40,20,-23,7,-8,-102,-8,60,-33,-120,15,2,-29,-30,-18,-75,28,-9,-60,5,
75,-84,6,49,11,-28,2,-23,18,-37,-28,-41,-22,57,14,31,-33,24,-7,1,24,21,38,34,-10,-3,7,-58,12,9,31,-6,4,-54,5,-26,11,
-21,20,4,-3,-12,15,-21,37,-33,21,52,28,-29,-20,-20,-54,-6,24,-4,-17,-10,14,13,-9,15,-33,9,29,-17,24,7,-22,-3,21,-9,
-14,10,7,33,53,-2,42,8,13,57,-32,-61,13,-44,-10,11,-23,61,20,-11,-30,16,-4,-49,-39,-76,17,-3,-67,-54,14,29,-25,29,27,
16,-16,3,1,40,35,-76,-84,48,-15,-14,10,46,8,38,25,-12,18,5,35,-25,-63,-43,-24,-32,1,-1,-12,11,-45,-29,30,8,32,-20,56,
20,20,21,25,-91,-11,-41,85,8,16,-54,-14,8,-12,22,-36,-16,-37,-80,26,13,-37,-20,39,12,19,24,-30,-20,16,-32,-29,23,2,
-23,-46,-69,40,23,-22,36,6,19,-7,28,-4,-36,-25,-1,-8,-89,25,-92,-51,-42,55,8,15,-19,-37,-78,-35,-14,35,58,11,-32,31,6,
28,-97,0,43,-20,-7,-18,-97,41,10,12,16,-13,-99,36,18,-72,-86,0,-14,-10,-68,-13,-1,34,-6,16,25,43,-35,-48,53,17,-27,
-46,-19,-6,-14,-16,-12,-25,14,-65,-25,9,-7,16,12,-7,7,-29,13,-19,38,-30,-7,-32,33,-3,24,6,-27,61,69,-9,-10,-5,11,20,0,
-14,-53,-77,-2,-14,-89,-74,-95,37,-53,-18,-8,102,-16,-14,-34,18,-49,24,-85,-5,78,62,67,-89,23,29,1,-55,11,-25,35,2,56,
-7,-28,-3,-13,-48,19,13,37,1,37,-5,7,-7,24,36,-3,-63,21,54,-19,25,-47,-73,22,-8,-7,35,-44,-15,-39,-81,-12,-6,28,-127,
40,-25,-3,45,87,-49,-101,-61,24,56,45,-47,-16,-105,-33,-1,16,60,-4,-42,-54,-6,-8,85,15,3,-52,6,-47,13,38,-8,15,101,-5,
-23,-23,-84,-53,8,21,57,-12,-66,-92,30,3,24,-6,-21,-41,-23,-24,22,31,-3,47,-26,25,-14,21,-13,-7,33,5,-59,7,28,-23,15,
82,38,-40,-48,-19,23,-33,40,6,57,-15,61,18,-76,-15,-19,-14,-10,15,1,-13,-12,24,2,23,-6,12,-80,0,26,-12,-44,-4,24,14,
-2,-7,26,-10,-4,7,-38,-11,25,-1,-52,46,-15,0,-39,-10,-31,36,31,-5,4,9,6,7,58,-30,9,53,12,1,-18,3,-55,-2,4,41,39,14,7,
-28,-6,-60,-73,80,-32,-22,17,-24,-33,-18,14,-90,28,-22,-5,10,74,-94,-18,19,24,-26,24,-31,32,-20,-29,-2,-1,18,35,41,
-72,-22,-77,-5,19,42,-4,46,-10,16,10,-37,11,-10,39,-12,-5,10,8,-62,25,11,40,-4,-6,-33,2,-5,53,-15,19,28,16,-3,22,-100,
42,-1,30,25,-19,-9,-13,15,-8,-5,-30,27,5,1,24,-33,-84,-22,36,-32,-1,33,-25,-13,20,20,35,-74,47,16,-121,-35,13,-18,-22,
-7,-13,26,2,-20,-32,25,19,-39,-43,-88,19,-24,-11,-20,23,16,-53,-3,0,11,33,-17,41,52,40,-65,-89,94,-40,31,-24,33,-30,
33,26,-41,19,13,41,-11,-14,-44,-58,26,-16,12,-38,9,-62,-32,15,41,32,-41,62,68,9,3,-19,-112,8,-39,77,-41,18,-70,-13,15,
-25,18,-19,-12,7,-106,27,-3,-108,-44,41,8,39,18,-29,-28,59,-9,-38,52,2,-1,-31,44,-19,48,-65,62,-56,51,10,-56,-3,24,48,
-15,-3,0,21,-19,32,-32,47,-18,-67,-27,9,8,53,-23,65,50,22,-40,-50,39,40,-57,-29,44,-38,11,0,-92,42,-6,18,18,-1,-48,31,
-7,-26,-43,22,-16,15,-96,10,-15,53,-10,54,37,38,-20,-93,21,16,-34,-32,9,-12,-41,-16,11,-2,-8,-44,-25,45,-36,8,-14,28,
-23,-35,4,-7,50,-22,17,-20,28,-43,20,-11,-89,-65,26,-23,53,62,65,-10,50,-6,-52,-42,9,-1,-67,-45,-94,17,-24,-18,-6,22,
-15,-59,-9,30,-15,78,-77,56,68,33,43,-68,6,11,5,-5,-1,-30,12,-10,24,-31,-33,-1,-22,-43,10,26,-19,-6,62,-36,11,-47,40,
41,-16,-25,6,23,-11,30,-37,-44,86,-35,-30,14,-12,11,-1,-14,20,-18,32,-48,13,20,-55,32,76,-50,-63,6,-17,1,19,-17,-3,
-32,-4,15,16,-5,2,-92,-23,-23,14,53,14,-1,-13,13,-56,-31,45,-6,10,77,-3,-46,-25,-56,-10,24,11,32,-17,-28,-51,54,-14,
29,17,-40,-23,18,22,17,46,-12,37,-12,42,12,41,13,-36,29,17,-66,-94,15,-44,25,21,46,-31,-37,-32,11,-32,9,26,64,-36,38,
-12,-92,-11,-18,-20,3,6,7,-6,8,6,9,-2,-5,0,-30,-25,8,-28,-54,7,2,13,26,-35,18,-9,-23,-12,-25,1,21,-24,-93,65,-10,8,
-51,-12,-37,45,32,65,5,-8,32,11,40,-44,15,49,19,27,-14,-6,-36,-3,7,47,16,8,30,10,13,3,-20,34,-49,-42,22,-37,-9,-31,18,
-78,15,-25,-28,11,41,-113,-84,15,-7,-15,-34,-30,40,-3,-65,1,10,24,-5,12,-78,-35,2,-17,12,41,-41,35,-6,23,16,-23,-11,
-29,44,-7,-41,-4,3,-33,15,25,35,-1,-15,-16,5,-1,20,-13,34,-1,11,2,-43,-13,71,-13,8,42,-21,10,-7,3,-5,8,-42,-19,-26,
-61,17,-92,-38,1,48,-16,-10,4,-23,-18,66,-2,-26,3,-4,-18,-48,31,-6,13,-80,0,-2,26,7,30,-22,4,12,-13,-83,34,-11,-16,17,
28,-1,12,-62,1,33,1,21,-3,22,-14,28,-57,-65,80,-24,19,17,14,-20,17,34,-5,25,-8,21,-5,-11,-29,-24,43,2,-8,-2,11,2,-20,
-10,35,-19,-36,50,36,-22,-9,-21,-78,16,3,2,-30,51,-85,-2,9,-72,7,21,3,-17,-39,-26,-11,-111,-22,70,31,17,-25,-7,-52,
121,18,-28,53,4,-16,-6,39,-29,13,-57,27,-80,43,19,14,-7,15,49,-20,-33,-12,-17,8,20,-27,49,-36,-55,-53,-12,44,16,10,73,
25,23,-33,-24,79,7,-31,-71,21,-54,6,7,-89,32,26,35,14,17,-34,0,22,-15,3,19,-21,4,-127,7,-1,66,-26,78,28,33,-5,-104,
-38,-10,-35,-9,15,1,-65,-22,-11,15,0,-14,-31,36,31,13,-54,10,-30,-1,-17,10,44,-30,37,-38,36,-34,19,-18,-40,-71,-11,15,
58,50,43,3,28,6,-26,-68,1,17,-32,-18,-75,-24,9,-3,-2,-16,8,-61,-2,4,-15,50,-37,61,57,0,28,-74,-35,66,22,39,33,6,25,
-34,-5,-21,-37,6,-28,-25,-10,19,-78,31,2,-29,1,-71,34,29,-28,-5,16,19,-22,34,-19,-57,50,-28,-47,-20,-24,11,6,19,0,-45,
38,-7,0,7,-25,-16,38,-53,0,18,10,14,-6,-5,24,23,-8,27,22,1,-12,28,-26,-16,-11,18,16,19,-10,20,-39,-34,31,-7,-9,57,5,
-40,-35,-23,-23,19,19,14,-30,-38,-19,76,-15,36,5,-28,-12,-66,-2,-1,36,-27,45,-3,12,1,33,-4,-37,-4,4,-65,36,14,-49,-8,
39,38,-17,-27,-25,5,-11,-3,24,20,-40,27,15,-39,-13,-2,-22,17,4,1,-17,2,-24,15,0,-5,-23,5,-71,8,-49,-17,-25,-7,9,41,
-34,10,-17,-11,-2,-9,20,14,-13,-57,34,-26,-18,-127,-2,-48,33,-26,61,21,-24,29,6,-28,-88,9,42,46,55,-23,-18,-23,12,-3,
28,-37,-7,4,-30,16,38,10,6,-48,-39,52,-8,13,-19,-10,-19,15,-33,-42,23,7,-83,-50,51,27,-13,-28,-8,85,-18,-53,23,-72,37,
-5,9,-76,-18,-28,-14,-3,7,-57,3,-8,-2,-19,16,-1,-15,29,-21,-57,-29,9,-5,37,17,-2,-16,-25,10,32,10,-26,7,16,0,14,38,
-29,-30,10,15,40,-30,18,-21,23,24,63,17,-10,24,62,-23,52,-54,31,-39,-16,-15,4,20,-50,-47,2,9,5,-23,-2,-1,-84,19,2,6,
73,5,-31,-11,-16,76,-35,31,-5,26,-92,-24,-18,-36,15,35,19,-23,-52,13,13,13,14,9,27,-7,35,-46,22,39,6,11,-11,-4,-46,16,
26,-31,20,-8,10,11,1,4,-1,54,-9,0,16,7,21,-17,-8,26,-6,-52,40,34,-22,-41,-45,-93,37,26,-42,14,61,-80,-21,0,-94,11,29,
27,17,17,-61,-16,-115,9,59,48,22,-52,-35,-40,127,27,-63,37,-1,-6,-5,54,5,47,-15,8,-69,39,26,45,-18,-7,30,2,-36,-32,
-29,25,-4,12,52,-11,-42,-26,-24,52,-4,35,51,-17,-19,-38,117,111,-54,-56,-124,13,-127,1,-12,-45,44,20,23,4,20,-53,-18,
79,0,58,19,-11,24,-83,-15,-12,-30,-12,63,21,-1,0,-13,-24,-9,-9,-46,32,-39,-12,-35,-35,26,5,21,-37,3,36,-9,-61,14,19,
26,-8,-25,23,4,-16,-39,38,-10,34,-3,-33,23,-15,-15,23,31,-9,16,2,7,-10,-51,16,23,-27,11,9,-13,7,28,-11,-24,22,-41,8,9,
-5,19,-43,50,10,6,-6,30,-67,63,28,39,43,17,28,-15,-16,-6,-18,8,-41,-27,-20,13,-65,15,-28,4,22,-70,16,20,-41,24,8,8,21,
36,-11,-1,37,-45,-50,-41,10,16,4,10,-41,-36,33,10,4,8,-33,-42,-15,-38,32,7,17,-14,1,8,-5,67,-21,18,16,18,-20,53,-62,
-37,-22,-71,-13,25,-17,-3,18,-40,28,20,41,46,-33,-39,2,-7,41,-1,29,23,-38,-55,11,85,-12,7,3,-12,35,-72,-15,4,-1,-56,
38,37,-22,-9,22,36,-22,-29,14,-28,77,18,-28,21,7,18,-12,-19,-10,-20,-9,-10,19,20,-28,11,-12,-71,-5,6,-5,-70,18,-7,-10,
-18,-23,31,-16,-8,-24,21,19,12,-34,17,-22,-28,0,43,-12,-6,-10,-17,10,41,-19,2,27,-16,36,-2,-36,-91,34,-74,10,-25,32,
61,-5,-24,-34,-12,-73,5,34,63,36,-38,-15,-22,32,30,-16,-63,2,-16,-65,-2,4,-26,6,-3,-36,41,-19,-11,-26,-19,-19,4,-95,
-49,18,7,-76,2,87,16,43,2,2,127,-4,-74,26,-125,50,-6,28,-19,77,8,16,7,-52,-5,-15,14,-11,-7,-4,-14,-11,15,-5,-93,15,36,
-15,-6,23,57,18,7,-28,0,-18,-32,-27,-41,35,21,-60,-99,-11,-11,57,-23,2,22,12,9,-15,-6,6,4,21,-92,-91,16,26,19,0,-24,
22,-16,20,80,6,27,10,8,3,42,-12,-5,9,-5,51,22,-32,22,-4,-7,-6,8,2,10,-9,37,7,-13,16,14,-12,-12,-24,30,19,-17,9,34,4,
18,7,7,-72,-3,9,20,-43,6,-12,5,-5,-23,-1,34,-28,25,2,-11,-104,44,-5,17,-58,17,-15,-21,0,-70,-2,-52,20,21,-23,28,52,
-88,-29,6,32,7,24,-15,14,-15,-4,22,-2,-71,8,-63,-69,25,-7,-32,-23,-17,3,35,19,2,-22,-43,-12,2,51,12,86,-94,-100,9,-1,
25,-67,-24,-45,-9,42,6,10,37,17,28,-3,19,-83,0,-119,-31,4,7,18,-38,-47,-73,26,-36,-9,41,1,-112,-22,-3,-98,50,2,10,-35,
-15,-94,0,3,-48,26,9,-36,31,-18,-87,-56,-42,-8,5,-14,-39,-67,27,40,-41,15,29,12,3,113,-34,23,-31,-18,-24,22,-21,-60,
39,-21,-65,-9,71,-61,19,59,11,-59,-50,-14,8,7,-45,25,-53,31,2,31,-15,39,-23,24,1,-85,65,-80,37,10,-18,-10,7,-6,-2,-17,
19,23,35,37,-16,-22,42,26,14,22,-74,13,59,-28,-45,71,-12,24,-47,127,5,40,-57,20,-53,56,-15,26,20,-34,16,13,45,-85,-17,
-2,11,15,10,-4,40,15,31,18,-42,23,40,36,17,-3,33,34,-8,-96,-1,-71,-41,-8,-8,-94,21,-11,-69,20,58,-40,-7,79,58,-88,
-101,20,-10,46,13,46,-50,80,-16,-76,9,72,-2,-11,8,40,51,-32,-20,-33,-24,-37,-11,-16,-5,13,64,2,13,-31,-70,-69,6,-24,
-27,28,-74,-5,-36,-4,-19,34,23,-22,60,-25,28,24,-38,60,-52,12,-43,36,-32,-5,4,23,-127,-34,72,-37,40,64,-21,-35,-78,1,
-11,-32,47,-26,39,-43,46,122,14,-23,23,-33,12,25,27,-12,-13,0,-15,31,-41,-1,-43,-91,31,-41,8,-21,24,-3,26,-8,-8,-119,
-31,-21,-71,30,26,26,-65,-7,-56,11,-48,-10,14,10,19,-32,5,11,16,-5,25,-34,-8,29,19,15,-1,-13,-40,-6,16,53,10,63,7,-31,
-29,-56,-2,62,-32,-15,3,3,-35,-21,-1,-75,42,-15,-9,18,53,-9,-5,20,37,14,-12,-36,-15,-16,-41,24,22,58,9,1,-40,10,-59,
-10,-2,-43,41,-3,42,-12,-13,-29,-17,4,27,-19,-71,22,-9,-72,-10,19,44,18,9,-37,-17,-23,29,-23,-13,52,13,-70,-89,5,-10,
24,-51,15,16,-6,17,-17,35,-10,-5,7,-64,-79,33,-36,41,5,9,-9,8,1,42,-84,11,-13,12,-9,54,-6,2,-44,-26,-21,26,-17,37,29,
-6,31,9,-19,42,30,-13,-88,18,23,3,19,3,-19,52,21,4,7,1,-1,0,27,-13,-18,3,74,-32,-76,-65,39,-15,16,8,-60,2,6,34,-28,
-28,8,8,31,20,-7,19,-16,-65,-8,-6,16,-8,-6,8,-17,45,-8,17,-63,1,23,47,20,-2,28,0,13,5,6,-40,3,-22,-26,10,0,-80,-35,
-15,1,2,19,-22,-29,11,-31,-9,29,19,31,-81,-30,6,38,-56,24,24,8,-13,-3,-55,37,40,-15,20,-1,20,-15,-19,-15,21,-27,-7,15,
-49,1,6,5,35,-25,0,-48,-82,40,-21,-62,-19,7,10,-19,-2,-41,16,-5,-10,10,25,2,21,30,-34,-23,-14,-5,-23,-14,-9,-17,10,28,
2,16,2,13,-93,62,-38,16,-16,6,-11,28,-1,-21,-11,8,-23,-13,99,35,-12,39,2,-44,-36,-1,12,28,-23,11,-14,32,15,3,-26,-12,
42,50,29,-82,29,-39,22,50,-27,19,-8,-30,-5,7,0,-13,39,50,-68,27,67,15,9,2,-26,-15,65,-41,-42,72,14,95,-32,23,22,18,9,
47,-103,32,16,38,22,-2,-20,-15,-16,-31,30,-16,25,8,15,15,49,20,33,-26,-105,-32,13,19,-24,-25,19,46,-24,6,3,-29,-49,8,
-3,14,22,0,-37,24,50,-49,21,69,-8,-60,-48,13,34,36,3,11,-43,-27,-29,-3,47,4,-81,-10,13,50,67,-16,-1,-27,17,-18,43,17,
7,2,62,30,-27,0,-57,-26,-4,1,-8,-16,-57,6,43,-8,1,-5,-35,-76,-2,16,24,4,44,39,3,28,-33,43,-23,-23,-10,10,-45,68,44,
-39,12,-28,-11,-31,-63,-4,-48,-45,8,-37,22,-50,33,28,-52,21,9,-23,17,25,-12,-23,7,-10,-16,36,-30,14,2,-90,22,-21,-29,
-25,12,10,-9,-20,-9,-79,-27,-30,-3,16,17,26,-50,26,-63,18,15,-9,-55,67,23,19,-13,-3,28,-7,-15,-15,-13,14,25,52,-6,6,
-49,1,27,42,5,63,26,-31,-32,-7,-46,7,-18,-46,11,3,-25,-31,23,-76,39,7,19,13,13,-24,-32,-6,20,46,-20,-19,18,-13,-4,23,
8,18,22,9,-40,-56,15,15,13,-10,-43,51,-20,34,-2,-64,-36,-13,40,-20,-84,10,-8,-45,15,31,42,-1,5,-20,-10,-6,47,-23,39,3,
-3,-84,-21,-25,19,26,-41,28,-34,36,20,8,29,-11,26,19,-86,-42,56,-44,-10,-2,19,-42,20,-5,7,-53,-11,45,16,-50,49,-19,19,
15,-24,-16,-31,15,24,32,-26,19,-38,-59,-12,-13,-35,15,13,31,-27,-4,26,10,-10,4,-41,-53,-21,-3,-20,-9,24,-44,2,31,-32,
23,-37,26,-24,35,19,-29,10,-10,8,-10,-89,23,-15,16,25,-73,-31,-9,-23,-7,50,13,-6,-45,8,40,9,-16,-68,-79,18,36,14,-3,4,
-7,2,23,-14,2,-23,17,-9,-1,25,-24,-105,-20,22,3,20,-19,-19,-26,35,3,-4,36,5,12,-127,24,-41,17,-78,35,-3,44,-5,-6,-69,
-7,47,-4,-8,5,-6,14,-32,34,10,-26,-16,-5,17,-17,10,-23,40,8,-4,-40,-52,50,4,-52,-57,25,4,-2,0,-34,11,-12,11,-11,-12,1,
22,18,-27,-1,-17,9,-16,-17,38,-14,19,-4,51,28,23,13,-47,18,-14,7,-18,19,-3,-23,1,11,-22,-16,16,-12,71,-101,-17,24,0,
-10,-34,15,18,37,-18,40,-19,14,-57,2,-43,-34,80,11,1,-41,-28,-8,57,53,-10,16,35,-37,27,-15,-72,-30,34,29,-34,-10,28,
-9,11,24,-10,-45,-28,-73,-75,-7,28,97,-36,-67,-23,13,-6,9,-115,7,-11,28,-20,27,-41,-27,-3,-65,29,-21,32,13,32,18,46,
27,7,-26,-59,-61,-16,5,-23,-20,8,28,-23,9,11,-4,1,26,-13,23,28,4,-32,25,39,-35,26,42,-16,-67,13,-13,40,8,3,6,-18,-15,
-30,5,-1,12,-96,-27,8,11,28,4,4,3,14,-15,-6,5,41,9,13,-93,-10,1,-23,23,-5,9,4,-3,-28,8,45,-15,31,3,-9,-59,-87,46,47,
20,53,11,-20,34,7,24,-8,-55,-15,7,-16,-5,8,-19,3,-27,10,-33,-18,-17,-38,-42,-5,-13,36,-60,0,1,3,15,14,-19,4,-23,2,-32,
22,-23,-26,22,-3,16,-7,-79,14,8,-1,-18,25,15,-4,-21,-33,-22,20,-14,13,42,-3,-26,-40,25,-27,20,-15,-15,-29,25,11,62,0,
-3,14,24,-23,-109,-10,5,33,78,-17,-13,-39,4,58,26,-10,6,12,-6,-38,20,-112,-21,-7,-50,13,9,2,-27,10,-49,-1,2,5,14,-3,
13,-35,-20,-4,41,-26,-7,35,-6,-11,35,5,-4,4,8,-32,-127,-31,6,26,33,-49,45,-30,37,-20,-51,-4,-40,9,-6,-56,-3,-3,32,11,
-10,18,-6,-4,0,33,-11,9,-30,81,-8,18,-54,84,-35,56,23,-33,58,-15,13,18,-10,-10,-12,10,-18,-81,-5,32,-38,30,-5,56,-16,
3,8,2,-42,-6,38,-5,-9,23,3,-46,26,-20,1,17,12,6,16,-39,-21,-26,-51,-11,-9,-8,8,23,27,-54,-2,69,0,27,8,12,-2,-14,-10,
-21,-24,19,-55,-8,22,33,36,-33,-1,-18,7,14,-1,27,-24,-25,10,-47,1,5,63,62,9,-48,34,12,5,33,32,-14,-65,43,11,-38,7,-62,
-22,24,33,-58,-17,28,-9,9,-10,-17,-7,6,3,-20,-30,10,-20,-87,-9,71,8,-4,-13,-37,-27,53,16,4,36,21,-13,-37,34,-48,18,1,
19,-39,49,-25,-26,-42,-7,-12,-16,-45,56,-5,15,-2,14,13,-36,0,2,-13,8,-41,-7,17,-50,-8,-9,44,36,-14,-54,-58,22,-41,7,
-16,-42,14,8,13,-28,-24,12,2,12,-6,-6,9,14,-2,-25,13,-25,5,-31,57,24,30,10,-53,-29,5,32,-22,12,-19,-20,-23,8,-32,-7,
18,0,15,6,15,-10,40,13,5,-1,-29,18,-23,28,-33,9,-48,-27,-29,-39,-4,-34,68,-4,11,-33,65,-1,6,-2,51,-16,-22,-32,-63,-34,
58,48,-34,-27,-49,1,-4,18,22,-30,-43,-69,-11,-29,-20,16,-38,-112,4,0,84,19,3,-19,-23,-24,-48,9,-35,-32,18,-44,-8,-21,
-41,-31,-3,14,-45,40,10,-16,17,18,-80,-39,-12,18,-76,26,-29,5,-2,9,11,23,-5,-3,-16,-5,6,9,-4,-102,-26,25,-32,21,19,-5,
36,0,2,8,2,28,6,5,-4,11,-43,-20,4,-22,23,-3,27,-5,23,-6,-28,7,40,-5,8,-64,-19,6,-36,6,-14,29,2,-15,-27,23,39,-22,34,
-15,-6,-51,-15,55,18,34,54,17,-7,32,5,34,-34,-57,-23,1,15,36,17,-7,-4,-40,38,1,-1,-18,-18,-26,-5,-2,33,-25,14,7,10,10,
4,-44,-64,-20,-25,-28,34,-21,-13,6,16,23,24,6,-9,-44,23,10,36,18,25,-25,-48,-13,0,7,-23,46,1,12,-45,-39,-18,-26,-16,
-23,-27,-21,-22,63,0,15,-18,16,20,-105,32,-39,57,33,-3,-9,-37,31,36,-11,-20,-11,-65,-28,12,-1,12,-32,10,-15,-10,8,12,
-30,-28,-40,25,7,-19,35,-8,-71,-7,-3,24,33,-33,-8,50,-17,-10,7,-31,-27,-15,21,-17,-44,44,10,20,-21,-15,10,-13,17,-59,
46,-12,9,-40,-21,-68,-87,44,52,3,8,-29,24,-26,5,80,-9,-42,-86,26,26,46,29,4,-2,2,43,20,80,9,-10,17,-9,7,24,-17,-16,29,
101,30,-38,35,-1,25,8,0,2,-13,-6,25,56,19,-15,21,12,-6,61,4,28,20,17,-67,21,-33,-20,-45,-57,-17,-21,-13,-38,-31,-20,
-51,11,38,8,-25,19,-12,14,-1,9,43,21,9,-66,-39,16,14,1,-33,-39,-26,-17,-12,28,33,-8,-39,13,-25,-69,19,59,65,36,-38,6,
13,16,41,14,-28,-24,18,39,-18,-46,-26,12,81,50,-96,36,-53,-2,2,23,-59,-8,42,19,-46,-63,-92,-38,-100,9,25,-9,-14,-25,
-10,-20,57,7,53,35,30,-41,-21,5,3,57,50,27,-55,19,1,13,-20,-24,-16,-12,-13,56,-36,15,-6,16,61,-16,38,4,9,33,-38,58,34,
-32,-40,-59,41,51,-83,-39,-102,24,-104,15,-30,-4,58,-8,7,-14,3,-23,-32,76,27,56,18,-20,13,-13,-16,23,-42,-25,50,16,
-20,22,-77,-10,14,53,29,17,1,-15,-45,-14,1,26,19,-47,26,-33,-13,-79,84,10,39,-21,-66,3,-12,-22,5,31,-53,46,-14,-2,52,
9,-31,-1,12,-50,46,1,-7,27,31,22,-15,-6,2,-57,35,42,-17,-21,-1,37,23,-2,18,-19,3,-40,-16,-3,-7,29,-7,-37,30,13,38,16,
65,4,-2,-6,-21,18,3,-32,7,0,13,-21,-97,-19,10,16,-25,21,7,-50,40,18,-27,39,31,17,-111,13,-19,-9,-9,14,13,8,-14,-41,
-59,-14,-2,11,-26,-77,-42,31,-19,49,3,19,15,-4,-21,-4,1,8,-11,-3,-13,-35,-18,-42,-4,-20,-119,-5,22,3,6,-11,-29,14,38,
30,35,-2,-52,25,-47,36,-36,44,15,-21,-42,25,69,-49,51,15,-7,-21,-86,12,24,11,-16,18,19,5,-2,47,-33,-33,-9,8,7,-4,8,
-11,8,-21,-2,-12,13,-8,1,-4,-2,21,50,-30,9,6,43,14,-15,-48,-47,31,-29,-29,18,-45,-1,38,21,19,46,14,-14,-50,28,15,22,
16,29,-37,-35,-11,13,-14,6,31,-16,56,14,-27,-25,-63,-40,-24,22,-15,-10,34,-6,44,-22,-29,8,-69,4,-56,64,4,0,-9,-64,34,
32,-15,9,24,-107,-24,1,30,13,-5,42,-16,-23,11,-9,-47,-60,-32,43,-3,-52,40,0,8,45,27,51,2,-27,-26,84,-8,-14,-8,-92,-29,
0,31,-11,41,-26,82,55,-88,45,-55,24,45,-9,41,-17,-36,7,-16,-26,12,46,-35,-6,56,58,25,0,-43,-28,-75,-15,-50,-86,104,37,
-32,-94,-43,-12,16,-62,15,-6,-41,-29,21,-2,19,-58,21,-1,-38,1,-28,6,-8,-9,25,8,43,27,-38,14,-51,-11,-7,-36,2,-46,-36,
11,-2,8,-23,-21,-21,2,-22,-22,-33,12,19,-19,1,-19,19,58,32,-21,-7,-40,14,-9,38,63,23,-14,4,-7,-22,-24,45,-48,-34,-14,
-4,-39,13,-4,-30,29,26,-21,8,42,-41,4,32,-13,-8,-38,-20,-19,8,11,30,-14,17,-20,-15,-19,41,-111,-29,14,-16,14,35,-3,10,
-8,-17,21,-3,-48,13,48,-28,8,20,2,-30,-20,2,35,18,-10,-44,-70,-9,0,-34,11,55,-29,-27,-14,36,58,-68,-16,-57,-4,3,-8,-4,
60,14,18,-77,-1,12,13,-37,-42,-2,22,18,-3,18,-62,63,-19,-53,7,34,-16,-4,-11,-61,34,-33,36,-33,-6,-48,-3,-22,-19,32,77,
1,2,-45,-24,-37,25,-23,36,3,-121,24,-16,78,-32,-10,-11,20,-50,31,-71,23,24,-15,23,-1,5,-79,57,-22,-2,-41,31,-62,-21,
31,66,-60,-17,25,-14,10,42,45,-7,4,34,18,-61,30,-36,-17,20,-49,36,-63,26,4,3,-42,34,-1,7,9,-75,-58,24,19,8,21,31,28,6,
26,-32,11,42,21,-53,84,17,-20,-82,71,-8,40,-8,13,-64,-8,15,12,31,-30,39,-5,46,-31,-33,29,75,31,1,-8,12,2,31,37,-18,10,
68,-7,-3,-15,18,-13,-85,34,-60,3,-24,-26,21,-51,16,-25,17,-2,23,-30,-31,70,121,-9,-42,-12,-94,18,42,92,14,127,42,-116,
-13,29,-31,28,-33,20,80,-15,-13,-49,16,-122,-54,1,0,-43,90,-75,-16,-25,-26,-58,56,3,-7,16,-25,18,0,-46,-35,22,-47,-28,
58,-68,56,-8,-32,28,-40,5,-67,-10,-87,-4,-32,-2,-74,-21,97,15,-26,-48,19,-18,-62,8,-19,-17,-7,-32,58,-65,30,42,21,43,
-11,-101,16,-20,32,48,-2,7,5,-26,36,-3,-14,-62,17,-8,7,-46,26,-2,47,5,-94,-15,-25,-27,-38,71,23,23,-63,-15,-15,66,-21,
9,-17,-13,16,6,-4,55,-9,17,8,-91,1,-28,5,48,11,-5,-34,-11,55,-10,41,12,18,-19,-49,-45,12,-4,-55,46,-16,24,-30,-41,9,
-60,-25,33,-12,-26,33,-80,-20,9,-14,-19,-11,9,-63,-16,18,38,49,-26,32,-37,-34,-7,70,29,58,-60,14,-51,43,17,-10,21,-64,
-14,7,-15,-15,3,40,-21,-20,0,55,20,-12,-32,-35,-64,44,7,-38,63,22,-26,-58,-28,30,-16,35,13,-7,9,-28,6,-32,-36,-54,17,
43,33,14,-32,3,-63,23,-5,14,17,-57,-75,-16,10,-4,-6,-5,-9,-87,4,12,-6,25,6,19,-13,-1,10,7,8,-19,32,-11,13,14,10,17,29,
-5,-18,34,14,-6,-10,9,34,24,36,-8,18,-53,0,-39,-4,3,26,-7,51,0,7,-13,-7,-11,-38,10,13,-8,11,-24,33,72,11,-23,31,49,5,
-15,49,-2,-14,2,-14,-41,-39,9,-25,19,12,15,12,-2,17,-16,33,-33,37,62,-79,7,4,-63,-23,-21,3,40,17,-26,-11,-34,2,12,-17,
5,11,-2,-21,24,56,-42,29,0,25,-13,-50,-39,-32,2,-22,11,-48,16,-9,-22,21,20,-23,20,0,-2,11,-20,10,41,-49,30,-18,24,26,
-13,-59,-21,-6,27,-36,11,4,16,12,0,19,16,-68,-3,-3,-15,-1,17,-32,1,12,-11,10,-25,33,6,19,-19,31,-49,-43,-37,2,-25,7,
-7,-23,5,-61,27,-27,32,1,-2,-56,-48,14,47,24,6,20,-8,8,-1,46,3,22,15,-3,-32,-1,-7,-13,41,-22,-14,-18,24,34,-26,6,-2,
-6,-26,4,-29,-5,26,21,24,39,7,31,4,-9,3,-19,27,20,-23,17,36,24,-90,15,-39,10,46,18,7,-4,55,23,13,-6,40,-17,37,-98,-17,
-21,55,55,-9,2,24,4,-2,45,-61,-34,-10,15,-14,-1,17,26,-60,-9,35,10,-84,-7,18,55,16,-5,-13,-2,4,-2,4,-13,65,-5,-22,-6,
-13,22,6,9,-35,25,1,-10,32,-19,-11,51,-19,22,26,-21,-2,-93,23,-20,-12,49,9,-1,23,-104,-8,33,-6,-28,-1,11,-30,-6,-4,35,
65,-61,-27,30,-24,-52,19,-4,27,3,29,8,-31,-5,-38,33,-16,-14,-41,-17,14,59,74,19,-41,-71,5,10,-66,4,-64,31,-13,-28,25,
-75,-18,13,-100,47,-12,-49,65,-28,4,53,0,33,11,-13,29,-43,4,-109,-3,21,12,-34,15,1,27,-12,-65,17,-7,1,-8,46,10,-10,9,
-9,-16,65,-14,14,-27,8,13,24,-25,46,-3,-4,-44,18,12,-22,10,21,18,-15,-34,-10,53,-59,9,-1,-3,-18,-46,17,-64,-11,-57,16,
-5,17,-63,-28,18,-44,-20,60,-5,15,29,-74,-27,-29,-6,3,-5,3,-21,-21,-5,21,15,-26,18,-30,-16,-11,-8,-2,38,-43,-50,-4,
-48,25,-3,31,-38,-14,-4,-7,-86,-52,23,24,12,-1,51,12,-39,-13,12,-32,18,20,-6,-18,11,-113,16,6,75,-10,57,10,-42,41,-15,
-10,-18,-35,-40,21,60,-90,34,22,30,-7,3,-38,34,10,-71,-78,-14,58,36,2,4,15,-105,31,11,14,36,15,31,1,-50,10,12,-13,-58,
4,43,-10,17,23,20,-27,5,-12,29,-10,-2,1,-31,47,-13,-39,15,9,45,-20,-21,-40,6,41,-13,24,22,6,-3,18,-27,-2,-25,7,13,-34,
-19,-11,53,9,-8,13,44,-2,-8,-25,24,32,-44,-7,-79,-17,6,27,-16,15,-10,-12,18,33,-20,35,-26,21,118,-35,24,-25,-77,-15,
19,-16,27,7,-35,-19,-18,-4,2,33,-1,23,4,20,-10,80,-26,42,4,16,-11,0,-9,-29,-7,-49,-7,-33,-35,-1,4,-28,1,-20,28,19,-40,
9,-25,12,32,-20,-26,14,-22,16,-13,-75,-25,2,9,-15,5,-13,9,17,14,-1,-17,-5,9,1,-8,7,-21,-9,-12,19,-3,9,-16,22,20,22,-6,
8,-14,-45,-6,9,-52,23,-28,-8,-20,6,-13,-11,22,-3,-71,-108,10,38,19,26,18,1,-10,33,-8,42,-2,15,0,-43,-27,-11,-9,31,26,
-93,45,-58,44,30,-1,-5,-33,-42,-18,-31,43,-1,19,-45,21,-2,5,-13,-2,5,-32,-43,-28,64,-31,39,22,55,-23,-30,-77,28,-68,
30,-37,25,-12,0,-55,-58,32,-11,45,-94,28,-12,63,84,89,-10,11,17,-14,-34,13,-41,14,-6,-11,20,14,-13,-5,0,39,-2,6,-19,
11,27,29,2,-13,2,26,96,1,-21,29,-19,-2,-8,20,8,-10,-2,-10,8,-29,12,-2,5,-99,-33,22,-30,-49,-27,-6,-47,5,-20,16,19,5,
-12,-51,-90,-2,35,-8,25,1,-2,-7,-15,7,10,48,-41,5,24,3,-66,-100,14,35,-13,55,-20,-30,-51,-8,47,-1,-15,-67,3,37,-15,46,
50,-8,-64,26,-15,-25,9,-66,32,-12,26,1,-44,-15,-4,39,14,21,-22,56,-18,11,42,8,36,-6,-43,-9,-22,-4,-88,-12,1,20,17,15,
-2,29,-27,-50,4,57,3,-8,34,13,-1,-40,-14,-17,27,-31,5,20,-2,-19,55,-11,23,-27,-15,-27,-118,24,-13,44,8,24,-19,-47,22,
20,-15,16,-7,25,-58,15,23,-13,-42,-5,2,-10,-11,-8,-41,9,-62,-17,32,-13,31,12,-11,10,1,-11,-2,-17,20,-3,-11,-9,11,-12,
3,-17,5,-9,-41,88,18,58,-36,10,-5,-52,16,-3,20,-3,-1,-34,-1,-32,-39,-10,-24,-26,-17,-8,8,-31,-3,29,-29,-16,-61,51,-12,
41,-103,3,15,60,43,37,46,-53,40,-9,-17,-55,-23,3,16,34,13,12,26,28,-32,20,-24,13,22,-37,-57,-31,24,38,5,-6,17,-22,37,
28,26,35,41,21,11,-49,19,45,-26,-16,-72,56,-1,-3,16,-31,-30,5,-12,7,-14,-14,8,-2,44,24,-3,9,-12,26,-41,23,-13,17,-38,
-23,-6,29,25,33,22,-50,41,-15,-42,59,-43,23,11,-13,18,-12,2,37,-61,16,-51,39,27,-2,-9,-43,43,27,45,24,-1,7,18,2,-84,
-12,-39,24,-67,44,23,18,-11,-86,-37,43,-28,7,19,-30,36,-8,43,6,56,13,-4,-2,41,-11,43,5,39,-24,22,-19,34,-24,-8,-45,6,
-2,-27,-24,-21,42,-6,38,9,3,7,-6,48,-27,-15,-34,-40,-50,-2,-37,-5,17,-48,-15,3,-27,6,-20,-64,20,6,-5,3,3,33,0,-5,-9,7,
-12,33,-26,2,-1,-24,-21,-6,6,34,-1,4,0,-11,-34,26,-21,4,-10,4,-25,34,-58,-3,12,-21,-59,-44,21,32,50,24,-8,-30,-28,33,
52,19,-12,4,-48,-64,-4,21,32,30,43,-52,24,-51,10,17,31,26,33,7,-29,-30,9,71,35,-41,48,-16,-64,9,-12,-7,-29,-71,-41,12,
15,13,11,2,96,4,6,-26,44,25,11,57,10,-5,-30,-25,4,39,-60,127,15,-1,3,44,46,-23,-29,34,4,-101,17,36,0,-13,-44,22,-113,
-21,16,-3,25,2,16,-7,2,-23,50,25,-24,27,30,-98,-8,-19,-9,24,1,-11,41,-3,15,-8,11,20,-13,5,-11,-5,-98,-10,-5,-46,-12,
-19,12,4,8,7,-8,29,11,-26,-44,-13,-30,54,-20,27,-43,38,1,8,5,-7,29,-52,5,22,1,-85,12,-10,5,34,-23,-2,-56,-37,3,58,-12,
-18,5,15,14,-37,19,50,16,-27,26,-19,-10,11,-37,69,36,37,46,49,-17,-45,8,15,-10,-18,2,8,-24,5,-8,17,-41,-22,12,-11,-43,
35,-44,-3,-31,33,17,-10,49,-23,-24,-22,27,6,7,17,19,31,-34,18,5,4,-38,-8,-1,42,-16,33,-38,1,17,-9,-10,-70,21,-39,20,
-13,25,-6,-73,31,25,15,15,41,-30,-77,20,25,-40,-50,27,-38,-18,-6,22,-53,8,-52,15,27,-10,38,15,-79,20,5,5,6,-4,27,12,6,
11,1,3,-10,-5,0,19,-88,-50,44,1,-127,31,-57,22,8,-11,86,64,36,-62,-48,31,92,29,-39,-9,16,-40,-10,-2,12,1,-38,-31,-75,
8,47,24,-31,-105,51,-7,21,3,62,-75,40,17,-31,-20,-30,-7,4,-2,27,-36,23,41,-17,-2,16,-11,11,13,-17,-16,12,25,-18,21,5,
-98,71,6,5,4,13,34,22,-17,30,33,-2,7,-3,63,-50,4,-14,-69,11,-15,-48,-23,-11,41,-2,56,7,-37,63,-10,-22,8,-20,17,-26,12,
-68,11,-22,12,25,40,11,-57,32,36,-111,81,-40,53,31,-38,-11,-3,4,38,-51,-4,15,12,32,0,-87,2,48,38,43,6,11,-10,20,-16,
13,-52,-72,6,-42,-79,-48,-108,19,-74,-1,-10,1,-20,-13,6,24,-5,-44,57,39,24,25,-110,-2,28,69,-7,2,4,-18,-17,14,1,16,
-42,28,18,-44,4,-30,34,49,51,11,0,-1,15,25,-11,22,-64,38,-23,38,-17,14,5,-33,-17,5,-65,-22,-45,-46,46,55,-39,-16,58,
-97,19,-13,69,25,43,13,-15,14,14,-27,-65,-26,-64,68,-49,19,-90,14,19,33,10,-40,54,49,-43,49,-40,-14,43,-31,23,-47,32,
6,-49,-54,15,-58,-36,-10,33,27,3,16,-84,12,-23,23,-9,-4,3,-30,10,-66,33,0,32,27,61,54,-57,-24,40,-53,36,-14,48,-39,
-23,8,29,2,26,-48,-29,-8,-13,-7,3,17,-60,64,14,-23,26,4,41,38,23,28,-18,-5,32,-34,25,-35,-12,-24,-23,-30,22,-13,-53,
-8,-13,-8,18,29,-14,27,15,36,-91,-9,9,11,-3,-9,14,-20,-15,-14,51,15,-16,16,36,-43,-41,12,-51,30,3,14,53,-27,21,-31,10,
4,-33,-3,-5,-56,43,-1,-10,-29,32,-4,0,18,15,21,3,-8,35,-36,-60,-20,-70,63,-5,51,-80,61,4,-10,6,21,-2,-96,25,17,11,-82,
-49,28,7,20,-62,12,-25,-23,9,47,-71,-69,12,7,-3,-50,13,25,7,19,-14,-20,-36,6,-18,60,1,17,65,5,-8,-56,-21,21,-18,-28,
40,31,-56,-9,-31,-30,-46,-1,25,-7,-79,110,-70,6,-41,85,-22,18,33,-26,11,-14,29,-1,87,-2,2,84,-11,44,-18,9,-69,8,9,62,
-36,17,-37,34,29,-40,-72,-94,-21,-15,36,-4,29,-24,-122,18,33,16,13,15,-48,-31,0,16,-79,2,62,-49,-39,-35,28,-59,-19,
-10,33,23,-13,25,36,-72,41,-37,41,-25,-42,-5,-3,-4,8,35,-8,0,-16,19,35,-36,4,85,49,-127,24,-91,22,50,-15,-22,22,-80,4,
-36,32,-18,33,-35,-38,7,37,-13,-22,10,-76,30,-15,10,-74,125,58,43,-69,-66,11,-25,24,1,-44,-24,-26,23,2,12,-19,49,43,
-40,15,-32,-59,-5,1,-22,-6,29,-61,-4,11,43,-11,-40,-19,9,-97,-39,3,23,-13,-14,-73,-48,-10,-18,-59,17,-43,9,-36,-41,1,
16,16,18,8,6,-10,12,17,9,41,17,25,-17,-10,70,-44,27,-42,-7,43,46,12,-8,9,-68,-31,15,-3,-51,26,-20,13,-48,18,1,-2,14,
-49,13,15,22,-22,54,9,-25,-20,44,-51,-53,19,-26,22,3,-24,5,9,8,13,-26,55,43,1,-83,-7,12,53,-17,-36,-24,-7,-12,-52,13,
-44,32,18,-44,0,-27,9,-13,33,25,38,-12,17,-41,-16,25,4,-2,-6,-30,-41,-20,14,50,26,-15,-6,4,-14,1,31,36,5,38,-11,-14,
11,38,-10,-15,-25,60,29,-40,56,-61,6,-67,-18,-7,38,26,49,-50,11,-21,-23,-3,13,-33,-28,-6,-52,15,-30,49,-15,-25,-57,35,
-93,-41,6,37,-9,-15,22,-19,26,-20,-9,18,-18,-33,-33,-71,-27,10,-12,-1,24,19,-9,1,58,-36,33,-44,4,8,-30,57,-11,1,31,0,
0,-17,56,-18,-4,-39,28,11,-42,-5,-16,31,2,-15,-77,-15,-18,37,19,26,-6,-24,29,20,-66,97,19,-47,-3,-12,-16,24,16,11,-47,
-48,18,-3,20,5,18,-1,-27,-9,-33,20,89,15,-1,18,-21,-9,22,45,20,-8,35,-5,-2,28,-78,-60,10,105,-99,41,-77,-26,9,-37,-21,
0,-45,-55,-35,-28,1,29,35,59,-7,24,-42,7,127,-50,41,14,19,-108,-40,45,-52,68,-18,-33,-61,-1,-5,76,23,-54,-57,7,42,-40,
-17,-115,3,-2,9,11,16,31,-6,-13,-19,-51,49,-34,-27,5,-37,17,-78,-1,-15,-36,-36,7,-28,66,-26,46,-46,1,-32,9,-2,1,26,9,
19,-39,26,-2,2,18,-33,-17,-29,-43,16,-35,-37,7,-65,30,50,-47,31,-64,51,39,32,-37,54,-127,31,-48,-79,-72,-14,-21,37,
-12,1,-49,3,0,-65,6,-47,19,-32,122,18,0,-34,-20,-18,50,-30,32,0,16,-4,-26,-25,50,11,5,14,-27,13,-26,-26,-14,-2,-2,8,
-23,25,-67,30,-91,5,-22,-20,8,-75,-9,-50,33,-26,23,-23,10,6,-1,-45,55,11,4,63,25,-12,-2,-20,5,-2,24,1,-3,49,-50,32,
-36,21,-44,-103,-99,-93,17,66,-85,9,-38,27,47,3,15,11,-82,-4,-47,-12,-6,-4,-10,-35,10,24,-19,-24,-13,-30,50,50,24,-35,
31,13,-25,-83,-48,51,-59,22,-39,-48,-41,-30,42,-3,-5,36,21,35,-96,35,-29,-34,-66,3,-25,8,23,-108,56,32,48,36,2,-9,9,
23,-30,9,46,10,-8,-42,-52,-4,20,-26,9,-44,-11,-5,-6,-15,-6,-29,31,2,6,-24,11,-11,-18,42,0,23,0,-20,5,-62,-16,-33,-8,
13,67,-3,10,-4,15,3,16,-5,-55,0,-59,-54,30,6,-32,11,45,42,22,37,-59,-19,-62,39,-52,-18,47,-103,-50,9,-25,-9,-7,-20,7,
5,61,18,11,79,58,-17,-85,31,-2,23,18,-20,-8,29,5,-47,-2,-38,49,9,-17,23,-37,-16,-26,18,-1,-13,27,5,-22,-5,-3,-9,9,-40,
-49,-13,42,-25,37,-20,28,33,12,2,-7,57,2,40,-7,27,-13,6,27,31,20,-8,29,-10,-16,7,-15,19,-4,13,6,36,17,-10,-66,11,11,
-10,43,-3,-12,1,-16,-17,19,-16,37,9,13,-53,18,-91,-46,-12,47,-45,-2,28,-51,-6,-9,-16,6,-22,-4,-37,-32,-24,32,-18,38,
36,19,-6,6,47,-27,10,6,23,-17,-11,-18,10,7,27,20,-16,2,-1,-15,4,-13,1,29,-20,-19,40,-59,21,17,-62,-42,0,24,14,17,-2,
-43,20,8,-19,66,1,-33,-38,-42,7,3,25,10,-14,-2,30,29,23,-3,17,-2,-44,-50,2,39,48,52,-4,1,-26,-10,-28,37,-18,-11,-8,
-54,7,5,-59,-8,-29,65,17,13,-54,-25,16,56,-38,10,0,13,-20,-42,9,-3,26,-3,-4,1,-11,14,6,-52,-11,-4,-30,-1,25,4,-88,46,
-29,-36,-13,-21,13,50,-10,9,-11,60,-14,-14,-17,-2,-13,15,15,45,-3,14,18,-1,-3,27,43,-61,-1,22,-7,17,-19,-55,-16,1,47,
16,-84,58,14,50,-54,14,-14,9,4,-119,41,-27,26,-82,0,-23,8,25,-7,-30,-35,-61,-12,-66,18,-35,-89,36,63,-20,54,-42,63,18,
27,-7,46,-86,9,-43,-3,-16,-19,-1,2,9,11,-9,7,-9,-5,38,0,18,-15,52,3,-45,-95,-22,2,7,3,22,0,48,-21,19,-17,65,-5,18,54,
-70,23,-29,-10,-16,1,-9,6,9,21,-33,14,-49,4,-39,-16,26,-20,-3,-73,12,-12,11,-21,25,11,2,-11,46,21,32,43,-105,-9,-8,7,
-3,3,17,12,-4,16,2,-11,3,-5,-39,-48,-15,-78,5,20,27,-4,4,11,10,28,25,15,-28,-12,-29,-24,-92,23,-22,-15,17,-1,1,9,9,
-62,16,-12,7,-11,3,-14,-22,-45,4,87,-11,14,3,-47,-45,-19,40,-4,-7,24,5,4,-73,28,8,-30,-17,-12,-43,24,29,-107,80,0,58,
70,16,-30,-19,-1,-3,3,45,35,-8,-28,-5,22,29,-17,-4,-8,-31,43,14,-10,-53,17,-32,28,5,-79,-1,-29,-3,27,16,-16,19,12,-3,
-79,-35,-39,8,6,47,25,51,-21,-5,-9,18,3,29,9,18,-13,19,-4,-39,41,48,39,29,19,-41,-16,-50,10,-21,-45,36,-81,19,9,15,9,
17,-15,20,-20,55,3,-30,80,18,-10,-26,27,-22,38,-24,27,-30,16,16,-19,15,-40,70,-32,-16,20,-12,-37,-37,-44,6,-10,38,-6,
-67,-10,-4,18,10,-44,-15,-2,-57,-63,36,-5,10,40,33,9,13,-41,-31,-11,-58,-16,-41,6,63,19,1,19,-50,-17,-5,-21,27,3,-14,
0,-4,15,-4,-26,-56,3,-8,-6,28,-13,14,-12,-4,17,-22,-40,53,14,1,-25,13,-40,-44,-5,46,-19,11,16,-13,-33,-2,-11,10,-23,
-5,-35,-98,0,30,-9,53,29,-2,23,25,41,-49,-15,0,-13,-54,-11,-14,-78,-1,48,-54,-5,-40,53,-12,16,30,-50,-34,-27,-36,47,
-19,22,21,1,-44,40,2,-10,-3,-42,33,-12,54,-18,70,-12,-63,-83,-6,-13,25,-47,-2,-11,19,-37,21,-43,-57,-24,13,-44,-20,43,
1,-18,52,42,-41,26,5,-33,14,9,-23,-49,4,-20,35,16,-65,4,16,17,21,-24,-33,41,21,-15,35,12,21,42,-37,9,-41,42,0,-10,18,
-7,2,-1,-7,-20,4,-3,12,13,3,4,15,-37,-38,-5,-15,7,26,2,6,35,56,-17,-17,-34,3,-45,-2,7,44,-24,20,-2,-7,20,-13,40,-47,
-18,46,-28,-23,-38,23,-4,29,17,-26,-51,-14,3,33,12,28,28,-16,-32,-19,21,2,13,-60,21,-42,6,16,3,41,29,-5,44,-19,-7,-45,
-44,-1,101,-31,-2,-19,47,-19,12,9,-1,-54,8,-13,8,14,-38,-15,18,24,-10,5,51,-15,-14,59,29,5,-2,35,-6,-46,-73,-1,-18,
-16,12,-29,23,57,-19,-6,-46,2,-17,-24,24,-65,29,-14,25,-32,15,-61,-28,-8,50,-18,42,4,-7,-28,-19,20,1,-24,-22,10,-9,-7,
-10,6,8,24,1,36,19,15,33,-24,2,-1,-6,22,18,8,-3,-16,17,10,-2,6,-41,-13,-4,-60,37,22,4,-49,4,-16,-3,-16,31,45,11,10,-2,
-62,-28,28,35,-64,-9,43,3,-3,-59,-8,1,16,4,-26,41,56,11,-19,-18,45,50,-44,24,41,-17,-67,14,-26,-13,29,-7,-31,-14,-15,
-16,9,-24,-26,-18,-26,16,42,-67,54,-11,37,85,8,-25,-16,-48,24,-48,23,-4,-32,46,29,44,34,28,-1,16,-81,98,-15,0,-76,4,
-38,28,-51,-115,1,-6,-5,25,29,-32,74,8,-15,16,-41,-26,-60,12,8,-12,22,-41,3,26,-2,-27,31,17,-72,32,14,24,-27,12,29,6,
13,-24,-42,-24,-27,11,-64,20,39,27,50,49,35,24,9,-24,58,-26,-3,-3,-57,18,-36,16,-13,-19,-31,-31,-49,4,-46,7,18,48,34,
-23,34,-20,43,-18,-7,-75,-4,-68,23,16,38,-11,-59,-10,-1,-38,-8,-40,20,38,-5,-22,6,49,8,11,1,2,15,-49,-18,-9,-4,-24,
-69,-4,39,-25,-18,34,-64,-13,5,-12,-19,-35,-24,-31,0,8,11,-31,-83,10,-21,14,34,-20,26,-14,0,4,-32,-8,45,-9,6,13,-51,
-76,-15,2,6,-18,11,22,50,-50,14,-5,9,-19,-9,9,18,11,6,5,14,0,-11,-2,1,49,-71,-13,11,-18,-42,2,6,8,-5,48,-114,-23,-22,
37,-6,52,5,-71,-34,-12,-4,7,-94,0,-48,54,21,-4,-3,-52,-5,-66,11,-20,22,-17,69,-29,-72,9,28,20,4,36,-2,19,34,-26,-20,
-4,-43,-31,-6,-30,17,63,-17,-24,27,17,-7,29,-21,18,1,44,23,17,5,-39,24,-24,-11,11,13,-27,15,-2,-21,34,8,28,35,29,31,
54,-88,30,-54,22,10,21,19,28,-1,17,-18,-3,17,-30,28,26,18,0,-6,-3,-27,25,-30,-7,19,34,64,63,44,-12,-11,-12,3,-59,-2,
10,19,-51,51,-3,-8,13,-88,9,-60,-22,25,-6,-11,15,22,-1,40,15,-6,-22,-17,-24,78,33,28,-20,-43,-47,-68,14,21,5,20,13,
-15,32,18,15,15,24,12,62,21,-23,-29,-92,-12,64,21,4,8,14,-29,23,7,8,-5,22,3,-10,-63,-59,-12,-10,36,-21,11,36,-5,2,33,
0,6,39,18,11,-52,-41,5,-11,2,30,-13,19,49,-18,-11,-54,-39,21,-18,14,-35,20,22,15,-50,24,-43,-38,-18,61,-27,16,6,-5,
-38,-20,19,-95,-54,-22,17,-33,-17,-6,-9,3,12,8,36,5,14,15,-59,1,-4,-18,15,10,4,-31,-12,12,8,34,10,-46,-11,35,-50,-17,
5,-30,-98,-21,-78,34,14,30,45,53,47,-22,-104,50,-61,14,-121,60,37,-31,-62,-118,-6,4,11,42,19,-95,102,-34,-31,-57,32,
-13,-55,28,40,-23,-92,-2,-22,0,53,-30,-11,-19,-53,-56,9,45,4,-33,-1,17,37,-38,17,10,-52,86,43,-24,1,-88,124,-41,0,-26,
-127,111,7,47,38,59,-19,82,-27,88,-50,22,-127,-1,-72,11,-127,-107,-5,21,17,26,66,-90,87,-15,-17,-92,-47,-4,-47,16,17,
22,-18,-3,-11,-22,11,-1,-14,26,-25,48,-17,69,-23,-3,-13,-26,-4,-44,10,8,26,4,13,18,-29,-123,49,92,98,12,-17,24,-25,27,
3,12,-69,-13,-57,-19,-32,-83,-23,-30,25,-38,-7,79,-10,38,8,-42,-24,41,58,5,32,-107,26,7,-26,26,-30,60,-68,-6,19,-44,
11,-25,31,8,-81,57,-44,62,-39,41,-12,-20,7,-20,46,6,2,-27,48,-13,78,-83,33,-19,-50,5,-4,51,-30,-69,-43,-40,61,9,32,27,
4,47,-76,54,-7,56,-7,-84,14,1,20,19,20,-127,44,-4,-42,-20,-5,-20,-3,-1,-29,50,48,-31,36,-48,8,30,-45,28,54,3,-10,-17,
-42,32,-36,-19,-3,15,-2,9,-8,-80,21,-16,34,-59,-65,-39,-68,-30,-21,22,10,62,-22,5,16,-37,16,32,-59,-7,-68,127,-18,-20,
25,-41,-16,-40,-22,-31,-28,-47,85,-7,-33,-22,13,19,-4,39,17,26,79,33,30,-9,-25,-36,-27,33,102,-33,66,-17,-27,-32,-8,
47,-17,-2,49,-4,14,47,-10,-32,31,26,3,27,1,-33,-9,-12,-11,39,10,55,37,51,7,27,-5,-7,-24,16,-2,11,16,10,-9,22,-44,-2,
23,-35,16,38,43,-49,-19,39,16,12,-57,18,3,57,37,121,22,-10,-54,15,-80,-77,-3,33,24,-85,71,29,-31,46,-127,-30,-71,1,4,
50,-35,3,32,-7,24,42,-4,-45,-24,-34,26,0,-8,-17,-40,-9,42,-13,-4,-40,53,-3,-19,19,11,39,14,31,-8,65,62,-14,-19,-102,
-46,-5,6,14,50,-49,22,37,-54,45,29,-19,-1,-48,-3,-109,18,-50,127,-24,45,50,-28,-13,-25,-4,-39,21,-4,14,-15,-23,51,-61,
-9,-8,8,62,91,-11,-25,-86,-37,20,-53,-2,-27,-25,-1,-11,-20,28,-36,-25,10,48,-2,28,-20,-4,0,-47,9,32,-37,-28,-13,-12,
-61,10,26,1,41,-20,41,13,31,34,-49,-4,-6,21,-6,-29,-27,-42,-3,1,8,17,6,-82,-1,31,-46,-89,43,36,-10,26,-82,59,22,0,-32,
35,-86,-4,-63,-12,-97,7,-13,23,-8,61,-9,-47,-5,13,63,-9,37,-62,76,3,9,-88,53,-54,10,3,-11,-35,-8,-5,6,0,-7,6,-18,22,
-61,37,5,-26,-22,1,-24,-22,-5,11,33,15,41,-1,-22,44,-27,-29,-27,8,46,-5,-4,4,-23,-8,-42,-25,42,-34,-5,-12,-11,-26,12,
-69,69,-2,3,28,-18,30,10,33,-19,23,-21,-51,55,-12,-39,-31,10,44,6,73,17,0,9,-24,-7,-13,-51,-7,-5,-7,-18,-42,-73,44,25,
-34,3,31,-6,-2,-4,3,-29,18,24,21,5,74,20,10,-36,-41,-54,14,-40,-27,-65,43,-16,-63,-75,18,-11,48,38,-31,-24,-53,0,-18,
25,-29,34,2,0,52,-41,-93,3,16,18,-20,-6,49,-32,11,35,20,14,-31,14,25,-64,-15,28,21,22,9,22,13,-3,50,-2,-4,43,13,-19,
-10,22,-4,11,24,53,-10,-23,36,31,14,-3,-24,-35,18,-2,18,23,32,-8,-5,-14,28,2,-7,-8,33,24,-3,11,-30,-7,-35,19,-113,-65,
28,-20,-10,3,66,36,29,-4,-6,14,-10,-1,5,-118,-51,-31,8,39,16,40,5,-20,9,-55,14,-89,14,11,-2,60,-42,19,-51,-7,43,29,18,
-1,-11,18,20,15,-34,5,22,-55,5,-4,0,-55,-3,10,-6,31,-2,0,3,0,-18,51,-2,-26,-100,-14,-26,22,14,4,-35,-26,2,19,-2,70,
-16,32,0,-17,-28,16,11,13,-18,31,5,-1,14,-1,59,-16,-8,-29,-10,38,-62,-37,54,60,-20,42,-29,18,5,8,40,-3,-42,29,48,98,
-30,-11,38,51,-35,8,-23,-25,-8,-72,-17,-85,33,-113,-38,74,4,60,-27,-92,-48,1,-1,62,27,-54,-2,8,27,-36,2,24,-27,-22,25,
5,-2,35,-36,-14,11,-15,-26,-67,-69,68,5,16,2,47,31,-9,-27,-30,2,21,25,-14,-23,-14,11,-18,11,-20,3,-31,57,-32,-22,-22,
-27,4,6,20,-9,-57,-74,58,-26,-9,-117,32,127,1,46,-54,1,-39,41,-101,25,-86,-8,-76,-42,5,-11,14,12,-17,14,-4,-44,1,41,
12,-5,-9,20,118,8,18,-59,-26,-24,-29,-19,45,6,75,10,-9,0,-12,37,27,17,-40,-34,-1,-14,-38,-2,34,19,-29,-15,-12,4,-79,
16,-31,2,31,-69,-44,-40,15,-14,20,21,38,29,-2,-15,17,44,8,16,-85,-59,10,22,42,3,44,-18,-6,-8,-61,-21,-40,-7,-68,-18,
-68,-9,32,30,-15,6,0,44,41,-13,14,27,-60,0,-127,-13,77,-3,-11,-16,-3,87,-19,-30,-12,51,75,35,-16,-46,58,-27,0,-93,13,
29,47,-12,-28,-30,-28,-16,-1,-12,1,4,-33,-50,-99,28,-1,-73,-1,-7,-34,30,12,53,23,32,29,36,0,-3,-16,-22,-34,-18,59,-19,
1,-15,19,-3,30,-16,8,-14,-16,12,15,36,32,-56,30,7,-1,-8,-24,33,23,47,1,-21,-25,-27,-10,-78,-46,-34,-5,-4,54,92,-10,6,
30,9,22,-2,-28,6,3,-63,25,25,-8,11,39,41,14,-28,-15,-25,-64,22,-54,-45,27,-34,22,46,22,11,-41,-33,-12,-6,23,-22,-38,
48,-25,-64,-54,24,5,6,16,-8,-10,-46,-3,-9,5,-48,68,-12,14,45,-19,-62,-31,-13,-12,-53,15,41,17,7,36,9,42,-41,1,28,-10,
-36,13,-7,32,21,32,25,-5,14,-14,7,5,-14,-18,-39,35,-69,20,19,7,-11,-23,9,-14,6,8,2,-20,12,11,13,-22,6,4,-4,8,11,-5,8,
-2,29,-3,-6,26,-18,-2,1,-15,-124,-38,5,-4,-45,16,55,31,-2,9,7,28,-33,0,18,-22,-38,15,20,52,9,33,22,8,-12,-21,-15,-52,
-6,-46,0,-11,-37,7,-37,-2,15,15,21,-5,-17,26,14,19,-10,47,26,37,16,16,-34,-38,5,10,6,21,-32,0,43,17,-10,27,6,-22,-27,
-68,-6,61,12,22,-80,-31,14,28,29,40,-51,42,-26,-100,-34,33,40,23,-45,44,30,-19,-30,-5,21,19,16,-92,12,44,-84,20,46,12,
42,-3,-44,12,4,22,-13,-15,20,8,13,28,48,-7,28,26,-48,3,-29,-25,-23,-54,-64,18,-16,-37,17,24,-64,79,-60,-52,-26,-32,22,
44,16,9,13,33,-10,-1,13,-109,-32,15,50,25,-32,43,29,5,22,-6,-10,-59,-58,43,-17,47,-62,63,3,-7,3,-11,-92,40,11,23,-63,
-27,38,-61,-33,-63,10,-28,36,-112,-11,-39,-17,-4,18,-16,-13,-68,-19,42,26,-64,-8,-34,115,-1,27,-40,30,-25,63,-36,14,
-35,-11,-76,-12,-23,-32,-8,35,13,39,8,-34,-7,57,31,2,-26,2,83,-17,-35,-44,-18,-27,-29,-8,35,16,98,-2,13,-12,12,71,-19,
12,-7,0,-28,-1,2,5,21,16,-16,-69,4,16,-35,10,-32,-11,37,-108,-22,-52,19,1,10,12,27,19,-2,-22,0,35,1,-10,-43,-18,-3,24,
39,-13,41,-5,8,-12,-5,-21,-8,-33,-38,0,5,12,31,-38,5,30,17,26,-26,20,31,22,8,18,-69,27,-17,-6,8,1,-24,20,3,-18,14,-6,
20,-29,-61,-9,23,-3,32,-63,22,70,16,-8,-11,1,-13,-14,-15,-9,16,-5,-44,-24,55,18,-15,-57,-23,13,-24,48,7,55,17,14,20,
21,43,-28,-19,-9,14,-15,64,-15,-29,-56,20,-5,13,-80,0,35,16,31,-4,52,-36,-70,-50,45,-45,-27,-2,33,24,37,28,-4,53,8,
-21,-107,-34,-42,-19,6,38,64,30,-14,28,14,21,-15,23,20,-41,-42,22,33,32,5,36,46,7,-77,16,-6,-8,-17,-51,-28,23,-30,28,
55,8,-2,-34,-10,-6,6,35,-7,-54,38,-33,-81,-15,19,15,-13,-16,-4,-10,-23,-6,18,-26,-35,48,-30,35,22,-21,-8,-26,-34,5,19,
16,28,18,0,53,15,17,-27,6,19,-96,-27,16,-16,14,23,24,27,6,-24,8,2,-43,-20,-35,-17,78,-55,29,30,1,-12,-16,-12,-36,-36,
-16,0,-8,3,-4,7,-54,18,-12,-38,5,6,-33,-6,3,23,-1,-17,31,-14,-4,9,-8,-23,-40,5,5,-19,33,38,45,-9,34,26,49,-30,-14,6,
-43,-23,23,-2,54,-25,33,13,5,-23,-33,-7,-19,-15,-96,4,-15,-32,15,-47,56,-25,-27,5,-8,-22,23,-1,2,-9,42,8,-97,49,17,
-34,1,20,4,-8,3,-3,25,9,10,-32,21,-1,-1,18,-14,64,-9,37,38,-73,0,-27,51,0,-6,-76,39,23,68,16,8,18,36,-25,-4,52,11,
-115,28,7,59,30,-72,18,2,-102,25,6,3,12,-24,-52,13,21,-25,-34,-30,63,-6,-11,-42,31,-42,34,2,-46,13,-76,-20,12,-31,-35,
45,-9,17,72,24,-25,14,-31,-26,34,-17,26,51,19,6,34,30,-17,-3,17,-59,-82,-30,47,40,-84,35,25,-16,5,-38,13,-65,-21,-3,1,
38,0,23,-4,16,3,23,-46,50,6,24,4,42,11,-36,0,9,-22,-15,-24,-17,-30,3,73,-3,27,-19,13,-51,49,41,-11,-53,-65,-62,103,26,
-12,-12,34,-72,74,-3,23,-8,-14,-45,-8,99,-89,-7,10,14,0,6,-7,-22,41,-32,-27,-7,-6,68,-31,-63,-49,36,-20,-57,19,25,67,
127,1,21,-9,-38,44,-48,-41,-26,31,-21,-21,-22,38,-23,18,-4,-23,-11,1,-45,-2,45,-18,22,-52,-28,-32,25,-25,-1,1,54,2,
-13,5,3,24,-22,-17,-83,-21,4,5,33,-8,10,-11,0,-8,3,2,7,-41,-36,27,-71,-46,8,-67,-44,36,-6,59,42,54,10,0,28,19,-82,-19,
11,-4,26,-6,81,9,20,-58,-15,-43,12,30,9,-68,57,-68,56,-44,11,41,8,2,23,17,-32,-11,31,8,44,-33,-17,33,-14,-17,-19,-48,
-9,9,10,44,13,21,4,7,-32,41,18,-31,12,6,32,-4,54,-37,-94,-7,23,38,-6,-65,-27,77,-6,-16,-15,16,-59,-78,-37,31,-95,-71,
-5,87,-18,45,25,-14,125,10,-37,-78,-23,-48,-17,41,27,39,31,-26,38,34,22,-10,11,32,-19,-17,27,25,45,21,26,21,5,-86,35,
-10,13,-31,-50,5,8,-30,54,51,13,8,2,21,-1,6,-15,22,-51,19,-16,-40,12,-41,-41,-30,-39,4,-31,-22,-10,44,0,-13,14,-6,43,
19,-35,-59,-11,-39,14,27,6,23,-3,-15,57,6,9,6,33,17,-72,24,45,-8,-18,9,-42,26,15,-25,40,14,-14,-14,-51,-32,91,-24,16,
23,-16,-6,2,5,-11,-83,-13,15,11,-8,-29,-15,-81,27,16,-58,8,-3,-17,-14,11,13,29,-4,10,-9,5,8,-31,-48,-5,-30,-41,9,39,
69,75,-16,30,46,-1,-9,-26,-4,-94,-4,-3,-25,20,-37,-15,14,-16,-3,-22,2,-28,11,-78,9,-6,-72,42,3,39,1,-2,-28,-71,-16,11,
-71,-16,5,16,-27,-79,47,10,-17,9,10,-42,-12,1,37,34,-8,30,-21,-1,-2,-35,40,29,117,13,-13,35,-50,18,-12,-32,12,-7,-55,
-2,58,8,24,-16,23,31,6,-11,85,-20,1,29,15,23,65,24,-14,9,-44,14,-12,-33,-5,-45,-35,-19,17,-43,-67,-71,93,-11,-46,-18,
28,-80,33,-25,-21,4,-87,-26,44,-15,-27,8,-31,48,67,38,-3,-25,-11,-28,7,-16,18,21,70,5,60,40,-4,2,25,12,-127,-79,43,66,
-92,20,-25,-17,-16,-54,2,-45,1,8,22,32,-85,13,16,-12,4,3,-9,16,5,0,44,9,11,-45,9,27,-22,-7,-39,20,-11,13,45,7,27,-31,
17,-26,49,47,-9,-36,-82,-13,49,16,-8,1,32,-25,45,-8,27,-15,-19,2,-26,-21,-125,11,-6,32,-48,-1,39,-7,17,-26,-37,-22,44,
2,13,-62,23,38,-10,-41,-18,27,23,110,1,20,-1,-11,20,-39,-40,-10,-18,-8,-56,-48,29,-12,37,2,3,-3,13,-51,19,57,-18,21,
-39,-32,-23,23,-23,-21,4,56,-5,12,0,8,26,-49,21,6,2,-12,-7,29,-8,-29,-25,-13,19,-50,19,12,-64,-33,14,-78,-81,-27,-102,
-12,-22,-12,101,89,66,-11,-48,52,40,-90,-65,4,-32,-11,57,21,45,-28,-66,14,-33,47,13,-13,-108,39,-127,56,-9,-10,29,-36,
52,44,27,-32,6,55,34,34,-3,-9,6,-34,-55,-13,-13,18,2,39,24,18,-16,-9,-21,-33,21,6,-3,-24,15,102,-21,9,-52,-97,54,42,
43,-28,-20,-37,126,-32,-7,17,8,-110,1,-109,13,-110,-84,-14,81,-32,37,60,-39,127,0,-34,-82,-36,-38,3,7,32,38,37,-36,8,
-20,25,5,-21,43,4,-10,19,1,53,6,4,5,3,-22,33,9,9,-67,-28,-19,10,14,56,41,22,27,-25,37,-39,72,-51,65,-72,14,-7,-18,-98,
-89,-26,23,26,-29,-4,2,-28,37,1,-25,-19,-25,86,20,-25,-115,43,4,7,26,-7,38,26,-43,33,-52,8,-3,31,45,26,59,25,10,-76,1,
-35,3,-3,-10,55,34,48,-26,-10,-14,49,-73,30,-16,-13,15,-8,57,52,-101,-4,-48,38,35,-37,31,-57,22,-20,-40,-79,21,-33,
-65,-14,43,14,25,25,-105,3,-19,-36,10,13,-33,-29,-21,7,33,70,3,-26,-1,-41,51,-68,-42,-70,-6,-11,-36,5,17,-71,-23,-18,
9,-11,12,-29,24,-2,34,-12,5,20,-31,-28,17,36,17,-50,-17,-8,-127,-2,18,13,16,-102,16,-16,45,-2,13,-13,-53,-5,-38,75,17,
32,-28,-37,5,2,-37,6,30,32,0,13,-6,-20,39,-32,66,9,16,43,4,-11,-36,45,49,54,-61,45,101,-19,27,50,10,6,73,45,-23,8,35,
31,3,-36,0,-88,-36,-30,35,-37,-17,-104,88,-13,-67,-55,1,-68,43,-39,-34,-18,-50,-7,16,-64,-27,14,-1,68,67,50,-16,-82,
-9,-55,-63,-72,50,8,127,11,109,28,16,-51,-13,-25,-123,-71,59,20,-90,16,-52,-23,-48,-103,-20,-80,-57,12,48,12,-76,24,
34,-16,-12,3,-15,-6,0,-63,42,17,-5,-45,-21,6,-62,-13,-33,35,-43,27,41,-17,42,-39,31,-43,59,60,-10,-43,-67,-40,10,13,
19,30,3,11,41,-39,49,-7,-31,-8,-17,-103,-81,42,-9,105,-34,21,-7,-31,-8,-18,-10,10,34,-71,15,-65,13,18,8,-58,-9,20,10,
53,14,-40,-17,-40,17,-49,-64,85,-77,0,-76,24,4,-8,47,16,33,-32,37,-101,27,36,-25,1,-9,-9,-18,10,-35,-61,13,56,-2,-11,
-16,20,66,-49,5,-6,-3,-22,-42,-3,-6,-34,-45,-15,57,-73,19,9,-102,9,8
};
static const int32_t layer_5_hidden_bias[32] = {
2791,-1280,1463,-840,706,554,-173,-502,-1432,924,-937,1256,1423,2208,2251,2365,-1280,-290,-593,2324,-1301,-1672,1004,
1672,160,1217,-78,-347,1224,-123,1876,1151
};
static const int32_t layer_5_hidden_multipliers[32] = {
2032282271,1387326994,1932413165,2112166238,1078524549,1074058743,1460795291,1151070322,1144895074,1674596497,
2147437422,1196312344,1307876218,1303097433,1479491275,1973442707,1346479467,1368169182,1196278725,2059512674,
1091970300,1209183753,1530246026,1275615177,1881106485,1205487773,1214410782,1083665665,1146727217,2097065378,
1850471688,1423405472
};
static const uint8_t layer_5_hidden_shifts[32] = {
40,42,40,40,39,39,39,39,39,39,40,39,39,39,39,40,42,39,39,40,39,39,39,39,39,39,39,39,39,40,40,39
};
static const dense_layer layer_5_hidden = {layer_5_hidden_weights, 400, 32, 0, {layer_5_hidden_bias, layer_5_hidden_multipliers, layer_5_hidden_shifts, 0, 0, 255, 0}};

static const int8_t layer_6_probs_weights[320] = {
-30,-27,28,58,123,16,0,45,22,-96,39,-12,31,1,25,-4,-46,37,1,31,-62,-16,42,-52,33,75,11,62,-11,29,46,41,-54,66,40,20,
-66,55,-63,18,24,83,-110,-52,108,-71,-23,-36,-20,62,-55,27,12,127,-54,-20,-44,21,1,88,101,-22,-13,-97,-87,-43,-73,-9,
16,-77,22,100,15,28,-27,-39,8,-62,-56,18,46,14,127,-67,-11,-11,39,9,-57,-87,-26,14,7,84,-77,32,43,-127,66,17,27,63,7,
-49,-82,13,71,-98,-11,-41,-7,-18,-93,11,-127,73,1,-81,41,-23,-16,-42,90,-81,-80,-45,35,-43,52,-104,-96,-3,30,-62,24,
-127,-127,-7,114,62,2,59,-46,-81,94,-58,23,105,54,52,-40,-20,18,-107,81,-56,-74,-51,82,95,-12,-28,4,-36,-19,5,-19,36,
-14,1,-121,40,56,-37,54,15,-18,100,-59,41,19,4,-95,-18,-90,70,104,-102,15,-64,-56,7,-114,-92,14,80,27,-90,56,-55,67,
-86,-38,4,-14,35,38,-98,-17,56,5,41,35,10,-6,8,-98,7,-56,-25,50,-33,17,82,-104,23,54,-38,55,-31,-127,-49,-112,115,-14,
42,-78,-45,79,14,-60,27,58,23,64,-45,36,-40,-28,-127,-33,-93,-72,-91,108,4,33,34,-85,96,-20,-127,-53,-74,41,-2,35,-52,
-127,38,58,-44,65,51,-75,-39,-3,2,-44,30,44,-4,-117,-113,76,-56,-54,7,-14,37,55,15,-98,-24,-43,11,40,65,5,57,-82,-21,
21,95,-8,41,-126,47,-58,22,-20,-2,-9,76,-91,-23,43,50,52,-105
};
static const int32_t layer_6_probs_bias[10] = {
-414,-357,-372,43,201,-470,-551,220,2156,-432
};
static const int32_t layer_6_probs_multipliers[10] = {
1191310238,1647764681,1133171954,1691685815,1915509736,1285695005,1317810750,1211228241,1908066047,1144040867
};
static const uint8_t layer_6_probs_shifts[10] = {
39,39,39,40,40,39,39,39,40,39
};
static const dense_layer layer_6_probs = {layer_6_probs_weights, 32, 10, 0, {layer_6_probs_bias, layer_6_probs_multipliers, layer_6_probs_shifts, 127, 0, 255, 0}};

/* -------------------------------------------------------------------- model */

int small_int8_classify(const uint8_t pixels[SMALL_INT8_PIXELS], int8_t logits[SMALL_INT8_CLASSES],
                        small_int8_arena *arena) {
  run_conv(&layer_1_edges, NULL, pixels, (uint8_t *)(arena->words + 0), arena->words + 392);
  run_depthwise(&layer_2_strokes, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 392), arena->words + 784);
  run_conv(&layer_3_mixture, &layer_3_mixture_pool, (uint8_t *)(arena->words + 392), (uint8_t *)(arena->words + 0), arena->words + 196);
  run_conv(&layer_4_shapes, NULL, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 196), arena->words + 296);
  run_dense(&layer_5_hidden, (uint8_t *)(arena->words + 196), (uint8_t *)(arena->words + 0), arena->words + 0);
  run_dense(&layer_6_probs, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 8), arena->words + 8);
  const uint8_t *outputs = (uint8_t *)(arena->words + 8);
  for (int j = 0; j < SMALL_INT8_CLASSES; j++) logits[j] = (int8_t)(outputs[j] - 128);
  return find_largest(logits, SMALL_INT8_CLASSES);
}

