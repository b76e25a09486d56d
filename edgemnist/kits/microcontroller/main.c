/* On a Cortex-M: tests the model on the golden vectors, then classifies one image and draws it.
 *
 * Words go through print_text, status through finish: both are the emulator's or the debugger's (semihosting).
 * On a board of its own, replace the two by what the board has: a UART, a LED. */
#include "cycles.h"
#include "golden.h"
#include "self_test.h"
#include "semihosting.h"

/* The image that is drawn: the first of the eighth class, where there are so many. */
enum { SHOWN = GOLDEN_IMAGES > 7 ? 7 : 0, ROWS = @{image_rows}, COLUMNS = @{image_columns} };

/* 1 to print the answers to the golden images although they are as expected: for `edgemnist diff`. */
#ifndef PRINT_ANSWERS
#define PRINT_ANSWERS 0
#endif

static const char *const labels[@{PREFIX}_CLASSES] = @{PREFIX}_LABELS;
/* Static, so that the linker counts it: it is the model's working memory. */
static @{prefix}_arena arena;

static void print_text(const char *text) { semihosting_print(text); }

static void finish(int status) { semihosting_exit(status); }

static void print_number(uint32_t number) {
  char digits[12];
  char *first = digits + sizeof digits - 1;
  *first = '\0';
  do {
    *--first = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  print_text(first);
}

static void draw(const uint8_t *pixels) {
  for (int row = 0; row < ROWS; row++) {
    char line[4 + COLUMNS + 1] = "    ";
    int ink = 0;
    for (int column = 0; column < COLUMNS; column++) {
      const uint8_t pixel = pixels[COLUMNS * row + column];
      line[4 + column] = " .:*#"[pixel / 52];
      ink += pixel;
    }
    line[4 + COLUMNS] = '\0';
    if (ink > 0) {
      print_text(line);
      print_text("\n");
    }
  }
}

static void print_result(const self_test_result *result) {
  print_text("self-test: ");
  print_number((uint32_t)result->same);
  print_text(" of ");
  print_number(GOLDEN_IMAGES);
  print_text(" images give the expected logits, ");
  print_number((uint32_t)result->right);
  print_text(" the right class\n");
  if (result->image >= 0) {
    print_text("FAILED: image ");
    print_number((uint32_t)result->image);
    print_text(", the logit of class ");
    print_text(labels[result->logit]);
    print_text(" is the first that differs\n");
  }
}

static void print_cycles(bool counted, uint32_t cycles) {
  print_text("cycles an image: ");
  if (counted) {
    print_number(cycles);
  } else {
    print_text("no counter here");
  }
  print_text("\n");
}

/* The start-up code calls it where the core meets a fault. */
void fault_handler(void);
void fault_handler(void) {
  print_text("the processor met a fault\n");
  finish(2);
}

int main(void) {
  const self_test_result result = run_self_test(&arena);
  print_result(&result);
  if (PRINT_ANSWERS || result.image >= 0) {
    print_answers(&arena, print_text);
  }
  if (result.image >= 0) {
    finish(1);
  }
  golden_score logits[@{PREFIX}_CLASSES];
  const bool counted = start_cycles();
  const uint32_t before = read_cycles();
  const int answer = @{prefix}_classify(golden_pixels[SHOWN], logits, &arena);
  print_cycles(counted, read_cycles() - before);
  draw(golden_pixels[SHOWN]);
  print_text("this is: ");
  print_text(labels[answer]);
  print_text("\n");
  finish(0);
  return 0;
}
