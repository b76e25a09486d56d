/* Files and messages of the machine that runs the emulator or the debugger.
 *
 * The core stops at a breakpoint that QEMU, OpenOCD and others know; they do what is asked and let it go on.
 * Without any of them attached such a call is a fault: leave this out of a product.
 *
 * Source: Semihosting for AArch32 and AArch64 (Arm), RISC-V Semihosting. */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stddef.h>

/* Opens a file to read it, or makes one to write it. Returns its handle, or -1. */
int semihosting_open_to_read(const char *path);
int semihosting_open_to_write(const char *path);

/* Reads or writes size bytes. Returns how many were not. */
size_t semihosting_read(int handle, void *bytes, size_t size);
size_t semihosting_write(int handle, const void *bytes, size_t size);

/* Closes a file. Returns 0, or -1. */
int semihosting_close(int handle);

/* Prints a text that ends with 0. */
void semihosting_print(const char *text);

/* Ends the emulator with an exit status. Doesn't return. */
void semihosting_exit(int status);

#endif
