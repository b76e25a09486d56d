#include "semihosting.h"

#include <stdint.h>

enum { OPEN = 0x01, CLOSE = 0x02, PRINT = 0x04, WRITE = 0x05, READ = 0x06, EXIT = 0x20 };
enum { MODE_READ_BINARY = 1, MODE_WRITE_BINARY = 5 };
enum { APPLICATION_EXIT = 0x20026 };

#if defined(__riscv)
static intptr_t call_host(uintptr_t operation, const void *block) {
  register uintptr_t a0 __asm__("a0") = operation;
  register const void *a1 __asm__("a1") = block;
  /* The host knows the breakpoint by the two instructions around it, none of them a compressed one and all on
   * one page. */
  __asm__ volatile(
      ".balign 16\n"
      ".option push\n"
      ".option norvc\n"
      "slli x0, x0, 0x1f\n"
      "ebreak\n"
      "srai x0, x0, 7\n"
      ".option pop\n"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return (intptr_t)a0;
}
#else
static intptr_t call_host(uintptr_t operation, const void *block) {
  register uintptr_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = block;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return (intptr_t)r0;
}
#endif

static int open_file(const char *path, uintptr_t mode) {
  uintptr_t size = 0;
  while (path[size] != '\0') {
    size++;
  }
  const uintptr_t block[3] = {(uintptr_t)path, mode, size};
  return (int)call_host(OPEN, block);
}

int semihosting_open_to_read(const char *path) { return open_file(path, MODE_READ_BINARY); }

int semihosting_open_to_write(const char *path) { return open_file(path, MODE_WRITE_BINARY); }

size_t semihosting_read(int handle, void *bytes, size_t size) {
  const uintptr_t block[3] = {(uintptr_t)handle, (uintptr_t)bytes, size};
  return (size_t)call_host(READ, block);
}

size_t semihosting_write(int handle, const void *bytes, size_t size) {
  const uintptr_t block[3] = {(uintptr_t)handle, (uintptr_t)bytes, size};
  return (size_t)call_host(WRITE, block);
}

int semihosting_close(int handle) {
  const uintptr_t block[1] = {(uintptr_t)handle};
  return (int)call_host(CLOSE, block);
}

void semihosting_print(const char *text) { call_host(PRINT, text); }

void semihosting_exit(int status) {
  const uintptr_t block[2] = {APPLICATION_EXIT, (uintptr_t)status};
  for (;;) {
    call_host(EXIT, block);
  }
}
