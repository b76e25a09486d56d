static int32_t rescale(const quantizer *q, int32_t sum, int channel) {
  return q->zero + rescale_twice(sum, q->multipliers[channel], q->shifts[channel]);
}

static uint8_t quantize(const quantizer *q, int32_t sum, int channel) {
  const int32_t value = rescale(q, sum, channel);
  return (uint8_t)(value < q->low ? q->low : value > q->high ? q->high : value);
}

