/* Classifies every image of FOLDER/images.bin. Writes what the runtime answers to FOLDER/scores.bin, and what is made
 * of that to FOLDER/probabilities.bin: PIXELS bytes in, CLASSES values out, image by image, as they lie in memory.
 *
 *   prove LIBRARY MODEL FOLDER
 *
 * Exit status 0, or 2 with a message where anything fails. */
#include <stdio.h>
#include <stdlib.h>

#include "classifier.h"

static void fail(const char *words, const char *more) {
  fprintf(stderr, "%s%s\n", words, more);
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
    fail("answers can't be written", "");
  }
}

static void close_file(FILE *file) {
  if (fclose(file) != 0) {
    fail("answers can't be written", "");
  }
}

int main(int count, char **words) {
  if (count != 4) {
    fail("usage: prove LIBRARY MODEL FOLDER", "");
  }
  classifier_error error;
  classifier *model = classifier_open(words[1], words[2], &error);
  if (model == NULL) {
    fail("the model can't be opened: ", error.words);
  }
  FILE *images = open_file(words[3], "images.bin", "rb");
  FILE *answers = open_file(words[3], "scores.bin", "wb");
  FILE *chances = open_file(words[3], "probabilities.bin", "wb");
  uint8_t pixels[PIXELS];
  score scores[CLASSES];
  float probabilities[CLASSES];
  while (fread(pixels, sizeof pixels, 1, images) == 1) {
    if (classifier_classify(model, pixels, scores, probabilities, &error) < 0) {
      fail("an image can't be classified: ", error.words);
    }
    write_values(answers, scores, sizeof scores);
    write_values(chances, probabilities, sizeof probabilities);
  }
  close_file(answers);
  close_file(chances);
  fclose(images);
  classifier_close(model);
  return 0;
}
