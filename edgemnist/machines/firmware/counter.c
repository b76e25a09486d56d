/* A plugin for QEMU that counts the instructions a model executes, from the entry of its classify function until
 * the program arrives at a second address, right after it.
 *
 *   qemu-system-arm ... -plugin ./counter.so,start=0x1234,stop=0x5678,output=count.txt
 *
 * At the end the output file holds two numbers: instructions and calls. They are exact and the same on every run.
 * QEMU knows no pipeline and no memory wait: instructions are no cycles.
 *
 * Distributions ship QEMU without its plugin header, so what is needed of it is declared here.
 * Source: QEMU's documentation, "QEMU TCG Plugins". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*translated)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block, void (*executed)(unsigned int, void *),
                                          int registers, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*leaving)(qemu_plugin_id_t, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);

/* QEMU before 9 loads version 1, later ones version 2; what is used here is the same in both. */
#ifndef QEMU_PLUGIN_VERSION
#define QEMU_PLUGIN_VERSION 1
#endif
__attribute__((visibility("default"))) int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint64_t start_address, stop_address;
static const char *output = "count.txt";
static uint64_t instructions, calls;
static int counting;

static void enter(unsigned int cpu, void *size) {
  (void)cpu;
  counting = 1;
  calls++;
  instructions += (uintptr_t)size;
}

static void leave(unsigned int cpu, void *size) {
  (void)cpu;
  (void)size;
  counting = 0;
}

static void count(unsigned int cpu, void *size) {
  (void)cpu;
  if (counting) {
    instructions += (uintptr_t)size;
  }
}

/* QEMU translates blocks of instructions that are executed from the first to the last. A function's entry is
 * always the first of a block: nothing but a call leads there. */
static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  const uint64_t address = qemu_plugin_tb_vaddr(block);
  void *size = (void *)(uintptr_t)qemu_plugin_tb_n_insns(block);
  qemu_plugin_register_vcpu_tb_exec_cb(
      block, address == start_address ? enter : address == stop_address ? leave : count, 0, size);
}

static void report(qemu_plugin_id_t id, void *data) {
  (void)id;
  (void)data;
  FILE *file = fopen(output, "w");
  if (file == NULL || fprintf(file, "%" PRIu64 " %" PRIu64 "\n", instructions, calls) < 0 || fclose(file) != 0) {
    fprintf(stderr, "counter: %s can't be written\n", output);
  }
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
                                                               char **argv) {
  (void)info;
  for (int i = 0; i < argc; i++) {
    if (strncmp(argv[i], "start=", 6) == 0) {
      start_address = strtoull(argv[i] + 6, NULL, 0);
    } else if (strncmp(argv[i], "stop=", 5) == 0) {
      stop_address = strtoull(argv[i] + 5, NULL, 0);
    } else if (strncmp(argv[i], "output=", 7) == 0) {
      output = strdup(argv[i] + 7);
    } else {
      fprintf(stderr, "counter: unknown option %s\n", argv[i]);
      return -1;
    }
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, report, NULL);
  return 0;
}
