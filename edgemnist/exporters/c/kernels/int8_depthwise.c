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

