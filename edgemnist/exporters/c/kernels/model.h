/* $title
 *
$facts
 */
#ifndef ${PREFIX}_H
#define ${PREFIX}_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What goes in: one image of $image_size raw pixel bytes, row by row, 0 (black) to 255 ($white), prepared as the
 * training images were$form. */
#define ${PREFIX}_PIXELS $pixels
/* What comes out: one $score_type logit a class.$confidence */
#define ${PREFIX}_CLASSES $classes
#define ${PREFIX}_LABELS {$labels}
$macros
/* SHA-256 of the Keras model that this was made from. */
#define ${PREFIX}_SOURCE_SHA256 "$source_sha256"

/* Working memory, $arena_bytes bytes: yours to place (static, stack or heap), and free between two calls. */
typedef struct {
  $arena_type words[$arena_words];
} ${prefix}_arena;

/* Classifies one image. Returns its class, 0 to $last_class; of equal logits the first.
 *
 * pixels  $pixels bytes, read only
 * logits  $classes values, written
 * arena   written; nothing is kept in it from one call to the next
 *
 * No other memory is written, so that each thread may call it with an arena of its own. */
int ${prefix}_classify(const uint8_t pixels[${PREFIX}_PIXELS], $score_type logits[${PREFIX}_CLASSES],
$indent${prefix}_arena *arena);
$by_rows$softmax
#ifdef __cplusplus
}
#endif

#endif
