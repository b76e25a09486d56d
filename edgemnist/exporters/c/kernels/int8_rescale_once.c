/* sum * multiplier / 2^shift, rounded once, half up: as LiteRT's reference kernels do for dense layers. */
static int32_t rescale_once(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int64_t product = (int64_t)sum * multiplier;
  return (int32_t)((product + ((int64_t)1 << (shift - 1))) >> shift);
}

