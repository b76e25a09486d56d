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
    const int32x4_t high = vmulhq_s32(vldrwq_s32(sums + j), vldrwq_s32(q->multipliers + j));
    const int32x4_t left = vsubq_s32(bits, vreinterpretq_s32_u32(vldrbq_u32(q->shifts + j)));
    store_clamped(q, high, left, output + j);
  }
  return j;
}
#endif

#if defined(EDGE_AVX2)
/* Eight products as high words, each less 1 where `twice` rounds a negative half down. */
static inline __m256i take_high(__m256i product, int twice) {
  if (twice) {
    const __m256i nudged = _mm256_add_epi64(product, _mm256_set1_epi64x((int64_t)1 << 30));
    const __m256i negative = _mm256_cmpgt_epi64(_mm256_setzero_si256(), nudged);
    return _mm256_sub_epi64(nudged, _mm256_and_si256(negative, _mm256_set1_epi64x((int64_t)1 << 31)));
  }
  return product;
}

/* Eight outputs before they are clamped, of shifts above 32. */
static inline __m256i rescale_vector(const quantizer *q, const int32_t *sums, int j) {
  const __m256i sum = _mm256_loadu_si256((const __m256i *)(sums + j));
  const __m256i multiplier = _mm256_loadu_si256((const __m256i *)(q->multipliers + j));
  const __m256i odd_sum = _mm256_srli_epi64(sum, 32), odd_multiplier = _mm256_srli_epi64(multiplier, 32);
  const __m256i even = take_high(_mm256_mul_epi32(sum, multiplier), q->twice);
  const __m256i odd = take_high(_mm256_mul_epi32(odd_sum, odd_multiplier), q->twice);
  const __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  const __m256i shifts = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(q->shifts + j)));
  const __m256i right = _mm256_sub_epi32(shifts, _mm256_set1_epi32(32)), one = _mm256_set1_epi32(1);
  const __m256i half = _mm256_sllv_epi32(one, _mm256_sub_epi32(right, one));
  return _mm256_add_epi32(_mm256_srav_epi32(_mm256_add_epi32(high, half), right), _mm256_set1_epi32(q->zero));
}
#endif

#if defined(__SSE2__)
/* Eight outputs before they are clamped. */
static inline void rescale_eight(const quantizer *q, int high, const int32_t *sums, __m128i values[2], int j) {
#if defined(EDGE_AVX2)
  if (high) {
    const __m256i all = rescale_vector(q, sums, j);
    values[0] = _mm256_castsi256_si128(all);
    values[1] = _mm256_extracti128_si256(all, 1);
    return;
  }
#endif
  int32_t each[8];
  for (int i = 0; i < 8; i++) {
    each[i] = high ? rescale_high(q, sums[j + i], j + i) : rescale(q, sums[j + i], j + i);
  }
  values[0] = _mm_loadu_si128((const __m128i *)each);
  values[1] = _mm_loadu_si128((const __m128i *)(each + 4));
}

/* Clamps without a branch: which values fall below the lowest can't be foreseen. */
static inline void quantize_eight(const quantizer *q, int high, const int32_t *sums, uint8_t *output, int j) {
  __m128i values[2];
  rescale_eight(q, high, sums, values, j);
  const __m128i words = _mm_packs_epi32(values[0], values[1]), bytes = _mm_packus_epi16(words, words);
  const __m128i raised = _mm_max_epu8(bytes, _mm_set1_epi8((char)q->low));
  _mm_storel_epi64((__m128i *)(output + j), _mm_min_epu8(raised, _mm_set1_epi8((char)q->high)));
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
  for (; j + 8 <= count; j += 8) {
    quantize_eight(&q, high, sums, output, j);
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

