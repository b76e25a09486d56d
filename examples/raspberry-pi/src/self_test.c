#include "self_test.h"

#include <math.h>
#include <stdio.h>

#include "files.h"

/* A row of golden.csv: index,label,tolerance,p0,p1,...,pixels */
typedef struct {
  int index, label;
  float tolerance;
  float expected[CLASSES];
  uint8_t pixels[PIXELS];
} golden;

typedef struct {
  int images, same, right;
  int image, class_index; /* the first probability that differs; image -1 if none does */
  float found, expected;
} result;

/* Returns 1 for a row, 0 at the end of the file, -1 where a row is damaged or cut. */
static int read_row(FILE *file, golden *row) {
  const int found = fscanf(file, " %d,%d,%f,", &row->index, &row->label, &row->tolerance);
  int complete = found == 3;
  for (int j = 0; complete && j < CLASSES; j++) {
    complete = fscanf(file, "%f,", &row->expected[j]) == 1;
  }
  for (int i = 0; complete && i < PIXELS; i++) {
    unsigned int byte = 0;
    complete = fscanf(file, "%2x", &byte) == 1;
    row->pixels[i] = (uint8_t)byte;
  }
  return complete ? 1 : found == EOF ? 0 : -1;
}

static void compare(const golden *row, const float *found, result *so_far) {
  int different = -1;
  for (int j = CLASSES - 1; j >= 0; j--) {
    if (!(fabsf(found[j] - row->expected[j]) <= row->tolerance)) {
      different = j;
    }
  }
  so_far->same += different < 0;
  if (different >= 0 && so_far->image < 0) {
    so_far->image = so_far->images;
    so_far->class_index = different;
    so_far->found = found[different];
    so_far->expected = row->expected[different];
  }
  so_far->images++;
}

static int test_rows(classifier *model, FILE *file, result *so_far) {
  golden row;
  score scores[CLASSES];
  float probabilities[CLASSES];
  classifier_error error;
  (void)!fscanf(file, "%*[^\n]"); /* the header */
  int state;
  while ((state = read_row(file, &row)) > 0) {
    const int class_found = classifier_classify(model, row.pixels, scores, probabilities, &error);
    if (class_found < 0) {
      fprintf(stderr, "image %d can't be classified: %s\n", so_far->images, error.message);
      return 0;
    }
    so_far->right += class_found == row.label;
    compare(&row, probabilities, so_far);
  }
  if (state < 0 || so_far->images != GOLDEN_IMAGES) {
    fprintf(stderr, "golden.csv is damaged after image %d\n", so_far->images);
    return 0;
  }
  return 1;
}

static int print_row(classifier *model, const golden *row) {
  score scores[CLASSES];
  float probabilities[CLASSES];
  classifier_error error;
  if (classifier_classify(model, row->pixels, scores, probabilities, &error) < 0) {
    fprintf(stderr, "image %d can't be classified: %s\n", row->index, error.message);
    return 0;
  }
  printf("answers: %d", row->index);
  for (int j = 0; j < CLASSES; j++) {
    printf(" %.9g", (double)probabilities[j]);
  }
  putchar('\n');
  return 1;
}

int print_answers(classifier *model, const char *path) {
  golden row;
  int images = 0, state = 0;
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    fprintf(stderr, "%s: can't be opened\n", path);
    return 2;
  }
  puts("answers: " ANSWERS_HEAD);
  (void)!fscanf(file, "%*[^\n]"); /* the header */
  while ((state = read_row(file, &row)) > 0 && print_row(model, &row)) {
    images++;
  }
  fclose(file);
  if (state < 0) {
    fprintf(stderr, "golden.csv is damaged after image %d\n", images);
  }
  return images == GOLDEN_IMAGES ? 0 : 2;
}

int run_self_test(classifier *model, const char *path) {
  static const char *const labels[CLASSES] = LABELS;
  result all = {0, 0, 0, -1, 0, 0, 0};
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    fprintf(stderr, "%s: can't be opened\n", path);
    return 2;
  }
  const int complete = test_rows(model, file, &all);
  fclose(file);
  if (!complete) {
    return 2;
  }
  printf("self-test: %d of %d images give the expected probabilities, %d the right class\n", all.same, all.images,
         all.right);
  if (all.image >= 0) {
    printf("FAILED: image %d, class %s: found %.6g, expected %.6g\n", all.image, labels[all.class_index], all.found,
           all.expected);
  }
  return all.image >= 0;
}
