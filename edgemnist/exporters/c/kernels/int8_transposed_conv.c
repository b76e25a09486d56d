typedef struct {
  const int8_t *weights; /* output channels x window rows x window columns x channels */
  geometry shape;
  uint8_t zero; /* of the inputs */
  quantizer output;
} transposed_conv_layer;

/* The sum of what each input, laid down in steps, adds to one output: `y` and `x` in steps of one. */
static int32_t sum_overlaps(const transposed_conv_layer *layer, const uint8_t *input, const int8_t *filter, int y, int x) {
  const geometry *g = &layer->shape;
  int32_t sum = 0;
  for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
    const int down = y - tap / g->window_columns, right = x - tap % g->window_columns;
    if (down < 0 || down % g->row_stride || right < 0 || right % g->column_stride) continue;
    const int row = down / g->row_stride, column = right / g->column_stride;
    if (row >= g->rows || column >= g->columns) continue;
    for (int channel = 0; channel < g->channels; channel++) {
      sum += filter[tap * g->channels + channel] *
             (input[(row * g->columns + column) * g->channels + channel] - layer->zero);
    }
  }
  return sum;
}

static void run_transposed_conv(const transposed_conv_layer *layer, const uint8_t *input, uint8_t *output) {
  const geometry *g = &layer->shape;
  const int filter_size = g->window_rows * g->window_columns * g->channels;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int y = position / g->output_columns + g->top, x = position % g->output_columns + g->left;
    for (int j = 0; j < g->output_channels; j++) {
      const int32_t sum = sum_overlaps(layer, input, layer->weights + j * filter_size, y, x);
      *output++ = quantize(&layer->output, layer->output.bias[j] + sum, j);
    }
  }
}

