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
#if defined(EDGE_MVE) || defined(__SSE2__)
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
#elif defined(__SSE2__)
  for (int j = 0; j < first; j += together) {
    const int8_t *weights = layer->weights + j;
    __m128i low = _mm_loadu_si128((const __m128i *)(starts + j)), high = _mm_loadu_si128((const __m128i *)(starts + j + 4));
    for (int row = 0; row < rows; row++) {
      const uint8_t *value = values + row * step + j;
      for (int column = 0; column < columns; column++, value += channels, weights += channels) {
        const __m128i product = _mm_mullo_epi16(widen(value), widen_signed(weights)); /* 16 bits hold it */
        low = _mm_add_epi32(low, _mm_srai_epi32(_mm_unpacklo_epi16(product, product), 16));
        high = _mm_add_epi32(high, _mm_srai_epi32(_mm_unpackhi_epi16(product, product), 16));
      }
    }
    _mm_storeu_si128((__m128i *)(sums + j), low);
    _mm_storeu_si128((__m128i *)(sums + j + 4), high);
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

/* One filter a channel: output channel j reads input channel j / (output channels / channels). In `words` lie what
 * the sums start with, the sums, and what a window sees that hangs over the image. */
static void run_depthwise(const depthwise_layer *layer, const uint8_t *input, uint8_t *output, int32_t *words) {
  const geometry *g = &layer->shape;
  const int outputs = g->output_channels;
  const int high = are_shifts_high(&layer->output, outputs);
  int32_t *sums = words + outputs;
  start_channels(layer, words);
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

