/* What follows the last row of pixels. */
static int finish_image(${prefix}_arena *arena, $score_type logits[${PREFIX}_CLASSES]);

void ${prefix}_start(${prefix}_arena *arena) {
  start_stream($stream);
}

EDGE_NARROW int ${prefix}_push_row(${prefix}_arena *arena, const uint8_t row[${PREFIX}_COLUMNS],
$row_indent$score_type logits[${PREFIX}_CLASSES]) {
$first
  const int found = finish_image(arena, logits);
  ${prefix}_start(arena);
  return found;
}

static EDGE_ALONE int finish_image(${prefix}_arena *arena, $score_type logits[${PREFIX}_CLASSES]) {
$calls
  return find_largest(logits, ${PREFIX}_CLASSES);
}

int ${prefix}_classify(const uint8_t pixels[${PREFIX}_PIXELS], $score_type logits[${PREFIX}_CLASSES],
$indent${prefix}_arena *arena) {
  int found = -1;
  ${prefix}_start(arena);
  for (int row = 0; row < ${PREFIX}_ROWS; row++) {
    found = ${prefix}_push_row(arena, pixels + row * ${PREFIX}_COLUMNS, logits);
  }
  return found;
}
