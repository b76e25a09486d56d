/* Classifies pictures, or tests this board.
 *
 *   classify [--json] PICTURE...    binary PGM or PPM files of any size; a line for each
 *   classify --self-test            classifies the images of golden.csv
 *   classify --answers              prints what it answers to them, for: edgemnist diff
 *
 * The model, the runtime's library and golden.csv lie beside the program. Exit status 0; 1 if the self-test fails; 2 if
 * a picture, the model or the library can't be read: the other pictures are classified. */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
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

static const char *const labels[CLASSES] = LABELS;

static void print_json(const char *text) {
  putchar('"');
  for (; *text != '\0'; text++) {
    const unsigned char one = (unsigned char)*text;
    if (one == '"' || one == '\\') {
      printf("\\%c", one);
    } else if (one < 0x20) {
      printf("\\u%04x", one);
    } else {
      putchar(one);
    }
  }
  putchar('"');
}

static void print_answer(const char *name, int class_found, const float *probabilities, bool as_json) {
  if (!as_json) {
    printf("%s: %s (%.2f %%)\n", name, labels[class_found], 100 * (double)probabilities[class_found]);
    return;
  }
  printf("{\"image\": ");
  print_json(name);
  printf(", \"label\": ");
  print_json(labels[class_found]);
  printf(", \"probabilities\": {");
  for (int j = 0; j < CLASSES; j++) {
    print_json(labels[j]);
    printf(": %.9g%s", (double)probabilities[j], j < CLASSES - 1 ? ", " : "}}\n");
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

static int classify_picture(classifier *model, const char *name, bool as_json) {
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
  print_answer(name, class_found, probabilities, as_json);
  return 0;
}

static int classify_pictures(classifier *model, char **names, int count, bool as_json) {
  int status = 0;
  for (int i = 0; i < count; i++) {
    const int found = classify_picture(model, names[i], as_json);
    status = found > status ? found : status;
  }
  return status;
}

typedef struct {
  bool as_json, tests, answers, help;
  int pictures; /* their names are moved to the front */
} options;

/* Returns false for an option that there is not, and where there is nothing to do, or two things. */
static bool read_options(int argc, char **argv, options *found) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--json") == 0) {
      found->as_json = true;
    } else if (strcmp(argv[i], "--self-test") == 0) {
      found->tests = true;
    } else if (strcmp(argv[i], "--answers") == 0) {
      found->answers = true;
    } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      found->help = true;
    } else if (argv[i][0] == '-') {
      return false;
    } else {
      argv[++found->pictures] = argv[i];
    }
  }
  return found->help || found->tests + found->answers + (found->pictures > 0) == 1;
}

int main(int argc, char **argv) {
  options chosen = {false, false, false, false, 0};
  const bool valid = read_options(argc, argv, &chosen);
  if (!valid || chosen.help) {
    fprintf(valid ? stdout : stderr, "usage: %s [--json] PICTURE...\n       %s --self-test | --answers\n", argv[0],
            argv[0]);
    return valid ? 0 : 2;
  }
  classifier_error error;
  const path library = find_beside(LIBRARY_FILE), file = find_beside(MODEL_FILE), golden = find_beside("golden.csv");
  classifier *model = classifier_open(library.text, file.text, &error);
  if (model == NULL) {
    fprintf(stderr, "the model can't be opened: %s\n", error.message);
    return 2;
  }
  const int status = chosen.tests     ? run_self_test(model, golden.text)
                     : chosen.answers ? print_answers(model, golden.text)
                                      : classify_pictures(model, argv + 1, chosen.pictures, chosen.as_json);
  classifier_close(model);
  return status;
}
