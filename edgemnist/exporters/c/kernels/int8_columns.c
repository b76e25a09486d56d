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

