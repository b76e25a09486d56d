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

