/* Classifies every image of FOLDER/images.bin. Writes what the runtime answers to FOLDER/scores.bin, and what is made
 * of that to FOLDER/probabilities.bin: PIXELS bytes in, CLASSES values out, image by image, as they lie in memory.
 *
 *   prove LIBRARY MODEL FOLDER
 *
 * Exit status 0, or 2 with a message where anything fails. */
#include <stdio.h>
#include <stdlib.h>

#include "classifier.h"

static void fail(const char *reason, const char *more) {
  fprintf(stderr, "%s%s\n", reason, more);
  exit(2);
}

static FILE *open_file(const char *folder, const char *name, const char *mode) {
  char path[4096];
  FILE *file = NULL;
  if (snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path) {
    file = fopen(path, mode);
  }
  if (file == NULL) {
    fail(name, ": can't be opened");
  }
  return file;
}

static void write_values(FILE *file, const void *values, size_t bytes) {
  if (fwrite(values, 1, bytes, file) != bytes) {
    fail("the scores can't be written", "");
  }
}

static void close_file(FILE *file) {
  if (fclose(file) != 0) {
    fail("the scores can't be written", "");
  }
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fail("usage: prove LIBRARY MODEL FOLDER", "");
  }
  classifier_error error;
  classifier *model = classifier_open(argv[1], argv[2], &error);
  if (model == NULL) {
    fail("the model can't be opened: ", error.message);
  }
  FILE *images = open_file(argv[3], "images.bin", "rb");
  FILE *scores_file = open_file(argv[3], "scores.bin", "wb");
  FILE *probabilities_file = open_file(argv[3], "probabilities.bin", "wb");
  uint8_t pixels[PIXELS];
  score scores[CLASSES];
  float probabilities[CLASSES];
  while (fread(pixels, sizeof pixels, 1, images) == 1) {
    if (classifier_classify(model, pixels, scores, probabilities, &error) < 0) {
      fail("an image can't be classified: ", error.message);
    }
    write_values(scores_file, scores, sizeof scores);
    write_values(probabilities_file, probabilities, sizeof probabilities);
  }
  close_file(scores_file);
  close_file(probabilities_file);
  fclose(images);
  classifier_close(model);
  return 0;
}
