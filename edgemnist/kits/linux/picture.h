/* Pictures as files: binary PGM (P5, grey) and PPM (P6, colour), which every tool and camera program can write. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdint.h>

typedef struct {
  int width, height;
  uint8_t *rgba; /* width * height * 4 bytes, row by row: red, green, blue, 255 */
} picture;

/* Reads a file. Returns NULL, or in words why it can't; on success release_picture lets go of the memory. */
const char *read_picture(const char *path, picture *found);

void release_picture(picture *one);

#endif
