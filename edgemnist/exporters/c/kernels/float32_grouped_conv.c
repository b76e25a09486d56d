typedef struct {
  const float *weights; /* output channels x window rows x window columns x channels of a group */
  const float *bias;
  geometry shape;
  int row_dilation, column_dilation; /* steps from one tap of the filter to the next */
  int group_channels, group_outputs;
  float low, high; /* of the activation function */
} grouped_conv_layer;

/* A filter's sum over what lies inside the image, from the first of its channels on; the padding is 0. */
static float sum_taps(const grouped_conv_layer *layer, const float *input, const float *filter, int top, int left) {
  const geometry *g = &layer->shape;
  float sum = 0.0f;
  for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
    const int y = top + tap / g->window_columns * layer->row_dilation;
    const int x = left + tap % g->window_columns * layer->column_dilation;
    if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
    for (int channel = 0; channel < layer->group_channels; channel++) {
      sum += filter[tap * layer->group_channels + channel] * input[(y * g->columns + x) * g->channels + channel];
    }
  }
  return sum;
}

/* A convolution whose taps lie apart, or whose filters see some of the channels each. */
static void run_grouped_conv(const grouped_conv_layer *layer, const float *input, float *output) {
  const geometry *g = &layer->shape;
  const int filter_size = g->window_rows * g->window_columns * layer->group_channels;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      const float *group = input + j / layer->group_outputs * layer->group_channels;
      const float sum = sum_taps(layer, group, layer->weights + j * filter_size, top, left);
      *output++ = clamp(layer->bias[j] + sum, layer->low, layer->high);
    }
  }
}

