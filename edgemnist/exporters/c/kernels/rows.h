
/* The same, one row of pixels at a time, so that no image lies in memory. */
#define ${PREFIX}_ROWS $rows
#define ${PREFIX}_COLUMNS $columns

/* Begins an image. Call it before the first row; after the last one the next image has begun. */
void ${prefix}_start(${prefix}_arena *arena);

/* Takes the next row, from the top down. Returns -1, and after the last row what ${prefix}_classify does.
 *
 * arena   keeps what the rows so far have made: nothing else may write it from ${prefix}_start to the last row
 * row     $columns bytes, read only
 * logits  $classes values, written with the last row */
int ${prefix}_push_row(${prefix}_arena *arena, const uint8_t row[${PREFIX}_COLUMNS],
$row_indent$score_type logits[${PREFIX}_CLASSES]);
