static int32_t rescale(const quantizer *q, int32_t sum, int channel) {
  const int32_t multiplier = q->multipliers[channel];
  const uint8_t shift = q->shifts[channel];
  return q->zero + (q->twice ? rescale_twice(sum, multiplier, shift) : rescale_once(sum, multiplier, shift));
}

static uint8_t quantize(const quantizer *q, int32_t sum, int channel) {
  const int32_t value = rescale(q, sum, channel);
  return (uint8_t)(value < q->low ? q->low : value > q->high ? q->high : value);
}

