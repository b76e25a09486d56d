/* From reset to main on a 32-bit RISC-V, without a C library's start-up. The symbols come from riscv.ld. */
  .option arch, +zicsr /* csrw, which every core with traps has */

  .section .text.start, "ax"
  .globl _start
_start:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la sp, __stack_top
  la tp, __tls_start
  la t0, trap
  csrw mtvec, t0

  la a0, __data_start
  la a1, __data_end
  la a2, __data_values
copy_data:
  bgeu a0, a1, clear_bss
  lw t0, (a2)
  sw t0, (a0)
  addi a0, a0, 4
  addi a2, a2, 4
  j copy_data

clear_bss:
  la a0, __bss_start
  la a1, __bss_end
clear_word:
  bgeu a0, a1, call_main
  sw zero, (a0)
  addi a0, a0, 4
  j clear_word

call_main:
  call main
stop:
  j stop

/* Any trap that nobody expects ends here. Define a function fault_handler to do more than to stop. */
  .balign 4
trap:
  call fault_handler
  j trap

  .section .text.fault_handler, "ax"
  .weak fault_handler
fault_handler:
  j fault_handler
