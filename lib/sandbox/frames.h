/*
 * frames.h - what ae-run and ae-init say to each other.
 *
 * A frame is a type (u8), a length (u32, little-endian) and so many bytes, at
 * most AE_FRAME_MAX.  To ae-init: one PREPARE (what can be made before the
 * program is known), then, at once or when there is one, one SETUP and one
 * REQUEST (the canonical bytes of lib/trust), then INPUT until an empty one,
 * and the descriptor stays open: its end is the end of the run.  From ae-init:
 * any number of LAYER, OUT, ERR, RECORD, ARTIFACT and CONTENT, then one END; or
 * one FAIL, if the sandbox could not be made and nothing of the program has
 * run.
 *
 * The payloads are fields in a fixed order, written and read with the calls
 * below: a number is a u64, little-endian; a text is a u32 length, its bytes
 * and a NUL that the length does not count.  A reader never trusts a length: a
 * field past the end makes the reader "bad", and every later one empty.
 *
 * This header is compiled into ae-init: libc alone.
 */
#ifndef AE_SANDBOX_FRAMES_H
#define AE_SANDBOX_FRAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	AE_FRAME_VERSION = 2,
	AE_FRAME_HEAD = 5,
	AE_FRAME_MAX = 64 * 1024 * 1024,
	AE_FRAME_CHUNK = 65536, /* of OUT, ERR, INPUT and CONTENT */
};

enum ae_frame {
	AE_FRAME_PREPARE = 'P', /* both: see init/setup.c */
	AE_FRAME_SETUP = 'S',
	AE_FRAME_REQUEST = 'Q',	 /* ae_request_encode() */
	AE_FRAME_INPUT = 'I',	 /* standard input; empty: its end */
	AE_FRAME_CANCEL = 'K',	 /* stop now */
	AE_FRAME_LAYER = 'L',	 /* name, active, how, why */
	AE_FRAME_OUT = 'o',	 /* bytes */
	AE_FRAME_ERR = 'e',	 /* bytes */
	AE_FRAME_RECORD = 'R',	 /* capability, value, granted, used, denied,
				    first_ms, sent, received */
	AE_FRAME_ARTIFACT = 'A', /* path, type, size, cut */
	AE_FRAME_CONTENT = 'C',	 /* bytes of the artifact before */
	AE_FRAME_END = 'X',	 /* see struct ae_end */
	AE_FRAME_FAIL = 'F',	 /* step, errno, message */
};

/* What ae-init is to do itself (PREPARE's flags). */
enum ae_setup_flag {
	AE_SETUP_ROOT = 1 << 0,		/* make and enter a new root */
	AE_SETUP_LOOPBACK = 1 << 1,	/* own network: bring lo up */
	AE_SETUP_IDS = 1 << 2,		/* take on uid and gid */
	AE_SETUP_LANDLOCK = 1 << 3,	/* run, files */
	AE_SETUP_SECCOMP = 1 << 4,	/* system calls */
	AE_SETUP_RECORD = 1 << 5,	/* user notification */
	AE_SETUP_STOP_FLOOD = 1 << 6,	/* else drain what is too much */
	AE_SETUP_WATCH_MEMORY = 1 << 7, /* no cgroup: watch */
	AE_SETUP_WATCH_CPU = 1 << 8,
	AE_SETUP_NO_NS = 1 << 9,     /* no namespaces: what is left of files */
	AE_SETUP_NAMES = 1 << 11,    /* own host name */
	AE_SETUP_NO_NPROC = 1 << 13, /* the user has other processes, too */
	AE_SETUP_OWN_PID = 1 << 10,  /* we are pid 1 of a namespace */
	AE_SETUP_BROKER = 1 << 14,   /* the network is granted: by the broker */
	AE_SETUP_PART = 1 << 15,     /* the broker is the first process here */
	AE_SETUP_WATCH_PIDS = 1 << 16, /* nothing else counts them */
	AE_SETUP_OWN_USERS = 1 << 18,  /* in a user namespace of our own */
	AE_SETUP_WATCH_DISK = 1 << 17, /* what is kept below the directory */
};

/* How a FAIL begins that means: this network cannot be granted here. */
#define AE_STEP_NETWORK "grant the network: "

/* PREPARE's places; the first seven are those of enum ae_entry_kind. */
enum ae_place_kind {
	AE_PLACE_DIR,
	AE_PLACE_LINK,
	AE_PLACE_TEXT,
	AE_PLACE_BIND_FILE,
	AE_PLACE_BIND_DIR,
	AE_PLACE_COVER,
	AE_PLACE_ALLOW,
	AE_PLACE_SHARE_READ, /* granted: a file or directory, as it is there */
	AE_PLACE_SHARE_WRITE,
};

/* END, in this order, all numbers. */
struct ae_end {
	uint64_t why;	    /* enum ae_why */
	uint64_t exit_code; /* if why is AE_WHY_EXIT */
	uint64_t signal;    /* if why is AE_WHY_SIGNAL */
	uint64_t out_total, err_total;
	uint64_t wall_us, cpu_us;
	uint64_t memory_peak; /* 0: not known */
	uint64_t disk_full;   /* no byte or no inode was left at the end */
	uint64_t artifacts_cut, receipt_cut;
};

enum ae_why {
	AE_WHY_EXIT,
	AE_WHY_SIGNAL,
	AE_WHY_TIME,   /* wall clock */
	AE_WHY_CPU,    /* CPU seconds */
	AE_WHY_MEMORY, /* watched, over the limit */
	AE_WHY_OUTPUT, /* flood stopped */
	AE_WHY_CANCEL, /* asked to */
	AE_WHY_DISK,   /* watched, over the limit */
};

/* ---- writing: into memory that the caller has measured or grows ---- */
static inline void
ae_frame_u32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static inline void
ae_frame_u64(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static inline void
ae_frame_head(unsigned char *p, enum ae_frame type, size_t len)
{
	p[0] = (unsigned char)type;
	ae_frame_u32(p + 1, (uint32_t)len);
}

/* ---- reading ---- */
struct ae_frame_in {
	const unsigned char *p;
	size_t left;
	bool bad;
};

static inline uint64_t
ae_frame_get_le(struct ae_frame_in *in, size_t n)
{
	uint64_t v = 0;

	if (in->bad || in->left < n) {
		in->bad = true;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)in->p[i] << (8 * i);
	in->p += n;
	in->left -= n;
	return v;
}

static inline uint64_t
ae_frame_get(struct ae_frame_in *in)
{
	return ae_frame_get_le(in, 8);
}

/* NUL-terminated, in the frame itself; *len may be NULL. */
static inline const char *
ae_frame_text(struct ae_frame_in *in, size_t *len)
{
	size_t n = (size_t)ae_frame_get_le(in, 4);
	const char *s = (const char *)in->p;

	if (len != NULL)
		*len = 0;
	if (in->bad || in->left <= n || in->p[n] != '\0') {
		in->bad = true;
		return "";
	}
	in->p += n + 1;
	in->left -= n + 1;
	if (len != NULL)
		*len = n;
	return s;
}

#endif
