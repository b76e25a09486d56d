typedef struct {
  const float *weights; /* output channels x window rows x window columns x channels */
  const float *bias;
  geometry shape;
  float low, high; /* of the activation function */
} conv_layer;

/* The part of a filter's sum that lies inside the image; the padding is 0. */
static float sum_window(const geometry *g, const float *input, const float *filter, int top, int left) {
  float sum = 0.0f;
  for (int row = 0; row < g->window_rows; row++) {
    for (int column = 0; column < g->window_columns; column++) {
      const int y = top + row, x = left + column;
      if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
      for (int channel = 0; channel < g->channels; channel++) {
        sum += filter[(row * g->window_columns + column) * g->channels + channel] *
               input[(y * g->columns + x) * g->channels + channel];
      }
    }
  }
  return sum;
}

static void run_conv(const conv_layer *layer, const float *input, float *output) {
  const geometry *g = &layer->shape;
  const int filter_size = g->window_rows * g->window_columns * g->channels;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      const float sum = sum_window(g, input, layer->weights + j * filter_size, top, left);
      *output++ = clamp(layer->bias[j] + sum, layer->low, layer->high);
    }
  }
}

