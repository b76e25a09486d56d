typedef struct {
  const float *weights; /* output channels x window rows x window columns x channels */
  const float *bias;
  geometry shape;
  float low, high; /* of the activation function */
} transposed_conv_layer;

/* The sum of what each input, laid down in steps, adds to one output: `y` and `x` in steps of one. */
static float sum_overlaps(const geometry *g, const float *input, const float *filter, int y, int x) {
  float sum = 0.0f;
  for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
    const int down = y - tap / g->window_columns, right = x - tap % g->window_columns;
    if (down < 0 || down % g->row_stride || right < 0 || right % g->column_stride) continue;
    const int row = down / g->row_stride, column = right / g->column_stride;
    if (row >= g->rows || column >= g->columns) continue;
    for (int channel = 0; channel < g->channels; channel++) {
      sum += filter[tap * g->channels + channel] * input[(row * g->columns + column) * g->channels + channel];
    }
  }
  return sum;
}

static void run_transposed_conv(const transposed_conv_layer *layer, const float *input, float *output) {
  const geometry *g = &layer->shape;
  const int filter_size = g->window_rows * g->window_columns * g->channels;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int y = position / g->output_columns + g->top, x = position % g->output_columns + g->left;
    for (int j = 0; j < g->output_channels; j++) {
      const float sum = sum_overlaps(g, input, layer->weights + j * filter_size, y, x);
      *output++ = clamp(layer->bias[j] + sum, layer->low, layer->high);
    }
  }
}

