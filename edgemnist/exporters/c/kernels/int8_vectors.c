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

