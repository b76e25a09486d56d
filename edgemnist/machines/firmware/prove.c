/* Classifies every image of images.bin and writes the scores to answers.bin: its pixels in, one score a class out,
 * image by image, the scores as they lie in memory (little-endian).
 *
 * Bare metal, the files are the emulator's (semihosting.h); under Linux they are files. Defined by the compiler's
 * command line:
 *
 *   MODEL_HEADER   "model_int8.h"
 *   MODEL_PREFIX   model_int8, what the model's functions begin with
 *   MODEL_MACROS   MODEL_INT8, what its macros begin with
 *   MODEL_SCORE    int8_t or float
 *   MODEL_SOFTMAX  if defined, the model's softmax is run, too, and its probabilities are the scores
 *   MODEL_ROWS     if defined, an image is read and given to the model row by row, and lies nowhere as a whole
 *
 * Exit status 0, or 2 with a message where anything fails. */
#include MODEL_HEADER

#define JOIN_TOKENS(a, b) a##b
#define JOIN(a, b) JOIN_TOKENS(a, b)
#define CLASSIFY JOIN(MODEL_PREFIX, _classify)
#define START JOIN(MODEL_PREFIX, _start)
#define PUSH_ROW JOIN(MODEL_PREFIX, _push_row)
#define SOFTMAX JOIN(MODEL_PREFIX, _softmax)
#if defined(MODEL_ROWS)
#define PIXELS JOIN(MODEL_MACROS, _COLUMNS) /* that are read at a time */
#else
#define PIXELS JOIN(MODEL_MACROS, _PIXELS)
#endif
#define CLASSES JOIN(MODEL_MACROS, _CLASSES)
typedef JOIN(MODEL_PREFIX, _arena) model_arena;

#if defined(__linux__)
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_to_read(const char *path) { return open(path, O_RDONLY); }
static int open_to_write(const char *path) { return open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666); }
static size_t read_bytes(int file, void *bytes, size_t size) { return size - (size_t)read(file, bytes, size); }
static size_t write_bytes(int file, const void *bytes, size_t size) {
  return size - (size_t)write(file, bytes, size);
}
static int close_file(int file) { return close(file); }
static void leave(int status, const char *message) {
  (void)!write(2, message, strlen(message));
  exit(status);
}
#else
#include "semihosting.h"

static int open_to_read(const char *path) { return semihosting_open_to_read(path); }
static int open_to_write(const char *path) { return semihosting_open_to_write(path); }
static size_t read_bytes(int file, void *bytes, size_t size) { return semihosting_read(file, bytes, size); }
static size_t write_bytes(int file, const void *bytes, size_t size) { return semihosting_write(file, bytes, size); }
static int close_file(int file) { return semihosting_close(file); }
static void leave(int status, const char *message) {
  semihosting_print(message);
  semihosting_exit(status);
}

/* The start-up code calls it where the core meets a fault. */
void fault_handler(void);
void fault_handler(void) { leave(2, "the processor met a fault\n"); }
#endif

static uint8_t pixels[PIXELS];
static MODEL_SCORE scores[CLASSES];
static model_arena arena;

/* Where counter.c stops to count: called right after each classification. */
void proof_classified(void);
__attribute__((noinline)) void proof_classified(void) { __asm__ volatile("" ::: "memory"); }

#if defined(MODEL_ROWS)
/* Where counter.c begins to count: reading the rows is counted as well. */
void proof_starts(void);
__attribute__((noinline)) void proof_starts(void) { __asm__ volatile("" ::: "memory"); }

/* The rows of an image, the first of which has been read. */
static int classify(int images) {
  int found = -1;
  proof_starts();
  START(&arena);
  for (int row = 0; row < JOIN(MODEL_MACROS, _ROWS); row++) {
    if (row > 0 && read_bytes(images, pixels, sizeof pixels) != 0) {
      leave(2, "images.bin ends within an image, or can't be read\n");
    }
    found = PUSH_ROW(&arena, pixels, scores);
  }
  return found;
}
#else
static int classify(int images) {
  (void)images;
  return CLASSIFY(pixels, scores, &arena);
}
#endif

static void classify_one(int images) {
  const int found = classify(images);
  proof_classified();
  if (found < 0 || found >= CLASSES) {
    leave(2, "the class that was returned is none\n");
  }
  for (int j = 0; j < CLASSES; j++) {
    if (scores[j] > scores[found]) {
      leave(2, "the class that was returned isn't the one with the largest score\n");
    }
  }
#if defined(MODEL_SOFTMAX)
  SOFTMAX(scores, scores);
#endif
}

int main(void) {
  const int images = open_to_read("images.bin");
  const int answers = open_to_write("answers.bin");
  if (images < 0 || answers < 0) {
    leave(2, "images.bin or answers.bin can't be opened\n");
  }
  for (;;) {
    const size_t missing = read_bytes(images, pixels, sizeof pixels);
    if (missing == sizeof pixels) {
      break;
    }
    if (missing != 0) {
      leave(2, "images.bin ends within an image, or can't be read\n");
    }
    classify_one(images);
    if (write_bytes(answers, scores, sizeof scores) != 0) {
      leave(2, "answers.bin can't be written\n");
    }
  }
  if (close_file(answers) != 0) {
    leave(2, "answers.bin can't be written\n");
  }
  leave(0, "");
  return 0;
}
