/*
 * runtime-elf.h - what an ELF file asks of the dynamic loader.
 *
 * Files come from images too, so every offset in them is checked.  A struct
 * ae_elf owns its strings; ae_elf_free() gives them back.
 */
#ifndef AE_SANDBOX_RUNTIME_ELF_H
#define AE_SANDBOX_RUNTIME_ELF_H

#include <stdbool.h>
#include <stdint.h>

#include "core/auto.h"
#include "core/str.h"
#include "trust/request.h"

struct ae_elf {
	uint16_t machine;	  /* EM_X86_64, EM_AARCH64 */
	char *loader;		  /* PT_INTERP, or NULL */
	bool soname;		  /* a library has one, a program does not */
	bool program;		  /* says of itself that it is one */
	char *path;		  /* DT_RUNPATH, else DT_RPATH, or NULL */
	struct ae_strings needed; /* DT_NEEDED */
};

/* 1: *out is filled; 0: not a 64-bit ELF file of ours; -1: errno. */
int ae_elf_read(const char *file, struct ae_elf *out);

/* The same of the bytes of a file. */
bool ae_elf_parse(struct ae_str bytes, struct ae_elf *out);

/*
 * Whether the loader could start this file as a program: it says that it is
 * one or names its loader, and is not a library that merely does so (libc
 * prints its version).
 */
bool ae_elf_is_program(int dirfd, const char *name);

void ae_elf_free(struct ae_elf *);
#define AE_AUTO_ELF AE_AUTO(ae_elf_free)
#define AE_ELF_INIT                                                            \
	{                                                                      \
		0                                                              \
	}

/* Appends a copy. */
void ae_strings_push(struct ae_strings *, const char *);
/* Whether s is a member. */
bool ae_strings_has(const struct ae_strings *, const char *);
void ae_strings_free(struct ae_strings *);
#define AE_AUTO_STRINGS AE_AUTO(ae_strings_free)

#endif
