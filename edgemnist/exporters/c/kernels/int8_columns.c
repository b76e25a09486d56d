/* Weights lie input by input, a column of all outputs each, so that an input that is 0 is skipped whole.
 * Most are: the paper of a digit, and half of what ReLU lets through. The others' columns are collected,
 * and added to the sums some at a time: four on a microcontroller, as many as its registers can hold. */
#if defined(__SSE2__)
#include <immintrin.h>
#define EDGE_COLUMNS 64
#else
#define EDGE_COLUMNS 4
#endif
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#include <arm_mve.h>
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
/* Four sums += those that a vector holds. */
static void add_quarter(int32_t *sums, __m128i more) {
  _mm_storeu_si128((__m128i *)sums, _mm_add_epi32(_mm_loadu_si128((const __m128i *)sums), more));
}

static __m128i widen_eight(const int8_t *bytes) {
  const __m128i values = _mm_loadl_epi64((const __m128i *)bytes);
  return _mm_srai_epi16(_mm_unpacklo_epi8(values, values), 8);
}

/* Eight sums += columns[0] * values[0] + columns[1] * values[1] + ..., from output j on.
 * One instruction multiplies int16 values, exactly, and adds them up in pairs: of two columns each. */
static void add_eight(int32_t *sums, const column_batch *some, int j) {
  __m128i low = _mm_setzero_si128(), high = low;
  for (int k = 0; k < some->count; k += 2) {
    const __m128i a = widen_eight(some->columns[k] + j), b = widen_eight(some->columns[k + 1] + j);
    const __m128i values = _mm_set1_epi32(some->values.two[k / 2]);
    low = _mm_add_epi32(low, _mm_madd_epi16(_mm_unpacklo_epi16(a, b), values));
    high = _mm_add_epi32(high, _mm_madd_epi16(_mm_unpackhi_epi16(a, b), values));
  }
  add_quarter(sums + j, low);
  add_quarter(sums + j + 4, high);
}
#endif

#if defined(__AVX2__)
/* The same in wider vectors, for 16 or 32 sums. */
#if defined(__AVX512BW__)
#define EDGE_WIDE 32
#define EDGE_VECTOR(name) _mm512_##name
#define EDGE_BITS(name) _mm512_##name##_si512
typedef __m512i wide;
static wide widen(const int8_t *bytes) { return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)bytes)); }
#else
#define EDGE_WIDE 16
#define EDGE_VECTOR(name) _mm256_##name
#define EDGE_BITS(name) _mm256_##name##_si256
typedef __m256i wide;
static wide widen(const int8_t *bytes) { return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)bytes)); }
#endif

static void add_wide(int32_t *sums, const column_batch *some, int j) {
  wide low = EDGE_BITS(setzero)(), high = low;
  for (int k = 0; k < some->count; k += 2) {
    const wide a = widen(some->columns[k] + j), b = widen(some->columns[k + 1] + j);
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
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
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
#if defined(__AVX2__)
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

#if defined(__AVX2__)
/* rescale_once, four at a time. There is no shift that keeps the sign of 64 bits, so 2^63 is added before it. */
static __m128i rescale_four(__m128i sums, __m128i multipliers, __m128i shifts) {
  const __m256i one = _mm256_set1_epi64x(1), sign = _mm256_slli_epi64(one, 63), shift = _mm256_cvtepu8_epi64(shifts);
  const __m256i product = _mm256_mul_epi32(_mm256_cvtepi32_epi64(sums), _mm256_cvtepi32_epi64(multipliers));
  const __m256i half = _mm256_sllv_epi64(one, _mm256_sub_epi64(shift, one));
  const __m256i raised = _mm256_add_epi64(_mm256_add_epi64(product, half), sign);
  const __m256i value = _mm256_sub_epi64(_mm256_srlv_epi64(raised, shift), _mm256_srlv_epi64(sign, shift));
  const __m256i low_words = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
  return _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(value, low_words));
}
#endif

#if defined(__SSE2__)
/* Eight outputs before they are clamped. */
static void rescale_eight(const quantizer *q, const int32_t *sums, __m128i values[2], int j) {
#if defined(__AVX2__)
  if (!q->twice) {
    const __m128i *sum = (const __m128i *)(sums + j), *multiplier = (const __m128i *)(q->multipliers + j);
    const __m128i shifts = _mm_loadl_epi64((const __m128i *)(q->shifts + j)), zero = _mm_set1_epi32(q->zero);
    const __m128i low = rescale_four(_mm_loadu_si128(sum), _mm_loadu_si128(multiplier), shifts);
    const __m128i high =
        rescale_four(_mm_loadu_si128(sum + 1), _mm_loadu_si128(multiplier + 1), _mm_srli_si128(shifts, 4));
    values[0] = _mm_add_epi32(low, zero);
    values[1] = _mm_add_epi32(high, zero);
    return;
  }
#endif
  int32_t each[8];
  for (int i = 0; i < 8; i++) {
    each[i] = rescale(q, sums[j + i], j + i);
  }
  values[0] = _mm_loadu_si128((const __m128i *)each);
  values[1] = _mm_loadu_si128((const __m128i *)(each + 4));
}

/* Clamps without a branch: which values fall below the lowest can't be foreseen. */
static void quantize_eight(const quantizer *q, const int32_t *sums, uint8_t *output, int j) {
  __m128i values[2];
  rescale_eight(q, sums, values, j);
  const __m128i words = _mm_packs_epi32(values[0], values[1]), bytes = _mm_packus_epi16(words, words);
  const __m128i raised = _mm_max_epu8(bytes, _mm_set1_epi8((char)q->low));
  _mm_storel_epi64((__m128i *)(output + j), _mm_min_epu8(raised, _mm_set1_epi8((char)q->high)));
}
#endif

/* The bytes may lie at the start of the sums' own memory: each is written after its sum is read. */
static void quantize_all(const quantizer *q, const int32_t *sums, uint8_t *output, int count) {
  int j = 0;
#if defined(__SSE2__)
  for (; j + 8 <= count; j += 8) {
    quantize_eight(q, sums, output, j);
  }
#endif
  for (; j < count; j++) {
    output[j] = quantize(q, sums[j], j);
  }
}

