typedef struct {
  const int8_t *weights; /* output channels x window rows x window columns x channels */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
} conv_layer;

/* The part of a filter's sum that lies inside the image; the padding is real 0. */
static int32_t sum_window(const conv_layer *layer, const uint8_t *input, const int8_t *filter, int top, int left) {
  const geometry *g = &layer->shape;
  int32_t sum = 0;
  for (int row = 0; row < g->window_rows; row++) {
    for (int column = 0; column < g->window_columns; column++) {
      const int y = top + row, x = left + column;
      if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
      for (int channel = 0; channel < g->channels; channel++) {
        sum += filter[(row * g->window_columns + column) * g->channels + channel] *
               (input[(y * g->columns + x) * g->channels + channel] - layer->zero);
      }
    }
  }
  return sum;
}

static void run_conv(const conv_layer *layer, const uint8_t *input, uint8_t *output) {
  const geometry *g = &layer->shape;
  const int filter_size = g->window_rows * g->window_columns * g->channels;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      const int32_t sum = sum_window(layer, input, layer->weights + j * filter_size, top, left);
      *output++ = quantize(&layer->output, layer->output.bias[j] + sum, j);
    }
  }
}

