#include "sandbox/runtime-elf.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

enum {
	MAX_PHDRS = 128,
	MAX_NEEDED = 512,
	MAX_NAME = 1024,
};

void
ae_strings_push(struct ae_strings *s, const char *text)
{
	s->v = ae_xrealloc(s->v, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = ae_xstrdup(text);
}

bool
ae_strings_has(const struct ae_strings *s, const char *text)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i], text) == 0)
			return true;
	return false;
}

void
ae_strings_free(struct ae_strings *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct ae_strings){0};
}

void
ae_elf_free(struct ae_elf *e)
{
	free(e->loader);
	free(e->path);
	ae_strings_free(&e->needed);
	*e = (struct ae_elf){0};
}

/* Copies size bytes at offset; false if the file does not hold them. */
static bool
fetch(struct ae_str f, uint64_t offset, void *out, size_t size)
{
	if (offset > f.len || size > f.len - offset)
		return false;
	memcpy(out, f.s + offset, size);
	return true;
}

/* The NUL-terminated text at offset, in the file; NULL if there is none. */
static const char *
text_at(struct ae_str f, uint64_t offset)
{
	size_t room;

	if (offset >= f.len)
		return NULL;
	room = f.len - (size_t)offset;
	if (room > MAX_NAME)
		room = MAX_NAME;
	return memchr(f.s + offset, '\0', room) != NULL ? f.s + offset : NULL;
}

static bool
phdr_at(struct ae_str f, const Elf64_Ehdr *eh, size_t i, Elf64_Phdr *ph)
{
	if (eh->e_phoff > f.len)
		return false;
	return fetch(f, eh->e_phoff + i * sizeof(*ph), ph, sizeof(*ph));
}

/* Where the loaded address lies in the file; f.len if nowhere. */
static uint64_t
file_offset(struct ae_str f, const Elf64_Ehdr *eh, uint64_t addr)
{
	Elf64_Phdr ph;

	for (size_t i = 0; i < eh->e_phnum; i++) {
		if (!phdr_at(f, eh, i, &ph) || ph.p_type != PT_LOAD)
			continue;
		if (addr >= ph.p_vaddr && addr - ph.p_vaddr < ph.p_filesz)
			return ph.p_offset + (addr - ph.p_vaddr);
	}
	return f.len;
}

struct dynamic {
	uint64_t strings, soname, rpath, runpath;
	uint64_t needed[MAX_NEEDED];
	size_t n_needed;
	bool pie;
};

static void
note_dyn(struct dynamic *d, const Elf64_Dyn *dyn)
{
	switch (dyn->d_tag) {
	case DT_STRTAB:
		d->strings = dyn->d_un.d_ptr;
		break;
	case DT_SONAME:
		d->soname = dyn->d_un.d_val;
		break;
	case DT_RPATH:
		d->rpath = dyn->d_un.d_val;
		break;
	case DT_RUNPATH:
		d->runpath = dyn->d_un.d_val;
		break;
	case DT_FLAGS_1:
		d->pie = (dyn->d_un.d_val & DF_1_PIE) != 0;
		break;
	case DT_NEEDED:
		if (d->n_needed < MAX_NEEDED)
			d->needed[d->n_needed++] = dyn->d_un.d_val;
		break;
	default:
		break;
	}
}

static void
read_dynamic(struct ae_str f, const Elf64_Ehdr *eh, const Elf64_Phdr *ph,
    struct ae_elf *out)
{
	struct dynamic d = {0};
	Elf64_Dyn dyn;
	const char *s;

	for (uint64_t at = 0; at < ph->p_filesz; at += sizeof(dyn)) {
		if (!fetch(f, ph->p_offset + at, &dyn, sizeof(dyn)) ||
		    dyn.d_tag == DT_NULL)
			break;
		note_dyn(&d, &dyn);
	}
	d.strings = file_offset(f, eh, d.strings);
	if (d.strings >= f.len)
		return;
	out->soname = d.soname != 0;
	out->program |= d.pie;
	if (d.runpath == 0)
		d.runpath = d.rpath;
	if (d.runpath != 0 && d.runpath < f.len &&
	    (s = text_at(f, d.strings + d.runpath)) != NULL)
		out->path = ae_xstrdup(s);
	for (size_t i = 0; i < d.n_needed; i++)
		if (d.needed[i] < f.len &&
		    (s = text_at(f, d.strings + d.needed[i])) != NULL)
			ae_strings_push(&out->needed, s);
}

static bool
header(struct ae_str f, Elf64_Ehdr *eh)
{
	return fetch(f, 0, eh, sizeof(*eh)) &&
	       memcmp(eh->e_ident, ELFMAG, SELFMAG) == 0 &&
	       eh->e_ident[EI_CLASS] == ELFCLASS64 &&
	       eh->e_ident[EI_DATA] == ELFDATA2LSB &&
	       eh->e_phentsize == sizeof(Elf64_Phdr) &&
	       eh->e_phnum <= MAX_PHDRS;
}

bool
ae_elf_parse(struct ae_str f, struct ae_elf *out)
{
	Elf64_Ehdr eh;
	Elf64_Phdr ph;
	bool dynamic = false;
	const char *s;

	*out = (struct ae_elf){0};
	if (!header(f, &eh))
		return false;
	out->machine = eh.e_machine;
	out->program = eh.e_type == ET_EXEC;
	for (size_t i = 0; i < eh.e_phnum; i++) {
		if (!phdr_at(f, &eh, i, &ph))
			break;
		if (ph.p_type == PT_INTERP && out->loader == NULL &&
		    (s = text_at(f, ph.p_offset)) != NULL)
			out->loader = ae_xstrdup(s);
		if (ph.p_type == PT_DYNAMIC && !dynamic) {
			dynamic = true;
			read_dynamic(f, &eh, &ph, out);
		}
	}
	return true;
}

/* Maps a regular file; 0 with *f, or -1.  An empty file is {NULL, 0}. */
static int
map(int dirfd, const char *name, struct ae_str *f)
{
	AE_AUTO_FD int fd =
	    openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	struct stat st;
	void *p;

	*f = (struct ae_str)AE_STR_INIT;
	if (fd < 0 || fstat(fd, &st) != 0)
		return -1;
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -1;
	*f = (struct ae_str){p, (size_t)st.st_size};
	return 0;
}

static void
unmap(struct ae_str *f)
{
	if (f->s != NULL)
		munmap((void *)(uintptr_t)f->s, f->len);
}

int
ae_elf_read(const char *file, struct ae_elf *out)
{
	AE_AUTO(unmap) struct ae_str f = AE_STR_INIT;

	*out = (struct ae_elf){0};
	if (map(AT_FDCWD, file, &f) != 0)
		return -1;
	return ae_elf_parse(f, out) ? 1 : 0;
}

bool
ae_elf_is_program(int dirfd, const char *name)
{
	AE_AUTO(unmap) struct ae_str f = AE_STR_INIT;
	AE_AUTO_ELF struct ae_elf e = AE_ELF_INIT;

	/* What cannot be read here cannot be read by the program either. */
	if (map(dirfd, name, &f) != 0)
		return false;
	return ae_elf_parse(f, &e) && !e.soname &&
	       (e.loader != NULL || e.program);
}
