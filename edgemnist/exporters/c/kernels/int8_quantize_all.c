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

