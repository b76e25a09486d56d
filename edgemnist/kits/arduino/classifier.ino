/* Classifies @{image_rows} x @{image_columns} images that come over the serial line.
 *
 * At start it tests the model on the golden vectors and says "ready" only if all answers are as expected. Then:
 * @{pixels} bytes in (row by row, 0 is black, 255 is white), one line out: the class, such as "7". */
#include "@{header}"
#include "golden.h"
#include "self_test.h"

/* 1 to print the answers to the golden images although they are as expected: for `edgemnist diff`. */
#define PRINT_ANSWERS 0

static const char *const labels[@{PREFIX}_CLASSES] = @{PREFIX}_LABELS;
static @{prefix}_arena arena;
static uint8_t pixels[@{PREFIX}_PIXELS];
static bool usable = false;

static void print_text(const char *text) { Serial.print(text); }

void setup() {
  Serial.begin(115200);
  while (!Serial && millis() < 5000) {
  }
  const unsigned long before = micros();
  const self_test_result result = run_self_test(&arena);
  const unsigned long taken = micros() - before;
  Serial.print("self-test: ");
  Serial.print(result.same);
  Serial.print(" of ");
  Serial.print(GOLDEN_IMAGES);
  Serial.println(" images give the expected logits");
  Serial.print("time: ");
  Serial.print(taken / GOLDEN_IMAGES);
  Serial.println(" microseconds an image");
  usable = result.image < 0;
  if (PRINT_ANSWERS || !usable) {
    print_answers(&arena, print_text);
  }
  Serial.println(usable ? "ready" : "FAILED: this board's compiler or memory is not to be trusted with the model");
}

void loop() {
  if (!usable || Serial.available() == 0) {
    return;
  }
  /* Waits a second for each next byte; what is left of a broken image is dropped. */
  const size_t count = Serial.readBytes(reinterpret_cast<char *>(pixels), sizeof pixels);
  if (count < sizeof pixels) {
    Serial.print("error: @{pixels} bytes expected, but ");
    Serial.print(static_cast<int>(count));
    Serial.println(" came");
    return;
  }
  golden_score logits[@{PREFIX}_CLASSES];
  Serial.println(labels[@{prefix}_classify(pixels, logits, &arena)]);
}
