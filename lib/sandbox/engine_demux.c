#include "sandbox/engine_demux.h"

static int
take_head(struct ae_demux *d)
{
	const unsigned char *h = d->head;

	if (h[0] > 2 || h[1] != 0 || h[2] != 0 || h[3] != 0)
		return -1;
	d->left = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 |
	    (uint32_t)h[6] << 8 | h[7];
	return 0;
}

int
ae_demux_add(struct ae_demux *d, struct ae_str s)
{
	while (s.len != 0) {
		size_t n = sizeof d->head - d->have;

		if (n != 0) {
			n = n < s.len ? n : s.len;
			memcpy(d->head + d->have, s.s, n);
			d->have += n;
			if (d->have == sizeof d->head && take_head(d) != 0)
				return -1;
		} else {
			n = d->left < s.len ? d->left : s.len;
			ae_buf_add(d->head[0] == 2 ? &d->err : &d->out, s.s,
			    n);
			d->left -= (uint32_t)n;
		}
		if (d->have == sizeof d->head && d->left == 0)
			d->have = 0;
		s = ae_str_sub(s, n, s.len);
	}
	return 0;
}

void
ae_demux_free(struct ae_demux *d)
{
	ae_buf_free(&d->out);
	ae_buf_free(&d->err);
}
