/* What a sum below 0 gives is clamped, whatever the multiplier is, where no output lies below real 0. */
static EDGE_PART uint8_t quantize_packed(const packing *p, const quantizer *q, int32_t sum, int channel) {
  if (sum < 1 && q->low >= q->zero) return q->low;
  const int32_t multiplier = get_multiplier(p, q, channel);
  const quantizer one = {NULL, &multiplier, q->shifts + channel, q->zero, q->low, q->high, q->twice};
  if (*one.shifts > 32) return clamp(&one, rescale_high(&one, sum, 0));
  return quantize(&one, sum, 0);
}

