/* Two inputs, value by value. One that has fewer values than the output is repeated: `row` and `step` say how far
 * it goes on from row to row and from value to value, which is not at all where it is repeated. */
typedef struct {
  int rows, count; /* of the output */
  int first_row, first_step;
  int second_row, second_step;
} pairing;

