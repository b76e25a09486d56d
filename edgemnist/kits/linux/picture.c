#include "picture.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { LARGEST_SIDE = 16384 };

/* Returns the next letter of the header that is neither white space nor part of a comment. */
static int skip_space(FILE *file) {
  int letter = getc(file);
  while (isspace(letter) || letter == '#') {
    if (letter == '#') {
      while (letter != '\n' && letter != EOF) {
        letter = getc(file);
      }
    } else {
      letter = getc(file);
    }
  }
  return letter;
}

/* Reads a number of the header and the one white space behind it; -1 if there is none. */
static int read_number(FILE *file) {
  int letter = skip_space(file), number = 0;
  if (!isdigit(letter)) {
    return -1;
  }
  for (; isdigit(letter) && number < 100000; letter = getc(file)) {
    number = 10 * number + letter - '0';
  }
  return isspace(letter) ? number : -1;
}

static int read_pixels(FILE *file, picture *found, int colours, int most) {
  const size_t count = (size_t)found->width * (size_t)found->height;
  for (size_t i = 0; i < count; i++) {
    uint8_t *pixel = found->rgba + 4 * i;
    for (int c = 0; c < colours; c++) {
      const int value = getc(file);
      if (value == EOF) {
        return 0;
      }
      pixel[c] = (uint8_t)(value >= most ? 255 : (value * 255 + most / 2) / most);
    }
    if (colours == 1) {
      pixel[1] = pixel[2] = pixel[0];
    }
    pixel[3] = 255;
  }
  return 1;
}

static const char *read_open_file(FILE *file, picture *found) {
  const int first = getc(file), second = getc(file);
  if (first != 'P' || (second != '5' && second != '6')) {
    return "not a binary PGM or PPM file (P5, P6)";
  }
  found->width = read_number(file);
  found->height = read_number(file);
  const int most = read_number(file);
  if (found->width < 1 || found->height < 1 || found->width > LARGEST_SIDE || found->height > LARGEST_SIDE) {
    return "its width or height is missing, or above 16384";
  }
  if (most < 1 || most > 255) {
    return "its largest value isn't between 1 and 255";
  }
  found->rgba = malloc((size_t)found->width * (size_t)found->height * 4);
  if (found->rgba == NULL) {
    return "there isn't enough memory for it";
  }
  return read_pixels(file, found, second == '6' ? 3 : 1, most) ? NULL : "it ends within the picture";
}

const char *read_picture(const char *path, picture *found) {
  *found = (picture){0, 0, NULL};
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return "it can't be opened";
  }
  const char *problem = read_open_file(file, found);
  fclose(file);
  if (problem != NULL) {
    release_picture(found);
  }
  return problem;
}

void release_picture(picture *one) {
  free(one->rgba);
  one->rgba = NULL;
}
