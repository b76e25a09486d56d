/* From reset to main on any Cortex-M, without a C library's start-up.
 *
 * The symbols come from cortex_m.ld. A product adds its interrupts to the vector table. */
#include <stdint.h>

extern uint32_t __data_start[], __data_end[], __data_values[];
extern uint32_t __bss_start[], __bss_end[];
extern uint32_t __stack_top[];

int main(void);
void reset_handler(void);
void fault_handler(void);

/* Any exception that nobody expects ends here. Define a function of this name to do more than to stop. */
__attribute__((weak)) void fault_handler(void) {
  for (;;) {
  }
}

typedef union {
  uint32_t *stack;
  void (*handler)(void);
} vector;

/* What the core reads at reset: the stack pointer, the address to start from, and the core's own exceptions. */
__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
    {.stack = __stack_top},     {.handler = reset_handler}, {.handler = fault_handler}, {.handler = fault_handler},
    {.handler = fault_handler}, {.handler = fault_handler}, {.handler = fault_handler}, {.handler = fault_handler},
    {.handler = fault_handler}, {.handler = fault_handler}, {.handler = fault_handler}, {.handler = fault_handler},
    {.handler = fault_handler}, {.handler = fault_handler}, {.handler = fault_handler}, {.handler = fault_handler},
};

/* volatile, so that no compiler turns the loops into calls of memcpy and memset. A function of its own, so that
 * no register of the floating-point unit is touched before the unit is on. */
static __attribute__((noinline)) void prepare_memory(void) {
  const volatile uint32_t *value = __data_values;
  for (volatile uint32_t *word = __data_start; word < __data_end; word++) {
    *word = *value++;
  }
  for (volatile uint32_t *word = __bss_start; word < __bss_end; word++) {
    *word = 0;
  }
}

void reset_handler(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  /* Coprocessor Access Control Register: full access to CP10 and CP11, floating point and vectors. */
  *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20;
  __asm__ volatile("dsb\n isb" ::: "memory");
#endif
  prepare_memory();
  main();
  for (;;) {
  }
}
