/* The larger of two inputs. */
static void run_maximum(const pairing *p, const uint8_t *first, const uint8_t *second, uint8_t *output) {
  for (int row = 0; row < p->rows; row++, first += p->first_row, second += p->second_row) {
    for (int i = 0; i < p->count; i++) {
      const uint8_t one = first[i * p->first_step], other = second[i * p->second_step];
      *output++ = one > other ? one : other;
    }
  }
}

