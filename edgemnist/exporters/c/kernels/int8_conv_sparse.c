typedef struct {
  const int8_t *weights; /* window rows x window columns x channels x output channels */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
} conv_layer;

/* Pushes what one row of the window sees, from the first column inside the image to the last. */
static void push_row(const conv_layer *layer, const uint8_t *row, const int8_t *weights, int left, column_batch *four,
                     int32_t *sums) {
  const geometry *g = &layer->shape;
  for (int column = 0; column < g->window_columns; column++) {
    const int x = left + column;
    if (x < 0 || x >= g->columns) continue;
    for (int channel = 0; channel < g->channels; channel++) {
      const uint8_t value = row[x * g->channels + channel];
      if (value == layer->zero) continue;
      push_column(four, weights + (column * g->channels + channel) * g->output_channels, value - layer->zero, sums,
                  g->output_channels);
    }
  }
}

static void run_conv(const conv_layer *layer, const uint8_t *input, uint8_t *output, int32_t *sums) {
  const geometry *g = &layer->shape;
  column_batch four;
  four.count = 0;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      sums[j] = layer->output.bias[j];
    }
    for (int row = 0; row < g->window_rows; row++) {
      if (top + row < 0 || top + row >= g->rows) continue;
      push_row(layer, input + (top + row) * g->columns * g->channels,
               layer->weights + row * g->window_columns * g->channels * g->output_channels, left, &four, sums);
    }
    flush_columns(&four, sums, g->output_channels);
    quantize_all(&layer->output, sums, output + position * g->output_channels, g->output_channels);
  }
}

