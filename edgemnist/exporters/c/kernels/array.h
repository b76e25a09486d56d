/* $title
 *
 * made from  $source
 * input      $input
 * output     $output
 * operators  $names
 * arena      $arena_bytes bytes, measured by running it in a 64-bit build of TFLite Micro, where pointers are
 *            twice as long: a 32-bit microcontroller needs a little less
 */
#ifndef ${PREFIX}_H
#define ${PREFIX}_H

#ifdef __cplusplus
extern "C" {
#endif

#define ${PREFIX}_BYTES $bytes
#define ${PREFIX}_ARENA_BYTES $arena_bytes
#define ${PREFIX}_CLASSES $classes
#define ${PREFIX}_LABELS {$labels}

/* tflite::MicroMutableOpResolver<${PREFIX}_OPERATORS> resolver;
 * ${PREFIX}_ADD_OPERATORS(resolver) */
#define ${PREFIX}_OPERATORS $count
#define ${PREFIX}_ADD_OPERATORS(resolver) $adds

/* For tflite::GetModel(). Lies on a 16-byte boundary, as the format asks for. */
extern const unsigned char ${prefix}[${PREFIX}_BYTES];

#ifdef __cplusplus
}
#endif

#endif
