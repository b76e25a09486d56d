/* Classifies a picture, or tests this board.
 *
 *   classify PICTURE        a binary PGM or PPM file of any size
 *   classify --self-test    classifies the images of golden.csv
 *
 * The model, the runtime's library and golden.csv lie beside the program. Exit status 0; 1 if the self-test fails; 2 if
 * the picture, the model or the library can't be read. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "classifier.h"
#include "files.h"
#include "picture.h"
#include "preparation.h"
#include "self_test.h"

#if DIGIT_SIZE * DIGIT_SIZE != PIXELS
#error "the model takes images of another size than preparation.h makes"
#endif

typedef struct {
  char text[4096];
} path;

/* Returns the path of a file in the program's own folder. */
static path find_beside(const char *name) {
  path found = {""};
  const size_t room = sizeof found.text - strlen(name) - 1;
  const ssize_t length = readlink("/proc/self/exe", found.text, room);
  found.text[length > 0 ? length : 0] = '\0';
  char *slash = strrchr(found.text, '/');
  strcpy(slash != NULL ? slash + 1 : found.text, name);
  return found;
}

static void print_answer(int class_found, const float *probabilities) {
  static const char *const labels[CLASSES] = LABELS;
  static const char bar[] = "########################################";
  printf("this is: %s\n", labels[class_found]);
  for (int j = 0; j < CLASSES; j++) {
    const int length = (int)(40 * probabilities[j] + 0.5f);
    printf("%8s  %6.2f%%%s%.*s\n", labels[j], 100 * (double)probabilities[j], length > 0 ? "  " : "", length, bar);
  }
}

/* Returns NULL, or in words why a file can't become an image. */
static const char *prepare(const char *name, uint8_t image[PIXELS]) {
  static const char *const problems[] = {NULL, "there isn't enough memory to prepare it",
                                         "another size than the images that the model takes"};
  picture one;
  const char *problem = read_picture(name, &one);
  if (problem == NULL) {
    problem = problems[prepare_picture(one.rgba, one.width, one.height, PREPARATION, INK, image)];
  }
  release_picture(&one);
  return problem == NULL && is_blank(image) ? "nothing to be seen on it" : problem;
}

static int classify_picture(classifier *model, const char *name) {
  uint8_t image[PIXELS];
  score scores[CLASSES];
  float probabilities[CLASSES];
  classifier_error error;
  const char *problem = prepare(name, image);
  if (problem != NULL) {
    fprintf(stderr, "%s: %s\n", name, problem);
    return 2;
  }
  const int class_found = classifier_classify(model, image, scores, probabilities, &error);
  if (class_found < 0) {
    fprintf(stderr, "%s: %s\n", name, error.message);
    return 2;
  }
  print_answer(class_found, probabilities);
  return 0;
}

int main(int argc, char **argv) {
  const int tests = argc == 2 && strcmp(argv[1], "--self-test") == 0;
  if (argc != 2 || (argv[1][0] == '-' && !tests)) {
    fprintf(stderr, "usage: %s PICTURE\n       %s --self-test\n", argv[0], argv[0]);
    return 2;
  }
  classifier_error error;
  const path library = find_beside(LIBRARY_FILE), file = find_beside(MODEL_FILE), golden = find_beside("golden.csv");
  classifier *model = classifier_open(library.text, file.text, &error);
  if (model == NULL) {
    fprintf(stderr, "the model can't be opened: %s\n", error.message);
    return 2;
  }
  const int status = tests ? run_self_test(model, golden.text) : classify_picture(model, argv[1]);
  classifier_close(model);
  return status;
}
