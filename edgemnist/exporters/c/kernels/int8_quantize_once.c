static inline int32_t rescale(const quantizer *q, int32_t sum, int channel) {
  return q->zero + rescale_once(sum, q->multipliers[channel], q->shifts[channel]);
}

/* The same of shifts above 32. */
static inline int32_t rescale_high(const quantizer *q, int32_t sum, int channel) {
  return q->zero + rescale_once_high(sum, q->multipliers[channel], q->shifts[channel]);
}

static inline uint8_t clamp(const quantizer *q, int32_t value) {
  return (uint8_t)(value < q->low ? q->low : value > q->high ? q->high : value);
}

static inline uint8_t quantize(const quantizer *q, int32_t sum, int channel) {
  return clamp(q, rescale(q, sum, channel));
}

