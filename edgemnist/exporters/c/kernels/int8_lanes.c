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

