/* The smallest program around a model, to be linked and measured, not run.
 *
 * The macros are prove.c's. Linked once as it is and once with MODEL_ABSENT, the two programs differ by what the
 * model takes: its code, its tables, its arena, and what it needs of the libraries. */
#include MODEL_HEADER

#define JOIN_TOKENS(a, b) a##b
#define JOIN(a, b) JOIN_TOKENS(a, b)

extern uint8_t footprint_pixels[JOIN(MODEL_MACROS, _PIXELS)];
extern MODEL_SCORE footprint_scores[JOIN(MODEL_MACROS, _CLASSES)];

uint8_t footprint_pixels[JOIN(MODEL_MACROS, _PIXELS)];
MODEL_SCORE footprint_scores[JOIN(MODEL_MACROS, _CLASSES)];

int main(void) {
  /* The absent model reads and writes what the present one does, so that both programs hold the two arrays. */
#if defined(MODEL_ABSENT)
  *(volatile MODEL_SCORE *)footprint_scores = *(volatile uint8_t *)footprint_pixels;
  return 0;
#else
  static JOIN(MODEL_PREFIX, _arena) arena;
#if defined(MODEL_ROWS)
  JOIN(MODEL_PREFIX, _start)(&arena);
  const int found = JOIN(MODEL_PREFIX, _push_row)(&arena, footprint_pixels, footprint_scores);
#else
  const int found = JOIN(MODEL_PREFIX, _classify)(footprint_pixels, footprint_scores, &arena);
#endif
#if defined(MODEL_SOFTMAX)
  JOIN(MODEL_PREFIX, _softmax)(footprint_scores, footprint_scores);
#endif
  return found;
#endif
}
