int ${prefix}_classify(const uint8_t pixels[${PREFIX}_PIXELS], $score_type logits[${PREFIX}_CLASSES],
$indent${prefix}_arena *arena) {
$calls
  return find_largest(logits, ${PREFIX}_CLASSES);
}
