typedef struct {
  const int8_t *weights; /* output channels x window rows x window columns x channels of a group */
  geometry shape;
  int row_dilation, column_dilation; /* steps from one tap of the filter to the next */
  int group_channels, group_outputs;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
} grouped_conv_layer;

/* A filter's sum over what lies inside the image, from the first of its channels on; the padding is real 0. */
static int32_t sum_taps(const grouped_conv_layer *layer, const uint8_t *input, const int8_t *filter, int top, int left) {
  const geometry *g = &layer->shape;
  int32_t sum = 0;
  for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
    const int y = top + tap / g->window_columns * layer->row_dilation;
    const int x = left + tap % g->window_columns * layer->column_dilation;
    if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
    for (int channel = 0; channel < layer->group_channels; channel++) {
      sum += filter[tap * layer->group_channels + channel] *
             (input[(y * g->columns + x) * g->channels + channel] - layer->zero);
    }
  }
  return sum;
}

/* A convolution whose taps lie apart, or whose filters see some of the channels each. */
static void run_grouped_conv(const grouped_conv_layer *layer, const uint8_t *input, uint8_t *output) {
  const geometry *g = &layer->shape;
  const int filter_size = g->window_rows * g->window_columns * layer->group_channels;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      const uint8_t *group = input + j / layer->group_outputs * layer->group_channels;
      const int32_t sum = sum_taps(layer, group, layer->weights + j * filter_size, top, left);
      *output++ = quantize(&layer->output, layer->output.bias[j] + sum, j);
    }
  }
}

