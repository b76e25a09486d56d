/* The core's own cycle counter: the DWT of a Cortex-M3 and above, mcycle of a RISC-V core in machine mode.
 *
 *   const bool counted = start_cycles();
 *   const uint32_t before = read_cycles();
 *   ...
 *   const uint32_t taken = read_cycles() - before;    right for fewer than 2^32 cycles
 *
 * A Cortex-M0 has no such counter, and QEMU's Cortex-M has none: start_cycles returns false there. */
#ifndef CYCLES_H
#define CYCLES_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__riscv)

static inline bool start_cycles(void) { return true; }

static inline uint32_t read_cycles(void) {
  unsigned long cycles;
  /* csrr cycles, mcycle (0xB00), written so that an assembler takes it whichever extensions it is told of. */
  __asm__ volatile(".insn i 0x73, 2, %0, x0, -0x500" : "=r"(cycles));
  return (uint32_t)cycles;
}

#elif defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'

/* Arm's Architecture Reference Manuals, ARMv7-M C1.8 and ARMv8-M D1.2: DEMCR, DWT_LAR, DWT_CTRL and DWT_CYCCNT. */
#define CYCLES_REGISTER(address) (*(volatile uint32_t *)(address))

static inline bool start_cycles(void) {
  CYCLES_REGISTER(0xE000EDFC) |= 1u << 24;    /* trace on */
  CYCLES_REGISTER(0xE0001FB0) = 0xC5ACCE55;   /* unlock: a Cortex-M7 asks for it */
  CYCLES_REGISTER(0xE0001004) = 0;
  CYCLES_REGISTER(0xE0001000) |= 1;           /* count */
  return (CYCLES_REGISTER(0xE0001000) & 1) != 0;
}

static inline uint32_t read_cycles(void) { return CYCLES_REGISTER(0xE0001004); }

#else

static inline bool start_cycles(void) { return false; }

static inline uint32_t read_cycles(void) { return 0; }

#endif

#endif
