/* Many images through a generated model: what edgemnist's host runtime calls. The macros name the model, as for
 * prove.c; MODEL_PIXELS and MODEL_CLASSES are the contract's.
 * Returns how many times the class that was returned wasn't the first with the largest score. */
#include MODEL_HEADER

#define JOIN_TOKENS(a, b) a##b
#define JOIN(a, b) JOIN_TOKENS(a, b)

#ifdef __cplusplus
extern "C"
#endif
    size_t
    edgemnist_run(const uint8_t *pixels, MODEL_SCORE *scores, size_t count);

size_t edgemnist_run(const uint8_t *pixels, MODEL_SCORE *scores, size_t count) {
  JOIN(MODEL_PREFIX, _arena) arena;
  size_t wrong = 0;
  for (size_t i = 0; i < count; i++) {
    MODEL_SCORE *answers = scores + i * MODEL_CLASSES;
    const int found = JOIN(MODEL_PREFIX, _classify)(pixels + i * MODEL_PIXELS, answers, &arena);
    int best = 0;
    for (int j = 1; j < MODEL_CLASSES; j++) {
      if (answers[j] > answers[best]) best = j;
    }
    wrong += found != best;
#ifdef MODEL_SOFTMAX
    JOIN(MODEL_PREFIX, _softmax)(answers, answers);
#endif
  }
  return wrong;
}
