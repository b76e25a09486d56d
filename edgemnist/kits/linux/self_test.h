/* The self-test: the model's answers to the images of golden.csv, compared with the expected ones. */
#ifndef SELF_TEST_H
#define SELF_TEST_H

#include "classifier.h"

/* Classifies every image of the file, and prints what came out. Returns 0 if all probabilities are the expected ones,
 * 1 if one differs, 2 if the file can't be read or the runtime fails. */
int run_self_test(classifier *model, const char *path);

/* Classifies every image of the file, and prints the probabilities, a line each, for `edgemnist diff`. Returns 0, or 2 if
 * the file can't be read or the runtime fails. */
int print_answers(classifier *model, const char *path);

#endif
